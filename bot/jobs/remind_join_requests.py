"""Remind whoever should answer a request to join, and keep the hour promised to whoever waits."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import joining_reminders
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look every hour on the hour: the word that is promised is for 20:00."""
    return CronTrigger(minute=0, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Do what is due; telling twice is impossible, so a repeated run is harmless."""
    async with work.database.writing() as session:
        return await joining_reminders.remind(session, now=work.now)
