"""Ask whoever was helped for the first time whether they want the news of their commune."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import news
from services.rules import Rules

CATCH_UP: CatchUp = "skip"


def schedule(rules: Rules) -> BaseTrigger:
    """Once a day, in the late afternoon: never right behind the answer itself."""
    return CronTrigger(hour=17, minute=30, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Ask a batch to a transaction, so that nobody's answer waits."""
    asked = 0
    while True:
        async with work.database.writing() as session:
            some = await news.ask_helped(session, now=work.now)
        asked += some
        if some < news.AT_ONCE:
            return {"asked": asked}
