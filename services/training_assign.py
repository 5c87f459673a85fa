"""Who is given a lesson, until when, and who need not learn it any more?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.people import Role
from models.training import TaskState, TrainingTask
from models.units import Unit
from services import access, audit, errors, training, units
from services.access import Action, Actor

LONGEST: Final = timedelta(days=90)
TWICE: Final = timedelta(minutes=1)
# The lessons of a set open so far apart, each with so much time.
APART: Final = timedelta(weeks=1)
WINDOW: Final = timedelta(weeks=2)
TEAM: Final = (Role.MEMBER, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a lesson would go to: all of them, and those who are left out."""

    people: int
    passed: int
    learning: int

    @property
    def left(self) -> int:
        """Tell how many would learn it."""
        return self.people - self.passed - self.learning


@access.declares(Action.ASSIGN_LESSON)
async def audience(
    session: AsyncSession, actor: Actor, unit: Unit, lesson: str, roles: Sequence[Role] = TEAM
) -> Audience:
    """Count who of an area a lesson would go to; raises OutsideArea."""
    actor.require(Action.ASSIGN_LESSON, unit_id=units.unit_id(unit), path=unit.path)
    return await _audience(session, unit, lesson, roles)


async def _audience(session: AsyncSession, unit: Unit, lesson: str, roles: Sequence[Role]) -> Audience:
    people = training.people_of([unit], roles).subquery()
    is_done = training.has_passed(people.c.person_id, lesson)
    state = sa.case(
        (is_done, "passed"), (training.is_learning(people.c.person_id, lesson), "learning"), else_="left"
    )
    each = sa.select(state.label("state")).select_from(people).subquery()
    counted = sa.select(each.c.state, sa.func.count().label("people")).group_by(each.c.state)
    rows = await (await session.connection()).execute(counted)
    counts: dict[str, int] = {row.state: row.people for row in rows}
    return Audience(sum(counts.values()), counts.get("passed", 0), counts.get("learning", 0))


def opens_at(push_at: time, *, now: datetime) -> datetime:
    """Tell when a lesson given now opens: this evening, or the next if that is past."""
    evening = datetime.combine(now.date(), push_at, now.tzinfo)
    return evening if now < evening else evening + timedelta(days=1)


@access.declares(Action.ASSIGN_LESSON)
async def give(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    lesson: str,
    *,
    roles: Sequence[Role] = TEAM,
    due_on: date,
    push_at: time,
    now: datetime,
) -> int | None:
    """Give a lesson to who holds the roles in an area; tell to how many, None when one's own tap comes twice.

    Who has passed it, or is learning it, is left out. Raises OutsideArea, DueTooSoon, NobodyToLearn.
    """
    actor.require(Action.ASSIGN_LESSON, unit_id=units.unit_id(unit), path=unit.path)
    opens = opens_at(push_at, now=now)
    ensure_due(due_on, opens)
    if await _is_given(session, actor, unit, lesson, roles, now=now):
        return None
    counted = await _audience(session, unit, lesson, roles)
    if not counted.left:
        raise errors.NobodyToLearn(n=counted.people)
    return await _give(session, actor, unit, lesson, roles, (opens, due_on), now=now)


async def _give(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    lesson: str,
    roles: Sequence[Role],
    window: tuple[datetime, date],
    *,
    now: datetime,
) -> int:
    task = TrainingTask(
        lesson=lesson,
        unit_id=units.unit_id(unit),
        roles=[role.value for role in roles],
        opens_at=window[0],
        due_on=window[1],
        assigned_by=actor.person_id,
        assigned_at=now,
    )
    session.add(task)
    await session.flush()
    audit.record(session, actor.person_id, "lesson_given", "training_task", task.id, now=now)
    return await _give_each(session, unit, task, roles, now=now)


@dataclass(frozen=True, slots=True)
class Step:
    """One lesson of a set on its way: who is left for it, and its window."""

    lesson: str
    audience: Audience
    opens: datetime
    due_on: date


@access.declares(Action.ASSIGN_LESSON)
async def plan_set(
    session: AsyncSession, actor: Actor, unit: Unit, lessons: Sequence[str], *, push_at: time, now: datetime
) -> list[Step]:
    """Lay the lessons of a set that somebody still has to learn a week apart; raises OutsideArea.

    All at once would be six messages on one evening, and six last days on one day.
    """
    steps: list[Step] = []
    opens = opens_at(push_at, now=now)
    for lesson in lessons:
        counted = await audience(session, actor, unit, lesson)
        if counted.left:
            steps.append(Step(lesson, counted, opens, opens.date() + WINDOW))
            opens += APART
    return steps


@access.declares(Action.ASSIGN_LESSON)
async def give_set(
    session: AsyncSession, actor: Actor, unit: Unit, lessons: Sequence[str], *, push_at: time, now: datetime
) -> list[Step] | None:
    """Give a set to the teams of an area, a lesson a week; None when one's own tap comes twice.

    Raises OutsideArea, NobodyToLearn.
    """
    for lesson in lessons:
        if await _is_given(session, actor, unit, lesson, TEAM, now=now):
            return None
    steps = await plan_set(session, actor, unit, lessons, push_at=push_at, now=now)
    if not steps:
        raise errors.NobodyToLearn(n=(await audience(session, actor, unit, lessons[0])).people)
    for step in steps:
        await _give(session, actor, unit, step.lesson, TEAM, (step.opens, step.due_on), now=now)
    return steps


def ensure_due(due_on: date, opens: datetime) -> None:
    """Refuse a last day before the day after the opening, or months away; raises DueTooSoon, DueTooFar."""
    first, last = opens.date() + timedelta(days=1), opens.date() + LONGEST
    if due_on < first:
        raise errors.DueTooSoon(day=dates.short(first))
    if due_on > last:
        raise errors.DueTooFar(day=dates.long(last))


async def _is_given(
    session: AsyncSession, actor: Actor, unit: Unit, lesson: str, roles: Sequence[Role], *, now: datetime
) -> bool:
    statement = select(TrainingTask).where(
        TrainingTask.lesson == lesson,
        TrainingTask.unit_id == unit.id,
        col(TrainingTask.assigned_by) == actor.person_id,
        col(TrainingTask.assigned_at) > now - TWICE,
    )
    wanted = {role.value for role in roles}
    return any(set(task.roles) == wanted for task in (await session.exec(statement)).all())


async def _give_each(
    session: AsyncSession, unit: Unit, task: TrainingTask, roles: Sequence[Role], *, now: datetime
) -> int:
    """Write everybody's copy in one statement: a province has thousands of members."""
    table = training.assignment_table
    people = training.people_of([unit], roles).subquery()
    values: dict[str, Any] = {
        "task_id": task.id,
        "state": TaskState.ASSIGNED,
        "page": 0,
        "answers": {},
        "assigned_at": now,
        "remind_at": task.opens_at,
        "reminders": 0,
        "is_stuck": False,
    }
    columns = [sa.literal(value, table.c[name].type).label(name) for name, value in values.items()]
    rows = sa.select(people.c.person_id, *columns).where(
        ~training.has_passed(people.c.person_id, task.lesson),
        ~training.is_learning(people.c.person_id, task.lesson),
    )
    statement = sa.insert(table).from_select(["person_id", *values], rows, include_defaults=False)
    result = await (await session.connection()).execute(statement)
    return int(result.rowcount)
