"""A sentence that was understood: shown, and written on a yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU, refusal
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from handlers.said import folded
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.activity import Activity, ActivityDraft
from services import activity, activity_drafts, amounts, counts, errors
from services.access import Actor
from services.activity_notices import DraftWaits
from services.folding import normalise
from services.rules import Kind, Rules

router: Final = Router(name=__name__)

YES: Final = frozenset(
    {"dung", "dung roi", "dung a", "ok", "oke", "u", "uh", "phai", "chuan", "ghi di", "dung vay", "vang"}
)
NO: Final = frozenset({"khong ghi", "thoi", "huy", "bo", "sai", "sai roi", "khong", "ko"})
MOST_NAMED: Final = 3


class SentenceOpen(CallbackData, prefix="sentence.open"):
    """Go on with a draft where it stands."""

    draft: int


class SentenceWrite(CallbackData, prefix="sentence.write"):
    """Write a draft; `again` if the same was written in the last hour and it is meant."""

    draft: int
    again: bool = False


class SentenceDrop(CallbackData, prefix="sentence.drop"):
    """Do not write a draft."""

    draft: int


class SentenceEdit(CallbackData, prefix="sentence.edit"):
    """Put right one of several entries that were written together."""

    draft: int


class SentenceUndo(CallbackData, prefix="sentence.undo"):
    """Let entries that were written together no longer count."""

    draft: int


@router.callback_query(SentenceOpen.filter())
async def open_draft(
    _query: CallbackQuery,
    callback_data: SentenceOpen,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Ask for what is missing; if nothing is, ask whether it is right, or write what was just answered."""
    draft = await activity_drafts.draft_of(session, actor, callback_data.draft, now=now)
    activity_drafts.is_second_tap(draft, now=now)
    await activity_drafts.check(session, actor, draft, rules.activity, now=now)
    if activity_drafts.missing(draft, rules.activity, now=now) is not None:
        return Goto(f"sentence.ask:{draft.id}")
    if draft.asked_at is not None and len(draft.pieces) == 1 and not draft.mates:
        # Kind and day stood in the question, and the number was just typed: a yes would be asked for twice.
        return Goto(SentenceWrite(draft=draft.id or 0))
    return await _confirm(session, draft, rules, now)


async def _confirm(session: AsyncSession, draft: ActivityDraft, rules: Rules, now: datetime) -> Reply:
    mates = await activity_drafts.mates(session, draft)
    lines = [_line(piece, mates, rules, now) for piece in activity_drafts.pieces_of(draft)]
    return Reply(
        "\n".join([_("Write it like this, is that right?"), *lines]),
        choices=[
            Choice(pgettext("button", "Right, log it"), SentenceWrite(draft=draft.id or 0)),
            Choice(pgettext("button", "Correct"), f"sentence.fix:{draft.id}"),
            Choice(pgettext("button", "Do not write"), SentenceDrop(draft=draft.id or 0)),
        ],
    )


def _line(piece: Any, mates: Sequence[str], rules: Rules, now: datetime) -> str:
    kind = _kind(piece.kind, rules)
    values = {
        "kind": amounts.label(kind),
        "amount": amounts.said(piece.count, kind.unit),
        "day": dates.spoken(piece.day, now.date()),
    }
    if not mates:
        return _("• {kind}: {amount}, {day}").format(**values)
    named = ", ".join(mates[:MOST_NAMED])
    if len(mates) > MOST_NAMED:
        named = ngettext("{n} person of the team", "{n} people of the team", len(mates)).format(n=len(mates))
    return _("• {kind}: {amount}, {day}, with {mates} (counted once for the village)").format(
        **values, mates=named
    )


def _kind(name: str | None, rules: Rules) -> Kind:
    kind = rules.activity.kind(name or "")
    if kind is None:
        raise errors.DraftGone
    return kind


def _offered(open_list: Sequence[Any]) -> int | None:
    """Find the draft whose yes is being asked for."""
    data = next((str(row[1]) for row in open_list if str(row[1]).startswith("sentence.write:")), None)
    return int(data.split(":")[1]) if data else None


