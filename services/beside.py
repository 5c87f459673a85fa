"""What becomes of a guide that a volunteer walked with somebody beside them: it counts for the village."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.guides import VisitOutcome
from models.units import Unit
from services import activity, guide_visits
from services.access import Action, Actor, declares
from services.guide_visits import Visit
from services.guides import Guide
from services.rules import ActivityLimits, Kind

# What a guide counts as that names no kind of its own: most are papers filed online.
FILING: Final = "online_filing"


def kind_of(guide: Guide, limits: ActivityLimits) -> Kind | None:
    """Find the kind of work a guide counts as; None if this installation counts nothing like it."""
    return limits.kind(guide.kind or FILING) or limits.kind(FILING)


@declares(Action.LOG_ACTIVITY)
async def log_helped(
    session: AsyncSession,
    actor: Actor,
    visit: Visit,
    unit: Unit,
    kind: Kind,
    *,
    limits: ActivityLimits,
    now: datetime,
) -> Activity:
    """Write down that one was helped, and close the visit so that it counts once; raises OutsideArea."""
    entry = await activity.log_work(
        session, actor, unit, kind, 1, happened_on=now.date(), limits=limits, now=now
    )
    await guide_visits.finish(session, visit, VisitOutcome.DONE, now=now)
    return entry
