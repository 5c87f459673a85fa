"""What a sentence said, until its writer says yes: what is missing, and how it is written in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, ActivityDraft
from models.people import Person
from services import activity, activity_sharing, audit, counts, errors, notices, people, team, units
from services.access import Action, Actor, declares
from services.activity_notices import DraftWaits
from services.rules import ActivityLimits, Kind
from services.work_sentences import Mate, Piece, Reading


@dataclass(frozen=True, slots=True)
class Missing:
    """What must be asked next of a draft: of which piece, and which part of it."""

    at: int
    what: str


def pieces_of(draft: ActivityDraft) -> list[Piece]:
    """Read the pieces of a draft."""
    return [
        Piece(kind, count, date.fromisoformat(day) if day else None, said, is_other_unit=is_other)
        for kind, count, day, said, is_other in draft.pieces
    ]


def _kept(pieces: Sequence[Piece]) -> list[Any]:
    return [
        [one.kind, one.count, one.day.isoformat() if one.day else None, one.said, one.is_other_unit]
        for one in pieces
    ]


async def team_of(session: AsyncSession, unit_ids: Sequence[int]) -> list[Mate]:
    """List who can have taken part in the work of some teams."""
    found = [member for unit_id in unit_ids for member in await team.members_of(session, unit_id)]
    return [Mate(member.id, member.person.name) for member in found]


async def keep(session: AsyncSession, actor: Actor, reading: Reading, *, now: datetime) -> ActivityDraft:
    """Keep what was understood of a sentence of one's own; a draft of the same kinds and days is replaced."""
    villages = activity.villages_of(actor)
    draft = ActivityDraft(
        person_id=actor.person_id or 0,
        unit_id=villages[0] if len(villages) == 1 else None,
        pieces=_kept(reading.pieces),
        mates=list(reading.mates),
        made_at=now,
    )
    for before in await _open(session, actor.person_id or 0, now=now):
        if _about(before) == _about(draft):
            before.settled_at = now
            session.add(before)
    session.add(draft)
    await session.flush()
    return draft


def _about(draft: ActivityDraft) -> list[tuple[str | None, date | None]]:
    return [(piece.kind, piece.day) for piece in pieces_of(draft)]


async def _open(session: AsyncSession, person_id: int, *, now: datetime) -> list[ActivityDraft]:
    statement = select(ActivityDraft).where(
        ActivityDraft.person_id == person_id,
        col(ActivityDraft.settled_at).is_(None),
        col(ActivityDraft.made_at) >= _midnight(now),
    )
    return list((await session.exec(statement.order_by(col(ActivityDraft.id)))).all())


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.date(), time(), now.tzinfo)


async def draft_of(session: AsyncSession, actor: Actor, draft_id: int, *, now: datetime) -> ActivityDraft:
    """Load and lock a draft of one's own; raises DraftGone for yesterday's, or one that was settled."""
    statement = select(ActivityDraft).where(ActivityDraft.id == draft_id).with_for_update()
    draft = (await session.exec(statement.execution_options(populate_existing=True))).first()
    if draft is None or draft.person_id != actor.person_id or draft.made_at < _midnight(now):
        raise errors.DraftGone
    return draft


async def open_draft(session: AsyncSession, actor: Actor, draft_id: int, *, now: datetime) -> ActivityDraft:
    """Load and lock a draft of one's own that waits; raises DraftGone."""
    draft = await draft_of(session, actor, draft_id, now=now)
    if draft.settled_at is not None:
        raise errors.DraftGone
    return draft


def is_second_tap(draft: ActivityDraft, *, now: datetime) -> bool:
    """Tell whether a draft was settled a moment ago; raises DraftGone if it was settled before that."""
    if draft.settled_at is None:
        return False
    if now - draft.settled_at >= activity.DOUBLE_TAP:
        raise errors.DraftGone
    return True


def missing(draft: ActivityDraft, limits: ActivityLimits, *, now: datetime) -> Missing | None:
    """Find what must be asked next; None for a draft that can be written as it is."""
    if draft.unit_id is None:
        return Missing(0, "unit")
    for at, piece in enumerate(pieces_of(draft)):
        if piece.kind is None or limits.kind(piece.kind) is None:
            return Missing(at, "kind")
        if piece.day is None:
            return Missing(at, "day")
        if piece.day > now.date():
            return Missing(at, "to_come")
        if piece.count is None:
            return Missing(at, "count")
    return None


def change(draft: ActivityDraft, at: int, **values: Any) -> None:
    """Put a part of a piece in place; pieces that have no day of their own take it too."""
    pieces = pieces_of(draft)
    if not 0 <= at < len(pieces):
        raise errors.DraftGone
    for place, piece in enumerate(pieces):
        is_same_gap = "day" in values and piece.day == pieces[at].day and piece.day is None
        if place == at or is_same_gap:
            pieces[place] = replace(piece, **values)
    draft.pieces = _kept(pieces)


def leave_out(draft: ActivityDraft, at: int) -> None:
    """Take one of several pieces out of a draft."""
    if len(draft.pieces) < 2 or not 0 <= at < len(draft.pieces):
        raise errors.DraftGone
    draft.pieces = [one for place, one in enumerate(draft.pieces) if place != at]


