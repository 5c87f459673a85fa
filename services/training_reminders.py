"""When is somebody told of a lesson: at its opening, when asked for, half-way, before its end, after it?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Delivery
from models.people import Account, Person
from models.training import TaskAssignment, TaskState, TrainingTask
from services import notices, people, training, training_notices, units
from services.access import capitalised
from services.lessons import Lessons
from services.training_walk import Walk

# So many at once keep the database for less than 100 ms, which nobody's answer notices.
BATCH: Final = 50
MANY: Final = 200
MORNING: Final = time(8)
# Of these nobody gets more than one a day, unless they asked for it.
ABOUT_LESSONS: Final = (
    "LessonGiven",
    "LessonGivenToMany",
    "LessonReminder",
    "LessonMissed",
    "LessonNudged",
    "LessonNudgedToMany",
)

delivery_table: Any = sa.inspect(Delivery).local_table
account_table: Any = sa.inspect(Account).local_table


@dataclass(frozen=True, slots=True)
class Opening:
    """How a task is announced: in which lane, and in whose name (the area's, once the giver is forgotten)."""

    kind: type[training_notices.LessonGiven]
    by: str


async def push(session: AsyncSession, lessons: Lessons, *, now: datetime) -> dict[str, int]:
    """Tell whoever is to be told of a lesson by now, at most a batch; call it again while it tells anybody.

    `remind_at` is the one moment at which somebody is next told of a lesson: its opening, the evening they
    asked for, or the morning after its end. Nobody is told of two lessons on one day: the second waits for
    the next, unless somebody asked for it themselves.
    """
    was_told = was_told_on(TaskAssignment.person_id, now.date(), now)
    statement = (
        _with_task(was_told)
        .where(col(TaskAssignment.remind_at) <= now, training.is_still_in_team())
        .order_by(col(TaskAssignment.person_id), col(TrainingTask.due_on), col(TaskAssignment.id))
        .limit(BATCH)
        .with_for_update(of=TaskAssignment, skip_locked=True)
    )
    counts = {"seen": 0, "given": 0, "reminded": 0, "missed": 0}
    told: set[int] = set()
    openings: dict[int | None, Opening] = {}
    for row, task, was_told_today in (await session.exec(statement)).all():
        counts["seen"] += 1
        if row.person_id in told or (was_told_today and not _is_asked_for(row, task)):
            row.remind_at = now + timedelta(days=1)
            session.add(row)
            continue
        kind = await _push_one(session, row, task, lessons, openings, now=now)
        if kind:
            told.add(row.person_id)
            counts[kind] += 1
    return counts


def _is_asked_for(row: TaskAssignment, task: TrainingTask) -> bool:
    """Tell whether the moment has come that somebody chose, not an opening or the end."""
    return row.state is not TaskState.MISSED and not _is_opening(row, task)


def _is_opening(row: TaskAssignment, task: TrainingTask) -> bool:
    return row.opened_at is None and row.remind_at == task.opens_at


async def _push_one(
    session: AsyncSession,
    row: TaskAssignment,
    task: TrainingTask,
    lessons: Lessons,
    openings: dict[int | None, Opening],
    *,
    now: datetime,
) -> str:
    """Say what there is to say of one lesson; name what it was, "" for nothing."""
    is_opening = _is_opening(row, task)
    row.remind_at = None
    session.add(row)
    if row.state in training.DONE or task.lesson not in lessons:
        return ""
    walk = Walk(row, task, lessons.get(task.lesson))
    kind, subject = "reminded", day_of(now)
    notice: notices.Notice = reminder_of(walk, now)
    if row.state is TaskState.MISSED:
        kind, subject, notice = "missed", f"assignment:{row.id}", _missed(walk)
    elif is_opening:
        if task.id not in openings:
            openings[task.id] = await _opening(session, task)
        kind, subject, notice = "given", f"assignment:{row.id}", _given(walk, openings[task.id])
    return kind if await notices.tell(session, row.person_id, notice, subject=subject, now=now) else ""


async def remind(session: AsyncSession, lessons: Lessons, *, after: int, now: datetime) -> tuple[int, int]:
    """Remind half-way and on the day before the end, a batch of copies from id `after` on.

    Tell how many were reminded, and the id to go on from, 0 at the end. Half-way counts from the day the
    lesson came to the person; nobody who is stuck, resting or out of the team is reminded.
    """
    today = now.date()
    statement = (
        _with_task()
        .join(Person, col(Person.id) == col(TaskAssignment.person_id))
        .where(
            col(TaskAssignment.id) > after,
            col(TrainingTask.opens_at) <= now,
            col(TrainingTask.due_on) > today,
            col(TaskAssignment.state).in_(training.UNDER_WAY),
            col(TaskAssignment.is_stuck).is_(False),
            training.is_still_in_team(),
            ~was_told_on(TaskAssignment.person_id, today, now),
            sa.or_(col(Person.paused_until).is_(None), col(Person.paused_until) < today),
        )
        .order_by(col(TaskAssignment.id))
        .limit(BATCH)
        .with_for_update(of=TaskAssignment, skip_locked=True)
    )
    rows = (await session.exec(statement)).all()
    due: defaultdict[int, list[Walk]] = defaultdict(list)
    for row, task in rows:
        if task.lesson in lessons and _is_reminder_due(row, task, now):
            due[row.person_id].append(Walk(row, task, lessons.get(task.lesson)))
    reminded = 0
    for person_id, walks in due.items():
        first = min(walks, key=lambda walk: walk.task.due_on)
        reminded += await notices.tell(
            session, person_id, reminder_of(first, now), subject=day_of(now), now=now
        )
        first.row.reminders += 1
        session.add(first.row)
    return reminded, (rows[-1][0].id or 0) if len(rows) == BATCH else 0


def _is_reminder_due(row: TaskAssignment, task: TrainingTask, now: datetime) -> bool:
    today = now.date()
    if task.due_on == today + timedelta(days=1):
        return True
    came = max(task.opens_at, row.assigned_at).astimezone(now.tzinfo).date()
    half = came + (task.due_on - came) / 2
    return row.reminders == 0 and came < half <= today


async def close(session: AsyncSession, *, now: datetime) -> int:
    """Mark as missed what was not passed by the end of its last day, and have it told at 8 o'clock.

    Whoever left the team before is not counted as having missed anything.
    """
    today = now.date()
    morning = max(datetime.combine(today, MORNING, now.tzinfo), now)
    table, task = training.assignment_table, training.task_table
    over = (
        sa.select(table.c.id)
        .join(task, task.c.id == table.c.task_id)
        .where(task.c.due_on < today, table.c.state.in_(training.UNDER_WAY), training.is_still_in_team())
    )
    told_at = sa.case((table.c.is_stuck, None), else_=sa.literal(morning, table.c.remind_at.type))
    closed = sa.update(table).where(table.c.id.in_(over)).values(state=TaskState.MISSED, remind_at=told_at)
    result = await (await session.connection()).execute(closed)
    return int(result.rowcount)


def _with_task(*more: Any) -> Any:
    return select(TaskAssignment, TrainingTask, *more).join(
        TrainingTask, col(TrainingTask.id) == col(TaskAssignment.task_id)
    )


def was_told_on(person_id: Any, day: date, now: datetime) -> sa.ColumnElement[bool]:
    """Give the condition "a message about a lesson was written to this person on this day"."""
    sent, account = sa.alias(delivery_table), sa.alias(account_table)
    midnight = datetime.combine(day, time(), now.tzinfo)
    return sa.exists(
        sa.select(sent.c.id)
        .join(account, account.c.id == sent.c.account_id)
        .where(
            account.c.person_id == person_id, sent.c.kind.in_(ABOUT_LESSONS), sent.c.created_at >= midnight
        )
    )


async def _opening(session: AsyncSession, task: TrainingTask) -> Opening:
    """Look up what is the same for everybody a task goes to."""
    count = select(func.count()).where(TaskAssignment.task_id == task.id)
    is_many = (await session.exec(count)).one() > MANY
    if task.assigned_by is not None:
        by = people.called(await people.person_of(session, task.assigned_by))
    else:
        by = units.display_name(await units.unit_of(session, task.unit_id))
    return Opening(
        training_notices.LessonGivenToMany if is_many else training_notices.LessonGiven, capitalised(by)
    )


def _given(walk: Walk, opening: Opening) -> training_notices.LessonGiven:
    return opening.kind(
        assignment_id=walk.id,
        by=opening.by,
        title=walk.lesson.title,
        pages=len(walk.lesson.pages),
        questions=len(walk.lesson.questions),
        minutes=walk.lesson.minutes,
        due=walk.task.due_on.isoformat(),
    )


def reminder_of(walk: Walk, now: datetime) -> training_notices.LessonReminder:
    """Gather what is said of an open lesson: the place in it, and what is left."""
    pages_left, questions_left = walk.left()
    return training_notices.LessonReminder(
        assignment_id=walk.id,
        title=walk.lesson.title,
        days=max(0, (walk.task.due_on - now.date()).days),
        page=walk.page,
        pages=len(walk.lesson.pages),
        question=walk.question,
        questions=len(walk.lesson.questions),
        pages_left=pages_left,
        questions_left=questions_left,
        minutes_left=walk.minutes_left(),
    )


def _missed(walk: Walk) -> training_notices.LessonMissed:
    return training_notices.LessonMissed(assignment_id=walk.id, title=walk.lesson.title)


def day_of(now: datetime) -> str:
    """Name a day as the subject of a notice, so that it is told once on it."""
    return f"day:{now.date()}"
