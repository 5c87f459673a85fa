"""What happened in an area in one quarter, beside the quarters before?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from models.units import Unit
from services.reports import _period
from services.reports._period import Period
from services.rules import Kind

SPAN: Final = "quarter"


async def make(
    session: AsyncSession, unit: Unit, day: date, *, kinds: Sequence[Kind], now: datetime
) -> Period:
    """Read the quarter of a day."""
    return await _period.make(session, unit, day, SPAN, kinds=kinds, now=now)
