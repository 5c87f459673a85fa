"""When a member takes requests, and how they rest from all of it for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from handlers.said import Said, folded
from locales import dates, pgettext
from locales import gettext as _
from models.duty import Shift, Span
from models.people import Role
from services import duty, errors, team
from services.access import Actor, capitalised
from services.duty import Turn
from services.duty_notices import DutyEnded, DutyGiven
from services.rules import Hours, Rules

router: Final = Router(name=__name__)

WORDS: Final = {
    "gio nhan viec": "duty.hours",
    "tam nghi": "duty.rest",
    "nghi nhan viec": "duty.rest",
    "lich truc": "duty.roster",
}
A_MONDAY: Final = date(2024, 1, 1)


class DutySwitch(CallbackData, prefix="duty.span"):
    """Take requests in a part of the day, or no longer; "" is the whole day."""

    span: str


class DutyPause(CallbackData, prefix="duty.pause"):
    """Rest for a week or a month."""

    span: str


class DutyLeave(CallbackData, prefix="duty.leave"):
    """Cannot be on duty then."""

    shift: int


@router.message(Said(WORDS))
async def type_word(message: Message, actor: Actor) -> Goto:
    """Open duty hours, rest or the roster by words."""
    if not actor.held(Role.MEMBER, Role.LEADER):
        raise SkipHandler
    return Goto(WORDS[folded(message)])


@router.callback_query(F.data == "duty.hours")
async def show_hours(_query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules) -> Reply:
    """Say when somebody takes requests, and let them change it."""
    if actor.person_id is None or not actor.held(Role.MEMBER, Role.LEADER):
        raise errors.NoTeam
    spans = await duty.spans_of(session, actor.person_id)
    turns = await duty.turns_of(session, actor.person_id)
    return _hours(actor, spans, turns, rules.hours)


@router.callback_query(DutySwitch.filter(F.span.in_({"", *Span})))
async def switch(
    _query: CallbackQuery,
    callback_data: DutySwitch,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Take requests in one more part of the day, or in one less."""
    span = Span(callback_data.span) if callback_data.span else None
    spans = await duty.switch_span(session, actor, span, now=now)
    turns = await duty.turns_of(session, actor.person_id or 0)
    return _hours(actor, spans, turns, rules.hours)


def _hours(actor: Actor, spans: frozenset[Span], turns: list[Turn], hours: Hours) -> Reply:
    is_whole = spans == frozenset(Span)
    names = _spans(hours)
    when = _("all day ({hours})").format(hours=_clocks(hours.team_from, hours.team_to))
    if not is_whole:
        when = _listed(names[span] for span in Span if span in spans)
    lines = [_("{Who} takes requests {when}.").format(Who=capitalised(actor.who), when=when)]
    if turns:
        said = ", ".join(turn_name(turn.weekday, turn.shift) for turn in turns)
        lines.append(_("On duty besides: {turns}.").format(turns=said))
    lines.append(_("Which part of the day shall change?"))
    choices = [] if is_whole else [Choice(pgettext("button", "All day"), DutySwitch(span=""))]
    choices += [Choice(_label(span, spans), DutySwitch(span=span.value)) for span in Span]
    return Reply(" ".join(lines), choices=[*choices, Choice(pgettext("button", "Main menu"), MAIN_MENU)])


def _label(span: Span, spans: frozenset[Span]) -> str:
    if spans == frozenset(Span):
        return {
            Span.MORNING: pgettext("button", "Mornings only"),
            Span.AFTERNOON: pgettext("button", "Afternoons only"),
            Span.EVENING: pgettext("button", "Evenings only"),
        }[span]
    if span in spans:
        return {
            Span.MORNING: pgettext("button", "No mornings"),
            Span.AFTERNOON: pgettext("button", "No afternoons"),
            Span.EVENING: pgettext("button", "No evenings"),
        }[span]
    return {
        Span.MORNING: pgettext("button", "Mornings too"),
        Span.AFTERNOON: pgettext("button", "Afternoons too"),
        Span.EVENING: pgettext("button", "Evenings too"),
    }[span]


