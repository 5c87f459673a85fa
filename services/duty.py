"""Who of a team can be asked at a moment: the hours members chose, and the roster by weekday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Delivery, DeliveryState
from models.duty import DutyShift, DutySpan, Shift, Span
from models.people import Assignment, Person, Role
from models.units import Unit
from services import access, audit, errors, help_hours, people, units
from services.access import Action, Actor
from services.duty_notices import DutyDeclined, DutyEnded, DutyGiven
from services.notices import Notice, tell
from services.people import called
from services.rules import Hours

TEAM: Final = (Role.LEADER, Role.MEMBER)
# A slip of the finger is taken back before anybody hears of it.
TOLD_AFTER: Final = timedelta(minutes=2)
_UNSENT = (DeliveryState.PENDING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of a roster: who is on duty when."""

    id: int
    weekday: int
    shift: Shift
    person: Person


def can_be_asked(at: datetime, hours: Hours) -> sa.ColumnElement[bool]:
    """Give the condition "this Person of this Assignment takes requests at a local moment".

    In the teams' hours that is whoever chose this part of the day, or none at all, and whoever is on duty; at
    night and on holidays only who is on duty.
    """
    on_duty = is_on_duty(at, hours)
    if not help_hours.are_teams_up(at, hours):
        return on_duty
    mine = select(DutySpan.id).where(col(DutySpan.person_id) == col(Assignment.person_id))
    now = mine.where(col(DutySpan.span) == help_hours.span_at(at, hours))
    return sa.or_(on_duty, now.exists(), ~mine.exists())


def is_on_duty(at: datetime, hours: Hours) -> sa.ColumnElement[bool]:
    """Give the condition "this Person of this Assignment is on the unit's roster at a local moment"."""
    weekday, shift = help_hours.shift_at(at, hours)
    mine = select(DutyShift.id).where(
        col(DutyShift.unit_id) == col(Assignment.unit_id),
        col(DutyShift.person_id) == col(Assignment.person_id),
        col(DutyShift.weekday) == weekday,
        col(DutyShift.shift) == shift,
    )
    return mine.exists()


async def spans_of(session: AsyncSession, person_id: int) -> frozenset[Span]:
    """Tell in which parts of the day somebody takes requests; every part for who chose none."""
    found = (await session.exec(select(DutySpan.span).where(DutySpan.person_id == person_id))).all()
    return frozenset(Span(one) for one in found) or frozenset(Span)


async def switch_span(
    session: AsyncSession, actor: Actor, span: Span | None, *, now: datetime
) -> frozenset[Span]:
    """Take requests in one more part of the day or in one less, one's own choice; None is the whole day.

    From the whole day, a part means that part only. Nobody is left without any: who wants none rests instead.
    Tell the parts there are now.
    """
    person_id = _member(actor)
    before = await spans_of(session, person_id)
    whole = frozenset(Span)
    chosen = whole if span is None else {span} if before == whole else before ^ {span}
    chosen = frozenset(chosen) or whole
    await session.exec(delete(DutySpan).where(col(DutySpan.person_id) == person_id))
    if chosen != whole:
        session.add_all([DutySpan(person_id=person_id, span=one) for one in Span if one in chosen])
    audit.record(session, person_id, "duty_hours_set", "person", person_id, now=now, fields="span")
    await session.flush()
    return chosen


def _member(actor: Actor) -> int:
    if actor.person_id is None or not actor.held(*TEAM):
        raise errors.NoTeam
    return actor.person_id


async def turns_of(session: AsyncSession, person_id: int) -> list[Turn]:
    """List when somebody is on duty, by weekday."""
    return await _turns(session, Person.id == person_id)


@access.declares(Action.SET_ROSTER)
async def roster(session: AsyncSession, actor: Actor, unit: Unit) -> list[Turn]:
    """List a team's roster by weekday and shift; raises OutsideArea."""
    actor.require(Action.SET_ROSTER, unit_id=units.unit_id(unit), path=unit.path)
    return await _turns(session, DutyShift.unit_id == unit.id)


