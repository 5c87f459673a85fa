"""Which villages of a list hold numbers of others that were merged into them in the weeks shown?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from models.units import ChangeKind, Unit, UnitAlias, UnitChange
from services import units
from services.counts import Week
from services.reports._weekly_sums import WEEK, WEEKS_SHOWN

MERGED: Final = 2


async def merged(session: AsyncSession, shown: Sequence[Unit], week: Week) -> dict[int, str]:
    """Say by unit id what a village is made of, where that changed within the weeks compared."""
    first = week.monday - (WEEKS_SHOWN - 1) * WEEK
    return {
        unit_id: _("with {places}, formerly").format(places=", ".join(names))
        for unit_id, names in (await _former(session, shown, first)).items()
        if len(names) >= MERGED
    }


async def _former(session: AsyncSession, shown: Sequence[Unit], first: date) -> dict[int, list[str]]:
    """List the units that went into others, as they were recorded, else as their names are still known."""
    ids = [units.unit_id(one) for one in shown]
    found: defaultdict[int, list[str]] = defaultdict(list)
    into = (
        select(UnitChange.into_id, Unit.name)
        .join(Unit, col(Unit.id) == col(UnitChange.unit_id))
        .where(
            UnitChange.kind == ChangeKind.MERGE,
            col(UnitChange.into_id).in_(ids),
            UnitChange.happened_on >= first,
            col(UnitChange.undone_at).is_(None),
        )
    )
    names = (
        select(UnitAlias.unit_id, UnitAlias.name)
        .where(col(UnitAlias.unit_id).in_(ids), col(UnitAlias.until) >= first)
        .order_by(col(UnitAlias.id))
    )
    rows = [*(await session.exec(into)).all(), *(await session.exec(names)).all()]
    for unit_id, name in rows:
        if unit_id is not None and "," not in name and name not in found[unit_id]:
            found[unit_id].append(name)
    return found
