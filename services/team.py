"""Who is in which team, and how do they leave it, rest, or come back with another phone?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from models.conversation import Conversation
from models.delivery import Delivery, DeliveryState
from models.help import HelpRequest, HelpState
from models.people import Account, Assignment, FormOfAddress, Person, Role
from models.team import Invite
from models.units import Level, Unit
from services import access, audit, duty, errors, invites, notices, people, units
from services.access import Action, Actor
from services.folding import tokens
from services.invites import Issued

PAUSE: Final = timedelta(days=30)
PAUSES: Final = {"week": timedelta(days=7), "month": PAUSE}

# What somebody must be allowed to do before touching whoever holds a role.
OVER: Final = {
    Role.MEMBER: Action.REMOVE_MEMBER,
    Role.LEADER: Action.CHANGE_LEADER,
    Role.SUPERVISOR: Action.INVITE_SUPERVISOR,
    Role.OPERATOR: Action.INVITE_SUPERVISOR,
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a team."""

    person: Person
    role: Role
    since: datetime

    @property
    def id(self) -> int:
        """Tell the person's id."""
        return self.person.id or 0

    @property
    def who(self) -> str:
        """Say the person: "anh Bình"."""
        return people.called(self.person)


def name_of(unit: str) -> str:
    """Say the team of a unit that was said with its kind: "tổ thôn Hòa Sơn", never "tổ tổ dân phố 3"."""
    is_to = tokens(unit)[:1] == ["to"]
    return (_("the digital team of {unit}") if is_to else _("the team of {unit}")).format(unit=unit)


def led_as(unit: str) -> str:
    """Say what a leader leads: "thôn Hòa Sơn"; "tổ trưởng tổ dân phố 3" would be another office."""
    return name_of(unit) if tokens(unit)[:1] == ["to"] else unit


async def members_of(session: AsyncSession, unit_id: int) -> list[Member]:
    """List a team, the leader first, then by how long they have been in it."""
    statement = (
        select(Person, Assignment.role, Assignment.since)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .where(
            Assignment.unit_id == unit_id,
            col(Assignment.role).in_((Role.LEADER, Role.MEMBER)),
            col(Assignment.until).is_(None),
        )
        .order_by(col(Assignment.since), col(Person.id))
    )
    found = [Member(person, Role(role), since) for person, role, since in await session.exec(statement)]
    return sorted(found, key=lambda member: member.role is not Role.LEADER)


@access.declares(Action.SEE_TEAM)
async def member_of(session: AsyncSession, actor: Actor, unit: Unit, person_id: int) -> Member:
    """Load one of a team; raises OutsideArea, NotInTeam."""
    actor.require(Action.SEE_TEAM, unit_id=units.unit_id(unit), path=unit.path)
    return await _member(session, unit, person_id)


async def _member(session: AsyncSession, unit: Unit, person_id: int) -> Member:
    for member in await members_of(session, units.unit_id(unit)):
        if member.id == person_id:
            return member
    person = (await session.exec(select(Person).where(Person.id == person_id))).first()
    who = access.capitalised(people.called(person)) if person else people.UNNAMED
    raise errors.NotInTeam(who=who, unit=units.display_name(unit))


async def supervisors_of(session: AsyncSession, unit: Unit) -> list[Person]:
    """List who looks after a unit: the nearest level above that has anybody."""
    for unit_id in reversed(units.path_ids(unit)):
        found = await people.holders(session, unit_id, Role.SUPERVISOR)
        if found:
            return found
    return []


async def deciders_of(session: AsyncSession, unit: Unit) -> list[Person]:
    """List who decides on joining a team: its leader, else the nearest supervisors."""
    leaders = await people.holders(session, units.unit_id(unit), Role.LEADER)
    return leaders or await supervisors_of(session, unit)


async def being_helped(session: AsyncSession, person_id: int) -> str | None:
    """Name the citizen somebody is helping right now."""
    statement = (
        select(Person)
        .join(HelpRequest, col(HelpRequest.person_id) == col(Person.id))
        .where(HelpRequest.helper_id == person_id, HelpRequest.state == HelpState.CLAIMED)
    )
    citizen = (await session.exec(statement)).first()
    return people.called(citizen) if citizen else None


async def end_assignments(
    session: AsyncSession, person_id: int, unit_id: int, *roles: Role, now: datetime
) -> int:
    """End the roles somebody holds in a unit; tell how many ended."""
    held = select(Assignment).where(
        Assignment.person_id == person_id,
        Assignment.unit_id == unit_id,
        col(Assignment.role).in_(roles),
        col(Assignment.until).is_(None),
    )
    found = (await session.exec(held.with_for_update())).all()
    for assignment in found:
        assignment.until = now
        session.add(assignment)
    await session.flush()
    return len(found)


def is_leading(actor: Actor) -> bool:
    """Tell whether somebody cannot leave because they lead."""
    return actor.held(Role.LEADER) is not None


