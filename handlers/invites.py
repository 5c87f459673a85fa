"""How a code for coming in is made, shown, printed and locked, and how a lost phone is replaced by one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Unit
from services import access, errors, invite_sheets, invites, notices, team, units
from services.access import Actor
from services.invites import Issued
from services.media import MediaStore
from services.rules import Rules

router: Final = Router(name=__name__)


class TeamPhone(CallbackData, prefix="team.phone"):
    """A member lost the phone: asked first, then done."""

    unit: int
    person: int
    is_sure: bool


class TeamOpen(CallbackData, prefix="team.door"):
    """Open an invite into a role of a unit."""

    role: str
    unit: int


class TeamInvite(CallbackData, prefix="team.code"):
    """Do something with an invite: "one", "print" or "lock"."""

    action: str
    invite: int


def _menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)


@router.callback_query(TeamPhone.filter())
async def replace_phone(
    _query: CallbackQuery,
    callback_data: TeamPhone,
    session: AsyncSession,
    actor: Actor,
    rules: Rules,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Ask whether a phone is lost, then cut it off and give a code for the next one."""
    unit = await units.unit_of(session, callback_data.unit)
    member = await team.member_of(session, actor, unit, callback_data.person)
    if not callback_data.is_sure:
        text = _("The old phone of {who} is cut off, and a code for the new one is made. Do it?")
        sure = TeamPhone(unit=callback_data.unit, person=member.id, is_sure=True)
        stop = f"team.person:{callback_data.unit}:{member.id}"
        return Reply(
            text.format(who=member.who),
            choices=[
                Choice(pgettext("button", "New phone"), sure),
                Choice(pgettext("button", "Stop"), stop),
            ],
        )
    issued = await team.replace_phone(session, actor, unit, member.id, now=now)
    text = _(
        "Give {who} this code: {code}, for one use, until the end of {day}. Whoever has it becomes {who}."
    )
    said = text.format(who=member.who, code=issued.code, day=dates.short(issued.last_day))
    return await _with_picture(session, media, rules, unit, issued, said, now=now)


async def _with_picture(
    session: AsyncSession,
    media: MediaStore,
    rules: Rules,
    unit: Unit,
    issued: Issued,
    text: str,
    *,
    now: datetime,
) -> Reply:
    link = f"{rules.public_url}/join/{issued.token}"
    name = team.name_of(units.display_name(unit))
    picture = await invite_sheets.keep_pictures(session, media, issued, link=link, team=name, now=now)
    return Reply(text, choices=_actions(issued.id, issued.uses), picture=picture)


def _actions(invite: int, uses: int, *, done: str = "") -> list[Choice]:
    """Offer what can still be done with an invite, without what was done just now."""
    found = {
        "one": pgettext("button", "For one person"),
        "print": pgettext("button", "To print"),
        "lock": pgettext("button", "Lock the code"),
    }
    hidden = {done, "one" if uses <= 1 else ""}
    return [
        Choice(label, TeamInvite(action=action, invite=invite))
        for action, label in found.items()
        if action not in hidden
    ]


@router.callback_query(TeamOpen.filter())
async def open_invite(
    _query: CallbackQuery,
    callback_data: TeamOpen,
    session: AsyncSession,
    actor: Actor,
    rules: Rules,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Make an invite and show it."""
    unit = await units.unit_of(session, callback_data.unit)
    role = Role(callback_data.role)
    uses = invites.USES if role is Role.MEMBER else 1
    issued = await invites.invite(session, actor, unit, role=role, uses=uses, now=now)
    text = _to_give(role)
    deciders = await team.deciders_of(session, unit)
    who = team.called_first(deciders) or actor.who
    said = text.format(
        code=issued.code,
        n=issued.uses,
        day=dates.short(issued.last_day),
        who=who,
        Who=access.capitalised(who),
        team=team.name_of(units.display_name(unit)),
        unit=units.display_name(unit),
    )
    return await _with_picture(session, media, rules, unit, issued, said, now=now)


def _to_give(role: Role) -> str:
    if role is Role.MEMBER:
        return _(
            "Give this code to whoever joins: {code}, for {n} people, until the end of {day}."
            " {Who} is asked about everybody who scans it."
        )
    if role is Role.LEADER:
        return _(
            "Give this code to whoever shall lead {team}: {code}, for one person, until the end of {day}."
            " Whoever scans it leads at once."
        )
    return _("Give this code to whoever shall look after {unit}: {code}, for one person, until {day}.")


@router.callback_query(TeamInvite.filter())
async def manage_invite(
    _query: CallbackQuery, callback_data: TeamInvite, session: AsyncSession, actor: Actor, now: datetime
) -> Reply:
    """Limit, print or lock an invite."""
    row_id = callback_data.invite
    if callback_data.action == "lock":
        await invites.lock(session, actor, row_id, now=now)
        add = Choice(pgettext("button", "Add people"), "team.add")
        return Reply(_("Locked: nobody can come in by this code any more."), choices=[add, _menu()])
    if callback_data.action == "one":
        row = await invites.limit_to_one(session, actor, row_id, now=now)
        text = _("This code is now for one person only, until the end of {day}.")
        day = dates.short(invites.last_day(row, now=now))
        return Reply(text.format(day=day), choices=_actions(row_id, 1))
    row = await invites.managed(session, actor, row_id, now=now)
    page = await invite_sheets.page_to_print(session, row_id)
    if page is None:
        raise errors.InviteUnknown
    return Reply(
        _("The page has the QR code, the team's name and the code to send. Print it and put it up."),
        choices=[*_actions(row_id, row.uses_left, done="print"), _menu()],
        document=page,
    )


@notice(notices.MemberCame)
def say_came(told: notices.MemberCame) -> Reply:
    """Tell whoever invited that somebody came in, or came back."""
    text = _("{Who} is back with another phone.") if not told.is_new else _("{Who} has come in: {unit}.")
    return Reply(text.format(Who=access.capitalised(told.who), unit=told.unit))
