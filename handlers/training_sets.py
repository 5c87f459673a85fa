"""How a supervisor gives a whole set of lessons at once: one a week, and one look before it begins."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Reply
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from services import errors, training_assign, units
from services.access import Actor
from services.lessons import Lessons
from services.rules import Rules
from services.training_assign import Step

router: Final = Router(name=__name__)


class AssignSet(CallbackData, prefix="training.set"):
    """Give the set this lesson belongs to: shown first unless it is sure."""

    slug: str
    is_sure: bool


@router.callback_query(AssignSet.filter())
async def give_set(
    _query: CallbackQuery,
    callback_data: AssignSet,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Show what will happen, then do it; a second tap says nothing."""
    held = actor.held(Role.SUPERVISOR)
    if held is None:
        raise errors.NotYours
    if callback_data.slug not in lessons:
        raise SkipHandler
    name = lessons.get(callback_data.slug).set
    slugs = [lesson.slug for lesson in lessons.in_set(name)]
    area = await units.unit_of(session, held.unit_id)
    at = rules.training.push_at
    if callback_data.is_sure:
        given = await training_assign.give_set(session, actor, area, slugs, push_at=at, now=now)
        return _given(given, lessons, now) if given is not None else None
    steps = await training_assign.plan_set(session, actor, area, slugs, push_at=at, now=now)
    if not steps:
        audience = await training_assign.audience(session, actor, area, slugs[0])
        raise errors.NobodyToLearn(n=audience.people)
    return _confirm(name, steps, callback_data.slug, now)


def _confirm(name: str, steps: list[Step], slug: str, now: datetime) -> Reply:
    text = _(
        "Give the set {name}, {lessons} lessons, to {n} people: one lesson a week, two weeks for each."
        " The first opens {opens}, the last is due {day}. Give it?"
    )
    last = steps[-1].due_on
    said = text.format(
        name=name,
        lessons=len(steps),
        n=max(step.audience.left for step in steps),
        opens=_moment(steps[0].opens, now),
        day=f"{dates.weekday(last)} {dates.long(last)}",
    )
    return Reply(
        said,
        choices=[
            Choice(pgettext("button", "Give it"), AssignSet(slug=slug, is_sure=True)),
            Choice(pgettext("button", "Leave it"), "training.leave"),
        ],
    )


def _given(steps: list[Step], lessons: Lessons, now: datetime) -> Reply:
    text = _(
        "{n} lessons are given. {first} opens {opens}, then one every week;"
        " whoever passes them all gets a certificate."
    )
    said = text.format(
        n=len(steps), first=lessons.get(steps[0].lesson).title, opens=_moment(steps[0].opens, now)
    )
    return Reply(said, choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)])


def _moment(at: datetime, now: datetime) -> str:
    return f"{dates.clock(at)} {dates.spoken(at.date(), now.date())}"