async def ask_for_successor(session: AsyncSession, actor: Actor, *, now: datetime) -> str:
    """Tell the supervisors that a leader wishes to stop, and say who they are; one's own fact."""
    held = actor.held(Role.LEADER)
    if held is None:
        raise errors.NoTeam
    unit = await units.unit_of(session, held.unit_id)
    told = await supervisors_of(session, unit)
    notice = notices.SuccessorNeeded(who=actor.who, unit=units.display_name(unit), unit_id=held.unit_id)
    for person in told:
        subject = f"unit:{unit.id}:{now.date()}"
        await notices.tell(session, person.id or 0, notice, subject=subject, now=now)
    return people.called(told[0]) if told else ""


async def leave(session: AsyncSession, actor: Actor, *, now: datetime) -> Unit:
    """End one's own membership; the leader hears of it.

    Raises NoTeam, LeaveWhileHelping, LeaveNeedsSuccessor.
    """
    held = actor.held(Role.MEMBER)
    if is_leading(actor):
        raise errors.LeaveNeedsSuccessor(supervisor="", who=actor.who)
    if held is None or actor.person_id is None:
        raise errors.NoTeam
    await refuse_while_helping(session, actor.person_id)
    unit = await units.unit_of(session, held.unit_id)
    if await end_assignments(session, actor.person_id, held.unit_id, Role.MEMBER, now=now):
        await duty.forget(session, actor.person_id, held.unit_id)
        audit.record(session, actor.person_id, "team_left", "unit", unit.id, now=now, fields="until")
        left = notices.MemberLeft(who=actor.who, unit=units.display_name(unit))
        subject = f"person:{actor.person_id}:{now.date()}"
        for leader in await people.holders(session, held.unit_id, Role.LEADER):
            await notices.tell(session, leader.id or 0, left, subject=subject, now=now)
    return unit


async def refuse_while_helping(session: AsyncSession, person_id: int, *, who: str = "") -> None:
    """Raise LeaveWhileHelping, or RemoveWhileHelping with a name, for whoever has a request open."""
    citizen = await being_helped(session, person_id)
    if citizen is None:
        return
    if who:
        raise errors.RemoveWhileHelping(who=access.capitalised(who), citizen=citizen)
    raise errors.LeaveWhileHelping(citizen=citizen)


async def pause(session: AsyncSession, actor: Actor, *, span: timedelta = PAUSE, now: datetime) -> date:
    """Rest for a while, one's own wish; the leaders hear of it. Tell the last day."""
    if actor.person_id is None or not actor.roles:
        raise errors.NoTeam
    until = now.date() + span
    await _set_pause(session, actor, actor.person_id, until, now=now)
    notice = notices.MemberPaused(who=actor.who, day=until.isoformat())
    for held in actor.roles:
        for leader in await people.holders(session, held.unit_id, Role.LEADER):
            if leader.id != actor.person_id:
                subject = f"person:{actor.person_id}:{until}"
                await notices.tell(session, leader.id or 0, notice, subject=subject, now=now)
    return until


