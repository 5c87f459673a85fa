"""What was not answered rightly: the pages that say it, and after passing the right answers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import gettext as _
from locales import npgettext, pgettext
from services import training_pictures, training_walk
from services.access import Actor
from services.lessons import Lessons
from services.media import MediaStore

router: Final = Router(name=__name__)


class TrainingReview(CallbackData, prefix="training.review"):
    """Read again a page that holds what was not answered rightly; `n` counts them from 0."""

    a: int
    n: int = 0


class TrainingWrong(CallbackData, prefix="training.wrong"):
    """See the right answers after passing."""

    a: int


@router.callback_query(TrainingReview.filter())
async def review(
    _query: CallbackQuery,
    callback_data: TrainingReview,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    media: MediaStore,
    now: datetime,
) -> Reply | Goto:
    """Show the pages again that hold what was not answered rightly."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    again = walk.pages_again()
    if callback_data.n >= len(again):
        return Goto(f"training.open:{walk.id}")
    number = again[callback_data.n]
    page = walk.lesson.pages[number - 1]
    text = _("Page {n}/{of}. {text}").format(n=number, of=len(walk.lesson.pages), text=page.text)
    onward = Choice(pgettext("button", "Next page"), TrainingReview(a=walk.id, n=callback_data.n + 1))
    if callback_data.n + 1 == len(again):
        count = len(walk.not_right())
        label = npgettext("button", "Redo {n} question", "Redo {n} questions", count).format(n=count)
        onward = Choice(label, f"training.redo:{walk.id}")
    shown = await training_pictures.shown(
        session, media, lessons, walk.lesson, number, is_large=actor.has_large_text, now=now
    )
    return Reply(text, choices=[onward], picture=shown.picture, alt=shown.alt)


@router.callback_query(TrainingWrong.filter())
async def see_wrong(
    _query: CallbackQuery, callback_data: TrainingWrong, actor: Actor, session: AsyncSession, lessons: Lessons
) -> Reply:
    """Show the right answers to what was not answered rightly."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    lines = []
    for number in walk.not_right():
        question = walk.lesson.questions[number - 1]
        right = question.answers[question.right]
        line = _("Question {n}: {question}\nRight is: {label}. {why}")
        lines.append(line.format(n=number, question=question.text, label=right.label, why=right.explanation))
    home = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
    return Reply("\n".join(lines) or _("Everything was right."), choices=[home])
