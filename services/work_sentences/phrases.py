"""Where in a sentence does one of many ways of saying something stand?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, Final, Generic, TypeVar

from services.folding import fold
from services.work_sentences.words import Word, ordered

GAP: Final = "…"
ANY: Final = "*"
MARKED: Final = "^"
MOST_ANY: Final = 3
_PART: Final = re.compile(r"…|\*|<[^>]+>|[()]|\d+|\^?[^\W\d_]+")
Value = TypeVar("Value")
# Nothing, for all who have nothing: never written to.
_EMPTY: Final[dict[str, Any]] = {}
Found = tuple[list[int], Value]
"""The places of the words that say it, and what it stands for."""


class Phrases(Generic[Value]):
    """Ways of saying, each with a value, found longest first.

    "…" in one lets small words stand between, "*" up to three of any sort; "<name>" is any of the lists'
    words, and what stands in brackets may be missing. "^mơi" has to be typed with its marks.
    """

    def __init__(
        self, entries: Iterable[tuple[str, Value]], lists: Mapping[str, Phrases[bool]] | None = None
    ) -> None:
        self._root: _Node[Value] = _Node()
        self._lists = {} if lists is None else lists
        for phrase, value in entries:
            for parts in _variants(_PART.findall(phrase.lower())):
                self._root.add(parts[1:] if parts[:1] == [GAP] else parts, value)
        self._first = {*self._root.by_text, *(fold(typed) for typed in self._root.by_marks)}

    def at(
        self,
        words: Sequence[Word],
        start: int,
        *,
        may_pass: Sequence[bool] = (),
        without: AbstractSet[int] = frozenset(),
    ) -> Found[Value] | None:
        """Find the longest way of saying that begins here."""
        if words[start].text not in self._first and not self._root.lists:
            return None
        best: Found[Value] | None = None
        for places, value in self._walk(self._root, words, start, [], may_pass):
            if (best is None or len(places) > len(best[0])) and without.isdisjoint(places):
                best = places, value
        return best

    def find(
        self, words: Sequence[Word], *, may_pass: Sequence[bool] = (), without: AbstractSet[int] = frozenset()
    ) -> list[Found[Value]]:
        """Find every way of saying, left to right, none over another nor over what it must do without."""
        found = []
        taken = set(without)
        for start in self._starts(words):
            if start in taken:
                continue
            here = self.at(words, start, may_pass=may_pass, without=taken)
            if here:
                found.append(here)
                taken.update(here[0])
        return found

    def has(self, words: Sequence[Word]) -> bool:
        """Tell whether any way of saying is there."""
        return any(self.at(words, start) for start in self._starts(words))

    def _starts(self, words: Sequence[Word]) -> Iterable[int]:
        """Tell where a way of saying may begin; most begin nowhere in most sentences."""
        if self._root.lists:
            return range(len(words))
        first = self._first
        return [at for at, word in enumerate(words) if word.text in first]

    def ends_at(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a way of saying ends with this word: "khu vực" before a number."""
        starts = range(max(0, at - MOST_ANY), at + 1)
        return any((found := self.at(words, start)) and found[0][-1] == at for start in starts)

    def ends(self, words: Sequence[Word], start: int, may_pass: Sequence[bool]) -> Iterator[list[int]]:
        """Tell the places of every way of saying that begins here, short ones and long ones."""
        if words[start].text in self._first or self._root.lists:
            for places, _ in self._walk(self._root, words, start, [], may_pass):
                yield places

    def _walk(
        self,
        node: _Node[Value],
        words: Sequence[Word],
        at: int,
        places: list[int],
        may_pass: Sequence[bool],
    ) -> Iterator[Found[Value]]:
        """Follow every way of saying from a word on."""
        if node.has_value and places:
            yield places, node.value
        if at >= len(words) or (places and is_broken(words[at].gap)):
            return
        for following, more in self._steps(node, words, at, may_pass):
            yield from self._walk(following, words, more[-1] + 1, places + more, may_pass)
        for sign, behind in node.gaps.items():
            for skip in _skips(words, at, sign, may_pass):
                for following, more in self._steps(behind, words, skip, may_pass):
                    yield from self._walk(following, words, more[-1] + 1, places + more, may_pass)

    def _steps(
        self, node: _Node[Value], words: Sequence[Word], at: int, may_pass: Sequence[bool]
    ) -> Iterator[tuple[_Node[Value], list[int]]]:
        for following in node.after(words[at]):
            yield following, [at]
        for name, following in node.lists.items():
            for places in self._lists[name].ends(words, at, may_pass):
                yield following, places


