"""How does somebody come into a team: asked by an invite, let in by its leader, never left without word?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpRequest
from models.people import Account, Assignment, Consent, Person, Role
from models.team import Invite, JoinRequest, JoinState
from models.units import Level, Unit
from services import access, audit, erasure, errors, invites, leading, notices, people, team, training, units
from services.access import Actor
from services.rules import Kind, Privacy

PURPOSE: Final = "team"
WORD_AT: Final = time(20)


@dataclass(frozen=True, slots=True)
class Door:
    """What an invite opens, for the person at the door.

    `inviter` is "" for an invite from the command line. `person` is whom a personal invite is for, and
    `is_return` tells that they said yes before and only come with another phone.
    """

    invite: Invite
    unit: Unit
    commune: Unit | None
    inviter: str
    person: Person | None = None
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """How far somebody came: `waits_for` names who decides, and None means they are in."""

    unit: Unit
    role: Role
    waits_for: str | None = None
    word_at: datetime | None = None


async def door_of(session: AsyncSession, actor: Actor, row: Invite) -> Door:
    """Tell what an open invite means to somebody; about one's own fact.

    Raises AlreadyInTeam for whoever holds the role there, PhoneOfAnother for somebody else's personal invite.
    """
    unit = await units.unit_of(session, row.unit_id)
    for held in actor.roles:
        is_there = held.unit_id == row.unit_id and held.role in {row.role, Role.LEADER}
        if is_there and row.person_id in {None, actor.person_id}:
            raise errors.AlreadyInTeam(name=access.capitalised(actor.who), unit=units.display_name(unit))
    person = await people.person_of(session, row.person_id) if row.person_id else None
    if person and actor.roles and actor.person_id != person.id:
        raise errors.PhoneOfAnother(who=actor.who)
    inviter = await people.person_of(session, row.invited_by) if row.invited_by else None
    return Door(
        invite=row,
        unit=unit,
        commune=await units.ancestor(session, unit, Level.COMMUNE),
        inviter=people.called(inviter) if inviter else "",
        person=person,
        is_return=bool(person and person.id and await _has_agreed(session, person.id)),
    )


async def _has_agreed(session: AsyncSession, person_id: int) -> bool:
    given = select(Consent.id).where(
        Consent.person_id == person_id, Consent.purpose == PURPOSE, col(Consent.withdrawn_at).is_(None)
    )
    return (await session.exec(given)).first() is not None


async def agree(session: AsyncSession, actor: Actor, *, privacy: Privacy, now: datetime) -> int:
    """Record one's own yes to being kept as one of a team, once; tell the person's id."""
    if actor.person_id is not None and await _has_agreed(session, actor.person_id):
        return actor.person_id
    return await people.remember(session, actor, name=actor.name, purpose=PURPOSE, privacy=privacy, now=now)


async def take_personal(
    session: AsyncSession, actor: Actor, invite_id: int, *, privacy: Privacy, now: datetime
) -> Person:
    """Let this account stand for the person a personal invite was made for; tell who they are.

    Raises InviteUnknown, InviteExpired, PhoneOfAnother.
    """
    row = await invites.use(session, invite_id, now=now)
    if row.person_id is None:
        raise errors.InviteUnknown
    if actor.roles and actor.person_id != row.person_id:
        raise errors.PhoneOfAnother(who=actor.who)
    person = await people.person_of(session, row.person_id)
    is_new = not await _has_agreed(session, row.person_id)
    account = update(Account).where(col(Account.id) == actor.account_id)
    moved = account.values(person_id=row.person_id, seen_at=now, is_reachable=True, unreachable_why=None)
    await (await session.connection()).execute(moved)
    await agree(session, replace(actor, person_id=row.person_id), privacy=privacy, now=now)
    if actor.person_id not in {None, row.person_id}:
        await _merge(session, actor.person_id, row.person_id, now=now)
    audit.record(session, row.person_id, "phone_taken", "person", row.person_id, now=now, fields="account")
    await _tell_inviter(session, row, person, is_new=is_new, now=now)
    return person


async def _merge(session: AsyncSession, stranger: int | None, person_id: int, *, now: datetime) -> None:
    """Let what a citizen still waits for be the member's they turned out to be; the rest is forgotten."""
    if stranger is None:
        return
    theirs = update(HelpRequest).where(col(HelpRequest.person_id) == stranger)
    await (await session.connection()).execute(theirs.values(person_id=person_id))
    await erasure.erase_person(session, stranger, now=now)


async def _tell_inviter(
    session: AsyncSession, row: Invite, person: Person, *, is_new: bool, now: datetime
) -> None:
    unit = await units.unit_of(session, row.unit_id)
    told = {row.invited_by, *(p.id for p in await people.holders(session, row.unit_id, Role.LEADER))}
    notice = notices.MemberCame(who=people.called(person), unit=units.display_name(unit), is_new=is_new)
    for person_id in sorted(one for one in told if one is not None and one != person.id):
        await notices.tell(session, person_id, notice, subject=f"invite:{row.id}", now=now)


