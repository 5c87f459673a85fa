"""What was done, written down once, corrected by new rows, with the day's sum kept beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.activity import Activity
from models.people import Role
from models.units import Unit
from services import activity_chain, audit, counts, errors, reopenings, reviews, rules, units
from services.access import Action, Actor, declares
from services.rules import ActivityLimits, Kind

BOT_HELP: Final = rules.BOT_HELP
TWICE: Final = timedelta(hours=1)
DOUBLE_TAP: Final = timedelta(seconds=10)
# Entries somebody wrote themselves; what the program writes by itself cannot be undone by a word.
BUTTON: Final = "button"
SENTENCE: Final = "sentence"


async def record(  # noqa: PLR0913 - each argument is a column
    session: AsyncSession,
    *,
    unit_id: int,
    person_id: int | None,
    kind: str,
    count: int,
    happened_on: date,
    now: datetime,
    source: str = "button",
    help_request_id: int | None = None,
) -> int:
    """Write one entry and its sum, and tell its id.

    This is the pen, not the rule: who asks for it has checked who may write there (`log_work` does).
    Several entries of one unit of work are written in the order (unit, day, kind).
    """
    entry = Activity(
        unit_id=unit_id,
        person_id=person_id,
        kind=kind,
        count=count,
        happened_on=happened_on,
        recorded_at=now,
        source=source,
        help_request_id=help_request_id,
    )
    return await activity_chain.write(session, entry, [activity_chain.counting(entry, 1)])


@declares(Action.LOG_ACTIVITY)
async def log_work(  # noqa: PLR0913 - each argument is a column
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    kind: Kind,
    count: int,
    *,
    happened_on: date,
    limits: ActivityLimits,
    now: datetime,
    source: str = BUTTON,
) -> Activity:
    """Write down what somebody did in their village.

    Raises OutsideArea, CountTooSmall, CountTooLarge, DayToCome, WeekLocked.
    """
    unit_id = units.unit_id(unit)
    actor.require(Action.LOG_ACTIVITY, unit_id=unit_id, path=unit.path)
    check_count(count, kind, limits)
    await check_day(session, unit, happened_on, limits, now=now)
    entry_id = await record(
        session,
        unit_id=unit_id,
        person_id=actor.person_id,
        kind=kind.name,
        count=count,
        happened_on=happened_on,
        now=now,
        source=source,
    )
    audit.record(session, actor.person_id, "activity_logged", "activity", entry_id, now=now)
    entry = await activity_chain.lock(session, entry_id)
    await reviews.look_at(session, entry, unit, limits=limits, now=now)
    return entry


def villages_of(actor: Actor) -> list[int]:
    """List the units of one's own teams; raises LoggingForTeams or NoTeam for whoever is in none."""
    found = dict.fromkeys(held.unit_id for held in actor.roles if held.role in {Role.MEMBER, Role.LEADER})
    if not found:
        raise errors.LoggingForTeams if actor.roles else errors.NoTeam
    return list(found)


def check_count(count: int, kind: Kind, limits: ActivityLimits) -> None:
    """Raise CountTooSmall or CountTooLarge for what one entry cannot hold."""
    if count < 1:
        raise errors.CountTooSmall
    if count > limits.largest:
        raise errors.CountTooLarge(most=limits.largest, unit=kind.unit)


async def check_day(
    session: AsyncSession, unit: Unit, day: date, limits: ActivityLimits, *, now: datetime
) -> None:
    """Raise DayToCome or WeekLocked for a day nothing can be written on in a unit."""
    if day > now.date():
        raise errors.DayToCome(day=dates.short(day))
    if counts.is_locked(day, limits, now=now) and not await reopenings.is_open(session, unit, day, now=now):
        who = await reopenings.opener_of(session, unit)
        raise errors.WeekLocked(
            **counts.lock_words(day, limits), who=who, unit_id=units.unit_id(unit), on=day.isoformat()
        )


@declares(Action.LOG_ACTIVITY, Action.CORRECT_ACTIVITY)
async def correct(
    session: AsyncSession,
    actor: Actor,
    activity_id: int,
    count: int,
    *,
    limits: ActivityLimits,
    now: datetime,
    happened_on: date | None = None,
    kind: Kind | None = None,
) -> tuple[Activity, Activity]:
    """Put another count, day or kind in place of an entry's; tell the old row and the new one.

    The author may for a while, then the leader of the village or above. The same row twice means that
    nothing changed. Raises OutsideArea, UndoTooLate, EntryUndone, CountTooSmall, CountTooLarge, DayToCome,
    WeekLocked.
    """
    entry = await activity_chain.standing(session, activity_id, now=now)
    await _may_change(session, actor, entry, limits, now=now)
    day = happened_on or entry.happened_on
    check_count(count, kind or kind_of(entry, limits), limits)
    unit = await units.unit_of(session, entry.unit_id)
    await check_day(session, unit, entry.happened_on, limits, now=now)
    await check_day(session, unit, day, limits, now=now)
    new = activity_chain.after(entry, count=count, happened_on=day, now=now)
    new.kind = kind.name if kind else entry.kind
    changed = [
        name for name in ("kind", "count", "happened_on") if getattr(new, name) != getattr(entry, name)
    ]
    if not changed:
        return entry, entry
    await activity_chain.replace(session, entry, new, now=now)
    await reviews.settle_changed(
        session, entry, count, by=actor.person_id, who=actor.who, limits=limits, now=now
    )
    fields = ",".join(changed)
    audit.record(session, actor.person_id, "activity_corrected", "activity", new.id, now=now, fields=fields)
    return entry, new


