"""Which counts wait for a look, who looks, and what comes of it? Nothing is ever silently dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.people import Person, Role
from models.review import CountReview, ReviewReason, ReviewState
from models.units import Level, Unit
from services import audit, doubts, errors, people, units
from services.access import Action, Actor, declares
from services.notices import tell
from services.review_notices import CountChanged, CountConfirmed, CountDoubted, CountQuestioned
from services.rules import ActivityLimits, Kind

SHOWN = 5
TOO_LONG: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A count that waits: the entry, who wrote it, where."""

    review: CountReview
    entry: Activity
    unit: Unit
    writer: Person | None

    @property
    def who(self) -> str:
        """Say who wrote it."""
        return people.called(self.writer) if self.writer else ""


async def look_at(
    session: AsyncSession, entry: Activity, unit: Unit, *, limits: ActivityLimits, now: datetime
) -> CountReview | None:
    """Let an entry that was just written wait for a look where something about it is odd, or where the
    commune looks at every count; tell the leader, unless the leader wrote it.
    """
    found = await doubts.of_entry(session, entry, limits=limits, now=now)
    if found is None and entry.person_id is not None and await _needs_approval(session, unit):
        leads = await people.holders(session, entry.unit_id, Role.LEADER)
        if entry.person_id not in {person.id for person in leads}:
            found = doubts.Doubt(ReviewReason.APPROVAL)
    if found is None:
        return None
    review = CountReview(
        activity_id=entry.id or 0,
        unit_id=entry.unit_id,
        reason=found.reason,
        usual=found.usual,
        made_at=now,
    )
    session.add(review)
    await session.flush()
    await _tell_leader(session, review, entry, found, limits=limits, now=now)
    return review


async def _needs_approval(session: AsyncSession, unit: Unit) -> bool:
    above = select(func.count()).where(
        col(Unit.id).in_(units.path_ids(unit)), Unit.level == Level.COMMUNE, col(Unit.needs_approval)
    )
    return (await session.exec(above)).one() > 0


async def _tell_leader(
    session: AsyncSession,
    review: CountReview,
    entry: Activity,
    found: doubts.Doubt,
    *,
    limits: ActivityLimits,
    now: datetime,
) -> None:
    if entry.person_id is None:
        return
    writer = await people.person_of(session, entry.person_id)
    kind = _kind(entry, limits)
    word = CountDoubted(
        review_id=review.id or 0,
        who=people.called(writer),
        count=entry.count,
        kind=kind.label,
        of=kind.unit,
        day=entry.happened_on.isoformat(),
        reason=found.reason.value,
        times=found.times(entry.count),
        at=now.isoformat(),
    )
    for leader in await people.holders(session, entry.unit_id, Role.LEADER):
        if leader.id != entry.person_id:
            await tell(session, leader.id or 0, word, subject=f"review:{review.id}", now=now)


def _kind(entry: Activity, limits: ActivityLimits) -> Kind:
    return limits.kind(entry.kind) or Kind(entry.kind, entry.kind, "turns")


async def of_entry(session: AsyncSession, entry_id: int) -> CountReview | None:
    """Find the look an entry waits for, if it waits."""
    statement = select(CountReview).where(
        CountReview.activity_id == entry_id, CountReview.state == ReviewState.WAITING
    )
    return (await session.exec(statement)).first()


async def settle_changed(
    session: AsyncSession,
    old: Activity,
    count: int,
    *,
    by: int | None,
    who: str,
    limits: ActivityLimits,
    now: datetime,
) -> None:
    """End the look at an entry that was corrected or undone, and tell the leader who waited for it.

    `count` is the number now, 0 for none; `by` and `who` are whoever changed it.
    """
    review = await of_entry(session, old.id or 0)
    if review is None:
        return
    review.state, review.decided_by, review.decided_at = ReviewState.CHANGED, by, now
    session.add(review)
    word = CountChanged(who=who, before=old.count, now=count, of=_kind(old, limits).unit)
    for leader in await people.holders(session, old.unit_id, Role.LEADER):
        if leader.id != by:
            await tell(session, leader.id or 0, word, subject=f"review:{review.id}", now=now)


@declares(Action.CORRECT_ACTIVITY)
async def waiting(session: AsyncSession, actor: Actor) -> list[Waiting]:
    """List the counts that wait in somebody's team or area, the oldest first."""
    held = actor.held(Role.LEADER, Role.SUPERVISOR)
    if held is None:
        return []
    place = await units.unit_of(session, held.unit_id)
    statement = (
        select(CountReview, Activity, Unit, Person)
        .join(Activity, col(Activity.id) == col(CountReview.activity_id))
        .join(Unit, col(Unit.id) == col(CountReview.unit_id))
        .join(Person, col(Person.id) == col(Activity.person_id), isouter=True)
        .where(CountReview.state == ReviewState.WAITING, units.within(place))
        .order_by(col(CountReview.made_at), col(CountReview.id))
    )
    return [Waiting(*row) for row in (await session.exec(statement)).all()]


