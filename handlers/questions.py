"""How a question in anybody's own words becomes a guide, a choice of three, or a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import gettext as _
from locales import ngettext, pgettext
from services import guide_visits, learning, units
from services.access import Actor
from services.folding import tokens
from services.guides import Guide, Library
from services.matching import Match, Matcher
from services.rules import Rules
from services.safety import redact

router: Final = Router(name=__name__)

SAID_TWICE: Final = timedelta(seconds=30)
# "A few words more" is asked for once; an hour later it is another question.
TOLD_MORE: Final = timedelta(hours=1)
SCAM_GUIDE: Final = "lua_dao"
MOST_NONSENSE: Final = 2
NONSENSE_WITHIN: Final = timedelta(minutes=10)
# What is remembered of one question only, until the next.
PASSING: Final = frozenset({"told_more", "missed", "stub", "shown"})


class QuestionStub(CallbackData, prefix="question.stub"):
    """A service that is known by name and has no guide yet."""

    slug: str


class QuestionPick(CallbackData, prefix="question.pick"):
    """Choose one of the guides shown; `place` counts from 0, the one that seemed nearest."""

    slug: str
    place: int


class QuestionSwitch(CallbackData, prefix="question.switch"):
    """Leave the guide that is open for another."""

    slug: str


@router.callback_query(F.data == "question.another")
async def ask_another(_query: CallbackQuery) -> Reply:
    """Invite another question."""
    return Reply(
        _("Send what is to be done, for example: lam sao cai vneid."),
        choices=[Choice(pgettext("button", "See the guides"), "guides.list"), _person()],
    )


@router.callback_query(F.data == "question.none")
async def none_fits(_query: CallbackQuery, state: FSMContext, now: datetime) -> Reply | Goto:
    """Say what can be done when none of the three was meant; after a few words more, ask a person."""
    if _has_told_more(await state.get_data(), now):
        return Goto("ask.person")
    return Reply(
        _("Then add a few words, or let somebody from the village answer. Which way?"),
        choices=[Choice(pgettext("button", "Tell more"), "question.more"), _person()],
    )


@router.callback_query(F.data == "question.more")
async def tell_more(_query: CallbackQuery, state: FSMContext, now: datetime) -> Reply:
    """Ask for a few words more, once."""
    await state.update_data(told_more=now.isoformat())
    return Reply(_("What is to be done, on which paper or in which app? A few words are enough."))


@router.callback_query(QuestionStub.filter())
async def say_no_guide(
    _query: CallbackQuery,
    callback_data: QuestionStub,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
) -> Reply:
    """Say plainly that there is no guide, and offer a person with the question attached."""
    title = guides.get(callback_data.slug, actor.locale).title
    await state.update_data(question=title, stub=callback_data.slug)
    return await _no_guide(session, actor, title)


@router.callback_query(QuestionPick.filter())
async def pick(
    _query: CallbackQuery,
    callback_data: QuestionPick,
    session: AsyncSession,
    state: FSMContext,
    now: datetime,
) -> Goto:
    """Open the guide that was chosen; another one than seemed nearest is something to learn."""
    data = await state.get_data()
    slugs = data.get("shown", [])
    if callback_data.place and slugs[callback_data.place :][:1] == [callback_data.slug]:
        words = learning.words_of(data.get("question", ""))
        await learning.note(session, words, callback_data.slug, now=now)
    await state.set_data({key: value for key, value in data.items() if key != "shown"})
    return Goto(f"guide.start:{callback_data.slug}")


@router.callback_query(QuestionSwitch.filter())
async def switch(_query: CallbackQuery, callback_data: QuestionSwitch) -> Goto:
    """Leave the open guide for the other."""
    return Goto(f"guide.start:{callback_data.slug}")


@router.message(F.text.regexp(r"^\s*(?:s[oố] )?\d{1,2}\.?\s*$"))
async def stray_number(message: Message, open_list: list[Any]) -> Reply | Sequence[Reply | Goto]:
    """Answer a number that picks nothing: with the open list again, or with the menu."""
    listed = [row for row in open_list if row[2]]
    if not listed:
        number = (message.text or "").strip(" .")
        asked = Reply(_("What is number {number} to choose? Please choose again.").format(number=number))
        return [asked, Goto("menu.open")]
    text = ngettext("The list has only number {n}.", "The list only has 1 to {n}. Which one?", len(listed))
    choices = [Choice(label, data) for _names, data, _is_numbered, label in listed]
    return Reply(text.format(n=len(listed)), choices=choices)


@router.message(F.text)
async def ask(  # noqa: PLR0911 - each way out is a line
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
    matcher: Matcher,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Answer a free question."""
    text = redact((message.text or "")[: rules.limits.message_chars]).text
    data = await state.get_data()
    if _is_repeat(data, text, now):
        return None
    before = await guide_visits.talked_of(session, actor.person_id or 0, now=now)
    match = matcher.match(text, after=before)
    kept = {key: value for key, value in data.items() if key not in PASSING}
    kept |= {"said": [text[:120], now.isoformat()], "question": text[:300]}
    is_unclear = match.outcome in {"menu", "human"} and not match.stub and not _has_told_more(data, now)
    if is_unclear and tokens(text) and await _is_at_step(session, actor, now):
        await state.set_data(kept)  # a person who is asked from there is told these words
        return Goto("guide.where")
    if match.outcome == "menu" or _is_nonsense(match, matcher):
        return await _not_understood(state, kept, data, text, now)
    told_more = _has_told_more(data, now)
    if match.outcome == "choose" and told_more:
        kept["told_more"] = data["told_more"]
    await state.set_data(kept)
    if match.outcome == "answer" and match.guide:
        return await _answer(session, actor, guides, match.guide, now)
    if match.stub:
        return Goto(QuestionStub(slug=match.stub))
    if match.outcome == "choose":
        await state.update_data(shown=[candidate.guide for candidate in match.candidates])
        return await _which(session, match, guides, actor, now)
    return Goto("ask.person") if told_more else await _unknown(session, actor)


