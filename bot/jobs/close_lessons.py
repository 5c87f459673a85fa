"""Mark lessons as missed once their last day is over."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import training_reminders
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Close after midnight, so that the morning's figures are right; it is told at 8 o'clock."""
    return CronTrigger(hour=0, minute=5, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Close every lesson whose last day has passed."""
    async with work.database.writing() as session:
        return {"missed": await training_reminders.close(session, now=work.now)}
