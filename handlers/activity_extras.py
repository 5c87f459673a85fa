"""What goes with an entry: pictures, a few words, who took part, another kind."""

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

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from handlers.said import folded
from locales import dates, pgettext
from locales import gettext as _
from services import activity, activity_extras, activity_sharing, amounts, errors
from services.access import Actor, capitalised
from services.activity_notices import ActivityShared, ShareDeclined
from services.rules import Kind, Rules

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung", "bo", "khong", "ko"})
SHOWN: Final = 5
PAGE: Final = 4


class Extra(StatesGroup):
    """What is being added to an entry."""

    photo = State()
    note = State()


class ActivityPhotoAdd(CallbackData, prefix="activity.photo"):
    """Add a picture to an entry."""

    entry: int


class ActivityNoteAdd(CallbackData, prefix="activity.note"):
    """Add a few words to an entry."""

    entry: int


class ActivityPhotosShow(CallbackData, prefix="activity.photos"):
    """Show the pictures of an entry."""

    entry: int


class ActivityPhotosOf(CallbackData, prefix="activity.pictures"):
    """List the entries of a unit that have a picture."""

    unit: int


class ActivityOtherKind(CallbackData, prefix="activity.rekind"):
    """Another kind for an entry, by its place in the configuration; without one, the list."""

    entry: int
    kind: int = -1
    page: int = 0


class ShareNotMe(CallbackData, prefix="activity.notme"):
    """It was not me who took part in what this sentence told."""

    draft: int


@router.callback_query(ActivityPhotoAdd.filter())
async def ask_photo(
    _query: CallbackQuery,
    callback_data: ActivityPhotoAdd,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    now: datetime,
) -> Reply:
    """Ask for a picture."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    await state.set_state(Extra.photo)
    await state.update_data(extra={"entry": entry.id})
    return Reply(_("Please send the picture. Where it was taken is not kept. Send THÔI to stop."))


@router.message(StateFilter(Extra.photo), F.photo)
async def take_photo(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    """Put the picture to the entry."""
    entry_id = (await state.get_data()).get("extra", {}).get("entry", 0)
    await state.set_state(None)
    file = (message.photo or [])[-1].file_id
    entry = await activity_extras.add_photo(session, actor, entry_id, file, limits=rules.activity, now=now)
    text = _("The picture is with the entry: {what}, {day}. The team leader and the supervisor can see it.")
    what = amounts.work(entry.count, activity.kind_of(entry, rules.activity))
    return Reply(
        text.format(what=what, day=dates.spoken(entry.happened_on, now.date())),
        choices=[
            Choice(pgettext("button", "Add another photo"), ActivityPhotoAdd(entry=entry.id or 0)),
            Choice(pgettext("button", "Main menu"), MAIN_MENU),
        ],
    )


@router.callback_query(ActivityNoteAdd.filter())
async def ask_note(
    _query: CallbackQuery,
    callback_data: ActivityNoteAdd,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    now: datetime,
) -> Reply:
    """Ask for a few words."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    await state.set_state(Extra.note)
    await state.update_data(extra={"entry": entry.id})
    return Reply(_("What was it about? A few words, without names or phone numbers. Send THÔI to stop."))


@router.message(StateFilter(Extra.photo, Extra.note), F.text)
async def take_words(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    raw_state: str | None,
    open_list: list[Any],
    now: datetime,
) -> Reply:
    """Put the words to the entry, or stop; words instead of a picture go where they belong."""
    entry_id = (await state.get_data()).get("extra", {}).get("entry", 0)
    await state.set_state(None)
    if open_list:
        raise SkipHandler
    stopped = [
        Choice(pgettext("button", "Log work"), "activity.log"),
        Choice(pgettext("button", "Main menu"), MAIN_MENU),
    ]
    if folded(message) in STOP_WORDS:
        return Reply(_("All right, the entry stays as it is."), choices=stopped)
    if raw_state != Extra.note.state:
        raise SkipHandler
    await activity_extras.add_note(session, actor, entry_id, message.text or "", now=now)
    return Reply(_("The words are with the entry. Thank you, {who}!").format(who=actor.who), choices=stopped)


