"""When was the program down, and who wrote meanwhile?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import Incoming
from bot.database import Database
from bot.statements import delivery
from handlers.reply import Reply
from locales import dates
from locales import gettext as _
from models.jobs import JobRun

# Shorter waits need no excuse.
PATIENCE = timedelta(minutes=10)
# The last sign of life is up to a minute older than the end.
A_MINUTE = timedelta(minutes=1)

job_run: Any = sa.inspect(JobRun).local_table

_ANSWERED = (
    sa.select(delivery.c.id)
    .where(
        delivery.c.account_id == sa.bindparam("b_account_id"),
        delivery.c.kind == "reply",
        delivery.c.created_at >= sa.bindparam("b_until"),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Outage:
    """The program was down from one moment to another."""

    since: datetime
    until: datetime

    def waited_from(self, update: dict[str, Any], now: datetime) -> datetime | None:
        """Tell when a message was written that waited through the outage; None if it did not wait long."""
        written = update.get("message", {}).get("date")
        if not isinstance(written, int):
            return None
        at = datetime.fromtimestamp(written, now.tzinfo)
        is_late = self.since - A_MINUTE <= at <= self.until and now - at > PATIENCE
        return at if is_late else None

    async def excuse(
        self,
        connection: AsyncConnection,
        incoming: Incoming,
        account_id: int,
        replies: Sequence[Reply],
        now: datetime,
    ) -> list[Reply]:
        """Say sorry before the first answer to somebody who wrote during the outage, once."""
        at = self.waited_from(incoming.update, now)
        if at is None:
            return list(replies)
        since = {"b_account_id": account_id, "b_until": self.until}
        if (await connection.execute(_ANSWERED, since)).first() is not None:
            return list(replies)
        sentence = _(
            "Sorry, the machine was down from {since} to {until}. The question of {at} is answered now."
        ).format(
            since=dates.moment(self.since, now),
            until=dates.moment(self.until, now),
            at=dates.moment(at, now),
        )
        return [replace(replies[0], text=f"{sentence} {replies[0].text}"), *replies[1:]]


async def find_outage(database: Database, *, now: datetime) -> Outage | None:
    """Tell since when the program was down, from the last job that ended: some run every minute."""
    async with database.reading() as session:
        connection = await session.connection()
        last = (await connection.execute(sa.select(sa.func.max(job_run.c.finished_at)))).scalar()
    if last is None or now - last <= PATIENCE:
        return None
    return Outage(last.astimezone(now.tzinfo), now)
