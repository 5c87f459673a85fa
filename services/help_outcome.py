"""How a request for help ends: done and rated, handed back, opened again, or given to somebody by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.help import HelpOffer, HelpRequest, HelpState, Rating
from models.people import Assignment, Person, Role
from models.units import Unit
from services import access, activity, audit, errors, help_hours, help_ladder, learning, people, units
from services.access import Action, Actor, declares
from services.help import end, ended_on, live_request, locked, relay_of
from services.help_ladder import TEAM, about, turn
from services.help_notices import (
    HelpAskedAgain,
    HelpConfirmed,
    HelpDone,
    HelpHandedBack,
    HelpOffered,
    HelpRated,
    HelpSettled,
)
from services.notices import tell
from services.people import called
from services.rules import Rules

Why = Literal["busy", "unsure", "settled"]
SOURCE = "bot"


@access.declares(access.Action.ANSWER_HELP)
async def finish(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> Unit | None:
    """Close a request as its helper, count it, and ask the citizen; tell the village it counts for.

    People act on the talk they are in. Raises NotYours; a second tap raises OfferOver.
    """
    request = await _mine_as_helper(session, actor, request_id, now)
    village = await _close(session, actor, request, now=now)
    word = HelpDone(request_id, helper=actor.who)
    await tell(session, request.person_id, word, subject=about(request), now=now, revision=turn(request))
    return village


async def confirm(
    session: AsyncSession, actor: Actor, request_id: int, *, now: datetime
) -> HelpRequest | None:
    """Close one's own request as done before the helper did; None if it had ended."""
    request = await locked(session, request_id)
    if request.person_id != actor.person_id:
        raise errors.NotYours
    if request.state is not HelpState.CLAIMED or request.helper_id is None:
        return None
    helper = await people.person_of(session, request.helper_id)
    village = await _close(session, actor, request, now=now)
    name = units.display_name(village) if village else ""
    word = HelpConfirmed(helper=called(helper), citizen=actor.who, village=name)
    await tell(session, request.helper_id, word, subject=about(request), now=now, revision=turn(request))
    return request


async def _close(session: AsyncSession, actor: Actor, request: HelpRequest, *, now: datetime) -> Unit | None:
    end(session, request, HelpState.CLOSED, now=now)
    await learning.note_answered(session, request, now=now)
    audit.record(session, actor.person_id, "help_closed", "help_request", request.id, now=now, fields="state")
    await session.flush()
    return await _count(session, request, now=now)


async def _count(session: AsyncSession, request: HelpRequest, *, now: datetime) -> Unit | None:
    """Write one help down, once a request, for the helper's village; a supervisor's help is no village's."""
    team = (
        select(Unit)
        .join(Assignment, col(Assignment.unit_id) == col(Unit.id))
        .where(
            Assignment.person_id == request.helper_id,
            col(Assignment.role).in_(TEAM),
            col(Assignment.until).is_(None),
        )
        .order_by(col(Unit.id) != request.unit_id, col(Unit.id))
    )
    village = (await session.exec(team)).first()
    counted = select(Activity.id).where(Activity.help_request_id == request.id)
    if village is None or (await session.exec(counted)).first() is not None:
        return village
    await activity.record(
        session,
        unit_id=units.unit_id(village),
        person_id=request.helper_id,
        kind=activity.BOT_HELP,
        count=1,
        happened_on=now.date(),
        now=now,
        source=SOURCE,
        help_request_id=request.id,
    )
    return village


async def rate(
    session: AsyncSession, actor: Actor, request_id: int, rating: Rating, *, now: datetime
) -> Person | None:
    """Keep what the citizen says of the help and tell the helper; None for a second tap.

    People rate their own request. "Not yet" is not told: it opens the request again instead.
    """
    request = await locked(session, request_id)
    if request.person_id != actor.person_id:
        raise errors.NotYours
    if request.state is not HelpState.CLOSED or request.rated_at is not None or request.helper_id is None:
        return None
    request.rating = rating
    request.rated_at = now
    session.add(request)
    audit.record(session, actor.person_id, "help_rated", "help_request", request_id, now=now, fields="rating")
    helper = await people.person_of(session, request.helper_id)
    if rating is not Rating.NOT_YET:
        word = HelpRated(helper=called(helper), citizen=actor.who, rating=rating)
        await tell(session, request.helper_id, word, subject=about(request), now=now, revision=turn(request))
    return helper


@access.declares(access.Action.ANSWER_HELP)
async def hand_back(
    session: AsyncSession, actor: Actor, request_id: int, why: Why, *, rules: Rules, now: datetime
) -> None:
    """Give a request back: others are asked, or it ends when the citizen no longer needs it.

    People act on the talk they are in. Raises NotYours; a second tap raises OfferOver.
    """
    request = await _mine_as_helper(session, actor, request_id, now)
    if why == "settled":
        end(session, request, HelpState.WITHDRAWN, now=now)
        word: HelpSettled | HelpHandedBack = HelpSettled(helper=actor.who)
    else:
        until = await release(session, request, rules=rules, now=now)
        word = HelpHandedBack(request_id, actor.who, why, until=until.isoformat(), at=now.isoformat())
    fields = "state,helper_id"
    audit.record(
        session, actor.person_id, "help_handed_back", "help_request", request_id, now=now, fields=fields
    )
    await session.flush()
    await tell(session, request.person_id, word, subject=about(request), now=now, revision=turn(request))


