"""How a request for help ends: done and rated, handed back, opened again, or given to somebody by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.help import Ending, HelpOffer, HelpRequest, HelpState, Rating
from models.people import Assignment, Person
from models.units import Unit
from services import (
    access,
    activity,
    audit,
    errors,
    help_hours,
    help_ladder,
    help_stints,
    learning,
    people,
    units,
)
from services.access import Actor
from services.help import end, ended_on, live_request, locked, relay_of
from services.help_free import TEAM
from services.help_ladder import about, turn
from services.help_notices import (
    HelpAskedAgain,
    HelpConfirmed,
    HelpDone,
    HelpHandedBack,
    HelpRated,
    HelpSettled,
)
from services.notices import tell
from services.people import called
from services.rules import Rules

Why = Literal["busy", "unsure", "settled"]
SOURCE = "bot"
_ENDINGS = {"busy": Ending.BUSY, "unsure": Ending.UNSURE}


@dataclass(frozen=True, slots=True)
class Counted:
    """Which village a help counts for; not `is_new` if it was counted before the request was reopened."""

    village: Unit
    is_new: bool


@access.declares(access.Action.ANSWER_HELP)
async def finish(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> Counted | None:
    """Close a request as its helper, count it, and ask the citizen; tell the village it counts for.

    People act on the talk they are in. Raises NotYours; a second tap raises OfferOver.
    """
    request = await _mine_as_helper(session, actor, request_id, now)
    counted = await _close(session, actor, request, now=now)
    word = HelpDone(request_id, helper=actor.who, helper_id=request.helper_id or 0)
    await tell(session, request.person_id, word, subject=about(request), now=now, revision=turn(request))
    return counted


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
    counted = await _close(session, actor, request, now=now)
    name = units.display_name(counted.village) if counted else ""
    word = HelpConfirmed(helper=called(helper), citizen=actor.who, village=name)
    await tell(session, request.helper_id, word, subject=about(request), now=now, revision=turn(request))
    return request


async def _close(
    session: AsyncSession, actor: Actor, request: HelpRequest, *, now: datetime
) -> Counted | None:
    help_stints.close(session, request, Ending.DONE, now=now)
    end(session, request, HelpState.CLOSED, now=now)
    await learning.note_answered(session, request, now=now)
    audit.record(session, actor.person_id, "help_closed", "help_request", request.id, now=now, fields="state")
    await session.flush()
    return await _count(session, request, now=now)


async def _count(session: AsyncSession, request: HelpRequest, *, now: datetime) -> Counted | None:
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
    before = (
        select(Unit)
        .join(Activity, col(Activity.unit_id) == col(Unit.id))
        .where(Activity.help_request_id == request.id)
    )
    counted = (await session.exec(before)).first()
    if counted is not None:
        return Counted(counted, is_new=False)
    village = (await session.exec(team)).first()
    if village is None:
        return None
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
    return Counted(village, is_new=True)


async def rate(
    session: AsyncSession,
    actor: Actor,
    request_id: int,
    rating: Rating,
    *,
    now: datetime,
    helper_id: int = 0,
) -> Person | None:
    """Keep what the citizen says of the help and tell the helper; None for a second tap.

    People rate their own request. "Not yet" is not told: it opens the request again instead. With `helper_id`
    it is said of that helper: a question from before somebody else went on is no longer open.
    """
    request = await locked(session, request_id)
    if request.person_id != actor.person_id:
        raise errors.NotYours
    if request.state is not HelpState.CLOSED or request.rated_at is not None or request.helper_id is None:
        return None
    if helper_id not in {0, request.helper_id}:
        return None
    await help_stints.rate(session, request, rating, now=now)
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
        help_stints.close(session, request, Ending.SETTLED, now=now)
        end(session, request, HelpState.WITHDRAWN, now=now)
        word: HelpSettled | HelpHandedBack = HelpSettled(helper=actor.who)
    else:
        until = await release(session, request, _ENDINGS[why], rules=rules, now=now)
        word = HelpHandedBack(request_id, actor.who, why, until=until.isoformat(), at=now.isoformat())
    fields = "state,helper_id"
    audit.record(
        session, actor.person_id, "help_handed_back", "help_request", request_id, now=now, fields=fields
    )
    await session.flush()
    await tell(session, request.person_id, word, subject=about(request), now=now, revision=turn(request))


async def release(
    session: AsyncSession, request: HelpRequest, ending: Ending, *, rules: Rules, now: datetime
) -> datetime:
    """Take a request from its helper, who is not asked again, and ask others; tell the next word's time."""
    help_stints.close(session, request, ending, now=now)
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
    if not can_reopen(request, rules=rules, now=now) or await _has_other(session, request):
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


def can_reopen(request: HelpRequest, *, rules: Rules, now: datetime) -> bool:
    """Tell whether a request ended so lately that its citizen may open it again."""
    if request.state is not HelpState.CLOSED or request.closed_at is None:
        return False
    return now - request.closed_at <= timedelta(hours=rules.help.reopen_hours)


async def _has_other(session: AsyncSession, request: HelpRequest) -> bool:
    return await live_request(session, request.person_id) is not None


async def _give_back(
    session: AsyncSession, actor: Actor, request: HelpRequest, *, rules: Rules, now: datetime
) -> None:
    request.state = HelpState.CLAIMED
    request.claimed_at = request.waiting_since = request.spoke_at = now
    request.closed_at = request.reminded_at = request.idle_asked_at = None
    request.is_off_hours = request.is_unclear = False
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


async def _mine_as_helper(session: AsyncSession, actor: Actor, request_id: int, now: datetime) -> HelpRequest:
    request = await locked(session, request_id)
    if request.helper_id != actor.person_id:
        raise errors.NotYours
    if request.state is not HelpState.CLAIMED:
        raise errors.OfferOver(day=ended_on(request, now))
    return request
