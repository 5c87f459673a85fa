"""Which village does somebody mean by the words they typed?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from models.units import Level, Unit, UnitAlias
from services import units as tree
from services.units import display_name, fold_name, path_ids

Words = tuple[str, ...]

MOST_WORDS = 20
MOST_WORDS_OF_A_NAME = 8

# What people write before a name, folded; the catalogs do not hold them because they are read, never said.
KINDS: frozenset[Words] = frozenset(
    tuple(kind.split())
    for kind in """
    thon|lang|ban|buon|bon|plei|play|xom|ap|khom|soc|phum|to|tdp|to dan pho|khu|kp|khu pho|khoi|khoi pho
    |kv|khu vuc|tk|tieu khu|doi|xa|phuong|thi tran|dac khu|tt|huyen|quan|thi xa|tx|thanh pho|tp|tinh|cum|so
    """.split("|")
)
FILLERS: frozenset[Words] = frozenset(
    (word,)
    for word in """
    o tai thuoc ben la nha minh toi em con chau bac chu co anh chi ong ba cua a da dang vang cu truoc day
    """.split()
)
_STUCK_TOGETHER = re.compile(r"^(tdp|kp|kv|tk|to|thon|xom|ap|khom|khoi|ban|buon|doi)(\d+)$")


@dataclass(frozen=True, slots=True)
class Found:
    """A village that was meant, perhaps by a former name, and what tells it from its namesakes."""

    unit: Unit
    commune: Unit | None
    former: UnitAlias | None = None
    note: str = ""

    @property
    def label(self) -> str:
        """Say the village on a button: "Hòa Sơn", "tổ dân phố 3", "Phú Xuân, An Bình cũ"."""
        name = display_name(self.unit) if self.unit.folded.isdecimal() else self.unit.name
        return f"{name}, {self.note}" if self.note else name


@dataclass(frozen=True, slots=True)
class _Hit:
    """A run of the typed words that is a village's name, and the words around it."""

    unit: Unit
    alias: UnitAlias | None
    name: Words
    around: tuple[Words, Words]


async def find_villages(session: AsyncSession, typed: str, *, within: Unit | None = None) -> list[Found]:
    """Find the villages whose present or former name was typed, with or without the commune's, best first.

    Every word must be a part of some name, a kind ("thôn", "TDP") or small talk: half a match is none, so
    that "Hòa Sơn Đông" never becomes "Hòa Sơn" unseen.
    """
    words = _typed_words(typed)
    hits = await _hits(session, words, within)
    ancestors, names = await _surroundings(session, {hit.unit.id: hit.unit for hit in hits}.values())
    best: dict[int | None, tuple[int, Found]] = {}
    for hit in hits:
        places = _places(hit.unit, ancestors, names)
        said = [_words_of_places(part, places) for part in hit.around]
        if None in said:
            continue
        weight = len(hit.name) + sum(part or 0 for part in said)
        found = Found(hit.unit, _commune(hit.unit, ancestors), _former(hit))
        rank = best.get(hit.unit.id)
        if rank is None or (weight, found.former is None) > (rank[0], rank[1].former is None):
            best[hit.unit.id] = (weight, found)
    most = max((weight for weight, _found in best.values()), default=0)
    chosen = [found for weight, found in best.values() if weight == most]
    chosen.sort(key=lambda found: (found.former is not None, found.unit.folded, path_ids(found.unit)))
    return _told_apart(chosen, names)


def _typed_words(typed: str) -> list[str]:
    words: list[str] = []
    for word in fold_name(typed).split()[:MOST_WORDS]:
        stuck = _STUCK_TOGETHER.match(word)
        words.extend((stuck[1], str(int(stuck[2]))) if stuck else (word,))
    return words


async def _hits(session: AsyncSession, words: list[str], inside: Unit | None) -> list[_Hit]:
    spans: dict[str, list[tuple[int, int]]] = {}
    for start in range(len(words)):
        for end in range(start + 1, min(start + MOST_WORDS_OF_A_NAME, len(words)) + 1):
            spans.setdefault(" ".join(words[start:end]), []).append((start, end))
    if not spans:
        return []
    asked = [col(Unit.level) == Level.VILLAGE, col(Unit.valid_to).is_(None)]
    if inside is not None:
        asked.append(tree.within(inside))
    own = await session.exec(select(Unit).where(*asked, col(Unit.folded).in_(spans)))
    former = await session.exec(
        select(Unit, UnitAlias)
        .join(UnitAlias, col(UnitAlias.unit_id) == col(Unit.id))
        .where(*asked, col(UnitAlias.folded).in_(spans))
    )
    rows: list[tuple[Unit, UnitAlias | None]] = [(unit, None) for unit in own.all()]
    rows.extend((unit, alias) for unit, alias in former.all())
    return [
        _Hit(unit, alias, tuple(words[start:end]), (tuple(words[:start]), tuple(words[end:])))
        for unit, alias in rows
        for start, end in spans[alias.folded if alias else unit.folded]
    ]


