"""Who is asked for help next, and what everybody is told when a request climbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Conversation
from models.delivery import Delivery, DeliveryState
from models.help import HelpOffer, HelpRequest, HelpState, Rung
from models.people import Account, Assignment, Person, Role
from models.units import Level, Unit
from services import help_hours, units
from services.help_notices import HelpAbove, HelpAtCommune, HelpAtNeighbour, HelpForSupervisor, HelpOffered
from services.notices import Notice, tell
from services.people import called
from services.rules import Rules
from services.safety_notices import HelpTomorrow, HelpUrgent

TEAM = (Role.LEADER, Role.MEMBER)
RUNGS = (Rung.TEAM, Rung.NEIGHBOUR, Rung.COMMUNE, Rung.ABOVE)
LIVE = (HelpState.OPEN, HelpState.CLAIMED)
_OFFERS = (HelpOffered.__name__, HelpForSupervisor.__name__, HelpUrgent.__name__)
_UNSENT = (DeliveryState.PENDING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder with somebody on it: the unit that is asked, and its people who are free."""

    rung: Rung
    unit: Unit
    people: tuple[Person, ...]


async def next_step(
    session: AsyncSession, request: HelpRequest, *, after: Rung | None, now: datetime
) -> Step | None:
    """Find the first rung above `after` with somebody free; above the commune, whoever was not asked yet."""
    place = await units.unit_of(session, request.unit_id)
    first = 0 if after is None else min(RUNGS.index(after) + 1, len(RUNGS) - 1)
    for rung in RUNGS[first:]:
        for unit in await _units_on(session, place, rung):
            roles = TEAM if rung in {Rung.TEAM, Rung.NEIGHBOUR} else (Role.SUPERVISOR,)
            people = await free_people(session, request, unit, roles, now=now)
            if rung is after:
                people = await _not_yet_asked(session, request, people)
            if people:
                return Step(rung, unit, tuple(people))
    return None


async def _units_on(session: AsyncSession, place: Unit, rung: Rung) -> list[Unit]:
    """List the units of a rung, the nearest first."""
    match rung:
        case Rung.TEAM:
            return [place] if place.level is Level.VILLAGE else []
        case Rung.NEIGHBOUR:
            return await neighbours(session, place)
        case Rung.COMMUNE:
            commune = await units.ancestor(session, place, Level.COMMUNE)
            return [commune] if commune else []
        case Rung.ABOVE:
            above = select(Unit).where(
                col(Unit.id).in_(units.path_ids(place)), col(Unit.level).in_((Level.DISTRICT, Level.PROVINCE))
            )
            found = (await session.exec(above)).all()
            return sorted(found, key=lambda unit: len(unit.path), reverse=True)


async def neighbours(session: AsyncSession, village: Unit) -> list[Unit]:
    """List the other villages of the commune that have a team, the nearest code first."""
    if village.level is not Level.VILLAGE or village.parent_id is None:
        return []
    has_team = sa.exists().where(
        col(Assignment.unit_id) == col(Unit.id),
        col(Assignment.role).in_(TEAM),
        col(Assignment.until).is_(None),
    )
    around = select(Unit.id).where(Unit.parent_id == village.parent_id, col(Unit.valid_to).is_(None))
    order = list((await session.exec(around.order_by(col(Unit.code)))).all())
    mine = order.index(village.id) if village.id in order else 0
    with_team = select(Unit).where(col(Unit.id).in_(order), Unit.id != village.id, has_team)
    found = (await session.exec(with_team)).all()
    return sorted(found, key=lambda unit: (abs(order.index(unit.id) - mine), unit.code))


async def free_people(
    session: AsyncSession, request: HelpRequest, unit: Unit, roles: tuple[Role, ...], *, now: datetime
) -> list[Person]:
    """List who holds a role in a unit and can be asked: reachable, not pausing, not busy, has not said no."""
    live = select(HelpRequest.id).where(
        sa.or_(
            sa.and_(
                col(HelpRequest.helper_id) == col(Person.id), col(HelpRequest.state) == HelpState.CLAIMED
            ),
            sa.and_(col(HelpRequest.person_id) == col(Person.id), col(HelpRequest.state).in_(LIVE)),
        )
    )
    said_no = select(HelpOffer.id).where(
        HelpOffer.request_id == request.id,
        col(HelpOffer.person_id) == col(Person.id),
        col(HelpOffer.declined_at).is_not(None),
    )
    reachable = (
        select(Account.id)
        .join(Conversation, col(Conversation.account_id) == col(Account.id))
        .where(col(Account.person_id) == col(Person.id), col(Account.is_reachable))
    )
    statement = (
        select(Person)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .where(
            Assignment.unit_id == unit.id,
            col(Assignment.role).in_(roles),
            col(Assignment.until).is_(None),
            Person.id != request.person_id,
            sa.or_(col(Person.paused_until).is_(None), col(Person.paused_until) < now.date()),
            ~live.exists(),
            ~said_no.exists(),
            reachable.exists(),
        )
        .order_by(col(Assignment.since), col(Person.id))
    )
    return list({person.id: person for person in (await session.exec(statement)).all()}.values())


