"""Who is asked for help next, and what everybody is told when a request climbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Delivery, DeliveryState, Lane
from models.help import HelpOffer, HelpRequest, HelpState, Rung
from models.people import Account, Assignment, Person, Role
from models.units import Level, Unit
from services import help_free, help_hours, help_neighbours, units
from services.help_free import TEAM
from services.help_notices import (
    HelpAbove,
    HelpAtCommune,
    HelpAtNeighbour,
    HelpAtTeam,
    HelpForSupervisor,
    HelpOffered,
)
from services.notices import Notice, tell
from services.people import called
from services.rules import Hours, Rules
from services.safety_notices import HelpUrgent

RUNGS = (Rung.TEAM, Rung.NEIGHBOUR, Rung.COMMUNE, Rung.ABOVE)
OF_TEAMS = (Rung.TEAM, Rung.NEIGHBOUR)
_OFFERS = (HelpOffered.__name__, HelpForSupervisor.__name__, HelpUrgent.__name__)
_UNSENT = (DeliveryState.PENDING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder with somebody on it: the unit that is asked, its people, and from when on.

    `is_on_duty` says that it is night or a holiday, and these people are asked at once: those on the roster,
    and for an urgent request whoever it may wake.
    """

    rung: Rung
    unit: Unit
    people: tuple[Person, ...]
    begins: datetime
    is_on_duty: bool = False


async def next_step(
    session: AsyncSession, request: HelpRequest, *, after: Rung | None, rules: Rules, now: datetime
) -> Step | None:
    """Find the first rung above `after` with somebody free; above the commune, whoever was not asked yet.

    Outside the teams' hours whoever is on duty is asked at once; an urgent request first wakes the leader and
    the commune. If only they were asked so far, the whole team of the village is asked when its hours begin.
    """
    place = await units.unit_of(session, request.unit_id)
    first = 0 if after is None else min(RUNGS.index(after) + 1, len(RUNGS) - 1)
    hours = rules.hours
    if not help_hours.are_teams_up(now, hours):
        woken = await _woken(session, request, place, rules=rules, now=now) if after is None else ()
        if woken:
            return Step(Rung.TEAM, place, woken, now, is_on_duty=True)
        for rung in RUNGS[first : len(OF_TEAMS)]:
            found = await _on(session, request, place, rung, at=now, hours=hours, on_duty=True)
            if found:
                return Step(rung, *found[0], now, is_on_duty=True)
    if after in OF_TEAMS and request.rung_at is not None:
        asked_at = request.rung_at.astimezone(now.tzinfo)
        first = first if help_hours.are_teams_up(asked_at, hours) else 0
    begins = help_hours.team_time(now, 0, hours)
    for rung in RUNGS[first:]:
        for unit, people in await _on(session, request, place, rung, at=begins, hours=hours):
            new = await _not_yet_asked(session, request, people) if rung is after is Rung.ABOVE else people
            if new:
                return Step(rung, unit, new, begins)
    return None


async def _woken(
    session: AsyncSession, request: HelpRequest, place: Unit, *, rules: Rules, now: datetime
) -> tuple[Person, ...]:
    """List whom an urgent request is offered to at night: the leader, the commune, and whoever is on duty."""
    if not request.is_urgent:
        return ()
    found = list(await _free_in(session, request, place, (Role.LEADER,), now))
    commune = await units.ancestor(session, place, Level.COMMUNE)
    if commune is not None:
        found += await _free_in(session, request, commune, (Role.SUPERVISOR,), now)
    for _unit, people in await _on(
        session, request, place, Rung.TEAM, at=now, hours=rules.hours, on_duty=True
    ):
        found += people
    return tuple({person.id: person for person in found}.values())


async def _free_in(
    session: AsyncSession, request: HelpRequest, unit: Unit, roles: tuple[Role, ...], now: datetime
) -> list[Person]:
    unit_id = units.unit_id(unit)
    return (await help_free.free_people(session, request, (unit_id,), roles, at=now)).get(unit_id, [])


