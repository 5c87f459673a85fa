"""Where somebody is in which guide, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.guides import GuideVisit, ScreenReport, VisitOutcome

KEPT: timedelta = timedelta(days=30)

# Made once: asked at almost every message, and writing it anew takes twice as long as running it.
_OPEN: Final = (
    select(GuideVisit)
    .where(
        GuideVisit.person_id == bindparam("b_person"),
        col(GuideVisit.ended_at).is_(None),
        col(GuideVisit.moved_at) > bindparam("b_since"),
    )
    .order_by(col(GuideVisit.id).desc())
    .limit(1)
)


async def open_visit(session: AsyncSession, person_id: int, *, now: datetime) -> GuideVisit | None:
    """Find the guide somebody is in the middle of, if they moved in it within 30 days."""
    found = await session.exec(_OPEN, params={"b_person": person_id, "b_since": now - KEPT})
    return found.first()


async def begin(
    session: AsyncSession, person_id: int, slug: str, *, now: datetime, helped: bool = False
) -> GuideVisit:
    """Open a guide at its front page; what was open before is left."""
    visit = await open_visit(session, person_id, now=now)
    if visit is not None and visit.slug == slug and visit.helped == helped:
        visit.step = 0
    else:
        if visit is not None:
            finish(session, visit, VisitOutcome.LEFT, now=now)
        visit = GuideVisit(person_id=person_id, slug=slug, helped=helped, started_at=now, moved_at=now)
    visit.moved_at = now
    visit.remind_at = None
    session.add(visit)
    await session.flush()
    return visit


def move(session: AsyncSession, visit: GuideVisit, step: int, *, now: datetime) -> None:
    """Note the step reached; a reminder that was asked for is no longer needed."""
    visit.step = step
    visit.moved_at = now
    visit.remind_at = None
    session.add(visit)


def finish(session: AsyncSession, visit: GuideVisit, outcome: VisitOutcome, *, now: datetime) -> None:
    """Note how it ended."""
    visit.ended_at = now
    visit.outcome = outcome
    visit.remind_at = None
    session.add(visit)


def report_screen(session: AsyncSession, slug: str, step: int, *, now: datetime) -> None:
    """Tell the guide's owner that a screen looked different at a step."""
    session.add(ScreenReport(slug=slug, step=step, reported_at=now))


def remind(session: AsyncSession, visit: GuideVisit, *, now: datetime) -> datetime:
    """Promise to bring the step back at 8 o'clock the next morning; tell the moment."""
    morning = (now + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    visit.remind_at = morning
    session.add(visit)
    return morning


async def due_reminders(session: AsyncSession, *, now: datetime) -> list[GuideVisit]:
    """List the visits whose promised reminder has come, locked for this run."""
    statement = (
        select(GuideVisit)
        .where(col(GuideVisit.remind_at) <= now, col(GuideVisit.ended_at).is_(None))
        .order_by(col(GuideVisit.id))
        .with_for_update(skip_locked=True)
    )
    return list((await session.exec(statement)).all())
