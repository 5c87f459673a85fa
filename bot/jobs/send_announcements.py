"""Let announcements go out in waves, so many people a minute, until everybody has been sent one."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import broadcast
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look every minute: a wave is what goes out in one."""
    return CronTrigger(minute="*", timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Queue this minute's wave of each, a batch to a transaction so that nobody's answer waits."""
    queued = 0
    async with work.database.reading() as session:
        due = await broadcast.due(session, now=work.now)
    for announcement_id in due:
        left = work.rules.announcements.per_minute
        while left > 0:
            async with work.database.writing() as session:
                wave = await broadcast.send_wave(session, announcement_id, most=left, now=work.now)
            if not wave:
                break
            queued += wave
            left -= wave
    return {"queued": queued}
