"""Bring every supervisor the week of their area on Monday morning, once, and say so if it comes late."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import weeks_apart
from bot.failures import failure_shape
from bot.scheduler import CatchUp, Counts, Work, job_run
from bot.weeks_apart import Made
from services import summary
from services.counts import Week
from services.rules import Rules

log = logging.getLogger(__name__)

CATCH_UP: CatchUp = "latest"
LATE: Final = timedelta(minutes=10)
TOO_LATE: Final = timedelta(days=7)
ATTEMPTS: Final = 2
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
    for attempt in range(ATTEMPTS):
        async for one in weeks_apart.made(work, list(waiting), week, is_here=attempt > 0):
            unit_id = one.figures.unit_id
            try:
                sent += await _queue(work, one, waiting[unit_id], down)
            except Exception as error:  # noqa: BLE001 - the others get theirs, this one is tried again
                shape = failure_shape(error)
                log.error("a summary failed", extra={"unit": unit_id, "failure": shape})  # noqa: TRY400
            else:
                del waiting[unit_id]
    return {"sent": sent, "failed": len(waiting)}


async def send(work: Work, unit_id: int, people: Sequence[int], week: Week) -> int:
    """Send a unit's week to whoever of these people has not got it yet."""
    return sum([await _queue(work, one, people) async for one in weeks_apart.made(work, [unit_id], week)])


async def _queue(work: Work, one: Made, people: Sequence[int], down: tuple[str, str] = ("", "")) -> int:
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
