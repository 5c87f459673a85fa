"""Which documents hold a feature, how strongly, and how much does it tell?"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, groupby
from typing import Final, NamedTuple, TypeAlias

from services.matching.features import worth

# What more documents than this hold is looked up group by group: most of the groups are not asked for.
_OFTEN: Final = 40

# How strongly a document holds what stands in it so often, by its length (1 is the mean).
Strength: TypeAlias = Callable[[float, float], float]
# Each document that holds a feature, by its place, and how strongly it does.
Held: TypeAlias = tuple[tuple[int, float], ...]


class Counted(NamedTuple):
    """What a text holds: features by number, and how often each. Dicts would take four times as much."""

    numbers: tuple[int, ...]
    counts: tuple[float, ...]


class Postings:
    """All of a score that depends neither on the question nor on what is rare, worked out beforehand."""

    def __init__(
        self, documents: Sequence[Counted], lengths: Sequence[float], strength: Strength, features: int
    ) -> None:
        """Take documents in the order they are numbered by, each one's length, and how many features are."""
        held: list[list[tuple[int, float]]] = [[] for _ in range(features)]
        for place, (document, length) in enumerate(zip(documents, lengths, strict=True)):
            # What stands equally often in a text stands there equally strongly: one pair does for all of it.
            pairs = {count: (place, strength(count, length)) for count in set(document.counts)}
            for number, count in zip(document.numbers, document.counts, strict=True):
                held[number].append(pairs[count])
        self.held: list[Held] = list(map(tuple, held))

    def holding(self, number: int) -> list[int]:
        """Give the documents that hold a feature, in their order."""
        return [place for place, _ in self.held[number]]

    def add(self, scores: list[float], asked: Iterable[tuple[int, float]]) -> list[float]:
        """Add to every document's score what it holds of the features asked for."""
        for number, weight in asked:
            for place, strength in self.held[number]:
                scores[place] += weight * strength
        return scores


class Groups:
    """Documents in groups (the phrases of a guide), scored for a few of the groups at a time."""

    def __init__(self, sizes: Sequence[int], postings: Postings) -> None:
        """Take how many documents each group has; they stand in the postings group after group."""
        self._first = list(accumulate(sizes, initial=0))
        self._group = [at for at, size in enumerate(sizes) for _ in range(size)]
        self._postings = postings
        self._often = {
            number: self._by_group(held)
            for number, held in enumerate(self._postings.held)
            if len(held) > _OFTEN
        }

    def best(self, asked: Sequence[tuple[int, float]], groups: Sequence[int]) -> list[float]:
        """Give what the best document of each of these groups holds of the features asked for."""
        seldom = [one for one in asked if one[0] not in self._often]
        scores = self._postings.add([0.0] * len(self._group), seldom)
        often = [(self._often[number].get, weight) for number, weight in asked if number in self._often]
        for group in groups:
            for held_by, weight in often:
                for place, strength in held_by(group, ()):
                    scores[place] += weight * strength
        first = self._first
        return [max(scores[first[at] : first[at + 1]], default=0.0) for at in groups]

    def holding(self, group: int, number: int) -> set[int]:
        """Give the group's documents that hold a feature, by their place in the group."""
        first = self._first[group]
        return {place - first for place, _ in self._postings.held[number] if self._group[place] == group}

    def _by_group(self, held: Held) -> dict[int, Held]:
        return {at: tuple(pairs) for at, pairs in groupby(held, key=lambda pair: self._group[pair[0]])}


class Numbers(dict[str, int]):
    """Gives every feature a number when it is met first."""

    def __missing__(self, feature: str) -> int:
        self[feature] = number = len(self)
        return number


def rarities(documents: Sequence[Counted], features: int) -> array[float]:
    """Inverse document frequency by number: what every document says tells nothing."""
    containing, size = Counter(chain.from_iterable(one.numbers for one in documents)), len(documents)
    counts = [containing[number] for number in range(features)]
    return array("d", [math.log(1 + (size - count + 0.5) / (count + 0.5)) for count in counts])


def worths(rarity: Iterable[float], numbers: Iterable[str]) -> array[float]:
    """Tell by number how much a feature says, for what it is and for how rare it is."""
    return array("d", [rare * worth(feature) for rare, feature in zip(rarity, numbers, strict=True)])


def lengths(documents: Sequence[Counted]) -> list[float]:
    """Measure each document by the mean of all."""
    measured = [sum(document.counts) for document in documents]
    mean = sum(measured) / len(measured) if any(measured) else 1.0
    return [length / mean for length in measured]
