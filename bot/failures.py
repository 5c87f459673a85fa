"""What is written down about a failure: where and of which kind, never a word of what was said."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import statements
from bot.channels import Incoming
from bot.statements import quarantine

log = logging.getLogger(__name__)

MOST_FRAMES = 12
# The number of attempts from which a row counts as set aside (metrics, doctor).
SET_ASIDE = 2


def failure_shape(error: BaseException) -> str:
    """Describe where a failure happened: its kind, then files, lines and functions; no message, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    places = [
        f"{'/'.join(frame.filename.rsplit('/', 2)[-2:])}:{frame.lineno} {frame.name}" for frame in frames
    ]
    return "\n".join([type(error).__qualname__, *places])


async def count(
    connection: AsyncConnection, incoming: Incoming, error: BaseException, *, now: datetime
) -> int:
    """Write that an update failed; tell how often it has by now."""
    shape = failure_shape(error)
    log.error("update failed", extra={"account": incoming.account, "key": incoming.key, "failure": shape})
    keys = {"b_account": incoming.account, "b_key": incoming.key}
    found = (await connection.execute(statements.FIND_ATTEMPT, keys)).first()
    if found is None:
        values = _row(incoming.account, incoming.key, shape, now) | {"attempts": 1}
        await connection.execute(sa.insert(quarantine), values)
        return 1
    again = sa.update(quarantine).where(quarantine.c.id == found.id)
    await connection.execute(again.values(attempts=found.attempts + 1, at=now))
    return int(found.attempts) + 1


async def set_message_aside(
    connection: AsyncConnection, account: str, delivery_id: int, shape: str, *, now: datetime
) -> None:
    """Note a message in the outbox that this program cannot say."""
    values = _row(account, f"delivery:{delivery_id}", shape, now) | {"attempts": SET_ASIDE}
    await connection.execute(sa.insert(quarantine), values)


def _row(account: str, key: str, shape: str, now: datetime) -> dict[str, object]:
    handler = shape.rsplit("\n", maxsplit=1)[-1][:120]
    return {"channel_account": account, "external_id": key, "handler": handler, "failure": shape, "at": now}
