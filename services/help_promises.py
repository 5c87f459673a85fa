"""Which promised words are due: requests climb, silent helpers are reminded, silent talks are closed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Lane
from models.help import Ending, HelpRequest, HelpState
from models.people import Person
from services import help_hours, help_ladder, help_outcome, help_relay, help_stints, people
from services.help import end
from services.help_free import LIVE
from services.help_ladder import about, turn
from services.help_notices import HelperReminded, HelperReplaced, HelpIdle, HelpLapsed, HelpReoffered
from services.notices import Notice, tell
from services.people import called
from services.rules import Rules

AT_ONCE = 200


async def keep_promises(session: AsyncSession, *, rules: Rules, now: datetime) -> dict[str, int]:
    """Speak wherever a promised time has come, however late this runs; tell how often and about what.

    After a standstill each request moves one step, and the next time is counted from now: nobody is passed
    over because the machine was down.
    """
    counts = {"climbed": 0, "reminded": 0, "replaced": 0, "idle": 0, "lapsed": 0}
    due = (
        select(HelpRequest)
        .where(col(HelpRequest.next_word_at) <= now, col(HelpRequest.state).in_(LIVE))
        .order_by(col(HelpRequest.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for request in (await session.exec(due)).all():
        counts[await _keep(session, request, rules=rules, now=now)] += 1
    counts["forgotten"] = await help_relay.forget_numbers(session, now=now)
    return counts


async def _keep(session: AsyncSession, request: HelpRequest, *, rules: Rules, now: datetime) -> str:
    if request.state is HelpState.OPEN:
        await help_ladder.climb(session, request, rules=rules, now=now)
        return "climbed"
    helper = await people.person_of(session, request.helper_id or 0)
    citizen = await people.person_of(session, request.person_id)
    if request.waiting_since is None:
        return await _after_silence(session, request, citizen, rules=rules, now=now)
    if request.reminded_at is None:
        await _remind(session, request, helper, citizen, rules=rules, now=now)
        return "reminded"
    await _replace(session, request, helper, citizen, rules=rules, now=now)
    return "replaced"


async def _remind(
    session: AsyncSession,
    request: HelpRequest,
    helper: Person,
    citizen: Person,
    *,
    rules: Rules,
    now: datetime,
) -> None:
    since = (request.waiting_since or now).astimezone(now.tzinfo)
    request.reminded_at = now
    request.next_word_at = help_relay.next_look(request, rules=rules, now=now)
    session.add(request)
    await session.flush()
    word = HelperReminded(request.id or 0, called(helper), called(citizen), since.isoformat())
    # Whoever took it at night is awake, and reads it now or never.
    await _say(session, request, helper, word, now, lane=Lane.REPLY if request.is_off_hours else None)


async def _replace(
    session: AsyncSession,
    request: HelpRequest,
    helper: Person,
    citizen: Person,
    *,
    rules: Rules,
    now: datetime,
) -> None:
    """Ask others in the place of a helper who stayed silent."""
    until = await help_outcome.release(session, request, Ending.SILENT, rules=rules, now=now)
    await session.flush()
    await _say(session, request, helper, HelperReplaced(called(helper), called(citizen)), now)
    word = HelpReoffered(request.id or 0, called(helper), until=until.isoformat(), at=now.isoformat())
    await _say(session, request, citizen, word, now)


async def _after_silence(
    session: AsyncSession, request: HelpRequest, citizen: Person, *, rules: Rules, now: datetime
) -> str:
    """Ask the citizen once whether it is done; without an answer close it, with nothing counted."""
    if request.idle_asked_at is None:
        request.idle_asked_at = now
        request.next_word_at = help_hours.team_time(now, rules.help.idle_close_minutes, rules.hours)
        session.add(request)
        await session.flush()
        await _say(session, request, citizen, HelpIdle(request.id or 0), now)
        return "idle"
    help_stints.close(session, request, Ending.LAPSED, now=now)
    end(session, request, HelpState.CLOSED, now=now)
    request.is_unclear = True
    await session.flush()
    await _say(session, request, citizen, HelpLapsed(), now)
    if request.helper_id is not None:
        helper = await people.person_of(session, request.helper_id)
        await _say(session, request, helper, HelpLapsed(citizen=called(citizen)), now)
    return "lapsed"


async def _say(
    session: AsyncSession,
    request: HelpRequest,
    person: Person,
    word: Notice,
    now: datetime,
    *,
    lane: Lane | None = None,
) -> None:
    revision = turn(request)
    await tell(session, person.id or 0, word, subject=about(request), now=now, revision=revision, lane=lane)
