"""How far has each team come with each lesson?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Assignment, Role
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Unit
from services import training, units
from services.reports import _weekly_rows
from services.reports.weekly import Weekly


@dataclass(frozen=True, slots=True)
class TeamProgress:
    """The people of one team, or above the commune of one commune, with one lesson."""

    unit_id: int
    place: str
    lesson: str
    due_on: date
    passed: int
    learning: int
    unopened: int
    missed: int

    @property
    def people(self) -> int:
        """Tell how many people the lesson is for."""
        return self.passed + self.learning + self.unopened + self.missed


async def by_team(session: AsyncSession, unit: Unit, figures: Weekly) -> list[TeamProgress]:
    """Tell for every lesson of a week how far each row of it has come, who is furthest behind first."""
    labels = {row.unit_id: row.name for row in figures.rows} or {figures.unit_id: figures.name}
    found = []
    for lesson in figures.lessons:
        states: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for path, state, people in await _states(session, unit, lesson.task_id):
            states[_weekly_rows.row_of(path, labels)][state] += people
        rows = [
            TeamProgress(
                unit_id=unit_id,
                place=labels[unit_id],
                lesson=lesson.lesson,
                due_on=lesson.due_on,
                passed=counted["passed"],
                learning=counted["learning"],
                unopened=counted["unopened"],
                missed=counted["missed"],
            )
            for unit_id, counted in states.items()
            if unit_id
        ]
        found += sorted(rows, key=lambda one: (one.passed / one.people, one.place))
    return found


async def _states(session: AsyncSession, unit: Unit, task_id: int) -> Sequence[Any]:
    connection = await session.connection()
    asked = sa.select(TrainingTask.__table__).where(col(TrainingTask.id) == task_id)  # type: ignore[attr-defined]
    task = (await connection.execute(asked)).one()
    area = await units.unit_of(session, task.unit_id)
    mine = sa.inspect(TaskAssignment).local_table.alias()
    state = sa.case(
        (training.has_passed(col(Assignment.person_id), task.lesson), "passed"),
        (mine.c.id.is_(None), "none"),
        (mine.c.state == TaskState.MISSED, "missed"),
        (mine.c.opened_at.is_not(None), "learning"),
        else_="unopened",
    ).label("state")
    each = (
        sa.select(col(Unit.path).label("path"), state)
        .select_from(Assignment)
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .outerjoin(mine, sa.and_(mine.c.person_id == Assignment.person_id, mine.c.task_id == task_id))
        .where(
            units.within(unit),
            units.within(area),
            col(Assignment.role).in_([Role(role) for role in task.roles]),
            col(Assignment.until).is_(None),
        )
        .subquery()
    )
    counted = sa.select(each.c.path, each.c.state, sa.func.count()).group_by(each.c.path, each.c.state)
    return (await connection.execute(counted.where(each.c.state != "none"))).all()
