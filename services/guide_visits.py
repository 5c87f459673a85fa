"""Where somebody is in which guide, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.guides import GuideVisit, ScreenReport, VisitOutcome

KEPT: timedelta = timedelta(days=30)
# After that, "còn mất thì sao" is no longer about the guide that was open.
TALKED_OF: timedelta = timedelta(minutes=30)

# Most of what citizens do is to ask and to walk through guides, so this file goes without the ORM: its
# objects took as long as all else about an update.
_table: Any = sa.inspect(GuideVisit).local_table
_mine: Final = _table.c.id == sa.bindparam("b_id")

_OPEN: Final = (
    sa.select(
        _table.c.id, _table.c.person_id, _table.c.slug, _table.c.step, _table.c.helped, _table.c.moved_at
    )
    .where(
        _table.c.person_id == sa.bindparam("b_person"),
        _table.c.ended_at.is_(None),
        _table.c.moved_at > sa.bindparam("b_since"),
    )
    .order_by(_table.c.id.desc())
    .limit(1)
    .execution_options(prepared=True)
)
_LATEST: Final = (
    sa.select(_table.c.slug)
    .where(_table.c.person_id == sa.bindparam("b_person"), _table.c.moved_at > sa.bindparam("b_since"))
    .order_by(_table.c.id.desc())
    .limit(1)
    .execution_options(prepared=True)
)
_BEGIN: Final = sa.insert(_table).returning(_table.c.id).execution_options(prepared=True)
_MOVE: Final = (
    sa.update(_table)
    .where(_mine)
    .values(step=sa.bindparam("b_step"), moved_at=sa.bindparam("b_now"), remind_at=None)
    .execution_options(prepared=True)
)
_FINISH: Final = (
    sa.update(_table)
    .where(_mine)
    .values(ended_at=sa.bindparam("b_now"), outcome=sa.bindparam("b_outcome"), remind_at=None)
    .execution_options(prepared=True)
)
_REMIND: Final = sa.update(_table).where(_mine).values(remind_at=sa.bindparam("b_at"))


@dataclass(slots=True)
class Visit:
    """A walk through a guide that is under way; `step` counts from 1, 0 at the front page."""

    id: int
    person_id: int
    slug: str
    step: int
    helped: bool
    moved_at: datetime


async def open_visit(session: AsyncSession, person_id: int | None, *, now: datetime) -> Visit | None:
    """Find the guide somebody is in the middle of, if they moved in it within 30 days."""
    if person_id is None:
        return None
    row = (await _run(session, _OPEN, b_person=person_id, b_since=now - KEPT)).first()
    return Visit(*row) if row else None


async def talked_of(session: AsyncSession, person_id: int, *, now: datetime) -> str | None:
    """Name the guide somebody has just been in, open or done: a short question may go on about it."""
    slug: str | None = (
        await _run(session, _LATEST, b_person=person_id, b_since=now - TALKED_OF)
    ).scalar_one_or_none()
    return slug


async def begin(
    session: AsyncSession, person_id: int, slug: str, *, now: datetime, helped: bool = False
) -> Visit:
    """Open a guide at its front page; what was open before is left."""
    visit = await open_visit(session, person_id, now=now)
    if visit is not None and visit.slug == slug and visit.helped == helped:
        await move(session, visit, 0, now=now)
        return visit
    if visit is not None:
        await finish(session, visit, VisitOutcome.LEFT, now=now)
    made = await _run(
        session, _BEGIN, person_id=person_id, slug=slug, step=0, helped=helped, started_at=now, moved_at=now
    )
    return Visit(made.scalar_one(), person_id, slug, 0, helped, now)


async def move(session: AsyncSession, visit: Visit, step: int, *, now: datetime) -> None:
    """Note the step reached; a reminder that was asked for is no longer needed."""
    visit.step, visit.moved_at = step, now
    await _run(session, _MOVE, b_id=visit.id, b_step=step, b_now=now)


async def open_at(session: AsyncSession, person_id: int, slug: str, step: int, *, now: datetime) -> Visit:
    """Open a guide at a step; whoever is further on in it stays there."""
    visit = await open_visit(session, person_id, now=now)
    if visit is None or visit.slug != slug:
        visit = await begin(session, person_id, slug, now=now)
    await move(session, visit, max(visit.step, step), now=now)
    return visit


async def finish(session: AsyncSession, visit: Visit, outcome: VisitOutcome, *, now: datetime) -> None:
    """Note how it ended."""
    await _run(session, _FINISH, b_id=visit.id, b_outcome=outcome, b_now=now)


async def last_slug(session: AsyncSession, person_id: int, *, now: datetime) -> str | None:
    """Name the guide somebody opened last, if they moved in it within 30 days."""
    statement = (
        select(GuideVisit.slug)
        .where(GuideVisit.person_id == person_id, col(GuideVisit.moved_at) > now - KEPT)
        .order_by(col(GuideVisit.id).desc())
    )
    return (await session.exec(statement)).first()


async def ended_at(session: AsyncSession, person_id: int, visit_id: int) -> datetime | None:
    """Tell when a walk of somebody's own ended; None if it has not, or is not theirs."""
    statement = select(GuideVisit.ended_at).where(
        GuideVisit.id == visit_id, GuideVisit.person_id == person_id
    )
    return (await session.exec(statement)).first()


def report_screen(session: AsyncSession, slug: str, step: int, *, now: datetime) -> None:
    """Tell the guide's owner that a screen looked different at a step."""
    session.add(ScreenReport(slug=slug, step=step, reported_at=now))


async def remind(session: AsyncSession, visit: Visit, *, now: datetime) -> datetime:
    """Promise to bring the step back at 8 o'clock the next morning; tell the moment."""
    morning = (now + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    await _run(session, _REMIND, b_id=visit.id, b_at=morning)
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


async def _run(session: AsyncSession, statement: Any, **values: Any) -> Any:
    return await (await session.connection()).execute(statement, values)
