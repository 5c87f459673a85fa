"""One part of a sentence that is missing or wrong: its village, kind, number or day, asked one at a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import folded
from locales import dates, pgettext
from locales import gettext as _
from models.activity import ActivityDraft
from services import activity, activity_drafts, amounts, errors, typed_days, units
from services.access import Actor, capitalised
from services.rules import CountUnit, Kind, Rules
from services.work_sentences import Piece

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung", "bo", "khong", "ko", "khong ghi"})
PAGE: Final = 4
DAYS_SHOWN: Final = 3
MOST_DAYS_AGO: Final = 3660


class Draft(StatesGroup):
    """What is being asked about a draft."""

    number = State()
    day = State()


class SentenceAsk(CallbackData, prefix="sentence.ask"):
    """Ask for what is missing next."""

    draft: int


class SentenceUnit(CallbackData, prefix="sentence.unit"):
    """The village it was in."""

    draft: int
    unit: int


class SentenceKind(CallbackData, prefix="sentence.kind"):
    """The kind it was, by its place in the configuration: its name would be too long."""

    draft: int
    at: int
    kind: int


class SentenceKinds(CallbackData, prefix="sentence.kinds"):
    """The kinds to choose from, a page at a time."""

    draft: int
    at: int
    page: int = 0


class SentenceDay(CallbackData, prefix="sentence.day"):
    """The day it was, so many days ago; below 0, ask for it. Drafts end with the day, so it stays true."""

    draft: int
    at: int
    ago: int = -1


class SentenceCount(CallbackData, prefix="sentence.count"):
    """Another number."""

    draft: int
    at: int


@router.callback_query(SentenceAsk.filter())
async def ask_missing(
    _query: CallbackQuery,
    callback_data: SentenceAsk,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Ask one short question."""
    draft = await activity_drafts.draft_of(session, actor, callback_data.draft, now=now)
    missing = activity_drafts.missing(draft, rules.activity, now=now)
    if missing is None:
        return Goto(f"sentence.open:{draft.id}")
    if missing.what == "unit":
        return await _ask_unit(session, actor, draft)
    piece = activity_drafts.pieces_of(draft)[missing.at]
    if missing.what == "kind":
        return _ask_kind(draft, missing.at, piece, rules)
    if missing.what == "count":
        return await _ask_count(state, draft, missing.at, piece, rules, now)
    return await _ask_day(state, draft, missing.at, piece, rules, now)


async def _ask_unit(session: AsyncSession, actor: Actor, draft: ActivityDraft) -> Reply:
    found = [await units.unit_of(session, unit_id) for unit_id in activity.villages_of(actor)]
    choices = [
        Choice(units.display_name(one)[:20], SentenceUnit(draft=draft.id or 0, unit=one.id or 0))
        for one in found
    ]
    return Reply(_("For which village is it?"), choices=choices)


