"""What does the matcher know about Vietnamese beside the guides: short forms, synonyms, frames, chatter?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import yaml

from services.folding import fold, tokens

_FOLDER: Final = Path(__file__).parent
Value = TypeVar("Value")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and its reading; `other` is read in last place, or beside one of the words listed."""

    means: tuple[str, ...]
    other: tuple[str, ...] = ()
    last: bool = False
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()

    def reading(self, previous: str, following: str) -> tuple[str, ...]:
        """Choose by the neighbours as typed; "" stands for the edge of the question."""
        if self.other and (
            (self.last and not following) or previous in self.after or following in self.before
        ):
            return self.other
        return self.means


class Phrases(Generic[Value]):
    """Syllable sequences, each with a value, found longest first."""

    def __init__(self, entries: Iterable[tuple[tuple[str, ...], Value]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        for syllables, value in entries:
            if syllables:
                self._by_first.setdefault(syllables[0], []).append((syllables, value))
        for group in self._by_first.values():
            group.sort(key=lambda entry: len(entry[0]), reverse=True)

    def find(self, syllables: Sequence[str]) -> Iterator[tuple[int, int, Value]]:
        """Give start, end and value of every phrase; a shorter one inside a longer one is passed over."""
        covered = 0
        for start, syllable in enumerate(syllables):
            for phrase, value in self._by_first.get(syllable, ()):
                end = start + len(phrase)
                if end > covered and tuple(syllables[start:end]) == phrase:
                    yield start, end, value
                    covered = end
                    break


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The editable files of this folder, read and folded; `asking` holds the single words of the frames."""

    abbreviations: dict[str, Abbreviation]
    synonyms: Phrases[tuple[tuple[str, ...], ...]]
    frames: Phrases[None]
    stops: frozenset[str]
    asking: frozenset[str]
    chatter: tuple[str, ...]


@cache
def load() -> Lexicon:
    """Read the lexicon that comes with the program, once."""
    frames = _read("frames.yaml")
    asking = [tuple(tokens(line)) for line in (*frames["frames"], *frames["greetings"])]
    return Lexicon(
        abbreviations={fold(entry["short"]): _abbreviation(entry) for entry in _read("abbreviations.yaml")},
        synonyms=Phrases(_synonyms(_read("synonyms.yaml"))),
        frames=Phrases((phrase, None) for phrase in asking),
        stops=frozenset(tokens(frames["stops"])),
        asking=frozenset(word for phrase in asking for word in phrase),
        chatter=tuple(
            line
            for line in (_FOLDER / "chatter.txt").read_text("utf-8").splitlines()
            if line and not line.startswith("#")
        ),
    )


def _read(name: str) -> Any:
    return yaml.load((_FOLDER / name).read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, in C


def _abbreviation(entry: dict[str, Any]) -> Abbreviation:
    other = entry.get("but", {})
    return Abbreviation(
        means=tuple(tokens(entry["means"])),
        other=tuple(tokens(other.get("means", ""))),
        last=other.get("last", False),
        after=frozenset(map(fold, other.get("after", ()))),
        before=frozenset(map(fold, other.get("before", ()))),
    )


def _synonyms(entries: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    for entry in entries:
        means = tuple(tuple(tokens(official)) for official in entry["means"])
        for said in entry["says"]:
            yield tuple(tokens(said)), means
