"""Who is announced what, when does it go out, who stops it, and who says to have read it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.announcement import Announcement, AnnouncementReceipt, Audience, ReadBack
from models.delivery import Delivery, DeliveryState
from models.people import Assignment, Consent, Person, Role
from models.units import Unit
from services import access, audit, errors, units
from services.access import Action, Actor, capitalised
from services.announcement_draft import Draft
from services.rules import Announcements, Hours

NEWS: Final = "news"
TWICE: Final = timedelta(seconds=10)
LATEST: Final = timedelta(days=14)
REPORTED_AT: Final = (time(9), time(12), time(17))
REPORTED_AFTER: Final = timedelta(hours=1)

ROLES: Final = {
    Audience.SUPERVISORS: (Role.SUPERVISOR,),
    Audience.LEADERS: (Role.LEADER,),
    Audience.MEMBERS: (Role.MEMBER, Role.LEADER),
}

receipt_table: Any = sa.inspect(AnnouncementReceipt).local_table
delivery_table: Any = sa.inspect(Delivery).local_table


@dataclass(frozen=True, slots=True)
class Reach:
    """To how many people of how many villages something would go."""

    people: int
    places: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """How many had it when an announcement was stopped, and how many will not."""

    sent: int
    left: int


@access.declares(Action.ANNOUNCE)
async def area_of(session: AsyncSession, actor: Actor) -> Unit:
    """Load the area somebody announces to; raises OutsideArea for whoever looks after none."""
    held = actor.held(Role.SUPERVISOR)
    if held is None:
        raise errors.OutsideArea(who=capitalised(actor.who))
    return await units.unit_of(session, held.unit_id)


@access.declares(Action.ANNOUNCE)
async def reach(session: AsyncSession, actor: Actor, unit: Unit, draft: Draft) -> Reach:
    """Count whom a draft would reach; raises OutsideArea."""
    actor.require(Action.ANNOUNCE, unit_id=units.unit_id(unit), path=unit.path)
    receivers = _receivers(actor, unit, draft).subquery()
    counted = sa.select(
        func.count(sa.distinct(receivers.c.person_id)), func.count(sa.distinct(receivers.c.unit_id))
    )
    people, places = (await (await session.connection()).execute(counted)).one()
    return Reach(people, places)


def _receivers(actor: Actor, unit: Unit, draft: Draft) -> sa.Select[Any]:
    """Select receivers with the unit they are receivers in; somebody may stand in several."""
    place = [units.within(unit)]
    if draft.villages:
        place.append(col(Unit.id).in_(draft.villages))
    if draft.audience is Audience.CITIZENS:
        return _citizens(actor, place)
    held: Any = sa.select(
        col(Assignment.person_id).label("person_id"), col(Assignment.unit_id).label("unit_id")
    )
    found: sa.Select[Any] = held.join(Unit, col(Unit.id) == col(Assignment.unit_id)).where(
        *place,
        col(Assignment.role).in_(ROLES[draft.audience or Audience.MEMBERS]),
        col(Assignment.until).is_(None),
        col(Assignment.person_id) != actor.person_id,
    )
    return found


def _citizens(actor: Actor, place: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    agreed = sa.exists().where(
        col(Consent.person_id) == col(Person.id),
        col(Consent.purpose) == NEWS,
        col(Consent.withdrawn_at).is_(None),
    )
    lives: Any = sa.select(col(Person.id).label("person_id"), col(Person.unit_id).label("unit_id"))
    found: sa.Select[Any] = lives.join(Unit, col(Unit.id) == col(Person.unit_id)).where(
        *place, agreed, col(Person.id) != actor.person_id
    )
    return found


@access.declares(Action.ANNOUNCE)
async def write_down(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    draft: Draft,
    *,
    rules: Announcements,
    hours: Hours,
    now: datetime,
) -> Announcement:
    """Write an announcement down with everybody it goes to, at the draft's time or now.

    Raises OutsideArea, NobodyToTell, SendTooFar.
    """
    actor.require(Action.ANNOUNCE, unit_id=units.unit_id(unit), path=unit.path)
    send_at = max(now, draft.send_at or now)
    if send_at > now + LATEST:
        raise errors.SendTooFar(days=LATEST.days)
    people = (await reach(session, actor, unit, draft)).people
    if not people:
        raise errors.NobodyToTell
    ends = send_at + timedelta(minutes=minutes_for(people, rules))
    row = Announcement(
        unit_id=units.unit_id(unit),
        text=draft.text,
        audience=draft.audience or Audience.MEMBERS,
        villages=list(draft.villages),
        made_by=actor.person_id,
        made_at=now,
        send_at=send_at,
        report_at=report_time(ends, hours),
    )
    session.add(row)
    await session.flush()
    receivers = _receivers(actor, unit, draft).subquery()
    each = sa.select(sa.literal(row.id), receivers.c.person_id).distinct()
    insert = sa.insert(receipt_table).from_select(["announcement_id", "person_id"], each)
    await (await session.connection()).execute(insert)
    audit.record(session, actor.person_id, "announced", "announcement", row.id, now=now)
    return row


def minutes_for(people: int, rules: Announcements) -> int:
    """Tell how many minutes the waves to so many people take, at least one."""
    return max(1, -(-people // rules.per_minute))


def report_time(ends: datetime, hours: Hours) -> datetime:
    """Find when the result is told: 9h, 12h or 17h, an hour after the last wave at least, never at night."""
    earliest = ends + REPORTED_AFTER
    day = earliest.date()
    while True:
        for at in REPORTED_AT:
            moment = datetime.combine(day, at, ends.tzinfo)
            if moment >= earliest and not hours.is_quiet(moment):
                return moment
        day += timedelta(days=1)


async def made_just_now(session: AsyncSession, actor: Actor, *, now: datetime) -> bool:
    """Tell whether somebody's own announcement was made this moment: a second tap does nothing."""
    mine = select(func.count()).where(
        Announcement.made_by == actor.person_id, col(Announcement.made_at) > now - TWICE
    )
    return (await session.exec(mine)).one() > 0


