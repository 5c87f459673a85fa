"""Who gets which weekly summary, and what was each told?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import insert_into
from models.help import HelpRequest, HelpState
from models.people import Assignment, Role
from models.summary import Summary
from models.units import Unit
from services import access, counts, errors, summary_lines, team, units
from services.access import Action, Actor
from services.counts import Week
from services.notices import Notice, WeeklySummary, WeeklySummaryRevised, tell
from services.reports import _weekly_lessons, _weekly_notes, weekly
from services.reports._weekly_lessons import TeamProgress
from services.reports.weekly import Weekly
from services.rules import Rules
from services.summary_lines import Brief
from services.summary_notices import SummaryUnopened

MOVED: Final = 0.03
MOST_NAMES: Final = 4

table: Any = sa.inspect(Summary).local_table
place: Any = sa.inspect(Unit).local_table.alias("place")
Title = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Revision:
    """What moved since the last summary: by place, in the total, and who is silent still."""

    catch_ups: int
    moved: tuple[tuple[str, int], ...]
    was: dict[str, int]
    now: dict[str, int]
    silent: tuple[str, ...]


def finished_week(day: date) -> Week:
    """Find the last ISO week that was over before a day."""
    return counts.week_of(day - timedelta(days=day.weekday() + 1))


def number_of(week: Week) -> int:
    """Write a week as one number, 202647."""
    return week.iso_year * 100 + week.iso_week


def week_numbered(number: int) -> Week:
    """Read a week from its number; raises NotYours for one the calendar does not have."""
    try:
        return counts.week_of(date.fromisocalendar(number // 100, number % 100, 1))
    except ValueError:  # nobody was ever given such a button
        raise errors.NotYours from None


async def readers(session: AsyncSession) -> dict[int, list[int]]:
    """List the supervisors of today by the unit they look after."""
    statement = (
        select(Assignment.unit_id, Assignment.person_id)
        .where(Assignment.role == Role.SUPERVISOR, col(Assignment.until).is_(None))
        .order_by(col(Assignment.unit_id), col(Assignment.since), col(Assignment.person_id))
    )
    found: dict[int, list[int]] = {}
    for unit_id, person_id in (await session.exec(statement)).all():
        found.setdefault(unit_id, []).append(person_id)
    return found


async def waiting(session: AsyncSession, week: Week) -> dict[int, list[int]]:
    """List by unit the supervisors of today who have not got a week yet, without the units where all have."""
    statement = select(Summary.unit_id, Summary.person_id).where(
        Summary.iso_year == week.iso_year, Summary.iso_week == week.iso_week
    )
    have = set((await session.exec(statement)).all())
    found: dict[int, list[int]] = {}
    for unit_id, person_ids in (await readers(session)).items():
        left = [person_id for person_id in person_ids if (unit_id, person_id) not in have]
        if left:
            found[unit_id] = left
    return found


async def told(session: AsyncSession, unit_id: int, week: Week) -> dict[int, Summary]:
    """Find the latest summary of a unit's week by person."""
    statement = (
        select(Summary)
        .where(
            Summary.unit_id == unit_id,
            Summary.iso_year == week.iso_year,
            Summary.iso_week == week.iso_week,
        )
        .order_by(col(Summary.revision))
    )
    return {row.person_id: row for row in (await session.exec(statement)).all()}


async def said_of(session: AsyncSession, unit_id: int, week: Week) -> int | None:
    """Tell the persons of a unit's week as the last summary said them; None if none was sent."""
    rows = (await told(session, unit_id, week)).values()
    latest = max(rows, key=lambda row: (row.revision, row.made_at), default=None)
    return None if latest is None else int(latest.figures["now"]["persons"])


async def make_brief(session: AsyncSession, figures: Weekly, *, title: Title) -> Brief:
    """Choose what matters of a finished week, beside what was said of the week before."""
    before = counts.week_of(figures.first - timedelta(days=1))
    said = await said_of(session, figures.unit_id, before)
    return summary_lines.brief(figures, title=title, said_before=said)


