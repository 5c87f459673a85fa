"""Which provinces, districts and communes are there officially, today and on the map before July 2025?

Only the data files of the package vietnamadminunits are read: importing it would pull geometry libraries.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.audit import Marker
from models.units import Level, Unit, UnitAlias
from services import audit, errors, units
from services.folding import tokens

Map = Literal["today", "old"]

REDRAWN_ON = date(2025, 7, 1)
MARKER = "official_map"
_KINDS = ("thành phố", "tỉnh", "thị xã", "thị trấn", "đặc khu", "phường", "huyện", "quận", "xã")
_TODAY = "SELECT province, provinceCode, provinceKey, ward, wardCode, wardKey FROM admin_units"
_OLD = (
    "SELECT province, provinceCode, provinceKey, ward, wardCode, wardKey, "
    "district, districtCode, districtKey FROM admin_units_legacy"
)


@dataclass(frozen=True, slots=True)
class OfficialUnit:
    """A unit as the state lists it, with the names of the units of the old map that became part of it."""

    level: Level
    kind: str
    name: str
    code: str
    parent_code: str | None
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: the provinces asked for, and how many units were new or renamed."""

    provinces: list[Unit]
    communes: int
    added: int
    renamed: int


def official_units(province: str, *, map: Map) -> list[OfficialUnit]:  # noqa: A002 - the field's own word
    """List a province, named or by code, and its units from the top down.

    Raises ProvinceUnknown, ProvinceMerged and OfficialListMissing.
    """
    code = _province_code(province, map)
    rows = [row for row in _rows(map) if row["provinceCode"] == code]
    former = _former_names() if map == "today" else {}
    first = rows[0]
    top = _unit(Level.PROVINCE, first["province"], code, None, former.get(first["provinceKey"], ()))
    found = {top.code: top}
    for row in rows:
        above = top.code
        if map == "old":
            above = row["districtCode"]
            found.setdefault(above, _unit(Level.DISTRICT, row["district"], above, top.code))
        if row["ward"]:  # five island districts had no communes
            names = former.get(f"{row['provinceKey']}_{row['wardKey']}", ())
            found[row["wardCode"]] = _unit(Level.COMMUNE, row["ward"], row["wardCode"], above, names)
    return sorted(found.values(), key=lambda unit: (units.RANK[unit.level], unit.code))


async def load_official(
    session: AsyncSession,
    provinces: list[str],
    *,
    map: Map,  # noqa: A002 - the field's own word
    now: datetime,
) -> Loaded:
    """Store provinces with their units; a second run follows renamings and leaves units where they stand.

    Raises what `official_units` raises, OfficialMapMixed and UnitCodeTaken.
    """
    wanted = {unit.code: unit for name in provinces for unit in official_units(name, map=map)}
    await _hold_one_map(session, map)
    await units.lock_tree(session)
    stored = {unit.code: unit for unit in await session.exec(select(Unit).where(col(Unit.code).in_(wanted)))}
    renamed = 0
    for code, unit in stored.items():
        official = wanted[code]
        if unit.level is not official.level:
            raise errors.UnitCodeTaken(code=code, unit=units.display_name(unit))
        renamed += await units.rename_unit(session, unit, kind=official.kind, name=official.name, now=now)
    missing = [unit for code, unit in wanted.items() if code not in stored]
    valid_from = REDRAWN_ON if map == "today" else None
    for level in units.RANK:
        fresh = [(_stored(each, valid_from), each.parent_code) for each in missing if each.level is level]
        await units.place_units(session, [(unit, stored[above] if above else None) for unit, above in fresh])
        stored |= {unit.code: unit for unit, _above in fresh}
    await _remember_former_names(session, [(stored[code], each.former) for code, each in wanted.items()])
    for each in missing:
        audit.record(
            session, None, "units_loaded", "unit", stored[each.code].id, now=now, fields="name,parent_id"
        )
    await session.flush()
    return Loaded(
        provinces=[stored[code] for code, each in wanted.items() if each.level is Level.PROVINCE],
        communes=sum(each.level is Level.COMMUNE for each in wanted.values()),
        added=len(missing),
        renamed=renamed,
    )


async def _hold_one_map(session: AsyncSession, asked: Map) -> None:
    """Refuse the second map: code 52 is Gia Lai today and was Bình Định before."""
    marker = await session.get(Marker, MARKER)
    if marker is None:
        session.add(Marker(name=MARKER, value=asked))
    elif marker.value != asked:
        raise errors.OfficialMapMixed


def _stored(official: OfficialUnit, valid_from: date | None) -> Unit:
    unit = units.make_unit(level=official.level, kind=official.kind, name=official.name, code=official.code)
    unit.valid_from = valid_from
    return unit


