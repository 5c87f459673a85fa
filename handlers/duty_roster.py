"""How a leader keeps the team's roster: the week at a glance, a day, a shift, and taps on names."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from models.duty import Shift
from models.people import Role
from models.units import Unit
from services import duty, errors, people, team, units
from services.access import Actor, capitalised
from services.duty import Turn
from services.duty_notices import DutyDeclined
from services.rules import Hours, Rules

router: Final = Router(name=__name__)

A_MONDAY: Final = date(2024, 1, 1)
NAMES_SHOWN: Final = 4


class RosterWeek(CallbackData, prefix="roster.week"):
    """A team's week."""

    unit: int


class RosterDay(CallbackData, prefix="roster.day"):
    """One weekday of it, Monday = 0."""

    unit: int
    day: int


class RosterShift(CallbackData, prefix="roster.shift"):
    """One shift, with the members from the `n`th on."""

    unit: int
    day: int
    shift: Shift
    n: int = 0


class RosterSwitch(CallbackData, prefix="roster.set"):
    """Put somebody on duty, or take them off."""

    unit: int
    day: int
    shift: Shift
    person: int


@router.callback_query(F.data == "duty.roster")
async def open_roster(_query: CallbackQuery, actor: Actor, session: AsyncSession) -> Goto:
    """Open the roster of the team one leads; a member is told who can."""
    held = actor.held(Role.LEADER)
    if held is not None:
        return Goto(RosterWeek(unit=held.unit_id))
    mine = actor.held(Role.MEMBER)
    leaders = await people.holders(session, mine.unit_id, Role.LEADER) if mine else []
    if not leaders:
        raise errors.NoTeam
    raise errors.LeaderOnly(leader=people.called(leaders[0]))


