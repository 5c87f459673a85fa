"""Bring back, at the hour that was promised, the step somebody stopped at."""

from __future__ import annotations

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from services import guide_visits
from services.notices import GuideReminder, tell
from services.rules import Rules

CATCH_UP: CatchUp = "latest"


def schedule(rules: Rules) -> BaseTrigger:
    """Look every minute: the promise is a clock time."""
    return CronTrigger(minute="*", timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Send each reminder once."""
    reminded = 0
    async with work.database.writing() as session:
        for visit in await guide_visits.due_reminders(session, now=work.now):
            guide = work.given["guides"].get(visit.slug)
            notice = GuideReminder(
                visit_id=visit.id or 0, title=guide.title, step=visit.step, of=len(guide.steps)
            )
            subject = f"visit:{visit.id}:{visit.step}"
            reminded += await tell(session, visit.person_id, notice, subject=subject, now=work.now)
            visit.remind_at = None
            session.add(visit)
    return {"reminded": reminded}