async def _on(
    session: AsyncSession,
    request: HelpRequest,
    place: Unit,
    rung: Rung,
    *,
    at: datetime,
    hours: Hours,
    on_duty: bool = False,
) -> list[tuple[Unit, tuple[Person, ...]]]:
    """List the units of a rung with anybody who can be asked, the first to ask at the front.

    A village without a team has no neighbours: the commune takes its requests at once.
    """
    asking: dict[str, Any] = {"at": at, "hours": hours, "on_duty": on_duty}
    if rung is Rung.NEIGHBOUR:
        if not await help_free.has_team(session, request.unit_id):
            return []
        ranked = await help_neighbours.ranked(session, request, place, **asking)
        return [(one.unit, one.people) for one in ranked]
    roles = TEAM if rung is Rung.TEAM else (Role.SUPERVISOR,)
    around = await _units_on(session, place, rung)
    ids = [units.unit_id(unit) for unit in around]
    free = await help_free.free_people(session, request, ids, roles, **asking)
    return [(unit, tuple(free[unit.id])) for unit in around if unit.id is not None and unit.id in free]


async def _units_on(session: AsyncSession, place: Unit, rung: Rung) -> list[Unit]:
    """List the units of a rung, the nearest first."""
    if rung is Rung.TEAM:
        return [place] if place.level is Level.VILLAGE else []
    if rung is Rung.COMMUNE:
        commune = await units.ancestor(session, place, Level.COMMUNE)
        return [commune] if commune else []
    above = select(Unit).where(
        col(Unit.id).in_(units.path_ids(place)), col(Unit.level).in_((Level.DISTRICT, Level.PROVINCE))
    )
    return sorted((await session.exec(above)).all(), key=lambda unit: len(unit.path), reverse=True)


async def _not_yet_asked(
    session: AsyncSession, request: HelpRequest, people: Sequence[Person]
) -> tuple[Person, ...]:
    asked = set((await session.exec(_offers_of(request, HelpOffer.person_id))).all())
    return tuple(person for person in people if person.id not in asked)


def _offers_of(request: HelpRequest, what: Any) -> Any:
    return select(what).where(HelpOffer.request_id == request.id)


async def climb(session: AsyncSession, request: HelpRequest, *, rules: Rules, now: datetime) -> None:
    """Ask whoever comes next and tell the citizen, who hears at the promised time even if there is nobody."""
    before = request.rung
    step = await next_step(session, request, after=before, rules=rules, now=now)
    if step is None:
        request.next_word_at = help_hours.deadline(Rung.ABOVE, now, rules=rules)
        session.add(request)
        await _say(session, request, await _above(session, request, None, rules, now), now)
        return
    until = await ask(session, request, step, rules=rules, now=now)
    place = await units.unit_of(session, request.unit_id)
    village, asked = units.display_name(place), units.display_name(step.unit)
    times = {"until": until.isoformat(), "at": now.isoformat()}
    word: Notice
    if step.rung is Rung.TEAM:
        begins = step.begins.isoformat() if step.begins > now else ""
        word = HelpAtTeam(request.id or 0, village, begins, is_urgent=request.is_urgent, **times)
    elif step.rung is Rung.NEIGHBOUR:
        word = HelpAtNeighbour(request.id or 0, village, asked, **times)
    elif step.rung is Rung.COMMUNE:
        both = before is Rung.NEIGHBOUR
        word = HelpAtCommune(request.id or 0, village, both, called(step.people[0]), asked, **times)
    else:
        word = await _above(session, request, step, rules, now)
    await _say(session, request, word, now)


async def _above(
    session: AsyncSession, request: HelpRequest, step: Step | None, rules: Rules, now: datetime
) -> HelpAbove:
    place = await units.unit_of(session, request.unit_id)
    commune = await units.ancestor(session, place, Level.COMMUNE)
    is_open = help_hours.is_office_open(now, rules.hours)
    return HelpAbove(
        request.id or 0,
        above=step.unit.kind if step else "",
        commune=units.display_name(commune) if commune else "",
        closes=rules.hours.office_to.isoformat() if is_open else "",
        until=(request.next_word_at or now).isoformat(),
        at=now.isoformat(),
    )


async def _say(session: AsyncSession, request: HelpRequest, word: Notice, now: datetime) -> None:
    await tell(session, request.person_id, word, subject=about(request), now=now, revision=turn(request))


async def ask(
    session: AsyncSession,
    request: HelpRequest,
    step: Step,
    *,
    rules: Rules,
    now: datetime,
) -> datetime:
    """Put a request on a rung and offer it there, when those may be asked; tell when the next word is due."""
    until = help_hours.deadline(step.rung, now, rules=rules, is_on_duty=step.is_on_duty)
    request.rung = step.rung
    request.rung_at = step.begins
    request.next_word_at = until
    session.add(request)
    await _offer(session, request, step, now=now)
    return until


