"""Which teams does an area have, who leads them, and which have not been heard of?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Rollup
from models.help import HelpRequest
from models.people import Assignment, Person, Role
from models.units import Unit
from services import access, units
from services.counts import Week

TEAM: Final = (Role.MEMBER, Role.LEADER)
SILENT_AFTER: Final = timedelta(days=14)
LONGEST_WAIT: Final = timedelta(days=30)


@dataclass(slots=True)
class Team:
    """The people of one village, as they were at the end of the week."""

    unit_id: int
    path: str
    since: datetime
    members: int = 0
    leader: str = ""
    has_answered: bool = False

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
    held = (
        sa.select(
            col(Assignment.unit_id),
            col(Unit.path),
            col(Assignment.person_id),
            col(Assignment.role),
            col(Assignment.since),
            col(Person.name),
            col(Person.form_of_address),
        )
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .join(Person, col(Person.id) == col(Assignment.person_id))
        .where(
            units.within(unit),
            col(Assignment.role).in_(TEAM),
            col(Assignment.since) <= end,
            col(Assignment.until).is_(None) | (col(Assignment.until) > end),
        )
        .order_by(col(Assignment.unit_id), col(Assignment.since))
    )
    answered = await _who_answered(session, begin, end)
    found: dict[int, Team] = {}
    rows = await (await session.connection()).execute(held)
    for unit_id, path, person_id, role, since, name, form in rows:
        team = found.setdefault(unit_id, Team(unit_id, path, since))
        team.members += 1
        team.since = min(team.since, since)
        team.has_answered = team.has_answered or person_id in answered
        if role is Role.LEADER:
            team.leader = access.address(name, form)
    return list(found.values())


async def _who_answered(session: AsyncSession, begin: datetime, end: datetime) -> set[int]:
    """Tell who took a request; what was asked a month before is not looked at."""
    helpers = select(HelpRequest.helper_id).where(
        col(HelpRequest.asked_at) > begin - LONGEST_WAIT,
        col(HelpRequest.claimed_at) >= begin,
        col(HelpRequest.claimed_at) < end,
    )
    return {helper for helper in (await session.exec(helpers.distinct())).all() if helper is not None}


async def last_reports(session: AsyncSession, unit_ids: Sequence[int], *, until: date) -> dict[int, date]:
    """Tell by unit id the last day anything was reported for; who never did is left out."""
    if not unit_ids:
        return {}
    statement = (
        select(Rollup.unit_id, func.max(Rollup.day))
        .where(col(Rollup.unit_id).in_(unit_ids), col(Rollup.day) <= until, col(Rollup.entries) > 0)
        .group_by(col(Rollup.unit_id))
    )
    return dict((await session.exec(statement)).all())
