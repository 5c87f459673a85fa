"""How replies enter the outbox, in the transaction that made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import statements
from bot.channels import Incoming
from handlers.reply import TAPPED, Reply
from models.delivery import DeliveryState, Lane
from services.notices import PAYLOAD_VERSION

REPLY: Final = "reply"
APOLOGY: Final = "apology"
# What is not a notice: it answers what was just said, so its choices are the open list.
ANSWERS: Final = frozenset({REPLY, APOLOGY})


async def queue_replies(
    connection: AsyncConnection,
    incoming: Incoming,
    row: Any,
    replies: Sequence[Reply],
    *,
    now: datetime,
    counter: int | None,
    kind: str = REPLY,
) -> int:
    """Write the replies of one update, numbered from a counter for a pulled channel; tell the counter."""
    rows: list[dict[str, Any]] = []
    for place, reply in enumerate(replies, 1):
        is_earlier = counter is None and isinstance(reply.replaces, int)
        if is_earlier and await _put_in_place(connection, row, reply):
            continue
        number = None if counter is None else counter + len(rows) + 1
        rows.append(
            {
                "account_id": row.account_id,
                "channel_account": incoming.account,
                "chat": incoming.chat,
                "lane": int(Lane.REPLY),
                "kind": kind,
                "payload": payload(reply, tapped=_tapped(incoming)),
                "dedupe_key": f"u:{incoming.account}:{incoming.key}:{place}",
                "state": DeliveryState.PENDING if number is None else DeliveryState.SENT,
                "attempts": 0,
                "number": number,
                "created_at": now,
                "sent_at": None if number is None else now,
            }
        )
    if rows:
        await connection.execute(statements.QUEUE, rows if len(rows) > 1 else rows[0])
    return int(row.counter) if counter is None else counter + len(rows)


async def _put_in_place(connection: AsyncConnection, row: Any, reply: Reply) -> bool:
    """Replace the content of an earlier message that was not sent yet; False if it was, or is being."""
    values = {
        "b_id": reply.replaces,
        "b_account_id": row.account_id,
        "b_kind": REPLY,
        "b_payload": payload(replace(reply, replaces=None)),
    }
    return bool((await connection.execute(statements.PUT_IN_PLACE, values)).rowcount)


def payload(reply: Reply, *, tapped: str | None = None) -> dict[str, Any]:
    """Write a reply as the outbox keeps it."""
    body: dict[str, Any] = {"v": PAYLOAD_VERSION, "text": reply.text}
    if reply.choices:
        body["choices"] = [[choice.label, choice.packed(), choice.word] for choice in reply.choices]
    if reply.picture:
        body["picture"] = reply.picture
    if reply.document:
        body["document"] = reply.document
    if reply.alt:
        body["alt"] = reply.alt
    if not reply.is_listed or reply.lines:
        body["listed"] = False
    if reply.replaces is not None:
        body["replaces"] = {"message": tapped} if reply.replaces == TAPPED else {"delivery": reply.replaces}
    return body


def _tapped(incoming: Incoming) -> str | None:
    """Name the platform's message whose button was tapped."""
    message = incoming.update.get("callback_query", {}).get("message") or {}
    return str(message["message_id"]) if "message_id" in message else None
