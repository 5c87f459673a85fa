"""What waits, what was set aside and what is up, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from bot.database import Database
from bot.statements import delivery, quarantine
from models.delivery import Lane

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


async def measured(database: Database, channels: Mapping[str, bool]) -> bytes:
    """Count the outbox and the quarantine now; `channels` tells which ones are up."""
    registry = CollectorRegistry()
    outbox = Gauge("toso_outbox", "Messages by state and lane.", ["state", "lane"], registry=registry)
    aside = Gauge("toso_quarantine", "Updates set aside.", registry=registry)
    up = Gauge("toso_channel_up", "Whether a channel is up.", ["channel"], registry=registry)
    states = sa.select(delivery.c.state, delivery.c.lane, sa.func.count()).group_by(
        delivery.c.state, delivery.c.lane
    )
    async with database.reading() as session:
        connection = await session.connection()
        for state, lane, count in (await connection.execute(states)).all():
            outbox.labels(str(state), Lane(lane).name.lower()).set(count)
        counted = sa.select(sa.func.count()).where(quarantine.c.attempts > 1)
        aside.set((await connection.execute(counted)).scalar_one())
    for channel, is_up in channels.items():
        up.labels(channel).set(int(is_up))
    return generate_latest(registry)
