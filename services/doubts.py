"""Is a count out of the ordinary for this team? Judged only beside enough of its own past."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, Rollup
from models.review import ReviewReason
from services import counts
from services.rules import ActivityLimits

LOOKED_BACK: Final = timedelta(days=60)
FEWEST_DAYS: Final = 8
TIMES: Final = 5
LEAST_HIGH: Final = 10
LEAST_SAME: Final = 10
BURST: Final = 5
BURST_WITHIN: Final = timedelta(hours=1)
LATE: Final = time(22)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a count is worth a look; `usual` is the team's median on a day with such work."""

    reason: ReviewReason
    usual: int | None = None

    def times(self, count: int) -> int:
        """Tell how many times the usual a count is."""
        return count // self.usual if self.usual else 0


async def usual(session: AsyncSession, unit_id: int, kind: str, *, before: date) -> int | None:
    """Tell the median of a team's own days with such work; None with too few of them to judge by."""
    statement = select(Rollup.total).where(
        Rollup.unit_id == unit_id,
        Rollup.kind == kind,
        col(Rollup.day).between(before - LOOKED_BACK, before - timedelta(days=1)),
        col(Rollup.total) > 0,
    )
    days = (await session.exec(statement)).all()
    return max(1, round(statistics.median(days))) if len(days) >= FEWEST_DAYS else None


async def too_high(session: AsyncSession, unit_id: int, kind: str, count: int, *, day: date) -> Doubt | None:
    """Doubt a count of at least five times the team's own usual day."""
    if count < LEAST_HIGH:
        return None
    median = await usual(session, unit_id, kind, before=day)
    return Doubt(ReviewReason.HIGH, median) if median and count >= TIMES * median else None


async def of_entry(
    session: AsyncSession, entry: Activity, *, limits: ActivityLimits, now: datetime
) -> Doubt | None:
    """Find the first thing that is odd about an entry that was just written; None if nothing is."""
    found = await too_high(session, entry.unit_id, entry.kind, entry.count, day=entry.happened_on)
    if found is not None or entry.person_id is None:
        return found
    if await _is_as_yesterday(session, entry):
        return Doubt(ReviewReason.SAME)
    return Doubt(ReviewReason.BURST) if await _is_burst(session, entry, limits=limits, now=now) else None


async def _is_as_yesterday(session: AsyncSession, entry: Activity) -> bool:
    """Tell whether somebody's whole day is the copy of the day before, where it is no trifle."""
    today = await _day_of(session, entry, entry.happened_on)
    if sum(count for _kind, count in today) < LEAST_SAME:
        return False
    return today == await _day_of(session, entry, entry.happened_on - timedelta(days=1))


async def _day_of(session: AsyncSession, entry: Activity, day: date) -> list[tuple[str, int]]:
    statement = select(Activity.kind, Activity.count).where(
        Activity.person_id == entry.person_id,
        Activity.unit_id == entry.unit_id,
        Activity.happened_on == day,
        Activity.kind != counts.SPOKEN_ZERO,
        col(Activity.corrected_at).is_(None),
        col(Activity.help_request_id).is_(None),
    )
    return sorted((await session.exec(statement)).all())


async def _is_burst(session: AsyncSession, entry: Activity, *, limits: ActivityLimits, now: datetime) -> bool:
    """Tell whether this is one of many entries of the last hours before a week is summed up or locked."""
    sunday = counts.week_of(entry.happened_on).sunday
    deadlines = (sunday, sunday + timedelta(days=limits.lock_days))
    if now.date() not in deadlines or now.time() < LATE or entry.happened_on == now.date():
        return False
    statement = (
        select(func.count())
        .select_from(Activity)
        .where(
            Activity.person_id == entry.person_id,
            col(Activity.recorded_at) > now - BURST_WITHIN,
            col(Activity.corrects_id).is_(None),
            Activity.happened_on < now.date(),
        )
    )
    return (await session.exec(statement)).one() >= BURST
