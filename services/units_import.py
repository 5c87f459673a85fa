"""Which units does the operator's table add, rename or move?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates, ngettext
from locales import gettext as _
from models.units import Level, Unit, UnitAlias
from services import audit, units
from services.headings import near
from services.sheets import clean
from services.tables import Columns, Outcome, Row, Table

Value = TypeVar("Value")

COLUMNS = Columns(
    ("code", "level", "kind", "name", "parent_code"),
    ("aliases",),
    also={
        "ma": "code", "ma_don_vi": "code", "cap": "level", "loai": "kind", "loai_don_vi": "kind",
        "ten": "name", "ten_don_vi": "name", "ten_thon": "name", "ma_cap_tren": "parent_code",
        "ma_xa": "parent_code", "ten_cu": "aliases", "ten_khac": "aliases",
    },
)  # fmt: skip

MOST_CODE, MOST_KIND, MOST_NAME = 40, 40, 120
ONE_QUERY = 10_000  # PostgreSQL's protocol takes 32,767 parameters
LONGEST_CHAIN = 10  # longer circles are refused too, since some unit in them stands too high

_CODE = re.compile(r"[A-Za-z0-9_-]+")
_DATED = re.compile(r"(.+?)\s*\((\d{1,2})/(\d{1,2})/(\d{4})\)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that was understood."""

    row: Row
    unit: Unit
    parent_code: str
    aliases: tuple[tuple[str, date | None], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table asks for, once all of it is right: the rows that change something, parents first."""

    outcome: Outcome
    rows: tuple[Wanted, ...] = ()


async def plan(session: AsyncSession, table: Table, *, dry_run: bool) -> Plan:
    """Check every row and tell what would change, without writing; a dry run leaves nothing to write.

    Units are added, and those whose code is known renamed and moved. An alias may carry the first day it no
    longer held: "Hòa Đông (01/6/2026)".
    """
    rows = [_read(table, row) for row in table.rows]
    wanted = {each.unit.code: each for each in rows if each.unit.code}
    codes = {*wanted, *(each.parent_code for each in rows if each.parent_code)}
    stored = await stored_units(session, codes)
    _check_codes(table, rows, stored)
    _check_parents(table, rows, wanted, stored, are_there_roots=await _highest_root(session))
    if table.problems:
        return Plan(Outcome(table, dry_run))
    known = await _known_aliases(session, [unit for code, unit in stored.items() if code in wanted])
    added = [each for each in wanted.values() if each.unit.code not in stored]
    changed = [each for code, each in wanted.items() if code in stored and _differs(each, stored, known)]
    outcome = Outcome(table, dry_run, len(added), len(changed))
    asked = [] if dry_run else sorted([*added, *changed], key=lambda each: units.RANK[each.unit.level])
    return Plan(outcome, tuple(asked))


def describe(outcome: Outcome) -> str:
    """Say what a run did, or with --dry-run would do."""
    n = len(outcome.table.rows)
    if outcome.is_dry_run:
        sentence = ngettext(
            "{file}: {rows} row is right, would add {added} units and change {changed}. "
            "Nothing was written because of --dry-run.",
            "{file}: all {rows} rows are right, would add {added} units and change {changed}. "
            "Nothing was written because of --dry-run.",
            n,
        )
    else:
        sentence = ngettext(
            "{file}: {rows} row is right, added {added} units and changed {changed}.",
            "{file}: all {rows} rows are right, added {added} units and changed {changed}.",
            n,
        )
    return sentence.format(
        file=outcome.table.file,
        rows=dates.number(n),
        added=dates.number(outcome.added),
        changed=dates.number(outcome.changed),
    )


def portions(values: Iterable[Value], size: int = ONE_QUERY) -> Iterator[list[Value]]:
    """Cut values into lists, by default such as fit into one query."""
    rest = list(values)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


async def stored_units(session: AsyncSession, codes: set[str]) -> dict[str, Unit]:
    """Find the units that carry these codes."""
    found: dict[str, Unit] = {}
    for some in portions(codes):
        for unit in await session.exec(select(Unit).where(col(Unit.code).in_(some))):
            found[unit.code] = unit
    return found


async def _highest_root(session: AsyncSession) -> int | None:
    """Find the rank of the highest level that stands on its own, None in an empty database."""
    levels = await session.exec(select(Unit.level).where(col(Unit.parent_id).is_(None)).distinct())
    return min((units.RANK[Level(level)] for level in levels), default=None)


def _read(table: Table, row: Row) -> Wanted:
    code = table.required(row, "code", most=MOST_CODE)
    if code and not _CODE.fullmatch(code):
        # A village's code travels in its QR link, where channels take no other letters.
        table.complain(row, "code", _('"{code}" may hold only A-Z, 0-9, "-" and "_".').format(code=code))
    kind = table.required(row, "kind", most=MOST_KIND)
    name = table.required(row, "name", most=MOST_NAME)
    unit = units.make_unit(level=_level(table, row), kind=kind, name=name, code=code)
    if name and table.is_sound(row, "name") and not unit.folded:
        table.complain(row, "name", _('"{name}" holds no letter; type the name.').format(name=name))
    return Wanted(row, unit, row["parent_code"], tuple(_aliases(table, row)))


def _level(table: Table, row: Row) -> Level:
    typed = row["level"].lower()
    if typed in set(Level):
        return Level(typed)
    if not typed:
        table.complain(row, "level", _("is empty; fill it in."))
    guess = near(typed, tuple(Level))
    known = _("province, district, commune or village")
    table.complain(
        row,
        "level",
        _('"{typed}" is not a level; use {known}.').format(typed=row["level"], known=guess or known),
    )
    return Level.VILLAGE


def _aliases(table: Table, row: Row) -> list[tuple[str, date | None]]:
    found: list[tuple[str, date | None]] = []
    for alias in filter(None, map(clean, row["aliases"].split(";"))):
        dated = _DATED.fullmatch(alias)
        name, until = alias, None
        if dated:
            name = dated[1]
            try:
                until = date(int(dated[4]), int(dated[3]), int(dated[2]))
            except ValueError:
                sentence = _('"{alias}" holds no real date; write it like 01/06/2026.')
                table.complain(row, "aliases", sentence.format(alias=alias))
        if len(name) > MOST_NAME:
            sentence = _('a name in it is longer than {most} characters; part names with ";".')
            table.complain(row, "aliases", sentence.format(most=MOST_NAME))
        found.append((name, until))
    return found


def _check_codes(table: Table, rows: list[Wanted], stored: dict[str, Unit]) -> None:
    first: dict[str, int] = {}
    for each in rows:
        code = each.unit.code
        if not code:
            continue
        if code in first:
            sentence = _('"{code}" is already in row {row}; every unit has a code of its own.')
            table.complain(each.row, "code", sentence.format(code=code, row=first[code]))
        first.setdefault(code, each.row.number)
        holder = stored.get(code)
        if holder and table.is_sound(each.row, "level") and holder.level is not each.unit.level:
            sentence = _('"{code}" is already {unit}, level {level}; use another code.')
            text = sentence.format(code=code, unit=units.display_name(holder), level=holder.level.value)
            table.complain(each.row, "code", text)


def _check_parents(
    table: Table,
    rows: list[Wanted],
    wanted: dict[str, Wanted],
    stored: dict[str, Unit],
    *,
    are_there_roots: int | None,
) -> None:
    """Check that everything hangs on something higher; only the highest level there is may stand alone."""
    ranks = [units.RANK[each.unit.level] for each in rows if table.is_sound(each.row, "level")]
    top = min((rank for rank in (*ranks, are_there_roots) if rank is not None), default=0)
    for each in rows:
        code, parent_code = each.unit.code, each.parent_code
        if not parent_code:
            if code not in stored and units.RANK[each.unit.level] > top:
                table.complain(each.row, "parent_code", _("is empty; fill in the code of the unit above."))
            continue
        parent = wanted[parent_code].unit if parent_code in wanted else stored.get(parent_code)
        if parent is None:
            table.complain(each.row, "parent_code", _missing(parent_code, {*wanted, *stored}))
        elif _is_own_ancestor(each, wanted):
            table.complain(each.row, None, _own_ancestor(each))
        elif _is_upside_down(table, each, wanted, parent):
            sentence = _('"{code}" is {parent}, not above a {level}; use the code of a higher unit.')
            text = sentence.format(
                code=parent_code, parent=units.display_name(parent), level=each.unit.level.value
            )
            table.complain(each.row, "parent_code", text)


def _is_upside_down(table: Table, each: Wanted, wanted: dict[str, Wanted], parent: Unit) -> bool:
    rows = [each.row] + ([wanted[each.parent_code].row] if each.parent_code in wanted else [])
    are_levels_known = all(table.is_sound(row, "level") for row in rows)
    return are_levels_known and units.RANK[parent.level] >= units.RANK[each.unit.level]


def _missing(code: str, known: set[str]) -> str:
    """Say that a code leads nowhere, and whether Excel ate the zeros at its front."""
    padded = next((code.zfill(width) for width in (2, 3, 5) if code.zfill(width) in known), None)
    if padded:
        return _('"{code}" is not there, did you mean "{padded}"? Set the column to Text.').format(
            code=code, padded=padded
        )
    return _('"{code}" is not there; add a row for that unit or correct this cell.').format(code=code)


def _is_own_ancestor(each: Wanted, wanted: dict[str, Wanted]) -> bool:
    code = each.parent_code
    for _step in range(LONGEST_CHAIN):
        if code == each.unit.code:
            return True
        if code not in wanted:
            return False
        code = wanted[code].parent_code
    return False


def _own_ancestor(each: Wanted) -> str:
    if each.parent_code == each.unit.code:
        sentence = _('"{name}" is its own parent; correct column parent_code.')
    else:
        sentence = _('"{name}" lies in itself by way of "{parent}"; correct column parent_code.')
    return sentence.format(name=each.unit.name, parent=each.parent_code)


async def _known_aliases(session: AsyncSession, there: list[Unit]) -> dict[int, set[str]]:
    """Collect the names, folded, under which units are found already."""
    known = {units.unit_id(unit): {unit.folded} for unit in there}
    for some in portions(known):
        for alias in await session.exec(select(UnitAlias).where(col(UnitAlias.unit_id).in_(some))):
            known[alias.unit_id].add(alias.folded)
    return known


def _differs(each: Wanted, stored: dict[str, Unit], known: dict[int, set[str]]) -> bool:
    there = stored[each.unit.code]
    parent = stored.get(each.parent_code)
    is_moved = bool(each.parent_code) and (parent is None or parent.id != there.parent_id)
    is_renamed = (there.kind, there.name) != (each.unit.kind, each.unit.name)
    names = {units.fold_name(name) for name, _until in each.aliases}
    return is_moved or is_renamed or not names <= known[units.unit_id(there)]


async def write(session: AsyncSession, some: Sequence[Wanted], *, now: datetime) -> None:
    """Write a portion of a plan, from the top down, so that every parent has its place before what it holds.

    What is there already is looked up again: a portion written twice changes nothing.
    """
    await units.lock_tree(session)
    stored = await stored_units(
        session, {code for each in some for code in (each.unit.code, each.parent_code)}
    )
    there = [stored[each.unit.code] for each in some if each.unit.code in stored]
    known = await _known_aliases(session, there)
    for level in units.RANK:
        here = [each for each in some if each.unit.level is level]
        fresh = [each for each in here if each.unit.code not in stored]
        for each in here:
            if each.unit.code in stored:
                await _change(session, each, stored, known, now=now)
        made = [(_anew(each), stored.get(each.parent_code)) for each in fresh]
        await units.place_units(session, made)
        stored |= {unit.code: unit for unit, _parent in made}
    for each in some:
        unit = stored[each.unit.code]
        names = known.setdefault(units.unit_id(unit), {unit.folded})
        units.attach_aliases(session, unit, each.aliases, known=names)
        fields = "name,parent_id,aliases"
        audit.record(session, None, "units_imported", "unit", unit.id, now=now, fields=fields)
    await session.flush()


def _anew(each: Wanted) -> Unit:
    """Build the unit again for this unit of work: one that was tried and taken back belongs to no other."""
    unit = each.unit
    return units.make_unit(level=unit.level, kind=unit.kind, name=unit.name, code=unit.code)


async def _change(
    session: AsyncSession, each: Wanted, stored: dict[str, Unit], known: dict[int, set[str]], *, now: datetime
) -> None:
    there = stored[each.unit.code]
    await units.rename_unit(session, there, kind=each.unit.kind, name=each.unit.name, now=now)
    known[units.unit_id(there)].add(there.folded)
    if each.parent_code:
        await units.move_unit(session, there, stored[each.parent_code], now=now)