async def _turns(session: AsyncSession, wanted: Any) -> list[Turn]:
    statement = (
        select(DutyShift, Person)
        .join(Person, col(Person.id) == col(DutyShift.person_id))
        .join(
            Assignment,
            sa.and_(
                col(Assignment.person_id) == col(DutyShift.person_id),
                col(Assignment.unit_id) == col(DutyShift.unit_id),
                col(Assignment.role).in_(TEAM),
                col(Assignment.until).is_(None),
            ),
        )
        .where(wanted)
        .order_by(col(DutyShift.weekday), col(DutyShift.given_at), col(DutyShift.id))
    )
    rows = {row.id: (row, person) for row, person in (await session.exec(statement)).all()}
    turns = [Turn(row.id or 0, row.weekday, row.shift, person) for row, person in rows.values()]
    return sorted(turns, key=lambda turn: (turn.weekday, list(Shift).index(turn.shift)))


@access.declares(Action.SET_ROSTER)
async def switch_turn(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    person_id: int,
    *,
    weekday: int,
    shift: Shift,
    now: datetime,
) -> bool:
    """Put somebody of the team on duty, or take them off; tell whether they are on it now.

    They hear of it a little later, unless it was taken back. Raises OutsideArea, NotInTeam.
    """
    unit_id = units.unit_id(unit)
    actor.require(Action.SET_ROSTER, unit_id=unit_id, path=unit.path)
    person = await _of_team(session, unit, person_id)
    mine = select(DutyShift).where(
        DutyShift.unit_id == unit_id,
        DutyShift.person_id == person_id,
        DutyShift.weekday == weekday,
        DutyShift.shift == shift,
    )
    row = (await session.exec(mine)).first()
    word = DutyEnded(actor.who, called(person), units.display_name(unit), weekday, shift.value)
    audit.record(session, actor.person_id, "roster_set", "person", person_id, now=now, fields="weekday,shift")
    if row is not None:
        if not await _take_back(session, row) and person_id != actor.person_id:
            await _say(session, row, word, now=now)
        await session.delete(row)
        await session.flush()
        return False
    row = DutyShift(unit_id=unit_id, person_id=person_id, weekday=weekday, shift=shift, given_at=now)
    session.add(row)
    await session.flush()
    if person_id != actor.person_id:
        given = DutyGiven(row.id or 0, word.by, word.who, word.unit, weekday, shift.value)
        await _say(session, row, given, now=now, later=True)
    return True


async def _of_team(session: AsyncSession, unit: Unit, person_id: int) -> Person:
    for person in await people.holders(session, units.unit_id(unit), *TEAM):
        if person.id == person_id:
            return person
    raise errors.NotInTeam(who=people.UNNAMED, unit=units.display_name(unit))


async def _say(
    session: AsyncSession, row: DutyShift, word: Notice, *, now: datetime, later: bool = False
) -> None:
    not_before = now + TOLD_AFTER if later else None
    await tell(session, row.person_id, word, subject=f"duty:{row.id}", now=now, not_before=not_before)


async def _take_back(session: AsyncSession, row: DutyShift) -> bool:
    """Cancel what somebody has not heard yet of a duty; False if there is nothing left to cancel."""
    delivery: Any = sa.inspect(Delivery).local_table
    unheard = (
        sa.update(delivery)
        .where(
            delivery.c.kind == DutyGiven.__name__,
            delivery.c.state.in_(_UNSENT),
            delivery.c.dedupe_key.like(f"n:{DutyGiven.__name__}:duty:{row.id}:%"),
        )
        .values(state=DeliveryState.CANCELLED)
    )
    result = await (await session.connection()).execute(unheard)
    return bool(result.rowcount)


async def step_down(session: AsyncSession, actor: Actor, turn_id: int, *, now: datetime) -> Turn | None:
    """Leave one's own place on the roster; the leaders hear of it. None for a second tap."""
    mine = select(DutyShift).where(DutyShift.id == turn_id, DutyShift.person_id == actor.person_id)
    row = (await session.exec(mine)).first()
    if row is None:
        return None
    person = await people.person_of(session, row.person_id)
    turn = Turn(turn_id, row.weekday, row.shift, person)
    audit.record(session, row.person_id, "roster_left", "person", row.person_id, now=now, fields="shift")
    await session.delete(row)
    await session.flush()
    word = DutyDeclined(actor.who, row.unit_id, row.weekday, row.shift.value)
    for leader in await people.holders(session, row.unit_id, Role.LEADER):
        if leader.id != actor.person_id:
            await tell(session, leader.id or 0, word, subject=f"duty:{turn_id}", now=now)
    return turn


async def forget(session: AsyncSession, person_id: int, unit_id: int) -> None:
    """Take somebody who left a team off its roster."""
    theirs = delete(DutyShift).where(col(DutyShift.person_id) == person_id, col(DutyShift.unit_id) == unit_id)
    await session.exec(theirs)