@router.message(F.text, lambda _event, open_list: _offered(open_list) is not None)
async def answer_in_words(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    open_list: list[Any],
    now: datetime,
) -> Goto:
    """Take a yes, a no, or another number that is typed instead of chosen."""
    draft_id = _offered(open_list) or 0
    words = folded(message)
    if await state.get_state() is not None:
        raise SkipHandler
    if "dừng" in normalise(message.text or "").lower():
        return Goto(SentenceDrop(draft=draft_id))
    if words in YES:
        return Goto(SentenceWrite(draft=draft_id))
    if words in NO:
        return Goto(SentenceDrop(draft=draft_id))
    count = amounts.read(message.text or "")
    if count is None:
        raise SkipHandler
    draft = await activity_drafts.draft_of(session, actor, draft_id, now=now)
    if len(draft.pieces) != 1:
        return Goto(f"sentence.fix:{draft_id}")
    activity_drafts.change(draft, 0, count=count)
    return Goto(SentenceOpen(draft=draft_id))


@router.callback_query(SentenceWrite.filter())
async def write(
    _query: CallbackQuery,
    callback_data: SentenceWrite,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Write a draft down; the second of two quick taps does nothing."""
    limits = rules.activity
    draft = await activity_drafts.draft_of(session, actor, callback_data.draft, now=now)
    if activity_drafts.is_second_tap(draft, now=now):
        return None
    if activity_drafts.missing(draft, limits, now=now) is not None:
        return Goto(SentenceOpen(draft=draft.id or 0))
    same = await activity_drafts.same_as(session, actor, draft, now=now)
    if same is not None and not callback_data.again:
        return _ask_if_again(draft, same, now)
    entries = await activity_drafts.write(session, actor, draft, limits=limits, now=now)
    return _written(draft, entries, rules, now)


def _ask_if_again(draft: ActivityDraft, same: Activity, now: datetime) -> Reply:
    text = _("This is the same as the entry of {clock}. Write it once more?")
    return Reply(
        text.format(clock=dates.clock(same.recorded_at.astimezone(now.tzinfo))),
        choices=[
            Choice(pgettext("button", "Log it again"), SentenceWrite(draft=draft.id or 0, again=True)),
            Choice(pgettext("button", "Do not write"), SentenceDrop(draft=draft.id or 0)),
        ],
    )


def _written(draft: ActivityDraft, entries: Sequence[Activity], rules: Rules, now: datetime) -> Reply:
    kinds = [activity.kind_of(entry, rules.activity) for entry in entries]
    if len(entries) == 1:
        entry, kind = entries[0], kinds[0]
        is_today = entry.happened_on == now.date()
        text = _("Written: {what}, {day}.") if is_today else _("Written: {what}, {day} (caught up).")
        text = text.format(
            what=amounts.work(entry.count, kind), day=dates.spoken(entry.happened_on, now.date())
        )
        return Reply(text, choices=[*_changes(draft, entries), *_extras(entry, kind)])
    until = dates.moment(now + timedelta(hours=rules.activity.undo_hours), now)
    text = ngettext(
        "{n} work written, {amounts}. It can be undone or corrected until {until}.",
        "{n} works written, {amounts}. They can be undone or corrected until {until}.",
        len(entries),
    )
    return Reply(
        text.format(n=len(entries), amounts=_amounts(entries, kinds), until=until),
        choices=_changes(draft, entries),
    )


def _amounts(entries: Sequence[Activity], kinds: Sequence[Kind]) -> str:
    totals = counts.add_up([(entry.kind, entry.count) for entry in entries], kinds)
    return ", ".join(amounts.said(count, of) for of, count in totals.items() if count)


def _changes(draft: ActivityDraft, entries: Sequence[Activity]) -> list[Choice]:
    edit, undo = pgettext("button", "Correct"), pgettext("button", "Undo the entry")
    if len(entries) == 1:
        return [
            Choice(edit, f"activity.edit:{entries[0].id}"),
            Choice(undo, f"activity.undo:{entries[0].id}"),
        ]
    draft_id = draft.id or 0
    return [Choice(edit, SentenceEdit(draft=draft_id)), Choice(undo, SentenceUndo(draft=draft_id))]


def _extras(entry: Activity, kind: Kind) -> list[Choice]:
    photo = Choice(pgettext("button", "Add a photo"), f"activity.photo:{entry.id}")
    note = Choice(pgettext("button", "Add a note"), f"activity.note:{entry.id}")
    return [one for one, is_on in ((photo, kind.is_photo_expected), (note, kind.is_note_expected)) if is_on]


@router.callback_query(SentenceDrop.filter())
async def drop(
    _query: CallbackQuery, callback_data: SentenceDrop, actor: Actor, session: AsyncSession, now: datetime
) -> Goto | None:
    """Leave a draft unwritten."""
    draft = await activity_drafts.draft_of(session, actor, callback_data.draft, now=now)
    if activity_drafts.is_second_tap(draft, now=now):
        return None
    activity_drafts.settle(draft, now=now)
    return Goto("activity.not_again")


@router.callback_query(SentenceEdit.filter())
async def edit_one(
    _query: CallbackQuery,
    callback_data: SentenceEdit,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
) -> Reply | Goto:
    """Ask which of the entries is to be put right."""
    entries = await activity_drafts.written(session, actor, callback_data.draft)
    if len(entries) == 1:
        return Goto(f"activity.edit:{entries[0].id}")
    choices = [Choice(_short(entry, rules), f"activity.edit:{entry.id}") for entry in entries[:5]]
    return Reply(_("Which of them shall be corrected?"), choices=choices)


def _short(entry: Activity, rules: Rules) -> str:
    kind = activity.kind_of(entry, rules.activity)
    return f"{amounts.label(kind)[:15]}: {entry.count}"[:20]


@router.callback_query(SentenceUndo.filter())
async def undo_all(
    _query: CallbackQuery,
    callback_data: SentenceUndo,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Let all that was written together no longer count; the second of two quick taps does nothing."""
    entries = await activity_drafts.written(session, actor, callback_data.draft)
    if len(entries) == 1:
        return Goto(f"activity.undo:{entries[0].id}")
    for entry in entries:
        await activity.undo(session, actor, entry.id or 0, limits=rules.activity, now=now)
    kinds = [activity.kind_of(entry, rules.activity) for entry in entries]
    text = ngettext("{n} work undone: {amounts}.", "{n} works undone: {amounts}.", len(entries))
    return Reply(
        text.format(n=len(entries), amounts=_amounts(entries, kinds)),
        choices=[Choice(pgettext("button", "Log work"), "activity.log"), _main_menu()],
    )


def _main_menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), MAIN_MENU)


