"""How far have an area and the rows of its week, month or quarter come with their goals?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from models.units import Level, Unit
from services import targets, units
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


class Place(Protocol):
    """A row of a report: a village, or above the commune a commune."""

    @property
    def unit_id(self) -> int:
        """Tell which unit it is."""

    @property
    def name(self) -> str:
        """Tell how it is called among the others."""

    @property
    def level(self) -> str:
        """Tell how high it stands."""


Goals = tuple[list[Goal], list[Goal]]


async def read(
    session: AsyncSession, unit: Unit, day: date, rows: Sequence[Place], *, kinds: Sequence[Kind]
) -> Goals:
    """Read the goals that run on a day: the area's own, and those of its rows."""
    names = [kind.name for kind in kinds]
    found = await targets.progress_within(session, unit, _level(unit, rows), day, kinds=names)
    return _told(found, unit, rows, kinds)


async def read_over(
    session: AsyncSession,
    unit: Unit,
    span: targets.Span,
    day: date,
    rows: Sequence[Place],
    *,
    kinds: Sequence[Kind],
) -> Goals:
    """Read the goals that ran in a span up to a day: the area's own, and those of its rows."""
    names = [kind.name for kind in kinds]
    found = await targets.progress_over(session, unit, _level(unit, rows), span, day, kinds=names)
    return _told(found, unit, rows, kinds)


def _level(unit: Unit, rows: Sequence[Place]) -> Level:
    return Level(rows[0].level) if rows else unit.level


def _told(
    found: Iterable[targets.Progress], unit: Unit, rows: Sequence[Place], kinds: Sequence[Kind]
) -> Goals:
    known = {kind.name: kind for kind in kinds}
    names = {row.unit_id: row.name for row in rows} | {units.unit_id(unit): units.display_name(unit)}
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
