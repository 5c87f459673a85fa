"""How far have an area and the rows of its week come with their goals?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from models.units import Level, Unit
from services import targets, units
from services.reports._weekly_rows import Row
from services.rules import CountUnit, Kind


@dataclass(frozen=True, slots=True)
class Goal(targets.Progress):
    """A goal of one place as it stood at the end of a week, with what its kind is called and counted in."""

    place: str
    label: str
    of: CountUnit

    @property
    def days_passed(self) -> int:
        """Tell how many of its days have passed."""
        return (self.span.last - self.span.first).days + 1 - self.days_left


async def read(
    session: AsyncSession, unit: Unit, day: date, rows: Sequence[Row], *, kinds: Sequence[Kind]
) -> tuple[list[Goal], list[Goal]]:
    """Read the goals that run on a day: the area's own, and those of its rows."""
    level = Level(rows[0].level) if rows else unit.level
    known = {kind.name: kind for kind in kinds}
    names = {row.unit_id: row.name for row in rows} | {units.unit_id(unit): units.display_name(unit)}
    found = await targets.progress_within(session, unit, level, day, kinds=list(known))
    goals = [_goal(one, names[one.unit_id], known[one.kind]) for one in found if one.unit_id in names]
    own = [one for one in goals if one.unit_id == unit.id]
    return own, [one for one in goals if one.unit_id != unit.id]


def _goal(one: targets.Progress, place: str, kind: Kind) -> Goal:
    return Goal(
        unit_id=one.unit_id,
        kind=one.kind,
        span=one.span,
        goal=one.goal,
        done=one.done,
        days_left=one.days_left,
        on_pace=one.on_pace,
        place=place,
        label=kind.label,
        of=kind.unit,
    )