@router.callback_query(SentenceUnit.filter())
async def choose_unit(
    _query: CallbackQuery, callback_data: SentenceUnit, actor: Actor, session: AsyncSession, now: datetime
) -> Goto:
    """Take the village."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    if callback_data.unit not in activity.villages_of(actor):
        raise errors.NotYours
    draft.unit_id = callback_data.unit
    return Goto(f"sentence.open:{draft.id}")


def _ask_kind(draft: ActivityDraft, at: int, piece: Piece, rules: Rules) -> Reply:
    text = _("What work is number {n}?").format(n=dates.number(piece.count or 0))
    if piece.count is None:
        text = _("Which work is it?")
    return Reply(text, choices=_kinds(draft, at, 0, rules))


def _kinds(draft: ActivityDraft, at: int, page: int, rules: Rules) -> list[Choice]:
    """Offer a page of kinds, those of the first menu first; what the program counts by itself is left out."""
    places = [place for place, kind in enumerate(rules.activity.kinds) if kind.name != activity.BOT_HELP]
    places.sort(key=lambda place: not rules.activity.kinds[place].is_on_first_menu)
    first = page * PAGE
    choices = [
        Choice(
            amounts.label(rules.activity.kinds[place]), SentenceKind(draft=draft.id or 0, at=at, kind=place)
        )
        for place in places[first : first + PAGE]
    ]
    if len(places) > first + PAGE:
        more = SentenceKinds(draft=draft.id or 0, at=at, page=page + 1)
        choices.append(Choice(pgettext("button", "Other work"), more))
    return choices


@router.callback_query(SentenceKinds.filter())
async def show_kinds(
    _query: CallbackQuery,
    callback_data: SentenceKinds,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Show the kinds, a page at a time."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    return Reply(_("Which work is it?"), choices=_kinds(draft, callback_data.at, callback_data.page, rules))


@router.callback_query(SentenceKind.filter())
async def choose_kind(
    _query: CallbackQuery,
    callback_data: SentenceKind,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Goto:
    """Take the kind; a number that was counted in another unit is asked for anew."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    kinds = rules.activity.kinds
    pieces = activity_drafts.pieces_of(draft)
    if not (0 <= callback_data.kind < len(kinds) and 0 <= callback_data.at < len(pieces)):
        raise errors.DraftGone
    new, before = kinds[callback_data.kind], rules.activity.kind(pieces[callback_data.at].kind or "")
    is_other = before is not None and before.unit != new.unit
    values: dict[str, Any] = {"kind": new.name}
    if is_other or (before is None and new.unit == "sessions"):
        values |= {"count": None, "is_other_unit": True}
    activity_drafts.change(draft, callback_data.at, **values)
    return Goto(f"sentence.open:{draft.id}")


async def _ask_count(
    state: FSMContext,
    draft: ActivityDraft,
    at: int,
    piece: Piece,
    rules: Rules,
    now: datetime,
) -> Reply:
    kind = rules.activity.kind(piece.kind or "")
    if kind is None:
        raise errors.DraftGone
    is_first_of_several = draft.asked_at is None and _lacks_numbers(draft)
    draft.asked_at = now
    await state.set_state(Draft.number)
    await state.update_data(draft={"id": draft.id, "at": at})
    day = dates.spoken(piece.day or now.date(), now.date())
    if piece.is_other_unit:
        return Reply(_other_unit(kind).format(kind=amounts.label(kind)))
    if piece.said:
        text = _('{Day}, {kind}: how many is "{said}"? Send a number, for example 3. Send THÔI to stop.')
        return Reply(text.format(Day=capitalised(day), kind=amounts.inner(kind), said=piece.said))
    question = amounts.question(kind).format(kind=amounts.label(kind), day=day)
    return Reply(_("The numbers are asked one by one.") + " " + question if is_first_of_several else question)


def _lacks_numbers(draft: ActivityDraft) -> bool:
    return sum(piece.count is None for piece in activity_drafts.pieces_of(draft)) > 1


def _other_unit(kind: Kind) -> str:
    questions: dict[CountUnit, str] = {
        "persons": _("{kind} is counted in persons. How many different persons?"),
        "turns": _("{kind} is counted in turns. How many turns?"),
        "sessions": _("{kind} is counted in sessions. How many sessions?"),
    }
    return questions[kind.unit]


