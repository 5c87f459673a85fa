"""How does a goal fall fairly down the tree, and who is told?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Assignment, Role
from models.target import Target
from models.units import Level, Unit
from services import errors, people, targets, units
from services.access import Action, Actor, declares
from services.notices import tell
from services.rules import ActivityLimits, Kind
from services.target_notices import GoalAnswered, GoalDoubted, GoalGiven
from services.targets import Span

TEAM = (Role.MEMBER, Role.LEADER)


class Way(StrEnum):
    """By what a goal is shared."""

    HOUSEHOLDS = "households"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Share:
    """What falls to one unit below."""

    unit: Unit
    goal: int


async def below(session: AsyncSession, unit: Unit) -> list[Unit]:
    """List the units right below one, by name."""
    statement = select(Unit).where(Unit.parent_id == unit.id, col(Unit.valid_to).is_(None))
    return list((await session.exec(statement.order_by(col(Unit.folded), col(Unit.id)))).all())


async def propose(session: AsyncSession, unit: Unit, goal: int, way: Way) -> list[Share]:
    """Share a goal by households or members so that it adds up exactly, the largest share first.

    Where nobody knows the households, or nobody is a member yet, all weigh the same.
    """
    places = await below(session, unit)
    weights = (
        {units.unit_id(place): place.households or 0 for place in places}
        if way is Way.HOUSEHOLDS
        else await _members(session, unit, places)
    )
    shares = split(goal, weights)
    found = [Share(place, shares[units.unit_id(place)]) for place in places]
    return sorted(found, key=lambda share: -share.goal)


def split(goal: int, weights: Mapping[int, int]) -> dict[int, int]:
    """Split a whole number by weights, the rest to the largest remainders: the parts add up exactly."""
    total = sum(weights.values())
    if not total:
        weights, total = dict.fromkeys(weights, 1), len(weights)
    parts = {name: goal * weight // total for name, weight in weights.items()}
    by_rest = sorted(weights, key=lambda name: (-(goal * weights[name] % total), name))
    for name in by_rest[: goal - sum(parts.values())]:
        parts[name] += 1
    return parts


async def _members(session: AsyncSession, unit: Unit, places: Sequence[Unit]) -> dict[int, int]:
    statement = (
        select(Unit.path, func.count(func.distinct(Assignment.person_id)))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(units.within(unit), col(Assignment.role).in_(TEAM), col(Assignment.until).is_(None))
        .group_by(col(Unit.path))
    )
    found = dict.fromkeys((units.unit_id(place) for place in places), 0)
    for path, count in (await session.exec(statement)).all():
        for unit_id in found.keys() & {int(each) for each in path.strip("/").split("/")}:
            found[unit_id] += count
    return found


@declares(Action.SET_TARGET)
async def share(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    kind: Kind,
    span: Span,
    shares: Mapping[int, int],
    *,
    now: datetime,
) -> int:
    """Give the units below their goals and tell who leads them; tell how many goals were new or changed.

    Raises OutsideArea, TargetOver.
    """
    actor.require(Action.SET_TARGET, unit_id=units.unit_id(unit), path=unit.path)
    if span.last < now.date():
        raise errors.TargetOver
    before = await targets.goals_below(session, unit, kind.name, span)
    changed = 0
    for place in await below(session, unit):
        unit_id = units.unit_id(place)
        goal = shares.get(unit_id, 0)
        if goal < 1 or before.get(unit_id) == goal:
            continue
        row = await targets.write(session, actor, place, kind, span, goal, now=now)
        await _give(session, actor, place, kind, row, now=now)
        changed += 1
    return changed


async def _give(
    session: AsyncSession, actor: Actor, place: Unit, kind: Kind, row: Target, *, now: datetime
) -> None:
    role = Role.LEADER if place.level is Level.VILLAGE else Role.SUPERVISOR
    begins = max(row.first_on, now.date())
    word = GoalGiven(
        target_id=row.id or 0,
        place=units.display_name(place),
        kind=kind.label,
        of=kind.unit,
        goal=row.goal,
        first_on=row.first_on.isoformat(),
        last_on=row.last_on.isoformat(),
        days=(row.last_on - begins).days + 1,
        by_id=actor.person_id or 0,
    )
    for person in await people.holders(session, units.unit_id(place), role):
        await tell(session, person.id or 0, word, subject=f"target:{row.id}", now=now)


@declares(Action.SEE_TEAM)
async def doubt(
    session: AsyncSession, actor: Actor, target_id: int, wish: int, *, limits: ActivityLimits, now: datetime
) -> str:
    """Tell whoever set a goal that it is thought too high, with the number that would do; nothing changes.

    Gives how they are called. Raises NotYours, GoalTooSmall.
    """
    row, place = await _load(session, target_id)
    actor.require(Action.SEE_TEAM, unit_id=row.unit_id, path=place.path)
    if not 1 <= wish < row.goal:
        raise errors.GoalNotLower(goal=row.goal)
    kind = limits.kind(row.kind)
    if row.set_by is None or kind is None:
        raise errors.NotYours
    word = GoalDoubted(
        target_id=target_id,
        who=actor.who,
        place=units.display_name(place),
        kind=kind.label,
        of=kind.unit,
        goal=row.goal,
        wish=wish,
        first_on=row.first_on.isoformat(),
        last_on=row.last_on.isoformat(),
    )
    await tell(session, row.set_by, word, subject=f"doubt:{target_id}:{wish}", now=now)
    return people.called(await people.person_of(session, row.set_by))


@declares(Action.SET_TARGET)
async def decide(
    session: AsyncSession, actor: Actor, target_id: int, goal: int, *, limits: ActivityLimits, now: datetime
) -> tuple[Target, Unit]:
    """Put another goal in a doubted one's place, or keep it, and tell who leads the unit.

    Raises NotYours, OutsideArea, GoalTooSmall, TargetOver.
    """
    row, place = await _load(session, target_id)
    kind = limits.kind(row.kind)
    if kind is None or row.replaced_at is not None:
        raise errors.NotYours
    span = Span(row.first_on, row.last_on)
    new = await targets.set_goal(session, actor, place, kind, span, goal, now=now)
    role = Role.LEADER if place.level is Level.VILLAGE else Role.SUPERVISOR
    word = GoalAnswered(
        place=units.display_name(place),
        kind=kind.label,
        of=kind.unit,
        goal=goal,
        before=row.goal,
        first_on=row.first_on.isoformat(),
        last_on=row.last_on.isoformat(),
        by=actor.who,
    )
    for person in await people.holders(session, row.unit_id, role):
        await tell(session, person.id or 0, word, subject=f"target:{new.id}:{goal}", now=now)
    return new, place


async def _load(session: AsyncSession, target_id: int) -> tuple[Target, Unit]:
    row = (await session.exec(select(Target).where(Target.id == target_id))).first()
    if row is None:
        raise errors.NotYours
    return row, await units.unit_of(session, row.unit_id)
