"""Ask in the evening, once, about work that was told in a sentence and waits for a yes."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import activity_drafts
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look once in the evening, before the quiet hours."""
    at = rules.activity.remind_at
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Remind; each draft keeps that it was, so a repeated run is harmless."""
    async with work.database.writing() as session:
        return {"reminded": await activity_drafts.remind(session, limits=work.rules.activity, now=work.now)}
