"""How do announcements go out in waves, whom did they reach, and who is reminded?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.announcement import Announcement, AnnouncementReceipt, Audience
from models.base import insert_into
from models.conversation import Conversation
from models.delivery import DeliveryState
from models.people import Account, Person
from models.units import Unit
from services import access, announcements, errors, people, units
from services.access import Action, Actor
from services.announcement_draft import Draft, issuer_of
from services.announcement_notices import Announced, AnnouncementResult
from services.announcements import delivery_table, receipt_table
from services.notices import PAYLOAD_VERSION, tell
from services.rules import Announcements, Hours

# So many at once keep the database for less than 100 ms, which nobody's answer notices.
BATCH: Final = 500
TITLE: Final = 30
SHOWN: Final = 6

_ARRIVED: Final = (DeliveryState.SENT, DeliveryState.IN_DOUBT)
_UNDER_WAY: Final = (DeliveryState.WAITING, DeliveryState.PENDING, DeliveryState.LEASED)


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody an announcement did not reach, and whether they shut the program out."""

    name: str
    is_blocked: bool


@access.declares(Action.ANNOUNCE)
async def announce(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    draft: Draft,
    *,
    rules: Announcements,
    hours: Hours,
    now: datetime,
) -> Announcement:
    """Announce something: what is due at once begins at once, the rest goes out wave by wave.

    Raises OutsideArea, NobodyToTell, SendTooFar.
    """
    row = await announcements.write_down(session, actor, unit, draft, rules=rules, hours=hours, now=now)
    if row.send_at <= now:
        await send_wave(session, row.id or 0, most=rules.per_minute, now=now)
    return row


async def due(session: AsyncSession, *, now: datetime) -> list[int]:
    """List the announcements that still have somebody to go to."""
    statement = select(Announcement.id).where(
        col(Announcement.send_at) <= now,
        col(Announcement.sent_at).is_(None),
        col(Announcement.cancelled_at).is_(None),
    )
    return [row for row in (await session.exec(statement.order_by(col(Announcement.id)))).all() if row]


async def send_wave(session: AsyncSession, announcement_id: int, *, most: int, now: datetime) -> int:
    """Queue an announcement for the next receivers, and tell for how many; 0 ends it."""
    held = select(Announcement).where(Announcement.id == announcement_id).with_for_update(skip_locked=True)
    row = (await session.exec(held)).first()
    if row is None or row.cancelled_at is not None or row.sent_at is not None:
        return 0
    waiting = (
        select(AnnouncementReceipt.person_id)
        .where(
            AnnouncementReceipt.announcement_id == announcement_id,
            col(AnnouncementReceipt.queued_at).is_(None),
        )
        .order_by(col(AnnouncementReceipt.id))
        .limit(min(most, BATCH))
    )
    wave = list((await session.exec(waiting)).all())
    if not wave:
        row.sent_at = now
        session.add(row)
        return 0
    await _queue(session, row, wave, revision=0, now=now)
    return len(wave)


async def _queue(
    session: AsyncSession, row: Announcement, person_ids: Sequence[int], *, revision: int, now: datetime
) -> None:
    """Write a wave's messages and where each went, in a handful of statements for all of them."""
    connection = await session.connection()
    accounts = {found.person_id: found for found in await connection.execute(_last_used(person_ids))}
    word = await _word(session, row)
    payload = {"v": PAYLOAD_VERSION, "vars": asdict(word)}
    rows = [
        {
            "account_id": account.id,
            "channel_account": account.channel_account,
            "chat": account.chat,
            "lane": int(word.LANE),
            "kind": type(word).__name__,
            "payload": payload,
            "dedupe_key": f"n:Announced:{announcements.subject_of(row.id or 0)}:{account.id}:{revision}",
            "state": DeliveryState.PENDING,
            "attempts": 0,
            "created_at": now,
        }
        for account in accounts.values()
    ]
    if rows:
        dialect = session.get_bind().dialect.name
        statement = insert_into(delivery_table, dialect).on_conflict_do_nothing(index_elements=["dedupe_key"])
        await connection.execute(statement, rows)
    mark = (
        sa.update(receipt_table)
        .where(
            receipt_table.c.announcement_id == row.id, receipt_table.c.person_id == sa.bindparam("b_person")
        )
        .values(account_id=sa.bindparam("b_account"), **{"reminded_at" if revision else "queued_at": now})
    )
    marks = [
        {"b_person": person_id, "b_account": accounts[person_id].id if person_id in accounts else None}
        for person_id in person_ids
    ]
    await connection.execute(mark, marks)


def _last_used(person_ids: Sequence[int]) -> sa.Select[Any]:
    """Select the reachable account each used last, with the chat it is reached in."""
    place = (
        func.row_number()
        .over(
            partition_by=col(Account.person_id),
            order_by=(col(Account.seen_at).desc(), col(Conversation.id)),
        )
        .label("place")
    )
    each = (
        sa.select(
            col(Account.person_id),
            col(Account.id),
            col(Account.channel_account),
            col(Conversation.chat),
            place,
        )
        .join(Conversation, col(Conversation.account_id) == col(Account.id))
        .where(col(Account.person_id).in_(person_ids), col(Account.is_reachable))
        .subquery()
    )
    return sa.select(each).where(each.c.place == 1)


