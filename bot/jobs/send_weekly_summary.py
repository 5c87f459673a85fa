"""Bring every supervisor the week of their area on Monday morning, once, and say so if it comes late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import weeks_apart
from bot.long_reads import read_apart
from bot.scheduler import CatchUp, Counts, Work, job_run
from bot.weeks_apart import Made
from models.units import Unit
from services import summary, units
from services.counts import Week
from services.reports import weekly
from services.reports.weekly import Weekly
from services.rules import Rules

log = logging.getLogger(__name__)

CATCH_UP: CatchUp = "latest"
LATE: Final = timedelta(minutes=10)
TOO_LATE: Final = timedelta(days=7)
ATTEMPTS: Final = 2
# Up to so many areas are read one by one in a thread: new processes would take longer.
FEW: Final = 12
# People look back at last month: a picture must outlive the next summaries.
CHART_KEPT: Final = timedelta(days=35)


def schedule(rules: Rules) -> BaseTrigger:
    """Once a week, by default Monday 7h30."""
    at = rules.summary.at
    return CronTrigger(
        day_of_week=rules.summary.weekday, hour=at.hour, minute=at.minute, timezone=rules.timezone
    )


async def run(work: Work) -> Counts:
    """Send the week that ended before the due day; a unit that fails is tried again after the others."""
    if work.now - work.due_at >= TOO_LATE:
        return {}  # a newer week is due: an old one would only bury it
    week = summary.finished_week(work.due_at.date())
    async with work.database.reading() as session:
        waiting = await summary.waiting(session, week)
        down = await _down(session, work)
    sent = 0
    if len(waiting) > FEW:
        async for one in weeks_apart.made(work, list(waiting), week):
            unit_id = one.figures.unit_id
            n = await _tried(_queue(work, one, waiting[unit_id], down), unit_id)
            if n is not None:
                sent += n
                del waiting[unit_id]
    for _attempt in range(ATTEMPTS):
        for unit_id, people in list(waiting.items()):
            n = await _tried(send(work, unit_id, people, week, down), unit_id)
            if n is not None:
                sent += n
                del waiting[unit_id]
    return {"sent": sent, "failed": len(waiting)}


async def _tried(sending: Awaitable[int], unit_id: int) -> int | None:
    """Send one unit's week; None if that failed, which keeps no other unit waiting."""
    try:
        return await sending
    except Exception:
        log.exception("a summary failed", extra={"unit": unit_id})
        return None


async def send(
    work: Work, unit_id: int, people: Sequence[int], week: Week, down: tuple[str, str] = ("", "")
) -> int:
    """Send a unit's week to whoever of these people has not got it yet; `down` is why it comes late."""
    figures = await read_week(work, unit_id, week)
    picture = await asyncio.to_thread(weeks_apart.draw, figures)
    return await _queue(work, Made(figures, picture), people, down)


async def _queue(work: Work, one: Made, people: Sequence[int], down: tuple[str, str]) -> int:
    """Write a week's picture and messages in one short transaction; each person's is claimed there, once."""
    week = one.figures.week
    async with work.database.writing() as session:
        brief = await summary.make_brief(session, one.figures, title=lambda slug: _title(work, slug))
        kept = None
        if one.picture is not None and "media" in work.given:
            kept = await work.given["media"].keep(
                session,
                one.picture,
                mime="image/png",
                filename=f"tuan_{week.iso_week}_{week.iso_year}.png",
                keep_for=CHART_KEPT,
                now=work.now,
            )
        return await summary.send(session, one.figures, brief, people, picture=kept, late=down, now=work.now)


async def read_week(work: Work, unit_id: int, week: Week) -> Weekly:
    """Read a unit's week beside the loop."""

    async def read(session: AsyncSession) -> Weekly:
        unit: Unit = await units.unit_of(session, unit_id)
        return await weekly.make(session, unit, week, kinds=work.rules.activity.kinds, now=work.now)

    return await read_apart(work.database, read)


def _title(work: Work, slug: str) -> str:
    lessons: Any = work.given.get("lessons")
    return str(lessons.get(slug).title) if lessons is not None and slug in lessons else slug


async def _down(session: AsyncSession, work: Work) -> tuple[str, str]:
    """Tell between which moments nothing ran around the due time, as ISO; ("", "") when on time or unknown.

    Some job finishes every minute, so the runs before and after the due time frame the gap.
    """
    if work.now - work.due_at < LATE:
        return "", ""
    finished = job_run.c.finished_at
    connection = await session.connection()
    before = sa.select(sa.func.max(finished)).where(finished <= work.due_at)
    after = sa.select(sa.func.min(finished)).where(finished > work.due_at)
    since: datetime | None = (await connection.execute(before)).scalar()
    until: datetime = (await connection.execute(after)).scalar() or work.now
    if since is None or until - since < LATE:
        return "", ""
    zone = work.now.tzinfo
    return since.astimezone(zone).isoformat(), until.astimezone(zone).isoformat()
