"""What does a whole province look like after twelve weeks? People and figures are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Marker
from models.people import Account
from models.units import Level, Unit
from services import counts, units_official
from services.guides import Library
from services.lessons import Lessons
from services.rules import Rules
from services.sample import asking, goals, learning, rhythm, shape, teams, work
from services.sample.cast import CAST, CHANNEL, Figure
from services.sample.shape import Shape, Size
from services.sample.work import Span

__all__ = ["CAST", "CHANNEL", "Figure", "Loaded", "Size", "live_on", "load", "person_of"]

BEGAN: Final = "sample_began"
MADE: Final = "sample_made"
WRITTEN: Final = "sample_written"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the sample holds."""

    communes: int
    villages: int
    members: int
    entries: int
    requests: int


async def load(
    session: AsyncSession,
    *,
    guides: Library,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
    size: Size | None = None,
) -> Loaded:
    """Fill an empty database: places, people, and weeks of work up to now, always the same for one moment.

    Raises OfficialListMissing where the official names of places are not installed.
    """
    size = size or Size()
    loaded = await units_official.load_official(session, [shape.PROVINCE], map="old", now=now)
    places = await shape.add_villages(session, loaded.provinces[0], size)
    await teams.add_people(session, places, size, privacy=rules.privacy, now=now)
    began = counts.week_of(now.date()).monday - timedelta(weeks=size.weeks)
    first = datetime.combine(began, time.min, now.tzinfo)
    for name, day in ((BEGAN, began), (MADE, now.date())):
        session.add(Marker(name=name, value=day.isoformat()))
    entries, requests = await _write(session, places, first, guides=guides, rules=rules, now=now)
    people = await teams.read(session, places)
    waiting = await asking.add_waiting(session, places, people, guides=guides, rules=rules, now=now)
    waits = await person_of(session, next(one for one in CAST if one.key == "member"))
    await learning.add_lessons(session, places, people, lessons, waits=waits, rules=rules, now=now)
    return Loaded(
        communes=len({team.unit.parent_id for team in people}),
        villages=len(people),
        members=sum(len(team.members) for team in people),
        entries=entries,
        requests=requests + waiting,
    )


async def live_on(session: AsyncSession, *, guides: Library, rules: Rules, now: datetime) -> int:
    """Let the teams go on as before from where the sample ends up to now; tell how many entries that were."""
    written = await session.get(Marker, WRITTEN)
    if written is None:
        return 0
    after = datetime.fromisoformat(written.value)
    province = (await session.exec(select(Unit).where(Unit.level == Level.PROVINCE))).one()
    places = await shape.read(session, province)
    entries, _requests = await _write(session, places, after, guides=guides, rules=rules, now=now)
    return entries


async def _write(
    session: AsyncSession, places: Shape, after: datetime, *, guides: Library, rules: Rules, now: datetime
) -> tuple[int, int]:
    """Write what happened after one moment up to now, and remember how far it is written."""
    began, made = await _day(session, BEGAN), await _day(session, MADE)
    tempers = rhythm.tempers(places, days=(made - began).days)
    people = await teams.read(session, places)
    span = Span(start=began, after=after, until=now)
    requests = await asking.add_helped(session, places, people, tempers, span, guides=guides)
    entries = await work.add_work(session, people, tempers, span, limits=rules.activity)
    await goals.add_goals(session, places, span, kinds=rules.activity.names)
    await session.merge(Marker(name=WRITTEN, value=now.isoformat()))
    await session.flush()
    return entries + requests, requests


async def _day(session: AsyncSession, name: str) -> date:
    found = await session.exec(select(Marker.value).where(Marker.name == name))
    return date.fromisoformat(found.one())


async def person_of(session: AsyncSession, figure: Figure) -> int:
    """Find the person behind a figure; who was forgotten meanwhile is 0."""
    found = select(Account.person_id).where(
        Account.channel_account == CHANNEL, col(Account.external_id) == figure.chat
    )
    return (await session.exec(found)).first() or 0