async def _surroundings(
    session: AsyncSession, villages: Collection[Unit]
) -> tuple[dict[int, Unit], dict[int, list[UnitAlias]]]:
    """Load what the villages lie in, and the other names of both."""
    ids = {id_ for village in villages for id_ in path_ids(village)}
    if not ids:
        return {}, {}
    units = await session.exec(select(Unit).where(col(Unit.id).in_(ids)))
    names: dict[int, list[UnitAlias]] = {}
    for alias in await session.exec(select(UnitAlias).where(col(UnitAlias.unit_id).in_(ids))):
        names.setdefault(alias.unit_id, []).append(alias)
    return {unit.id: unit for unit in units.all() if unit.id is not None}, names


def _places(village: Unit, units: dict[int, Unit], names: dict[int, list[UnitAlias]]) -> set[Words]:
    """Name the places a village may be said to lie in, in folded words.

    A village that carries its own former commune ("Phú Xuân, An Bình") is not found by the other communes
    that were merged into today's one.
    """
    above = [units[id_] for id_ in path_ids(village)[:-1]]
    places = [unit.folded for unit in above]
    own = [fold_name(place) for place in _former_places(village, names)]
    places += own or [alias.folded for unit in above for alias in names.get(unit.id or 0, [])]
    return {tuple(place.split()) for place in places}


def _former_places(village: Unit, names: dict[int, list[UnitAlias]]) -> list[str]:
    """Read the former communes out of names such as "Phú Xuân, An Bình"."""
    split = (alias.name.partition(",") for alias in names.get(village.id or 0, []))
    return [place.strip() for head, _comma, place in split if place and fold_name(head) == village.folded]


def _words_of_places(words: Words, places: set[Words]) -> int | None:
    """Count the words that name places, ignoring kinds and small talk; None when a word stays unexplained."""
    count = at = 0
    while at < len(words):
        step = _longest(words[at:], places)
        count += step
        step = step or _longest(words[at:], KINDS) or _longest(words[at:], FILLERS)
        if not step:
            return None
        at += step
    return count


def _longest(words: Words, phrases: Iterable[Words]) -> int:
    return max((len(phrase) for phrase in phrases if words[: len(phrase)] == phrase), default=0)


def _commune(village: Unit, units: dict[int, Unit]) -> Unit | None:
    above = (units[id_] for id_ in path_ids(village))
    return next((unit for unit in above if unit.level is Level.COMMUNE), None)


def _former(hit: _Hit) -> UnitAlias | None:
    """Keep the old name that was typed, unless it only adds the old commune to the present name."""
    if hit.alias is None or fold_name(hit.alias.name.partition(",")[0]) == hit.unit.folded:
        return None
    return hit.alias


def _told_apart(chosen: list[Found], names: dict[int, list[UnitAlias]]) -> list[Found]:
    """Note by commune, former commune or code what tells villages of one name apart."""
    namesakes = Counter(found.unit.folded for found in chosen)
    in_commune = Counter((found.unit.folded, found.unit.parent_id) for found in chosen)
    told = []
    for found in chosen:
        unit, note = found.unit, ""
        if in_commune[unit.folded, unit.parent_id] > 1:
            former = _former_places(unit, names)
            note = _("formerly {place}").format(place=former[0]) if former else ""
            note = note or _("code {code}").format(code=unit.code)
        elif namesakes[unit.folded] > 1 and found.commune is not None:
            note = display_name(found.commune)
        told.append(replace(found, note=note))
    return told


async def labels(session: AsyncSession, shown: Collection[Unit]) -> dict[int, str]:
    """Say units that stand in one list, each told from its namesakes, by id."""
    around, names = await _surroundings(session, shown)
    found = _told_apart([Found(unit, _commune(unit, around)) for unit in shown], names)
    return {tree.unit_id(each.unit): each.label for each in found}


async def former_communes(session: AsyncSession, villages: Collection[Unit]) -> dict[int, set[str]]:
    """Tell by id in which communes villages were before a merger, as their other names say, folded."""
    _around, names = await _surroundings(session, villages)
    found = {
        tree.unit_id(one): {fold_name(place) for place in _former_places(one, names)} for one in villages
    }
    return {unit_id: places for unit_id, places in found.items() if places}


async def only_commune(session: AsyncSession, unit_id: int) -> Unit | None:
    """Load a commune by id; with 0, the only one there is, else None."""
    statement = select(Unit).where(Unit.level == Level.COMMUNE, col(Unit.valid_to).is_(None)).limit(2)
    found = (await session.exec(statement.where(Unit.id == unit_id) if unit_id else statement)).all()
    return found[0] if len(found) == 1 else None


async def find_communes(session: AsyncSession, typed: str) -> list[Unit]:
    """Find the communes whose present or former name was typed."""
    folded = " ".join(_typed_words(typed))
    bare = re.sub(r"^(?:xa|phuong|thi tran|dac khu) ", "", folded)
    aliased = select(UnitAlias.unit_id).where(UnitAlias.folded == bare)
    statement = (
        select(Unit)
        .where(Unit.level == Level.COMMUNE, (col(Unit.folded) == bare) | col(Unit.id).in_(aliased))
        .order_by(col(Unit.folded), col(Unit.path))
    )
    return list((await session.exec(statement)).all())