@router.callback_query(SentenceCount.filter())
async def ask_count(
    _query: CallbackQuery,
    callback_data: SentenceCount,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    now: datetime,
    rules: Rules,
) -> Reply:
    """Ask for another number."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    activity_drafts.change(draft, callback_data.at, said="", is_other_unit=False)
    piece = activity_drafts.pieces_of(draft)[callback_data.at]
    return await _ask_count(state, draft, callback_data.at, piece, rules, now)


@router.message(StateFilter(Draft.number), F.text)
async def type_count(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    open_list: list[Any],
    now: datetime,
) -> Goto | Reply:
    """Take the number; what is no number is asked for once more, then goes where it belongs."""
    asked = (await state.get_data()).get("draft", {})
    await state.set_state(None)
    if open_list or not asked:
        raise SkipHandler
    draft = await activity_drafts.open_draft(session, actor, asked["id"], now=now)
    if folded(message) in STOP_WORDS:
        return Goto(f"sentence.drop:{draft.id}")
    count = amounts.read(message.text or "")
    if count is None:
        if asked.get("again"):
            raise SkipHandler
        await state.set_state(Draft.number)
        await state.update_data(draft={**asked, "again": True})
        return Reply(_("Send a number, for example 5. Send THÔI to stop."))
    piece = activity_drafts.pieces_of(draft)[asked["at"]]
    kind = rules.activity.kind(piece.kind or "")
    if kind is None:
        raise errors.DraftGone
    activity.check_count(count, kind, rules.activity)
    activity_drafts.change(draft, asked["at"], count=count, said="", is_other_unit=False)
    return Goto(f"sentence.open:{draft.id}")


async def _ask_day(
    state: FSMContext, draft: ActivityDraft, at: int, piece: Piece, rules: Rules, now: datetime
) -> Reply:
    today = now.date()
    await state.set_state(Draft.day)
    await state.update_data(draft={"id": draft.id, "at": at})
    if piece.day is not None and piece.day > today:
        text = _("{day} is still to come. Write it for today?").format(day=dates.short(piece.day))
        for_today = Choice(pgettext("button", "Write for today"), _day(draft, at, 0))
        return Reply(
            text, choices=[for_today, Choice(pgettext("button", "Another day"), _day(draft, at, -1))]
        )
    text = _("Which day was it? A day can be typed, for example 14/11.")
    kind = rules.activity.kind(piece.kind or "")
    if kind is not None and piece.count is not None:
        text = _("{what}: which day was it? A day can be typed, for example 14/11.").format(
            what=capitalised(amounts.work(piece.count, kind))
        )
    choices = [Choice(_day_label(ago, today), _day(draft, at, ago)) for ago in range(1 + DAYS_SHOWN)]
    return Reply(text, choices=choices)


def _day_label(ago: int, today: date) -> str:
    if ago == 1:
        return pgettext("button", "Yesterday")
    return capitalised(dates.spoken(today - timedelta(days=ago), today))


def _day(draft: ActivityDraft, at: int, ago: int) -> SentenceDay:
    return SentenceDay(draft=draft.id or 0, at=at, ago=ago)


@router.callback_query(SentenceDay.filter())
async def choose_day(
    _query: CallbackQuery,
    callback_data: SentenceDay,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Take the day, or ask for it."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    ago = callback_data.ago
    day = now.date() - timedelta(days=ago) if 0 <= ago < MOST_DAYS_AGO else None
    await state.set_state(None)
    activity_drafts.change(draft, callback_data.at, day=day)
    if day is None:
        piece = activity_drafts.pieces_of(draft)[callback_data.at]
        return await _ask_day(state, draft, callback_data.at, piece, rules, now)
    return Goto(f"sentence.open:{draft.id}")


@router.message(StateFilter(Draft.day), F.text)
async def type_day(message: Message, state: FSMContext, open_list: list[Any], now: datetime) -> Goto:
    """Take the day that is typed; anything else goes where it belongs."""
    asked = (await state.get_data()).get("draft", {})
    await state.set_state(None)
    is_asked_still = any(str(row[1]).startswith("sentence.day:") for row in open_list)
    if not asked or not is_asked_still:
        raise SkipHandler
    if folded(message) in STOP_WORDS:
        return Goto(f"sentence.drop:{asked['id']}")
    day = typed_days.read(message.text or "", now.date())
    if day is None:
        raise SkipHandler
    if day > now.date():
        raise errors.DayToCome(day=dates.short(day))
    return Goto(SentenceDay(draft=asked["id"], at=asked["at"], ago=(now.date() - day).days))
