"""How a member learns a lesson: page by page, then a quiz that explains, as often as it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import dates, ngettext, npgettext, pgettext
from locales import gettext as _
from services import certificates, people, training, training_pictures, training_walk
from services.access import Actor
from services.folding import tokens
from services.lessons import Lessons
from services.media import MediaStore
from services.rules import Rules
from services.training_pictures import Shown
from services.training_walk import Walk

router: Final = Router(name=__name__)

NEXT_WORDS: Final = frozenset({"tiep", "ok", "oke", "roi", "xong", "duoc roi", "doc roi", "trang sau"})
LATER_WORDS: Final = frozenset(
    {"thoi", "huy", "dung", "de sau", "de mai", "thoi de mai", "mai hoc", "nghi da"}
)
LARGE_WORDS: Final = {"chu to": True, "chu lon": True, "chu thuong": False, "chu nho": False}
MOST: Final = 5


class Learning(StatesGroup):
    """What a typed word is about."""

    page = State()
    quiz = State()


class TrainingOpen(CallbackData, prefix="training.open"):
    """Begin a lesson, or go on where one is."""

    a: int


class TrainingPage(CallbackData, prefix="training.page"):
    """A page was read."""

    a: int
    page: int


class TrainingLarge(CallbackData, prefix="training.large"):
    """See pages in large letters from now on, or no longer."""

    a: int
    is_on: bool


class TrainingAnswer(CallbackData, prefix="training.answer"):
    """A choice of a question."""

    a: int
    q: int
    c: int


class TrainingRedo(CallbackData, prefix="training.redo"):
    """Answer again what was not answered rightly."""

    a: int


class TrainingKeep(CallbackData, prefix="training.keep"):
    """Leave it for now."""

    a: int


@router.callback_query(F.data == "training.list")
async def list_open(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, lessons: Lessons, now: datetime
) -> Reply | Goto:
    """Show what can be learnt now; a single lesson opens at once."""
    if actor.person_id is None:
        return Goto("hello.ask")
    found = await training.open_tasks(session, actor.person_id, now=now)
    known = [one for one in found if one.task.lesson in lessons][:MOST]
    if not known:
        text = _("No lesson is open. When a new one comes, Tổ Số says so at once.")
        return Reply(text, choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)])
    if len(known) == 1:
        return Goto(TrainingOpen(a=known[0].assignment.id or 0))
    lines, choices = [], []
    for one in known:
        lesson = lessons.get(one.task.lesson, actor.locale)
        lines.append(f"• {lesson.title}, {_due(one.task.due_on, now)}")
        choices.append(Choice(lesson.label, TrainingOpen(a=one.assignment.id or 0)))
    count = ngettext("{n} lesson is open:", "{n} lessons are open:", len(known)).format(n=len(known))
    return Reply("\n".join([count, *lines, _("Which one now?")]), choices=choices)


def _due(day: date, now: datetime) -> str:
    if day < now.date():
        return _("past its last day")
    return _("last day {day}").format(day=dates.spoken(day, now.date()))


@router.callback_query(TrainingOpen.filter())
async def open_lesson(
    _query: CallbackQuery,
    callback_data: TrainingOpen,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Begin, or go on at the page or question that was reached."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    training_walk.begin(session, walk, now=now)
    return await _here(walk, actor, session, state, lessons, media, now)


@router.callback_query(TrainingPage.filter())
async def turn_page(
    _query: CallbackQuery,
    callback_data: TrainingPage,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Go on to the next page, and after the last one to the quiz."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    training_walk.turn(session, walk, callback_data.page, now=now)
    return await _here(walk, actor, session, state, lessons, media, now)


async def _here(
    walk: Walk,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Say the page or question somebody is at, and remember what typed words are about."""
    await state.update_data(lesson=walk.id)
    if walk.page:
        await state.set_state(Learning.page)
        shown = await training_pictures.shown(
            session, media, lessons, walk.lesson, walk.page, is_large=actor.has_large_text, now=now
        )
        return _page(walk, shown)
    if walk.question:
        await state.set_state(Learning.quiz)
        return _question(walk)
    await state.set_state(None)
    return _failed(walk)


