"""Which entries stand behind a month's ledger, row by row, and which of them do not count yet?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, ActivityShare
from models.help import HelpRequest
from models.people import Person
from models.review import CountReview
from models.units import Level, Unit
from services import activity, activity_export, errors, ledger_counts, units
from services.activity_export import MOST_ROWS
from services.rules import Kind


class Seen(StrEnum):
    """Why an entry counts, or does not count yet."""

    PLAIN = "plain"
    RIGHT = "right"
    WAITING = "waiting"
    UNLOCKED = "unlocked"
    REOPENED = "reopened"


class Place(NamedTuple):
    """A village as lists say it, and its commune."""

    name: str
    commune: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry of a month; `who` is "" for somebody forgotten, `mates` are those who took part beside."""

    day: date
    place: Place
    who: str
    kind: Kind
    count: int
    seen: Seen
    mates: tuple[str, ...]


async def read(
    session: AsyncSession, unit: Unit, first: date, last: date, until: date, *, kinds: Sequence[Kind]
) -> tuple[LedgerEntry, ...]:
    """List the entries that stand, by day and in the order written. Raises ExportTooLong."""
    rows = (await (await session.connection()).execute(_statement(unit, first, last))).all()
    if len(rows) > MOST_ROWS:
        raise errors.ExportTooLong(most=MOST_ROWS)
    villages = await places(session, {row.unit_id for row in rows})
    mates = await _mates(session, unit, first, last)
    known = {kind.name: kind for kind in kinds}
    return tuple(
        LedgerEntry(
            day=row.happened_on,
            place=villages[row.unit_id],
            who=row.who or "",
            kind=known.get(row.kind) or Kind(row.kind, row.kind, "turns"),
            count=row.total,
            seen=_seen(row, until),
            mates=tuple(mates.get(row.id, ())),
        )
        for row in rows
    )


def _statement(unit: Unit, first: date, last: date) -> Any:
    is_help = col(Activity.kind) == activity.BOT_HELP
    whose = sa.case((is_help, ledger_counts.helper()), else_=col(Activity.person_id))
    return (
        sa.select(
            col(Activity.id),
            col(Activity.unit_id),
            col(Activity.happened_on),
            col(Activity.kind),
            sa.case((is_help, ledger_counts.once()), else_=col(Activity.count)).label("total"),
            col(Person.name).label("who"),
            col(CountReview.id).label("review"),
            ledger_counts.is_right().label("is_right"),
            ledger_counts.is_solved().label("is_solved"),
        )
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .outerjoin(CountReview, col(CountReview.activity_id) == col(Activity.id))
        .outerjoin(HelpRequest, col(HelpRequest.id) == col(Activity.help_request_id))
        .outerjoin(Person, col(Person.id) == whose)
        .where(*ledger_counts.standing(unit, first, last))
        .order_by(col(Activity.happened_on), col(Activity.id))
        .limit(MOST_ROWS + 1)
    )


def _seen(row: Any, until: date) -> Seen:
    if not row.is_right:
        return Seen.WAITING
    if not row.is_solved:
        return Seen.REOPENED
    if row.happened_on > until:
        return Seen.UNLOCKED
    return Seen.PLAIN if row.review is None else Seen.RIGHT


async def _mates(session: AsyncSession, unit: Unit, first: date, last: date) -> dict[int, list[str]]:
    statement = (
        sa.select(col(ActivityShare.activity_id), col(Person.name))
        .join(Activity, col(Activity.id) == col(ActivityShare.activity_id))
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .join(Person, col(Person.id) == col(ActivityShare.person_id))
        .where(*ledger_counts.standing(unit, first, last), col(ActivityShare.declined_at).is_(None))
        .order_by(col(ActivityShare.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for entry_id, name in (await (await session.connection()).execute(statement)).all():
        found[entry_id].append(name)
    return found


async def places(session: AsyncSession, unit_ids: Collection[int]) -> dict[int, Place]:
    """Name villages, each told from its namesakes, and the commune each lies in today."""
    labels = await activity_export.places(session, sorted(unit_ids))
    villages = (await session.exec(select(Unit).where(col(Unit.id).in_(unit_ids)))).all()
    above = {each for village in villages for each in units.path_ids(village)}
    found = select(Unit).where(col(Unit.id).in_(above), Unit.level == Level.COMMUNE)
    communes = {one.id: units.display_name(one) for one in (await session.exec(found)).all()}
    return {
        units.unit_id(village): Place(
            labels[units.unit_id(village)],
            next((communes[each] for each in units.path_ids(village) if each in communes), ""),
        )
        for village in villages
    }
