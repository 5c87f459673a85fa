"""Who had a request before, how did it end, and what did the citizen say of whom?"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import Ending, HelpRequest, HelpStint, Rating
from models.people import Person


def close(session: AsyncSession, request: HelpRequest, ending: Ending, *, now: datetime) -> None:
    """Write down how a helper's time with a request ended; call it while the helper is still known."""
    if request.helper_id is None:
        return
    session.add(
        HelpStint(
            request_id=request.id or 0,
            helper_id=request.helper_id,
            claimed_at=request.claimed_at or now,
            ended_at=now,
            ending=ending,
        )
    )


async def rate(session: AsyncSession, request: HelpRequest, rating: Rating, *, now: datetime) -> None:
    """Keep what the citizen says with the helper it is about, whoever goes on later."""
    last = select(HelpStint).where(HelpStint.request_id == request.id)
    stint = (await session.exec(last.order_by(col(HelpStint.id).desc()))).first()
    if stint is not None:
        stint.rating, stint.rated_at = rating, now
        session.add(stint)


async def last_of(session: AsyncSession, request: HelpRequest) -> tuple[Person, Ending] | None:
    """Tell who had a request last, and how that ended; None for the first helper."""
    past = (
        select(Person, HelpStint.ending)
        .join(HelpStint, col(HelpStint.helper_id) == col(Person.id))
        .where(HelpStint.request_id == request.id)
        .order_by(col(HelpStint.id).desc())
    )
    found = (await session.exec(past)).first()
    return (found[0], Ending(found[1])) if found else None
