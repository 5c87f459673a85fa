"""Which other team of the commune is asked next, so that help is near and no team carries it all?

Teams that were not asked about this request come before those that were. Among them each team may be asked
about as many requests of others in two weeks as it has people free, then it is the next team's turn. Of
equals the nearest comes first: one that was in the same commune before a merger, then by code, which follows
the map in official lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpOffer, HelpRequest
from models.people import Assignment, Person
from models.units import ChangeKind, Level, Unit, UnitChange
from services import units_search
from services.help_free import TEAM, free_people
from services.rules import Hours

LOOKED_BACK: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another team of the commune, with whoever of it can be asked."""

    unit: Unit
    people: tuple[Person, ...]


async def ranked(
    session: AsyncSession,
    request: HelpRequest,
    village: Unit,
    *,
    at: datetime,
    hours: Hours,
    on_duty: bool = False,
) -> list[Neighbour]:
    """List the other teams of the commune with anybody free, the one to ask first at the front."""
    if village.level is not Level.VILLAGE or village.parent_id is None:
        return []
    around = select(Unit).where(Unit.parent_id == village.parent_id, col(Unit.valid_to).is_(None))
    places = list((await session.exec(around.order_by(col(Unit.code)))).all())
    others = [unit.id for unit in places if unit.id is not None and unit.id != village.id]
    free = await free_people(session, request, others, TEAM, at=at, hours=hours, on_duty=on_duty)
    if not free:
        return []
    load, asked = await _load(session, request, others, at), await _asked(session, request, others)
    shared = await _shared_history(session, village, places)
    order = [unit.id for unit in places]
    mine = order.index(village.id) if village.id in order else 0

    def rank(one: Neighbour) -> tuple[bool, int, bool, int, str]:
        unit_id = one.unit.id or 0
        turns = load.get(unit_id, 0) // len(one.people)
        return unit_id in asked, turns, unit_id not in shared, abs(order.index(unit_id) - mine), one.unit.code

    found = [
        Neighbour(unit, tuple(free[unit.id])) for unit in places if unit.id is not None and unit.id in free
    ]
    return sorted(found, key=rank)


def _offered_to(units: Sequence[int]) -> Any:
    """Join the offers of requests to the teams of those who were asked."""
    return (
        select(Assignment.unit_id, func.count(func.distinct(HelpOffer.request_id)))
        .join(HelpOffer, col(HelpOffer.person_id) == col(Assignment.person_id))
        .join(HelpRequest, col(HelpRequest.id) == col(HelpOffer.request_id))
        .where(
            col(Assignment.unit_id).in_(units),
            col(Assignment.role).in_(TEAM),
            col(Assignment.until).is_(None),
        )
        .group_by(col(Assignment.unit_id))
    )


async def _load(
    session: AsyncSession, request: HelpRequest, units: Sequence[int], at: datetime
) -> dict[int, int]:
    """Count by team the requests of other villages it was asked about in two weeks, this one apart."""
    lately = _offered_to(units).where(
        col(HelpOffer.offered_at) > at - LOOKED_BACK,
        col(HelpRequest.unit_id) != col(Assignment.unit_id),
        col(HelpRequest.id) != (request.id or 0),
    )
    return dict((await session.exec(lately)).all())


async def _asked(session: AsyncSession, request: HelpRequest, units: Sequence[int]) -> set[int]:
    mine = _offered_to(units).where(col(HelpRequest.id) == (request.id or 0))
    return {unit_id for unit_id, _count in (await session.exec(mine)).all()}


async def _shared_history(session: AsyncSession, village: Unit, places: Sequence[Unit]) -> set[int]:
    """Tell which villages were in the village's former commune: by its name, or by a move on record."""
    former: dict[int, set[str]] = await units_search.former_communes(session, places)
    ids = [unit.id for unit in places]
    moves = select(UnitChange).where(
        col(UnitChange.unit_id).in_(ids),
        UnitChange.kind == ChangeKind.MOVE,
        col(UnitChange.undone_at).is_(None),
        UnitChange.into_id == village.parent_id,
    )
    for move in (await session.exec(moves)).all():
        former.setdefault(move.unit_id, set()).add(f"unit {move.before.get('parent_id')}")
    mine = former.get(village.id or 0, set())
    return {unit_id for unit_id, names in former.items() if unit_id != village.id and names & mine}
