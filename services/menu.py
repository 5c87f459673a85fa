"""What waits for somebody: the numbers behind the menu's labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Quarantine
from models.help import HelpRequest, HelpState
from models.people import Role
from models.team import JoinRequest, JoinState
from services import access, guide_visits, help_list, learning, reviews, training
from services.access import Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits: requests for help, lessons, people who want to join, counts to look at.

    For an operator also troubles of the machine, and ways of asking to decide on.
    """

    requests: int = 0
    lessons: int = 0
    joins: int = 0
    counts: int = 0
    troubles: int = 0
    proposals: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a citizen stands: the step of an open guide, and whether a request is open."""

    step: int = 0
    visit: guide_visits.Visit | None = None
    has_request: bool = False


@access.declares(access.Action.ASK)
async def waiting(session: AsyncSession, actor: Actor, *, now: datetime) -> Waiting:
    """Count what waits for somebody with a role."""
    held = actor.highest
    if held is None or actor.person_id is None:
        return Waiting()
    joins = select(func.count()).where(
        JoinRequest.unit_id == held.unit_id, JoinRequest.state == JoinState.ASKED
    )
    troubles = select(func.count()).select_from(Quarantine).where(col(Quarantine.attempts) > 1)
    is_operator = held.role is Role.OPERATOR
    return Waiting(
        requests=await help_list.count(session, actor),
        lessons=len(await training.open_tasks(session, actor.person_id, now=now)),
        joins=(await session.exec(joins)).one(),
        counts=len(await reviews.waiting(session, actor)),
        troubles=(await session.exec(troubles)).one() if is_operator else 0,
        proposals=await learning.waiting(session) if is_operator else 0,
    )


@access.declares(access.Action.ASK)
async def place_of(session: AsyncSession, actor: Actor, *, now: datetime) -> Place:
    """Tell where a citizen stands."""
    if actor.person_id is None:
        return Place()
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    open_request = select(func.count()).where(
        HelpRequest.person_id == actor.person_id,
        col(HelpRequest.state).in_((HelpState.OPEN, HelpState.CLAIMED)),
    )
    has_request = (await session.exec(open_request)).one() > 0
    return Place(step=visit.step if visit else 0, visit=visit, has_request=has_request)
