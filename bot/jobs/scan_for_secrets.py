"""Look every night whether a secret got into what is kept, mask it, and tell the operators."""

from __future__ import annotations

import asyncio

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import secret_scan
from services.rules import Rules

CATCH_UP: CatchUp = "latest"
BATCH = 200


def schedule(rules: Rules) -> BaseTrigger:
    """Look at three in the morning, when nobody waits for an answer."""
    return CronTrigger(hour=3, minute=10, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Read everything in short transactions; the counts name the tables that held a secret."""
    found: Counts = {}
    for place in secret_scan.places():
        masked = await _scan(work, place)
        if masked:
            found[place.table.name] = masked
    if found:
        async with work.database.writing() as session:
            await secret_scan.tell_operators(session, sum(found.values()), now=work.now)
    return found


async def _scan(work: Work, place: secret_scan.Place) -> int:
    after, total = 0, 0
    while True:
        async with work.database.writing() as session:
            after, read, masked = await secret_scan.scan(
                session, place, after=after, limit=BATCH, now=work.now
            )
        total += masked
        if read < BATCH:
            return total
        await asyncio.sleep(0)  # let a citizen's message go first
