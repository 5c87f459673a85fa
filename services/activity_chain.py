"""How do entries follow one another: nothing overwritten, corrected by new rows, the sums beside them?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.activity import Activity, ActivityNote, ActivityPhoto, ActivityShare, Rollup
from models.base import insert_into
from services import errors

Change = tuple[int, date, str, int, int]
"""What an entry does to a sum: unit, day, kind, count, entries."""


async def first_of(session: AsyncSession, entry: Activity) -> Activity:
    """Find the first row of a chain: a correction does not begin the day anew."""
    while entry.corrects_id is not None:
        entry = (await session.exec(select(Activity).where(Activity.id == entry.corrects_id))).one()
    return entry


async def lock(session: AsyncSession, activity_id: int) -> Activity:
    """Hold an entry as it stands in the database; raises NotYours for one that never was."""
    statement = select(Activity).where(Activity.id == activity_id).with_for_update()
    found = (await session.exec(statement.execution_options(populate_existing=True))).first()
    if found is None:
        raise errors.NotYours
    return found


async def last_of(session: AsyncSession, entry: Activity) -> Activity:
    """Follow the corrections of a locked entry, locking each: an old button means the row of today."""
    while True:
        following = select(Activity.id).where(Activity.corrects_id == entry.id)
        found = (await session.exec(following)).first()
        if found is None:
            return entry
        entry = await lock(session, found)


async def standing(session: AsyncSession, activity_id: int, *, now: datetime) -> Activity:
    """Hold the row of today behind an old one; raises NotYours, EntryUndone."""
    last = await last_of(session, await lock(session, activity_id))
    refuse_undone(last, now=now)
    return last


def refuse_undone(entry: Activity, *, now: datetime) -> None:
    """Raise EntryUndone for an entry that no longer counts."""
    if entry.corrected_at is not None:
        raise errors.EntryUndone(clock=dates.moment(entry.corrected_at, now))


def after(entry: Activity, *, count: int, happened_on: date, now: datetime) -> Activity:
    """Make the row that comes after an entry, with another count or day."""
    return Activity(
        unit_id=entry.unit_id,
        person_id=entry.person_id,
        kind=entry.kind,
        count=count,
        happened_on=happened_on,
        recorded_at=now,
        source=entry.source,
        help_request_id=entry.help_request_id,
        corrects_id=entry.id,
    )


def counting(entry: Activity, sign: int) -> Change:
    """Tell what an entry adds to its day's sum, or with -1 takes from it."""
    return entry.unit_id, entry.happened_on, entry.kind, sign * entry.count, sign


async def replace(session: AsyncSession, old: Activity, new: Activity, *, now: datetime) -> None:
    """Put a new row in an old one's place, and both days' sums right."""
    old.corrected_at = now
    session.add(old)
    changes = [counting(old, -1)]
    if new.corrected_at is None:
        changes.append(counting(new, 1))
    await write(session, new, changes)
    await carry(session, old, new)


async def carry(session: AsyncSession, old: Activity, new: Activity) -> None:
    """Let those who took part, pictures and words stay with the row that stands."""
    for model in (ActivityShare, ActivityPhoto, ActivityNote):
        table: Any = sa.inspect(model).local_table
        moved = sa.update(table).where(table.c.activity_id == old.id).values(activity_id=new.id)
        await session.exec(moved)


async def write(session: AsyncSession, entry: Activity, changes: Iterable[Change]) -> int:
    """Write a row first and its sums after, sorted: two units of work then never wait for each other."""
    session.add(entry)
    await session.flush()
    assert entry.id is not None  # noqa: S101 - flushed
    for change in sorted(changes):
        await _add_up(session, change)
    return entry.id


async def _add_up(session: AsyncSession, change: Change) -> None:
    unit_id, day, kind, total, entries = change
    values = {"unit_id": unit_id, "day": day, "kind": kind, "total": total, "entries": entries}
    connection = await session.connection()
    await connection.execute(adding_up(connection.dialect.name), values)


def adding_up(dialect: str) -> Any:
    """Write the statement that adds to the sum of a unit, a day and a kind, or begins one."""
    table: Any = sa.inspect(Rollup).local_table
    row = insert_into(table, dialect)
    return row.on_conflict_do_update(
        index_elements=["unit_id", "day", "kind"],
        set_={"total": table.c.total + row.excluded.total, "entries": table.c.entries + row.excluded.entries},
    )
