"""Which units are there, which lies in which, and which village does somebody mean?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.units import ChangeKind, Level, Unit, UnitAlias, UnitChange
from services import errors
from services.folding import normalise, tokens

RANK = {Level.PROVINCE: 0, Level.DISTRICT: 1, Level.COMMUNE: 2, Level.VILLAGE: 3}


def successor(path: str) -> str:
    """Give the first path after a whole subtree: "0" follows "/", so "/7/431/" gives "/7/4310"."""
    if len(path) < 3 or path[0] != "/" or path[-1] != "/":
        # An empty path would make a subtree of everything.
        message = f"not the path of a stored unit: {path!r}"
        raise ValueError(message)
    return path[:-1] + "0"


def after_path(path: Any) -> Any:
    """Give what `successor` writes, for a path that only the database knows."""
    return func.substr(path, 1, func.length(path) - 1).concat("0")


def within(unit: Unit) -> ColumnElement[bool]:
    """Give the condition "this Unit row is `unit` or lies in it"."""
    return and_(col(Unit.path) >= unit.path, col(Unit.path) < successor(unit.path))


def fold_name(name: str) -> str:
    """Fold a name into the words it is found by: "Thôn  03-B" gives "thon 3 b"."""
    return " ".join(str(int(word)) if word.isdecimal() else word for word in tokens(name))


def bare_name(kind: str, name: str) -> str:
    """Take the kind off the front of a name, since it has its own column: "Thôn Hòa Sơn" is "Hòa Sơn"."""
    name = " ".join(normalise(name).split())
    if name.lower().startswith(f"{kind.lower()} "):
        return name[len(kind) + 1 :]
    return name


def display_name(unit: Unit) -> str:
    """Say a unit with its kind: "thôn Hòa Sơn", "tổ dân phố 3"."""
    return f"{unit.kind} {unit.name}"


async def unit_by_code(session: AsyncSession, code: str) -> Unit | None:
    """Find the unit that carries a code."""
    return (await session.exec(select(Unit).where(col(Unit.code) == code))).first()


async def village_by_code(session: AsyncSession, code: str) -> Unit | None:
    """Find a village by its code, in whatever case it was typed."""
    found = select(Unit).where(func.upper(Unit.code) == code.upper(), Unit.level == Level.VILLAGE)
    return (await session.exec(found)).first()


async def unit_of(session: AsyncSession, unit_id: int) -> Unit:
    """Load a unit by id; raises NoResultFound for none."""
    return (await session.exec(select(Unit).where(Unit.id == unit_id))).one()


async def subtree(session: AsyncSession, unit: Unit, level: Level | None = None) -> list[Unit]:
    """List a unit and what lies in it today, or only one level of that, by name."""
    query = select(Unit).where(within(unit), col(Unit.valid_to).is_(None))
    if level is not None:
        query = query.where(col(Unit.level) == level)
    return list((await session.exec(query.order_by(col(Unit.folded), col(Unit.id)))).all())


async def children(session: AsyncSession, unit: Unit) -> list[Unit]:
    """List what lies directly in a unit today, by name."""
    query = select(Unit).where(col(Unit.parent_id) == unit.id, col(Unit.valid_to).is_(None))
    return list((await session.exec(query.order_by(col(Unit.folded), col(Unit.id)))).all())


async def ancestor(session: AsyncSession, unit: Unit, level: Level) -> Unit | None:
    """Find the unit of a level that `unit` is or lies in."""
    query = select(Unit).where(col(Unit.id).in_(path_ids(unit)), col(Unit.level) == level)
    return (await session.exec(query)).first()


def unit_id(unit: Unit) -> int:
    """Give the id of a stored unit."""
    if unit.id is None:
        message = f"not stored yet: {unit.code}"
        raise ValueError(message)
    return unit.id


def path_ids(unit: Unit) -> list[int]:
    """Read the ids of a unit's path, from the root down to the unit itself."""
    return [int(part) for part in unit.path.strip("/").split("/")]


async def lock_tree(session: AsyncSession) -> None:
    """Wait until nobody else rewrites paths: the roots are the lock; on SQLite writers queue anyway."""
    roots = select(Unit.id).where(col(Unit.parent_id).is_(None)).order_by(col(Unit.id)).with_for_update()
    await session.exec(roots)