@notice(DraftWaits)
def say_draft_waits(notice_: DraftWaits) -> Reply:
    """Ask once, in the evening, about what was said and not written."""
    rows = zip(notice_.labels, notice_.units, notice_.counts, strict=True)
    works = [
        _("{kind} {amount}").format(
            kind=amounts.inner(Kind("", label, unit)),  # type: ignore[arg-type]
            amount=amounts.said(count, unit),  # type: ignore[arg-type]
        )
        for label, unit, count in rows
    ]
    text = ngettext(
        "{n} work is not written yet: {works}. Write it?",
        "{n} works are not written yet: {works}. Write them?",
        len(works),
    )
    return Reply(
        text.format(n=len(works), works=", ".join(works)),
        choices=[
            Choice(pgettext("button", "Right, log it"), SentenceWrite(draft=notice_.draft_id)),
            Choice(pgettext("button", "Correct"), f"sentence.fix:{notice_.draft_id}"),
            Choice(pgettext("button", "Do not write"), SentenceDrop(draft=notice_.draft_id)),
        ],
    )


@refusal(errors.DraftGone)
def say_gone(error: errors.DraftGone) -> Reply:
    """Say that it is settled, and offer to log something else."""
    return Reply(str(error), choices=[Choice(pgettext("button", "Log work"), "activity.log"), _main_menu()])
