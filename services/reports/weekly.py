"""What happened in an area in one ISO week, beside the weeks before it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.help import HelpRequest
from models.units import Unit
from services import counts, reviews, training, units
from services.counts import Totals, Week
from services.reports import _weekly_goals, _weekly_help, _weekly_rows, _weekly_sums
from services.reports._weekly_goals import Goal
from services.reports._weekly_help import Help
from services.reports._weekly_rows import Row
from services.reports._weekly_sums import WEEK, WEEKS_SHOWN, Sums
from services.rules import Kind
from services.training import Progress

__all__ = ["Goal", "Help", "KindCount", "Point", "Row", "Weekly", "active_people", "bounds", "make"]


@dataclass(frozen=True, slots=True)
class Point:
    """One week's total of persons; None where nothing was reported at all."""

    iso_year: int
    iso_week: int
    persons: int | None


@dataclass(frozen=True, slots=True)
class KindCount:
    """One kind's total in the week and in the one before."""

    name: str
    label: str
    unit: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """All figures of one area and week; `before` is None when nobody reported in the week before.

    Lessons, whoever waits and `looks`, the counts that have waited for a look for over three days, are those
    of the moment `made_at`. `goals` are the area's own and `goals_below` those of its rows, each as it stood
    on the last day of the week.
    """

    unit_id: int
    code: str
    name: str
    level: str
    iso_year: int
    iso_week: int
    first: date
    last: date
    made_at: datetime
    now: Totals
    before: Totals | None
    entries: int
    weeks: tuple[Point, ...]
    kinds: tuple[KindCount, ...]
    help: Help
    lessons: tuple[Progress, ...]
    rows: tuple[Row, ...] = ()
    goals: tuple[Goal, ...] = ()
    goals_below: tuple[Goal, ...] = ()
    looks: int = 0

    @property
    def week(self) -> Week:
        """Give the week as others ask for it."""
        return counts.week_of(self.first)

    def as_json(self) -> dict[str, Any]:
        """Give every figure as plain values; days and moments as ISO text."""
        written: dict[str, Any] = plain(asdict(self))
        return written


async def make(
    session: AsyncSession, unit: Unit, week: Week, *, kinds: Sequence[Kind], now: datetime
) -> Weekly:
    """Read a week of an area from the daily sums, requests, lessons and goals; nothing is written."""
    sums = await _weekly_sums.read(session, unit, week)
    whole = _weekly_sums.together(sums.values())
    asked = await _weekly_help.requests(session, unit, *bounds(week.monday, week.sunday, now=now), now=now)
    looks = await _looks(session, unit, week, now=now)
    rows = await _weekly_rows.read(session, unit, week, sums, asked, looks, kinds=kinds, now=now)
    last = min(week.sunday, now.date())
    goals, goals_below = await _weekly_goals.read(session, unit, last, rows, kinds=kinds)
    return Weekly(
        unit_id=units.unit_id(unit),
        code=unit.code,
        name=units.display_name(unit),
        level=unit.level.value,
        iso_year=week.iso_year,
        iso_week=week.iso_week,
        first=week.monday,
        last=week.sunday,
        made_at=now,
        now=whole.totals(0, kinds),
        before=whole.totals(1, kinds) if whole.entries(1) else None,
        entries=whole.entries(0),
        weeks=tuple(_points(whole, week, kinds)),
        kinds=tuple(kind_counts(whole, kinds)),
        help=_weekly_help.sum_up(asked),
        lessons=tuple(await training.progress(session, unit, now=now)),
        rows=tuple(rows),
        goals=tuple(goals),
        goals_below=tuple(goals_below),
        looks=sum(n for _path, n in looks),
    )


async def _looks(session: AsyncSession, unit: Unit, week: Week, *, now: datetime) -> list[tuple[str, int]]:
    """Count what waits for a look, unless the week is long over: today's waiting says nothing of it."""
    is_long_over = now.date() - week.sunday > WEEK
    return [] if is_long_over else await reviews.waiting_long(session, unit, now=now)


def bounds(first: date, last: date, *, now: datetime) -> tuple[datetime, datetime]:
    """Give the first and the last moment of some days, in the zone of `now`."""
    return datetime.combine(first, time.min, now.tzinfo), datetime.combine(last, time.max, now.tzinfo)


def _points(whole: Sums, week: Week, kinds: Sequence[Kind]) -> Iterator[Point]:
    for back, persons in zip(reversed(range(WEEKS_SHOWN)), whole.persons(kinds), strict=True):
        shown = counts.week_of(week.monday - back * WEEK)
        yield Point(shown.iso_year, shown.iso_week, persons)


def kind_counts(whole: Sums, kinds: Sequence[Kind]) -> Iterator[KindCount]:
    """Give each kind's sum and the one before, where there is any."""
    this, last = whole.weeks[0].kinds, whole.weeks[1].kinds
    for kind in kinds:
        counted = KindCount(kind.name, kind.label, kind.unit, this.get(kind.name, 0), last.get(kind.name, 0))
        if counted.now or counted.before:
            yield counted


def plain(value: Any) -> Any:
    """Write values as JSON can hold them; days and moments as ISO text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


async def active_people(
    session: AsyncSession, unit: Unit, first: date, last: date, *, now: datetime
) -> set[int]:
    """Tell who wrote something for a village, or took one of its requests, on some days."""
    begin, end = bounds(first, last, now=now)
    wrote = select(Activity.person_id).where(
        Activity.unit_id == unit.id,
        col(Activity.corrected_at).is_(None),
        col(Activity.happened_on).between(first, last),
    )
    took = select(HelpRequest.helper_id).where(
        HelpRequest.unit_id == unit.id, col(HelpRequest.claimed_at).between(begin, end)
    )
    people = [*(await session.exec(wrote)).all(), *(await session.exec(took)).all()]
    return {person for person in people if person is not None}
