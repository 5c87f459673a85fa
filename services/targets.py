"""What is each unit to reach, how far has it come, and what does every day still need?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Rollup
from models.target import Target
from models.units import Level, Unit
from services import audit, errors, units
from services.access import Action, Actor, declares
from services.rules import ActivityLimits, Kind

LARGEST: Final = 10_000_000
BEHIND: Final = 0.9
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A month, a quarter or a year: its first and last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a unit has come with a goal by the end of a day."""

    unit_id: int
    kind: str
    span: Span
    goal: int
    done: int
    days_left: int
    on_pace: int

    @property
    def percent(self) -> int:
        """Tell how much of the goal is done, in whole percent."""
        return self.done * 100 // self.goal

    @property
    def a_day(self) -> int:
        """Tell how much every day left has to bring, 0 once the goal is reached."""
        missing = max(0, self.goal - self.done)
        return -(-missing // self.days_left) if self.days_left else missing

    @property
    def is_behind(self) -> bool:
        """Tell whether less than nine tenths of what the day asks for are done."""
        return self.done < BEHIND * self.on_pace

    @property
    def is_early(self) -> bool:
        """Tell whether it is reached, or would be in nine tenths of its days if all went on as so far."""
        return self.done >= self.goal or 0 < self.on_pace <= BEHIND * self.done

    @property
    def share_of_pace(self) -> float:
        """Tell which part of what the day asks for is done; what asks for nothing yet is not behind."""
        return self.done / self.on_pace if self.on_pace else 1.0


def month_of(day: date) -> Span:
    """Find a day's month."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Span(day.replace(day=1), following - DAY)


def quarter_of(day: date) -> Span:
    """Find a day's quarter."""
    first = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return Span(first, month_of(first.replace(month=first.month + 2)).last)


def year_of(day: date) -> Span:
    """Find a day's year."""
    return Span(day.replace(month=1, day=1), day.replace(month=12, day=31))


@declares(Action.SET_TARGET)
async def set_goal(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    kind: Kind,
    span: Span,
    goal: int,
    *,
    now: datetime,
) -> Target:
    """Set a unit's goal, or another one in its place; the same goal again changes nothing.

    Raises OutsideArea, GoalTooSmall, TargetOver.
    """
    actor.require(Action.SET_TARGET, unit_id=units.unit_id(unit), path=unit.path)
    if not 1 <= goal <= LARGEST:
        raise errors.GoalTooSmall
    if span.last < now.date():
        raise errors.TargetOver
    return await write(session, actor, unit, kind, span, goal, now=now)


async def write(
    session: AsyncSession, actor: Actor, unit: Unit, kind: Kind, span: Span, goal: int, *, now: datetime
) -> Target:
    """Write a goal down: the pen, not the rule; whoever calls it has checked who may."""
    standing = await _standing(session, units.unit_id(unit), kind.name, span)
    if standing is not None and standing.goal == goal:
        return standing
    if standing is not None:
        standing.replaced_at = now
        session.add(standing)
        await session.flush()
    row = Target(
        unit_id=units.unit_id(unit),
        kind=kind.name,
        first_on=span.first,
        last_on=span.last,
        goal=goal,
        set_by=actor.person_id,
        set_at=now,
    )
    session.add(row)
    await session.flush()
    audit.record(session, actor.person_id, "target_set", "target", row.id, now=now, fields="goal")
    return row


async def _standing(session: AsyncSession, unit_id: int, kind: str, span: Span) -> Target | None:
    statement = (
        select(Target)
        .where(
            Target.unit_id == unit_id,
            Target.kind == kind,
            Target.first_on == span.first,
            Target.last_on == span.last,
            col(Target.replaced_at).is_(None),
        )
        .with_for_update()
    )
    return (await session.exec(statement)).first()


async def goals_below(session: AsyncSession, unit: Unit, kind: str, span: Span) -> dict[int, int]:
    """Tell the goals of the units right below one, by unit id."""
    statement = (
        select(Target.unit_id, Target.goal)
        .join(Unit, col(Unit.id) == col(Target.unit_id))
        .where(
            Unit.parent_id == unit.id,
            Target.kind == kind,
            Target.first_on == span.first,
            Target.last_on == span.last,
            col(Target.replaced_at).is_(None),
        )
    )
    return dict((await session.exec(statement)).all())


async def goal_of(session: AsyncSession, unit: Unit, kind: str, span: Span) -> int | None:
    """Tell a unit's own goal for one kind over some days; None where there is none."""
    statement = select(Target.goal).where(
        Target.unit_id == units.unit_id(unit),
        Target.kind == kind,
        Target.first_on == span.first,
        Target.last_on == span.last,
        col(Target.replaced_at).is_(None),
    )
    return (await session.exec(statement)).first()


async def progress(session: AsyncSession, unit: Unit, day: date, *, limits: ActivityLimits) -> list[Progress]:
    """Tell how far a unit has come with each goal that runs on a day, the one that ends first first."""
    return await _progress(session, unit, col(Unit.id) == unit.id, day, kinds=limits.names)


async def progress_of(
    session: AsyncSession, unit: Unit, kind: str, day: date, *, limits: ActivityLimits
) -> Progress | None:
    """Tell how far a unit has come with the goal of one kind that runs on a day, None without one."""
    running = await progress(session, unit, day, limits=limits)
    return next((one for one in running if one.kind == kind), None)


async def progress_below(
    session: AsyncSession, unit: Unit, day: date, *, limits: ActivityLimits
) -> list[Progress]:
    """Tell how far each unit right below one has come with its goals that run on a day."""
    below = (col(Unit.parent_id) == unit.id) & col(Unit.valid_to).is_(None)
    return await _progress(session, unit, below, day, kinds=limits.names)


async def progress_within(
    session: AsyncSession, unit: Unit, level: Level, day: date, *, kinds: Collection[str]
) -> list[Progress]:
    """Tell how far a unit, and each unit of a level that lies in it, has come with its goals on a day."""
    return await _progress(session, unit, _with_rows(unit, level), day, kinds=kinds)


def _with_rows(unit: Unit, level: Level) -> ColumnElement[bool]:
    rows = (col(Unit.level) == level) & col(Unit.valid_to).is_(None)
    return units.within(unit) & ((col(Unit.id) == unit.id) | rows)


async def progress_over(
    session: AsyncSession, unit: Unit, level: Level, span: Span, day: date, *, kinds: Collection[str]
) -> list[Progress]:
    """Tell how far a unit, and each unit of a level in it, came with the goals of a span up to a day.

    A goal that ended before the day is told as of its end.
    """
    until, places = min(span.last, day), _with_rows(unit, level)
    return await _progress(session, unit, places, until, kinds=kinds, since=span.first)


async def _progress(
    session: AsyncSession,
    area: Unit,
    places: ColumnElement[bool],
    day: date,
    *,
    kinds: Collection[str],
    since: date | None = None,
) -> list[Progress]:
    """Tell how far some places have come by a day with the goals that run on it, or ran since another."""
    statement = (
        select(Target)
        .join(Unit, col(Unit.id) == col(Target.unit_id))
        .where(
            places,
            Target.first_on <= day,
            Target.last_on >= (since or day),
            col(Target.replaced_at).is_(None),
            col(Target.kind).in_(kinds),
        )
        .order_by(col(Target.id))
    )
    rows = (await session.exec(statement)).all()
    found: list[Progress] = []
    for span, some in _by_span(rows).items():
        until = min(day, span.last)
        done = await _done(session, area, some, span, until)
        found += [_of(row, span, done.get((row.unit_id, row.kind), 0), until) for row in some]
    return sorted(found, key=lambda one: (one.span.last, one.unit_id))


def _by_span(rows: Iterable[Target]) -> dict[Span, list[Target]]:
    found: dict[Span, list[Target]] = {}
    for row in rows:
        found.setdefault(Span(row.first_on, row.last_on), []).append(row)
    return found


async def _done(
    session: AsyncSession, area: Unit, rows: Collection[Target], span: Span, day: date
) -> dict[tuple[int, str], int]:
    """Add up what counts for some goals of an area, each unit with all that lies in it."""
    unit_ids = {row.unit_id for row in rows}
    statement = (
        select(Unit.path, Rollup.kind, func.sum(Rollup.total))
        .join(Unit, col(Unit.id) == col(Rollup.unit_id))
        .where(
            units.within(area),
            col(Rollup.day).between(span.first, day),
            col(Rollup.kind).in_({row.kind for row in rows}),
        )
        .group_by(col(Unit.path), Rollup.kind)
    )
    found: dict[tuple[int, str], int] = {}
    for path, kind, total in (await session.exec(statement)).all():
        for unit_id in unit_ids.intersection(int(each) for each in path.strip("/").split("/")):
            found[unit_id, kind] = found.get((unit_id, kind), 0) + int(total)
    return found


def _of(row: Target, span: Span, done: int, day: date) -> Progress:
    passed, whole = (day - span.first).days + 1, (span.last - span.first).days + 1
    return Progress(
        unit_id=row.unit_id,
        kind=row.kind,
        span=span,
        goal=row.goal,
        done=done,
        days_left=(span.last - day).days,
        on_pace=row.goal * passed // whole,
    )