def _page(walk: Walk, shown: Shown) -> Reply:
    number, of = walk.page, len(walk.lesson.pages)
    page = walk.lesson.pages[number - 1]
    text = _("Page {n}/{of}. {text}").format(n=number, of=of, text=page.text)
    label = pgettext("button", "Next page") if number < of else pgettext("button", "To the questions")
    choices = [Choice(label, TrainingPage(a=walk.id, page=number))]
    if not shown.is_card:
        choices.append(Choice(pgettext("button", "Large text"), TrainingLarge(a=walk.id, is_on=True)))
    return Reply(text, choices=choices, picture=shown.picture, alt=shown.alt)


def _question(walk: Walk) -> Reply:
    question = walk.lesson.questions[walk.question - 1]
    text = _("Question {n}/{of}. {text}")
    return Reply(
        text.format(n=walk.question, of=len(walk.lesson.questions), text=question.text),
        choices=[
            Choice(answer.label, TrainingAnswer(a=walk.id, q=walk.question, c=place))
            for place, answer in enumerate(question.answers)
        ],
    )


@router.callback_query(TrainingLarge.filter())
async def choose_size(
    _query: CallbackQuery,
    callback_data: TrainingLarge,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Show pages in large letters from now on, or no longer; the page one is at comes along."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    is_on = callback_data.is_on
    await people.set_large_text(session, walk.row.person_id, is_on=is_on, now=now)
    actor = replace(actor, has_large_text=is_on)
    here = await _here(walk, actor, session, state, lessons, media, now)
    if is_on:
        said = _("From now on each page comes with a picture in large letters. To stop it, send CHỮ THƯỜNG.")
        return replace(here, text=said if walk.page else f"{said}\n{here.text}")
    return replace(here, text="\n".join([_("The letters are of the usual size again."), here.text]))


@router.callback_query(TrainingAnswer.filter())
async def answer(
    _query: CallbackQuery,
    callback_data: TrainingAnswer,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
) -> Reply | list[Reply | Goto]:
    """Say whether it was right and why; after the last question, whether the lesson is passed."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    is_last = await training_walk.answer(session, walk, callback_data.q, callback_data.c, now=now)
    said = _explained(walk, callback_data.q)
    if not is_last:
        return Reply(said, choices=[Choice(pgettext("button", "Next question"), TrainingOpen(a=walk.id))])
    await state.set_state(None)
    if not walk.is_done:
        return [Reply(said), _failed(walk)]
    following = [
        one
        for one in await training.open_tasks(session, walk.row.person_id, now=now)
        if one.task.lesson in lessons
    ]
    of_set = await training_walk.set_progress(session, walk.row.person_id, walk.lesson, lessons)
    told: list[Reply | Goto] = [Reply(said), _passed(walk, actor, of_set, following)]
    issued = await certificates.award(session, walk, lessons, public_url=rules.public_url, now=now)
    return [*told, Goto(f"certificate.new:{issued.id}")] if issued else told


def _explained(walk: Walk, number: int) -> str:
    """Say what there is to say to the answer that was taken."""
    question = walk.lesson.questions[number - 1]
    chosen = question.answers[walk.row.answers[str(number)]]
    text = _("Right. {why}") if chosen.is_right else _("Not yet right. {why}")
    return text.format(why=chosen.explanation)


def _passed(
    walk: Walk, actor: Actor, of_set: training_walk.SetProgress | None, following: list[training.OpenTask]
) -> Reply:
    text = _("Passed with {n}/{of} questions, congratulations {who}!")
    parts = [text.format(n=walk.score, of=len(walk.lesson.questions), who=actor.who)]
    if walk.row.state is training.DONE[1]:
        parts.append(_("It is written down as finished late."))
    if of_set:
        done = _("{n}/{of} lessons of the set {name} are done.")
        parts.append(done.format(n=of_set.passed, of=of_set.lessons, name=of_set.name))
    choices = []
    if walk.not_right():
        choices.append(Choice(pgettext("button", "What was not right"), f"training.wrong:{walk.id}"))
    if following:
        onward = TrainingOpen(a=following[0].assignment.id or 0)
        choices.append(Choice(pgettext("button", "Next lesson"), onward))
    later = Choice(pgettext("button", "Later"), TrainingKeep(a=walk.id))
    home = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
    return Reply(" ".join(parts), choices=[*choices, later if choices else home])


def _failed(walk: Walk) -> Reply:
    pages, questions = len(walk.pages_again()), len(walk.not_right())
    text = _(
        "{n}/{of} questions are right, {mark} are needed. Read {pages} pages again, then answer those"
        " {questions} questions; there is no limit to how often."
    )
    read = npgettext("button", "Read {n} page again", "Read {n} pages again", pages).format(n=pages)
    redo = npgettext("button", "Redo {n} question", "Redo {n} questions", questions).format(n=questions)
    of, mark = len(walk.lesson.questions), walk.lesson.pass_mark
    return Reply(
        text.format(n=walk.score, of=of, mark=mark, pages=pages, questions=questions),
        choices=[
            Choice(read, f"training.review:{walk.id}:0"),
            Choice(redo, TrainingRedo(a=walk.id)),
            Choice(pgettext("button", "Later"), TrainingKeep(a=walk.id)),
        ],
    )


@router.callback_query(TrainingRedo.filter())
async def redo(
    _query: CallbackQuery,
    callback_data: TrainingRedo,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Ask again what was not answered rightly."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    training_walk.redo(session, walk, now=now)
    return await _here(walk, actor, session, state, lessons, media, now)


@router.callback_query(TrainingKeep.filter())
async def keep(
    _query: CallbackQuery,
    callback_data: TrainingKeep,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
) -> Reply:
    """Leave it for now."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    await state.set_state(None)
    return _kept(walk)


def _kept(walk: Walk) -> Reply:
    if walk.is_done:
        return Reply(_("All right. Open lessons are there under the word HỌC."))
    if walk.page:
        text = _("Page {n}/{of} is remembered. To go on, send HỌC.")
        return Reply(text.format(n=walk.page, of=len(walk.lesson.pages)))
    if walk.question:
        text = _("Question {n}/{of} is remembered. To go on, send HỌC.")
        return Reply(text.format(n=walk.question, of=len(walk.lesson.questions)))
    return Reply(_("The answers are kept. To go on, send HỌC."))


@router.message(StateFilter(Learning.page, Learning.quiz), F.text)
async def say_in_lesson(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    raw_state: str | None,
) -> Reply | Goto:
    """Understand a word while learning: on, later, or in the quiz the question once more."""
    walk = await training_walk.walk_of(session, actor, (await state.get_data())["lesson"], lessons)
    said = " ".join(tokens(message.text or ""))
    if said in LARGE_WORDS:
        return Goto(TrainingLarge(a=walk.id, is_on=LARGE_WORDS[said]))
    if said in LATER_WORDS:
        await state.set_state(None)
        return _kept(walk)
    if walk.is_done:
        await state.set_state(None)
        raise SkipHandler
    if raw_state == Learning.quiz.state and walk.question:
        count = len(walk.lesson.questions[walk.question - 1].answers)
        asked = ngettext(
            "This question has {n} answer, which one?", "This question has {n} answers, which one?", count
        )
        here = _question(walk)
        return Reply(f"{asked.format(n=count)}\n{here.text}", choices=here.choices)
    if said in NEXT_WORDS and walk.page:
        return Goto(TrainingPage(a=walk.id, page=walk.page))
    raise SkipHandler