def _has_told_more(data: dict[str, Any], now: datetime) -> bool:
    """Tell whether a few words more were asked for already."""
    asked = data.get("told_more")
    return isinstance(asked, str) and now - datetime.fromisoformat(asked) < TOLD_MORE


async def _is_at_step(session: AsyncSession, actor: Actor, now: datetime) -> bool:
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    return visit is not None and visit.step > 0


def _is_nonsense(match: Match, matcher: Matcher) -> bool:
    """Tell whether hardly a word is known: then asking again is kinder than naming a service."""
    if match.outcome != "human" or match.stub:
        return False
    return not match.candidates or match.candidates[0].score < matcher.gate / 4


def _is_repeat(data: dict[str, object], text: str, now: datetime) -> bool:
    """Tell whether the very same words came within half a minute: one answer is enough."""
    said = data.get("said")
    if not isinstance(said, list) or said[0] != text[:120]:
        return False
    return now - datetime.fromisoformat(said[1]) < SAID_TWICE


async def _answer(
    session: AsyncSession, actor: Actor, guides: Library, slug: str, now: datetime
) -> Reply | Goto:
    """Open the guide, or ask first if another is under way; who is being cheated gets no guide to read."""
    if slug == SCAM_GUIDE:
        return Goto("scam.somebody")
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or visit.step == 0 or visit.slug == slug:
        return Goto(f"guide.start:{slug}")
    here = guides.get(visit.slug, actor.locale)
    there = guides.get(slug, actor.locale)
    text = _("The place is step {n}/{of}. Go over to the guide {title}?")
    return Reply(
        text.format(n=visit.step, of=len(here.steps), title=there.title),
        choices=[
            Choice(pgettext("button", "Go over"), QuestionSwitch(slug=slug)),
            Choice(pgettext("button", "Stay"), "guide.resume"),
        ],
    )


