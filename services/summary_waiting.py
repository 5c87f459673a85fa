"""Who has waited over a day in an area, and to whom does a supervisor give all of them at once?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpRequest, HelpState, Rung
from models.people import Role
from models.units import Unit
from services import access, errors, help_giving, help_hours, help_ladder, people, summary, team, units
from services.access import Action, Actor
from services.help_list import Waiting
from services.notices import tell
from services.reports._weekly_help import TOO_LONG
from services.rules import Hours, Rules
from services.summary_notices import HelpGivenOn

Way = Literal["leaders", "beside"]


@dataclass(frozen=True, slots=True)
class Given:
    """Who was asked, how many citizens were told so, by when there is word, and who hears of the rest."""

    names: tuple[str, ...]
    citizens: int
    left: int
    until: datetime
    above: str


@access.declares(Action.SEE_SUMMARY)
async def waiting(session: AsyncSession, actor: Actor, unit_id: int, *, now: datetime) -> list[Waiting]:
    """List who has waited over a day, the longest first; raises OutsideArea."""
    unit = await summary.place_of(session, actor, unit_id)
    statement = (
        select(HelpRequest, Unit)
        .join(Unit, col(Unit.id) == col(HelpRequest.unit_id))
        .where(
            units.within(unit),
            HelpRequest.state == HelpState.OPEN,
            HelpRequest.asked_at < now - TOO_LONG,
            HelpRequest.person_id != actor.person_id,
        )
        .order_by(col(HelpRequest.asked_at), col(HelpRequest.id))
    )
    return [Waiting(request, place) for request, place in (await session.exec(statement)).all()]


async def leaders_of(session: AsyncSession, found: Sequence[Waiting]) -> int:
    """Count the leaders of the villages people wait in."""
    led = {
        one.request.unit_id
        for one in found
        if await people.holders(session, one.request.unit_id, Role.LEADER)
    }
    return len(led)


@access.declares(Action.ASSIGN_HELP)
async def give_all(
    session: AsyncSession, actor: Actor, unit_id: int, way: Way, *, rules: Rules, now: datetime
) -> Given:
    """Offer everybody who has waited over a day to the villages' leaders, or to the teams beside.

    The citizens hear who is asked and until when; whoever is not taken by then goes up to the commune.
    Raises OutsideArea.
    """
    found = await waiting(session, actor, unit_id, now=now)
    until = help_hours.deadline(Rung.COMMUNE, now, rules=rules)
    beside = partial(_beside, hours=rules.hours)
    give: dict[Way, Callable[..., Awaitable[str]]] = {"leaders": _to_leader, "beside": beside}
    names: list[str] = []
    citizens = left = 0
    for one in sorted(found, key=lambda one: one.request.id or 0):
        name = await give[way](session, actor, one.request.id or 0, now=now)
        if not name:
            left += 1
            continue
        names.append(name)
        citizens += await _promise(session, one.request, name, until, rules=rules, now=now)
    asked = tuple(dict.fromkeys(names))
    return Given(asked, citizens, left, until, await _above(session, actor, found))


async def _to_leader(session: AsyncSession, actor: Actor, request_id: int, *, now: datetime) -> str:
    try:
        return people.called(await help_giving.give_to_leader(session, actor, request_id, now=now))
    except (errors.NoLeaderFree, errors.OfferOver):
        return ""


async def _beside(
    session: AsyncSession, actor: Actor, request_id: int, *, hours: Hours, now: datetime
) -> str:
    try:
        return (await help_giving.give_to_neighbours(session, actor, request_id, hours=hours, now=now)).name
    except (errors.NoNeighbourFree, errors.OfferOver):
        return ""


async def _promise(
    session: AsyncSession, request: HelpRequest, name: str, until: datetime, *, rules: Rules, now: datetime
) -> bool:
    """Set the next word of a request, and tell the citizen of it."""
    request.rung = Rung.NEIGHBOUR
    # As asked in the hours of the teams: whoever is left goes up, not round once more.
    request.rung_at = help_hours.team_time(now, 0, rules.hours)
    request.next_word_at = until
    session.add(request)
    word = HelpGivenOn(request.id or 0, name, until.isoformat(), now.isoformat())
    subject, revision = help_ladder.about(request), help_ladder.turn(request)
    return await tell(session, request.person_id, word, subject=subject, revision=revision, now=now)


async def _above(session: AsyncSession, actor: Actor, found: Sequence[Waiting]) -> str:
    """Say who hears of those nobody takes."""
    if not found:
        return actor.who
    return team.called_first(await team.supervisors_of(session, found[0].place)) or actor.who
