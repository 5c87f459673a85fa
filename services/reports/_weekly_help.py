"""What became of the requests for help of an area?"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpRequest, HelpState
from models.units import Unit
from services import units

TOO_LONG: Final = timedelta(hours=24)
TOPICS: Final = 3


@dataclass(frozen=True, slots=True)
class Help:
    """What became of the requests asked in a span of days; `minutes` is the median to the first word.

    `done` were finished by somebody's word; what was only left off is `unclear`. `scams` are those who lost
    money to one; `waiting` are all that have waited for over a day by now, whenever they were asked.
    """

    asked: int = 0
    done: int = 0
    claimed: int = 0
    waiting: int = 0
    good: int = 0
    partly: int = 0
    not_yet: int = 0
    scams: int = 0
    minutes: int | None = None
    topics: tuple[str, ...] = ()
    unclear: int = 0

    @property
    def share(self) -> float | None:
        """Tell which part of what was asked is done; None where nothing was asked."""
        return self.done / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, where it belongs, and whether the citizen has waited for over a day."""

    path: str
    request: HelpRequest
    is_of_span: bool
    is_waiting: bool


async def requests(
    session: AsyncSession, unit: Unit, begin: datetime, end: datetime, *, now: datetime
) -> list[Asked]:
    """List what was asked in a span, and whoever waits for over a day unless the span is long over."""
    asked = col(HelpRequest.asked_at)
    of_span = asked.between(begin, end)
    wanted: sa.ColumnElement[bool] = of_span
    if now - end < timedelta(weeks=1):
        wanted = sa.or_(of_span, sa.and_(col(HelpRequest.state) == HelpState.OPEN, asked < now - TOO_LONG))
    statement = (
        select(Unit.path, HelpRequest)
        .join(Unit, col(Unit.id) == col(HelpRequest.unit_id))
        .where(units.within(unit), HelpRequest.state != HelpState.WITHDRAWN, wanted)
        .order_by(asked, col(HelpRequest.id))
    )
    return [
        Asked(path, request, begin <= request.asked_at <= end, _is_waiting(request, now))
        for path, request in await session.exec(statement)
    ]


def _is_waiting(request: HelpRequest, now: datetime) -> bool:
    return request.state is HelpState.OPEN and now - request.asked_at > TOO_LONG


def sum_up(asked: Sequence[Asked]) -> Help:
    """Add requests up."""
    mine = [one.request for one in asked if one.is_of_span]
    answers = [
        (request.answered_at - request.asked_at).total_seconds() / 60
        for request in mine
        if request.answered_at
    ]
    topics = Counter(request.topic for request in mine if request.topic)
    states = Counter(request.state for request in mine)
    unclear = sum(request.state is HelpState.CLOSED and request.is_unclear for request in mine)
    ratings = Counter(request.rating.value for request in mine if request.rating)
    return Help(
        asked=len(mine),
        done=states[HelpState.CLOSED] - unclear,
        claimed=states[HelpState.CLAIMED],
        waiting=sum(one.is_waiting for one in asked),
        good=ratings["good"],
        partly=ratings["partly"],
        not_yet=ratings["not_yet"],
        scams=sum(request.is_urgent for request in mine),
        minutes=round(statistics.median(answers)) if answers else None,
        topics=tuple(sorted(topics, key=lambda topic: (-topics[topic], topic))[:TOPICS]),
        unclear=unclear,
    )
