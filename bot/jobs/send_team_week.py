"""Show every leader the team's week on Sunday evening, the night before the commune gets the summary."""

from __future__ import annotations

import asyncio
from typing import Any

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.scheduler import CatchUp, Counts, Work
from models.units import Unit
from services import counts, team_week
from services.notices import tell
from services.rules import Rules

CATCH_UP: CatchUp = "latest"
SUNDAY_EVENING = 19
TEAMS_AT_ONCE = 20


def schedule(rules: Rules) -> BaseTrigger:
    """Sunday at 19h."""
    return CronTrigger(day_of_week="sun", hour=SUNDAY_EVENING, minute=0, timezone=rules.timezone)


async def run(work: Work) -> Counts:
    """Tell each leader once a week; some teams at a time, so that nobody's message waits for all of them."""
    async with work.database.reading() as session:
        leaders = await team_week.leaders(session)
    told = 0
    for first in range(0, len(leaders), TEAMS_AT_ONCE):
        told += await _tell(work, leaders[first : first + TEAMS_AT_ONCE])
        await asyncio.sleep(0)
    return {"told": told}


async def _tell(work: Work, leaders: list[tuple[int, Unit]]) -> int:
    due_on = work.due_at.date()
    week = counts.week_of(due_on)
    told = 0
    lessons: Any = work.given.get("lessons")
    title = None if lessons is None else lambda slug: lessons.get(slug).title if slug in lessons else slug
    async with work.database.writing() as session:
        for person_id, unit in leaders:
            seen = await team_week.week_up_to(
                session, unit, due_on, rules=work.rules, title=title, now=work.now
            )
            subject = f"team_week:{unit.id}:{week.iso_year}-W{week.iso_week:02d}"
            told += await tell(session, person_id, seen, subject=subject, now=work.now)
    return told
