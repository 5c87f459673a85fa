"""Which lessons are open for somebody, and how far has an area come with each?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import insert_into
from models.people import Assignment, Role
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Unit
from services import units

DONE: Final = (TaskState.PASSED, TaskState.LATE)
UNDER_WAY: Final = (TaskState.ASSIGNED, TaskState.OPENED, TaskState.FAILED)
TEAM: Final = (Role.MEMBER, Role.LEADER)
SHOWN_AFTER: Final = timedelta(days=7)

assignment_table: Any = sa.inspect(TaskAssignment).local_table
task_table: Any = sa.inspect(TrainingTask).local_table
held_table: Any = sa.inspect(Assignment).local_table
unit_table: Any = sa.inspect(Unit).local_table


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A lesson somebody can learn now: their own copy, and the task it belongs to."""

    assignment: TaskAssignment
    task: TrainingTask


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people of an area have come how far with one task; `people` is their sum.

    Whoever passed the lesson in an earlier task counts as passed.
    """

    task_id: int
    lesson: str
    due_on: date
    passed: int
    learning: int
    unopened: int
    missed: int

    @property
    def people(self) -> int:
        """Tell how many people the task is for."""
        return self.passed + self.learning + self.unopened + self.missed


async def open_tasks(session: AsyncSession, person_id: int, *, now: datetime) -> list[OpenTask]:
    """List what somebody can learn now, the one due first first; a missed lesson can still be learnt."""
    statement = (
        select(TaskAssignment, TrainingTask)
        .join(TrainingTask, col(TrainingTask.id) == col(TaskAssignment.task_id))
        .where(TaskAssignment.person_id == person_id, col(TrainingTask.opens_at) <= now)
        .order_by(col(TrainingTask.due_on).desc(), col(TaskAssignment.id).desc())
    )
    rows = (await session.exec(statement)).all()
    seen = {task.lesson for row, task in rows if row.state in DONE}
    found: list[OpenTask] = []
    for row, task in rows:
        if task.lesson not in seen:
            seen.add(task.lesson)
            found.append(OpenTask(row, task))
    return sorted(found, key=lambda one: (one.task.due_on, one.assignment.id or 0))


async def passed_lessons(session: AsyncSession, person_id: int) -> set[str]:
    """Tell the slugs of the lessons somebody has passed, on time or late."""
    statement = (
        select(TrainingTask.lesson)
        .join(TaskAssignment, col(TaskAssignment.task_id) == col(TrainingTask.id))
        .where(TaskAssignment.person_id == person_id, col(TaskAssignment.state).in_(DONE))
    )
    return set((await session.exec(statement)).all())


async def assign_open(session: AsyncSession, person_id: int, unit: Unit, *, now: datetime) -> int:
    """Give somebody new in a team what is still open in its area; tell how many lessons.

    What has opened already is not announced: whoever lets them in names the first lesson.
    """
    held = select(Assignment.role).where(
        Assignment.person_id == person_id,
        Assignment.unit_id == units.unit_id(unit),
        col(Assignment.role).in_(TEAM),
        col(Assignment.until).is_(None),
    )
    roles = {Role(role).value for role in (await session.exec(held)).all()} or {Role.MEMBER.value}
    statement = (
        select(TrainingTask)
        .where(col(TrainingTask.unit_id).in_(units.path_ids(unit)), TrainingTask.due_on >= now.date())
        .order_by(col(TrainingTask.due_on), col(TrainingTask.id))
    )
    # Of two tasks with one lesson the last in this order stays: a newcomer gets the longer time.
    tasks = {
        task.lesson: task for task in (await session.exec(statement)).all() if roles.intersection(task.roles)
    }
    taken = await passed_lessons(session, person_id) | await _under_way(session, person_id)
    rows: list[dict[str, Any]] = [
        {
            "task_id": task.id,
            "person_id": person_id,
            "state": TaskState.ASSIGNED,
            "page": 0,
            "answers": {},
            "assigned_at": now,
            "remind_at": task.opens_at if task.opens_at > now else None,
            "reminders": 0,
            "is_stuck": False,
        }
        for lesson, task in tasks.items()
        if lesson not in taken
    ]
    if not rows:
        return 0
    dialect = session.get_bind().dialect.name
    await (await session.connection()).execute(
        insert_into(assignment_table, dialect).on_conflict_do_nothing(), rows
    )
    return len(rows)


async def _under_way(session: AsyncSession, person_id: int) -> set[str]:
    statement = (
        select(TrainingTask.lesson)
        .join(TaskAssignment, col(TaskAssignment.task_id) == col(TrainingTask.id))
        .where(TaskAssignment.person_id == person_id, col(TaskAssignment.state).in_(UNDER_WAY))
    )
    return set((await session.exec(statement)).all())


async def progress(session: AsyncSession, unit: Unit, *, now: datetime) -> list[Progress]:
    """Tell how far a unit's people have come with each task that is open, or was due within 7 days.

    Only who is in a team of the subtree today is counted; what has not opened yet is left out.
    """
    statement = (
        select(TrainingTask, Unit)
        .join(Unit, col(Unit.id) == col(TrainingTask.unit_id))
        .where(
            col(TrainingTask.opens_at) <= now,
            TrainingTask.due_on >= now.date() - SHOWN_AFTER,
            sa.or_(col(TrainingTask.unit_id).in_(units.path_ids(unit)), units.within(unit)),
        )
        .order_by(col(TrainingTask.due_on), col(TrainingTask.id))
    )
    rows = (await session.exec(statement)).all()
    found = [await _progress(session, task, (unit, area)) for task, area in rows]
    return [one for one in found if one.people]


async def progress_of(session: AsyncSession, task: TrainingTask, unit: Unit) -> Progress:
    """Tell how far a unit's people have come with one task."""
    return await _progress(session, task, (unit, await units.unit_of(session, task.unit_id)))