async def check(
    session: AsyncSession, actor: Actor, draft: ActivityDraft, limits: ActivityLimits, *, now: datetime
) -> None:
    """Raise WeekLocked, CountTooSmall or CountTooLarge for what cannot be written of one's own draft."""
    unit = await units.unit_of(session, draft.unit_id or activity.villages_of(actor)[0])
    for piece in pieces_of(draft):
        kind = limits.kind(piece.kind or "")
        if piece.day is not None and piece.day <= now.date():
            await activity.check_day(session, unit, piece.day, limits, now=now)
        if kind is not None and piece.count is not None:
            activity.check_count(piece.count, kind, limits)


async def same_as(
    session: AsyncSession, actor: Actor, draft: ActivityDraft, *, now: datetime
) -> Activity | None:
    """Find an entry of the last hour that says the same as a piece of a draft of one's own."""
    for piece in pieces_of(draft):
        same = await activity.same_entry(
            session,
            actor,
            unit_id=draft.unit_id or 0,
            kind=piece.kind or "",
            count=piece.count or 0,
            happened_on=piece.day or now.date(),
            since=now - activity.TWICE,
        )
        if same is not None:
            return same
    return None


@declares(Action.LOG_ACTIVITY)
async def write(
    session: AsyncSession, actor: Actor, draft: ActivityDraft, *, limits: ActivityLimits, now: datetime
) -> list[Activity]:
    """Write a draft down, and tell who took part. Raises what `activity.log_work` raises."""
    unit = await units.unit_of(session, draft.unit_id or 0)
    pieces = sorted(pieces_of(draft), key=lambda one: (one.day or now.date(), one.kind or ""))
    entries = []
    for piece in pieces:
        kind = limits.kind(piece.kind or "") or Kind(piece.kind or "", piece.kind or "", "turns")
        entries.append(
            await activity.log_work(
                session,
                actor,
                unit,
                kind,
                piece.count or 0,
                happened_on=piece.day or now.date(),
                limits=limits,
                now=now,
                source=activity.SENTENCE,
            )
        )
    settle(draft, now=now)
    draft.entry_ids = [entry.id or 0 for entry in entries]
    session.add(draft)
    if draft.mates:
        await activity_sharing.share(session, actor, draft, entries, limits=limits, now=now)
    return entries


async def written(session: AsyncSession, actor: Actor, draft_id: int) -> list[Activity]:
    """List the standing entries of a sentence of one's own. Raises NotYours, DraftGone."""
    draft = await session.get(ActivityDraft, draft_id)
    if draft is None or actor.person_id is None or draft.person_id != actor.person_id:
        raise errors.NotYours
    found = [await activity.latest(session, entry_id) for entry_id in draft.entry_ids]
    standing = [entry for entry in found if entry.corrected_at is None]
    if not standing:
        raise errors.DraftGone
    return standing


def settle(draft: ActivityDraft, *, now: datetime) -> None:
    """Close a draft: it was written, or is not to be."""
    draft.settled_at = now


async def mates(session: AsyncSession, draft: ActivityDraft) -> list[str]:
    """Say who took part beside the writer: "chị Lan"."""
    found = [await session.get(Person, mate) for mate in draft.mates]
    return [people.called(person) for person in found if person]


async def remind(session: AsyncSession, *, limits: ActivityLimits, now: datetime) -> int:
    """Ask once about each draft of today that could be written and waits for a yes; tell how many."""
    statement = select(ActivityDraft).where(
        col(ActivityDraft.made_at) >= _midnight(now),
        col(ActivityDraft.settled_at).is_(None),
        col(ActivityDraft.reminded_at).is_(None),
    )
    reminded = 0
    for draft in await session.exec(statement.order_by(col(ActivityDraft.id)).with_for_update()):
        draft.reminded_at = now
        session.add(draft)
        if missing(draft, limits, now=now) is None:
            told = await notices.tell(
                session, draft.person_id, _waits(draft, limits), subject=f"draft:{draft.id}", now=now
            )
            reminded += told
    return reminded


def _waits(draft: ActivityDraft, limits: ActivityLimits) -> DraftWaits:
    pieces = pieces_of(draft)
    kinds = [limits.kind(piece.kind or "") or Kind("", piece.kind or "", "turns") for piece in pieces]
    return DraftWaits(
        draft_id=draft.id or 0,
        labels=[kind.label for kind in kinds],
        units=[kind.unit for kind in kinds],
        counts=[piece.count or 0 for piece in pieces],
    )


@declares(Action.LOG_ACTIVITY)
async def say_nothing(
    session: AsyncSession, actor: Actor, unit_id: int, day: date, *, limits: ActivityLimits, now: datetime
) -> bool:
    """Write that there was nothing to do on a day: a spoken zero; False if it was said before.

    Raises OutsideArea, DayToCome, WeekLocked.
    """
    unit = await units.unit_of(session, unit_id)
    actor.require(Action.LOG_ACTIVITY, unit_id=unit_id, path=unit.path)
    await activity.check_day(session, unit, day, limits, now=now)
    said = await activity.same_entry(
        session,
        actor,
        unit_id=unit_id,
        kind=counts.SPOKEN_ZERO,
        count=0,
        happened_on=day,
        since=now - timedelta(days=limits.lock_days + 7),
    )
    if said is not None:
        return False
    entry_id = await activity.record(
        session,
        unit_id=unit_id,
        person_id=actor.person_id,
        kind=counts.SPOKEN_ZERO,
        count=0,
        happened_on=day,
        now=now,
        source=activity.SENTENCE,
    )
    audit.record(session, actor.person_id, "no_work_said", "activity", entry_id, now=now)
    return True