@access.declares(Action.ANNOUNCE)
async def mine(session: AsyncSession, actor: Actor, announcement_id: int) -> Announcement:
    """Load an announcement of somebody's area and hold it; raises NotYours, OutsideArea."""
    statement = select(Announcement).where(Announcement.id == announcement_id).with_for_update()
    row = (await session.exec(statement.execution_options(populate_existing=True))).first()
    if row is None:
        raise errors.NotYours
    unit = await units.unit_of(session, row.unit_id)
    actor.require(Action.ANNOUNCE, unit_id=row.unit_id, path=unit.path)
    return row


@access.declares(Action.ANNOUNCE)
async def stop(session: AsyncSession, actor: Actor, announcement_id: int, *, now: datetime) -> Stopped | None:
    """Let an announcement go to nobody else, and tell how far it came; None if it was stopped before."""
    row = await mine(session, actor, announcement_id)
    if row.cancelled_at is not None:
        return None
    row.cancelled_at = row.reported_at = now
    session.add(row)
    connection = await session.connection()
    unsent = (DeliveryState.WAITING, DeliveryState.PENDING)
    waiting = delivery_table.c.state.in_(unsent) & keys_of(announcement_id)
    await connection.execute(
        sa.update(delivery_table).where(waiting).values(state=DeliveryState.CANCELLED, not_before=None)
    )
    gone = sa.select(func.count()).where(
        keys_of(announcement_id),
        delivery_table.c.state.not_in((DeliveryState.CANCELLED, DeliveryState.FAILED)),
    )
    everybody = sa.select(func.count()).where(receipt_table.c.announcement_id == announcement_id)
    sent = int((await connection.execute(gone)).scalar_one())
    total = int((await connection.execute(everybody)).scalar_one())
    audit.record(session, actor.person_id, "announcement_stopped", "announcement", announcement_id, now=now)
    return Stopped(sent, total - sent)


def keys_of(announcement_id: int, revision: int | None = None) -> sa.ColumnElement[bool]:
    """Give the condition "a message of this announcement": one range of keys, whatever the account."""
    prefix = f"n:Announced:{subject_of(announcement_id)}:"
    key: sa.ColumnElement[str] = delivery_table.c.dedupe_key
    found = (key >= prefix) & (key < f"{prefix[:-1]};")
    return found if revision is None else found & key.like(f"%:{revision}")


def subject_of(announcement_id: int) -> str:
    """Name an announcement as the subject of a notice."""
    return f"announcement:{announcement_id}"


async def answer(
    session: AsyncSession, actor: Actor, announcement_id: int, said: ReadBack, *, now: datetime
) -> bool:
    """Note a receiver's own answer; False for the same answer twice.

    Raises NotYours for whoever it did not go to.
    """
    statement = select(AnnouncementReceipt).where(
        AnnouncementReceipt.announcement_id == announcement_id,
        AnnouncementReceipt.person_id == actor.person_id,
    )
    receipt = (await session.exec(statement)).first()
    if receipt is None:
        raise errors.NotYours
    if receipt.answer is said:
        return False
    receipt.answer, receipt.answered_at = said, now
    session.add(receipt)
    return True
