"""How many of it were done: the number is asked, read, doubted if it was just said, and written down."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU, refusal
from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import dates, pgettext
from locales import gettext as _
from models.activity import Activity
from services import activity, amounts, doubts, errors, units
from services.access import Actor
from services.folding import tokens
from services.rules import CountUnit, Kind, Rules

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset(
    {"thoi", "huy", "dung", "bo", "khong", "khong co", "ko", "ko co", "thoi khong ghi"}
)
# Words that are understood anywhere go on to where they belong.
ELSEWHERE: Final = frozenset(
    {"menu", "muc chinh", "ve muc chinh", "ghi", "hoc", "to", "tuan", "xoa", "gap nguoi"}
)


class Log(StatesGroup):
    """What is being asked about work."""

    amount = State()


class ActivityKind(CallbackData, prefix="activity.kind"):
    """A kind of work; village and day wait in the conversation, for a kind's name is long."""

    kind: str


class ActivityCount(CallbackData, prefix="activity.count"):
    """Another number for this entry."""

    entry: int


class ActivityAgain(CallbackData, prefix="activity.again"):
    """The same as this entry once more, on purpose."""

    entry: int


@router.callback_query(ActivityKind.filter())
async def choose_kind(
    _query: CallbackQuery,
    callback_data: ActivityKind,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Ask how many."""
    villages = activity.villages_of(actor)
    kind = rules.activity.kind(callback_data.kind)
    log = (await state.get_data()).get("log", {})
    if kind is None or (log.get("unit") not in villages and len(villages) > 1):
        return Goto("activity.log")
    unit = log["unit"] if log.get("unit") in villages else villages[0]
    log = {"unit": unit, "day": log.get("day", ""), "kind": kind.name}
    await state.set_state(Log.amount)
    await state.update_data(log=log)
    day = dates.spoken(_day(log, now), now.date())
    if len(villages) > 1:
        day = f"{day}, {units.display_name(await units.unit_of(session, unit))}"
    return Reply(amounts.question(kind).format(kind=amounts.label(kind), day=day))


@router.callback_query(ActivityCount.filter())
async def ask_other_count(
    _query: CallbackQuery,
    callback_data: ActivityCount,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Ask for the right number of an entry."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    kind = activity.kind_of(entry, rules.activity)
    await state.set_state(Log.amount)
    await state.update_data(log={"entry": entry.id, "kind": kind.name})
    day = dates.spoken(entry.happened_on, now.date())
    return Reply(amounts.question(kind).format(kind=amounts.label(kind), day=day))


def _day(log: dict[str, Any], now: datetime) -> date:
    return date.fromisoformat(log["day"]) if log.get("day") else now.date()


@router.message(StateFilter(Log.amount), F.text)
async def type_amount(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    open_list: list[Any],
    now: datetime,
) -> Reply | Goto:
    """Take the number: write it down, or put it in place of another."""
    words = " ".join(tokens(message.text or ""))
    # The question had no choices: an open list means that the talk has gone on to something else.
    log = (await state.get_data()).get("log", {})
    if (open_list and not log.get("sure")) or words in ELSEWHERE or not log:
        await state.set_state(None)
        raise SkipHandler
    if words in STOP_WORDS:
        await state.set_state(None)
        return _stopped()
    count = amounts.read(message.text or "")
    if count is None:
        return await _ask_once_more(state, log)
    if "entry" in log:
        return await _put_right(session, state, actor, log["entry"], count, rules, now)
    return await _write(session, state, actor, log, count, rules, now)


async def _ask_once_more(state: FSMContext, log: dict[str, Any]) -> Reply:
    if log.get("asked"):
        await state.set_state(None)
        raise SkipHandler
    await state.update_data(log={**log, "asked": True})
    return Reply(_("Send a number, for example 5. Send THÔI to stop."))


def _stopped() -> Reply:
    choices = [Choice(pgettext("button", "Log work"), "activity.log"), _main_menu()]
    return Reply(_("All right, nothing more is written."), choices=choices)


def _main_menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), MAIN_MENU)


async def _write(
    session: AsyncSession,
    state: FSMContext,
    actor: Actor,
    log: dict[str, Any],
    count: int,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    unit = await units.unit_of(session, log["unit"])
    kind = rules.activity.kind(log["kind"])
    if kind is None:
        raise errors.DomainError
    day = _day(log, now)
    activity.check_count(count, kind, rules.activity)
    doubt = await doubts.too_high(session, log["unit"], kind.name, count, day=day)
    if doubt is not None and log.get("sure") != count:
        await state.update_data(log={**log, "sure": count})
        return _doubted(count, kind, doubt)
    same = await activity.same_entry(
        session,
        actor,
        unit_id=log["unit"],
        kind=kind.name,
        count=count,
        happened_on=day,
        since=now - activity.TWICE,
    )
    if same is not None:
        await state.set_state(None)
        return _ask_if_again(same, now)
    entry = await activity.log_work(
        session, actor, unit, kind, count, happened_on=day, limits=rules.activity, now=now
    )
    await state.set_state(None)
    return Goto(f"activity.said:{entry.id}")


def _doubted(count: int, kind: Kind, doubt: doubts.Doubt) -> Reply:
    """Ask whether a number far above the team's usual day is meant; words, no list: a number is a number."""
    text = _("{amount}; the team usually writes about {usual} a day. Is {count} right?").format(
        amount=amounts.said(count, kind.unit), usual=doubt.usual, count=dates.number(count)
    )
    sure = pgettext("button", "{count} is right").format(count=dates.number(count))
    return Reply(
        text,
        choices=[
            Choice(sure, "activity.sure", word=pgettext("word", "RIGHT")),
            Choice(pgettext("button", "Send another number"), "activity.other_number"),
        ],
        is_listed=False,
    )


@router.callback_query(F.data == "activity.sure")
async def be_sure(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply | Goto | None:
    """Write the number that was doubted; the second of two quick taps does nothing."""
    log = (await state.get_data()).get("log", {})
    if await state.get_state() != Log.amount.state or not log.get("sure"):
        return None if log.get("sure") else Goto("activity.log")
    return await _write(session, state, actor, log, log["sure"], rules, now)


@router.callback_query(F.data == "activity.other_number")
async def send_another(_query: CallbackQuery, state: FSMContext, rules: Rules, now: datetime) -> Reply | Goto:
    """Ask for the number once more."""
    log = (await state.get_data()).get("log", {})
    kind = rules.activity.kind(log.get("kind", ""))
    if kind is None:
        return Goto("activity.log")
    await state.set_state(Log.amount)
    await state.update_data(log={key: value for key, value in log.items() if key != "sure"})
    day = dates.spoken(_day(log, now), now.date())
    return Reply(amounts.question(kind).format(kind=amounts.label(kind), day=day))


def _ask_if_again(same: Activity, now: datetime) -> Reply:
    text = _("This is the same as the entry of {clock}. Write it once more?")
    return Reply(
        text.format(clock=dates.clock(same.recorded_at.astimezone(now.tzinfo))),
        choices=[
            Choice(pgettext("button", "Log it again"), ActivityAgain(entry=same.id or 0)),
            Choice(pgettext("button", "Do not write"), "activity.not_again"),
        ],
    )


@router.callback_query(F.data == "activity.not_again")
async def leave_it(_query: CallbackQuery) -> Reply:
    """Leave it at one entry."""
    return _stopped()


@router.callback_query(ActivityAgain.filter())
async def write_again(
    _query: CallbackQuery,
    callback_data: ActivityAgain,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Write the same once more; the second of two quick taps does nothing."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    said: dict[str, Any] = entry.model_dump(include={"unit_id", "kind", "count", "happened_on"})
    newer = await activity.same_entry(
        session, actor, **said, since=entry.recorded_at, after_id=callback_data.entry
    )
    if newer is not None:
        return None if now - newer.recorded_at < activity.DOUBLE_TAP else _ask_if_again(newer, now)
    unit = await units.unit_of(session, entry.unit_id)
    kind = activity.kind_of(entry, rules.activity)
    again = await activity.log_work(
        session, actor, unit, kind, entry.count, happened_on=entry.happened_on, limits=rules.activity, now=now
    )
    return Goto(f"activity.said:{again.id}")


async def _put_right(
    session: AsyncSession,
    state: FSMContext,
    actor: Actor,
    entry_id: int,
    count: int,
    rules: Rules,
    now: datetime,
) -> Goto:
    old, new = await activity.correct(session, actor, entry_id, count, limits=rules.activity, now=now)
    await state.set_state(None)
    return Goto(f"activity.changed:{new.id}:{old.count}")


@refusal(errors.CountTooSmall)
def say_too_small(error: errors.CountTooSmall) -> Reply:
    """Ask again; no choices, so that the next number means a number."""
    return Reply(str(error))


@refusal(errors.CountTooLarge)
def say_too_large(error: errors.CountTooLarge) -> Reply:
    """Ask again in the kind's own unit; no choices, so that the next number means a number."""
    sentences: dict[CountUnit, str] = {
        "persons": _("The most for one entry is {most}. How many persons?"),
        "turns": _("The most for one entry is {most}. How many turns?"),
        "sessions": _("The most for one entry is {most}. How many sessions?"),
    }
    return Reply(sentences[error.variables["unit"]].format(most=error.variables["most"]))
