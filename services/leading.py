"""Who leads a team, and how is it handed to somebody else without a gap or an argument?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Assignment, Person, Role
from models.units import Unit
from services import access, audit, counts, errors, notices, people, team, units
from services.access import Action, Actor
from services.rules import Kind

BACK_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Handover:
    """A change of leader: the new leader's assignment is what takes it back."""

    assignment_id: int
    unit: Unit
    leader: str
    former: str


@access.declares(Action.CHANGE_LEADER)
async def change_leader(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    person_id: int,
    *,
    kinds: Sequence[Kind],
    now: datetime,
) -> Handover:
    """Give the team to one of its members; the former leader stays as a member.

    Raises OutsideArea, NotInTeam, LeaderAlready. `kinds` tells which counts the thanks may call people.
    """
    actor.require(Action.CHANGE_LEADER, unit_id=units.unit_id(unit), path=unit.path)
    members = await team.members_of(session, units.unit_id(unit))
    chosen = next((member for member in members if member.id == person_id), None)
    if chosen is None:
        person = await people.person_of(session, person_id)
        who = access.capitalised(people.called(person))
        raise errors.NotInTeam(who=who, unit=units.display_name(unit))
    return await hand_over(
        session,
        unit,
        chosen.person,
        by=actor.who,
        by_id=actor.person_id,
        kinds=kinds,
        now=now,
    )


async def hand_over(
    session: AsyncSession,
    unit: Unit,
    person: Person,
    *,
    by: str,
    by_id: int | None,
    kinds: Sequence[Kind],
    is_told: bool = True,
    now: datetime,
) -> Handover:
    """Make somebody the leader, without asking who may: for an invite that was made by who may.

    Raises LeaderAlready for whoever leads the team now. `is_told` is False where the answer tells them.
    """
    unit_id = units.unit_id(unit)
    # The unit's row is the lock: two supervisors at once would otherwise leave two leaders.
    await session.exec(select(Unit.id).where(Unit.id == unit_id).with_for_update())
    former = await people.holders(session, unit_id, Role.LEADER)
    if any(leader.id == person.id for leader in former):
        who = access.capitalised(people.called(person))
        raise errors.LeaderAlready(who=who, unit=units.display_name(unit))
    since = {leader.id: await _since(session, leader, unit_id) for leader in former}
    for leader in former:
        await team.end_assignments(session, leader.id or 0, unit_id, Role.LEADER, now=now)
        session.add(Assignment(person_id=leader.id or 0, unit_id=unit_id, role=Role.MEMBER, since=now))
    await team.end_assignments(session, person.id or 0, unit_id, Role.MEMBER, now=now)
    taken = Assignment(person_id=person.id or 0, unit_id=unit_id, role=Role.LEADER, since=now)
    session.add(taken)
    await session.flush()
    audit.record(session, by_id, "leader_changed", "unit", unit_id, now=now, fields="role")
    change = Handover(taken.id or 0, unit, people.called(person), people.called(former[0]) if former else "")
    if is_told:
        await _tell_new(session, change, person, by=by, now=now)
    for leader in former:
        begun = since[leader.id].astimezone(now.tzinfo).date()
        helped = await counts.totals(session, unit, begun, now.date(), kinds=kinds)
        await _thank(session, change, leader, since[leader.id], helped["persons"], now=now)
    await _tell_team(session, change, {person.id, *since}, now=now)
    return change


async def _since(session: AsyncSession, leader: Person, unit_id: int) -> datetime:
    held = select(Assignment.since).where(
        Assignment.person_id == leader.id,
        Assignment.unit_id == unit_id,
        Assignment.role == Role.LEADER,
        col(Assignment.until).is_(None),
    )
    return (await session.exec(held)).one()


async def _tell_new(
    session: AsyncSession, change: Handover, person: Person, *, by: str, now: datetime
) -> None:
    unit = units.display_name(change.unit)
    notice = notices.LeaderGiven(by=by, who=change.leader, unit=unit)
    subject = f"assignment:{change.assignment_id}"
    await notices.tell(session, person.id or 0, notice, subject=subject, now=now)


async def _thank(
    session: AsyncSession,
    change: Handover,
    leader: Person,
    since: datetime,
    persons: int,
    *,
    now: datetime,
) -> None:
    begun = since.astimezone(now.tzinfo)
    notice = notices.LeaderThanked(
        who=people.called(leader),
        unit=units.display_name(change.unit),
        since=f"{begun.month}/{begun.year}",
        persons=persons,
        successor=change.leader,
    )
    subject = f"assignment:{change.assignment_id}"
    await notices.tell(session, leader.id or 0, notice, subject=subject, now=now)


async def _tell_team(
    session: AsyncSession, change: Handover, already: set[int | None], *, now: datetime
) -> None:
    notice = notices.LeaderChanged(
        unit=units.display_name(change.unit), leader=change.leader, former=change.former
    )
    for member in await team.members_of(session, units.unit_id(change.unit)):
        if member.id not in already:
            subject = f"assignment:{change.assignment_id}"
            await notices.tell(session, member.id, notice, subject=subject, now=now)


@access.declares(Action.CHANGE_LEADER)
async def change_back(
    session: AsyncSession,
    actor: Actor,
    assignment_id: int,
    *,
    kinds: Sequence[Kind],
    now: datetime,
) -> Handover:
    """Take back a change of leader within a week.

    Raises OutsideArea, NotInTeam, ChangeBackTooLate when another change followed or the week is over.
    """
    taken = (await session.exec(select(Assignment).where(Assignment.id == assignment_id))).first()
    if taken is None or taken.role is not Role.LEADER:
        raise errors.ChangeBackTooLate
    unit = await units.unit_of(session, taken.unit_id)
    actor.require(Action.CHANGE_LEADER, unit_id=taken.unit_id, path=unit.path)
    before = select(Assignment.person_id).where(
        Assignment.unit_id == taken.unit_id,
        Assignment.role == Role.LEADER,
        Assignment.until == taken.since,
    )
    former = (await session.exec(before)).first()
    if taken.until is not None or former is None or now - taken.since > BACK_WITHIN:
        raise errors.ChangeBackTooLate
    return await change_leader(session, actor, unit, former, kinds=kinds, now=now)


async def leader_of(session: AsyncSession, unit: Unit) -> Person | None:
    """Find who leads a team now."""
    found = await people.holders(session, units.unit_id(unit), Role.LEADER)
    return found[0] if found else None
