"""To whom does a supervisor give a request that nobody has taken yet?"""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpRequest, HelpState
from models.people import Person, Role
from models.units import Unit
from services import access, audit, errors, help_free, help_hours, help_ladder, help_neighbours, units
from services.access import Action, Actor
from services.help import ended_on, locked
from services.help_ladder import about, turn
from services.help_notices import HelpOffered
from services.notices import tell
from services.rules import Hours


@access.declares(Action.ASSIGN_HELP)
async def give_to_leader(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> Person:
    """Offer an open request to the leader of the citizen's village by name; raises NoLeaderFree."""
    request, place = await _to_assign(session, actor, request_id, now)
    leader = await help_ladder.leader_of(session, request)
    free = await help_free.free_people(session, request, (request.unit_id,), (Role.LEADER,), at=now)
    leaders = free.get(request.unit_id, [])
    found = next((person for person in leaders if leader is not None and person.id == leader.id), None)
    if found is None:
        raise errors.NoLeaderFree(village=units.display_name(place))
    await _offer_by_name(session, actor, request, place, (found,), now=now)
    return found


@access.declares(Action.ASSIGN_HELP)
async def give_to_neighbours(
    session: AsyncSession, actor: Actor, request_id: int, *, hours: Hours, now: datetime
) -> Unit:
    """Offer an open request to the next other team with anybody free; raises NoNeighbourFree."""
    request, place = await _to_assign(session, actor, request_id, now)
    begins = help_hours.team_time(now, 0, hours)
    ranked = await help_neighbours.ranked(session, request, place, at=begins, hours=hours)
    if not ranked:
        raise errors.NoNeighbourFree
    await _offer_by_name(session, actor, request, place, ranked[0].people, now=now)
    return ranked[0].unit


async def _to_assign(
    session: AsyncSession, actor: Actor, request_id: int, now: datetime
) -> tuple[HelpRequest, Unit]:
    request = await locked(session, request_id)
    place = await units.unit_of(session, request.unit_id)
    actor.require(Action.ASSIGN_HELP, unit_id=request.unit_id, path=place.path)
    if request.state is not HelpState.OPEN:
        raise errors.OfferOver(day=ended_on(request, now))
    return request, place


async def _offer_by_name(
    session: AsyncSession,
    actor: Actor,
    request: HelpRequest,
    place: Unit,
    chosen: tuple[Person, ...],
    *,
    now: datetime,
) -> None:
    """Offer again to people somebody chose; the time promised to the citizen stays as it is."""
    audit.record(session, actor.person_id, "help_assigned", "help_request", request.id, now=now)
    await help_ladder.note_offers(session, request, chosen, now=now)
    word = HelpOffered(request.id or 0, units.display_name(place), request.topic, by=actor.who)
    for person in chosen:
        await tell(session, person.id or 0, word, subject=about(request), now=now, revision=turn(request))