async def resume(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    """Take work again, one's own wish."""
    if actor.person_id is None:
        raise errors.NoTeam
    await _set_pause(session, actor, actor.person_id, None, now=now)


@access.declares(Action.REMOVE_MEMBER)
async def pause_member(
    session: AsyncSession, actor: Actor, unit: Unit, person_id: int, *, is_on: bool = True, now: datetime
) -> date | None:
    """Let a member rest for a month, or end it; tell the last day. Raises OutsideArea, NotInTeam."""
    actor.require(Action.REMOVE_MEMBER, unit_id=units.unit_id(unit), path=unit.path)
    await _member(session, unit, person_id)
    if not is_on:
        await _set_pause(session, actor, person_id, None, now=now)
        return None
    until = now.date() + PAUSE
    await _set_pause(session, actor, person_id, until, now=now)
    notice = notices.PausedByLeader(leader=actor.who, day=until.isoformat())
    subject = f"person:{person_id}:{until}"
    await notices.tell(session, person_id, notice, subject=subject, now=now)
    return until


async def _set_pause(
    session: AsyncSession, actor: Actor, person_id: int, until: date | None, *, now: datetime
) -> None:
    person = await people.person_of(session, person_id)
    person.paused_until = until
    session.add(person)
    audit.record(session, actor.person_id, "paused", "person", person_id, now=now, fields="paused_until")


@access.declares(Action.REMOVE_MEMBER)
async def set_form_of_address(
    session: AsyncSession, actor: Actor, unit: Unit, person_id: int, form: FormOfAddress, *, now: datetime
) -> Member:
    """Change how a member is called in the team; raises OutsideArea, NotInTeam."""
    actor.require(Action.REMOVE_MEMBER, unit_id=units.unit_id(unit), path=unit.path)
    await _member(session, unit, person_id)
    await people.set_form_of_address(session, person_id, form, now=now)
    return await _member(session, unit, person_id)


@access.declares(Action.REMOVE_MEMBER)
async def remove(session: AsyncSession, actor: Actor, unit: Unit, person_id: int, *, now: datetime) -> Member:
    """End somebody's membership; what they counted stays with the village.

    Raises OutsideArea, NotInTeam, RemoveWhileHelping; a leader is replaced, not removed.
    """
    actor.require(Action.REMOVE_MEMBER, unit_id=units.unit_id(unit), path=unit.path)
    member = await _member(session, unit, person_id)
    if member.role is Role.LEADER:
        raise errors.LeaveNeedsSuccessor(supervisor=actor.who, who=member.who)
    await refuse_while_helping(session, person_id, who=member.who)
    await end_assignments(session, person_id, units.unit_id(unit), Role.MEMBER, now=now)
    await duty.forget(session, person_id, units.unit_id(unit))
    await _end_personal_invites(session, person_id, now=now)
    audit.record(session, actor.person_id, "member_removed", "person", person_id, now=now, fields="until")
    notice = notices.MemberRemoved(unit=units.display_name(unit))
    subject = f"person:{person_id}:{now.date()}"
    await notices.tell(session, person_id, notice, subject=subject, now=now)
    return member


async def _end_personal_invites(session: AsyncSession, person_id: int, *, now: datetime) -> None:
    theirs = update(Invite).where(col(Invite.person_id) == person_id, col(Invite.revoked_at).is_(None))
    await (await session.connection()).execute(theirs.values(revoked_at=now))


@access.declares(Action.REMOVE_MEMBER, Action.CHANGE_LEADER, Action.INVITE_SUPERVISOR)
async def replace_phone(
    session: AsyncSession, actor: Actor, unit: Unit, person_id: int, *, now: datetime
) -> Issued:
    """Cut off whatever phones somebody used, and issue a code for the next one.

    Roles, history and open requests are the person's and stay. Raises OutsideArea unless the actor reaches
    every role the person holds: the code opens all of them.
    """
    member = await _member(session, unit, person_id)
    await _require_over(session, actor, person_id)
    unit_name = units.display_name(unit)
    accounts = (await session.exec(select(Account.id).where(Account.person_id == person_id))).all()
    await _silence(session, [account for account in accounts if account is not None])
    notice = notices.PhoneRevoked(who=member.who, unit=unit_name)
    await notices.tell(session, person_id, notice, subject=f"person:{person_id}:{now:%s}", now=now)
    detached = update(Account).where(col(Account.person_id) == person_id).values(person_id=None)
    await (await session.connection()).execute(detached)
    await _end_personal_invites(session, person_id, now=now)
    audit.record(session, actor.person_id, "phone_revoked", "person", person_id, now=now, fields="account")
    return await invites.issue(
        session, unit, role=member.role, uses=1, invited_by=actor.person_id, person_id=person_id, now=now
    )


async def _require_over(session: AsyncSession, actor: Actor, person_id: int) -> None:
    held = select(Assignment, Unit).join(Unit, col(Unit.id) == col(Assignment.unit_id))
    held = held.where(Assignment.person_id == person_id, col(Assignment.until).is_(None))
    for assignment, unit in await session.exec(held):
        actor.require(OVER[assignment.role], unit_id=units.unit_id(unit), path=unit.path)


async def _silence(session: AsyncSession, account_ids: list[int]) -> None:
    """Take back what was still to be said to the old phones, and forget where their chats stood."""
    connection = await session.connection()
    chats = update(Conversation).where(col(Conversation.account_id).in_(account_ids))
    await connection.execute(chats.values(states={}, choices=[], offers=[]))
    unsent = update(Delivery).where(
        col(Delivery.account_id).in_(account_ids),
        col(Delivery.state).in_((DeliveryState.PENDING, DeliveryState.WAITING)),
    )
    await connection.execute(unsent.values(state=DeliveryState.CANCELLED))


def called_first(found: list[Person]) -> str:
    """Say the first of several people, "" for none."""
    return people.called(found[0]) if found else ""


@dataclass(frozen=True, slots=True)
class Area:
    """The teams of an area in numbers; a village with anybody in it has a team."""

    villages: int
    teams: int
    members: int


@access.declares(Action.SEE_TEAM)
async def area_of(session: AsyncSession, actor: Actor, unit: Unit) -> Area:
    """Count the villages, teams and people in teams of an area; raises OutsideArea."""
    actor.require(Action.SEE_TEAM, unit_id=units.unit_id(unit), path=unit.path)
    villages = select(func.count()).where(
        units.within(unit), Unit.level == Level.VILLAGE, col(Unit.valid_to).is_(None)
    )
    teams = (
        select(func.count(func.distinct(Assignment.unit_id)), func.count(func.distinct(Assignment.person_id)))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(
            units.within(unit),
            col(Assignment.role).in_((Role.LEADER, Role.MEMBER)),
            col(Assignment.until).is_(None),
        )
    )
    in_teams = (await session.exec(teams)).one()
    return Area((await session.exec(villages)).one(), *in_teams)
