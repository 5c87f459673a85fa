"""What somebody wrote down: their own numbers, and how an entry is put right, undone or written again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import Choice, Goto, Reply
from handlers.said import Said
from locales import dates, pgettext
from locales import gettext as _
from models.activity import Activity
from services import activity, amounts, certificates, counts, units
from services.access import Actor
from services.rules import Rules

router: Final = Router(name=__name__)

UNDO_WORDS: Final = frozenset({"thoi", "huy", "dung"})


class ActivityEdit(CallbackData, prefix="activity.edit"):
    """Put an entry right."""

    entry: int


class ActivityUndo(CallbackData, prefix="activity.undo"):
    """Let an entry no longer count."""

    entry: int


class ActivityRedo(CallbackData, prefix="activity.redo"):
    """Write an undone entry once more."""

    entry: int


@router.message(F.text, Said(UNDO_WORDS))
async def type_undo(
    _message: Message,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    raw_state: str | None,
    open_list: list[Any],
    now: datetime,
) -> Reply:
    """Ask whether the last entry is to be undone, when nothing else is going on that THÔI could stop."""
    is_in_guide = any(str(row[1]).startswith("guide.") for row in open_list)
    entry = await activity.last_entry(session, actor, limits=rules.activity, now=now)
    if raw_state is not None or is_in_guide or entry is None:
        raise SkipHandler
    text = _("The entry of {clock}: {what}, {day}. Undo it?").format(
        clock=dates.moment(entry.recorded_at, now), what=_what(entry, rules), day=_day(entry.happened_on, now)
    )
    keep = Choice(pgettext("button", "Keep it"), MAIN_MENU)
    return Reply(
        text, choices=[Choice(pgettext("button", "Undo the entry"), ActivityUndo(entry=entry.id or 0)), keep]
    )


@router.callback_query(ActivityEdit.filter())
async def edit(
    _query: CallbackQuery,
    callback_data: ActivityEdit,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Ask what is to be put right."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    text = _("{what}, {day}. What shall be corrected?")
    return Reply(
        text.format(what=_what(entry, rules), day=_day(entry.happened_on, now)),
        choices=[
            Choice(pgettext("button", "The number"), f"activity.count:{entry.id}"),
            Choice(pgettext("button", "The day"), f"activity.move:{entry.id}"),
            Choice(pgettext("button", "Undo the entry"), ActivityUndo(entry=entry.id or 0)),
        ],
    )


@router.callback_query(ActivityUndo.filter())
async def undo(
    _query: CallbackQuery,
    callback_data: ActivityUndo,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Let an entry no longer count; the second of two quick taps does nothing."""
    entry = await activity.undo(session, actor, callback_data.entry, limits=rules.activity, now=now)
    if entry is None:
        return None
    text = _("Undone: {what}, {day}.").format(what=_what(entry, rules), day=_day(entry.happened_on, now))
    again = Choice(pgettext("button", "Write it back"), ActivityRedo(entry=entry.id or 0))
    return Reply(f"{text} {await _left(session, entry, rules, now)}", choices=[again])


async def _left(session: AsyncSession, entry: Activity, rules: Rules, now: datetime) -> str:
    """Say what the village still has in the entry's week, in its unit of count."""
    week = counts.week_of(entry.happened_on)
    unit = await units.unit_of(session, entry.unit_id)
    of = activity.kind_of(entry, rules.activity).unit
    totals = await counts.totals(session, unit, week.monday, week.sunday, kinds=rules.activity.kinds)
    is_now = week == counts.week_of(now.date())
    text = (
        _("This week the village still has {amount}.")
        if is_now
        else _("In that week the village still has {amount}.")
    )
    return text.format(amount=amounts.said(totals[of], of))


@router.callback_query(ActivityRedo.filter())
async def redo(
    _query: CallbackQuery,
    callback_data: ActivityRedo,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Goto | None:
    """Write an undone entry once more; the second of two quick taps does nothing."""
    entry, is_new = await activity.redo(session, actor, callback_data.entry, limits=rules.activity, now=now)
    if not is_new and now - entry.recorded_at < activity.DOUBLE_TAP:
        return None
    return Goto(f"activity.said:{entry.id}")


@router.callback_query(F.data == "activity.mine")
async def show_mine(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply:
    """Show somebody's own numbers of this week and this month."""
    activity.villages_of(actor)
    today = now.date()
    week, month = counts.week_of(today), counts.month_of(today)
    lines = [
        _("This week ({days}): {amounts}.").format(
            days=dates.span(week.monday, week.sunday),
            amounts=await _mine(session, actor, week.monday, week.sunday, rules),
        ),
        _("This month ({month}): {amounts}.").format(
            month=f"{today.month}/{today.year}", amounts=await _mine(session, actor, *month, rules)
        ),
    ]
    choices = [
        Choice(pgettext("button", "Log work"), "activity.log"),
        Choice(pgettext("button", "Catch up"), "activity.catchup"),
    ]
    entry = await activity.last_entry(session, actor, limits=rules.activity, now=now)
    if entry is not None:
        choices.append(Choice(pgettext("button", "Correct an entry"), ActivityEdit(entry=entry.id or 0)))
    if await certificates.own(session, actor):
        choices.append(Choice(pgettext("button", "Certificate"), "certificate.mine"))
    text = _("{who}'s numbers").format(who=actor.who)
    return Reply(
        "\n".join([text, *lines]), choices=[*choices, Choice(pgettext("button", "Main menu"), MAIN_MENU)]
    )


async def _mine(session: AsyncSession, actor: Actor, first: date, last: date, rules: Rules) -> str:
    person_id = actor.person_id or 0
    found = await counts.by_person(session, [person_id], first, last, kinds=rules.activity.kinds)
    parts = [amounts.said(count, of) for of, count in found[person_id].items() if count]
    return ", ".join(parts) or _("nothing written yet")


def _what(entry: Activity, rules: Rules) -> str:
    return amounts.work(entry.count, activity.kind_of(entry, rules.activity))


def _day(day: date, now: datetime) -> str:
    return dates.spoken(day, now.date())