@router.callback_query(RosterWeek.filter())
async def show_week(
    _query: CallbackQuery, callback_data: RosterWeek, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Show who is on duty when: the lines are the choices."""
    unit = await units.unit_of(session, callback_data.unit)
    turns = await duty.roster(session, actor, unit)
    name = team.name_of(units.display_name(unit))
    lines = [_("Roster of {team}; at night Tổ Số asks only those on duty:").format(team=name)]
    lines += [f"{day + 1}. {_day_line(turns, day)}" for day in range(7)]
    days = [Choice(_weekday(day), RosterDay(unit=callback_data.unit, day=day)) for day in range(7)]
    today = RosterDay(unit=callback_data.unit, day=now.weekday())
    return Reply(
        "\n".join(lines),
        choices=[
            Choice(pgettext("button", "Change today"), today),
            Choice(pgettext("button", "My team"), "team.lead"),
            Choice(pgettext("button", "Main menu"), MAIN_MENU),
        ],
        lines=days,
    )


def _day_line(turns: list[Turn], day: int) -> str:
    said = [f"{_shift(shift)} {names}" for shift in Shift if (names := _names(turns, day, shift))]
    return f"{_weekday(day)}: {'; '.join(said) or _('nobody yet')}"


def _names(turns: list[Turn], day: int, shift: Shift) -> str:
    return ", ".join(
        people.called(turn.person) for turn in turns if (turn.weekday, turn.shift) == (day, shift)
    )


def _weekday(day: int) -> str:
    name = dates.weekday(A_MONDAY + timedelta(days=day))
    return name[:1].upper() + name[1:]


def _shift(shift: Shift) -> str:
    return {Shift.DAY: _("by day"), Shift.EVENING: _("in the evening"), Shift.NIGHT: _("at night")}[shift]


@router.callback_query(RosterDay.filter(F.day.in_(set(range(7)))))
async def show_day(
    _query: CallbackQuery, callback_data: RosterDay, actor: Actor, session: AsyncSession
) -> Reply:
    """Show one weekday, and ask which shift changes."""
    unit = await units.unit_of(session, callback_data.unit)
    turns = await duty.roster(session, actor, unit)
    place = {"unit": callback_data.unit, "day": callback_data.day}
    lines = [
        _("Every {weekday}, {village}:").format(
            weekday=_weekday(callback_data.day)[:1].lower() + _weekday(callback_data.day)[1:],
            village=units.display_name(unit),
        )
    ]
    lines += [
        f"• {capitalised(_shift(shift))}: {_names(turns, callback_data.day, shift) or _('nobody yet')}"
        for shift in Shift
    ]
    lines.append(_("Which shift shall change?"))
    following = RosterDay(unit=callback_data.unit, day=(callback_data.day + 1) % 7)
    return Reply(
        "\n".join(lines),
        choices=[
            *(Choice(_shift_label(shift), RosterShift(**place, shift=shift)) for shift in Shift),
            Choice(pgettext("button", "Next day"), following),
            Choice(pgettext("button", "Roster"), RosterWeek(unit=callback_data.unit)),
        ],
    )


def _shift_label(shift: Shift) -> str:
    return {
        Shift.DAY: pgettext("button", "By day"),
        Shift.EVENING: pgettext("button", "In the evening"),
        Shift.NIGHT: pgettext("button", "At night"),
    }[shift]


@router.callback_query(RosterShift.filter(F.day.in_(set(range(7)))))
async def show_shift(
    _query: CallbackQuery, callback_data: RosterShift, actor: Actor, session: AsyncSession, rules: Rules
) -> Reply:
    """Show who is on duty in one shift; each tap on a name puts them on it or takes them off."""
    unit = await units.unit_of(session, callback_data.unit)
    return await _shift_page(session, actor, unit, callback_data, rules.hours)


async def _shift_page(
    session: AsyncSession, actor: Actor, unit: Unit, place: RosterShift, hours: Hours
) -> Reply:
    turns = await duty.roster(session, actor, unit)
    members = await team.members_of(session, place.unit)
    on_duty = {turn.person.id for turn in turns if (turn.weekday, turn.shift) == (place.day, place.shift)}
    shown = members[place.n : place.n + NAMES_SHOWN]
    choices = []
    for member in shown:
        label = pgettext("button", "Remove {who}") if member.id in on_duty else "{Who}"
        data = RosterSwitch(unit=place.unit, day=place.day, shift=place.shift, person=member.id)
        said = label.format(who=member.who, Who=capitalised(member.who))
        choices.append(Choice(said[:LABEL_LENGTH], data))
    if len(members) > NAMES_SHOWN:
        begin = place.n + NAMES_SHOWN if place.n + NAMES_SHOWN < len(members) else 0
        others = RosterShift(unit=place.unit, day=place.day, shift=place.shift, n=begin)
        choices.append(Choice(pgettext("button", "Other people"), others))
    done = RosterDay(unit=place.unit, day=place.day)
    text = _("{Shift} of every {weekday} ({hours}): {names}. Choose a name to add or remove.")
    return Reply(
        text.format(
            Shift=capitalised(_shift(place.shift)),
            weekday=dates.weekday(A_MONDAY + timedelta(days=place.day)),
            hours=_hours(place.shift, hours),
            names=_names(turns, place.day, place.shift) or _("nobody yet"),
        ),
        choices=[*choices, Choice(pgettext("button", "All done"), done)],
    )


def _hours(shift: Shift, hours: Hours) -> str:
    begin, end = {
        Shift.DAY: (hours.team_from, hours.evening_from),
        Shift.EVENING: (hours.evening_from, hours.team_to),
        Shift.NIGHT: (hours.team_to, hours.team_from),
    }[shift]
    return f"{_clock(begin)}–{_clock(end)}"


def _clock(at: time) -> str:
    return dates.clock(datetime.combine(A_MONDAY, at))


@router.callback_query(RosterSwitch.filter(F.day.in_(set(range(7)))))
async def switch(
    _query: CallbackQuery,
    callback_data: RosterSwitch,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Put somebody on duty, or take them off."""
    unit = await units.unit_of(session, callback_data.unit)
    day, shift = callback_data.day, callback_data.shift
    await duty.switch_turn(session, actor, unit, callback_data.person, weekday=day, shift=shift, now=now)
    members = [member.id for member in await team.members_of(session, callback_data.unit)]
    page = members.index(callback_data.person) // NAMES_SHOWN * NAMES_SHOWN
    place = RosterShift(unit=callback_data.unit, day=day, shift=shift, n=page)
    return await _shift_page(session, actor, unit, place, rules.hours)


@notice(DutyDeclined)
def say_declined(told: DutyDeclined) -> Reply:
    """Tell the leader that somebody cannot be on duty then."""
    weekday = dates.weekday(A_MONDAY + timedelta(days=told.weekday))
    text = _("{Who} cannot be on duty {shift}, {weekday}. Choose somebody else?")
    words = text.format(Who=capitalised(told.who), shift=_shift(Shift(told.shift)), weekday=weekday)
    data = RosterShift(unit=told.unit_id, day=told.weekday, shift=Shift(told.shift))
    return Reply(words, choices=[Choice(pgettext("button", "Choose"), data)])
