"""Who took part in an entry that another wrote, how they hear of it, and say that it was not them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, ActivityDraft, ActivityShare
from services import activity, audit, errors, notices, people
from services.access import Actor
from services.activity_notices import ActivityShared, ShareDeclined
from services.rules import ActivityLimits


async def share(
    session: AsyncSession,
    actor: Actor,
    draft: ActivityDraft,
    entries: Sequence[Activity],
    *,
    limits: ActivityLimits,
    now: datetime,
) -> None:
    """Note who took part in entries of one's own, and tell each of them once."""
    word = _told(actor, draft, entries, limits, now)
    for mate in draft.mates:
        for entry in entries:
            session.add(ActivityShare(activity_id=entry.id or 0, person_id=mate, told_at=now))
            audit.record(session, actor.person_id, "activity_shared", "activity", entry.id, now=now)
    await session.flush()
    for mate in draft.mates:
        await notices.tell(session, mate, word, subject=f"draft:{draft.id}", now=now)


def _told(
    actor: Actor, draft: ActivityDraft, entries: Sequence[Activity], limits: ActivityLimits, now: datetime
) -> ActivityShared:
    kinds = [activity.kind_of(entry, limits) for entry in entries]
    return ActivityShared(
        writer=actor.who,
        draft_id=draft.id or 0,
        labels=[kind.label for kind in kinds],
        units=[kind.unit for kind in kinds],
        counts=[entry.count for entry in entries],
        days=[entry.happened_on.isoformat() for entry in entries],
        told_on=now.date().isoformat(),
    )


async def decline(
    session: AsyncSession, actor: Actor, draft_id: int, *, limits: ActivityLimits, now: datetime
) -> str:
    """Say of one's own part in what a sentence told that it was not so; tell whose sentence it was.

    The village's count stays. Raises NotYours.
    """
    draft = await session.get(ActivityDraft, draft_id)
    entries = [await activity.latest(session, entry_id) for entry_id in draft.entry_ids] if draft else []
    mine = select(ActivityShare).where(
        col(ActivityShare.activity_id).in_([entry.id for entry in entries]),
        ActivityShare.person_id == actor.person_id,
    )
    shares = (await session.exec(mine.order_by(col(ActivityShare.id)).with_for_update())).all()
    if draft is None or not shares:
        raise errors.NotYours
    open_shares = [one for one in shares if one.declined_at is None]
    for one in open_shares:
        one.declined_at = now
        session.add(one)
        audit.record(session, actor.person_id, "share_declined", "activity", one.activity_id, now=now)
    if open_shares:
        await session.flush()
        await _tell_writer(session, actor, draft, entries[0], limits, now)
    return people.called(await people.person_of(session, draft.person_id))


async def _tell_writer(
    session: AsyncSession,
    actor: Actor,
    draft: ActivityDraft,
    entry: Activity,
    limits: ActivityLimits,
    now: datetime,
) -> None:
    kind = activity.kind_of(entry, limits)
    word = ShareDeclined(
        who=actor.who,
        label=kind.label,
        unit=kind.unit,
        count=entry.count,
        day=entry.happened_on.isoformat(),
        told_on=now.date().isoformat(),
    )
    subject = f"share:{draft.id}:{actor.person_id}"
    await notices.tell(session, draft.person_id, word, subject=subject, now=now)
