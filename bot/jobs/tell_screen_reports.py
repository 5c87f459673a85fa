"""Tell in the morning which guides show other screens than people's phones do."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import freshness
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Once a day, when the office has opened."""
    return CronTrigger(hour=8, minute=30, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Tell of the reports nobody heard of yet."""
    async with work.database.writing() as session:
        return {"told": await freshness.tell_operators(session, work.given["guides"], now=work.now)}
