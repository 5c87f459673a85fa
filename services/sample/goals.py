"""What was each area of the sample to reach in a month or a quarter, and what fell to each village?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Rollup
from models.people import Assignment, Role
from models.target import Target
from models.units import Level, Unit
from services import targets, units
from services.sample.shape import SEED, Shape
from services.sample.teams import insert
from services.sample.work import Span as Lived
from services.target_sharing import split
from services.targets import Span

SET_AT: Final = time(8)
LOOKED_BACK: Final = timedelta(days=28)
# What is asked of a place differs by so much from what it did before: some find it easy, some hard.
EASY: Final = 0.85
HARD: Final = 1.2

target_table: Any = sa.inspect(Target).local_table
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Aim:
    """A kind of work with a goal for every month or quarter, given to the units of some levels.

    `stretch` is how much more is asked for than was done before: teams grow, and more so in a quarter.
    """

    kind: str
    span_of: Callable[[date], Span]
    levels: frozenset[Level]
    stretch: float


AIMS: Final = (
    Aim("vneid", targets.month_of, frozenset(Level), 1.1),
    Aim("online_filing", targets.quarter_of, frozenset(Level) - {Level.VILLAGE}, 1.4),
)


async def add_goals(session: AsyncSession, shape: Shape, lived: Lived, *, kinds: Collection[str]) -> None:
    """Set the goals of the months and quarters that begin in a span, a little above what was done before."""
    setters = await _setters(session)
    for aim in AIMS:
        for when in _begun(aim, lived):
            done, days = await _before(session, aim, when, lived)
            if aim.kind in kinds and any(done.values()):
                goals = _goals(shape, aim, when, done, days)
                await insert(session, target_table, list(_rows(shape, aim, when, goals, setters, lived)))


def _begun(aim: Aim, lived: Lived) -> Iterator[Span]:
    for when in dict.fromkeys(aim.span_of(day) for day in lived.days()):
        if lived.holds(_set_at(when, lived)):
            yield when


def _set_at(when: Span, lived: Lived) -> datetime:
    return datetime.combine(max(when.first, lived.start), SET_AT, lived.until.tzinfo)


async def _before(session: AsyncSession, aim: Aim, when: Span, lived: Lived) -> tuple[dict[int, int], int]:
    """Add up four weeks of each village, those before the goal; where it began with the sample, its first."""
    first = max(when.first - LOOKED_BACK, lived.start)
    last = min(first + LOOKED_BACK, lived.until.date()) - timedelta(days=1)
    statement = (
        select(Rollup.unit_id, func.sum(Rollup.total))
        .where(Rollup.kind == aim.kind, col(Rollup.day).between(first, last))
        .group_by(col(Rollup.unit_id))
    )
    found = {unit_id: int(total) for unit_id, total in (await session.exec(statement)).all()}
    return found, (last - first).days + 1


async def _setters(session: AsyncSession) -> dict[int, int]:
    """Find who looks after each area: goals come from above."""
    held = select(Assignment.unit_id, Assignment.person_id).where(Assignment.role == Role.SUPERVISOR)
    return dict((await session.exec(held)).all())


def _goals(shape: Shape, aim: Aim, when: Span, done: Mapping[int, int], days: int) -> dict[int, int]:
    """Let one round number of the province fall down the tree: each sum is that of the places below it."""
    whole = (when.last - when.first).days + 1
    goals = {units.unit_id(shape.province): _rounded(sum(done.values()) / days * whole * aim.stretch)}
    weights = _weights(shape, aim, when, done)
    below: dict[int, dict[int, int]] = {}
    for unit in (*shape.districts, *shape.communes, *shape.villages):
        unit_id = units.unit_id(unit)
        if weights.get(unit_id):
            below.setdefault(unit.parent_id or 0, {})[unit_id] = weights[unit_id]
    for unit in (shape.province, *shape.districts, *shape.communes):
        unit_id = units.unit_id(unit)
        if unit_id in below:
            goals |= split(goals[unit_id], below[unit_id])
    return goals


def _weights(shape: Shape, aim: Aim, when: Span, done: Mapping[int, int]) -> dict[int, int]:
    """Weigh every place by what was done there, and by how hard it is made for its commune and itself."""
    rng = Random(f"{SEED}:goals:{aim.kind}:{when.first}")  # noqa: S311 - invented figures, no secrets
    hard = {unit.id: rng.uniform(EASY, HARD) for unit in shape.communes}
    weights: dict[int, int] = {}
    for unit in shape.villages:
        weight = done.get(units.unit_id(unit), 0) * hard[unit.parent_id] * rng.uniform(EASY, HARD)
        for unit_id in units.path_ids(unit):
            weights[unit_id] = weights.get(unit_id, 0) + round(weight * 100)
    return weights


def _rounded(number: float) -> int:
    """Round as people do who set goals: two figures, then zeros."""
    step = int(10 ** max(0, len(str(round(number))) - 2))
    return max(1, round(number / step) * step)


def _rows(
    shape: Shape, aim: Aim, when: Span, goals: Mapping[int, int], setters: Mapping[int, int], lived: Lived
) -> Iterator[Row]:
    everywhere: tuple[Unit, ...] = (shape.province, *shape.districts, *shape.communes, *shape.villages)
    for unit in everywhere:
        goal = goals.get(units.unit_id(unit), 0)
        if goal and unit.level in aim.levels:
            yield {
                "unit_id": unit.id,
                "kind": aim.kind,
                "first_on": when.first,
                "last_on": when.last,
                "goal": goal,
                "set_by": setters.get(unit.parent_id or units.unit_id(unit)),
                "set_at": _set_at(when, lived),
            }
