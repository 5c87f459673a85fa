"""How a locked week takes entries again: a member asks, the supervisor opens it for some days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU, refusal
from handlers.reply import CallbackData, Choice, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Level
from services import counts, errors, reopenings, reviews, summary, units
from services.access import Actor, capitalised
from services.review_notices import ReopenAnswered, ReopenAsked
from services.rules import Rules

router: Final = Router(name=__name__)

OFFERED: Final = 4


class ReopenAsk(CallbackData, prefix="reopen.ask"):
    """Ask for the week of a day to be opened."""

    unit: int
    day: str


class ReopenWeek(CallbackData, prefix="reopen.week"):
    """Open a week of a unit; `by` is who asked, 0 for nobody."""

    unit: int
    week: int
    by: int = 0
    is_no: bool = False


class ApprovalSwitch(CallbackData, prefix="reopen.approval"):
    """Look at every count, or no longer."""

    is_on: bool


@refusal(errors.WeekLocked)
def say_locked(error: errors.WeekLocked) -> Reply:
    """Say since when a week is locked, and offer to ask for it."""
    ask = ReopenAsk(unit=error.variables["unit_id"], day=error.variables["on"])
    return Reply(
        str(error),
        choices=[
            Choice(pgettext("button", "Ask to open it"), ask),
            Choice(pgettext("button", "Leave it be"), MAIN_MENU),
        ],
    )


@router.callback_query(ReopenAsk.filter())
async def ask(
    _query: CallbackQuery, callback_data: ReopenAsk, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Send the wish to whoever looks after the village."""
    unit = await units.unit_of(session, callback_data.unit)
    who = await reopenings.ask(session, actor, unit, date.fromisoformat(callback_data.day), now=now)
    text = _("Asked {who}. The answer is told here at once.")
    return Reply(text.format(who=who), choices=[_home()])


@notice(ReopenAsked)
def say_asked(word: ReopenAsked) -> Reply:
    """Bring the wish to the supervisor."""
    text = _("{who} ({unit}) asks to open week {week} ({days}) for what was forgotten. Open it?")
    yes = ReopenWeek(unit=word.unit_id, week=word.week, by=word.person_id)
    no = ReopenWeek(unit=word.unit_id, week=word.week, by=word.person_id, is_no=True)
    return Reply(
        text.format(who=capitalised(word.who), unit=word.unit, week=word.week % 100, days=word.days),
        choices=[
            Choice(pgettext("button", "Open for 3 days"), yes),
            Choice(pgettext("button", "Do not open"), no),
        ],
    )


@router.callback_query(ReopenWeek.filter())
async def decide(
    _query: CallbackQuery,
    callback_data: ReopenWeek,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Open the week, or leave it; whoever asked is told."""
    unit, week = await units.unit_of(session, callback_data.unit), summary.week_numbered(callback_data.week)
    days = dates.span(week.monday, week.sunday)
    if callback_data.is_no:
        await reopenings.refuse(session, actor, unit, week, callback_data.by, now=now)
        text = _("Week {week} ({days}) stays locked; whoever asked has been told.")
        return Reply(text.format(week=week.iso_week, days=days), choices=[_home()])
    until = await reopenings.open_week(
        session, actor, unit, week, limits=rules.activity, now=now, asked_by=callback_data.by or None
    )
    text = _("Week {week} ({days}) of {unit} takes entries until the end of {day}.")
    last = dates.spoken((until - counts.MOMENT).date(), now.date())
    said = text.format(week=week.iso_week, days=days, unit=units.display_name(unit), day=last)
    return Reply(said, choices=[_home()])


@notice(ReopenAnswered)
def say_answered(word: ReopenAnswered) -> Reply:
    """Tell whoever asked what came of it."""
    if not word.until:
        text = _("{who} leaves week {week} ({days}) locked this time.")
        said = text.format(who=capitalised(word.by), week=word.week, days=word.days)
        return Reply(said, choices=[_home()])
    text = _("{who} has opened week {week} ({days}) until the end of {day}.")
    until = dates.short(date.fromisoformat(word.until))
    said = text.format(who=capitalised(word.by), week=word.week, days=word.days, day=until)
    return Reply(said, choices=[Choice(pgettext("button", "Catch up"), "activity.catchup")])


@router.callback_query(F.data == "reopen.weeks")
async def choose_week(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply:
    """Offer the weeks that were locked last."""
    held = actor.held(Role.SUPERVISOR)
    if held is None:
        raise errors.OutsideArea(who=capitalised(actor.who))
    found = counts.locked_weeks(rules.activity, OFFERED, now=now)
    choices = [
        Choice(
            pgettext("button", "Week {week} ({days})").format(
                week=week.iso_week, days=dates.span(week.monday, week.sunday)
            )[:20],
            ReopenWeek(unit=held.unit_id, week=week.iso_year * 100 + week.iso_week),
        )
        for week in found
    ]
    unit = units.display_name(await units.unit_of(session, held.unit_id))
    text = _("Which locked week shall take entries again for 3 days, in all of {unit}?")
    return Reply(text.format(unit=unit), choices=choices)


@router.callback_query(F.data == "reopen.rule")
async def show_rule(_query: CallbackQuery, actor: Actor, session: AsyncSession) -> Reply:
    """Say whether every count is looked at, and let it be switched."""
    held = actor.held(Role.SUPERVISOR)
    unit = await units.unit_of(session, held.unit_id) if held else None
    if unit is None or unit.level is not Level.COMMUNE:
        raise errors.OutsideArea(who=capitalised(actor.who))
    if unit.needs_approval:
        switch = Choice(pgettext("button", "Only the odd ones"), ApprovalSwitch(is_on=False))
        text = _("Leaders look at every count of their members. Shall that go on?")
    else:
        switch = Choice(pgettext("button", "Look at every count"), ApprovalSwitch(is_on=True))
        text = _("Leaders look only at counts that are out of the ordinary. Shall they look at every one?")
    return Reply(text, choices=[switch, _home()])


@router.callback_query(ApprovalSwitch.filter())
async def switch_approval(
    _query: CallbackQuery, callback_data: ApprovalSwitch, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Switch it."""
    held = actor.held(Role.SUPERVISOR)
    if held is None:
        raise errors.OutsideArea(who=capitalised(actor.who))
    unit = await units.unit_of(session, held.unit_id)
    await reviews.switch_approval(session, actor, unit, is_on=callback_data.is_on, now=now)
    text = (
        _("From now on leaders look at every count; it counts while it waits.")
        if callback_data.is_on
        else _("From now on leaders look only at what is out of the ordinary.")
    )
    return Reply(text, choices=[_home()])


def _home() -> Choice:
    return Choice(pgettext("button", "Main menu"), MAIN_MENU)
