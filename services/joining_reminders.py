"""What happens when nobody answers a request to join: a reminder, then the commune, and word each evening."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.team import JoinRequest, JoinState
from models.units import Unit
from services import joining, notices, people, team, units

REMIND_AFTER: Final = timedelta(hours=24)
CLIMB_AFTER: Final = timedelta(hours=48)
# The evenings, in days after asking, on which whoever waits hears that there is no news.
WORDS_ON: Final = (1, 2, 5)
GIVEN_UP_AFTER: Final = timedelta(days=14)


async def remind(session: AsyncSession, *, now: datetime) -> dict[str, int]:
    """Do for every open request what is due by now, each once; tell how often."""
    counts = {"reminded": 0, "climbed": 0, "words": 0}
    asked = select(JoinRequest).where(
        JoinRequest.state == JoinState.ASKED, col(JoinRequest.asked_at) > now - GIVEN_UP_AFTER
    )
    for request in await session.exec(asked.order_by(col(JoinRequest.id)).with_for_update()):
        unit = await units.unit_of(session, request.unit_id)
        counts["reminded"] += await _remind(session, request, unit, now=now)
        counts["climbed"] += await _climb(session, request, unit, now=now)
        counts["words"] += await _say_word(session, request, unit, now=now)
    return counts


def _is_due(request: JoinRequest, after: timedelta, *, now: datetime) -> bool:
    """Tell whether so much time has passed, at the latest when that evening's word says it has."""
    evening = joining.first_word(request, now=now, days=after.days)
    return now >= min(request.asked_at + after, evening)


async def _remind(session: AsyncSession, request: JoinRequest, unit: Unit, *, now: datetime) -> int:
    if request.reminded_at is not None or not _is_due(request, REMIND_AFTER, now=now):
        return 0
    request.reminded_at = now
    session.add(request)
    deciders = await team.deciders_of(session, unit)
    return await joining.tell_deciders(session, request, unit, deciders, revision=1, now=now)


async def _climb(session: AsyncSession, request: JoinRequest, unit: Unit, *, now: datetime) -> int:
    if not _is_due(request, CLIMB_AFTER, now=now):
        return 0
    supervisors = await team.supervisors_of(session, unit)
    return await joining.tell_deciders(session, request, unit, supervisors, revision=2, now=now)


async def _say_word(session: AsyncSession, request: JoinRequest, unit: Unit, *, now: datetime) -> int:
    passed = [days for days in WORDS_ON if now >= joining.first_word(request, now=now, days=days)]
    if not passed:
        return 0
    turn = len(passed)
    deciders = await team.deciders_of(session, unit)
    supervisors = await team.supervisors_of(session, unit) if turn > 1 else []
    moved_to = supervisors[0] if supervisors and supervisors[0] not in deciders else None
    is_last = turn == len(WORDS_ON)
    day = "" if is_last else joining.first_word(request, now=now, days=WORDS_ON[turn]).date().isoformat()
    notice = notices.JoinWaits(
        decider=people.called(deciders[0]) if deciders else units.display_name(unit),
        moved_to=people.called(moved_to) if moved_to else "",
        day=day,
    )
    subject = f"join:{request.id}"
    return await notices.tell(session, request.person_id, notice, subject=subject, revision=turn, now=now)