async def _offer(session: AsyncSession, request: HelpRequest, step: Step, *, now: datetime) -> None:
    """Offer a request to people; who had it offered before hears it again."""
    await note_offers(session, request, step.people, now=now)
    word = await _offer_word(session, request, step, now)
    revision = turn(request)
    for person in step.people:
        await tell(
            session,
            person.id or 0,
            word,
            subject=about(request),
            now=now,
            revision=revision,
            not_before=step.begins,
            lane=Lane.REPLY if step.is_on_duty else None,
        )


async def note_offers(
    session: AsyncSession, request: HelpRequest, people: Sequence[Person], *, now: datetime
) -> None:
    """Remember who was asked, which also lets people of other villages accept."""
    known = {one.person_id: one for one in (await session.exec(_offers_of(request, HelpOffer))).all()}
    for person in people:
        person_id = person.id or 0
        offer_ = known.get(person_id) or HelpOffer(
            request_id=request.id or 0, person_id=person_id, offered_at=now
        )
        offer_.offered_at = now
        session.add(offer_)
    await session.flush()


async def _offer_word(session: AsyncSession, request: HelpRequest, step: Step, now: datetime) -> Notice:
    place = await units.unit_of(session, request.unit_id)
    village = units.display_name(place)
    if request.is_urgent:
        return HelpUrgent(request.id or 0, village, request.topic)
    if step.rung in {Rung.TEAM, Rung.NEIGHBOUR}:
        is_beside = step.rung is Rung.NEIGHBOUR
        return HelpOffered(request.id or 0, village, request.topic, is_beside=is_beside)
    minutes = int((now - request.asked_at).total_seconds() // 60)
    leader = await leader_of(session, request)
    return HelpForSupervisor(request.id or 0, village, request.topic, minutes, has_leader=leader is not None)


async def leader_of(session: AsyncSession, request: HelpRequest) -> Person | None:
    """Find the leader of the team of the citizen's village, unless it is the citizen."""
    statement = (
        select(Person)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .where(
            Assignment.unit_id == request.unit_id,
            Assignment.role == Role.LEADER,
            col(Assignment.until).is_(None),
            Person.id != request.person_id,
        )
        .order_by(col(Assignment.since).desc())
    )
    return (await session.exec(statement)).first()


async def start_over(session: AsyncSession, request: HelpRequest, *, rules: Rules, now: datetime) -> datetime:
    """Open a claimed or closed request and ask from the first rung again; tell the next word's time."""
    request.state = HelpState.OPEN
    request.helper_id = None
    request.is_off_hours = request.is_unclear = False
    request.claimed_at = request.waiting_since = request.spoke_at = None
    request.reminded_at = request.idle_asked_at = request.closed_at = None
    session.add(request)
    await session.flush()
    step = await next_step(session, request, after=None, rules=rules, now=now)
    if step is not None:
        return await ask(session, request, step, rules=rules, now=now)
    request.rung = Rung.ABOVE
    request.next_word_at = until = help_hours.deadline(Rung.ABOVE, now, rules=rules)
    return until


async def take_back_offers(session: AsyncSession, request: HelpRequest) -> set[int]:
    """Cancel the offers that nobody has seen yet; tell whose they were."""
    delivery: Any = sa.inspect(Delivery).local_table
    keys = sa.or_(*(delivery.c.dedupe_key.like(f"n:{kind}:{about(request)}:%") for kind in _OFFERS))
    unsent = (
        sa.update(delivery)
        .where(delivery.c.kind.in_(_OFFERS), delivery.c.state.in_(_UNSENT), keys)
        .values(state=DeliveryState.CANCELLED)
        .returning(delivery.c.account_id)
    )
    accounts = [row.account_id for row in await (await session.connection()).execute(unsent)]
    if not accounts:
        return set()
    owners = select(Account.person_id).where(col(Account.id).in_(accounts))
    return {person_id for person_id in (await session.exec(owners)).all() if person_id is not None}


def about(request: HelpRequest) -> str:
    """Name a request as the subject of a notice."""
    return f"help:{request.id}"


def turn(request: HelpRequest) -> int:
    """Give the next revision of a notice about a request: the same thing may have to be told again later."""
    request.turns += 1
    return request.turns
