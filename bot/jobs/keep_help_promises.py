"""Speak again at every clock time that was promised about a request for help."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import help_promises
from services.rules import Rules

# The times stand on the requests, so one late look is enough for all that were missed.
CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look every minute: the promise is a clock time."""
    return CronTrigger(minute="*", timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Keep what is due."""
    async with work.database.writing() as session:
        return await help_promises.keep_promises(session, rules=work.rules, now=work.now)
