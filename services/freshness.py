"""Which guides may have gone stale: past their date or soon, or with screens that look different."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from locales import gettext as _
from models.guides import ScreenReport
from services import audit, people
from services.access import Action, Actor, declares
from services.guides import Guide, Library
from services.learning_notices import ScreensDiffer
from services.notices import tell

SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stale:
    """A guide to look at again: its last day, if that is near or past, and the steps people reported."""

    guide: Guide
    last_day: date | None
    steps: tuple[int, ...] = ()
    reports: int = 0


def caution(guide: Guide, today: date) -> str:
    """Say honestly if nobody has tried a guide on a device, or if its date has passed; "" if all is well."""
    if guide.expires_on and guide.is_expired(today):
        day = dates.long(guide.expires_on)
        return _(
            "This guide is past its check date ({day}) and may have changed. Ask the commune before going."
        ).format(day=day)
    if guide.checked_on is None:
        return _("This guide has not been tried on a real phone yet, screens may differ a little.")
    return ""


def expires_soon(guide: Guide, today: date) -> bool:
    """Tell whether a guide that can be followed is past its day, or will be within a month."""
    return not guide.is_stub and guide.expires_on is not None and guide.expires_on <= today + SOON


async def stale(session: AsyncSession, guides: Library, *, now: datetime) -> list[Stale]:
    """List the guides to look at again, the most urgent first."""
    reported = select(ScreenReport).where(col(ScreenReport.settled_at).is_(None))
    steps = _by_guide((await session.exec(reported)).all())
    today = now.date()
    found = [
        Stale(
            guide,
            guide.expires_on if expires_soon(guide, today) else None,
            tuple(sorted(steps[guide.slug])),
            steps[guide.slug].total(),
        )
        for guide in guides
        if expires_soon(guide, today) or guide.slug in steps
    ]
    return sorted(found, key=lambda one: (one.last_day or date.max, -one.reports, one.guide.slug))


def _by_guide(reports: Iterable[ScreenReport]) -> defaultdict[str, Counter[int]]:
    steps: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for report in reports:
        steps[report.slug][report.step] += 1
    return steps


@declares(Action.KEEP_GUIDES)
async def to_look_at(session: AsyncSession, actor: Actor, guides: Library, *, now: datetime) -> list[Stale]:
    """List the guides to look at again for whoever keeps them."""
    actor.require_anywhere(Action.KEEP_GUIDES)
    return await stale(session, guides, now=now)


@declares(Action.KEEP_GUIDES)
async def settle(session: AsyncSession, actor: Actor, slug: str, *, now: datetime) -> int:
    """Note that somebody looked at the reported screens of a guide; tell how many reports that settles."""
    actor.require_anywhere(Action.KEEP_GUIDES)
    table: Any = sa.inspect(ScreenReport).local_table
    open_ones = sa.update(table).where(table.c.slug == slug, table.c.settled_at.is_(None))
    result = await (await session.connection()).execute(open_ones.values(settled_at=now))
    if result.rowcount:
        fields = "settled_at"
        audit.record(session, actor.person_id, "screens_settled", "guide", None, now=now, fields=fields)
    return int(result.rowcount)


async def tell_operators(session: AsyncSession, guides: Library, *, now: datetime) -> int:
    """Tell the operators which screens were reported since the last time, all guides in one word a day."""
    untold = select(ScreenReport).where(
        col(ScreenReport.settled_at).is_(None), col(ScreenReport.told_at).is_(None)
    )
    reports = (await session.exec(untold.order_by(col(ScreenReport.id)).with_for_update())).all()
    for report in reports:
        report.told_at = now
        session.add(report)
    steps = _by_guide(report for report in reports if report.slug in guides)
    if not steps:
        return 0
    named = [guides.get(slug) for slug in sorted(steps)]
    word = ScreensDiffer(
        titles=[guide.title for guide in named],
        steps=[", ".join(map(str, sorted(steps[guide.slug]))) for guide in named],
        owners=[guide.owner for guide in named],
    )
    subject = f"screens:{now.date()}"
    heard = [
        await tell(session, operator.id or 0, word, subject=subject, now=now)
        for operator in await people.operators(session)
    ]
    return sum(heard)
