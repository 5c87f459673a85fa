"""Tell operators in the morning that ways of asking wait for a yes or a no."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import learning
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Once a day, when the office has opened."""
    return CronTrigger(hour=8, minute=30, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Tell if there is anything they have not heard of."""
    async with work.database.writing() as session:
        return {"told": await learning.tell_operators(session, now=work.now)}