def _spans(hours: Hours) -> dict[Span, str]:
    return {
        Span.MORNING: _("in the morning ({hours})").format(
            hours=_clocks(hours.team_from, hours.afternoon_from)
        ),
        Span.AFTERNOON: _("in the afternoon ({hours})").format(
            hours=_clocks(hours.afternoon_from, hours.evening_from)
        ),
        Span.EVENING: _("in the evening ({hours})").format(hours=_clocks(hours.evening_from, hours.team_to)),
    }


def _clocks(begin: time, end: time) -> str:
    return "–".join(dates.clock(datetime.combine(A_MONDAY, at)) for at in (begin, end))


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return _("{names} and {last}").format(names=", ".join(first), last=last) if first else last


def turn_name(weekday: int, shift: Shift | str) -> str:
    """Say a shift of a weekday: "ban đêm thứ Ba"."""
    day = dates.weekday(A_MONDAY + timedelta(days=weekday))
    texts = {
        Shift.DAY: _("{weekday} by day"),
        Shift.EVENING: _("{weekday} in the evening"),
        Shift.NIGHT: _("{weekday} at night"),
    }
    return texts[Shift(shift)].format(weekday=day)


@router.callback_query(F.data == "duty.rest")
async def ask_rest(_query: CallbackQuery, actor: Actor, now: datetime) -> Reply:
    """Ask for how long somebody rests, or offer the end of it."""
    if not actor.held(Role.MEMBER, Role.LEADER):
        raise errors.NoTeam
    week = Choice(pgettext("button", "A week"), DutyPause(span="week"))
    month = Choice(pgettext("button", "A month"), DutyPause(span="month"))
    if actor.paused_until is not None and actor.paused_until >= now.date():
        text = _("Resting until the end of {day}. Take work again now, or rest longer?")
        back = Choice(pgettext("button", "End the rest"), "team.resume")
        return Reply(text.format(day=dates.short(actor.paused_until)), choices=[back, week, month])
    text = _("No work and no lessons in that time, what was logged stays. Rest for how long?")
    return Reply(text, choices=[week, month, Choice(pgettext("button", "Stop"), MAIN_MENU)])


@router.callback_query(DutyPause.filter(F.span.in_(team.PAUSES)))
async def rest(
    _query: CallbackQuery, callback_data: DutyPause, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Take no work for a week or a month."""
    until = await team.pause(session, actor, span=team.PAUSES[callback_data.span], now=now)
    text = _("Rest until the end of {day}: no work and no lessons until then.")
    return Reply(
        text.format(day=dates.short(until)),
        choices=[
            Choice(pgettext("button", "End the rest"), "team.resume"),
            Choice(pgettext("button", "Main menu"), MAIN_MENU),
        ],
    )


@notice(DutyGiven)
def say_given(told: DutyGiven) -> Reply:
    """Tell somebody that they are on the roster, and how to say no."""
    text = _("{By} puts {who} on duty every {turn}. Requests then come at once. Is that all right?").format(
        By=capitalised(told.by), who=told.who, turn=turn_name(told.weekday, told.shift)
    )
    return Reply(
        text,
        choices=[
            Choice(pgettext("button", "All right"), "duty.fine"),
            Choice(pgettext("button", "I cannot then"), DutyLeave(shift=told.shift_id)),
        ],
    )


@router.callback_query(F.data == "duty.fine")
async def agree(_query: CallbackQuery, actor: Actor) -> Reply:
    """Thank whoever takes a duty."""
    return Reply(_("Thank you, {who}! Duty hours are in the menu under More.").format(who=actor.who))


@router.callback_query(DutyLeave.filter())
async def step_down(
    _query: CallbackQuery, callback_data: DutyLeave, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | None:
    """Leave the roster for that time; the leader hears of it."""
    turn = await duty.step_down(session, actor, callback_data.shift, now=now)
    if turn is None:
        return None
    text = _("Noted, {who} is not on duty {turn}. The leader has been told.")
    return Reply(text.format(who=actor.who, turn=turn_name(turn.weekday, turn.shift)))


@notice(DutyEnded)
def say_ended(told: DutyEnded) -> Reply:
    """Tell somebody that they are off the roster."""
    text = _("{By} has taken {who} off duty {turn}. Thank you for all of it!")
    turn = turn_name(told.weekday, told.shift)
    return Reply(text.format(By=capitalised(told.by), who=told.who, turn=turn))
