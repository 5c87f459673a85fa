"""How a pulled channel gets its notices: said and numbered, to be fetched (the web chat)."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import choices, failures
from bot.leases import BATCH, Leased
from bot.outbox import ANSWERS, payload
from bot.speaking import spoken
from bot.statements import account, conversation, delivery, person
from models.delivery import DeliveryState, Lane

log = logging.getLogger(__name__)

_IS_PENDING: Any = sa.literal_column("'pending'")
_MINE = (
    delivery.c.state == _IS_PENDING,
    delivery.c.channel_account == sa.bindparam("b_account"),
    delivery.c.lane <= sa.bindparam("b_lane"),
)
_WHOSE = sa.select(delivery.c.chat).where(*_MINE).order_by(delivery.c.lane, delivery.c.id).limit(BATCH)
_LOCKED = (
    sa.select(
        conversation.c.id,
        conversation.c.chat,
        conversation.c.choices,
        conversation.c.offers,
        conversation.c.counter,
    )
    .where(
        conversation.c.channel_account == sa.bindparam("b_account"),
        conversation.c.chat.in_(sa.bindparam("b_chats", expanding=True)),
    )
    .order_by(conversation.c.id)
    .with_for_update()
)
_NEXT = (
    sa.select(
        delivery.c.id,
        delivery.c.account_id,
        delivery.c.chat,
        delivery.c.lane,
        delivery.c.kind,
        delivery.c.payload,
        sa.func.coalesce(account.c.locale, person.c.locale, "vi").label("locale"),
    )
    .select_from(
        delivery.join(account, account.c.id == delivery.c.account_id).outerjoin(
            person, person.c.id == account.c.person_id
        )
    )
    .where(*_MINE, delivery.c.chat.in_(sa.bindparam("b_chats", expanding=True)))
    .order_by(delivery.c.lane, delivery.c.id)
    .limit(BATCH)
    .with_for_update(of=delivery, skip_locked=True)
)


async def number_due(connection: AsyncConnection, *, account_of: str, lane: Lane, now: datetime) -> set[str]:
    """Say and number what is due, under each conversation's lock; tell whose chats have news.

    Conversations are locked before deliveries, as everywhere.
    """
    asked: dict[str, Any] = {"b_account": account_of, "b_lane": int(lane)}
    chats = sorted(set((await connection.execute(_WHOSE, asked)).scalars()))
    if not chats:
        return set()
    asked["b_chats"] = chats
    held = {row.chat: row for row in (await connection.execute(_LOCKED, asked)).all()}
    said: dict[str, list[Any]] = {}
    for row in (await connection.execute(_NEXT, asked)).all():
        if row.chat in held:
            said.setdefault(row.chat, []).append(row)
    for chat, rows in said.items():
        await _number(connection, held[chat], rows, account_of, now)
    return set(said)


async def _number(
    connection: AsyncConnection, held: Any, rows: list[Any], account_of: str, now: datetime
) -> None:
    counter = held.counter
    standing = {"choices": held.choices, "offers": held.offers}
    for row in rows:
        values = await _said(connection, row, account_of, now)
        if values["state"] is DeliveryState.SENT:
            counter += 1
            values["number"] = counter
            if row.kind not in ANSWERS:
                standing = choices.with_notice(values.pop("reply"), standing["choices"], standing["offers"])
        values.pop("reply", None)
        await connection.execute(sa.update(delivery).where(delivery.c.id == row.id).values(**values))
    kept = sa.update(conversation).where(conversation.c.id == held.id)
    await connection.execute(kept.values(counter=counter, **standing))


async def _said(connection: AsyncConnection, row: Any, account_of: str, now: datetime) -> dict[str, Any]:
    """Say one message as the columns hold it; what this program cannot say is set aside."""
    leased = Leased(
        id=row.id,
        account_id=row.account_id,
        chat=row.chat,
        lane=Lane(row.lane),
        kind=row.kind,
        payload=row.payload,
        attempts=1,
        was_in_doubt=False,
        locale=row.locale,
    )
    try:
        reply = spoken(leased)
        body = payload(reply) | {"notice": row.kind not in ANSWERS}
    except Exception as error:  # noqa: BLE001 - one message must not stop all others
        shape = failures.failure_shape(error)
        log.error("message cannot be said", extra={"id": row.id, "kind": row.kind, "failure": shape})  # noqa: TRY400
        await failures.set_message_aside(connection, account_of, row.id, shape, now=now)
        return {"state": DeliveryState.FAILED, "error": type(error).__name__}
    return {"state": DeliveryState.SENT, "payload": body, "sent_at": now, "error": None, "reply": reply}
