"""What somebody wrote down: their own numbers, and how an entry is put right, undone or written again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import Said
from locales import dates, pgettext
from locales import gettext as _
from models.activity import Activity
from services import activity, amounts, counts, units
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
            Choice(pgettext("button", "The kind of work"), f"activity.rekind:{entry.id}:-1:0"),
            Choice(pgettext("button", "Add a photo"), f"activity.photo:{entry.id}"),
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


def _what(entry: Activity, rules: Rules) -> str:
    return amounts.work(entry.count, activity.kind_of(entry, rules.activity))


def _day(day: date, now: datetime) -> str:
    return dates.spoken(day, now.date())
