"""What a leader does with the team: see it, and care for each member."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.people import FormOfAddress, Role
from models.units import Unit
from services import (
    access,
    activity_extras,
    counts,
    errors,
    join_requests,
    reviews,
    target_text,
    targets,
    team,
    training,
    units,
)
from services.access import Actor
from services.rules import Rules
from services.team import Member

router: Final = Router(name=__name__)

MOST: Final = 6
MOST_GOALS: Final = 4


class TeamMembers(CallbackData, prefix="team.of"):
    """The members of this unit."""

    unit: int


class TeamPerson(CallbackData, prefix="team.person"):
    """One member."""

    unit: int
    person: int


class TeamCall(CallbackData, prefix="team.call"):
    """How a member is called: asked with an empty form, else changed to it."""

    unit: int
    person: int
    form: str = ""


class TeamRest(CallbackData, prefix="team.rest"):
    """Let a member rest, or end it."""

    unit: int
    person: int
    is_on: bool


class TeamRemove(CallbackData, prefix="team.remove"):
    """Take a member out: asked first, then done."""

    unit: int
    person: int
    is_sure: bool


def _menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)


@router.callback_query(F.data == "team.lead")
async def show_team(_query: CallbackQuery, session: AsyncSession, actor: Actor, now: datetime) -> Reply:
    """Show a leader their team, with what waits."""
    unit = await _led(session, actor)
    members = await team.members_of(session, units.unit_id(unit))
    waiting = await join_requests.waiting_in(session, actor, unit)
    name = access.capitalised(team.name_of(units.display_name(unit)))
    text = _("{Team}: {n} people. What shall it be?").format(Team=name, n=len(members))
    odd = await reviews.count_waiting(session, unit)
    add = Choice(pgettext("button", "Add people"), "team.add")
    choices = [Choice(pgettext("button", "This week"), "team.week")]
    if odd:
        choices.append(Choice(f"{pgettext('button', 'Counts to look at')} ({odd})", "review.list"))
    choices += [Choice(pgettext("button", "Members"), "team.members"), add]
    choices.append(Choice(pgettext("button", "Roster"), "duty.roster"))
    if await training.progress(session, unit, now=now):
        choices.append(Choice(pgettext("button", "Lessons learnt"), f"training.team:{unit.id}"))
    if waiting:
        label = pgettext("button", "Who wants to join")
        choices.append(Choice(f"{label} ({len(waiting)})", "team.pending"))
    # Six at most: people can also be added beside the members, and "0" leads to the main menu.
    if len(choices) >= MOST:
        choices.remove(add)
    return Reply(text, choices=[*choices, _menu()][:MOST])


async def _led(session: AsyncSession, actor: Actor) -> Unit:
    """Find the unit somebody leads; raises NoTeam."""
    held = actor.held(Role.LEADER)
    if held is None:
        raise errors.NoTeam
    return await units.unit_of(session, held.unit_id)


@router.callback_query(F.data == "team.month")
async def show_month(
    _query: CallbackQuery, session: AsyncSession, actor: Actor, rules: Rules, now: datetime
) -> Reply:
    """Show what the team has counted this month; the week is a screen of its own."""
    unit = await _led(session, actor)
    first, last = counts.month_of(now.date())
    sums = await counts.totals(session, unit, first, last, kinds=rules.activity.kinds)
    text = _("{Team}, {days}: {persons} people, {turns} turns, {sessions} sessions.").format(
        Team=access.capitalised(team.name_of(units.display_name(unit))),
        days=dates.span(first, last),
        persons=dates.number(sums["persons"]),
        turns=dates.number(sums["turns"]),
        sessions=dates.number(sums["sessions"]),
    )
    goals = await targets.progress(session, unit, now.date(), limits=rules.activity)
    lines = [text, *(_goal(one, rules) for one in goals[:MOST_GOALS])]
    choices = [Choice(pgettext("button", "Back"), "team.lead"), _menu()]
    return Reply("\n".join(lines), choices=[*await _photos(session, unit), *choices])


def _goal(one: targets.Progress, rules: Rules) -> str:
    kind = rules.activity.kind(one.kind)
    return _("{sentence}.").format(sentence=target_text.progress(one, kind)) if kind else ""


async def _photos(session: AsyncSession, unit: Unit) -> list[Choice]:
    """Offer the pictures of a unit's work, if there are any."""
    if not await activity_extras.has_photos(session, unit):
        return []
    return [Choice(pgettext("button", "Photos of the work"), f"activity.pictures:{unit.id}")]


@router.callback_query(F.data == "team.members")
async def show_own_members(_query: CallbackQuery, session: AsyncSession, actor: Actor) -> Goto:
    """Show the members of the team one leads."""
    unit = await _led(session, actor)
    return Goto(TeamMembers(unit=units.unit_id(unit)))


@router.callback_query(TeamMembers.filter())
async def show_members(
    _query: CallbackQuery, callback_data: TeamMembers, session: AsyncSession, actor: Actor
) -> Reply:
    """List a team: the lines are the choices."""
    unit = await units.unit_of(session, callback_data.unit)
    actor.require(access.Action.SEE_TEAM, unit_id=callback_data.unit, path=unit.path)
    members = await team.members_of(session, callback_data.unit)
    name = access.capitalised(team.name_of(units.display_name(unit)))
    if not members:
        role = f"team.door:{Role.LEADER}:{callback_data.unit}"
        return Reply(
            _("{Team} has nobody yet. Shall a leader be invited?").format(Team=name),
            choices=[Choice(pgettext("button", "Invite a leader"), role), _menu()],
        )
    text = ngettext("{Team}: {n} person", "{Team}: {n} people", len(members))
    lines = [text.format(Team=name, n=len(members))]
    people_choices = []
    for number, member in enumerate(members, 1):
        what = _("{who}, leader") if member.role is Role.LEADER else "{who}"
        lines.append(f"{number}. {what.format(who=access.capitalised(member.who))}")
        data = TeamPerson(unit=callback_data.unit, person=member.id)
        people_choices.append(Choice(access.capitalised(member.who), data))
    lines.append(_("Send a number to see that person."))
    invite = f"team.door:{Role.MEMBER}:{callback_data.unit}"
    return Reply(
        "\n".join(lines),
        choices=[Choice(pgettext("button", "Add people"), invite), _menu()],
        lines=people_choices,
    )