async def count_waiting(session: AsyncSession, unit: Unit, *, before: datetime | None = None) -> int:
    """Count what waits in a unit and all that lies in it, all of it or only what waits since before."""
    statement = (
        select(func.count())
        .select_from(CountReview)
        .join(Unit, col(Unit.id) == col(CountReview.unit_id))
        .where(CountReview.state == ReviewState.WAITING, units.within(unit))
    )
    if before is not None:
        statement = statement.where(col(CountReview.made_at) < before)
    return (await session.exec(statement)).one()


async def waiting_long(session: AsyncSession, unit: Unit, *, now: datetime) -> list[tuple[str, int]]:
    """Tell by the path of each unit in a subtree how many counts have waited for over three days."""
    statement = (
        select(Unit.path, func.count())
        .join(CountReview, col(CountReview.unit_id) == col(Unit.id))
        .where(
            CountReview.state == ReviewState.WAITING,
            units.within(unit),
            col(CountReview.made_at) < now - TOO_LONG,
        )
        .group_by(col(Unit.path))
    )
    return list((await session.exec(statement)).all())


@declares(Action.CORRECT_ACTIVITY)
async def one(session: AsyncSession, actor: Actor, review_id: int) -> Waiting:
    """Load a count that waits, held; raises NotYours, OutsideArea, ReviewOver."""
    statement = select(CountReview).where(CountReview.id == review_id).with_for_update()
    review = (await session.exec(statement.execution_options(populate_existing=True))).first()
    if review is None:
        raise errors.NotYours
    unit = await units.unit_of(session, review.unit_id)
    actor.require(Action.CORRECT_ACTIVITY, unit_id=review.unit_id, path=unit.path)
    if review.state is not ReviewState.WAITING:
        raise errors.ReviewOver
    entry = (await session.exec(select(Activity).where(Activity.id == review.activity_id))).one()
    writer = await people.person_of(session, entry.person_id) if entry.person_id else None
    return Waiting(review, entry, unit, writer)


@declares(Action.CORRECT_ACTIVITY)
async def say_right(session: AsyncSession, actor: Actor, review_id: int, *, now: datetime) -> Waiting:
    """Let a count stand. Raises NotYours, OutsideArea, ReviewOver."""
    found = await one(session, actor, review_id)
    _settle(session, actor, found.review, now=now)
    return found


@declares(Action.CORRECT_ACTIVITY)
async def say_all_right(session: AsyncSession, actor: Actor, *, now: datetime) -> int:
    """Let everything stand that waits for approval alone; tell how much."""
    found = [each for each in await waiting(session, actor) if each.review.reason is ReviewReason.APPROVAL]
    for each in found:
        _settle(session, actor, each.review, now=now)
    return len(found)


def _settle(session: AsyncSession, actor: Actor, review: CountReview, *, now: datetime) -> None:
    review.state, review.decided_by, review.decided_at = ReviewState.RIGHT, actor.person_id, now
    session.add(review)
    audit.record(session, actor.person_id, "count_approved", "activity", review.activity_id, now=now)


@declares(Action.CORRECT_ACTIVITY)
async def ask_writer(
    session: AsyncSession, actor: Actor, review_id: int, *, limits: ActivityLimits, now: datetime
) -> Waiting:
    """Ask whoever wrote a count whether it is right. Raises NotYours, OutsideArea, ReviewOver."""
    found = await one(session, actor, review_id)
    if found.entry.person_id is None:
        raise errors.NotYours
    found.review.asked_at = now
    session.add(found.review)
    kind = _kind(found.entry, limits)
    word = CountQuestioned(
        review_id=review_id,
        entry_id=found.entry.id or 0,
        leader=actor.who,
        count=found.entry.count,
        kind=kind.label,
        of=kind.unit,
        day=found.entry.happened_on.isoformat(),
        at=now.isoformat(),
    )
    await tell(session, found.entry.person_id, word, subject=f"review:{review_id}", now=now)
    return found


@declares(Action.LOG_ACTIVITY)
async def confirm(session: AsyncSession, actor: Actor, review_id: int, *, now: datetime) -> bool:
    """Tell the leader that a count is right, by whoever wrote it; False if nobody waits for it any more.

    Raises NotYours.
    """
    review = (await session.exec(select(CountReview).where(CountReview.id == review_id))).first()
    if review is None:
        raise errors.NotYours
    entry = (await session.exec(select(Activity).where(Activity.id == review.activity_id))).one()
    if actor.person_id is None or entry.person_id != actor.person_id:
        raise errors.NotYours
    if review.state is not ReviewState.WAITING:
        return False
    word = CountConfirmed(review_id=review_id, who=actor.who, count=entry.count)
    for leader in await people.holders(session, review.unit_id, Role.LEADER):
        await tell(session, leader.id or 0, word, subject=f"review:{review_id}", now=now)
    return True


@declares(Action.SWITCH_APPROVAL)
async def switch_approval(
    session: AsyncSession, actor: Actor, unit: Unit, *, is_on: bool, now: datetime
) -> None:
    """Let a commune look at every count of its members, or no longer. Raises OutsideArea."""
    actor.require(Action.SWITCH_APPROVAL, unit_id=units.unit_id(unit), path=unit.path)
    unit.needs_approval = is_on
    session.add(unit)
    audit.record(
        session, actor.person_id, "approval_switched", "unit", unit.id, now=now, fields="needs_approval"
    )