async def send(
    session: AsyncSession,
    figures: Weekly,
    brief: Brief,
    person_ids: Sequence[int],
    *,
    now: datetime,
    picture: int | None = None,
    late: tuple[str, str] = ("", ""),
) -> int:
    """Queue a week's summary for who has not got it yet, and tell for how many.

    `late` are the ISO moments between which the machine was down.
    """
    sent = 0
    for person_id in sorted(person_ids):
        if not await _claim(session, figures, person_id, revision=0, now=now):
            continue
        notice = WeeklySummary(
            brief=brief.plain(), picture=picture, down_from=late[0], down_to=late[1], at=now.isoformat()
        )
        sent += await _tell(session, figures, person_id, notice, revision=0, now=now)
    return sent


async def _tell(
    session: AsyncSession, figures: Weekly, person_id: int, notice: Notice, *, revision: int, now: datetime
) -> bool:
    subject = f"summary:{figures.unit_id}:{number_of(figures.week)}"
    return await tell(session, person_id, notice, subject=subject, revision=revision, now=now)


async def _claim(
    session: AsyncSession, figures: Weekly, person_id: int, *, revision: int, now: datetime
) -> bool:
    """Write that somebody gets a revision; False if another run, or another process, has written it."""
    dialect = session.get_bind().dialect.name
    values = {
        "person_id": person_id,
        "unit_id": figures.unit_id,
        "iso_year": figures.iso_year,
        "iso_week": figures.iso_week,
        "revision": revision,
        "figures": _kept(figures),
        "made_at": now,
    }
    statement = insert_into(table, dialect).values(**values).on_conflict_do_nothing()
    return (await (await session.connection()).execute(statement)).rowcount == 1


def _kept(figures: Weekly) -> dict[str, Any]:
    """Keep what a revision is compared with: persons by row, the totals, who was silent."""
    return {
        "now": figures.now,
        "entries": figures.entries,
        "rows": {str(row.unit_id): row.now["persons"] for row in figures.rows},
        "silent": [row.unit_id for row in figures.rows if row.silent],
    }


def compare(figures: Weekly, kept: dict[str, Any]) -> Revision | None:
    """Tell what moved since a summary; None if too little: under 3 % and no silent team is back."""
    was: dict[str, int] = kept["now"]
    silent = [row for row in figures.rows if row.silent]
    is_back = set(kept["silent"]) - {row.unit_id for row in silent}
    has_moved = any(
        abs(figures.now[unit] - was[unit]) >= max(1, MOVED * was[unit]) for unit in ("persons", "turns")
    )
    if not has_moved and not is_back:
        return None
    changes = [(row.name, row.now["persons"] - kept["rows"].get(str(row.unit_id), 0)) for row in figures.rows]
    moved = sorted((one for one in changes if one[1]), key=lambda one: -abs(one[1]))
    return Revision(
        catch_ups=max(0, figures.entries - kept["entries"]),
        moved=tuple(moved[:MOST_NAMES]),
        was=was,
        now={str(unit): n for unit, n in figures.now.items()},
        silent=tuple(row.name for row in summary_lines.silent_rows(figures)),
    )


async def revise(session: AsyncSession, figures: Weekly, *, rules: Rules, now: datetime) -> int:
    """Queue a numbered revision for whoever was told otherwise, once a day at most; tell for how many."""
    sent = 0
    lock = figures.last + timedelta(days=rules.activity.lock_days)
    for person_id, row in sorted((await told(session, figures.unit_id, figures.week)).items()):
        found = compare(figures, row.figures)
        is_of_today = row.made_at.astimezone(now.tzinfo).date() >= now.date()
        if found is None or is_of_today:
            continue
        revision = row.revision + 1
        if not await _claim(session, figures, person_id, revision=revision, now=now):
            continue
        notice = WeeklySummaryRevised(
            unit_id=figures.unit_id,
            name=figures.name,
            week=number_of(figures.week),
            revision=revision,
            catch_ups=found.catch_ups,
            moved=[list(one) for one in found.moved],
            was=found.was,
            now=found.now,
            silent=list(found.silent),
            is_area=figures.level not in {"commune", "village"},
            lock=lock.isoformat(),
        )
        sent += await _tell(session, figures, person_id, notice, revision=revision, now=now)
    return sent


@access.declares(Action.SEE_SUMMARY)
async def see(
    session: AsyncSession, actor: Actor, unit_id: int, week: Week, *, rules: Rules, now: datetime
) -> Weekly:
    """Read a week of an area fresh, and note that its summary was opened; raises OutsideArea."""
    unit = await place_of(session, actor, unit_id)
    await mark_opened(session, actor, week, now=now)
    return await weekly.make(session, unit, week, kinds=rules.activity.kinds, now=now)


