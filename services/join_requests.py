"""What becomes of a request to join: let in, not this time, or one more question, relayed word for word?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.people import Person
from models.team import JoinRequest, JoinState
from models.units import Unit
from services import access, audit, errors, joining, notices, people, team, training, units
from services.access import Action, Actor

TWICE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class FirstLesson:
    """What a new member begins with."""

    assignment_id: int
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A new member, with the lessons that came along."""

    person_id: int
    name: str
    unit: Unit
    members: int
    lessons: int


@access.declares(Action.DECIDE_JOIN)
async def accept(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> Accepted | None:
    """Let somebody into the team, with the lessons that are open; None when one's own tap comes twice.

    Raises OutsideArea, JoinSettled, AlreadyInTeam.
    """
    request, unit = await _decide(session, actor, request_id, JoinState.ACCEPTED, now=now)
    if request is None:
        return None
    person = await people.person_of(session, request.person_id)
    await joining.assign(session, person, unit, request.role, now=now)
    lessons = await training.assign_open(session, request.person_id, unit, now=now)
    audit.record(session, actor.person_id, "join_accepted", "join_request", request.id, now=now)
    members = await team.members_of(session, units.unit_id(unit))
    return Accepted(request.person_id, people.called(person), unit, len(members), lessons)


@access.declares(Action.DECIDE_JOIN)
async def welcome(
    session: AsyncSession, actor: Actor, accepted: Accepted, lesson: FirstLesson | None, *, now: datetime
) -> None:
    """Tell a new member that they are in, and what to begin with."""
    actor.require(Action.DECIDE_JOIN, unit_id=units.unit_id(accepted.unit), path=accepted.unit.path)
    notice = notices.JoinAccepted(
        decider=actor.who,
        who=accepted.name,
        unit=units.display_name(accepted.unit),
        assignment_id=lesson.assignment_id if lesson else 0,
        lesson=lesson.title if lesson else "",
        minutes=lesson.minutes if lesson else 0,
    )
    subject = f"person:{accepted.person_id}:{now:%Y-%m-%d %H:%M}"
    await notices.tell(session, accepted.person_id, notice, subject=subject, now=now)


@access.declares(Action.DECIDE_JOIN)
async def decline(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> bool:
    """Not this time; False when one's own tap comes twice. Raises OutsideArea, JoinSettled."""
    request, unit = await _decide(session, actor, request_id, JoinState.DECLINED, now=now)
    if request is None:
        return False
    audit.record(session, actor.person_id, "join_declined", "join_request", request.id, now=now)
    notice = notices.JoinDeclined(unit=units.display_name(unit))
    await notices.tell(session, request.person_id, notice, subject=f"join:{request.id}", now=now)
    return True


@access.declares(Action.DECIDE_JOIN)
async def give_reason(
    session: AsyncSession, actor: Actor, request_id: int, reason: str, *, now: datetime
) -> None:
    """Say why not, after declining: "stranger" or "full"."""
    request, _unit = await request_of(session, actor, request_id)
    if request.state is JoinState.DECLINED:
        notice = notices.JoinReason(decider=actor.who, reason=reason)
        await notices.tell(session, request.person_id, notice, subject=f"join:{request.id}", now=now)


async def _decide(
    session: AsyncSession, actor: Actor, request_id: int, state: JoinState, *, now: datetime
) -> tuple[JoinRequest | None, Unit]:
    request, unit = await request_of(session, actor, request_id)
    if request.state is JoinState.ASKED:
        request.state, request.decided_at, request.decided_by = state, now, actor.person_id
        session.add(request)
        await session.flush()
        return request, unit
    decided_at = (request.decided_at or now).astimezone(now.tzinfo)
    if request.decided_by == actor.person_id and now - decided_at < TWICE:
        return None, unit
    person = await people.person_of(session, request.person_id)
    raise errors.JoinSettled(name=person.name, at=dates.moment(decided_at, now))


@access.declares(Action.DECIDE_JOIN)
async def request_of(session: AsyncSession, actor: Actor, request_id: int) -> tuple[JoinRequest, Unit]:
    """Load and lock a request the actor may decide on; raises NotYours, OutsideArea."""
    found = await session.exec(select(JoinRequest).where(JoinRequest.id == request_id).with_for_update())
    request = found.first()
    if request is None:
        raise errors.NotYours
    unit = await units.unit_of(session, request.unit_id)
    actor.require(Action.DECIDE_JOIN, unit_id=request.unit_id, path=unit.path)
    return request, unit


@access.declares(Action.DECIDE_JOIN)
async def ask_more(session: AsyncSession, actor: Actor, request_id: int, text: str, *, now: datetime) -> str:
    """Relay a question of the leader to whoever wants to join; say who that is. `text` carries no secrets."""
    request, _unit = await request_of(session, actor, request_id)
    notice = notices.JoinQuestion(request_id=request_id, decider=actor.who, text=text)
    subject = f"join:{request_id}:{now:%Y-%m-%d %H:%M:%S}"
    await notices.tell(session, request.person_id, notice, subject=subject, now=now)
    return people.called(await people.person_of(session, request.person_id))


async def answer(session: AsyncSession, actor: Actor, request_id: int, text: str, *, now: datetime) -> str:
    """Relay the answer of whoever wants to join, one's own request; say who reads it. Raises NotYours."""
    request = (await session.exec(select(JoinRequest).where(JoinRequest.id == request_id))).first()
    if request is None or request.person_id != actor.person_id or request.state is not JoinState.ASKED:
        raise errors.NotYours
    unit = await units.unit_of(session, request.unit_id)
    notice = notices.JoinAnswer(request_id=request_id, name=actor.name, text=text)
    subject = f"join:{request_id}:{now:%Y-%m-%d %H:%M:%S}"
    deciders = await team.deciders_of(session, unit)
    for decider in deciders:
        await notices.tell(session, decider.id or 0, notice, subject=subject, now=now)
    return people.called(deciders[0]) if deciders else ""


@access.declares(Action.DECIDE_JOIN)
async def waiting_in(session: AsyncSession, actor: Actor, unit: Unit) -> list[tuple[JoinRequest, Person]]:
    """List who wants to join a team, or any team of an area, the longest-waiting first."""
    actor.require(Action.DECIDE_JOIN, unit_id=units.unit_id(unit), path=unit.path)
    statement = (
        select(JoinRequest, Person)
        .join(Person, col(Person.id) == col(JoinRequest.person_id))
        .join(Unit, col(Unit.id) == col(JoinRequest.unit_id))
        .where(JoinRequest.state == JoinState.ASKED, units.within(unit))
        .order_by(col(JoinRequest.asked_at), col(JoinRequest.id))
    )
    return [(request, person) for request, person in await session.exec(statement)]
