"""Try new ways of asking on the known questions, so that an operator hears what they cost."""

from __future__ import annotations

from typing import Final

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.beside import beside
from bot.scheduler import CatchUp, Counts, Work
from services import learning, learning_trial
from services.rules import Rules

CATCH_UP: CatchUp = "latest"
AT_ONCE: Final = 10


def schedule(rules: Rules) -> BaseTrigger:
    """Look every minute: whoever says which guide is meant is asked again soon."""
    return CronTrigger(minute="*", timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Try what was never tried, or before something else was accepted."""
    async with work.database.reading() as session:
        version = await learning.version(session)
        due = await learning.to_try(session, version, limit=AT_ONCE)
        if not due:
            return {"tried": 0}
        phrases = await learning.accepted(session)
    known = learning.entries(work.given["guides"], phrases)
    found = await beside(learning_trial.try_all, known, [(one.words, one.slug) for one in due])
    async with work.database.writing() as session:
        for proposal, (slug, costs) in zip(due, found, strict=True):
            await learning.keep_trial(session, proposal.id or 0, slug, costs=costs, version=version)
    return {"tried": len(due)}