class _Node(Generic[Value]):
    """Where ways of saying that begin alike part: by the next syllable, a list, a "…" or a "*".

    There are tens of thousands, and most lead to one other or to none: each has only the rooms it needs.
    """

    __slots__ = ("by_marks", "by_text", "gaps", "has_value", "lists", "value")

    def __init__(self) -> None:
        self.by_text: dict[str, dict[str, _Node[Value]]] = _EMPTY
        self.by_marks: dict[str, _Node[Value]] = _EMPTY
        self.gaps: dict[str, _Node[Value]] = _EMPTY
        self.lists: dict[str, _Node[Value]] = _EMPTY
        self.has_value = False
        self.value: Value

    def add(self, parts: Sequence[str], value: Value) -> None:
        """Add a way of saying; of two alike the first one holds."""
        node = self
        for part in parts:
            node = node._next(part)
        if not node.has_value:
            node.value, node.has_value = value, True

    def _next(self, part: str) -> _Node[Value]:
        """Go on by a syllable, a gap or a list, which is new where need be."""
        name, key, typed = _room_of(part)
        room = getattr(self, name)
        if room is _EMPTY:
            room = {}
            setattr(self, name, room)
        if typed:
            room = room.setdefault(key, {})
        found: _Node[Value] | None = room.get(typed or key)
        if found is None:
            found = room[typed or key] = _Node()
        return found

    def after(self, word: Word) -> Iterable[_Node[Value]]:
        """Go on by a word: a marked one is itself, another may stand for any marks."""
        alike = self.by_text.get(word.text, _EMPTY)
        if not word.is_marked:
            return alike.values()
        if word.is_partial:
            return [node for typed, node in alike.items() if word.may_be(typed)]
        found = alike.get(word.typed), self.by_marks.get(word.typed)
        return [node for node in found if node is not None]


@cache
def _room_of(part: str) -> tuple[str, str, str]:
    """Tell to which room of a node a part leads, under which name, and how it has to be typed there."""
    if part in {GAP, ANY}:
        return "gaps", part, ""
    if part.startswith("<"):
        return "lists", part[1:-1], ""
    typed = ordered(part.lstrip(MARKED))
    return ("by_marks", typed, "") if part.startswith(MARKED) else ("by_text", fold(part), typed)


def _variants(parts: Sequence[str]) -> Iterator[list[str]]:
    """Write out a way of saying with and without each part in brackets."""
    if "(" not in parts:
        yield list(parts)
        return
    start = parts.index("(")
    end = parts.index(")")
    for middle in ([], parts[start + 1 : end]):
        for rest in _variants(parts[end + 1 :]):
            yield [*parts[:start], *middle, *rest]


def _skips(words: Sequence[Word], at: int, sign: str, may_pass: Sequence[bool]) -> Iterator[int]:
    """Tell where a way of saying may go on after a gap."""
    for skip in range(at, len(words)):
        if is_broken(words[skip].gap):
            return
        yield skip
        if sign == ANY and skip - at >= MOST_ANY:
            return
        if sign == GAP and not (may_pass and may_pass[skip]):
            return


def is_broken(gap: str) -> bool:
    """Tell whether what stands between two words parts them."""
    return any(one in gap for one in ",;\n:•+") or ". " in gap