async def _not_yet_asked(session: AsyncSession, request: HelpRequest, people: list[Person]) -> list[Person]:
    asked = set((await session.exec(_offers_of(request, HelpOffer.person_id))).all())
    return [person for person in people if person.id not in asked]


def _offers_of(request: HelpRequest, what: Any) -> Any:
    return select(what).where(HelpOffer.request_id == request.id)


async def climb(session: AsyncSession, request: HelpRequest, *, rules: Rules, now: datetime) -> None:
    """Ask whoever comes next and tell the citizen, who hears at the promised time even if there is nobody."""
    before = request.rung
    if request.is_urgent and not rules.hours.is_team_time(now):
        await _ask_in_the_morning(session, request, rules=rules, now=now)
        return
    step = await next_step(session, request, after=before, now=now)
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
    if step.rung is Rung.NEIGHBOUR:
        word = HelpAtNeighbour(request.id or 0, village, asked, **times)
    elif step.rung is Rung.COMMUNE:
        both = before is Rung.NEIGHBOUR
        word = HelpAtCommune(request.id or 0, village, both, called(step.people[0]), asked, **times)
    else:
        word = await _above(session, request, step, rules, now)
    await _say(session, request, word, now)


async def night_step(
    session: AsyncSession, request: HelpRequest, *, rules: Rules, now: datetime
) -> Step | None:
    """Find whom an urgent request may wake: the village's leader and the commune's supervisors."""
    if not request.is_urgent or rules.hours.is_team_time(now):
        return None
    place = await units.unit_of(session, request.unit_id)
    commune = await units.ancestor(session, place, Level.COMMUNE)
    awake = await free_people(session, request, place, (Role.LEADER,), now=now)
    if commune is not None:
        awake += await free_people(session, request, commune, (Role.SUPERVISOR,), now=now)
    people = tuple({person.id: person for person in awake}.values())
    return Step(Rung.TEAM, place, people) if people else None


async def _ask_in_the_morning(
    session: AsyncSession, request: HelpRequest, *, rules: Rules, now: datetime
) -> None:
    """Say that nobody took an urgent request in the night, and ask the first rung when its day begins."""
    begins = help_hours.team_time(now, 0, rules.hours)
    step = await next_step(session, request, after=None, now=now)
    if step is not None:
        until = await ask(session, request, step, rules=rules, now=now)
    else:
        request.next_word_at = until = help_hours.deadline(Rung.TEAM, now, rules=rules)
    word = HelpTomorrow(request.id or 0, begins.isoformat(), until.isoformat(), now.isoformat())
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
    is_at_once: bool = False,
) -> datetime:
    """Put a request on a rung and offer it there; tell by when the next word is due.

    It waits for the teams' hours unless it must go out `is_at_once`.
    """
    until = help_hours.deadline(step.rung, now, rules=rules)
    if is_at_once:
        until = now + timedelta(minutes=rules.help.team_minutes)
    request.rung = step.rung
    request.next_word_at = until
    session.add(request)
    await offer(session, request, step, rules=rules, now=now, is_at_once=is_at_once)
    return until


async def offer(
    session: AsyncSession,
    request: HelpRequest,
    step: Step,
    *,
    rules: Rules,
    now: datetime,
    is_at_once: bool = False,
) -> None:
    """Offer a request to people; who had it offered before hears it again."""
    await note_offers(session, request, step.people, now=now)
    word = await _offer_word(session, request, step, now)
    begins = now if is_at_once else help_hours.team_time(now, 0, rules.hours)
    revision = turn(request)
    for person in step.people:
        await tell(
            session,
            person.id or 0,
            word,
            subject=about(request),
            now=now,
            revision=revision,
            not_before=begins,
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
    request.claimed_at = request.waiting_since = request.spoke_at = None
    request.reminded_at = request.idle_asked_at = request.closed_at = None
    session.add(request)
    await session.flush()
    step = await next_step(session, request, after=None, now=now)
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