async def _word(session: AsyncSession, row: Announcement) -> Announced:
    unit = await units.unit_of(session, row.unit_id)
    by = people.called(await people.person_of(session, row.made_by)) if row.made_by else ""
    return Announced(
        announcement_id=row.id or 0,
        issuer=issuer_of(unit),
        by=by,
        text=row.text,
        is_for_citizens=row.audience is Audience.CITIZENS,
    )


async def report_due(session: AsyncSession, *, now: datetime) -> int:
    """Tell whoever announced something how far it came, where that was promised for now; tell how many."""
    statement = (
        select(Announcement)
        .where(col(Announcement.report_at) <= now, col(Announcement.reported_at).is_(None))
        .order_by(col(Announcement.id))
        .with_for_update(skip_locked=True)
    )
    told = 0
    for row in (await session.exec(statement)).all():
        row.reported_at = now
        session.add(row)
        if row.made_by is not None:
            word = await result(session, row)
            told += await tell(
                session, row.made_by, word, subject=announcements.subject_of(row.id or 0), now=now
            )
    return told


async def result(session: AsyncSession, row: Announcement) -> AnnouncementResult:
    """Count how far an announcement came."""
    receipt, sent = receipt_table.c, delivery_table.c
    key = _key(row)
    has_arrived = sent.state.in_(_ARRIVED)
    counted = (
        sa.select(
            func.count().label("people"),
            _sum(has_arrived).label("reached"),
            _sum(receipt.answer == "read").label("read"),
            _sum(receipt.answer == "absent").label("absent"),
            _sum(sent.state.in_(_UNDER_WAY) | receipt.queued_at.is_(None)).label("under_way"),
            _sum(has_arrived & receipt.answer.is_(None)).label("unread"),
        )
        .select_from(receipt_table.outerjoin(delivery_table, sent.dedupe_key == key))
        .where(receipt.announcement_id == row.id)
    )
    found = (await (await session.connection()).execute(counted)).one()
    missed = await _missed(session, row)
    blocked = sum(one.is_blocked for one in missed)
    return AnnouncementResult(
        announcement_id=row.id or 0,
        title=row.text if len(row.text) <= TITLE else row.text[:TITLE].rsplit(" ", 1)[0] + "…",
        people=found.people,
        reached=found.reached or 0,
        read=found.read or 0,
        absent=found.absent or 0,
        away=len(missed) - blocked,
        blocked=blocked,
        under_way=found.under_way or 0,
        unread=found.unread or 0,
    )


def _key(row: Announcement) -> sa.ColumnElement[str]:
    """Write the key of a receipt's message, as `_queue` did."""
    start = f"n:Announced:{announcements.subject_of(row.id or 0)}:"
    account = sa.cast(receipt_table.c.account_id, sa.String)
    return sa.literal(start).concat(account).concat(sa.literal(":0"))


def _sum(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return func.sum(sa.case((condition, 1), else_=0))


async def _missed(session: AsyncSession, row: Announcement) -> list[Missed]:
    receipt, sent = receipt_table.c, delivery_table.c
    account: Any = sa.inspect(Account).local_table
    person: Any = sa.inspect(Person).local_table
    is_shut = sa.exists().where(account.c.person_id == person.c.id, account.c.unreachable_why.is_not(None))
    statement = (
        sa.select(person.c.name, person.c.form_of_address, is_shut.label("is_blocked"))
        .select_from(
            receipt_table.join(person, person.c.id == receipt.person_id).outerjoin(
                delivery_table, sent.dedupe_key == _key(row)
            )
        )
        .where(
            receipt.announcement_id == row.id,
            receipt.queued_at.is_not(None),
            sa.or_(receipt.account_id.is_(None), sent.state == DeliveryState.FAILED),
        )
        .order_by(receipt.id)
    )
    rows = (await (await session.connection()).execute(statement)).all()
    return [
        Missed(access.address(found.name, found.form_of_address), bool(found.is_blocked)) for found in rows
    ]


@access.declares(Action.ANNOUNCE)
async def missed(session: AsyncSession, actor: Actor, announcement_id: int) -> list[Missed]:
    """List whom an announcement did not reach; raises NotYours, OutsideArea."""
    return await _missed(session, await announcements.mine(session, actor, announcement_id))


@access.declares(Action.ANNOUNCE)
async def remind(session: AsyncSession, actor: Actor, announcement_id: int, *, now: datetime) -> int:
    """Send it once more to whoever it reached and who has not answered; tell to how many.

    Once per announcement: raises RemindedBefore. Raises NotYours, OutsideArea.
    """
    row = await announcements.mine(session, actor, announcement_id)
    receipt, sent = receipt_table.c, delivery_table.c
    of_it = receipt.announcement_id == row.id
    before = sa.select(func.max(receipt.reminded_at)).where(of_it)
    if (await (await session.connection()).execute(before)).scalar() is not None:
        raise errors.RemindedBefore
    unread = (
        sa.select(receipt.person_id)
        .select_from(receipt_table.join(delivery_table, sent.dedupe_key == _key(row)))
        .where(of_it, receipt.answer.is_(None), sent.state.in_(_ARRIVED))
        .order_by(receipt.id)
    )
    waiting = [found.person_id for found in await (await session.connection()).execute(unread)]
    for start in range(0, len(waiting), BATCH):
        await _queue(session, row, waiting[start : start + BATCH], revision=1, now=now)
    return len(waiting)
