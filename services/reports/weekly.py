"""What happened in an area in one ISO week, beside the weeks before it?"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Rollup
from models.help import HelpRequest, HelpState
from models.units import Level, Unit
from services import counts, training, units, units_search
from services.counts import SPOKEN_ZERO, Totals, Week
from services.reports import _weekly_teams as teams_of
from services.rules import Kind
from services.training import Progress

WEEKS_SHOWN: Final = 8
WEEKS_OF_MEAN: Final = 4
TOO_LONG: Final = timedelta(hours=24)
SCAM_GUIDE: Final = "lua_dao"


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
class Help:
    """What became of the requests asked in the week; `minutes` is the median to the first word."""

    asked: int = 0
    done: int = 0
    claimed: int = 0
    waiting: int = 0
    good: int = 0
    partly: int = 0
    not_yet: int = 0
    scams: int = 0
    minutes: int | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A village of the area, or above the commune a commune.

    `usual` is the mean of persons over the four weeks before, None without any entry in them; `entries` holds
    spoken zeros too. `silent` of `teams` have neither written nor answered anything for 14 days.
    """

    unit_id: int
    code: str
    name: str
    full_name: str
    level: str
    now: Totals
    before: Totals
    usual: float | None
    entries: int
    members: int
    teams: int
    silent: int
    last_report: date | None
    is_back: bool
    leader: str
    help: Help

    @property
    def change(self) -> int:
        """Tell by how many persons the week differs from the one before."""
        return self.now["persons"] - self.before["persons"]

    @property
    def is_silent(self) -> bool:
        """Tell whether there is a team and all are silent."""
        return 0 < self.teams == self.silent


@dataclass(frozen=True, slots=True)
class Weekly:
    """All figures of one area and week; `before` is None when nobody reported in the week before.

    Requests waiting are those of the moment `made_at`.
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
    rows: tuple[Row, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Give every figure as plain values, days as ISO dates."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


async def make(
    session: AsyncSession, unit: Unit, week: Week, *, kinds: Sequence[Kind], now: datetime
) -> Weekly:
    """Read a week of an area from the daily sums, the requests and the lessons; nothing is written."""
    days = await _days(session, unit, week)
    this, last = days.of(week.monday), days.of(week.monday - timedelta(days=7))
    asked = await _requests(session, unit, week, now=now)
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
        now=counts.add_up(this.kinds.items(), kinds),
        before=counts.add_up(last.kinds.items(), kinds) if last.entries else None,
        entries=this.entries,
        weeks=tuple(days.points(week, kinds)),
        kinds=tuple(_kinds(this.kinds, last.kinds, kinds)),
        help=help_of(asked, now=now),
        lessons=tuple(await training.progress(session, unit, now=now)),
        rows=tuple(await _rows(session, unit, week, asked, days, kinds=kinds, now=now)),
    )


@dataclass(slots=True)
class _Sums:
    kinds: dict[str, int] = field(default_factory=dict)
    entries: int = 0


@dataclass(slots=True)
class _Days:
    """The sums of an area by the Monday of their week."""

    weeks: dict[date, _Sums]

    def of(self, monday: date) -> _Sums:
        return self.weeks.get(monday, _Sums())

    def points(self, week: Week, kinds: Sequence[Kind]) -> Iterable[Point]:
        for back in reversed(range(WEEKS_SHOWN)):
            shown = counts.week_of(week.monday - timedelta(weeks=back))
            sums = self.of(shown.monday)
            persons = counts.add_up(sums.kinds.items(), kinds)["persons"]
            yield Point(shown.iso_year, shown.iso_week, persons if sums.entries else None)

    def reported_before(self, monday: date) -> int:
        """Count the weeks with entries among those the mean is made of."""
        before = (monday - timedelta(weeks=back) for back in range(1, WEEKS_OF_MEAN + 1))
        return sum(1 for one in before if self.of(one).entries)


async def _days(session: AsyncSession, unit: Unit, week: Week) -> _Days:
    """Read eight weeks of an area in one statement: some hundreds of sums, whatever the area's size."""
    first = week.monday - timedelta(weeks=WEEKS_SHOWN - 1)
    statement = (
        select(Rollup.day, Rollup.kind, func.sum(Rollup.total), func.sum(Rollup.entries))
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), col(Rollup.day).between(first, week.sunday))
        .group_by(col(Rollup.day), Rollup.kind)
    )
    weeks: dict[date, _Sums] = {}
    for day, kind, total, entries in (await session.exec(statement)).all():
        sums = weeks.setdefault(day - timedelta(days=day.weekday()), _Sums())
        sums.entries += int(entries)
        if total and kind != SPOKEN_ZERO:
            sums.kinds[kind] = sums.kinds.get(kind, 0) + int(total)
    return _Days(weeks)


