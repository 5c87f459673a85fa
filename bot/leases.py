"""How a sender takes messages out of the outbox and writes back what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import choices, failures
from bot.channels import File, SendFailed
from bot.statements import account, conversation, delivery, person
from handlers.reply import Reply
from models.delivery import DeliveryState, Lane, Media, ProviderFile

LEASE = timedelta(seconds=30)
BATCH = 50
# So many of what waited become due at once: a broadcast to a province must not hold the database.
DUE_BATCH = 500
MOST_ATTEMPTS = 12
IN_DOUBT = "in doubt"
# A message that failed and is tried again is due within this time (the longest backoff, with its jitter).
LONGEST_WAIT = timedelta(minutes=10)
SLOTS = 10

media: Any = sa.inspect(Media).local_table
provider_file: Any = sa.inspect(ProviderFile).local_table

# Written out, not bound: only then does SQLite use the partial indexes.
_IS_PENDING: Any = sa.literal_column("'pending'")
_IS_WAITING: Any = sa.literal_column("'waiting'")
_IS_LEASED: Any = sa.literal_column("'leased'")

_flying = delivery.alias("flying")
_failed = delivery.alias("failed")
_HELD = sa.select(_flying.c.account_id).where(_flying.c.state == _IS_LEASED)
# What was sent later must not overtake what is tried again.
_FIRST = sa.select(_failed.c.account_id, _failed.c.lane).where(
    _failed.c.state == _IS_WAITING,
    _failed.c.attempts > 0,
    _failed.c.not_before < sa.bindparam("b_horizon"),
)
_DUE = (
    sa.select(
        delivery.c.id,
        delivery.c.account_id,
        delivery.c.chat,
        delivery.c.lane,
        delivery.c.kind,
        delivery.c.payload,
        delivery.c.attempts,
        delivery.c.error,
        sa.func.coalesce(account.c.locale, person.c.locale, "vi").label("locale"),
    )
    .select_from(
        delivery.join(account, account.c.id == delivery.c.account_id).outerjoin(
            person, person.c.id == account.c.person_id
        )
    )
    .where(
        delivery.c.state == _IS_PENDING,
        delivery.c.channel_account == sa.bindparam("b_account"),
        delivery.c.lane <= sa.bindparam("b_lane"),
        sa.or_(delivery.c.lane == 0, delivery.c.account_id % SLOTS < sa.bindparam("b_slots")),
        delivery.c.account_id.not_in(_HELD),
        sa.tuple_(delivery.c.account_id, delivery.c.lane).not_in(_FIRST),
    )
    .order_by(delivery.c.lane, delivery.c.id)
    .limit(BATCH * 2)
    # The account's row too: two senders must not take two messages of one account.
    .with_for_update(of=[delivery, account], skip_locked=True, key_share=True)
    .execution_options(prepared=True)
)
_ALSO_FLYING = sa.select(_flying.c.account_id).where(
    _flying.c.state == _IS_LEASED, _flying.c.account_id.in_(sa.bindparam("b_accounts", expanding=True))
)
_LEASE = (
    sa.update(delivery)
    .where(delivery.c.id.in_(sa.bindparam("b_ids", expanding=True)))
    .values(state=DeliveryState.LEASED, lease_until=sa.bindparam("b_until"), attempts=delivery.c.attempts + 1)
)
_SENT = (
    sa.update(delivery)
    .where(delivery.c.id == sa.bindparam("b_id"), delivery.c.state == _IS_LEASED)
    .values(
        state=DeliveryState.SENT,
        lease_until=None,
        sent_at=sa.bindparam("b_now"),
        provider_message_id=sa.bindparam("b_message"),
        error=None,
    )
    .execution_options(prepared=True)
)
_NOW_DUE = (
    sa.select(delivery.c.id)
    .where(
        delivery.c.state == _IS_WAITING,
        delivery.c.not_before <= sa.bindparam("b_now"),
        delivery.c.channel_account == sa.bindparam("b_account"),
    )
    .order_by(delivery.c.not_before)
    .limit(DUE_BATCH)
)
_WAKE = (
    sa.update(delivery)
    .where(delivery.c.id.in_(_NOW_DUE), delivery.c.state == _IS_WAITING)
    .values(state=DeliveryState.PENDING)
)
_EXPIRED = sa.update(delivery).where(
    delivery.c.state == _IS_LEASED,
    delivery.c.lease_until < sa.bindparam("b_now"),
    delivery.c.channel_account == sa.bindparam("b_account"),
)
_ONCE_MORE = _EXPIRED.where(delivery.c.lane == int(Lane.REPLY), delivery.c.error.is_(None)).values(
    state=DeliveryState.PENDING, lease_until=None, error=IN_DOUBT
)
_NEVER_AGAIN = _EXPIRED.values(state=DeliveryState.IN_DOUBT, lease_until=None)


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that belongs to this sender for a while; `parts_sent` of it went out at an earlier try."""

    id: int
    account_id: int
    chat: str
    lane: Lane
    kind: str
    payload: dict[str, Any]
    attempts: int
    was_in_doubt: bool
    locale: str
    replaces: str | None = None

    @property
    def parts_sent(self) -> int:
        """Count the parts of a long message that need not be sent again."""
        return int(self.payload.get("parts_sent", 0))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a leased message: the platform's ids, or how it failed.

    `aside` is the shape of a bug of ours that will not pass; `is_back` says that nothing was tried.
    """

    leased: Leased
    message_id: str | None = None
    failure: SendFailed | None = None
    offered: Reply | None = None
    files: tuple[tuple[int, str], ...] = ()
    delay: float = 0.0
    parts_sent: int = 0
    aside: str | None = None
    is_back: bool = False


async def wake_due(connection: AsyncConnection, *, account_of: str, now: datetime) -> None:
    """Make due what waited, and take back what a vanished sender held.

    A reply is tried once more; a notice that may have been said is not said again.
    """
    mine = {"b_account": account_of, "b_now": now}
    for statement in (_WAKE, _ONCE_MORE, _NEVER_AGAIN):
        await connection.execute(statement, mine)


async def claim(
    connection: AsyncConnection,
    *,
    account_of: str,
    most: int,
    now: datetime,
    lane: Lane = Lane.BULK,
    beside: int = BATCH,
    slots: int = SLOTS,
) -> list[Leased]:
    """Lease the next message of up to `most` accounts that have none in flight.

    At most `beside` of them are no replies. With fewer `slots` than SLOTS only so many tenths of the
    accounts get what is no reply.
    """
    asked = {"b_account": account_of, "b_lane": int(lane), "b_slots": slots, "b_horizon": now + LONGEST_WAIT}
    rows = (await connection.execute(_DUE, asked)).all()
    taken: dict[int, Leased] = {}
    for row in rows:
        if row.account_id in taken or len(taken) == most or (row.lane and not beside):
            continue
        beside -= bool(row.lane)
        taken[row.account_id] = _leased(row)
    if taken and connection.dialect.name != "sqlite":
        # What another sender leased between this statement's moment and its locks.
        other = await connection.execute(_ALSO_FLYING, {"b_accounts": list(taken)})
        for account_id in other.scalars():
            taken.pop(account_id, None)
    if taken:
        ids = [leased.id for leased in taken.values()]
        await connection.execute(_LEASE, {"b_ids": ids, "b_until": now + LEASE})
    return list(taken.values())


def _leased(row: Any) -> Leased:
    return Leased(
        id=row.id,
        account_id=row.account_id,
        chat=row.chat,
        lane=Lane(row.lane),
        kind=row.kind,
        payload=row.payload,
        attempts=row.attempts + 1,
        was_in_doubt=row.error == IN_DOUBT,
        locale=row.locale,
    )


async def write_back(
    connection: AsyncConnection, results: Iterable[Result], *, account_of: str, now: datetime
) -> None:
    """Mark what was sent and what failed; conversations are locked before deliveries, in id order."""
    results = sorted(results, key=lambda result: result.leased.id)
    offered = {result.leased.account_id: result.offered for result in results if result.offered}
    if offered:
        await _remember_offers(connection, offered)
    sent = [
        {"b_id": result.leased.id, "b_now": now, "b_message": result.message_id}
        for result in results
        if result.failure is None and not result.is_back
    ]
    if sent:
        await connection.execute(_SENT, sent if len(sent) > 1 else sent[0])
    for result in results:
        if result.is_back:
            await _give_back(connection, result.leased)
        elif result.failure is not None:
            await _mark_failed(connection, result, result.failure, now)
        if result.aside is not None:
            await failures.set_message_aside(connection, account_of, result.leased.id, result.aside, now=now)
        for media_id, file_id in result.files:
            await _remember_file(connection, account_of, media_id, file_id)


async def _remember_offers(connection: AsyncConnection, offered: dict[int, Reply]) -> None:
    """Let the words that came with notices be typed, the newest first."""
    statement = (
        sa.select(conversation.c.id, conversation.c.account_id, conversation.c.choices, conversation.c.offers)
        .where(conversation.c.account_id.in_(offered))
        .order_by(conversation.c.id)
        .with_for_update()
    )
    for row in (await connection.execute(statement)).all():
        values = choices.with_notice(offered[row.account_id], row.choices, row.offers)
        await connection.execute(sa.update(conversation).where(conversation.c.id == row.id).values(**values))


async def _mark_failed(
    connection: AsyncConnection, result: Result, failure: SendFailed, now: datetime
) -> None:
    leased = result.leased
    values: dict[str, Any] = {"lease_until": None, "error": failure.reason[:200]}
    # A platform that names a time has not refused for good, however often it does.
    is_worth_it = leased.attempts < MOST_ATTEMPTS or failure.retry_after is not None
    match failure.failure:
        case "temporary" if is_worth_it:
            values |= {
                "state": DeliveryState.WAITING,
                "not_before": now + timedelta(seconds=result.delay),
                "error": IN_DOUBT if leased.was_in_doubt else None,
            }
        case "in_doubt" if leased.lane is Lane.REPLY and not leased.was_in_doubt:
            values |= {"state": DeliveryState.PENDING, "error": IN_DOUBT}
        case "in_doubt":
            values["state"] = DeliveryState.IN_DOUBT
        case _:
            values["state"] = DeliveryState.FAILED
    if result.parts_sent > leased.parts_sent:
        values["payload"] = {**leased.payload, "parts_sent": result.parts_sent}
    mine = sa.update(delivery).where(delivery.c.id == leased.id, delivery.c.state == _IS_LEASED)
    await connection.execute(mine.values(values))
    if failure.is_unreachable:
        gone = sa.update(account).where(account.c.id == leased.account_id)
        await connection.execute(gone.values(is_reachable=False, unreachable_why=failure.reason[:120]))


async def _give_back(connection: AsyncConnection, leased: Leased) -> None:
    """Leave to the next sender what was never tried."""
    mine = sa.update(delivery).where(delivery.c.id == leased.id, delivery.c.state == _IS_LEASED)
    error = IN_DOUBT if leased.was_in_doubt else None
    untouched = {"state": DeliveryState.PENDING, "lease_until": None, "error": error}
    await connection.execute(mine.values(attempts=leased.attempts - 1, **untouched))


async def _remember_file(connection: AsyncConnection, account_of: str, media_id: int, file_id: str) -> None:
    known = sa.select(provider_file.c.id, provider_file.c.file_id).where(
        provider_file.c.media_id == media_id, provider_file.c.channel_account == account_of
    )
    found = (await connection.execute(known)).first()
    if found is None:
        values = {"media_id": media_id, "channel_account": account_of, "file_id": file_id}
        await connection.execute(sa.insert(provider_file).values(values))
    elif found.file_id != file_id:
        newer = sa.update(provider_file).where(provider_file.c.id == found.id)
        await connection.execute(newer.values(file_id=file_id))


async def files_of(
    connection: AsyncConnection, ids: Sequence[int], *, account_of: str, folder: Any, address: Any
) -> dict[int, File]:
    """Find the files that payloads name, with the ids this channel account already knows them by."""
    statement = (
        sa.select(media, provider_file.c.file_id)
        .outerjoin(
            provider_file,
            (provider_file.c.media_id == media.c.id) & (provider_file.c.channel_account == account_of),
        )
        .where(media.c.id.in_(ids))
    )
    rows = (await connection.execute(statement)).all()
    return {
        row.id: File(
            media_id=row.id,
            path=folder / row.sha256,
            mime=row.mime,
            address=address(row.token),
            filename=row.filename,
            provider_file=row.file_id,
        )
        for row in rows
        # Words without their picture are better than nothing; size 0 can still be fetched from afar.
        if row.file_id or not row.size or (folder / row.sha256).exists()
    }
