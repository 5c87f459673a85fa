"""What happened in an area in one ISO week, beside the weeks before it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, Rollup
from models.help import HelpRequest
from models.units import Level, Unit
from services import counts, training, units, units_search
from services.counts import SPOKEN_ZERO, Totals, Week
from services.reports import _weekly_help, _weekly_sums, _weekly_teams
from services.reports._weekly_help import Asked, Help
from services.reports._weekly_sums import WEEKS_OF_MEAN, Sums
from services.reports._weekly_teams import Team
from services.rules import Kind
from services.training import Progress

__all__ = ["Help", "KindCount", "Point", "Row", "Weekly", "active_people", "bounds", "make"]

WEEKS_SHOWN: Final = 8
WEEK: Final = timedelta(days=7)


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
    is_back: bool
    leader: str
    last_report: date | None
    help: Help

    @property
    def change(self) -> int:
        """Tell by how many persons the week differs from the one before."""
        return self.now["persons"] - self.before["persons"]

    @property
    def is_silent(self) -> bool:
        """Tell whether there are teams and all of them are silent."""
        return 0 < self.teams == self.silent


@dataclass(frozen=True, slots=True)
class Weekly:
    """All figures of one area and week; `before` is None when nobody reported in the week before.

    Lessons and whoever waits are those of the moment `made_at`.
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

    @property
    def week(self) -> Week:
        """Give the week as others ask for it."""
        return counts.week_of(self.first)

    def as_json(self) -> dict[str, Any]:
        """Give every figure as plain values; days and moments as ISO text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


async def make(
    session: AsyncSession, unit: Unit, week: Week, *, kinds: Sequence[Kind], now: datetime
) -> Weekly:
    """Read a week of an area from the daily sums, the requests and the lessons; nothing is written."""
    days = await _read_days(session, unit, week)
    this, last = days.of(week.monday), days.of(week.monday - WEEK)
    asked = await _weekly_help.requests(session, unit, *bounds(week.monday, week.sunday, now=now), now=now)
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
        help=_weekly_help.sum_up(asked),
        lessons=tuple(await training.progress(session, unit, now=now)),
        rows=tuple(await _rows(session, unit, week, asked, days.reported_before(week), kinds=kinds, now=now)),
    )


def bounds(first: date, last: date, *, now: datetime) -> tuple[datetime, datetime]:
    """Give the first and the last moment of some days, in the zone of `now`."""
    return datetime.combine(first, time.min, now.tzinfo), datetime.combine(last, time.max, now.tzinfo)


@dataclass(slots=True)
class _WeekSums:
    kinds: dict[str, int] = field(default_factory=dict)
    entries: int = 0


@dataclass(frozen=True, slots=True)
class _Days:
    """The sums of an area by the Monday of their week."""

    weeks: dict[date, _WeekSums]

    def of(self, monday: date) -> _WeekSums:
        return self.weeks.get(monday, _WeekSums())

    def points(self, week: Week, kinds: Sequence[Kind]) -> Iterator[Point]:
        for back in reversed(range(WEEKS_SHOWN)):
            shown = counts.week_of(week.monday - back * WEEK)
            sums = self.of(shown.monday)
            persons = counts.add_up(sums.kinds.items(), kinds)["persons"]
            yield Point(shown.iso_year, shown.iso_week, persons if sums.entries else None)

    def reported_before(self, week: Week) -> int:
        """Count the weeks with entries among those a mean is made of: the program may be younger."""
        before = (week.monday - back * WEEK for back in range(1, WEEKS_OF_MEAN + 1))
        return sum(1 for monday in before if self.of(monday).entries)


async def _read_days(session: AsyncSession, unit: Unit, week: Week) -> _Days:
    """Read eight weeks of an area in one statement: some hundreds of sums, whatever its size."""
    first = week.monday - (WEEKS_SHOWN - 1) * WEEK
    statement = (
        select(col(Rollup.day), Rollup.kind, func.sum(Rollup.total), func.sum(Rollup.entries))
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(units.within(unit), col(Rollup.day).between(first, week.sunday))
        .group_by(col(Rollup.day), Rollup.kind)
    )
    weeks: dict[date, _WeekSums] = {}
    for day, kind, total, entries in (await session.exec(statement)).all():
        sums = weeks.setdefault(day - timedelta(days=day.weekday()), _WeekSums())
        sums.entries += int(entries)
        if total and kind != SPOKEN_ZERO:
            sums.kinds[kind] = sums.kinds.get(kind, 0) + int(total)
    return _Days(weeks)


def _kinds(this: dict[str, int], last: dict[str, int], kinds: Sequence[Kind]) -> Iterator[KindCount]:
    for kind in kinds:
        counted = KindCount(kind.name, kind.label, kind.unit, this.get(kind.name, 0), last.get(kind.name, 0))
        if counted.now or counted.before:
            yield counted


@dataclass(slots=True)
class _Place:
    """What falls into one row, gathered before it is added up."""

    sums: list[Sums] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


async def _rows(
    session: AsyncSession,
    unit: Unit,
    week: Week,
    asked: Sequence[Asked],
    weeks: int,
    *,
    kinds: Sequence[Kind],
    now: datetime,
) -> list[Row]:
    """Put everything into its row: the village in a commune, the commune above it."""
    if unit.level is Level.VILLAGE:
        return []
    sums = await _weekly_sums.read(session, unit, week, kinds=kinds)
    teams = await _weekly_teams.teams(session, unit, week, now=now)
    shown = await _shown(session, unit, sums)
    labels = await units_search.labels(session, shown)
    is_commune = unit.level is Level.COMMUNE
    leaders = await _weekly_teams.leaders(session, unit) if is_commune else {}
    places: defaultdict[int, _Place] = defaultdict(_Place)
    for one in sums:
        places[_row_of(one.path, labels)].sums.append(one)
    for team in teams:
        places[_row_of(team.path, labels)].teams.append(team)
    for request in asked:
        places[_row_of(request.path, labels)].asked.append(request)
    silent = await _silent(session, week, sums, teams, now=now)
    return [
        _row(place, labels[place.id], leaders.get(place.id, ""), places[place.id], silent, weeks)
        for place in shown
        if place.id is not None
    ]


async def _silent(
    session: AsyncSession, week: Week, sums: Sequence[Sums], teams: Sequence[Team], *, now: datetime
) -> dict[int, date | None]:
    """Tell by unit id which teams are silent, with the last day they reported for.

    A running week has not given anybody their 14 days yet.
    """
    if week.sunday > now.date():
        return {}
    begin, _end = _weekly_teams.window(week, now=now)
    reported = {one.unit_id for one in sums if one.entries or one.entries_before}
    silent = sorted(team.unit_id for team in teams if team.is_silent(reported, begin))
    reports = await _weekly_teams.last_reports(session, silent, until=week.sunday)
    return {unit_id: reports.get(unit_id) for unit_id in silent}


async def _shown(session: AsyncSession, unit: Unit, sums: Sequence[Sums]) -> list[Unit]:
    """List what gets a row: villages or communes of today, and whatever else has counts of its own."""
    level = Level.VILLAGE if unit.level is Level.COMMUNE else Level.COMMUNE
    shown = await units.subtree(session, unit, level)
    known = {units.unit_id(one) for one in shown}
    strange = [one.unit_id for one in sums if one.entries and not _row_of(one.path, known)]
    if strange:
        shown += (await session.exec(select(Unit).where(col(Unit.id).in_(strange)))).all()
    return shown


def _row_of(path: str, rows: Container[int]) -> int:
    """Find the row a path falls into; 0 for none."""
    return next((part for part in map(int, path.strip("/").split("/")) if part in rows), 0)


def _row(
    unit: Unit, name: str, leader: str, place: _Place, silent: dict[int, date | None], weeks: int
) -> Row:
    now = _weekly_sums.added(one.now for one in place.sums)
    written = sum(one.entries_month for one in place.sums)
    mute = [team.unit_id for team in place.teams if team.unit_id in silent]
    return Row(
        unit_id=units.unit_id(unit),
        code=unit.code,
        name=name,
        full_name=units.display_name(unit),
        level=unit.level.value,
        now=now,
        before=_weekly_sums.added(one.before for one in place.sums),
        usual=sum(one.month for one in place.sums) / weeks if weeks and written else None,
        entries=sum(one.entries for one in place.sums),
        members=sum(team.members for team in place.teams),
        teams=len(place.teams),
        silent=len(mute),
        is_back=now["persons"] > 0 and weeks > 1 and not written,
        leader=leader,
        last_report=max((day for one in mute if (day := silent[one])), default=None),
        help=_weekly_help.sum_up(place.asked),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
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
