"""Bring what the nudged answered back to whoever asked, at 17h of the next day."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import nudges, summary_actions
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Every day at 17h."""
    at = summary_actions.ANSWERS_AT
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Return every answer once."""
    async with work.database.writing() as session:
        return {"told": await nudges.return_answers(session, work.due_at.date(), now=work.now)}
