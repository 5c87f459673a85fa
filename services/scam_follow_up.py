"""When is somebody asked again who was warned of a scam and did not answer?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Delivery, DeliveryState
from models.people import Account
from services.notices import tell
from services.safety_notices import ScamFollowUp

SILENT_FOR: Final = timedelta(minutes=30)


async def ask_later(session: AsyncSession, person_id: int | None, *, now: datetime) -> None:
    """Say once more in half an hour that help is there; nothing for somebody who is not remembered."""
    if person_id is None:
        return
    await answered(session, person_id)
    subject = f"scam:{person_id}:{int(now.timestamp())}"
    await tell(session, person_id, ScamFollowUp(), subject=subject, now=now, not_before=now + SILENT_FOR)


async def answered(session: AsyncSession, person_id: int | None) -> None:
    """Leave out what has not been said yet, for there was an answer."""
    table: Any = sa.inspect(Delivery).local_table
    theirs = select(Account.id).where(col(Account.person_id) == person_id)
    waiting = sa.update(table).where(
        table.c.kind == ScamFollowUp.__name__,
        table.c.state == DeliveryState.WAITING,
        table.c.account_id.in_(theirs),
    )
    await (await session.connection()).execute(waiting.values(state=DeliveryState.CANCELLED))
