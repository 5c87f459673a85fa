"""Who of a team is behind with its lessons, and who may be asked after it now?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Person
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Level, Unit
from services import access, audit, certificates, notices, people, training, training_reminders, units
from services.access import Action, Actor, capitalised
from services.lessons import Lessons
from services.training import Progress
from services.training_notices import LessonNudged, LessonNudgedToMany
from services.training_walk import Walk

BEHIND: Final = (*training.UNDER_WAY, TaskState.MISSED)
# From above the commune its supervisor is asked, never the members over everybody's head.
NUDGED_IN: Final = (Level.COMMUNE, Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who has not passed a lesson; without a place it was not opened yet."""

    who: str
    page: int = 0
    pages: int = 0
    is_in_quiz: bool = False
    is_stuck: bool = False
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class TeamLesson:
    """How far a team is with one lesson, and who is behind."""

    title: str
    progress: Progress
    behind: tuple[Learner, ...]


@dataclass(frozen=True, slots=True)
class TeamLearning:
    """Everything a leader sees of the team's learning; `to_nudge` is how many can be asked today."""

    lessons: tuple[TeamLesson, ...]
    done: tuple[tuple[str, tuple[str, ...]], ...]
    to_nudge: int


@access.declares(Action.SEE_TEAM)
async def see(
    session: AsyncSession, actor: Actor, unit: Unit, lessons: Lessons, *, now: datetime
) -> TeamLearning:
    """Look at how a team learns; raises OutsideArea."""
    actor.require(Action.SEE_TEAM, unit_id=units.unit_id(unit), path=unit.path)
    found = [
        TeamLesson(
            lessons.get(one.lesson, actor.locale).title, one, await _behind(session, unit, one, lessons)
        )
        for one in await training.progress(session, unit, now=now)
        if one.lesson in lessons
    ]
    done = []
    for one in await certificates.sets_done(session, unit):
        persons = [await people.person_of(session, person_id) for person_id in one.person_ids]
        done.append((one.name, tuple(people.called(person) for person in persons)))
    return TeamLearning(tuple(found), tuple(done), await count(session, actor, unit, lessons, now=now))


async def _behind(
    session: AsyncSession, unit: Unit, progress: Progress, lessons: Lessons
) -> tuple[Learner, ...]:
    members = training.people_of([unit], [role.value for role in training.TEAM]).subquery()
    statement = (
        select(Person, TaskAssignment)
        .join(TaskAssignment, col(TaskAssignment.person_id) == col(Person.id))
        .where(
            TaskAssignment.task_id == progress.task_id,
            col(TaskAssignment.state).in_(BEHIND),
            col(Person.id).in_(sa.select(members.c.person_id)),
            ~training.has_passed(TaskAssignment.person_id, progress.lesson),
        )
        .order_by(col(Person.id))
    )
    pages = len(lessons.get(progress.lesson).pages)
    return tuple(
        Learner(
            who=people.called(person),
            page=min(row.page, pages),
            pages=pages,
            is_in_quiz=row.page > pages,
            is_stuck=row.is_stuck,
            is_missed=row.state is TaskState.MISSED,
        )
        for person, row in (await session.exec(statement)).all()
    )


@access.declares(Action.SEE_TEAM)
async def count(session: AsyncSession, actor: Actor, unit: Unit, lessons: Lessons, *, now: datetime) -> int:
    """Tell how many of a commune or village can be asked after their lessons now; raises OutsideArea."""
    return len(await _to_nudge(session, actor, unit, lessons, now=now))


@access.declares(Action.SEE_TEAM)
async def nudge(session: AsyncSession, actor: Actor, unit: Unit, lessons: Lessons, *, now: datetime) -> int:
    """Ask whoever is behind after the lesson that is due first; tell how many. Raises OutsideArea.

    Nobody hears of lessons twice on one day, and who is stuck, rests or was told already is left in peace.
    """
    walks = await _to_nudge(session, actor, unit, lessons, now=now, is_locked=True)
    kind = LessonNudgedToMany if len(walks) > training_reminders.MANY else LessonNudged
    by = capitalised(actor.who)
    told = 0
    for walk in walks:
        about = asdict(training_reminders.reminder_of(walk, now))
        word = kind(**about, by=by, is_missed=walk.row.state is TaskState.MISSED)
        subject = training_reminders.day_of(now)
        told += await notices.tell(session, walk.row.person_id, word, subject=subject, now=now)
    if told:
        audit.record(session, actor.person_id, "lessons_nudged", "unit", units.unit_id(unit), now=now)
    return told


async def _to_nudge(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    lessons: Lessons,
    *,
    now: datetime,
    is_locked: bool = False,
) -> list[Walk]:
    """Find who can be asked, each with the one lesson to ask after: open before past, then due first."""
    actor.require(Action.SEE_TEAM, unit_id=units.unit_id(unit), path=unit.path)
    if unit.level not in NUDGED_IN:
        return []
    today = now.date()
    members = training.people_of([unit], [role.value for role in training.TEAM]).subquery()
    statement: Any = (
        select(TaskAssignment, TrainingTask)
        .join(TrainingTask, col(TrainingTask.id) == col(TaskAssignment.task_id))
        .join(Person, col(Person.id) == col(TaskAssignment.person_id))
        .where(
            col(TrainingTask.opens_at) <= now,
            TrainingTask.due_on >= today - training.SHOWN_AFTER,
            col(TaskAssignment.state).in_(BEHIND),
            col(TaskAssignment.is_stuck).is_(False),
            col(TaskAssignment.person_id).in_(sa.select(members.c.person_id)),
            TaskAssignment.person_id != actor.person_id,
            training.is_still_in_team(),
            ~training.has_passed(TaskAssignment.person_id, TrainingTask.lesson),
            ~training_reminders.was_told_on(TaskAssignment.person_id, today, now),
            sa.or_(col(Person.paused_until).is_(None), col(Person.paused_until) < today),
        )
        .order_by(col(TrainingTask.due_on), col(TaskAssignment.id))
    )
    if is_locked:
        statement = statement.with_for_update(of=TaskAssignment)
    found: defaultdict[int, list[Walk]] = defaultdict(list)
    for row, task in (await session.exec(statement)).all():
        if task.lesson in lessons:
            found[row.person_id].append(Walk(row, task, lessons.get(task.lesson)))
    return [min(walks, key=lambda walk: _urgency(walk, today)) for walks in found.values()]


def _urgency(walk: Walk, today: date) -> tuple[bool, date, int]:
    return walk.task.due_on < today, walk.task.due_on, walk.id
