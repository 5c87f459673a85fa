"""What does the matcher know about Vietnamese beside the guides: short forms, synonyms, frames, chatter?"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar

import yaml

from services.folding import fold, tokens

_FOLDER: Final = Path(__file__).parent
Value = TypeVar("Value")
# The official names of something, each as syllables.
Meanings: TypeAlias = tuple[tuple[str, ...], ...]

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
        self._values: dict[tuple[str, ...], Value] = {}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for syllables, value in entries:
            if syllables:
                self._values.setdefault(syllables, value)
                lengths[syllables[0]].add(len(syllables))
        self._lengths = {first: sorted(each, reverse=True) for first, each in lengths.items()}

    def items(self) -> Iterable[tuple[tuple[str, ...], Value]]:
        """Give every sequence with its value."""
        return self._values.items()

    def find(self, syllables: Sequence[str]) -> list[tuple[int, int, Value]]:
        """Give start, end and value of every phrase; a shorter one inside a longer one is passed over."""
        said, found, covered = tuple(syllables), [], 0
        for start, syllable in enumerate(said):
            for length in self._lengths.get(syllable, ()):
                end = start + length
                if covered < end <= len(said) and said[start:end] in self._values:
                    found.append((start, end, self._values[said[start:end]]))
                    covered = end
                    break
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The editable files of this folder, read and folded; `asking` holds the single words of the frames."""

    abbreviations: dict[str, Abbreviation]
    synonyms: Phrases[Meanings]
    concepts: Phrases[tuple[str, ...]]
    frames: Phrases[bool]
    stops: frozenset[str]
    asking: frozenset[str]
    chatter: tuple[str, ...]

    def taught(self, synonyms: Iterable[tuple[str, str]]) -> Lexicon:
        """Add pairs of what people say and what the guides say; the files stay as they are."""
        meant = dict(self.synonyms.items())
        for said, means in synonyms:
            name = tuple(tokens(said))
            meant[name] = (*meant.get(name, ()), tuple(tokens(means)))
        return replace(self, synonyms=Phrases(meant.items()))


@cache
def load() -> Lexicon:
    """Read the lexicon that comes with the program, once."""
    frames = _read("frames.yaml")
    synonyms = [*_read("synonyms.yaml"), *_read("synonyms_services.yaml")]
    # Both weigh little; only a frame, not a greeting, shows that something is asked.
    asking = {tuple(tokens(line)): False for line in frames["greetings"]}
    asking |= {tuple(tokens(line)): True for line in frames["frames"]}
    return Lexicon(
        abbreviations={fold(entry["short"]): _abbreviation(entry) for entry in _read("abbreviations.yaml")},
        synonyms=Phrases(_synonyms(synonyms)),
        concepts=Phrases(_concepts(synonyms)),
        frames=Phrases(asking.items()),
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


def _words(text: str) -> tuple[str, ...]:
    """Split into syllables, each kept once: the lexicon says a thousand of them again and again."""
    return tuple(map(sys.intern, tokens(text)))


def _synonyms(entries: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, ...], Meanings]]:
    for entry in entries:
        means = tuple(map(_words, entry.get("means", ())))
        for said in entry.get("says", ()):
            yield _words(said), means


def _concepts(entries: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Name each group of equals; a word may belong to several."""
    named: dict[tuple[str, ...], tuple[str, ...]] = {}
    for at, entry in enumerate(entries):
        for name in entry.get("same", ()):
            words = _words(name)
            named[words] = (*named.get(words, ()), f"={at}")
    return iter(named.items())
