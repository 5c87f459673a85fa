"""Whom does a supervisor nudge or thank after a summary, and what do the nudged answer?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.people import Assignment, Person, Role
from models.units import Level, Unit
from services import access, audit, errors, people, summary_lines, units
from services.access import Action, Actor
from services.notices import AreaNudged, AreaThanked, Notice, TeamNudged, TeamStuck, TeamThanked, tell
from services.reports.weekly import Row, Weekly

SAID_BEFORE: Final = timedelta(days=7)


class Why(StrEnum):
    """What keeps a team from writing; ASK is the question itself."""

    ASK = "ask"
    NEW = "new"
    FEW = "few"
    PHONE = "phone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent: to whom, about which places; `before` is who did the same lately, and when."""

    rows: tuple[Row, ...]
    person_ids: tuple[tuple[int, int], ...]
    is_area: bool
    before: tuple[str, datetime] | None = None

    @property
    def people(self) -> int:
        """Tell how many people it would go to."""
        return len({person_id for person_id, _row in self.person_ids})


@access.declares(Action.SEE_SUMMARY)
async def plan_nudge(session: AsyncSession, actor: Actor, figures: Weekly, *, now: datetime) -> Plan:
    """Tell which leaders a nudge would go to, above the commune which supervisors; raises OutsideArea."""
    rows = summary_lines.silent_rows(figures)
    return await _plan(session, actor, figures, rows, (Role.LEADER,), "teams_nudged", now=now)


@access.declares(Action.SEE_SUMMARY)
async def plan_thanks(session: AsyncSession, actor: Actor, figures: Weekly, *, now: datetime) -> Plan:
    """Tell whose members would be thanked, above the commune which supervisors; raises OutsideArea."""
    praised = {place.unit_id for place in summary_lines.praises(figures)}
    rows = [row for row in figures.rows if row.unit_id in praised]
    team = (Role.LEADER, Role.MEMBER)
    return await _plan(session, actor, figures, rows, team, "teams_thanked", now=now)


async def _plan(
    session: AsyncSession,
    actor: Actor,
    figures: Weekly,
    rows: list[Row],
    roles: tuple[Role, ...],
    action: str,
    *,
    now: datetime,
) -> Plan:
    unit = await units.unit_of(session, figures.unit_id)
    actor.require(Action.SEE_SUMMARY, unit_id=figures.unit_id, path=unit.path)
    is_area = unit.level in {Level.PROVINCE, Level.DISTRICT}
    held = select(Assignment.person_id, Assignment.unit_id).where(
        col(Assignment.unit_id).in_([row.unit_id for row in rows]),
        # Never over the heads of the communes: from above, their supervisors are asked.
        col(Assignment.role).in_((Role.SUPERVISOR,) if is_area else roles),
        col(Assignment.until).is_(None),
        Assignment.person_id != actor.person_id,
    )
    found = (await session.exec(held.order_by(col(Assignment.unit_id), col(Assignment.person_id)))).all()
    before = await _before(session, figures.unit_id, action, now=now)
    return Plan(tuple(rows), tuple(dict.fromkeys(found)), is_area, before)


async def _before(
    session: AsyncSession, unit_id: int, action: str, *, now: datetime
) -> tuple[str, datetime] | None:
    statement = (
        select(Person, Audit.at)
        .join(Audit, col(Audit.actor_id) == col(Person.id))
        .where(
            Audit.subject == "unit",
            Audit.subject_id == unit_id,
            Audit.action == action,
            col(Audit.at) > now - SAID_BEFORE,
        )
        .order_by(col(Audit.id).desc())
    )
    found = (await session.exec(statement)).first()
    return (people.called(found[0]), found[1]) if found else None


@access.declares(Action.SEE_SUMMARY)
async def nudge(session: AsyncSession, actor: Actor, figures: Weekly, *, now: datetime) -> int:
    """Ask after the silent teams, each leader once a day at most; tell how many were asked now."""
    plan = await plan_nudge(session, actor, figures, now=now)
    rows = {row.unit_id: row for row in plan.rows}
    sent = 0
    for person_id, unit_id in plan.person_ids:
        row, week = rows[unit_id], figures.iso_year * 100 + figures.iso_week
        word: Notice
        if plan.is_area:
            word = AreaNudged(by=actor.who, unit=row.full_name, unit_id=unit_id, week=week, silent=row.silent)
        else:
            monday = figures.first.isoformat()
            by_id = actor.person_id or 0
            word = TeamNudged(by=actor.who, by_id=by_id, unit=row.name, unit_id=unit_id, monday=monday)
        sent += await _tell(session, person_id, unit_id, word, "nudge", now=now)
    return _noted(session, actor, figures, "teams_nudged", sent, now=now)


@access.declares(Action.SEE_SUMMARY)
async def thank(session: AsyncSession, actor: Actor, figures: Weekly, *, now: datetime) -> int:
    """Thank the teams of the last line, each person once a day at most; tell how many were thanked now."""
    plan = await plan_thanks(session, actor, figures, now=now)
    rows = {row.unit_id: row for row in plan.rows}
    kind = AreaThanked if plan.is_area else TeamThanked
    sent = 0
    for person_id, unit_id in plan.person_ids:
        row = rows[unit_id]
        word = kind(by=actor.who, unit=row.full_name, persons=row.now["persons"], more=row.change)
        sent += await _tell(session, person_id, unit_id, word, "thanks", now=now)
    return _noted(session, actor, figures, "teams_thanked", sent, now=now)


async def _tell(
    session: AsyncSession, person_id: int, unit_id: int, word: Notice, about: str, *, now: datetime
) -> bool:
    """Queue it once per person, place and day: two taps, or two supervisors, must not make two."""
    subject, revision = f"{about}:{unit_id}", now.date().toordinal()
    return await tell(session, person_id, word, subject=subject, revision=revision, now=now)


def _noted(
    session: AsyncSession, actor: Actor, figures: Weekly, action: str, sent: int, *, now: datetime
) -> int:
    if sent:
        audit.record(session, actor.person_id, action, "unit", figures.unit_id, now=now)
    return sent


@access.declares(Action.LOG_ACTIVITY)
async def report_stuck(
    session: AsyncSession, actor: Actor, unit_id: int, to_id: int, why: Why, *, now: datetime
) -> str:
    """Tell the supervisor who asked what keeps a team from writing; give how the supervisor is called.

    Raises OutsideArea, and NotYours when the asker no longer looks after the team.
    """
    unit = await units.unit_of(session, unit_id)
    actor.require(Action.LOG_ACTIVITY, unit_id=unit_id, path=unit.path)
    looked_after = (
        select(Person)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(
            Person.id == to_id,
            col(Assignment.role).in_((Role.SUPERVISOR, Role.OPERATOR)),
            col(Assignment.until).is_(None),
            col(Unit.id).in_(units.path_ids(unit)),
        )
    )
    supervisor = (await session.exec(looked_after)).first()
    if supervisor is None or why is Why.ASK:
        raise errors.NotYours
    word = TeamStuck(unit=unit.name, who=actor.who, why=why.value)
    subject, revision = f"stuck:{unit_id}:{why.value}", now.date().toordinal()
    await tell(session, to_id, word, subject=subject, revision=revision, now=now)
    return people.called(supervisor)
