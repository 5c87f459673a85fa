"""What stands in the row of each village, or above the commune of each commune?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.units import Level, Unit
from services import units, units_search
from services.counts import Totals, Week
from services.reports import _weekly_help, _weekly_notes, _weekly_sums, _weekly_teams
from services.reports._weekly_help import Asked, Help
from services.reports._weekly_sums import Sums
from services.reports._weekly_teams import Team
from services.rules import Kind


@dataclass(frozen=True, slots=True)
class Row:
    """A village of the area, or above the commune a commune.

    `usual` is the mean of persons over the four weeks before, None without any entry in them; `entries` holds
    spoken zeros too. `silent` of `teams` have neither written nor answered anything for 14 days. `weeks` are
    the persons of eight weeks, None where nothing was reported. `note` names what was merged into it lately.
    `looks` are the counts that have waited for a look for over three days.
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
    weeks: tuple[int | None, ...] = ()
    on_time: int = 0
    note: str = ""
    looks: int = 0

    @property
    def change(self) -> int:
        """Tell by how many persons the week differs from the one before."""
        return self.now["persons"] - self.before["persons"]

    @property
    def is_silent(self) -> bool:
        """Tell whether there are teams and all of them are silent."""
        return 0 < self.teams == self.silent


@dataclass(slots=True)
class _Place:
    """What falls into one row, gathered before it is added up."""

    sums: list[Sums] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    on_time: int = 0
    looks: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What is said of a row besides its own figures."""

    labels: dict[int, str]
    leaders: dict[int, str]
    notes: dict[int, str]
    silent: dict[int, date | None]
    weeks: int


async def read(
    session: AsyncSession,
    unit: Unit,
    week: Week,
    sums: Mapping[int, Sums],
    asked: Sequence[Asked],
    looks: Sequence[tuple[str, int]] = (),
    *,
    kinds: Sequence[Kind],
    now: datetime,
) -> list[Row]:
    """Put everything into its row: the village in a commune, the commune above it."""
    if unit.level is Level.VILLAGE:
        return []
    teams = await _weekly_teams.teams(session, unit, week, now=now)
    places_shown = await shown(session, unit, sums)
    labels = await units_search.labels(session, places_shown)
    is_commune = unit.level is Level.COMMUNE
    whole = _weekly_sums.together(sums.values())
    known = _Known(
        labels=labels,
        leaders=await _weekly_teams.leaders(session, unit) if is_commune else {},
        notes=await _weekly_notes.merged(session, places_shown, week) if is_commune else {},
        silent=await _silent(session, week, sums, teams, now=now),
        weeks=_weekly_sums.reported_before(whole),
    )
    places = _gathered(sums, teams, asked, labels)
    for unit_id, path in await _weekly_teams.on_time(session, unit, week, now=now):
        places[row_of(path, labels)].on_time += unit_id in sums
    for path, n in looks:
        places[row_of(path, labels)].looks += n
    return [_row(place, places[place.id], known, kinds) for place in places_shown if place.id is not None]


def _gathered(
    sums: Mapping[int, Sums], teams: Sequence[Team], asked: Sequence[Asked], rows: Container[int]
) -> defaultdict[int, _Place]:
    places: defaultdict[int, _Place] = defaultdict(_Place)
    for one in sums.values():
        places[row_of(one.path, rows)].sums.append(one)
    for team in teams:
        places[row_of(team.path, rows)].teams.append(team)
    for request in asked:
        places[row_of(request.path, rows)].asked.append(request)
    return places


async def _silent(
    session: AsyncSession, week: Week, sums: Mapping[int, Sums], teams: Sequence[Team], *, now: datetime
) -> dict[int, date | None]:
    """Tell by unit id which teams are silent, with the last day they reported for.

    A running week has not given anybody their 14 days yet.
    """
    if week.sunday > now.date():
        return {}
    begin, _end = _weekly_teams.window(week, now=now)
    reported = {unit_id for unit_id, one in sums.items() if one.entries(0, 1)}
    silent = sorted(team.unit_id for team in teams if team.is_silent(reported, begin))
    reports = await _weekly_teams.last_reports(session, silent, until=week.sunday)
    return {unit_id: reports.get(unit_id) for unit_id in silent}


async def shown(session: AsyncSession, unit: Unit, sums: Mapping[int, Sums]) -> list[Unit]:
    """List what gets a row: villages or communes of today, and whatever else has counts of its own."""
    level = Level.VILLAGE if unit.level is Level.COMMUNE else Level.COMMUNE
    listed = await units.subtree(session, unit, level)
    known = {units.unit_id(one) for one in listed}
    strange = [one for one, each in sums.items() if each.entries(0) and not row_of(each.path, known)]
    if strange:
        listed += (await session.exec(select(Unit).where(col(Unit.id).in_(strange)))).all()
    return listed


def row_of(path: str, rows: Container[int]) -> int:
    """Find the row a path falls into; 0 for none."""
    return next((part for part in map(int, path.strip("/").split("/")) if part in rows), 0)


def _row(unit: Unit, place: _Place, known: _Known, kinds: Sequence[Kind]) -> Row:
    unit_id, whole = units.unit_id(unit), _weekly_sums.together(place.sums)
    now = whole.totals(0, kinds)
    usual = whole.usual(known.weeks, kinds)
    mute = [team.unit_id for team in place.teams if team.unit_id in known.silent]
    return Row(
        unit_id=unit_id,
        code=unit.code,
        name=known.labels[unit_id],
        full_name=units.display_name(unit),
        level=unit.level.value,
        now=now,
        before=whole.totals(1, kinds),
        usual=usual,
        entries=whole.entries(0),
        members=sum(team.members for team in place.teams),
        teams=len(place.teams),
        silent=len(mute),
        is_back=now["persons"] > 0 and known.weeks > 1 and usual is None,
        leader=known.leaders.get(unit_id, ""),
        last_report=max((day for one in mute if (day := known.silent[one])), default=None),
        help=_weekly_help.sum_up(place.asked),
        weeks=whole.persons(kinds),
        on_time=place.on_time,
        note=known.notes.get(unit_id, ""),
        looks=place.looks,
    )
