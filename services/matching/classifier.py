"""Which words tell a guide from those most like it? Learnt from the guides' own phrases."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

# How often every phrase is gone through; more brings nothing but time.
_ROUNDS: Final = 2
# How much one phrase may change at a time, so that an odd one does not outweigh the others.
_STEP: Final = 0.5
# A phrase is learnt once it is nearer by this to its own guide than to any other.
_APART: Final = 1.0

_NOBODY: Final[dict[int, float]] = {}


class Vector(NamedTuple):
    """Features by number, and the share of each; of length 1 as a whole."""

    numbers: tuple[int, ...]
    shares: array[float]


class Classifier:
    """A linear classifier of texts by guide, passive-aggressive: what a phrase says is added to its own guide
    and taken from the nearest wrong one, as far as it takes to set them apart.

    Crammer et al., Online Passive-Aggressive Algorithms, JMLR 2006, variant PA-I.
    """

    def __init__(self, phrases: Iterable[tuple[int, Vector]], features: int) -> None:
        """Take every phrase with its guide, in the order of learning, and how many features are."""
        weights = _learnt(list(phrases))
        self._first = array("I", [0])
        self._guides, self._weights = array("H"), array("f")
        for number in range(features):
            held = weights.get(number, {})
            self._guides.extend(held)
            self._weights.extend(held.values())
            self._first.append(len(self._guides))

    def scores(self, text: Vector, among: Iterable[int]) -> dict[int, float]:
        """Tell for each of these guides how much a text is like its phrases: 1 much, below 0 unlike them."""
        found = dict.fromkeys(among, 0.0)
        for number, share in zip(text.numbers, text.shares, strict=True):
            held = slice(self._first[number], self._first[number + 1])
            for guide, weight in zip(self._guides[held], self._weights[held], strict=True):
                if guide in found:
                    found[guide] += share * weight
        return found


def unit(counted: Sequence[tuple[int, float]]) -> Vector:
    """Shrink or stretch weighed features to length 1."""
    length = math.sqrt(sum([share * share for _, share in counted])) or 1.0
    shares = array("f", [share / length for _, share in counted])
    return Vector(tuple([number for number, _ in counted]), shares)


def _learnt(phrases: Sequence[tuple[int, Vector]]) -> dict[int, dict[int, float]]:
    """Give by feature how much it speaks for or against each guide."""
    weights: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for _ in range(_ROUNDS):
        for guide, phrase in phrases:
            reached = _reached(weights, phrase)
            own = reached.pop(guide, 0.0)
            rival = max(reached, key=reached.__getitem__, default=guide)
            lacking = _APART - own + max(reached.get(rival, 0.0), 0.0)
            if lacking > 0:
                step = min(_STEP, lacking / 2)
                _turn(weights, phrase, guide, step)
                if reached.get(rival, -1.0) >= 0:
                    _turn(weights, phrase, rival, -step)
    return weights


def _reached(weights: dict[int, dict[int, float]], phrase: Vector) -> dict[int, float]:
    reached: dict[int, float] = {}
    held, reach = weights.get, reached.get
    for number, share in zip(phrase.numbers, phrase.shares, strict=True):
        for guide, weight in held(number, _NOBODY).items():
            reached[guide] = reach(guide, 0.0) + share * weight
    return reached


def _turn(weights: dict[int, dict[int, float]], phrase: Vector, guide: int, step: float) -> None:
    for number, share in zip(phrase.numbers, phrase.shares, strict=True):
        held = weights[number]
        held[guide] = held.get(guide, 0.0) + step * share