@router.callback_query(ActivityPhotosShow.filter())
async def show_photos(
    _query: CallbackQuery,
    callback_data: ActivityPhotosShow,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | list[Reply]:
    """Show the pictures of an entry to whoever may see them."""
    entry = await activity.latest(session, callback_data.entry)
    pictures = await activity_extras.photos_of(session, actor, callback_data.entry)
    menu = [Choice(pgettext("button", "Main menu"), MAIN_MENU)]
    if not pictures:
        return Reply(_("This entry has no picture any more."), choices=menu)
    what = amounts.work(entry.count, activity.kind_of(entry, rules.activity))
    text = _("{what}, {day}.").format(what=capitalised(what), day=dates.spoken(entry.happened_on, now.date()))
    words = await activity_extras.note_of(session, entry.id or 0)
    if words:
        text = _("{text} With it: {words}").format(text=text, words=words)
    *first, last = pictures[:SHOWN]
    return [*(Reply(text, picture=one) for one in first), Reply(text, picture=last, choices=menu)]


@router.callback_query(ActivityPhotosOf.filter())
async def list_photos(
    _query: CallbackQuery,
    callback_data: ActivityPhotosOf,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
) -> Reply:
    """List the newest entries with a picture, for the leader and whoever is above."""
    entries = await activity_extras.recent_with_photo(session, actor, callback_data.unit, limit=SHOWN)
    if not entries:
        return Reply(
            _("No entry has a picture yet."), choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)]
        )
    choices = []
    for entry in entries:
        kind = activity.kind_of(entry, rules.activity)
        label = f"{amounts.label(kind)[:13]} {dates.short(entry.happened_on)}"
        choices.append(Choice(label[:20], ActivityPhotosShow(entry=entry.id or 0)))
    return Reply(_("The newest entries with a picture. Which one?"), choices=choices)


@router.callback_query(ActivityOtherKind.filter())
async def change_kind(
    _query: CallbackQuery,
    callback_data: ActivityOtherKind,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Put another kind in place of an entry's; one counted in another unit is written anew."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    kinds = rules.activity.kinds
    if callback_data.kind < 0:
        return Reply(_("Which work is it?"), choices=_kind_choices(entry.id or 0, callback_data.page, kinds))
    if callback_data.kind >= len(kinds):
        raise errors.EntryUndone(clock=dates.clock(now))
    new, before = kinds[callback_data.kind], activity.kind_of(entry, rules.activity)
    if new.unit != before.unit:
        text = _("{new} is counted differently from {old}. Undo this entry and write it anew?")
        return Reply(
            text.format(new=amounts.label(new), old=amounts.label(before)),
            choices=[
                Choice(pgettext("button", "Undo the entry"), f"activity.undo:{entry.id}"),
                Choice(pgettext("button", "Keep it"), MAIN_MENU),
            ],
        )
    limits = rules.activity
    old, entry = await activity.correct(
        session, actor, callback_data.entry, entry.count, kind=new, limits=limits, now=now
    )
    text = _("Corrected: {what}, {day} (before: {before}).").format(
        what=amounts.work(entry.count, new),
        day=dates.spoken(entry.happened_on, now.date()),
        before=amounts.inner(activity.kind_of(old, limits)),
    )
    return Reply(
        text,
        choices=[
            Choice(pgettext("button", "Correct"), f"activity.edit:{entry.id}"),
            Choice(pgettext("button", "Undo the entry"), f"activity.undo:{entry.id}"),
        ],
    )


def _kind_choices(entry_id: int, page: int, kinds: tuple[Kind, ...]) -> list[Choice]:
    places = [place for place, kind in enumerate(kinds) if kind.name != activity.BOT_HELP]
    first = page * PAGE
    choices = [
        Choice(amounts.label(kinds[place]), ActivityOtherKind(entry=entry_id, kind=place))
        for place in places[first : first + PAGE]
    ]
    if len(places) > first + PAGE:
        choices.append(
            Choice(pgettext("button", "Other work"), ActivityOtherKind(entry=entry_id, page=page + 1))
        )
    return choices


@notice(ActivityShared)
def say_shared(notice_: ActivityShared) -> Reply:
    """Tell somebody that they were named as taking part."""
    told_on = date.fromisoformat(notice_.told_on)
    rows = zip(notice_.labels, notice_.units, notice_.counts, notice_.days, strict=True)
    works = [
        f"{amounts.work(count, Kind('', label, unit))}, {dates.spoken(date.fromisoformat(day), told_on)}"  # type: ignore[arg-type]
        for label, unit, count, day in rows
    ]
    text = _("{Writer} wrote down work done together: {works}. It counts once for the village.")
    return Reply(
        text.format(Writer=capitalised(notice_.writer), works="; ".join(works)),
        choices=[Choice(pgettext("button", "It was not me"), ShareNotMe(draft=notice_.draft_id))],
    )


@router.callback_query(ShareNotMe.filter())
async def say_not_me(
    _query: CallbackQuery,
    callback_data: ShareNotMe,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Take one's own name out of an entry; the village's count stays."""
    limits = rules.activity
    writer = await activity_sharing.decline(session, actor, callback_data.draft, limits=limits, now=now)
    text = _("The name is taken out, and {writer} is told. The village's number stays.")
    return Reply(text.format(writer=writer), choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])


@notice(ShareDeclined)
def say_declined(notice_: ShareDeclined) -> Reply:
    """Tell the writer that somebody did not take part."""
    told_on = date.fromisoformat(notice_.told_on)
    what = amounts.work(notice_.count, Kind("", notice_.label, notice_.unit))  # type: ignore[arg-type]
    text = _(
        "{Who} says they did not take part: {what}, {day}. The village's number stays, the name is taken out."
    )
    day = dates.spoken(date.fromisoformat(notice_.day), told_on)
    return Reply(text.format(Who=capitalised(notice_.who), what=what, day=day))
