"""How much did each unit of an area count in a week, in the one before, and in the four before?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Rollup
from models.units import Unit
from services import counts, units
from services.counts import Totals, Week
from services.rules import Kind

WEEKS_OF_MEAN: Final = 4
WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sums:
    """One unit's week, the week before, and the persons of four weeks; entries hold spoken zeros."""

    unit_id: int
    path: str
    now: Totals
    before: Totals
    month: int
    entries: int
    entries_before: int
    entries_month: int


async def read(session: AsyncSession, unit: Unit, week: Week, *, kinds: Sequence[Kind]) -> list[Sums]:
    """Add up in the database, one row for each unit: a province has thousands of villages."""
    first = week.monday - WEEKS_OF_MEAN * WEEK
    eve = week.monday - DAY
    spans = {"now": (week.monday, week.sunday), "before": (week.monday - WEEK, eve), "month": (first, eve)}
    columns = [_total(kinds, of, *spans[span]) for span in ("now", "before") for of in counts.UNITS]
    columns += [_total(kinds, "persons", *spans["month"])]
    columns += [_sum(col(Rollup.entries), _between(*spans[span])) for span in spans]
    statement = (
        sa.select(col(Rollup.unit_id), col(Unit.path), *columns)
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), _between(first, week.sunday))
        .group_by(col(Rollup.unit_id), col(Unit.path))
    )
    rows = await (await session.connection()).execute(statement)
    return [_sums(*row) for row in rows]


def _sums(unit_id: int, path: str, *sums: int) -> Sums:
    whole = [int(each) for each in sums]
    size = len(counts.UNITS)
    return Sums(
        unit_id,
        path,
        dict(zip(counts.UNITS, whole[:size], strict=True)),
        dict(zip(counts.UNITS, whole[size : 2 * size], strict=True)),
        *whole[2 * size :],
    )


def _total(kinds: Sequence[Kind], of: str, first: date, last: date) -> Any:
    names = [kind.name for kind in kinds if kind.unit == of]
    return _sum(col(Rollup.total), sa.and_(_between(first, last), col(Rollup.kind).in_(names)))


def _sum(what: Any, when: Any) -> Any:
    return sa.func.sum(sa.case((when, what), else_=0))


def _between(first: date, last: date) -> Any:
    return col(Rollup.day).between(first, last)


def added(totals: Iterable[Totals]) -> Totals:
    """Add totals up within their unit of count."""
    whole: Totals = dict.fromkeys(counts.UNITS, 0)
    for each in totals:
        for of, total in each.items():
            whole[of] += total
    return whole
