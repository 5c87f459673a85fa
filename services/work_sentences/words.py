"""Which words does a sentence hold, and is a typed word the one that is meant, marks or none?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

from services.folding import fold, normalise

_TOKEN: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)|\d+|[^\W\d_]+")
_NONE: Final = re.compile(r"[^\W_]+")
GAP: Final = "…"
ANY: Final = "*"
MOST_ANY: Final = 3
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Word:
    """A typed word: folded, as typed in small letters with marks in one order, and what stood before it."""

    text: str
    typed: str
    gap: str
    is_capital: bool = False

    @property
    def is_marked(self) -> bool:
        """Tell whether it was typed with marks: then it is this word and no other."""
        return self.text != self.typed

    @property
    def as_typed(self) -> str:
        """Write it as it is read."""
        return unicodedata.normalize("NFC", self.typed.replace("d\u0335", "đ"))


def split(text: str) -> list[Word]:
    """Split a sentence; digits and letters that stick together come apart: "5ng" is "5" and "ng"."""
    whole = normalise(text)
    words, end = [], 0
    for found in _TOKEN.finditer(whole):
        raw = found[0]
        gap = whole[end : found.start()]
        words.append(Word(fold(raw).replace(".", ""), _ordered(raw), gap, raw[:1].isupper()))
        end = found.end()
    return words


@lru_cache(maxsize=4096)
def _ordered(word: str) -> str:
    """Write a word so that "hòa" and "hoà" are one: its letters first, then its marks."""
    apart = unicodedata.normalize("NFD", word.lower().replace("đ", "d\u0335"))
    letters = "".join(one for one in apart if not unicodedata.combining(one))
    return letters + "".join(sorted(one for one in apart if unicodedata.combining(one)))


def is_meant(word: Word, syllable: str, *, ordered: str) -> bool:
    """Tell whether a typed word may be a syllable of the lexicon."""
    return word.typed == ordered if word.is_marked else word.text == syllable


class Phrases(Generic[Value]):
    """Ways of saying, each with a value, found longest first.

    "…" in one lets small words stand between, "*" up to three of any sort.
    """

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[tuple[str, str], ...], Value]]] = {}
        for phrase, value in entries:
            parts = tuple(
                (part, part) if part in {GAP, ANY} else (fold(part), _ordered(part))
                for part in re.findall(rf"{GAP}|\{ANY}|\d+|[^\W\d_]+", phrase.lower())
            )
            if parts:
                self._by_first.setdefault(parts[0][0], []).append((parts, value))
        for group in self._by_first.values():
            group.sort(key=lambda entry: len(entry[0]), reverse=True)

    def at(
        self, words: Sequence[Word], start: int, *, may_pass: Sequence[bool] = ()
    ) -> tuple[list[int], Value] | None:
        """Find the longest way of saying that begins here: the places of its words, and its value."""
        best: tuple[list[int], Value] | None = None
        for parts, value in self._by_first.get(words[start].text, ()):
            places = _fit(words, start, parts, may_pass)
            if places and (best is None or len(places) > len(best[0])):
                best = places, value
        return best

    def find(self, words: Sequence[Word], *, may_pass: Sequence[bool] = ()) -> list[tuple[list[int], Value]]:
        """Find every way of saying, from left to right, none over another."""
        found = []
        taken: set[int] = set()
        for start in range(len(words)):
            here = self.at(words, start, may_pass=may_pass) if start not in taken else None
            if here and not taken.intersection(here[0]):
                found.append(here)
                taken.update(here[0])
        return found

    def has(self, words: Sequence[Word]) -> bool:
        """Tell whether any way of saying is there."""
        return any(self.at(words, start) for start in range(len(words)))


def _fit(
    words: Sequence[Word], start: int, parts: Sequence[tuple[str, str]], may_pass: Sequence[bool]
) -> list[int] | None:
    places: list[int] = []
    at, may_wait, free = start, False, 0
    for syllable, ordered in parts:
        if syllable in {GAP, ANY}:
            may_wait, free = syllable == GAP, MOST_ANY if syllable == ANY else 0
            continue
        while free and at < len(words) and not is_meant(words[at], syllable, ordered=ordered):
            if _is_broken(words[at].gap):
                return None
            at, free = at + 1, free - 1
        free = 0
        while (
            may_wait and at < len(words) and may_pass and not is_meant(words[at], syllable, ordered=ordered)
        ):
            if not may_pass[at]:
                return None
            at += 1
        if at >= len(words) or not is_meant(words[at], syllable, ordered=ordered):
            return None
        if places and at > start and _is_broken(words[at].gap):
            return None
        places.append(at)
        at, may_wait = at + 1, False
    return places


def _is_broken(gap: str) -> bool:
    return any(one in gap for one in ",;\n:•+") or ". " in gap
