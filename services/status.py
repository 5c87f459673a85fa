"""How is the machine: since when it runs, what waits, what failed, when it was last backed up?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Marker
from models.conversation import Quarantine
from models.delivery import Delivery, DeliveryState
from services.access import Action, Actor, declares

BACKED_UP: Final = "backed_up_at"
_ON_THEIR_WAY: Final = (DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.LEASED)


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process knows of itself: version, start, and which channels it serves are up."""

    version: str
    started_at: datetime
    channels: Callable[[], Mapping[str, bool]] = field(default=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """What the database knows of the machine; `backed_up_at` is None if no backup was ever made."""

    messages: int
    failures: int
    backed_up_at: datetime | None


@declares(Action.RUN_MACHINE)
async def status(session: AsyncSession, actor: Actor) -> Status:
    """Count the messages on their way and the updates that were set aside; find the last backup."""
    actor.require_anywhere(Action.RUN_MACHINE)
    messages = select(func.count()).where(col(Delivery.state).in_(_ON_THEIR_WAY))
    failures = select(func.count()).select_from(Quarantine).where(col(Quarantine.attempts) > 1)
    marker = await session.get(Marker, BACKED_UP)
    return Status(
        messages=(await session.exec(messages)).one(),
        failures=(await session.exec(failures)).one(),
        backed_up_at=datetime.fromisoformat(marker.value) if marker else None,
    )


async def note_backup(session: AsyncSession, *, now: datetime) -> None:
    """Remember that a backup was made now."""
    await session.merge(Marker(name=BACKED_UP, value=now.isoformat()))
