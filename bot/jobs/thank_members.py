"""Thank every member for the month that has ended, with their own numbers, on the 1st at 19h."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import month_thanks
from services.rules import Rules

CATCH_UP: CatchUp = "latest"
HOUR = 19
TOO_LATE = timedelta(days=10)
TEAMS_AT_ONCE = 20


def schedule(rules: Rules) -> BaseTrigger:
    """Every month on the 1st at 19h."""
    return CronTrigger(day=1, hour=HOUR, minute=0, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Thank each once; some teams at a time, so that nobody's message waits for all of them."""
    if work.now - work.due_at > TOO_LATE:
        return {}
    month = work.due_at.date().replace(day=1) - timedelta(days=1)
    kinds = work.rules.activity.kinds
    async with work.database.reading() as session:
        villages = await month_thanks.villages(session)
    told = 0
    for first in range(0, len(villages), TEAMS_AT_ONCE):
        async with work.database.writing() as session:
            some = villages[first : first + TEAMS_AT_ONCE]
            told += await month_thanks.thank(session, some, month, kinds=kinds, now=work.now)
        await asyncio.sleep(0)
    return {"told": told}
