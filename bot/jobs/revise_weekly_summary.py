"""Tell supervisors when late entries have moved a week they were told of, at most once a day."""

from __future__ import annotations

from datetime import timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot import weeks_apart
from bot.scheduler import CatchUp, Counts, Work
from services import summary
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Every day at the hour of the summary."""
    return CronTrigger(hour=rules.summary.at.hour, minute=rules.summary.at.minute, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Compare the last finished week with what each supervisor was told, until it is locked."""
    week = summary.finished_week(work.now.date())
    if work.now.date() > week.sunday + timedelta(days=work.rules.activity.lock_days):
        return {}
    async with work.database.reading() as session:
        readers = await summary.readers(session)
        told = {unit_id: await summary.told(session, unit_id, week) for unit_id in readers}
    unit_ids = [unit_id for unit_id, rows in told.items() if rows]
    revised = 0
    async for one in weeks_apart.made(work, unit_ids, week, has_pictures=False):
        figures = one.figures
        if any(summary.compare(figures, row.figures) for row in told[figures.unit_id].values()):
            async with work.database.writing() as session:
                revised += await summary.revise(session, figures, rules=work.rules, now=work.now)
    return {"revised": revised}