@declares(Action.LOG_ACTIVITY, Action.CORRECT_ACTIVITY)
async def undo(
    session: AsyncSession, actor: Actor, activity_id: int, *, limits: ActivityLimits, now: datetime
) -> Activity | None:
    """Let an entry no longer count, and tell which; its row stays. None for the second of two quick taps.

    Raises OutsideArea, UndoTooLate, EntryUndone, WeekLocked.
    """
    entry = await activity_chain.last_of(session, await activity_chain.lock(session, activity_id))
    await _may_change(session, actor, entry, limits, now=now)
    if entry.corrected_at is not None and now - entry.corrected_at < DOUBLE_TAP:
        return None
    activity_chain.refuse_undone(entry, now=now)
    unit = await units.unit_of(session, entry.unit_id)
    await check_day(session, unit, entry.happened_on, limits, now=now)
    gone = activity_chain.after(entry, count=0, happened_on=entry.happened_on, now=now)
    gone.corrected_at = now  # a row that never counts: what it says is that the one before is gone
    await activity_chain.replace(session, entry, gone, now=now)
    await reviews.settle_changed(session, entry, 0, by=actor.person_id, who=actor.who, limits=limits, now=now)
    audit.record(session, actor.person_id, "activity_undone", "activity", entry.id, now=now)
    return entry


@declares(Action.LOG_ACTIVITY)
async def redo(
    session: AsyncSession, actor: Actor, activity_id: int, *, limits: ActivityLimits, now: datetime
) -> tuple[Activity, bool]:
    """Write an undone entry once more; with it, False if it counted again already.

    Raises NotYours, OutsideArea, WeekLocked.
    """
    entry = await activity_chain.lock(session, activity_id)
    last = await activity_chain.last_of(session, entry)
    if actor.person_id is None or entry.person_id != actor.person_id:
        raise errors.NotYours
    unit = await units.unit_of(session, entry.unit_id)
    actor.require(Action.LOG_ACTIVITY, unit_id=entry.unit_id, path=unit.path)
    if last.corrected_at is None:
        return last, False
    await check_day(session, unit, entry.happened_on, limits, now=now)
    again = activity_chain.after(last, count=entry.count, happened_on=entry.happened_on, now=now)
    await activity_chain.write(session, again, [activity_chain.counting(again, 1)])
    await activity_chain.carry(session, last, again)
    audit.record(session, actor.person_id, "activity_logged", "activity", again.id, now=now)
    return again, True


async def entry_of(session: AsyncSession, actor: Actor, activity_id: int, *, now: datetime) -> Activity:
    """Load an entry of one's own as it stands now; raises NotYours, EntryUndone."""
    entry = await activity_chain.standing(session, activity_id, now=now)
    if actor.person_id is None or entry.person_id != actor.person_id:
        raise errors.NotYours
    return entry


async def last_entry(
    session: AsyncSession, actor: Actor, *, limits: ActivityLimits, now: datetime
) -> Activity | None:
    """Find somebody's own latest entry that they can still undo."""
    return next(iter(await recent_entries(session, actor, limits=limits, now=now, most=1)), None)


async def recent_entries(
    session: AsyncSession, actor: Actor, *, limits: ActivityLimits, now: datetime, most: int
) -> list[Activity]:
    """List somebody's own latest entries that they can still undo, the newest first."""
    if actor.person_id is None:
        return []
    statement = (
        select(Activity)
        .where(
            Activity.person_id == actor.person_id,
            col(Activity.source).in_((BUTTON, SENTENCE)),
            Activity.kind != counts.SPOKEN_ZERO,
            col(Activity.corrected_at).is_(None),
            col(Activity.recorded_at) > now - timedelta(hours=limits.undo_hours),
        )
        .order_by(col(Activity.id).desc())
        .limit(most)
    )
    return list((await session.exec(statement)).all())


async def same_entry(
    session: AsyncSession,
    actor: Actor,
    *,
    unit_id: int,
    kind: str,
    count: int,
    happened_on: date,
    since: datetime,
    after_id: int = 0,
) -> Activity | None:
    """Find somebody's own latest entry that says the same, written since a moment and after an entry."""
    statement = (
        select(Activity)
        .where(
            Activity.person_id == actor.person_id,
            Activity.unit_id == unit_id,
            Activity.kind == kind,
            Activity.count == count,
            Activity.happened_on == happened_on,
            col(Activity.corrected_at).is_(None),
            col(Activity.recorded_at) >= since,
            col(Activity.id) > after_id,
        )
        .order_by(col(Activity.id).desc())
        .limit(1)
    )
    return (await session.exec(statement)).first()


async def latest(session: AsyncSession, activity_id: int) -> Activity:
    """Find what became of an entry, undone or not; whoever asks checks who may know. Raises NotYours."""
    return await activity_chain.last_of(session, await activity_chain.lock(session, activity_id))


def kind_of(entry: Activity, limits: ActivityLimits) -> Kind:
    """Find an entry's kind; one that has left the configuration is counted as turns."""
    return limits.kind(entry.kind) or Kind(entry.kind, entry.kind, "turns")


async def _may_change(
    session: AsyncSession, actor: Actor, entry: Activity, limits: ActivityLimits, *, now: datetime
) -> None:
    unit = await units.unit_of(session, entry.unit_id)
    place: dict[str, Any] = {"unit_id": entry.unit_id, "path": unit.path}
    if actor.may(Action.CORRECT_ACTIVITY, **place):
        return
    is_author = actor.person_id is not None and entry.person_id == actor.person_id
    actor.require(Action.LOG_ACTIVITY if is_author else Action.CORRECT_ACTIVITY, **place)
    if now - (await activity_chain.first_of(session, entry)).recorded_at > timedelta(hours=limits.undo_hours):
        raise errors.UndoTooLate
