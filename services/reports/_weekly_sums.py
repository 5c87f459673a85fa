"""How much did each unit of an area count in each of eight weeks, by kind?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Rollup
from models.units import Unit
from services import counts, units
from services.counts import SPOKEN_ZERO, Totals, Week
from services.rules import Kind

WEEKS_OF_MEAN: Final = 4
WEEKS_SHOWN: Final = 8
WEEK: Final = timedelta(days=7)


@dataclass(slots=True)
class WeekSums:
    """One week's sums by kind; `entries` hold spoken zeros."""

    kinds: dict[str, int] = field(default_factory=dict)
    entries: int = 0

    def add(self, kind: str, total: int, entries: int) -> None:
        """Take one kind's sum in."""
        self.entries += entries
        if total and kind != SPOKEN_ZERO:
            self.kinds[kind] = self.kinds.get(kind, 0) + total


@dataclass(slots=True)
class Sums:
    """The weeks of one unit or of several together, counted back: 0 is the week itself."""

    path: str = ""
    weeks: defaultdict[int, WeekSums] = field(default_factory=lambda: defaultdict(WeekSums))

    def totals(self, back: int, kinds: Sequence[Kind]) -> Totals:
        """Add a week up within the units of count."""
        return counts.add_up(self.weeks[back].kinds.items(), kinds)

    def entries(self, *back: int) -> int:
        """Count the entries of some weeks."""
        return sum(self.weeks[each].entries for each in back)

    def persons(self, kinds: Sequence[Kind], *, spans: int = WEEKS_SHOWN) -> tuple[int | None, ...]:
        """Give the persons of all weeks, the oldest first; None for a week without any report."""
        return tuple(
            self.totals(back, kinds)["persons"] if self.weeks[back].entries else None
            for back in reversed(range(spans))
        )

    def usual(self, weeks: int, kinds: Sequence[Kind]) -> float | None:
        """Give the mean of persons over the four weeks before, of which the area reported `weeks`."""
        before = range(1, WEEKS_OF_MEAN + 1)
        if not weeks or not self.entries(*before):
            return None
        return sum(self.totals(back, kinds)["persons"] for back in before) / weeks


async def read(session: AsyncSession, unit: Unit, week: Week) -> dict[int, Sums]:
    """Read eight weeks of an area, by unit id."""
    begins = [week.monday - back * WEEK for back in range(WEEKS_SHOWN)]
    return await read_spans(session, unit, begins, week.sunday)


async def read_spans(
    session: AsyncSession, unit: Unit, begins: Sequence[date], last: date
) -> dict[int, Sums]:
    """Read spans of an area in one statement, by unit id; the database adds the days up.

    `begins` are the first days of the spans, the newest first; each ends where the one before it begins.
    """
    back = sa.case(
        *((col(Rollup.day) >= begin, n) for n, begin in enumerate(begins[:-1])), else_=len(begins) - 1
    )
    total, entries = sa.func.sum(col(Rollup.total)), sa.func.sum(col(Rollup.entries))
    statement = (
        sa.select(col(Rollup.unit_id), col(Unit.path), back.label("back"), col(Rollup.kind), total, entries)
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), col(Rollup.day).between(begins[-1], last))
        .group_by(col(Rollup.unit_id), col(Unit.path), sa.literal_column("back"), col(Rollup.kind))
    )
    rows = await (await session.connection()).execute(statement)
    found: dict[int, Sums] = {}
    for unit_id, path, spans_back, kind, total_, entries_ in rows:
        found.setdefault(unit_id, Sums(path)).weeks[spans_back].add(kind, int(total_), int(entries_))
    return found


def together(sums: Iterable[Sums]) -> Sums:
    """Add units up."""
    whole = Sums()
    for each in sums:
        for back, week in each.weeks.items():
            whole.weeks[back].entries += week.entries
            for kind, total in week.kinds.items():
                whole.weeks[back].add(kind, total, 0)
    return whole


def reported_before(whole: Sums) -> int:
    """Count the weeks with entries among those a mean is made of: the program may be younger."""
    return sum(1 for back in range(1, WEEKS_OF_MEAN + 1) if whole.entries(back))