async def add_unit(
    session: AsyncSession,
    *,
    level: Level,
    kind: str,
    name: str,
    code: str,
    parent: Unit | None = None,
    households: int | None = None,
    valid_from: date | None = None,
) -> Unit:
    """Add one unit under its parent.

    Raises UnitCodeTaken, and UnitsUpsideDown when the parent's level is not above the unit's.
    """
    await lock_tree(session)
    holder = await unit_by_code(session, code)
    if holder is not None:
        raise errors.UnitCodeTaken(code=code, unit=display_name(holder))
    unit = make_unit(level=level, kind=kind, name=name, code=code)
    unit.households = households
    unit.valid_from = valid_from
    await place_units(session, [(unit, parent)])
    return unit


def make_unit(*, level: Level, kind: str, name: str, code: str) -> Unit:
    """Build a unit that still has to be placed."""
    kind = normalise(kind).strip().lower()
    name = bare_name(kind, name)
    return Unit(level=level, kind=kind, name=name, folded=fold_name(name), code=code)


async def place_units(session: AsyncSession, units: Sequence[tuple[Unit, Unit | None]]) -> None:
    """Store new units under parents that are stored already; ids first, since paths are made of them."""
    for unit, parent in units:
        check_order(unit, parent)
        unit.parent_id = parent.id if parent else None
        session.add(unit)
    await session.flush()
    for unit, parent in units:
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    await session.flush()


def check_order(unit: Unit, parent: Unit | None) -> None:
    """Raise UnitsUpsideDown unless the parent stands on a higher level, which also rules out cycles."""
    if parent is not None and RANK[parent.level] >= RANK[unit.level]:
        raise errors.UnitsUpsideDown(unit=display_name(unit), parent=display_name(parent))


async def add_aliases(session: AsyncSession, unit: Unit, names: Iterable[tuple[str, date | None]]) -> int:
    """Remember other names of a unit, each with the first day it no longer held; return how many were new."""
    known = await session.exec(select(UnitAlias.folded).where(col(UnitAlias.unit_id) == unit.id))
    return attach_aliases(session, unit, names, known={unit.folded, *known.all()})


def attach_aliases(
    session: AsyncSession, unit: Unit, names: Iterable[tuple[str, date | None]], *, known: set[str]
) -> int:
    """Add the names whose folded form is not in `known`, which grows by them; return how many."""
    before = len(known)
    for name, until in names:
        folded = fold_name(name)
        if folded and folded not in known:
            known.add(folded)
            session.add(UnitAlias(unit_id=unit_id(unit), name=normalise(name), folded=folded, until=until))
    return len(known) - before


async def rename_unit(session: AsyncSession, unit: Unit, *, kind: str, name: str, now: datetime) -> bool:
    """Give a unit another name or kind from today on, the old name stays findable; tell if it changed."""
    kind = normalise(kind).strip().lower()
    name = bare_name(kind, name)
    if (kind, name) == (unit.kind, unit.name):
        return False
    before = {"kind": unit.kind, "name": unit.name}
    session.add(
        UnitChange(
            kind=ChangeKind.RENAME,
            happened_on=now.date(),
            unit_id=unit_id(unit),
            before=before,
            recorded_at=now,
        )
    )
    old_name = unit.name
    unit.kind, unit.name, unit.folded = kind, name, fold_name(name)
    session.add(unit)
    await add_aliases(session, unit, [(old_name, now.date())])
    await session.flush()
    return True


async def move_unit(session: AsyncSession, unit: Unit, parent: Unit, *, now: datetime) -> bool:
    """Put a unit and all that lies in it under another parent from today on; tell whether it changed.

    Raises UnitsUpsideDown when the parent's level is not above the unit's.
    """
    if unit.parent_id == parent.id:
        return False
    check_order(unit, parent)
    await lock_tree(session)
    inside = (await session.exec(select(Unit).where(within(unit)))).all()
    before = {"parent_id": unit.parent_id, "path": unit.path}
    session.add(
        UnitChange(
            kind=ChangeKind.MOVE,
            happened_on=now.date(),
            unit_id=unit_id(unit),
            into_id=parent.id,
            before=before,
            recorded_at=now,
        )
    )
    old, new = unit.path, f"{parent.path}{unit.id}/"
    unit.parent_id = parent.id
    for each in inside:
        each.path = new + each.path[len(old) :]
        session.add(each)
    await session.flush()
    return True
