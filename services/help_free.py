"""Who of some units can be asked for help at a moment?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Conversation
from models.help import HelpOffer, HelpRequest, HelpState
from models.people import Account, Assignment, Person, Role
from services import duty
from services.rules import Hours

TEAM: Final = duty.TEAM
LIVE: Final = (HelpState.OPEN, HelpState.CLAIMED)


async def free_people(
    session: AsyncSession,
    request: HelpRequest,
    unit_ids: Collection[int],
    roles: tuple[Role, ...],
    *,
    at: datetime,
    hours: Hours | None = None,
    on_duty: bool = False,
) -> dict[int, list[Person]]:
    """List by unit who holds a role and can be asked: reachable, not resting, not busy, has not said no.

    With `hours` members are asked only in the hours they take requests, with `on_duty` only by the roster.
    """
    statement = (
        select(Assignment.unit_id, Person)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .where(
            col(Assignment.unit_id).in_(unit_ids),
            col(Assignment.role).in_(roles),
            col(Assignment.until).is_(None),
            Person.id != request.person_id,
            sa.or_(col(Person.paused_until).is_(None), col(Person.paused_until) < at.date()),
            ~_busy().exists(),
            ~_said_no(request).exists(),
            _reachable().exists(),
        )
        .order_by(col(Assignment.since), col(Person.id))
    )
    if hours is not None and roles == TEAM:
        is_asked = duty.is_on_duty(at, hours) if on_duty else duty.can_be_asked(at, hours)
        statement = statement.where(is_asked)
    found: dict[int, dict[int | None, Person]] = {}
    for unit_id, person in (await session.exec(statement)).all():
        found.setdefault(unit_id, {})[person.id] = person
    return {unit_id: list(people.values()) for unit_id, people in found.items()}


def _busy() -> Any:
    """Find the request somebody is talking about: as helper, or as the one who asked."""
    return select(HelpRequest.id).where(
        sa.or_(
            sa.and_(
                col(HelpRequest.helper_id) == col(Person.id), col(HelpRequest.state) == HelpState.CLAIMED
            ),
            sa.and_(col(HelpRequest.person_id) == col(Person.id), col(HelpRequest.state).in_(LIVE)),
        )
    )


def _said_no(request: HelpRequest) -> Any:
    return select(HelpOffer.id).where(
        col(HelpOffer.request_id) == request.id,
        col(HelpOffer.person_id) == col(Person.id),
        col(HelpOffer.declined_at).is_not(None),
    )


def _reachable() -> Any:
    return (
        select(Account.id)
        .join(Conversation, col(Conversation.account_id) == col(Account.id))
        .where(col(Account.person_id) == col(Person.id), col(Account.is_reachable))
    )


async def has_team(session: AsyncSession, unit_id: int) -> bool:
    """Tell whether a village has anybody in its team, free or not."""
    held = select(Assignment.id).where(
        Assignment.unit_id == unit_id, col(Assignment.role).in_(TEAM), col(Assignment.until).is_(None)
    )
    return (await session.exec(held.limit(1))).first() is not None