async def release(session: AsyncSession, request: HelpRequest, *, rules: Rules, now: datetime) -> datetime:
    """Take a request from its helper, who is not asked again, and ask others; tell the next word's time."""
    await _note_no(session, request, now)
    return await help_ladder.start_over(session, request, rules=rules, now=now)


async def _note_no(session: AsyncSession, request: HelpRequest, now: datetime) -> None:
    mine = select(HelpOffer).where(
        HelpOffer.request_id == request.id, HelpOffer.person_id == request.helper_id
    )
    offer = (await session.exec(mine)).first() or HelpOffer(
        request_id=request.id or 0, person_id=request.helper_id or 0, offered_at=now
    )
    offer.declined_at = now
    session.add(offer)
    await session.flush()


async def reopen(
    session: AsyncSession, actor: Actor, request_id: int, *, same: bool, rules: Rules, now: datetime
) -> tuple[Person | None, datetime | None]:
    """Open one's own request again within a day, with the same helper or with others.

    Tell the helper who has it again, or the time of the next word. Raises ReopenTooLate.
    """
    request = await locked(session, request_id)
    if request.person_id != actor.person_id:
        raise errors.NotYours
    too_late = timedelta(hours=rules.help.reopen_hours)
    is_closed = request.state is HelpState.CLOSED and request.closed_at is not None
    if not is_closed or now - (request.closed_at or now) > too_late or await _has_other(session, request):
        raise errors.ReopenTooLate
    audit.record(
        session, actor.person_id, "help_reopened", "help_request", request_id, now=now, fields="state"
    )
    request.rating = request.rated_at = None
    helper = await people.person_of(session, request.helper_id) if request.helper_id else None
    if same and helper is not None and await relay_of(session, helper.id or 0) is None:
        await _give_back(session, actor, request, rules=rules, now=now)
        return helper, None
    if helper is not None:
        await _note_no(session, request, now)
    return None, await help_ladder.start_over(session, request, rules=rules, now=now)


async def _has_other(session: AsyncSession, request: HelpRequest) -> bool:
    return await live_request(session, request.person_id) is not None


async def _give_back(
    session: AsyncSession, actor: Actor, request: HelpRequest, *, rules: Rules, now: datetime
) -> None:
    request.state = HelpState.CLAIMED
    request.claimed_at = request.waiting_since = request.spoke_at = now
    request.closed_at = request.reminded_at = request.idle_asked_at = None
    request.next_word_at = help_hours.team_time(now, rules.help.silent_reminder_minutes, rules.hours)
    session.add(request)
    await session.flush()
    word = HelpAskedAgain(request.id or 0, citizen=actor.who, has_guide=request.guide is not None)
    await tell(session, request.helper_id or 0, word, subject=about(request), now=now, revision=turn(request))


async def last_closed(
    session: AsyncSession, actor: Actor, *, rules: Rules, now: datetime
) -> HelpRequest | None:
    """Find one's own request that ended so lately that it can be opened again."""
    since = now - timedelta(hours=rules.help.reopen_hours)
    mine = select(HelpRequest).where(
        HelpRequest.person_id == actor.person_id,
        HelpRequest.state == HelpState.CLOSED,
        col(HelpRequest.closed_at) > since,
    )
    return (await session.exec(mine.order_by(col(HelpRequest.closed_at).desc()))).first()


@declares(Action.ASSIGN_HELP)
async def give_to_leader(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> Person:
    """Offer an open request to the leader of the citizen's village by name; raises NoLeaderFree."""
    request, place = await _to_assign(session, actor, request_id, now)
    leader = await help_ladder.leader_of(session, request)
    free = await help_ladder.free_people(session, request, place, (Role.LEADER,), now=now)
    found = next((person for person in free if leader is not None and person.id == leader.id), None)
    if found is None:
        raise errors.NoLeaderFree(village=units.display_name(place))
    await _offer_by_name(session, actor, request, place, (found,), now=now)
    return found


@declares(Action.ASSIGN_HELP)
async def give_to_neighbours(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> Unit:
    """Offer an open request to the nearest other team with anybody free; raises NoNeighbourFree."""
    request, place = await _to_assign(session, actor, request_id, now)
    for unit in await help_ladder.neighbours(session, place):
        free = await help_ladder.free_people(session, request, unit, TEAM, now=now)
        if free:
            await _offer_by_name(session, actor, request, place, tuple(free), now=now)
            return unit
    raise errors.NoNeighbourFree


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


async def _mine_as_helper(session: AsyncSession, actor: Actor, request_id: int, now: datetime) -> HelpRequest:
    request = await locked(session, request_id)
    if request.helper_id != actor.person_id:
        raise errors.NotYours
    if request.state is not HelpState.CLAIMED:
        raise errors.OfferOver(day=ended_on(request, now))
    return request
