"""How near is a question to each guide?"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from operator import mul
from typing import Final, TypeAlias

from services.matching.normalise import Word

_PAIR: Final = 0.8
_LETTERS: Final = 0.25
# BM25's saturation and length correction; documents of a few words want a low k1.
_K1: Final = 0.9
_B: Final = 0.75
_WHOLE: Final = 0.5
# How many guides, by their words alone, are looked at closely. Beyond these none was ever the right one.
_SHORTLIST: Final = 12

# How often, weighed, each feature stands in a text: "tru" a word, "tam tru" a pair, "#tam" letters.
Features: TypeAlias = dict[str, float]


def features(words: Sequence[Word], *, letters: bool = True) -> Features:
    """Count words, pairs of neighbours and runs of three letters, each by how much its words say.

    A pair weighs the geometric mean of its words: "bản sao" keeps most of its worth, common as "sao" is.
    """
    counted: Features = {}
    for text, weight in words:
        counted[text] = counted.get(text, 0.0) + weight
        for run in _letters(text) if letters else ():
            counted[run] = counted.get(run, 0.0) + weight
    for (left, one), (right, other) in pairwise(words):
        pair = f"{left} {right}"
        counted[pair] = counted.get(pair, 0.0) + math.sqrt(one * other)
    return counted


@lru_cache(maxsize=20_000)
def _letters(word: str) -> tuple[str, ...]:
    framed = f"_{word}_"
    return tuple(f"#{framed[at : at + 3]}" for at in range(len(framed) - 2))


def _worth(feature: str) -> float:
    if _is_letters(feature):
        return _LETTERS
    return _PAIR if " " in feature else 1.0


def _is_letters(feature: str) -> bool:
    return feature[0] == "#"


class Index:
    """Every guide twice, as one document and phrase by phrase; a question is scored against both.

    The whole alone forgets which words were said together; phrases alone forget what the other phrases know.
    Only a shortlist is scored in full: letters and phrases cost ten times what words do.
    """

    def __init__(self, guides: Sequence[Sequence[Sequence[Word]]]) -> None:
        """Take, for each guide, its title and phrases as weighed words."""
        self._size = len(guides)
        wholes = [features([word for phrase in phrases for word in phrase]) for phrases in guides]
        self.rarity = _rarities(wholes)
        self._telling = self._tell_apart()
        self._whole = list(_impacts(wholes, self.rarity))
        self._by_feature: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, whole in enumerate(self._whole):
            for feature, impact in whole.items():
                self._by_feature[feature].append((at, impact))
        self._by_phrase = self._phrases(guides)
        self._peaks = [
            {feature: max(impact for _phrase, impact in held) for feature, held in holding.items()}
            for holding in self._by_phrase
        ]

    def scores(self, question: Features, most: int = _SHORTLIST) -> dict[int, float]:
        """Score the nearest guides, by their place in the order given; the rest are not worth comparing.

        The best `most` are among them; others may be left out that cannot be.
        """
        asked = {
            feature: weight * _worth(feature)
            for feature, weight in question.items()
            if feature in self.rarity
        }
        telling = [(feature, weight) for feature, weight in asked.items() if feature in self._telling]
        leading = [*telling, *self._letters_of_unknown(question, asked)]
        told, led = dict(telling), dict(leading)
        rest = {feature: weight for feature, weight in asked.items() if feature not in led}
        reached = [0.0] * self._size
        for feature, weight in leading:
            for at, impact in self._by_feature[feature]:
                reached[at] += weight * impact
        shortlist = heapq.nlargest(
            _SHORTLIST, (at for at in range(self._size) if reached[at]), key=reached.__getitem__
        )
        scores: dict[int, float] = {}
        best = [0.0] * most
        for at in shortlist:
            score = _WHOLE * (reached[at] + _overlap(rest, self._whole[at]))
            if score + (1 - _WHOLE) * _overlap(told, self._peaks[at]) < best[0]:
                continue
            scores[at] = score + (1 - _WHOLE) * self._best_phrase(at, telling)
            heapq.heappushpop(best, scores[at])
        return scores

    def _tell_apart(self) -> frozenset[str]:
        """List what tells guides apart: words and pairs that not every second one has."""
        common = math.log(2) if self._size > _SHORTLIST else 0.0
        return frozenset(
            feature
            for feature, rarity in self.rarity.items()
            if rarity >= common and not _is_letters(feature)
        )

    def _letters_of_unknown(self, question: Features, asked: Features) -> list[tuple[str, float]]:
        """Take letters only of words that no guide knows; elsewhere they repeat what the word says."""
        unknown = {run for word in question if _is_word(word) and word not in asked for run in _letters(word)}
        return [(run, asked[run]) for run in unknown & asked.keys()]

    def _best_phrase(self, at: int, words: Iterable[tuple[str, float]]) -> float:
        holding = self._by_phrase[at]
        scores: dict[int, float] = {}
        reached = scores.get
        for feature, weight in words:
            if feature in holding:
                for phrase, impact in holding[feature]:
                    scores[phrase] = reached(phrase, 0.0) + weight * impact
        return max(scores.values(), default=0.0)

    def _phrases(
        self, guides: Sequence[Sequence[Sequence[Word]]]
    ) -> list[dict[str, list[tuple[int, float]]]]:
        """For each guide, which of its phrases hold a word or pair, and what it is worth there."""
        owners = [at for at, phrases in enumerate(guides) for _ in phrases]
        counted = [features(phrase, letters=False) for phrases in guides for phrase in phrases]
        holding: list[dict[str, list[tuple[int, float]]]] = [{} for _ in guides]
        for phrase, (owner, impacts) in enumerate(zip(owners, _impacts(counted, self.rarity), strict=True)):
            for feature, impact in impacts.items():
                holding[owner].setdefault(feature, []).append((phrase, impact))
        return holding


def _overlap(asked: Features, held: Features) -> float:
    # All inside the interpreter: letters are many, and this runs for each of the shortlist.
    total: float = sum(map(mul, asked.values(), map(held.get, asked, repeat(0.0))))
    return total


def _impacts(documents: Sequence[Features], rarity: Mapping[str, float]) -> Iterable[Features]:
    """Work out beforehand all of BM25 that does not depend on the question."""
    lengths = [
        sum(count for feature, count in document.items() if _is_word(feature)) for document in documents
    ]
    mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
    for document, length in zip(documents, lengths, strict=True):
        damping = _K1 * (1 - _B + _B * length / mean)
        yield {feature: rarity[feature] * n * (_K1 + 1) / (n + damping) for feature, n in document.items()}


def _is_word(feature: str) -> bool:
    return not _is_letters(feature) and " " not in feature


def _rarities(documents: Sequence[Features]) -> dict[str, float]:
    """Inverse document frequency over guides: what every guide says tells nothing."""
    containing = Counter(feature for document in documents for feature in document)
    size = len(documents)
    return {
        feature: math.log(1 + (size - count + 0.5) / (count + 0.5)) for feature, count in containing.items()
    }
