"""How much was done where and when, read from the daily sums; persons, turns and sessions stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.activity import Activity, ActivityShare, Rollup
from models.units import Level, Unit
from services import units
from services.rules import ActivityLimits, CountUnit, Kind

UNITS: Final[tuple[CountUnit, ...]] = ("persons", "turns", "sessions")
SPOKEN_ZERO: Final = "none"
MOMENT: Final = timedelta(microseconds=1)

Totals = dict[CountUnit, int]

activity: Any = sa.inspect(Activity).local_table
rollup: Any = sa.inspect(Rollup).local_table


class Week(NamedTuple):
    """An ISO week: Monday to Sunday."""

    iso_year: int
    iso_week: int
    monday: date
    sunday: date


class Mismatch(NamedTuple):
    """A daily sum that is not the sum of its rows; (total, entries) of each."""

    unit_id: int
    day: date
    kind: str
    rollup: tuple[int, int]
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class VillageCount:
    """What one village counted; `entries` also holds spoken zeros, so 0 entries means silence."""

    unit: Unit
    totals: Totals
    kinds: dict[str, int] = field(default_factory=dict)
    entries: int = 0


def week_of(day: date) -> Week:
    """Find the ISO week of a day."""
    year, week, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    return Week(year, week, monday, monday + timedelta(days=6))


def month_of(day: date) -> tuple[date, date]:
    """Find the first and last day of a day's month."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day.replace(day=1), following - timedelta(days=1)


def is_locked(day: date, limits: ActivityLimits, *, now: datetime) -> bool:
    """Tell whether the counts of a day's week stand fast."""
    return now.date() > week_of(day).sunday + timedelta(days=limits.lock_days)


def locked_weeks(limits: ActivityLimits, most: int, *, now: datetime) -> list[Week]:
    """List the weeks that were locked last, the latest first."""
    latest = week_of(now.date() - timedelta(days=limits.lock_days + 7))
    if not is_locked(latest.monday, limits, now=now):
        latest = week_of(latest.monday - timedelta(days=1))
    return [week_of(latest.monday - timedelta(weeks=back)) for back in range(most)]


def lock_words(day: date, limits: ActivityLimits) -> dict[str, Any]:
    """Say what is locked and since when, as the refusal needs it."""
    week = week_of(day)
    since = week.sunday + timedelta(days=limits.lock_days + 1)
    return {
        "week": week.iso_week,
        "days": dates.span(week.monday, week.sunday),
        "day": dates.short(since),
    }


def add_up(by_kind: Iterable[tuple[str, int]], kinds: Sequence[Kind]) -> Totals:
    """Add kinds up within their unit of count; a kind that has left the configuration is in none."""
    unit_of = {kind.name: kind.unit for kind in kinds}
    totals: Totals = dict.fromkeys(UNITS, 0)
    for name, total in by_kind:
        if name in unit_of:
            totals[unit_of[name]] += total
    return totals


async def totals(
    session: AsyncSession, unit: Unit, first: date, last: date, *, kinds: Sequence[Kind]
) -> Totals:
    """Add up a unit and all that lies in it, from one day to another, both included."""
    return add_up((await by_kind(session, unit, first, last)).items(), kinds)


async def by_kind(session: AsyncSession, unit: Unit, first: date, last: date) -> dict[str, int]:
    """Add up each kind of a unit and all that lies in it; kinds without a count are left out."""
    statement = (
        select(Rollup.kind, func.sum(Rollup.total))
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), _days(first, last), Rollup.kind != SPOKEN_ZERO)
        .group_by(Rollup.kind)
    )
    rows = (await session.exec(statement)).all()
    return {kind: int(total) for kind, total in rows if total}


async def by_village(
    session: AsyncSession, unit: Unit, first: date, last: date, *, kinds: Sequence[Kind]
) -> list[VillageCount]:
    """Add up each village of a unit, by name; villages of today without any entry are there with zeros."""
    statement = (
        select(Rollup.unit_id, Rollup.kind, func.sum(Rollup.total), func.sum(Rollup.entries))
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), _days(first, last))
        .group_by(col(Rollup.unit_id), Rollup.kind)
    )
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for unit_id, kind, total, entries in (await session.exec(statement)).all():
        if entries:
            found.setdefault(unit_id, {})[kind] = (int(total), int(entries))
    villages = select(Unit).where(
        units.within(unit),
        ((col(Unit.level) == Level.VILLAGE) & col(Unit.valid_to).is_(None)) | col(Unit.id).in_(found),
    )
    listed = (await session.exec(villages.order_by(col(Unit.folded), col(Unit.id)))).all()
    return [_village(each, found.get(units.unit_id(each), {}), kinds) for each in listed]


def _village(unit: Unit, sums: dict[str, tuple[int, int]], kinds: Sequence[Kind]) -> VillageCount:
    counted = {kind: total for kind, (total, _) in sums.items() if kind != SPOKEN_ZERO}
    entries = sum(entries for _, entries in sums.values())
    return VillageCount(unit, add_up(counted.items(), kinds), counted, entries)


