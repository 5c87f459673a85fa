"""Tell whoever announced something how far it came, at the hour that was promised."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import broadcast
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look every minute: the promise is a clock time."""
    return CronTrigger(minute="*", timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Report each announcement once."""
    async with work.database.writing() as session:
        return {"reported": await broadcast.report_due(session, now=work.now)}
