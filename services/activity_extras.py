"""What an entry can carry beside its number: pictures without a place, and a few words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, ActivityNote, ActivityPhoto
from models.delivery import Media
from models.people import Account
from models.units import Unit
from services import activity, audit, errors, media, units
from services.access import Action, Actor, declares
from services.rules import ActivityLimits
from services.safety import redact

MOST_WORDS = 300


async def add_photo(
    session: AsyncSession, actor: Actor, entry_id: int, file: str, *, limits: ActivityLimits, now: datetime
) -> Activity:
    """Put a picture to an entry of one's own. Raises NotYours, EntryUndone.

    What the web chat uploads has been redrawn before it is kept, and what another platform holds is redrawn
    when it is brought here: neither tells where it was taken.
    """
    entry = await activity.entry_of(session, actor, entry_id, now=now)
    account = select(Account.channel_account).where(Account.id == actor.account_id)
    keep_for = timedelta(days=limits.photo_days)
    media_id = await media.received(
        session,
        channel_account=(await session.exec(account)).first() or "",
        file=file,
        now=now,
        keep_for=keep_for,
    )
    table: Any = sa.inspect(Media).local_table
    await session.exec(sa.update(table).where(table.c.id == media_id).values(expires_at=now + keep_for))
    photo = ActivityPhoto(
        activity_id=entry.id or 0, media_id=media_id, person_id=actor.person_id or 0, added_at=now
    )
    session.add(photo)
    audit.record(session, actor.person_id, "activity_photo_added", "activity", entry.id, now=now)
    await session.flush()
    return entry


async def add_note(
    session: AsyncSession, actor: Actor, entry_id: int, words: str, *, now: datetime
) -> Activity:
    """Put a few words to an entry of one's own, in place of earlier ones. Raises NotYours, EntryUndone."""
    entry = await activity.entry_of(session, actor, entry_id, now=now)
    clean = redact(words).text.strip()[:MOST_WORDS]
    before = (await session.exec(select(ActivityNote).where(ActivityNote.activity_id == entry.id))).first()
    note = before or ActivityNote(
        activity_id=entry.id or 0, person_id=actor.person_id or 0, words=clean, added_at=now
    )
    note.words, note.added_at = clean, now
    session.add(note)
    audit.record(session, actor.person_id, "activity_note_added", "activity", entry.id, now=now)
    await session.flush()
    return entry


@declares(Action.LOG_ACTIVITY, Action.CORRECT_ACTIVITY)
async def photos_of(session: AsyncSession, actor: Actor, entry_id: int) -> list[int]:
    """List the pictures of an entry, for its writer, the leader and whoever is above. Raises OutsideArea."""
    entry = await activity.latest(session, entry_id)
    unit = await units.unit_of(session, entry.unit_id)
    if actor.person_id is None:
        raise errors.NotYours
    if entry.person_id != actor.person_id:
        actor.require(Action.CORRECT_ACTIVITY, unit_id=entry.unit_id, path=unit.path)
    found = select(ActivityPhoto.media_id).where(ActivityPhoto.activity_id == entry.id)
    return list((await session.exec(found.order_by(col(ActivityPhoto.id)))).all())


async def note_of(session: AsyncSession, activity_id: int) -> str:
    """Tell the words of an entry; "" if there are none."""
    found = select(ActivityNote.words).where(ActivityNote.activity_id == activity_id)
    return (await session.exec(found)).first() or ""


async def has_photos(session: AsyncSession, unit: Unit) -> bool:
    """Tell whether any entry of a unit and below has a picture."""
    statement = (
        select(ActivityPhoto.id)
        .join(Activity, col(Activity.id) == col(ActivityPhoto.activity_id))
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .where(units.within(unit), col(Activity.corrected_at).is_(None))
        .limit(1)
    )
    return (await session.exec(statement)).first() is not None


@declares(Action.CORRECT_ACTIVITY)
async def recent_with_photo(
    session: AsyncSession, actor: Actor, unit_id: int, *, limit: int
) -> list[Activity]:
    """List the newest entries of a unit and below that have a picture. Raises OutsideArea."""
    unit = await units.unit_of(session, unit_id)
    actor.require(Action.CORRECT_ACTIVITY, unit_id=unit_id, path=unit.path)
    statement = (
        select(Activity)
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .where(
            units.within(unit),
            col(Activity.corrected_at).is_(None),
            col(Activity.id).in_(select(ActivityPhoto.activity_id)),
        )
        .order_by(col(Activity.happened_on).desc(), col(Activity.id).desc())
        .limit(limit)
    )
    return list((await session.exec(statement)).all())
