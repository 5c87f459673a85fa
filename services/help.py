"""Who waits for a person, who may take the request, and who has it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from locales import gettext as _
from models.help import Ending, HelpOffer, HelpRequest, HelpState, Rung
from models.people import Assignment, Person, Role
from models.units import Level, Unit
from services import (
    access,
    audit,
    errors,
    help_hours,
    help_ladder,
    help_stints,
    learning,
    people,
    units,
    units_search,
)
from services.access import Action, Actor
from services.help_free import LIVE
from services.help_ladder import about, turn
from services.help_notices import HelpAccepted, HelpStopped, HelpWithdrawn
from services.notices import tell
from services.people import called
from services.rules import Rules

DETAILS_WITHIN = timedelta(minutes=10)
JUST_NOW = timedelta(minutes=2)
LONGEST_QUESTION = 1000
LOOKED_BACK = timedelta(days=30)
FEWEST_ANSWERS = 5
LONGEST_USUAL = 60

_RELAY = (
    sa.select(
        col(HelpRequest.id),
        col(HelpRequest.person_id),
        col(HelpRequest.helper_id),
        col(HelpRequest.guide),
        col(HelpRequest.words),
    )
    .where(
        col(HelpRequest.state) == sa.literal_column("'claimed'"),
        (col(HelpRequest.helper_id) == sa.bindparam("b_me"))
        | (col(HelpRequest.person_id) == sa.bindparam("b_me")),
    )
    .limit(1)
    .execution_options(prepared=True)  # asked at every message
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody needs a person for; `question` holds no secret any more.

    `words` are what was asked, as it may be learnt from; `stub` is the service without a guide it is about.
    """

    topic: str
    question: str = ""
    guide: str | None = None
    step: int | None = None
    words: str = ""
    stub: str | None = None
    is_urgent: bool = False
    has_voice: bool = False
    voice_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, who was asked, and when the next word is due; `begins` if nobody may be disturbed yet."""

    request: HelpRequest
    step: help_ladder.Step
    until: datetime
    begins: datetime | None
    usual: int | None


@dataclass(frozen=True, slots=True)
class Relay:
    """A talk that goes through the program, seen from one of the two."""

    request_id: int
    me: int
    other: int
    guide: str | None
    is_helper: bool
    words: str | None = None


async def relay_of(session: AsyncSession, person_id: int) -> Relay | None:
    """Find the talk somebody is in, if words of theirs go to a person now; one statement, no lock."""
    row = (await (await session.connection()).execute(_RELAY, {"b_me": person_id})).first()
    if row is None:
        return None
    is_helper = row.helper_id == person_id
    other = row.person_id if is_helper else row.helper_id
    return Relay(row.id, person_id, other, guide=row.guide, is_helper=is_helper, words=row.words)


async def live_request(session: AsyncSession, person_id: int) -> HelpRequest | None:
    """Find somebody's own request that is open or claimed."""
    mine = select(HelpRequest).where(HelpRequest.person_id == person_id, col(HelpRequest.state).in_(LIVE))
    return (await session.exec(mine)).first()


async def locked(session: AsyncSession, request_id: int) -> HelpRequest:
    """Load a request as it is now and hold it until the unit of work ends; raises NotYours for none."""
    statement = select(HelpRequest).where(HelpRequest.id == request_id).with_for_update()
    found = await session.exec(statement, execution_options={"populate_existing": True})
    request = found.first()
    if request is None:
        raise errors.NotYours
    return request


@access.declares(Action.ASK)
async def ask(session: AsyncSession, actor: Actor, wish: Wish, *, rules: Rules, now: datetime) -> Asked:
    """Ask for a person for oneself; raises AlreadyHelping, or NobodyToAsk where nobody can be reached."""
    person_id = actor.person_id or 0
    relay = await relay_of(session, person_id)
    if relay is not None and relay.is_helper:
        other = await people.person_of(session, relay.other)
        raise errors.AlreadyHelping(citizen=called(other))
    place = await _place_for(session, actor)
    if place is None:
        raise errors.NobodyToAsk
    request = HelpRequest(
        person_id=person_id,
        unit_id=units.unit_id(place),
        guide=wish.guide,
        step=wish.step,
        topic=wish.topic[:200],
        question=wish.question[:LONGEST_QUESTION],
        asked_at=now,
        words=wish.words or None,
        stub=wish.stub,
        is_urgent=wish.is_urgent,
        voice_id=wish.voice_id,
    )
    step = await help_ladder.next_step(session, request, after=None, rules=rules, now=now)
    if step is None:
        raise errors.NobodyToAsk
    session.add(request)
    await session.flush()
    audit.record(session, person_id, "help_asked", "help_request", request.id, now=now)
    if wish.stub:
        await learning.note_missing(session, wish.stub, wish.topic, now=now)
    is_usual = step.rung is Rung.TEAM and not step.is_on_duty
    usual = await usual_minutes(session, step.unit, now=now) if is_usual else None
    until = await help_ladder.ask(session, request, step, rules=rules, now=now)
    return Asked(request, step, until, step.begins if step.begins > now else None, usual)


