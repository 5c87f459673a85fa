"""Remind of open lessons, half-way and on the day before the last."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import training_reminders
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Remind in the evening, when the fields are done."""
    at = rules.training.reminder_at
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Remind everybody whose reminder is due today, a batch to a transaction."""
    reminded, after = 0, 0
    while True:
        async with work.database.writing() as session:
            told, after = await training_reminders.remind(
                session, work.given["lessons"], after=after, now=work.now
            )
        reminded += told
        if not after:
            return {"reminded": reminded}
