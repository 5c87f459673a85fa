"""Who was asked after, by whom, and what came back; nobody is asked twice in a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.base import insert_into
from models.nudge import Nudge, NudgeKind
from models.people import Person
from models.units import Unit
from services import counts, people
from services.notices import Notice, tell
from services.summary_notices import NudgeAnswers

WEEK: Final = timedelta(days=7)
# What was asked longer ago is nobody's news any more.
RETURNED_WITHIN: Final = timedelta(days=7)

table: Any = sa.inspect(Nudge).local_table


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked already: who did, when the first time, and from when on it may be done again."""

    by: str
    at: datetime
    again: datetime


async def recent(
    session: AsyncSession, kind: NudgeKind, unit_ids: Sequence[int], *, now: datetime
) -> dict[tuple[int, int], Asked]:
    """Tell by person and unit who was asked after within a week."""
    statement = (
        select(Nudge, Person)
        .outerjoin(Person, col(Person.id) == col(Nudge.by_id))
        .where(Nudge.kind == kind, col(Nudge.unit_id).in_(unit_ids), Nudge.at > now - WEEK)
        .order_by(col(Nudge.id))
    )
    found: dict[tuple[int, int], Asked] = {}
    rows: Any = await session.exec(statement)
    for one, by in rows:
        who = people.called(by) if by is not None else people.UNNAMED
        found[one.person_id, one.unit_id] = Asked(who, one.at, one.at + WEEK)
    return found


async def ask(
    session: AsyncSession,
    kind: NudgeKind,
    person_id: int,
    unit_id: int,
    by_id: int | None,
    word: Notice,
    *,
    now: datetime,
) -> bool:
    """Ask somebody; False if they were asked within a week, or cannot be reached now."""
    key = await _note(session, kind, person_id, unit_id, by_id, now=now)
    if key is None:
        return False
    if await tell(session, person_id, word, subject=f"nudge:{key}", now=now):
        return True
    await (await session.connection()).execute(sa.delete(table).where(table.c.id == key))
    return False


async def _note(
    session: AsyncSession, kind: NudgeKind, person_id: int, unit_id: int, by_id: int | None, *, now: datetime
) -> int | None:
    """Write that somebody is asked now; None if they were, or another supervisor was faster."""
    if (person_id, unit_id) in await recent(session, kind, [unit_id], now=now):
        return None
    week = counts.week_of(now.date())
    dialect = session.get_bind().dialect.name
    statement = (
        insert_into(table, dialect)
        .values(
            kind=kind,
            person_id=person_id,
            unit_id=unit_id,
            by_id=by_id,
            week=week.iso_year * 100 + week.iso_week,
            at=now,
            answer="",
        )
        .on_conflict_do_nothing()
        .returning(table.c.id)
    )
    found: int | None = (await (await session.connection()).execute(statement)).scalar()
    return found


async def answer(
    session: AsyncSession,
    kind: NudgeKind,
    person_id: int | None,
    unit_id: int,
    word: str,
    *,
    now: datetime,
) -> None:
    """Keep what somebody answered; the last word stands."""
    answered = (
        sa.update(table)
        .where(
            table.c.kind == kind,
            table.c.person_id == person_id,
            table.c.unit_id == unit_id,
            table.c.at > now - WEEK,
        )
        .values(answer=word, answered_at=now)
    )
    await (await session.connection()).execute(answered)


async def asker_of(
    session: AsyncSession, kind: NudgeKind, person_id: int, unit_id: int, *, now: datetime
) -> int | None:
    """Find who asked after somebody within a week."""
    statement = (
        select(Nudge.by_id)
        .where(
            Nudge.kind == kind,
            Nudge.person_id == person_id,
            Nudge.unit_id == unit_id,
            Nudge.at > now - WEEK,
        )
        .order_by(col(Nudge.id).desc())
    )
    return (await session.exec(statement)).first()


async def return_answers(session: AsyncSession, day: date, *, now: datetime) -> int:
    """Send the answers of who was asked before a day back to whoever asked; tell to how many."""
    today = datetime.combine(day, datetime.min.time(), now.tzinfo)
    statement = (
        select(Nudge, Unit.name)
        .join(Unit, col(Unit.id) == col(Nudge.unit_id))
        .where(
            col(Nudge.kind).in_((NudgeKind.TEAM, NudgeKind.AREA)),
            col(Nudge.returned_at).is_(None),
            col(Nudge.by_id).is_not(None),
            Nudge.at < today,
            Nudge.at > now - RETURNED_WITHIN,
        )
        .order_by(col(Nudge.id))
        .with_for_update(of=Nudge, skip_locked=True)
    )
    asked: defaultdict[int, list[tuple[Nudge, str]]] = defaultdict(list)
    for one, unit in await session.exec(statement):
        asked[one.by_id or 0].append((one, unit))
    told = 0
    for by_id, rows in asked.items():
        answers = [[unit, *await _said(session, one)] for one, unit in _by_unit(rows)]
        for one, _unit in rows:
            one.returned_at = now
            session.add(one)
        subject = f"answers:{rows[0][0].id}"
        told += await tell(session, by_id, NudgeAnswers(answers=answers), subject=subject, now=now)
    return told


def _by_unit(rows: Sequence[tuple[Nudge, str]]) -> list[tuple[Nudge, str]]:
    """Keep one row of each place, an answered one before others: a team may have two leaders."""
    kept: dict[int, tuple[Nudge, str]] = {}
    for one, unit in rows:
        if one.unit_id not in kept or (one.answer and not kept[one.unit_id][0].answer):
            kept[one.unit_id] = (one, unit)
    return list(kept.values())


async def _said(session: AsyncSession, one: Nudge) -> tuple[str, int]:
    """Tell what came back: a word, or how many entries were written since."""
    wrote = select(func.count()).where(
        Activity.unit_id == one.unit_id,
        Activity.recorded_at > one.at,
        Activity.kind != counts.SPOKEN_ZERO,
        col(Activity.corrected_at).is_(None),
    )
    return one.answer, (await session.exec(wrote)).one()
