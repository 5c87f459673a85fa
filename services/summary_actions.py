"""Whom does a supervisor nudge or thank after a summary, and what do the nudged answer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from models.audit import Audit
from models.nudge import NudgeKind
from models.people import Assignment, Person, Role
from models.units import Level, Unit
from services import access, audit, errors, nudges, people, summary_lines, units
from services.access import Action, Actor
from services.notices import AreaNudged, AreaThanked, Notice, TeamNudged, TeamStuck, TeamThanked, tell
from services.nudges import Asked
from services.reports.weekly import Row, Weekly

# The hour of the next day at which the answers go back to whoever asked.
ANSWERS_AT: Final = time(17)


class Why(StrEnum):
    """What keeps a team from writing; ASK is the question itself."""

    ASK = "ask"
    NEW = "new"
    FEW = "few"
    PHONE = "phone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a supervisor changed before sending: places left out, and their own words."""

    without: tuple[int, ...] = ()
    words: str = ""


NOTHING: Final = Draft()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent: to whom, about which places.

    `before` is who asked last where it cannot be done again yet; such people are not among `person_ids`.
    """

    rows: tuple[Row, ...]
    person_ids: tuple[tuple[int, int], ...]
    is_area: bool
    before: Asked | None = None
    asked: int = 0

    @property
    def people(self) -> int:
        """Tell how many people it would go to."""
        return len({person_id for person_id, _unit in self.person_ids})


@access.declares(Action.SEE_SUMMARY)
async def plan_nudge(
    session: AsyncSession, actor: Actor, figures: Weekly, *, draft: Draft = NOTHING, now: datetime
) -> Plan:
    """Tell which leaders a nudge would go to, above the commune which supervisors; raises OutsideArea.

    Nobody is asked twice in a week, by whomever.
    """
    is_area = await _require(session, actor, figures)
    rows = [row for row in summary_lines.silent_rows(figures) if row.unit_id not in draft.without]
    held = await _held(session, actor, rows, (Role.LEADER,), is_area=is_area)
    kind = NudgeKind.AREA if is_area else NudgeKind.TEAM
    asked = await nudges.recent(session, kind, [row.unit_id for row in rows], now=now)
    fresh = tuple(one for one in held if one not in asked)
    last = max((asked[one] for one in held if one in asked), key=lambda one: one.at, default=None)
    places = {unit_id for _person, unit_id in fresh}
    if fresh:
        rows = [row for row in rows if row.unit_id in places]
    return Plan(tuple(rows), fresh, is_area, last, len({unit for _person, unit in held} - places))


@access.declares(Action.SEE_SUMMARY)
async def plan_thanks(
    session: AsyncSession, actor: Actor, figures: Weekly, *, draft: Draft = NOTHING, now: datetime
) -> Plan:
    """Tell whose members would be thanked, above the commune which supervisors; raises OutsideArea."""
    is_area = await _require(session, actor, figures)
    praised = {place.unit_id for place in summary_lines.praises(figures)} - set(draft.without)
    rows = [row for row in figures.rows if row.unit_id in praised]
    held = await _held(session, actor, rows, (Role.LEADER, Role.MEMBER), is_area=is_area)
    before = await _thanked(session, figures.unit_id, now=now)
    return Plan(tuple(rows), held, is_area, before)


async def _require(session: AsyncSession, actor: Actor, figures: Weekly) -> bool:
    """Raise OutsideArea unless the area is the actor's; tell whether its rows are communes."""
    unit = await units.unit_of(session, figures.unit_id)
    actor.require(Action.SEE_SUMMARY, unit_id=figures.unit_id, path=unit.path)
    return unit.level in {Level.PROVINCE, Level.DISTRICT}


