"""How large is the sample area, and which villages does each commune get?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from models.units import Level, Unit
from services import units
from services.sample import names

PROVINCE: Final = "Bình Định"
DISTRICT: Final = "Phù Mỹ"
COMMUNE: Final = "Mỹ Hiệp"
VILLAGE: Final = "Hòa Lạc"
# The villages of the commune in which one may be somebody; the last two share a name.
SHOWN: Final = (
    VILLAGE,
    "An Khê",
    "Bình Long",
    "Chánh Thuận",
    "Đại Hội",
    "Lộc Giang",
    "Tân Phú",
    "Thạnh Lâm",
    "Vạn Lương",
    "Xuân Thọ",
    "Phú Hòa",
    "Phú Hòa",
)
# What tells the two apart: the communes they once belonged to.
FORMER: Final = {10: "Phú Hòa, Mỹ Bình", 11: "Phú Hòa, Mỹ Lâm"}
HILLS: Final = frozenset({"An Lão", "Vĩnh Thạnh", "Vân Canh"})
SEED: Final = 1116


@dataclass(frozen=True, slots=True)
class Size:
    """How large the sample is; the whole province is what a newspaper counted in October 2022.

    `districts` names where the villages lie, all of them without any name.
    """

    villages: int = 1116
    members: int = 4353
    weeks: int = 12
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """The places of the sample, each list by code; `shown` are the villages of the commune one can be in.

    `hills` holds the ids of all that lies in the mountain districts.
    """

    province: Unit
    districts: tuple[Unit, ...]
    communes: tuple[Unit, ...]
    villages: tuple[Unit, ...]
    commune: Unit
    shown: tuple[Unit, ...]
    hills: frozenset[int | None]

    @property
    def above(self) -> tuple[int, ...]:
        """Tell the ids of the shown commune and of all above it."""
        return tuple(units.path_ids(self.commune))


async def read(session: AsyncSession, province: Unit) -> Shape:
    """Read the places of a sample that is stored."""
    found = sorted(await units.subtree(session, province), key=lambda unit: unit.code)
    of = {level: tuple(unit for unit in found if unit.level is level) for level in Level}
    district = next(unit for unit in of[Level.DISTRICT] if unit.name == DISTRICT)
    inside = [unit for unit in of[Level.COMMUNE] if unit.parent_id == district.id]
    commune = next(unit for unit in inside if unit.name == COMMUNE)
    hills = [unit.path for unit in of[Level.DISTRICT] if unit.name in HILLS]
    return Shape(
        province=province,
        districts=of[Level.DISTRICT],
        communes=of[Level.COMMUNE],
        villages=of[Level.VILLAGE],
        commune=commune,
        shown=tuple(unit for unit in of[Level.VILLAGE] if unit.parent_id == commune.id),
        hills=frozenset(unit.id for unit in found if unit.path.startswith(tuple(hills))),
    )


async def add_villages(session: AsyncSession, province: Unit, size: Size) -> Shape:
    """Give every commune villages of its kind: invented, some with the same name."""
    shape = await read(session, province)
    inside = [unit for unit in shape.districts if not size.districts or unit.name in size.districts]
    ids = {unit.id for unit in inside}
    communes = [unit for unit in shape.communes if unit.parent_id in ids]
    rng = Random(f"{SEED}:villages")  # noqa: S311 - invented figures, no secrets
    counts = shares(rng, [_room(unit, shape) for unit in communes], size.villages - len(SHOWN))
    placed: list[tuple[Unit, Unit | None]] = []
    for commune, count in zip(communes, counts, strict=True):
        placed += [(unit, commune) for unit in _villages(rng, commune, count, shape)]
    await units.place_units(session, placed)
    shown = [unit for unit, commune in placed if commune is shape.commune]
    for place, name in FORMER.items():
        await units.add_aliases(session, shown[place], [(name, None)])
    return await read(session, province)


def _room(commune: Unit, shape: Shape) -> float:
    """Weigh how many villages a commune has; the shown one's are its own."""
    if commune is shape.commune:
        return 0.0
    return 1.5 if commune.kind == "phường" else 0.8 if commune.id in shape.hills else 1.1


def shares(rng: Random, weights: Sequence[float], total: int, *, least: int = 0) -> list[int]:
    """Share a whole number out by weights, a little unevenly, and exactly."""
    uneven = [weight * rng.uniform(0.6, 1.4) for weight in weights]
    rest = total - least * len(weights)
    whole = sum(uneven)
    exact = [weight / whole * rest for weight in uneven]
    counts = [least + int(share) for share in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: int(exact[place]) - exact[place])
    for place in by_rest[: total - sum(counts)]:
        counts[place] += 1
    return counts


def _villages(rng: Random, commune: Unit, count: int, shape: Shape) -> list[Unit]:
    if commune is shape.commune:
        return [_village(rng, commune, place, "thôn", name) for place, name in enumerate(SHOWN, 1)]
    is_hill = commune.id in shape.hills
    taken: list[str] = []
    for place in range(1, count + 1):
        if commune.kind != "xã":
            taken.append(str(place))
        elif place > 4 and rng.random() < 0.02:
            taken.append(taken[-1])  # two villages of one commune may share a name
        else:
            taken.append(names.village(rng, taken, is_hill=is_hill))
    kind = "khu phố" if commune.kind != "xã" else "làng" if is_hill else "thôn"
    return [_village(rng, commune, place, kind, name) for place, name in enumerate(taken, 1)]


def _village(rng: Random, commune: Unit, place: int, kind: str, name: str) -> Unit:
    unit = units.make_unit(level=Level.VILLAGE, kind=kind, name=name, code=f"{commune.code}-{place:02d}")
    unit.households = rng.randrange(60, 160) if kind == "làng" else rng.randrange(110, 420)
    return unit