def _kinds(this: dict[str, int], last: dict[str, int], kinds: Sequence[Kind]) -> Iterable[KindCount]:
    for kind in kinds:
        counted = KindCount(kind.name, kind.label, kind.unit, this.get(kind.name, 0), last.get(kind.name, 0))
        if counted.now or counted.before:
            yield counted


Asked = tuple[Unit, HelpRequest]


async def _requests(session: AsyncSession, unit: Unit, week: Week, *, now: datetime) -> list[Asked]:
    """List what was asked in the week, and what has been waiting since before it."""
    begin, end = bounds(week.monday, week.sunday, now=now)
    asked = col(HelpRequest.asked_at)
    statement = (
        select(Unit, HelpRequest)
        .join(Unit, col(Unit.id) == col(HelpRequest.unit_id))
        .where(
            units.within(unit),
            HelpRequest.state != HelpState.WITHDRAWN,
            (asked.between(begin, end)) | ((HelpRequest.state == HelpState.OPEN) & (asked < now - TOO_LONG)),
        )
        .order_by(asked)
    )
    found = await session.exec(statement)
    return [(place, request) for place, request in found if _belongs(request, begin, end, now)]


def _belongs(request: HelpRequest, begin: datetime, end: datetime, now: datetime) -> bool:
    """Leave today's waiting ones out of a week that is long over."""
    return begin <= request.asked_at <= end or now - end < timedelta(weeks=1)


def bounds(first: date, last: date, *, now: datetime) -> tuple[datetime, datetime]:
    """Give the first and the last moment of some days in the local zone."""
    return datetime.combine(first, time.min, now.tzinfo), datetime.combine(last, time.max, now.tzinfo)


def is_waiting(request: HelpRequest, *, now: datetime) -> bool:
    """Tell whether somebody has waited for a person for over a day."""
    return request.state is HelpState.OPEN and now - request.asked_at > TOO_LONG


def help_of(asked: Sequence[Asked], *, now: datetime) -> Help:
    """Sum up requests."""
    requests = [request for _unit, request in asked]
    answers = [
        (request.answered_at - request.asked_at).total_seconds() / 60
        for request in requests
        if request.answered_at
    ]
    topics: dict[str, int] = {}
    for request in requests:
        if request.topic:
            topics[request.topic] = topics.get(request.topic, 0) + 1
    ratings = [request.rating.value for request in requests if request.rating]
    return Help(
        asked=len(requests),
        done=sum(request.state is HelpState.CLOSED for request in requests),
        claimed=sum(request.state is HelpState.CLAIMED for request in requests),
        waiting=sum(is_waiting(request, now=now) for request in requests),
        good=ratings.count("good"),
        partly=ratings.count("partly"),
        not_yet=ratings.count("not_yet"),
        scams=sum(request.guide == SCAM_GUIDE for request in requests),
        minutes=round(statistics.median(answers)) if answers else None,
        topics=tuple(sorted(topics, key=lambda topic: (-topics[topic], topic))[:3]),
    )


async def _rows(
    session: AsyncSession,
    unit: Unit,
    week: Week,
    asked: Sequence[Asked],
    days: _Days,
    *,
    kinds: Sequence[Kind],
    now: datetime,
) -> list[Row]:
    """Put every village into its row: itself in a commune, its commune above."""
    if unit.level is Level.VILLAGE:
        return []
    monday, week_long = week.monday, timedelta(days=7)
    this = await counts.by_village(session, unit, monday, week.sunday, kinds=kinds)
    last = await counts.by_village(session, unit, monday - week_long, monday - timedelta(days=1), kinds=kinds)
    mean_first = monday - WEEKS_OF_MEAN * week_long
    four = await counts.by_village(session, unit, mean_first, monday - timedelta(days=1), kinds=kinds)
    teams = await teams_of.teams(session, unit, week, now=now)
    reported = {one.unit.path for one in (*this, *last) if one.entries}
    shown = await _units_of_rows(session, unit, this)
    labels = await units_search.labels(session, shown)
    weeks = days.reported_before(monday)
    rows = []
    for place in shown:
        persons, written = _within(four, place)
        usual = persons["persons"] / weeks if weeks and written else None
        before, before_entries = _within(last, place)
        totals, entries = _within(this, place)
        inside = [team for team in teams if team.path.startswith(place.path)]
        silent = [team for team in inside if team.is_silent(reported)]
        rows.append(
            Row(
                unit_id=units.unit_id(place),
                code=place.code,
                name=labels[units.unit_id(place)],
                full_name=units.display_name(place),
                level=place.level.value,
                now=totals,
                before=before,
                usual=usual,
                entries=entries,
                members=sum(team.members for team in inside),
                teams=len(inside),
                silent=len(silent),
                last_report=None,
                is_back=bool(totals["persons"]) and not before_entries and bool(weeks) and bool(inside),
                leader=inside[0].leader if len(inside) == 1 else "",
                help=help_of([one for one in asked if one[0].path.startswith(place.path)], now=now),
            )
        )
    return await teams_of.with_last_reports(session, rows, until=week.sunday)
