"""On which day was it done: yesterday, one of the days before, or a day that is typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import dates, pgettext
from locales import gettext as _
from services import activity, amounts, typed_days, units
from services.access import Actor, capitalised
from services.folding import tokens
from services.rules import Rules
from services.work_sentences import reader_for

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung", "bo"})
DAYS_SHOWN: Final = 3


class Days(StatesGroup):
    """Which day is being asked for."""

    day = State()


class ActivityDay(CallbackData, prefix="activity.day"):
    """The day it was; for a new entry (0), or in place of the day of one."""

    day: str
    entry: int = 0


class ActivityMove(CallbackData, prefix="activity.move"):
    """Another day for this entry."""

    entry: int


class ActivityTypeDay(CallbackData, prefix="activity.typeday"):
    """A day that is not shown."""

    entry: int = 0


@router.callback_query(F.data == "activity.catchup")
async def catch_up(_query: CallbackQuery, actor: Actor, state: FSMContext, now: datetime) -> Reply:
    """Ask for which day work is to be written."""
    activity.villages_of(actor)
    text = _("For which day? A whole sentence can be sent, for example: thứ 5 cài vneid 4 người.")
    return await _ask(state, 0, now, text)


@router.callback_query(ActivityMove.filter())
async def move_entry(
    _query: CallbackQuery,
    callback_data: ActivityMove,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    now: datetime,
) -> Reply:
    """Ask which day an entry belongs to."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    return await _ask(
        state, entry.id or 0, now, _("Which day was it? A day can be typed, for example 14/11.")
    )


async def _ask(state: FSMContext, entry: int, now: datetime, text: str) -> Reply:
    """Offer the last days; an entry may also have been today's."""
    await state.set_state(Days.day)
    await state.update_data(days={"entry": entry})
    today = now.date()
    days = [today - timedelta(days=ago) for ago in range(1, 1 + DAYS_SHOWN)]
    choices = [_choice(day, entry, today) for day in ([today, *days] if entry else days)]
    return Reply(
        text, choices=[*choices, Choice(pgettext("button", "Another day"), ActivityTypeDay(entry=entry))]
    )


def _choice(day: date, entry: int, today: date) -> Choice:
    label = capitalised(dates.spoken(day, today))
    if today - day == timedelta(days=1):
        label = pgettext("button", "Yesterday")
    return Choice(label, ActivityDay(day=day.isoformat(), entry=entry))


@router.callback_query(ActivityTypeDay.filter())
async def ask_to_type(_query: CallbackQuery, callback_data: ActivityTypeDay, state: FSMContext) -> Reply:
    """Ask for a day to be typed."""
    await state.set_state(Days.day)
    await state.update_data(days={"entry": callback_data.entry})
    return Reply(_("Which day? Send day and month, for example 14/11. Send THÔI to stop."))


@router.message(StateFilter(Days.day), F.text)
async def type_day(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    open_list: Sequence[Any],
    now: datetime,
) -> Reply | Goto:
    """Take the day that was typed."""
    words = " ".join(tokens(message.text or ""))
    days = (await state.get_data()).get("days", {})
    day = typed_days.read(message.text or "", now.date())
    if not _is_asked_still(open_list):
        await state.set_state(None)
        raise SkipHandler
    if words in STOP_WORDS:
        await state.set_state(None)
        return Reply(_("All right, nothing more is written."), choices=[_main_menu()])
    if day is not None:
        return await _take(session, state, actor, day, days.get("entry", 0), rules, now)
    if days.get("asked") or _is_report(message, actor, rules, now):
        await state.set_state(None)
        raise SkipHandler
    await state.update_data(days={**days, "asked": True})
    return Reply(_("Send day and month, for example 14/11. Send THÔI to stop."))


def _is_report(message: Message, actor: Actor, rules: Rules, now: datetime) -> bool:
    """Tell whether a whole sentence was sent, which goes on to its reader."""
    reader = reader_for(rules.activity.kinds)
    reading = reader.read(message.text or "", today=now.date(), me=actor.person_id or 0)
    return reading.outcome != "none"


def _is_asked_still(open_list: Sequence[Any]) -> bool:
    """Tell whether the last thing shown was the question for a day: it has no choices, or days as choices."""
    return all(str(row[1]).startswith(("activity.day:", "activity.typeday:")) for row in open_list)


@router.callback_query(ActivityDay.filter())
async def choose_day(
    _query: CallbackQuery,
    callback_data: ActivityDay,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Take the day that was chosen."""
    day = date.fromisoformat(callback_data.day)
    return await _take(session, state, actor, day, callback_data.entry, rules, now)


async def _take(
    session: AsyncSession,
    state: FSMContext,
    actor: Actor,
    day: date,
    entry_id: int,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    if day > now.date():
        return _not_yet(day, entry_id, now)
    log = (await state.get_data()).get("log", {})
    villages = activity.villages_of(actor)
    village = log["unit"] if log.get("unit") in villages else villages[0]
    place = await units.unit_of(session, village)
    await activity.check_day(session, place, day, rules.activity, now=now)
    await state.set_state(None)
    if not entry_id:
        return Goto("activity.log" if day == now.date() else f"activity.for:0:{day.isoformat()}")
    entry = await activity.entry_of(session, actor, entry_id, now=now)
    old, new = await activity.correct(
        session, actor, entry_id, entry.count, happened_on=day, limits=rules.activity, now=now
    )
    text = _("Corrected: {what}, {day} (before: {before}).").format(
        what=amounts.work(new.count, activity.kind_of(new, rules.activity)),
        day=dates.spoken(new.happened_on, now.date()),
        before=dates.spoken(old.happened_on, now.date()),
    )
    undo = Choice(pgettext("button", "Undo the entry"), f"activity.undo:{new.id}")
    return Reply(text, choices=[Choice(pgettext("button", "Correct"), f"activity.edit:{new.id}"), undo])


def _not_yet(day: date, entry_id: int, now: datetime) -> Reply:
    """Offer today instead of a day to come."""
    text = _("{day} is still to come. Write it for today?")
    today = ActivityDay(day=now.date().isoformat(), entry=entry_id)
    other = Choice(pgettext("button", "Another day"), ActivityTypeDay(entry=entry_id))
    return Reply(
        text.format(day=dates.short(day)),
        choices=[Choice(pgettext("button", "Write for today"), today), other],
    )


def _main_menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), MAIN_MENU)
