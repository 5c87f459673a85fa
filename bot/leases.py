"""How a sender takes messages out of the outbox and writes back what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import choices
from bot.channels import File, SendFailed
from bot.statements import account, conversation, delivery, person
from handlers.reply import Reply
from models.delivery import DeliveryState, Lane, Media, ProviderFile

LEASE = timedelta(seconds=30)
BATCH = 50
MOST_ATTEMPTS = 12
IN_DOUBT = "in doubt"

media: Any = sa.inspect(Media).local_table
provider_file: Any = sa.inspect(ProviderFile).local_table

_HELD = sa.select(delivery.c.account_id).where(delivery.c.state == DeliveryState.LEASED)
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
        delivery.c.state == sa.literal_column("'pending'"),
        delivery.c.channel_account == sa.bindparam("b_account"),
        delivery.c.lane <= sa.bindparam("b_lane"),
        delivery.c.account_id.not_in(_HELD),
    )
    .order_by(delivery.c.lane, delivery.c.id)
    .limit(BATCH * 2)
    .with_for_update(of=delivery, skip_locked=True)
)
_LEASE = (
    sa.update(delivery)
    .where(delivery.c.id.in_(sa.bindparam("b_ids", expanding=True)))
    .values(state=DeliveryState.LEASED, lease_until=sa.bindparam("b_until"), attempts=delivery.c.attempts + 1)
)
_SENT = (
    sa.update(delivery)
    .where(delivery.c.id == sa.bindparam("b_id"), delivery.c.state == DeliveryState.LEASED)
    .values(
        state=DeliveryState.SENT,
        lease_until=None,
        sent_at=sa.bindparam("b_now"),
        provider_message_id=sa.bindparam("b_message"),
        error=None,
    )
)


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that belongs to this sender for a while."""

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


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a leased message: the platform's ids, or how it failed."""

    leased: Leased
    message_id: str | None = None
    failure: SendFailed | None = None
    offered: Reply | None = None
    files: tuple[tuple[int, str], ...] = ()
    delay: float = 0.0


async def wake_due(connection: AsyncConnection, *, account_of: str, is_pulled: bool, now: datetime) -> None:
    """Make due what waited, and take back what a vanished sender held.

    A reply is tried once more; a notice that may have been said is not said again.
    """
    mine = delivery.c.channel_account == account_of
    waiting = sa.update(delivery).where(mine, delivery.c.state == DeliveryState.WAITING)
    await connection.execute(waiting.where(delivery.c.not_before <= now).values(state=DeliveryState.PENDING))
    expired = sa.update(delivery).where(
        mine, delivery.c.state == DeliveryState.LEASED, delivery.c.lease_until < now
    )
    if is_pulled:
        await connection.execute(expired.values(state=DeliveryState.PENDING, lease_until=None))
        return
    again = expired.where(delivery.c.lane == int(Lane.REPLY), delivery.c.error.is_(None))
    await connection.execute(again.values(state=DeliveryState.PENDING, lease_until=None, error=IN_DOUBT))
    await connection.execute(expired.values(state=DeliveryState.IN_DOUBT, lease_until=None))


async def claim(
    connection: AsyncConnection, *, account_of: str, most: int, lane: Lane, now: datetime
) -> list[Leased]:
    """Lease the next message of up to `most` accounts that have none in flight."""
    rows = (await connection.execute(_DUE, {"b_account": account_of, "b_lane": int(lane)})).all()
    taken: dict[int, Leased] = {}
    for row in rows:
        if row.account_id not in taken and len(taken) < most:
            taken[row.account_id] = Leased(
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
    if taken:
        ids = [leased.id for leased in taken.values()]
        await connection.execute(_LEASE, {"b_ids": ids, "b_until": now + LEASE})
    return list(taken.values())


async def write_back(
    connection: AsyncConnection, results: Sequence[Result], *, account_of: str, now: datetime
) -> None:
    """Mark what was sent and what failed; conversations are locked before deliveries, in id order."""
    offered = {result.leased.account_id: result for result in results if result.offered}
    if offered:
        await _remember_offers(connection, offered)
    sent = [
        {"b_id": result.leased.id, "b_now": now, "b_message": result.message_id}
        for result in results
        if result.failure is None
    ]
    if sent:
        await connection.execute(_SENT, sent if len(sent) > 1 else sent[0])
    for result in results:
        if result.failure is not None:
            await _mark_failed(connection, result, result.failure, now)
        for media_id, file_id in result.files:
            await _remember_file(connection, account_of, media_id, file_id)


async def _remember_offers(connection: AsyncConnection, offered: dict[int, Result]) -> None:
    """Let the words that came with notices be typed, the newest first."""
    statement = (
        sa.select(conversation.c.id, conversation.c.account_id, conversation.c.offers)
        .where(conversation.c.account_id.in_(offered))
        .order_by(conversation.c.id)
        .with_for_update()
    )
    for row in (await connection.execute(statement)).all():
        reply = offered[row.account_id].offered
        new = choices.remembered(reply) if reply else []
        kept = [*new, *row.offers][: choices.KEPT_OFFERS]
        await connection.execute(
            sa.update(conversation).where(conversation.c.id == row.id).values(offers=kept)
        )


async def _mark_failed(
    connection: AsyncConnection, result: Result, failure: SendFailed, now: datetime
) -> None:
    values: dict[str, Any] = {"lease_until": None, "error": failure.reason[:200]}
    match failure.failure:
        case "temporary" if result.leased.attempts < MOST_ATTEMPTS:
            values |= {
                "state": DeliveryState.WAITING,
                "not_before": now + timedelta(seconds=result.delay),
                "error": IN_DOUBT if result.leased.was_in_doubt else None,
            }
        case "in_doubt" if result.leased.lane is Lane.REPLY and not result.leased.was_in_doubt:
            values |= {"state": DeliveryState.PENDING, "error": IN_DOUBT}
        case "in_doubt":
            values["state"] = DeliveryState.IN_DOUBT
        case _:
            values["state"] = DeliveryState.FAILED
    mine = sa.update(delivery).where(
        delivery.c.id == result.leased.id, delivery.c.state == DeliveryState.LEASED
    )
    await connection.execute(mine.values(values))
    if failure.is_unreachable:
        gone = sa.update(account).where(account.c.id == result.leased.account_id)
        await connection.execute(gone.values(is_reachable=False, unreachable_why=failure.reason[:120]))


async def _remember_file(connection: AsyncConnection, account_of: str, media_id: int, file_id: str) -> None:
    known = sa.select(provider_file.c.id).where(
        provider_file.c.media_id == media_id, provider_file.c.channel_account == account_of
    )
    if (await connection.execute(known)).first() is None:
        values = {"media_id": media_id, "channel_account": account_of, "file_id": file_id}
        await connection.execute(sa.insert(provider_file).values(values))


async def release(connection: AsyncConnection, leased: Sequence[Leased]) -> None:
    """Give back what was claimed and never tried."""
    give = sa.update(delivery).where(delivery.c.id.in_([one.id for one in leased]))
    await connection.execute(give.values(state=DeliveryState.PENDING, lease_until=None))


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
    }
