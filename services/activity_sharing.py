"""Who took part in an entry that another wrote, how they hear of it, and how they say that it was not them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, ActivityShare
from models.people import Person
from services import activity, audit, errors, notices, people
from services.access import Actor
from services.activity_notices import ActivityShared, ShareDeclined
from services.rules import ActivityLimits


async def share(
    session: AsyncSession,
    actor: Actor,
    entries: Sequence[Activity],
    mates: Sequence[int],
    *,
    limits: ActivityLimits,
    now: datetime,
) -> None:
    """Note who took part in entries of one's own, and tell each of them once."""
    for mate in mates:
        for entry in entries:
            session.add(ActivityShare(activity_id=entry.id or 0, person_id=mate, told_at=now))
            audit.record(session, actor.person_id, "activity_shared", "activity", entry.id, now=now)
        await notices.tell(
            session, mate, _told(actor, entries, limits, now), subject=_subject(entries), now=now
        )
    await session.flush()


def _subject(entries: Sequence[Activity]) -> str:
    return f"activity:{entries[0].id}"


def _told(actor: Actor, entries: Sequence[Activity], limits: ActivityLimits, now: datetime) -> ActivityShared:
    kinds = [activity.kind_of(entry, limits) for entry in entries]
    return ActivityShared(
        writer=actor.who,
        entry_ids=[entry.id or 0 for entry in entries],
        labels=[kind.label for kind in kinds],
        units=[kind.unit for kind in kinds],
        counts=[entry.count for entry in entries],
        days=[entry.happened_on.isoformat() for entry in entries],
        told_on=now.date().isoformat(),
    )


async def mates_of(session: AsyncSession, activity_id: int) -> list[Person]:
    """List who took part in an entry beside its writer."""
    statement = (
        select(Person)
        .join(ActivityShare, col(ActivityShare.person_id) == col(Person.id))
        .where(ActivityShare.activity_id == activity_id, col(ActivityShare.declined_at).is_(None))
        .order_by(col(ActivityShare.id))
    )
    return list((await session.exec(statement)).all())


async def decline(
    session: AsyncSession, actor: Actor, first_id: int, *, limits: ActivityLimits, now: datetime
) -> bool:
    """Say of one's own part that it was somebody else: in an entry and what was written with it.

    False if it had been said before. Raises NotYours.
    """
    together = await _with(session, await activity.latest(session, first_id))
    mine = select(ActivityShare).where(
        col(ActivityShare.activity_id).in_([entry.id for entry in together]),
        ActivityShare.person_id == actor.person_id,
    )
    shares = (await session.exec(mine.order_by(col(ActivityShare.id)).with_for_update())).all()
    if not shares:
        raise errors.NotYours
    open_shares = [one for one in shares if one.declined_at is None]
    for one in open_shares:
        one.declined_at = now
        session.add(one)
        audit.record(session, actor.person_id, "share_declined", "activity", one.activity_id, now=now)
    if open_shares:
        await _tell_writer(session, actor, together[0], limits, now)
    return bool(open_shares)


async def _with(session: AsyncSession, entry: Activity) -> list[Activity]:
    """Find the entries that were written in one go with this one."""
    return [entry] if entry.person_id is None else await activity.written_together(session, entry)


async def _tell_writer(
    session: AsyncSession, actor: Actor, entry: Activity, limits: ActivityLimits, now: datetime
) -> None:
    if entry.person_id is None:
        return
    kind = activity.kind_of(entry, limits)
    who = people.called(await people.person_of(session, actor.person_id or 0))
    word = ShareDeclined(
        who=who,
        label=kind.label,
        unit=kind.unit,
        count=entry.count,
        day=entry.happened_on.isoformat(),
        told_on=now.date().isoformat(),
    )
    await notices.tell(session, entry.person_id, word, subject=f"share:{entry.id}:{actor.person_id}", now=now)
