"""Bring a lesson at its opening, on the evening somebody asked for, and the morning after it was missed."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import training_reminders
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look every minute: a lesson opens at a clock time that was said."""
    return CronTrigger(minute="*", timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Tell everybody who is to be told by now, a batch to a transaction so that nobody's answer waits."""
    total: Counts = {}
    while True:
        async with work.database.writing() as session:
            counts = await training_reminders.push(session, work.given["lessons"], now=work.now)
        is_last = counts.pop("seen") < training_reminders.BATCH
        total = {name: total.get(name, 0) + count for name, count in counts.items()}
        if is_last:
            return total
