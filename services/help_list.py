"""Which neighbours wait for a person, as somebody who may help sees it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpOffer, HelpRequest, HelpState
from models.units import Unit
from services import access, units
from services.access import Action, Actor

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in somebody's list of neighbours who wait."""

    request: HelpRequest
    place: Unit


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the list, the oldest first, and how many there are in all."""

    shown: list[Waiting]
    skipped: int
    total: int

    @property
    def next(self) -> int:
        """Tell how many come before the next page; 0 if there is none."""
        end = self.skipped + len(self.shown)
        return end if end < self.total else 0


@access.declares(Action.ANSWER_HELP)
async def waiting(session: AsyncSession, actor: Actor, *, skip: int = 0) -> Page:
    """List the open requests somebody may take: their area's, and those offered to them."""
    mine = _mine(actor)
    if mine is None:
        return Page([], 0, 0)
    wanted = select(HelpRequest, Unit).join(Unit, col(Unit.id) == col(HelpRequest.unit_id)).where(mine)
    oldest = wanted.order_by(col(HelpRequest.asked_at), col(HelpRequest.id)).offset(skip).limit(SHOWN)
    shown = [Waiting(request, place) for request, place in (await session.exec(oldest)).all()]
    return Page(shown, skip, await count(session, actor))


@access.declares(Action.ANSWER_HELP)
async def count(session: AsyncSession, actor: Actor) -> int:
    """Count the open requests somebody may take."""
    mine = _mine(actor)
    if mine is None:
        return 0
    joined = (
        select(func.count()).select_from(HelpRequest).join(Unit, col(Unit.id) == col(HelpRequest.unit_id))
    )
    return (await session.exec(joined.where(mine))).one()


@access.declares(Action.ANSWER_HELP)
async def open_request(session: AsyncSession, actor: Actor, request_id: int) -> Waiting | None:
    """Find one request of somebody's list; None if it is not there any more."""
    mine = _mine(actor)
    if mine is None:
        return None
    wanted = select(HelpRequest, Unit).join(Unit, col(Unit.id) == col(HelpRequest.unit_id))
    found = (await session.exec(wanted.where(mine, HelpRequest.id == request_id))).first()
    return Waiting(*found) if found else None


def _mine(actor: Actor) -> sa.ColumnElement[bool] | None:
    """Give the condition "this open request is in somebody's reach, or was offered to them"."""
    reach: list[sa.ColumnElement[bool]] = []
    for held in actor.roles:
        scope = access.TABLE[held.role].get(Action.ANSWER_HELP)
        if scope is access.Scope.SUBTREE:
            inside = sa.and_(col(Unit.path) >= held.path, col(Unit.path) < units.successor(held.path))
            reach.append(inside)
        elif scope is access.Scope.UNIT:
            reach.append(col(HelpRequest.unit_id) == held.unit_id)
    if not reach:
        return None
    offered = select(HelpOffer.id).where(
        col(HelpOffer.request_id) == col(HelpRequest.id),
        HelpOffer.person_id == actor.person_id,
        col(HelpOffer.declined_at).is_(None),
    )
    return sa.and_(
        col(HelpRequest.state) == HelpState.OPEN,
        col(HelpRequest.person_id) != actor.person_id,
        sa.or_(*reach, offered.exists()),
    )