async def entries(session: AsyncSession, unit: Unit, first: date, last: date) -> int:
    """Count the entries of a unit and all that lies in it, spoken zeros too: 0 means that nobody reported."""
    statement = (
        select(func.coalesce(func.sum(Rollup.entries), 0))
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), _days(first, last))
    )
    return int((await session.exec(statement)).one())


async def last_reported(session: AsyncSession, unit: Unit) -> dict[int, date]:
    """Tell by unit id the last day of each unit in a subtree for which anything was reported."""
    statement = (
        select(Rollup.unit_id, func.max(Rollup.day))
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), col(Rollup.entries) > 0)
        .group_by(col(Rollup.unit_id))
    )
    return dict((await session.exec(statement)).all())


async def by_person(
    session: AsyncSession,
    person_ids: Sequence[int],
    first: date,
    last: date,
    *,
    kinds: Sequence[Kind],
    unit: Unit | None = None,
) -> dict[int, Totals]:
    """Add up what each of some persons did, in one unit or everywhere; who did nothing is there with zeros.

    The sums know no persons, so this reads the rows: a team's week is some dozens of them.
    """
    statement = (
        select(Activity.person_id, Activity.kind, func.sum(Activity.count))
        .where(
            col(Activity.person_id).in_(person_ids),
            col(Activity.corrected_at).is_(None),
            col(Activity.happened_on).between(first, last),
        )
        .group_by(col(Activity.person_id), Activity.kind)
    )
    if unit is not None:
        statement = statement.where(Activity.unit_id == units.unit_id(unit))
    found: dict[int, list[tuple[str, int]]] = {person_id: [] for person_id in person_ids}
    for person_id, kind, total in (await session.exec(statement)).all():
        found[person_id or 0].append((kind, int(total)))
    return {person_id: add_up(rows, kinds) for person_id, rows in found.items()}


async def shared_by_person(
    session: AsyncSession, person_ids: Sequence[int], first: date, last: date, *, kinds: Sequence[Kind]
) -> dict[int, Totals]:
    """Add up what each of some persons took part in that another wrote; the village counts it once."""
    share, entry = ActivityShare, Activity
    statement = (
        select(share.person_id, entry.kind, func.sum(entry.count))
        .join(entry, col(entry.id) == col(share.activity_id))
        .where(
            col(share.person_id).in_(person_ids),
            col(share.declined_at).is_(None),
            col(entry.corrected_at).is_(None),
            col(entry.happened_on).between(first, last),
        )
        .group_by(col(share.person_id), entry.kind)
    )
    found: dict[int, list[tuple[str, int]]] = {person_id: [] for person_id in person_ids}
    for person_id, kind, total in (await session.exec(statement)).all():
        found[person_id].append((kind, int(total)))
    return {person_id: add_up(rows, kinds) for person_id, rows in found.items()}


async def kinds_of(
    session: AsyncSession, person_id: int, first: date, last: date
) -> dict[str, tuple[int, int]]:
    """Tell by kind what somebody wrote, and what they took part in that another wrote."""
    counts_now = col(Activity.corrected_at).is_(None) & col(Activity.happened_on).between(first, last)
    own = select(Activity.kind, func.sum(Activity.count)).where(Activity.person_id == person_id, counts_now)
    shared = (
        select(Activity.kind, func.sum(Activity.count))
        .join(ActivityShare, col(ActivityShare.activity_id) == col(Activity.id))
        .where(ActivityShare.person_id == person_id, col(ActivityShare.declined_at).is_(None), counts_now)
    )
    wrote = {kind: int(total) for kind, total in (await session.exec(own.group_by(Activity.kind))).all()}
    joined = {kind: int(total) for kind, total in (await session.exec(shared.group_by(Activity.kind))).all()}
    return {kind: (wrote.get(kind, 0), joined.get(kind, 0)) for kind in wrote.keys() | joined.keys()}


async def prove(session: AsyncSession) -> list[Mismatch]:
    """List the daily sums that are not the sum of the rows that count; empty means all are right.

    The database compares, in one pass over both tables: memory does not grow with their rows.
    """
    nothing = sa.literal(0)
    kept = sa.select(
        rollup.c.unit_id, rollup.c.day, rollup.c.kind, rollup.c.total, rollup.c.entries,
        nothing.label("count"), nothing.label("rows"),
    )  # fmt: skip
    counted = sa.select(
        activity.c.unit_id, activity.c.happened_on, activity.c.kind, nothing, nothing,
        activity.c.count, sa.literal(1),
    ).where(activity.c.corrected_at.is_(None))  # fmt: skip
    both = sa.union_all(kept, counted).subquery()
    total, entries, count, rows = (
        sa.func.sum(both.c[name]) for name in ("total", "entries", "count", "rows")
    )
    place = (both.c.unit_id, both.c.day, both.c.kind)
    statement = (
        sa.select(*place, total, entries, count, rows)
        .group_by(*place)
        .having(sa.or_(total != count, entries != rows))
        .order_by(*place)
    )
    return [
        Mismatch(*found[:3], (int(found[3]), int(found[4])), (int(found[5]), int(found[6])))
        for found in await (await session.connection()).execute(statement)
    ]


def _days(first: date, last: date) -> ColumnElement[bool]:
    return col(Rollup.day).between(first, last)