@router.callback_query(TeamPerson.filter())
async def show_person(
    _query: CallbackQuery, callback_data: TeamPerson, session: AsyncSession, actor: Actor, now: datetime
) -> Reply:
    """Show one member, and what can be done for them."""
    unit = await units.unit_of(session, callback_data.unit)
    member = await team.member_of(session, actor, unit, callback_data.person)
    return _person(member, callback_data.unit, now=now)


def _person(member: Member, unit: int, *, now: datetime) -> Reply:
    since = member.since.astimezone(now.tzinfo)
    text = _("{Who} ({name}), {role} since {month}.").format(
        Who=access.capitalised(member.who),
        name=member.person.name,
        role=pgettext("role", "leader") if member.role is Role.LEADER else pgettext("role", "member"),
        month=f"{since.month}/{since.year}",
    )
    is_resting = member.person.paused_until is not None and member.person.paused_until >= now.date()
    if is_resting and member.person.paused_until:
        resting = _("Resting until the end of {day}.").format(day=dates.short(member.person.paused_until))
        text = f"{text} {resting}"
    rest = pgettext("button", "End the rest") if is_resting else pgettext("button", "Let rest")
    ids = {"unit": unit, "person": member.id}
    choices = [Choice(pgettext("button", "Change the address"), TeamCall(unit=unit, person=member.id))]
    if member.role is Role.MEMBER:
        choices += [
            Choice(rest, TeamRest(**ids, is_on=not is_resting)),
            Choice(pgettext("button", "Take out of the team"), TeamRemove(**ids, is_sure=False)),
        ]
    return Reply(
        text,
        choices=[
            *choices,
            Choice(pgettext("button", "New phone"), f"team.phone:{unit}:{member.id}:0"),
            Choice(pgettext("button", "Back"), TeamMembers(unit=unit)),
        ],
    )


@router.callback_query(TeamCall.filter())
async def change_address(
    _query: CallbackQuery, callback_data: TeamCall, session: AsyncSession, actor: Actor, now: datetime
) -> Reply:
    """Ask how a member is called, or change it."""
    unit = await units.unit_of(session, callback_data.unit)
    if callback_data.form:
        form = FormOfAddress(callback_data.form)
        member = await team.set_form_of_address(session, actor, unit, callback_data.person, form, now=now)
        return _person(member, callback_data.unit, now=now)
    member = await team.member_of(session, actor, unit, callback_data.person)
    choices = []
    for form in FormOfAddress:
        label = access.capitalised(access.address(member.person.name, form))
        if form is FormOfAddress.NAME:
            label = pgettext("button", "Name only")
        data = TeamCall(unit=callback_data.unit, person=callback_data.person, form=form.value)
        choices.append(Choice(label[:LABEL_LENGTH], data))
    return Reply(_("How shall {name} be called?").format(name=member.person.name), choices=choices)


@router.callback_query(TeamRest.filter())
async def let_rest(
    _query: CallbackQuery, callback_data: TeamRest, session: AsyncSession, actor: Actor, now: datetime
) -> Reply:
    """Let a member rest for a month, or end it."""
    unit = await units.unit_of(session, callback_data.unit)
    person = callback_data.person
    await team.pause_member(session, actor, unit, person, is_on=callback_data.is_on, now=now)
    member = await team.member_of(session, actor, unit, person)
    return _person(member, callback_data.unit, now=now)


@router.callback_query(TeamRemove.filter())
async def remove(
    _query: CallbackQuery, callback_data: TeamRemove, session: AsyncSession, actor: Actor, now: datetime
) -> Reply:
    """Ask whether to take a member out, then do it."""
    unit = await units.unit_of(session, callback_data.unit)
    name = units.display_name(unit)
    if callback_data.is_sure:
        gone = await team.remove(session, actor, unit, callback_data.person, now=now)
        text = _("{Who} is no longer in {team} and has been told.")
        who = access.capitalised(gone.who)
        back = Choice(pgettext("button", "Members"), TeamMembers(unit=callback_data.unit))
        return Reply(text.format(Who=who, team=team.name_of(name)), choices=[back, _menu()])
    member = await team.member_of(session, actor, unit, callback_data.person)
    text = _("{Who} then gets no more work and no more lessons; what was logged stays with {unit}. Sure?")
    sure = TeamRemove(unit=callback_data.unit, person=member.id, is_sure=True)
    stop = TeamPerson(unit=callback_data.unit, person=member.id)
    return Reply(
        text.format(Who=access.capitalised(member.who), unit=name),
        choices=[
            Choice(pgettext("button", "Take out of the team"), sure),
            Choice(pgettext("button", "Stop"), stop),
        ],
    )


@router.callback_query(F.data == "team.add")
async def add_people(_query: CallbackQuery, session: AsyncSession, actor: Actor) -> Goto:
    """Open an invite into the team one leads; whoever looks after several is asked which."""
    if actor.held(Role.LEADER) is None:
        return Goto("team.invite_people")
    unit = await _led(session, actor)
    return Goto(f"team.door:{Role.MEMBER}:{unit.id}")