async def _remember_former_names(session: AsyncSession, former: list[tuple[Unit, tuple[str, ...]]]) -> None:
    ids = [unit.id for unit, names in former if names]
    known: dict[int | None, set[str]] = {unit.id: {unit.folded} for unit, _names in former}
    for alias in await session.exec(select(UnitAlias).where(col(UnitAlias.unit_id).in_(ids))):
        known[alias.unit_id].add(alias.folded)
    for unit, names in former:
        dated = [(name, REDRAWN_ON) for name in names]
        units.attach_aliases(session, unit, dated, known=known[unit.id])


def _unit(
    level: Level, full_name: str, code: str, parent_code: str | None, former: tuple[str, ...] = ()
) -> OfficialUnit:
    kind, name = _split_kind(full_name)
    return OfficialUnit(level, kind, name, code, parent_code, former)


def _split_kind(full_name: str) -> tuple[str, str]:
    """Part "Thị trấn Tuy Phước"; the data's own column of kinds is wrong for seven communes."""
    kind = next(kind for kind in _KINDS if full_name.lower().startswith(f"{kind} "))
    return kind, full_name[len(kind) + 1 :]


def _province_code(typed: str, on: Map) -> str:
    today, old = _provinces("today"), _provinces("old")
    known = today if on == "today" else old
    key = "".join(tokens(typed))
    for spelling in (key, key.removeprefix("tp"), f"tinh{key}", f"thanhpho{key}"):
        if spelling in known:
            return known[spelling][0]
    if on == "today" and key in old:
        full_name = old[key][1]
        heir = next(row for row in _rows("today") if full_name in _heirs()[row["provinceKey"]])
        kind, name = _split_kind(heir["province"])
        raise errors.ProvinceMerged(typed=typed, unit=f"{kind} {name}", name=name, day=dates.long(REDRAWN_ON))
    near = difflib.get_close_matches(key, known, n=1, cutoff=0)[0]
    raise errors.ProvinceUnknown(typed=typed, near=_split_kind(known[near][1])[1])


@cache
def _provinces(on: Map) -> dict[str, tuple[str, str]]:
    """Map every spelling of a province, without spaces and marks, to its code and full name."""
    found: dict[str, tuple[str, str]] = {}
    for row in _rows(on):
        code, full_name = row["provinceCode"], row["province"]
        for spelling in (code, row["provinceKey"], "".join(tokens(_split_kind(full_name)[1]))):
            found.setdefault(spelling, (code, full_name))
    for short, name in (("hn", "hanoi"), ("hcm", "hochiminh"), ("saigon", "hochiminh")):
        found[short] = found[name]
    return found


@cache
def _former_names() -> dict[str, tuple[str, ...]]:
    """Map the key of a province or "province_commune" of today to the old units it was made of."""
    conversion = _conversion()
    old = {
        "_".join((row["provinceKey"], row["districtKey"], row["wardKey"] or "")): row for row in _rows("old")
    }
    made_of: dict[str, list[str]] = {key: list(names) for key, names in _heirs().items()}
    for province, communes in conversion["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, sources in communes.items():
            names = [old[source]["ward"] or old[source]["district"] for source in sources]
            made_of.setdefault(f"{province}_{commune}", []).extend(names)
    for province, divided in conversion["DICT_PROVINCE_WARD_DIVIDED"].items():
        for source, parts in divided.items():
            for part in parts:
                name = old[source]["ward"] or old[source]["district"]
                made_of.setdefault(f"{province}_{part['newWardKey']}", []).append(name)
    return {key: tuple(_alias(name) for name in names) for key, names in made_of.items()}


@cache
def _heirs() -> dict[str, tuple[str, ...]]:
    """Map the key of each province of today to the full names of the old ones in it."""
    names = {row["provinceKey"]: row["province"] for row in _rows("old")}
    return {today: tuple(names[key] for key in old) for today, old in _conversion()["DICT_PROVINCE"].items()}


def _alias(full_name: str) -> str:
    """Take the kind off, except where the name is only a number: "Phường 5"."""
    _kind, name = _split_kind(full_name)
    return full_name if name.isdecimal() else name


def _data(file: str) -> Path:
    spec = find_spec("vietnamadminunits")
    if spec is None or not spec.submodule_search_locations:
        raise errors.OfficialListMissing
    return Path(spec.submodule_search_locations[0]) / "data" / file


@cache
def _conversion() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_data("converter_2025.json").read_text(encoding="utf-8"))
    return read


@cache
def _rows(on: Map) -> list[dict[str, str]]:
    with closing(sqlite3.connect(f"{_data('dataset.db').as_uri()}?mode=ro&immutable=1", uri=True)) as data:
        data.row_factory = sqlite3.Row
        return [dict(row) for row in data.execute(_TODAY if on == "today" else _OLD)]