async def _held(
    session: AsyncSession, actor: Actor, rows: Sequence[Row], roles: tuple[Role, ...], *, is_area: bool
) -> tuple[tuple[int, int], ...]:
    held = select(Assignment.person_id, Assignment.unit_id).where(
        col(Assignment.unit_id).in_([row.unit_id for row in rows]),
        # Never over the heads of the communes: from above, their supervisors are asked.
        col(Assignment.role).in_((Role.SUPERVISOR,) if is_area else roles),
        col(Assignment.until).is_(None),
        Assignment.person_id != actor.person_id,
    )
    found = (await session.exec(held.order_by(col(Assignment.unit_id), col(Assignment.person_id)))).all()
    return tuple(dict.fromkeys((person_id, unit_id) for person_id, unit_id in found))


async def _thanked(session: AsyncSession, unit_id: int, *, now: datetime) -> Asked | None:
    statement = (
        select(Person, Audit.at)
        .join(Audit, col(Audit.actor_id) == col(Person.id))
        .where(
            Audit.subject == "unit",
            Audit.subject_id == unit_id,
            Audit.action == "teams_thanked",
            col(Audit.at) > now - nudges.WEEK,
        )
        .order_by(col(Audit.id).desc())
    )
    found = (await session.exec(statement)).first()
    return Asked(people.called(found[0]), found[1], found[1] + nudges.WEEK) if found else None


@access.declares(Action.SEE_SUMMARY)
async def nudge(
    session: AsyncSession, actor: Actor, figures: Weekly, *, draft: Draft = NOTHING, now: datetime
) -> int:
    """Ask after the silent teams, each leader once a week at most; tell how many were asked now."""
    plan = await plan_nudge(session, actor, figures, draft=draft, now=now)
    rows = {row.unit_id: row for row in plan.rows}
    kind = NudgeKind.AREA if plan.is_area else NudgeKind.TEAM
    sent = 0
    for person_id, unit_id in plan.person_ids:
        row, week = rows[unit_id], figures.iso_year * 100 + figures.iso_week
        words = draft.words.replace(team_placeholder(), row.name)
        word: Notice
        if plan.is_area:
            word = AreaNudged(actor.who, row.full_name, unit_id, week, row.silent, words=words)
        else:
            monday = figures.first.isoformat()
            word = TeamNudged(actor.who, actor.person_id or 0, row.name, unit_id, monday, words=words)
        sent += await nudges.ask(session, kind, person_id, unit_id, actor.person_id, word, now=now)
    return _noted(session, actor, figures, "teams_nudged", sent, now=now)


def team_placeholder() -> str:
    """Write what stands for a team's name in words that go to several: {tên tổ}."""
    name = _("its name")
    return f"{{{name}}}"


@access.declares(Action.SEE_SUMMARY)
async def thank(
    session: AsyncSession, actor: Actor, figures: Weekly, *, draft: Draft = NOTHING, now: datetime
) -> int:
    """Thank the teams of the last line, each person once a day at most; tell how many were thanked now."""
    plan = await plan_thanks(session, actor, figures, draft=draft, now=now)
    rows = {row.unit_id: row for row in plan.rows}
    kind = AreaThanked if plan.is_area else TeamThanked
    sent = 0
    for person_id, unit_id in plan.person_ids:
        row = rows[unit_id]
        word = kind(
            by=actor.who, unit=row.full_name, persons=row.now["persons"], more=row.change, words=draft.words
        )
        subject, revision = f"thanks:{unit_id}", now.date().toordinal()
        sent += await tell(session, person_id, word, subject=subject, revision=revision, now=now)
    return _noted(session, actor, figures, "teams_thanked", sent, now=now)


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
    await nudges.answer(session, NudgeKind.TEAM, actor.person_id, unit_id, why.value, now=now)
    word = TeamStuck(unit=unit.name, who=actor.who, why=why.value, who_id=actor.person_id or 0)
    subject, revision = f"stuck:{unit_id}:{why.value}", now.date().toordinal()
    await tell(session, to_id, word, subject=subject, revision=revision, now=now)
    return people.called(supervisor)
