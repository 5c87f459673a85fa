"""What does the reader of sentences know: ways of saying each kind, units, numbers, small words?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from services.rules import Kind
from services.work_sentences.words import Phrases

FILE: Final = Path(__file__).with_name("lexicon.yaml")
NOT_A_KIND: Final = ""


class Lexicon:
    """The file, with the kinds of this installation: each is understood by its label at least."""

    def __init__(self, kinds: Sequence[Kind], ways: dict[str, Any] | None = None) -> None:
        ways = ways or load()
        names = {kind.name for kind in kinds}
        said = [
            (phrase, name) for name, phrases in ways["kinds"].items() for phrase in phrases if name in names
        ]
        labels = [(kind.label, kind.name) for kind in kinds]
        self.unit_of = {kind.name: kind.unit for kind in kinds}
        not_kinds = [(phrase, NOT_A_KIND) for phrase in ways["not_kinds"]]
        self.kinds = Phrases([*said, *labels, *not_kinds])
        weak = ways["weak"].items()
        self.weak = Phrases((phrase, name) for name, phrases in weak for phrase in phrases if name in names)
        self.units = Phrases(
            (phrase, (of, phrase)) for of, phrases in ways["units"].items() for phrase in phrases
        )
        numbers = ways["numbers"]
        self.vague = Phrases((phrase, phrase) for phrase in numbers["vague"])
        self.vague_before = _plain(numbers["vague_before"])
        self.before_a_name = _plain(ways["before_a_name"])
        self.forms = _plain(ways["forms"])
        for name in _SETS:
            setattr(self, name, _plain(ways[name]))

    asking: Phrases[bool]
    not_asking: Phrases[bool]
    asking_for_me: Phrases[bool]
    asking_first: Phrases[bool]
    asking_last: Phrases[bool]
    wishing: Phrases[bool]
    helping: Phrases[bool]
    done: Phrases[bool]
    nobody: Phrases[bool]
    not_nothing: Phrases[bool]
    resting: Phrases[bool]
    not_resting: Phrases[bool]
    slip: Phrases[bool]
    not_but: Phrases[bool]
    but: Phrases[bool]
    of_these: Phrases[bool]
    each: Phrases[bool]
    particles: Phrases[bool]
    alone: Phrases[bool]
    attending: Phrases[bool]
    together: Phrases[bool]
    selves: Phrases[bool]
    whole_team: Phrases[bool]
    counting: Phrases[bool]
    serving: Phrases[bool]
    receiving: Phrases[bool]
    fillers: Phrases[bool]
    cuts: Phrases[bool]
    negations: Phrases[bool]


_SETS: Final = tuple(Lexicon.__annotations__)


def _plain(phrases: Iterable[str]) -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in phrases)


@cache
def load() -> dict[str, Any]:
    """Read the file, once."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # The loader is the safe one: plain values only.
    found: dict[str, Any] = yaml.load(FILE.read_text("utf-8"), Loader=loader)  # noqa: S506
    return found
