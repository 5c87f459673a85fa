"""What a member sees of the team, and how they leave it or rest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import Choice, Goto, Reply, notice
from handlers.said import Said
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.people import Role
from services import access, errors, notices, team, units
from services.access import Actor
from services.rules import Rules

router: Final = Router(name=__name__)

LEAVE: Final = frozenset({"roi to", "xin roi to", "roi khoi to", "thoi lam to truong"})
TEAM_ROLES: Final = (Role.MEMBER, Role.LEADER)


@router.callback_query(F.data == "team.mine")
async def show_mine(_query: CallbackQuery, session: AsyncSession, actor: Actor) -> Reply | Goto:
    """Show the team somebody is in; who leads or looks after teams sees more."""
    highest = actor.highest
    if highest is not None and highest.role is not Role.MEMBER:
        return Goto("team.lead" if highest.role is Role.LEADER else "team.area")
    held = actor.held(Role.MEMBER)
    if held is None:
        raise errors.NoTeam
    unit = await units.unit_of(session, held.unit_id)
    members = await team.members_of(session, held.unit_id)
    leader = next((member.who for member in members if member.role is Role.LEADER), "")
    text = ngettext("{Team}: {n} person", "{Team}: {n} people", len(members))
    name = access.capitalised(team.name_of(units.display_name(unit)))
    lines = [text.format(Team=name, n=len(members)), *(f"• {member.who}" for member in members)]
    if leader:
        lines.append(_("The leader is {leader}.").format(leader=leader))
    return Reply(
        "\n".join(lines),
        choices=[
            Choice(pgettext("button", "My numbers"), "activity.mine"),
            Choice(pgettext("button", "Pause or leave"), "team.leave"),
            Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU),
        ],
    )


@router.message(Said(LEAVE))
async def type_leave(_message: Message, actor: Actor) -> Goto:
    """Ask about leaving by words."""
    if not actor.held(*TEAM_ROLES):
        raise SkipHandler
    return Goto("team.leave")


@router.callback_query(F.data == "team.leave")
async def ask_leave(
    _query: CallbackQuery, session: AsyncSession, actor: Actor, rules: Rules, now: datetime
) -> Reply:
    """Ask whether to leave or rest; a leader first needs somebody to follow."""
    if team.is_leading(actor):
        supervisor = await team.ask_for_successor(session, actor, now=now)
        refused = errors.LeaveNeedsSuccessor(supervisor=supervisor or rules.privacy.controller, who=actor.who)
        return refusals.say(refused)
    held = actor.held(Role.MEMBER)
    if held is None or actor.person_id is None:
        raise errors.NoTeam
    await team.refuse_while_helping(session, actor.person_id)
    unit = units.display_name(await units.unit_of(session, held.unit_id))
    text = _(
        "Out of the team there is no more work and no more lessons; what was logged stays with {unit}. Leave?"
    )
    return Reply(
        text.format(unit=unit),
        choices=[
            Choice(pgettext("button", "Leave the team"), "team.left"),
            Choice(pgettext("button", "Rest for a month"), "team.pause"),
            Choice(pgettext("button", "Stay"), "team.stay"),
        ],
    )


@router.callback_query(F.data == "team.left")
async def leave(_query: CallbackQuery, session: AsyncSession, actor: Actor, now: datetime) -> Reply:
    """Leave the team."""
    unit = await team.leave(session, actor, now=now)
    text = _("{Team} is left. Thank you, {who}! Tổ Số still answers about paperwork as always.")
    name = team.name_of(units.display_name(unit))
    return Reply(
        text.format(Team=access.capitalised(name), team=name, who=actor.who),
        choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)],
    )


@router.callback_query(F.data == "team.pause")
async def rest(_query: CallbackQuery, session: AsyncSession, actor: Actor, now: datetime) -> Reply:
    """Take no work for a month."""
    until = await team.pause(session, actor, now=now)
    text = _("Rest until the end of {day}: no work and no lessons until then.")
    return Reply(
        text.format(day=dates.short(until)),
        choices=[
            Choice(pgettext("button", "End the rest"), "team.resume"),
            Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU),
        ],
    )


@router.callback_query(F.data == "team.resume")
async def resume(_query: CallbackQuery, session: AsyncSession, actor: Actor, now: datetime) -> Reply:
    """Take work again."""
    await team.resume(session, actor, now=now)
    return Reply(
        _("Welcome back, {who}! Work and lessons come again from now on.").format(who=actor.who),
        choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)],
    )


@router.callback_query(F.data == "team.stay")
async def stay(_query: CallbackQuery, actor: Actor) -> Reply:
    """Change nothing."""
    return Reply(
        _("Everything stays as it is. Thank you, {who}!").format(who=actor.who),
        choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)],
    )


@notice(notices.MemberLeft)
def say_left(told: notices.MemberLeft) -> Reply:
    """Tell the leader that somebody left."""
    text = _("{Who} has left {team}. What was logged stays with the village.")
    return Reply(text.format(Who=access.capitalised(told.who), team=team.name_of(told.unit)))


@notice(notices.MemberPaused)
def say_paused(told: notices.MemberPaused) -> Reply:
    """Tell the leader that somebody rests."""
    text = _("{Who} rests until the end of {day}.")
    day = dates.short(date.fromisoformat(told.day))
    return Reply(text.format(Who=access.capitalised(told.who), day=day))


@notice(notices.PausedByLeader)
def say_paused_by(told: notices.PausedByLeader) -> Reply:
    """Tell a member that the leader lets them rest."""
    text = _("{Leader} lets you rest until the end of {day}: no work and no lessons until then.")
    day = dates.short(date.fromisoformat(told.day))
    return Reply(
        text.format(Leader=access.capitalised(told.leader), day=day),
        choices=[Choice(pgettext("button", "End the rest"), "team.resume")],
    )


@notice(notices.MemberRemoved)
def say_removed(told: notices.MemberRemoved) -> Reply:
    """Tell somebody that they are no longer in the team."""
    text = _(
        "From today on you are no longer in {team}. Thank you for all the work;"
        " paperwork is answered as always."
    )
    return Reply(text.format(team=team.name_of(told.unit)))


@notice(notices.PhoneRevoked)
def say_revoked(told: notices.PhoneRevoked) -> Reply:
    """Tell the phone that was lost that it is out."""
    text = _(
        "{who} of {unit} gets a new phone, so this one is no longer in the team."
        " If it was not lost, ask the leader."
    )
    return Reply(text.format(who=access.capitalised(told.who), unit=told.unit))