async def _which(session: AsyncSession, match: Match, guides: Library, actor: Actor, now: datetime) -> Reply:
    """Ask which guide is meant, in the way that fits what was understood."""
    if match.follows:
        visit = await guide_visits.open_visit(session, actor.person_id, now=now)
        is_under_way = visit is not None and visit.slug == match.follows and visit.step > 0
        return _still_this(match, guides.get(match.follows, actor.locale), is_under_way=is_under_way)
    if match.covered:
        return _both_in_one(guides.get(match.matters[0], actor.locale))
    if match.matters:
        return _which_first([guides.get(slug, actor.locale) for slug in match.matters])
    return _choose(match, guides, actor)


def _still_this(match: Match, guide: Guide, *, is_under_way: bool) -> Reply:
    """Read a short question as one about the guide talked of before, and ask if that is right."""
    if match.phrase:
        text = _("{matter}: see the guide {title}. Is it this?")
        text = text.format(matter=match.phrase[:1].upper() + match.phrase[1:], title=guide.title)
    else:
        text = _("This is about the guide {title}. Is it this?").format(title=guide.title)
    yes = "guide.resume" if is_under_way else f"guide.start:{guide.slug}"
    return Reply(text, choices=[Choice(pgettext("button", "That is right"), yes), _another_matter()])


def _both_in_one(guide: Guide) -> Reply:
    """Say that one guide settles both matters of a message."""
    text = _("These two can be done together, in the guide {title}. See that guide?")
    return Reply(
        text.format(title=guide.title),
        choices=[Choice(pgettext("button", "See the guide"), f"guide.start:{guide.slug}"), _another_matter()],
    )


def _which_first(found: Sequence[Guide]) -> Reply:
    """Ask which of two matters of one message comes first."""
    return Reply(
        _("There are two matters here, Tổ Số shows one at a time. Which one first?"),
        choices=[*map(_start, found), _another_matter()],
    )


def _choose(match: Match, guides: Library, actor: Actor) -> Reply:
    """Show up to three guides by their short names."""
    found = [guides.get(candidate.guide, actor.locale) for candidate in match.candidates]
    choices = [
        Choice(one.short_title or one.title, QuestionPick(slug=one.slug, place=place))
        for place, one in enumerate(found)
    ]
    return Reply(
        _("Tổ Số is not sure it understood. Which of these is to be done?"),
        choices=[*choices, Choice(pgettext("button", "None of these"), "question.none")],
    )


async def _unknown(session: AsyncSession, actor: Actor) -> Reply:
    return await _no_guide(session, actor, _("this"))


async def _no_guide(session: AsyncSession, actor: Actor, title: str) -> Reply:
    where = await units.unit_of(session, actor.unit_id) if actor.unit_id else None
    if where is None:
        text = _(
            "{title}: Tổ Số has no guide yet and will not guess. Shall somebody from the village answer?"
        )
        text = text.format(title=title[:1].upper() + title[1:])
    else:
        text = _(
            "{title}: Tổ Số has no guide yet and will not guess."
            " Shall somebody of the team of {village} answer?"
        ).format(title=title[:1].upper() + title[1:], village=units.display_name(where))
    return Reply(
        text, choices=[_person(), Choice(pgettext("button", "Another question"), "question.another")]
    )


async def _not_understood(
    state: FSMContext, kept: dict[str, object], data: dict[str, object], text: str, now: datetime
) -> Reply | Goto:
    """Say kindly that nothing was understood; the third time in a while show the menu without a sentence."""
    missed = data.get("missed")
    before = missed if isinstance(missed, list) else []
    recent = [at for at in before if now - datetime.fromisoformat(at) < NONSENSE_WITHIN]
    kept.pop("question", None)
    await state.set_data(kept | {"missed": [*recent, now.isoformat()]})
    if len(recent) >= MOST_NONSENSE or not tokens(text):
        return Goto("menu.open")
    return Reply(
        _("Tổ Số did not understand this. Please type a few words again, for example: quen mat khau vneid."),
        choices=[Choice(pgettext("button", "See the guides"), "guides.list"), _person()],
    )


def _person() -> Choice:
    return Choice(pgettext("button", "Ask a person"), "ask.person")


def _start(guide: Guide) -> Choice:
    return Choice(guide.short_title or guide.title, f"guide.start:{guide.slug}")


def _another_matter() -> Choice:
    return Choice(pgettext("button", "Another matter"), "question.none")
