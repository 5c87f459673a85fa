"""What became of the requests for help of an area?"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpRequest, HelpState, Rating
from models.units import Unit
from services import units

# A literal, as the partial index has it: a bound value would not be matched with it.
_IS_OPEN: Final = sa.text("help_request.state = 'open'")
TOO_LONG: Final = timedelta(hours=24)
TOPICS: Final = 3
MOST_UNKNOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Help:
    """What became of the requests asked in a span of days; `minutes` is the median to the first word.

    `done` were finished by somebody's word; what was only left off is `unclear`. `scams` are those who lost
    money to one; `waiting` are all that have waited for over a day by now, whenever they were asked;
    `unknown` are the topics no guide knew, with how often.
    """

    asked: int = 0
    answered: int = 0
    done: int = 0
    claimed: int = 0
    waiting: int = 0
    good: int = 0
    partly: int = 0
    not_yet: int = 0
    scams: int = 0
    minutes: int | None = None
    topics: tuple[str, ...] = ()
    unknown: tuple[tuple[str, int], ...] = ()
    unclear: int = 0

    @property
    def share(self) -> float | None:
        """Tell which part of what was asked is done; None where nothing was asked."""
        return self.done / self.asked if self.asked else None


class Request(NamedTuple):
    """What is read of a request; the fields are named as the table's columns."""

    state: HelpState
    asked_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    topic: str
    guide: str | None
    rating: Rating | None
    is_urgent: bool
    is_unclear: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, where it belongs, and whether the citizen has waited for over a day."""

    path: str
    request: Request
    is_of_span: bool
    is_waiting: bool


async def requests(
    session: AsyncSession, unit: Unit, begin: datetime, end: datetime, *, now: datetime
) -> list[Asked]:
    """List what was asked in a span, and whoever waits for over a day unless the span is long over."""
    asked = col(HelpRequest.asked_at)
    found = await _read(session, unit, asked.between(begin, end))
    if now - end < timedelta(weeks=1):
        outside = sa.and_(_IS_OPEN, asked < now - TOO_LONG, sa.or_(asked < begin, asked > end))
        found = sorted([*found, *await _read(session, unit, outside)], key=lambda one: one[1].asked_at)
    return [
        Asked(path, request, begin <= request.asked_at <= end, _is_waiting(request, now))
        for path, request in found
    ]


async def _read(session: AsyncSession, unit: Unit, when: sa.ColumnElement[bool]) -> list[tuple[str, Request]]:
    """Read requests of an area, each span by the index made for it: a village's and the day asked.

    Only what reports say is read: nothing a citizen wrote beside the topic, and no names.
    """
    columns = [col(getattr(HelpRequest, name)) for name in Request._fields]
    statement = (
        sa.select(col(Unit.path), *columns)
        .join(Unit, col(Unit.id) == col(HelpRequest.unit_id))
        .where(units.within(unit), col(HelpRequest.state) != HelpState.WITHDRAWN, when)
        .order_by(col(HelpRequest.asked_at), col(HelpRequest.id))
    )
    rows = await (await session.connection()).execute(statement)
    return [(path, Request(*facts)) for path, *facts in rows]


def _is_waiting(request: Request, now: datetime) -> bool:
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
    unknown = Counter(request.topic for request in mine if request.topic and not request.guide)
    states = Counter(request.state for request in mine)
    unclear = sum(request.state is HelpState.CLOSED and request.is_unclear for request in mine)
    ratings = Counter(request.rating.value for request in mine if request.rating)
    return Help(
        asked=len(mine),
        answered=len(answers),
        done=states[HelpState.CLOSED] - unclear,
        claimed=states[HelpState.CLAIMED],
        waiting=sum(one.is_waiting for one in asked),
        good=ratings["good"],
        partly=ratings["partly"],
        not_yet=ratings["not_yet"],
        scams=sum(request.is_urgent for request in mine),
        minutes=round(statistics.median(answers)) if answers else None,
        topics=tuple(sorted(topics, key=lambda topic: (-topics[topic], topic))[:TOPICS]),
        unknown=tuple(sorted(unknown.items(), key=lambda one: (-one[1], one[0]))[:MOST_UNKNOWN]),
        unclear=unclear,
    )
