"""What happened in an area in a month or a quarter, beside the ones before?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Rollup
from models.units import Level, Unit
from services import counts, targets, units, units_search
from services.counts import Totals, Week
from services.reports import _weekly_goals, _weekly_help, _weekly_rows, _weekly_sums, _weekly_teams, weekly
from services.reports._weekly_goals import Goal
from services.reports._weekly_help import Asked, Help
from services.reports._weekly_sums import Sums
from services.reports._weekly_teams import Team
from services.reports.weekly import KindCount
from services.rules import Kind

SPANS_SHOWN: Final = 6
MONTHS: Final = {"month": 1, "quarter": 3}

Span = Literal["month", "quarter"]


@dataclass(frozen=True, slots=True)
class PeriodPoint:
    """One month's or quarter's persons; None where nothing was reported at all."""

    year: int
    number: int
    persons: int | None


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A village of the area, or above the commune a commune; `reported` of the weeks have a report."""

    unit_id: int
    code: str
    name: str
    level: str
    leader: str
    members: int
    teams: int
    now: Totals
    before: Totals
    entries: int
    reported: int
    help: Help

    @property
    def change(self) -> int:
        """Tell by how many persons the period differs from the one before."""
        return self.now["persons"] - self.before["persons"]


@dataclass(frozen=True, slots=True)
class Period:
    """All figures of one area and period; `before` is None when nobody reported in the period before.

    `goals` are the area's own that ran in the period and `goals_below` those of its rows, each as it stood at
    its end, at the end of the period or now, whatever came first.
    """

    span: Span
    unit_id: int
    code: str
    name: str
    level: str
    year: int
    number: int
    first: date
    last: date
    made_at: datetime
    now: Totals
    before: Totals | None
    entries: int
    weeks: int
    points: tuple[PeriodPoint, ...]
    kinds: tuple[KindCount, ...]
    help: Help
    rows: tuple[PeriodRow, ...]
    goals: tuple[Goal, ...] = ()
    goals_below: tuple[Goal, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give every figure as plain values; days and moments as ISO text."""
        plain: dict[str, Any] = weekly.plain(asdict(self))
        return plain


def first_day(day: date, span: Span) -> date:
    """Find the first day of a day's month or quarter."""
    size = MONTHS[span]
    return day.replace(month=(day.month - 1) // size * size + 1, day=1)


def before(first: date, span: Span) -> date:
    """Find the first day of the month or quarter before."""
    return first_day(first - timedelta(days=1), span)


def after(first: date, span: Span) -> date:
    """Find the first day of the month or quarter that follows."""
    return first_day(first + timedelta(days=31 * MONTHS[span]), span)


def number_of(first: date, span: Span) -> int:
    """Tell which month or quarter of its year begins on a day, from 1."""
    return (first.month - 1) // MONTHS[span] + 1


async def make(
    session: AsyncSession, unit: Unit, day: date, span: Span, *, kinds: Sequence[Kind], now: datetime
) -> Period:
    """Read the month or quarter of a day from the daily sums and the requests; nothing is written."""
    first = first_day(day, span)
    last = after(first, span) - timedelta(days=1)
    begins = [first]
    while len(begins) < SPANS_SHOWN:
        begins.append(before(begins[-1], span))
    sums = await _weekly_sums.read_spans(session, unit, begins, last)
    whole = _weekly_sums.together(sums.values())
    asked = await _weekly_help.requests(session, unit, *weekly.bounds(first, last, now=now), now=now)
    weeks = _weeks(first, min(last, now.date()))
    persons = whole.persons(kinds, spans=SPANS_SHOWN)
    rows = await _rows(session, unit, weeks, sums, asked, kinds=kinds, now=now)
    days = targets.Span(first, last)
    goals, goals_below = await _weekly_goals.read_over(session, unit, days, now.date(), rows, kinds=kinds)
    return Period(
        span=span,
        unit_id=units.unit_id(unit),
        code=unit.code,
        name=units.display_name(unit),
        level=unit.level.value,
        year=first.year,
        number=number_of(first, span),
        first=first,
        last=last,
        made_at=now,
        now=whole.totals(0, kinds),
        before=whole.totals(1, kinds) if whole.entries(1) else None,
        entries=whole.entries(0),
        weeks=len(weeks),
        points=tuple(
            PeriodPoint(begin.year, number_of(begin, span), n)
            for begin, n in zip(reversed(begins), persons, strict=True)
        ),
        kinds=tuple(weekly.kind_counts(whole, kinds)),
        help=_weekly_help.sum_up(asked),
        rows=tuple(rows),
        goals=tuple(goals),
        goals_below=tuple(goals_below),
    )


def _weeks(first: date, last: date) -> list[Week]:
    """List the ISO weeks that end within some days: each week belongs to one period only."""
    week = counts.week_of(first)
    found = []
    while week.sunday <= last:
        found.append(week)
        week = counts.week_of(week.monday + _weekly_sums.WEEK)
    return found


async def _rows(
    session: AsyncSession,
    unit: Unit,
    weeks: Sequence[Week],
    sums: dict[int, Sums],
    asked: Sequence[Asked],
    *,
    kinds: Sequence[Kind],
    now: datetime,
) -> list[PeriodRow]:
    if unit.level is Level.VILLAGE:
        return []
    shown = await _weekly_rows.shown(session, unit, sums)
    labels = await units_search.labels(session, shown)
    is_commune = unit.level is Level.COMMUNE
    leaders = await _weekly_teams.leaders(session, unit) if is_commune else {}
    places: defaultdict[int, list[Sums]] = defaultdict(list)
    for one in sums.values():
        places[_weekly_rows.row_of(one.path, labels)].append(one)
    teams: defaultdict[int, list[Team]] = defaultdict(list)
    for team in await _weekly_teams.teams(session, unit, counts.week_of(now.date()), now=now):
        teams[_weekly_rows.row_of(team.path, labels)].append(team)
    requests: defaultdict[int, list[Asked]] = defaultdict(list)
    for request in asked:
        requests[_weekly_rows.row_of(request.path, labels)].append(request)
    reported = await _reported(session, unit, weeks)
    rows = []
    for place in shown:
        unit_id = units.unit_id(place)
        together = _weekly_sums.together(places[unit_id])
        rows.append(
            PeriodRow(
                unit_id=unit_id,
                code=place.code,
                name=labels[unit_id],
                level=place.level.value,
                leader=leaders.get(unit_id, ""),
                members=sum(team.members for team in teams[unit_id]),
                teams=len(teams[unit_id]),
                now=together.totals(0, kinds),
                before=together.totals(1, kinds),
                entries=together.entries(0),
                reported=len({n for path, n in reported if _weekly_rows.row_of(path, {unit_id})}),
                help=_weekly_help.sum_up(requests[unit_id]),
            )
        )
    return rows


async def _reported(session: AsyncSession, unit: Unit, weeks: Sequence[Week]) -> set[tuple[str, int]]:
    """Tell which units reported anything in which of some weeks, spoken zeros too."""
    if not weeks:
        return set()
    number = sa.case(
        *((col(Rollup.day) >= week.monday, n) for n, week in reversed(list(enumerate(weeks)))), else_=0
    )
    statement = (
        select(Unit.path, number.label("week"))
        .join(Rollup, col(Unit.id) == col(Rollup.unit_id))
        .where(
            units.within(unit),
            col(Rollup.day).between(weeks[0].monday, weeks[-1].sunday),
            col(Rollup.entries) > 0,
        )
        .distinct()
    )
    return {(path, int(n)) for path, n in (await session.exec(statement)).all()}