async def enter(
    session: AsyncSession, actor: Actor, invite_id: int, *, kinds: Sequence[Kind], now: datetime
) -> Entered:
    """Use an open invite: a member's asks the leader, any other gives the role at once.

    Raises InviteUnknown, InviteExpired, AlreadyInTeam, NobodyDecides.
    """
    if actor.person_id is None:
        raise errors.InviteForgotten
    row = await invites.invite_of(session, invite_id)
    if row is None or row.person_id is not None:
        raise errors.InviteUnknown
    unit = await units.unit_of(session, row.unit_id)
    waiting = await _waiting(session, actor.person_id, row.unit_id)
    if waiting is not None:
        return await _wait(session, unit, waiting, now=now)
    row = await invites.use(session, invite_id, now=now)
    if row.role is not Role.MEMBER:
        await _take_role(session, actor, row, unit, kinds=kinds, now=now)
        return Entered(unit, row.role)
    return await _ask(session, actor.person_id, row, unit, now=now)


async def _waiting(session: AsyncSession, person_id: int, unit_id: int) -> JoinRequest | None:
    asked = select(JoinRequest).where(
        JoinRequest.person_id == person_id,
        JoinRequest.unit_id == unit_id,
        JoinRequest.state == JoinState.ASKED,
    )
    return (await session.exec(asked)).first()


async def _ask(session: AsyncSession, person_id: int, row: Invite, unit: Unit, *, now: datetime) -> Entered:
    request = JoinRequest(
        person_id=person_id, unit_id=row.unit_id, role=row.role, invite_id=row.id, asked_at=now
    )
    session.add(request)
    await session.flush()
    audit.record(session, person_id, "join_asked", "join_request", request.id, now=now)
    deciders = await team.deciders_of(session, unit)
    await tell_deciders(session, request, unit, deciders, now=now)
    return await _wait(session, unit, request, now=now)


async def _wait(session: AsyncSession, unit: Unit, request: JoinRequest, *, now: datetime) -> Entered:
    deciders = await team.deciders_of(session, unit)
    if not deciders:
        name = units.display_name(unit)
        raise errors.NobodyDecides(unit=access.capitalised(name))
    return Entered(unit, request.role, people.called(deciders[0]), first_word(request, now=now))


def first_word(request: JoinRequest, *, now: datetime, days: int = 1) -> datetime:
    """Tell the evening by which whoever waits hears again, whatever has come."""
    asked = request.asked_at.astimezone(now.tzinfo)
    return datetime.combine(asked.date() + timedelta(days=days), WORD_AT, now.tzinfo)


async def tell_deciders(
    session: AsyncSession,
    request: JoinRequest,
    unit: Unit,
    deciders: list[Person],
    *,
    revision: int = 0,
    now: datetime,
) -> int:
    """Ask whoever decides; a later revision is a reminder. Tell how many were asked."""
    person = await people.person_of(session, request.person_id)
    row = await invites.invite_of(session, request.invite_id) if request.invite_id else None
    inviter = await people.person_of(session, row.invited_by) if row and row.invited_by else None
    notice = notices.JoinAsked(
        request_id=request.id or 0,
        name=person.name,
        unit=units.display_name(unit),
        inviter=people.called(inviter) if inviter else "",
        is_reminder=revision > 0,
    )
    told = 0
    for decider in deciders:
        told += await notices.tell(
            session, decider.id or 0, notice, subject=f"join:{request.id}", revision=revision, now=now
        )
    return told


async def _take_role(
    session: AsyncSession, actor: Actor, row: Invite, unit: Unit, *, kinds: Sequence[Kind], now: datetime
) -> None:
    person = await people.person_of(session, actor.person_id or 0)
    if row.role is Role.LEADER:
        inviter = await people.person_of(session, row.invited_by) if row.invited_by else None
        by = people.called(inviter) if inviter else ""
        await leading.hand_over(
            session, unit, person, by=by, by_id=row.invited_by, kinds=kinds, is_told=False, now=now
        )
        await training.assign_open(session, person.id or 0, unit, now=now)
        return
    await assign(session, person, unit, row.role, now=now)
    audit.record(session, person.id, "role_taken", "unit", unit.id, now=now, fields="role")
    if row.invited_by:
        notice = notices.MemberCame(who=people.called(person), unit=units.display_name(unit), is_new=True)
        subject = f"invite:{row.id}:{person.id}"
        await notices.tell(session, row.invited_by, notice, subject=subject, now=now)


async def assign(session: AsyncSession, person: Person, unit: Unit, role: Role, *, now: datetime) -> None:
    """Give a role; raises AlreadyInTeam for one that is held there."""
    name = units.display_name(unit)
    held = await people.holders(session, units.unit_id(unit), role)
    if any(holder.id == person.id for holder in held):
        raise errors.AlreadyInTeam(name=access.capitalised(people.called(person)), unit=name)
    session.add(Assignment(person_id=person.id or 0, unit_id=units.unit_id(unit), role=role, since=now))
    if person.unit_id is None and unit.level is Level.VILLAGE:
        person.unit_id = unit.id
        session.add(person)
    await session.flush()
