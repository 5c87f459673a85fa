"""Forget, every hour, what need not be kept: a stranger's words are promised to be gone in a day."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot import retention
from bot.scheduler import CatchUp, Counts, Work
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look once an hour, beside the full hours when others are busy."""
    return CronTrigger(minute=17, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Delete rows and files past their time, in short transactions."""
    return await retention.purge(
        work.database,
        media=work.given["media"].folder,
        keep_months=work.rules.privacy.keep_months,
        now=work.now,
    )
