"""Remind of a summary that nobody opened, in one line on Tuesday morning."""

from __future__ import annotations

from datetime import timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import summary
from services.rules import Rules

CATCH_UP: CatchUp = "latest"
HOUR = 9


def schedule(rules: Rules) -> BaseTrigger:
    """Every week on the day after the summary at 9h, by default on Tuesday."""
    weekday = (rules.summary.weekday + 1) % 7
    return CronTrigger(day_of_week=weekday, hour=HOUR, minute=0, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Remind each once; days later it would only bury the next summary."""
    if work.now - work.due_at > timedelta(days=2):
        return {}
    async with work.database.writing() as session:
        week = summary.finished_week(work.due_at.date())
        return {"told": await summary.remind_unopened(session, week, now=work.now)}
