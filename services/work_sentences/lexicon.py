"""What does the reader of sentences know: ways of saying each kind, units, numbers, small words?"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from services.rules import Kind
from services.work_sentences.lacks import is_lack
from services.work_sentences.phrases import MARKED, Phrases
from services.work_sentences.words import Word

FILES: Final = [
    Path(__file__).with_name(name) for name in ("lists.yaml", "kinds.yaml", "lexicon.yaml", "days.yaml")
]
NOT_A_KIND: Final = ""
OTHER_WORK: Final = "?"
HARMLESS: Final = "-"
_SIGNS: Final = re.compile(r"[()<>*…^]")


class Lexicon:
    """The file, with the kinds of this installation: each is understood by its label at least."""

    def __init__(self, kinds: Sequence[Kind], ways: dict[str, Any] | None = None) -> None:
        ways = ways or load()
        names = {kind.name for kind in kinds}
        self.unit_of = {kind.name: kind.unit for kind in kinds}
        lists = _lists(ways["lists"])
        labels = [(_SIGNS.sub(" ", kind.label), kind.name) for kind in kinds]
        alone = [(phrase, HARMLESS) for phrase in ways["harmless_alone"]]
        not_kinds = [(phrase, NOT_A_KIND) for phrase in ways["not_kinds"]]
        self.kinds = Phrases([*_named(ways["kinds"], names), *labels, *alone, *not_kinds], lists)
        self.other_work = Phrases(((phrase, OTHER_WORK) for phrase in ways["other_work"]), lists)
        self.harmless = _plain(ways["harmless"])
        self.weak = Phrases(_named(ways["weak"], names), lists)
        self.own_units = {name: frozenset(units) for name, units in ways["own_units"].items()}
        self.unit_kinds = {unit: kind for unit, kind in ways["unit_kinds"].items() if kind in names}
        self.listed_kinds = {unit: kind for unit, kind in ways["listed_kinds"].items() if kind in names}
        self.units = Phrases(
            (phrase, (of, phrase.replace(MARKED, "")))
            for of, phrases in ways["units"].items()
            for phrase in phrases
        )
        self.goods = lists["hàng"]
        self.of_couples = frozenset(ways["of_couples"])
        numbers = ways["numbers"]
        self.vague = Phrases((phrase, phrase.lstrip(MARKED)) for phrase in numbers["vague"])
        self.vague_before = _plain(numbers["vague_before"])
        self.before_a_name = _plain(ways["before_a_name"])
        self.forms = _plain(ways["forms"])
        for name in _SETS:
            setattr(self, name, _plain(ways[name]))
        self.small = (
            self.fillers,
            self.cuts,
            self.particles,
            self.slip,
            self.not_but,
            self.negations,
            self.wishing,
            self.to_come,
        )

    def denials(self, words: Sequence[Word]) -> list[list[int]]:
        """Find the words that deny something: "không", "chưa", but not the "chua" of nem chua."""
        innocent = {at for places, _ in self.no_denial.find(words) for at in places}
        return [
            places
            for places, _ in self.negations.find(words)
            if innocent.isdisjoint(places)
            and not is_lack(words, places[0])
            and not _is_name(words, places[0])
        ]

    asking: Phrases[bool]
    not_asking: Phrases[bool]
    asking_for_me: Phrases[bool]
    asking_first: Phrases[bool]
    asking_last: Phrases[bool]
    wishing: Phrases[bool]
    not_wishing: Phrases[bool]
    to_come: Phrases[bool]
    troubled: Phrases[bool]
    total: Phrases[bool]
    altogether: Phrases[bool]
    elsewhere: Phrases[bool]
    not_counted: Phrases[bool]
    going: Phrases[bool]
    idle: Phrases[bool]
    helping: Phrases[bool]
    done: Phrases[bool]
    over: Phrases[bool]
    then: Phrases[bool]
    trouble: Phrases[bool]
    unsure: Phrases[bool]
    nobody: Phrases[bool]
    not_nothing: Phrases[bool]
    resting: Phrases[bool]
    not_resting: Phrases[bool]
    slip: Phrases[bool]
    not_but: Phrases[bool]
    but: Phrases[bool]
    of_these: Phrases[bool]
    more: Phrases[bool]
    finished: Phrases[bool]
    same_time: Phrases[bool]
    each: Phrases[bool]
    particles: Phrases[bool]
    alone: Phrases[bool]
    attending: Phrases[bool]
    attended_by: Phrases[bool]
    one_person: Phrases[bool]
    couples: Phrases[bool]
    before_names: Phrases[bool]
    couples_named: Phrases[bool]
    places: Phrases[bool]
    surnames: Phrases[bool]
    kin: Phrases[bool]
    pronouns: Phrases[bool]
    he_or_she: Phrases[bool]
    born: Phrases[bool]
    ranked: Phrases[bool]
    many: Phrases[bool]
    not_a_name: Phrases[bool]
    asked_us: Phrases[bool]
    done_by_me: Phrases[bool]
    helped: Phrases[bool]
    own_people: Phrases[bool]
    telling: Phrases[bool]
    others: Phrases[bool]
    hearsay: Phrases[bool]
    broken: Phrases[bool]
    hindered: Phrases[bool]
    of_all: Phrases[bool]
    no_trouble: Phrases[bool]
    failed: Phrases[bool]
    too: Phrases[bool]
    so_far: Phrases[bool]
    alike: Phrases[bool]
    discussed: Phrases[bool]
    fraud: Phrases[bool]
    benefits: Phrases[bool]
    online: Phrases[bool]
    saved: Phrases[bool]
    thanks: Phrases[bool]
    wishing_well: Phrases[bool]
    closing: Phrases[bool]
    addressing: Phrases[bool]
    helped_us: Phrases[bool]
    cheated: Phrases[bool]
    urging: Phrases[bool]
    reporting: Phrases[bool]
    before_an_ordinal: Phrases[bool]
    together: Phrases[bool]
    selves: Phrases[bool]
    whole_team: Phrases[bool]
    counting: Phrases[bool]
    serving: Phrases[bool]
    receiving: Phrases[bool]
    fillers: Phrases[bool]
    cuts: Phrases[bool]
    about: Phrases[bool]
    no_denial: Phrases[bool]
    negations: Phrases[bool]


_SETS: Final = tuple(Lexicon.__annotations__)


def _is_name(words: Sequence[Word], at: int) -> bool:
    """Tell whether it is a place or somebody, without marks: "3 cụ ở xóm Chua", "co Hong nho cai vneid"."""
    word = words[at]
    return at > 0 and word.is_capital and not word.is_marked and set(word.gap) == {" "}


def _lists(ways: Mapping[str, Sequence[str]]) -> dict[str, Phrases[bool]]:
    """Make the lists that ways of saying share; they may hold each other."""
    lists: dict[str, Phrases[bool]] = {}
    for name, phrases in ways.items():
        lists[name] = Phrases(((phrase, True) for phrase in phrases), lists)
    return lists


def _named(ways: Mapping[str, Sequence[str]], names: Container[str]) -> Iterator[tuple[str, str]]:
    for name, phrases in ways.items():
        if name in names:
            yield from ((phrase, name) for phrase in phrases)


def _plain(phrases: Iterable[str]) -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in phrases)


@cache
def load() -> dict[str, Any]:
    """Read the files, once."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = {}
    for file in FILES:
        # The loader is the safe one: plain values only.
        found |= yaml.load(file.read_text("utf-8"), Loader=loader)  # noqa: S506
    return found
