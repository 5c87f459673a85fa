"""Which teams does an area have, who leads them, and which have not been heard of?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, Rollup
from models.help import HelpRequest
from models.people import Assignment, Person, Role
from models.units import Unit
from services import people, units
from services.counts import Week

TEAM: Final = (Role.MEMBER, Role.LEADER)
SILENT_AFTER: Final = timedelta(days=14)
LONGEST_WAIT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Team:
    """The people of one village, as they were at the end of the week; `since` the first of them came."""

    unit_id: int
    path: str
    members: int
    since: datetime
    has_answered: bool

    def is_silent(self, reported: Collection[int], begin: datetime) -> bool:
        """Tell whether a team older than `begin` neither wrote nor answered; `reported` are unit ids."""
        return self.unit_id not in reported and not self.has_answered and self.since < begin


def window(week: Week, *, now: datetime) -> tuple[datetime, datetime]:
    """Give the first and last moment of the 14 days in which a team must have been heard of."""
    end = datetime.combine(week.sunday + timedelta(days=1), time.min, now.tzinfo)
    return end - SILENT_AFTER, min(end, now)


async def teams(session: AsyncSession, unit: Unit, week: Week, *, now: datetime) -> list[Team]:
    """List the teams of an area; a village without anybody has none."""
    begin, end = window(week, now=now)
    answered = await _where_answered(session, unit, begin, end)
    held = (
        sa.select(
            col(Assignment.unit_id),
            col(Unit.path),
            sa.func.count(),
            sa.func.min(col(Assignment.since)),
        )
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(units.within(unit), _held_at(end))
        .group_by(col(Assignment.unit_id), col(Unit.path))
    )
    return [
        Team(unit_id, path, members, since, unit_id in answered)
        for unit_id, path, members, since in await (await session.connection()).execute(held)
    ]


def _held_at(at: datetime) -> Any:
    return sa.and_(
        col(Assignment.role).in_(TEAM),
        col(Assignment.since) <= at,
        sa.or_(col(Assignment.until).is_(None), col(Assignment.until) > at),
    )


async def _where_answered(session: AsyncSession, unit: Unit, begin: datetime, end: datetime) -> set[int]:
    """Tell whose members took a request; what was asked over a month before is not looked at."""
    teams_of_helpers = (
        select(Assignment.unit_id)
        .join(HelpRequest, col(HelpRequest.helper_id) == col(Assignment.person_id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(
            units.within(unit),
            col(HelpRequest.asked_at) > begin - LONGEST_WAIT,
            col(HelpRequest.claimed_at) >= begin,
            col(HelpRequest.claimed_at) < end,
            _held_at(end),
        )
        .distinct()
    )
    return set((await session.exec(teams_of_helpers)).all())


async def leaders(session: AsyncSession, unit: Unit) -> dict[int, str]:
    """Tell by unit id how the leaders of an area's teams are called today."""
    held = (
        select(Assignment.unit_id, Person)
        .join(Person, col(Person.id) == col(Assignment.person_id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(units.within(unit), Assignment.role == Role.LEADER, col(Assignment.until).is_(None))
    )
    return {unit_id: people.called(person) for unit_id, person in await session.exec(held)}


async def last_reports(session: AsyncSession, unit_ids: Sequence[int], *, until: date) -> dict[int, date]:
    """Tell by unit id the last day anything was reported for; who never did is left out.

    Each is one step from the end of the primary key, however long the history is.
    """
    if not unit_ids:
        return {}
    last = (
        sa.select(col(Rollup.day))
        .where(col(Rollup.unit_id) == col(Unit.id), col(Rollup.day) <= until, col(Rollup.entries) > 0)
        .order_by(col(Rollup.day).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows: Any = await (await session.connection()).execute(
        sa.select(col(Unit.id), last).where(col(Unit.id).in_(unit_ids))
    )
    found: dict[int, date | None] = {row[0]: row[1] for row in rows}
    return {unit_id: day for unit_id, day in found.items() if day is not None}


async def on_time(session: AsyncSession, unit: Unit, week: Week, *, now: datetime) -> list[tuple[int, str]]:
    """List the units of an area, with their paths, that reported for a week before it was over."""
    end = datetime.combine(week.sunday + timedelta(days=1), time.min, now.tzinfo)
    # One entry is enough: a village's week is not read to its end.
    wrote = sa.exists().where(
        col(Activity.unit_id) == col(Unit.id),
        col(Activity.happened_on).between(week.monday, week.sunday),
        col(Activity.corrected_at).is_(None),
        col(Activity.recorded_at) < end,
    )
    statement = sa.select(col(Unit.id), col(Unit.path)).where(units.within(unit), wrote)
    rows = await (await session.connection()).execute(statement)
    return [(unit_id, path) for unit_id, path in rows if unit_id is not None]