async def _progress(session: AsyncSession, task: TrainingTask, areas: Sequence[Unit]) -> Progress:
    people = people_of(areas, task.roles).subquery()
    mine = sa.alias(assignment_table)
    is_done = has_passed(people.c.person_id, task.lesson)
    is_missed = mine.c.state == TaskState.MISSED
    state = sa.case(
        (is_done, "passed"),
        (mine.c.id.is_(None), "none"),
        (is_missed, "missed"),
        (mine.c.opened_at.is_not(None), "learning"),
        else_="unopened",
    )
    each = (
        sa.select(state.label("state"))
        .select_from(people)
        .outerjoin(mine, sa.and_(mine.c.person_id == people.c.person_id, mine.c.task_id == task.id))
        .subquery()
    )
    counted = sa.select(each.c.state, sa.func.count().label("people")).group_by(each.c.state)
    rows = await (await session.connection()).execute(counted)
    counts: dict[str, int] = {row.state: row.people for row in rows}
    return Progress(
        task_id=task.id or 0,
        lesson=task.lesson,
        due_on=task.due_on,
        passed=counts.get("passed", 0),
        learning=counts.get("learning", 0),
        unopened=counts.get("unopened", 0),
        missed=counts.get("missed", 0),
    )


def people_of(areas: Sequence[Unit], roles: Sequence[str]) -> sa.Select[tuple[int]]:
    """Select, once each, who holds one of the roles today in all of the areas' subtrees at once."""
    return (
        sa.select(col(Assignment.person_id).label("person_id"))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(
            col(Assignment.role).in_([Role(role) for role in roles]),
            col(Assignment.until).is_(None),
            *(units.within(area) for area in areas),
        )
        .distinct()
    )


def is_still_in_team() -> sa.ColumnElement[bool]:
    """Give the condition "whose copy this is, is in a team of the task's area today"."""
    area, place = sa.alias(unit_table), sa.alias(unit_table)
    # What units.successor writes, for a path that only the database knows.
    after = sa.func.substr(area.c.path, 1, sa.func.length(area.c.path) - 1).concat("0")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(sa.join(held_table, place, place.c.id == held_table.c.unit_id).join(area, sa.true()))
        .where(
            area.c.id == TrainingTask.unit_id,
            held_table.c.person_id == TaskAssignment.person_id,
            held_table.c.role.in_(TEAM),
            held_table.c.until.is_(None),
            place.c.path >= area.c.path,
            place.c.path < after,
        )
        .correlate(assignment_table, task_table)
    )


def has_passed(person_id: Any, lesson: str) -> sa.ColumnElement[bool]:
    """Give the condition "this person has passed the lesson in any task"."""
    return _has(person_id, lesson, DONE)


def is_learning(person_id: Any, lesson: str) -> sa.ColumnElement[bool]:
    """Give the condition "the lesson is open for this person already"."""
    return _has(person_id, lesson, UNDER_WAY)


def _has(person_id: Any, lesson: str, states: Sequence[TaskState]) -> sa.ColumnElement[bool]:
    task, theirs = sa.alias(task_table), sa.alias(assignment_table)
    return sa.exists(
        sa.select(theirs.c.id)
        .join(task, task.c.id == theirs.c.task_id)
        .where(theirs.c.person_id == person_id, theirs.c.state.in_(states), task.c.lesson == lesson)
    )