@access.declares(Action.SEE_SUMMARY)
async def place_of(session: AsyncSession, actor: Actor, unit_id: int) -> Unit:
    """Load a unit whose summary somebody may see; raises OutsideArea."""
    unit = (await session.exec(select(Unit).where(Unit.id == unit_id))).first()
    actor.require(Action.SEE_SUMMARY, unit_id=unit_id, path=unit.path if unit else "")
    assert unit is not None  # noqa: S101 - the empty path of an unknown unit lies in nobody's area
    return unit


@access.declares(Action.SEE_SUMMARY)
async def mark_opened(session: AsyncSession, actor: Actor, week: Week, *, now: datetime) -> None:
    """Note that somebody has opened their own summaries of a week."""
    opened = (
        sa.update(table)
        .where(
            table.c.person_id == actor.person_id,
            table.c.iso_year == week.iso_year,
            table.c.iso_week == week.iso_week,
            table.c.opened_at.is_(None),
        )
        .values(opened_at=now)
    )
    await (await session.connection()).execute(opened)


@dataclass(frozen=True, slots=True)
class Village:
    """What is told of one village besides its figures; `above` is the commune the reader may go back to."""

    unit: Unit
    leader: str
    leader_id: int
    members: int
    active: int
    above: int | None
    note: str


@access.declares(Action.SEE_SUMMARY)
async def village_of(session: AsyncSession, actor: Actor, figures: Weekly, *, now: datetime) -> Village:
    """Tell who leads a village and how many of its members wrote or helped in a week; raises OutsideArea."""
    unit = await place_of(session, actor, figures.unit_id)
    members = await team.members_of(session, figures.unit_id)
    active = await weekly.active_people(session, unit, figures.first, figures.last, now=now)
    parent = await units.unit_of(session, unit.parent_id) if unit.parent_id else None
    is_reached = parent is not None and actor.may(
        Action.SEE_SUMMARY, unit_id=units.unit_id(parent), path=parent.path
    )
    leader = next((one for one in members if one.role is Role.LEADER), None)
    notes = await _weekly_notes.merged(session, [unit], figures.week)
    return Village(
        unit=unit,
        leader=leader.who if leader else "",
        leader_id=leader.id if leader else 0,
        members=len(members),
        active=sum(one.id in active for one in members),
        above=unit.parent_id if is_reached else None,
        note=notes.get(figures.unit_id, ""),
    )


async def lessons_by_team(session: AsyncSession, figures: Weekly) -> list[TeamProgress]:
    """Tell how far each row of a week has come with each lesson; who may see the week was asked before."""
    return await _weekly_lessons.by_team(session, await units.unit_of(session, figures.unit_id), figures)


async def unopened(session: AsyncSession, week: Week) -> list[tuple[int, int, int]]:
    """List person, unit and how many neighbours wait, for summaries of a week that nobody opened."""
    waiting = (
        select(func.count())
        .select_from(HelpRequest)
        .join(place, place.c.id == HelpRequest.unit_id)
        .where(
            HelpRequest.state == HelpState.OPEN,
            place.c.path >= col(Unit.path),
            place.c.path < units.after_path(col(Unit.path)),
        )
        .correlate(Unit)
        .scalar_subquery()
    )
    statement = (
        select(Summary.person_id, Summary.unit_id, waiting)
        .join(Unit, col(Unit.id) == col(Summary.unit_id))
        .where(Summary.iso_year == week.iso_year, Summary.iso_week == week.iso_week)
        .where(Summary.revision == 0, col(Summary.opened_at).is_(None))
        .order_by(col(Summary.person_id))
    )
    return [(person, unit, int(n)) for person, unit, n in (await session.exec(statement)).all()]


async def remind_unopened(session: AsyncSession, week: Week, *, now: datetime) -> int:
    """Tell whoever has not opened a week's summary that it is there, once; tell how many."""
    told = 0
    for person_id, unit_id, waiting in await unopened(session, week):
        notice = SummaryUnopened(unit_id=unit_id, week=number_of(week), waiting=waiting)
        subject = f"summary:{unit_id}:{number_of(week)}"
        told += await tell(session, person_id, notice, subject=subject, now=now)
    return told
