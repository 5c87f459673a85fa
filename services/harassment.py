"""How a helper ends a talk in which they are insulted, and who has to look at it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import Ending, HelpRequest, HelpState
from models.people import Person, Role
from models.units import Level
from services import audit, errors, help_stints, people, units
from services.access import Action, Actor, declares
from services.help import end, locked
from services.help_ladder import about, turn
from services.notices import Notice, tell
from services.people import called
from services.safety_notices import HarassmentReported, TalkPaused


@declares(Action.ANSWER_HELP)
async def report(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> None:
    """End a talk as its helper; the citizen, the leader and the commune are told. Raises NotYours.

    It ends as withdrawn: nobody was helped, and nothing is counted.
    """
    request = await locked(session, request_id)
    if request.state is not HelpState.CLAIMED or request.helper_id != actor.person_id:
        raise errors.NotYours
    help_stints.close(session, request, Ending.STOPPED, now=now)
    end(session, request, HelpState.WITHDRAWN, now=now)
    audit.record(
        session, actor.person_id, "help_harassed", "help_request", request_id, now=now, fields="state"
    )
    await session.flush()
    officers = await _officers(session, request)
    paused = TalkPaused(called(officers[0]) if officers else "")
    await _say(session, request, request.person_id, paused, now)
    village = units.display_name(await units.unit_of(session, request.unit_id))
    held = actor.held(Role.MEMBER, Role.LEADER)
    leaders = await people.holders(session, held.unit_id, Role.LEADER) if held else []
    for person, is_supervisor in [*((one, False) for one in leaders), *((one, True) for one in officers)]:
        if person.id != actor.person_id:
            word = HarassmentReported(request_id, actor.who, village, is_supervisor=is_supervisor)
            await _say(session, request, person.id or 0, word, now)


async def _officers(session: AsyncSession, request: HelpRequest) -> list[Person]:
    place = await units.unit_of(session, request.unit_id)
    commune = await units.ancestor(session, place, Level.COMMUNE)
    return await people.holders(session, commune.id or 0, Role.SUPERVISOR) if commune else []


async def _say(
    session: AsyncSession, request: HelpRequest, person_id: int, word: Notice, now: datetime
) -> None:
    await tell(session, person_id, word, subject=about(request), now=now, revision=turn(request))