async def _place_for(session: AsyncSession, actor: Actor) -> Unit | None:
    """Find where somebody is looked after: their village, else the only commune, else the highest unit."""
    if actor.unit_id is not None:
        return await units.unit_of(session, actor.unit_id)
    commune = await units_search.only_commune(session, 0)
    if commune is not None:
        return commune
    looked_after = select(Assignment.unit_id).where(
        Assignment.role == Role.SUPERVISOR, col(Assignment.until).is_(None)
    )
    found = select(Unit).where(col(Unit.id).in_(looked_after), Unit.level != Level.VILLAGE)
    places = (await session.exec(found)).all()
    return min(places, key=lambda unit: (units.RANK[unit.level], unit.code), default=None)


async def usual_minutes(session: AsyncSession, village: Unit, *, now: datetime) -> int | None:
    """Tell the median minutes to a team's first word in 30 days, rounded up to 5; None if too few or long."""
    answered = select(HelpRequest.asked_at, HelpRequest.answered_at).where(
        HelpRequest.unit_id == village.id,
        col(HelpRequest.asked_at) > now - LOOKED_BACK,
        col(HelpRequest.answered_at).is_not(None),
        HelpRequest.rung == Rung.TEAM,
    )
    rows = (await session.exec(answered)).all()
    minutes = [(answer - asked).total_seconds() / 60 for asked, answer in rows if answer]
    if len(minutes) < FEWEST_ANSWERS:
        return None
    usual = max(5, -(-round(statistics.median(minutes)) // 5) * 5)
    return usual if usual <= LONGEST_USUAL else None


async def add_detail(session: AsyncSession, actor: Actor, words: str, *, now: datetime) -> bool:
    """Add what the citizen says soon after asking; False if nothing is open or it was long ago.

    People act on their own request. The words go to whoever accepts, not to everybody who was asked.
    """
    request = await live_request(session, actor.person_id or 0)
    if request is None or request.state is not HelpState.OPEN or now - request.asked_at > DETAILS_WITHIN:
        return False
    request.question = f"{request.question}\n{words}".strip()[:LONGEST_QUESTION]
    session.add(request)
    return True


@access.declares(Action.ANSWER_HELP)
async def claim(
    session: AsyncSession, actor: Actor, request_id: int, *, rules: Rules, now: datetime
) -> HelpRequest | None:
    """Take a request if nobody else has; None if it was one's own already (a double tap).

    Raises OfferTaken, OfferTakenBefore, OfferOver, AlreadyHelping, OwnRequestOpen, OutsideArea.
    """
    request = await locked(session, request_id)
    me = actor.person_id or 0
    if request.state is HelpState.CLAIMED and request.helper_id == me:
        return None
    await _require_reach(session, actor, request)
    await _refuse_if_gone(session, actor, request, now)
    await _refuse_if_busy(session, actor)
    await help_ladder.take_back_offers(session, request)
    request.state = HelpState.CLAIMED
    request.helper_id = me
    request.claimed_at = request.waiting_since = request.spoke_at = now
    request.is_off_hours = not help_hours.are_teams_up(now, rules.hours)
    request.next_word_at = help_hours.answer_time(
        now, rules.help.silent_reminder_minutes, rules.hours, is_off_hours=request.is_off_hours
    )
    session.add(request)
    audit.record(session, me, "help_claimed", "help_request", request_id, now=now, fields="state,helper_id")
    await session.flush()
    held = actor.held(Role.LEADER, Role.MEMBER, Role.SUPERVISOR)
    place = units.display_name(await units.unit_of(session, held.unit_id)) if held else ""
    word = HelpAccepted(request_id, helper=actor.who, role=held.role if held else "", place=place)
    await tell(session, request.person_id, word, subject=about(request), now=now, revision=turn(request))
    return request


async def _require_reach(session: AsyncSession, actor: Actor, request: HelpRequest) -> None:
    """Let in whoever had it offered, and whose area it is; never the citizen."""
    if actor.person_id == request.person_id:
        raise errors.NotYours
    offered = select(HelpOffer.id).where(
        HelpOffer.request_id == request.id, HelpOffer.person_id == actor.person_id
    )
    if (await session.exec(offered)).first() is None or not actor.roles:
        place = await units.unit_of(session, request.unit_id)
        actor.require(Action.ANSWER_HELP, unit_id=request.unit_id, path=place.path)


async def _refuse_if_gone(session: AsyncSession, actor: Actor, request: HelpRequest, now: datetime) -> None:
    if request.state is HelpState.CLAIMED and request.helper_id and request.claimed_at:
        helper = called(await people.person_of(session, request.helper_id))
        if now - request.claimed_at < JUST_NOW:
            raise errors.OfferTaken(helper=access.capitalised(helper), who=actor.who)
        raise errors.OfferTakenBefore(helper=helper, number=request.id, who=actor.who)
    if request.state is not HelpState.OPEN:
        raise errors.OfferOver(day=ended_on(request, now))


async def _refuse_if_busy(session: AsyncSession, actor: Actor) -> None:
    relay = await relay_of(session, actor.person_id or 0)
    if relay is not None and relay.is_helper:
        raise errors.AlreadyHelping(citizen=called(await people.person_of(session, relay.other)))
    if await live_request(session, actor.person_id or 0) is not None:
        raise errors.OwnRequestOpen(who=actor.who)


async def decline(
    session: AsyncSession, actor: Actor, request_id: int, *, rules: Rules, now: datetime
) -> bool:
    """Say no to an offer of one's own, False if there is none; when everybody said no the request climbs."""
    request = await locked(session, request_id)
    offers = (await session.exec(select(HelpOffer).where(HelpOffer.request_id == request_id))).all()
    mine = next((one for one in offers if one.person_id == actor.person_id), None)
    if mine is None or mine.declined_at is not None:
        return False
    mine.declined_at = now
    session.add(mine)
    if request.state is HelpState.OPEN and all(one.declined_at for one in offers):
        await session.flush()
        await help_ladder.climb(session, request, rules=rules, now=now)
    return True


async def withdraw(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> bool:
    """Stop asking, at any time; False if it had ended before. People act on their own request."""
    request = await locked(session, request_id)
    if request.person_id != actor.person_id:
        raise errors.NotYours
    if request.state not in LIVE:
        return False
    helper_id = request.helper_id if request.state is HelpState.CLAIMED else None
    unseen = await help_ladder.take_back_offers(session, request)
    if helper_id is not None:
        help_stints.close(session, request, Ending.STOPPED, now=now)
    end(session, request, HelpState.WITHDRAWN, now=now)
    audit.record(
        session, actor.person_id, "help_withdrawn", "help_request", request_id, now=now, fields="state"
    )
    await session.flush()
    if helper_id is not None:
        helper = called(await people.person_of(session, helper_id))
        word = HelpStopped(helper=helper, citizen=actor.who)
        await tell(session, helper_id, word, subject=about(request), now=now, revision=turn(request))
        return True
    offers = select(HelpOffer.person_id).where(
        HelpOffer.request_id == request_id, col(HelpOffer.declined_at).is_(None)
    )
    for person_id in (await session.exec(offers.order_by(col(HelpOffer.id)))).all():
        if person_id not in unseen:
            await tell(session, person_id, HelpWithdrawn(request_id), subject=about(request), now=now)
    return True


def end(session: AsyncSession, request: HelpRequest, state: HelpState, *, now: datetime) -> None:
    """Close a request: nothing more is promised; who helped stays known."""
    request.state = state
    request.closed_at = now
    request.next_word_at = request.waiting_since = None
    session.add(request)


def ended_on(request: HelpRequest, now: datetime) -> str:
    """Say the day a request ended, or was asked."""
    ended = (request.closed_at or request.claimed_at or request.asked_at).astimezone(now.tzinfo)
    return dates.spoken(ended.date(), now.date())


async def helper_of(session: AsyncSession, request: HelpRequest) -> Person | None:
    """Find who has the request, or had it last."""
    return await people.person_of(session, request.helper_id) if request.helper_id else None


def team_name(village: str) -> str:
    """Say a village's team; where the village itself is a "tổ" the long name keeps the two apart."""
    if village.startswith("tổ "):
        return _("the digital team of {village}").format(village=village)
    return _("the team of {village}").format(village=village)


def post_name(role: str, place: str) -> str:
    """Say what somebody is: member or leader of a team, or in charge of a commune."""
    posts = {
        Role.MEMBER: _("member of {team}"),
        Role.LEADER: _("leader of {team}"),
        Role.SUPERVISOR: _("officer in charge of {place}"),
    }
    post = posts.get(Role(role)) if role else None
    return post.format(team=team_name(place), place=place) if post else ""
