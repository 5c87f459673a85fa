"""Which locked week takes entries again, where, until when, and who asked for it?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates, gettext
from models.review import WeekReopening
from models.units import Unit
from services import audit, counts, errors, people, team, units
from services.access import Action, Actor, declares
from services.counts import Week
from services.notices import tell
from services.review_notices import ReopenAnswered, ReopenAsked
from services.rules import ActivityLimits

OPEN_DAYS: Final = 3


async def is_open(session: AsyncSession, unit: Unit, day: date, *, now: datetime) -> bool:
    """Tell whether a day's locked week takes entries again in a unit."""
    week = counts.week_of(day)
    statement = select(func.count()).where(
        WeekReopening.iso_year == week.iso_year,
        WeekReopening.iso_week == week.iso_week,
        col(WeekReopening.unit_id).in_(units.path_ids(unit)),
        col(WeekReopening.until) > now,
    )
    return (await session.exec(statement)).one() > 0


async def opener_of(session: AsyncSession, unit: Unit) -> str:
    """Say who can open a locked week of a village, in general words where nobody looks after it yet."""
    supervisors = await team.supervisors_of(session, unit)
    return people.called(supervisors[0]) if supervisors else gettext("the supervisor")


@declares(Action.LOG_ACTIVITY)
async def ask(session: AsyncSession, actor: Actor, unit: Unit, day: date, *, now: datetime) -> str:
    """Ask whoever looks after a village to open a locked week; give how they are called.

    Raises OutsideArea, NobodyOpens.
    """
    actor.require(Action.LOG_ACTIVITY, unit_id=units.unit_id(unit), path=unit.path)
    supervisors = await team.supervisors_of(session, unit)
    if not supervisors:
        raise errors.NobodyOpens
    supervisor = supervisors[0]
    week = counts.week_of(day)
    word = ReopenAsked(
        who=actor.who,
        person_id=actor.person_id or 0,
        unit=units.display_name(unit),
        unit_id=units.unit_id(unit),
        week=week.iso_year * 100 + week.iso_week,
        days=dates.span(week.monday, week.sunday),
    )
    subject = f"reopen:{unit.id}:{week.iso_year}-{week.iso_week}:{actor.person_id}"
    await tell(session, supervisor.id or 0, word, subject=subject, now=now, revision=now.date().toordinal())
    return people.called(supervisor)


@declares(Action.REOPEN_WEEK)
async def open_week(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    week: Week,
    *,
    limits: ActivityLimits,
    now: datetime,
    asked_by: int | None = None,
) -> datetime:
    """Let a locked week take entries again for three days, and tell whoever asked; tell until when.

    Raises OutsideArea, WeekOpen.
    """
    actor.require(Action.REOPEN_WEEK, unit_id=units.unit_id(unit), path=unit.path)
    if not counts.is_locked(week.monday, limits, now=now):
        raise errors.WeekOpen(week=week.iso_week)
    until = datetime.combine(now.date() + timedelta(days=OPEN_DAYS + 1), time(0), now.tzinfo)
    row = WeekReopening(
        unit_id=units.unit_id(unit),
        iso_year=week.iso_year,
        iso_week=week.iso_week,
        opened_by=actor.person_id,
        opened_at=now,
        until=until,
    )
    session.add(row)
    await session.flush()
    audit.record(session, actor.person_id, "week_reopened", "week_reopening", row.id, now=now)
    if asked_by is not None:
        await _answer(session, actor, week, asked_by, until=until, now=now)
    return until


@declares(Action.REOPEN_WEEK)
async def refuse(
    session: AsyncSession, actor: Actor, unit: Unit, week: Week, asked_by: int, *, now: datetime
) -> None:
    """Leave a week locked, and tell whoever asked. Raises OutsideArea."""
    actor.require(Action.REOPEN_WEEK, unit_id=units.unit_id(unit), path=unit.path)
    await _answer(session, actor, week, asked_by, until=None, now=now)


async def _answer(
    session: AsyncSession, actor: Actor, week: Week, person_id: int, *, until: datetime | None, now: datetime
) -> None:
    word = ReopenAnswered(
        by=actor.who,
        week=week.iso_week,
        days=dates.span(week.monday, week.sunday),
        until=(until - timedelta(days=1)).date().isoformat() if until else "",
    )
    subject = f"reopen:{week.iso_year}-{week.iso_week}"
    await tell(session, person_id, word, subject=subject, now=now, revision=int(now.timestamp()))
