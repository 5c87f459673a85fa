"""How near is a question to each guide?"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

from services.matching.normalise import Reading

_PAIR: Final = 0.8
_BESIDE: Final = 0.8
_LETTERS: Final = 0.25
# BM25's saturation and length correction; documents of a few words want a low k1.
_K1: Final = 0.9
_B: Final = 0.6
_WHOLE: Final = 0.5
# How much it costs a guide not to know all of the question's words: pairs alone made up for a missing one.
_COVERING: Final = 0.2
# How many guides, by their words alone, are looked at closely. Beyond these none was ever the right one.
_SHORTLIST: Final = 10

# How often, weighed, each feature stands in a text: "tru" a word, "tam tru" a pair, "=3" a concept,
# "#tam" letters.
Features: TypeAlias = dict[str, float]


def features(reading: Reading) -> Features:
    """Count words, pairs of neighbours and what stands beside them, each by how much its words say.

    A pair weighs the geometric mean of its words: "bản sao" keeps most of its worth, common as "sao" is.
    """
    counted: Features = {}
    words = reading.words
    for text, weight in words:
        counted[text] = counted.get(text, 0.0) + weight
    for (left, one), (right, other) in pairwise(words):
        pair = f"{left} {right}"
        counted[pair] = counted.get(pair, 0.0) + (one if one == other else math.sqrt(one * other))
    for name in reading.beside:
        counted[name] = counted.get(name, 0.0) + 1.0
    return counted


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[str, ...]:
    framed = f"_{word}_"
    return tuple(f"#{framed[at : at + 3]}" for at in range(len(framed) - 2))


def is_word(feature: str) -> bool:
    """Tell words from pairs, concepts and letters."""
    return feature[0] not in "#=" and " " not in feature


def _worth(feature: str) -> float:
    if feature[0] == "=":
        return _BESIDE
    if feature[0] == "#":
        return _LETTERS
    return _PAIR if " " in feature else 1.0


class Index:
    """Every guide twice, as one document and phrase by phrase; a question is scored against both.

    The whole alone forgets which words were said together; phrases alone forget what the other phrases know.
    Only a shortlist is scored in full: phrases cost ten times what the whole does.
    """

    def __init__(self, guides: Sequence[Sequence[Reading]]) -> None:
        """Take, for each guide, its title and phrases as weighed words."""
        self._size = len(guides)
        phrases = [[features(reading) for reading in readings] for readings in guides]
        wholes = [_added_up(counted) for counted in phrases]
        self.rarity = _rarities(wholes)
        common = math.log(2) if self._size > _SHORTLIST else 0.0
        self._telling = frozenset(one for one, rarity in self.rarity.items() if rarity >= common)
        self._whole = list(_impacts(wholes, self.rarity))
        self._by_feature = _postings(self._whole)
        self._by_phrase = self._phrases(phrases)
        runs = [_runs_of(whole) for whole in wholes]
        self._by_run = _postings(_impacts(runs, _rarities(runs)))

    def scores(self, question: Features, among: Iterable[int] | None = None) -> dict[int, float]:
        """Score the nearest guides (or those named), by their place; the rest are not worth comparing."""
        asked = {feature: weight for feature, weight in question.items() if feature in self.rarity}
        telling = [one for one in asked.items() if one[0] in self._telling]
        rest = [one for one in asked.items() if one[0] not in self._telling]
        words = [(word, weight * self.rarity[word]) for word, weight in asked.items() if is_word(word)]
        all_words = sum(weight for _, weight in words) or 1.0
        scores: dict[int, float] = {}
        shortlist = self._shortlist(question, telling) if among is None else self._reached(among, telling)
        for reached, at in shortlist:
            whole = self._whole[at]
            score = _WHOLE * (reached + _overlap(rest, whole))
            score += (1 - _WHOLE) * self._best_phrase(at, telling)
            covered = sum(weight for word, weight in words if word in whole)
            scores[at] = score * (covered / all_words) ** _COVERING if covered else score
        return scores

    def knows(self, at: int, words: Iterable[str]) -> bool:
        """Tell whether a guide holds every one of the words."""
        return all(word in self._whole[at] for word in words)

    def phrases_with(self, at: int, words: Iterable[str]) -> set[int]:
        """List the guide's phrases, by their place, that hold every one of the words."""
        holding = self._by_phrase[at]
        held = [{phrase for phrase, _ in holding.get(word, ())} for word in words]
        return set.intersection(*held) if held else set()

    def _shortlist(self, question: Features, telling: Iterable[tuple[str, float]]) -> list[tuple[float, int]]:
        reached = [0.0] * self._size
        for feature, weight in telling:
            for at, impact in self._by_feature[feature]:
                reached[at] += weight * impact
        # Letters only of words that no guide knows: elsewhere they repeat what the word says.
        unknown = [word for word in question if is_word(word) and word not in self.rarity]
        for run in {run for word in unknown for run in _runs(word)}:
            for at, impact in self._by_run.get(run, ()):
                reached[at] += impact
        return heapq.nlargest(_SHORTLIST, ((score, at) for at, score in enumerate(reached) if score))

    def _reached(self, among: Iterable[int], telling: Sequence[tuple[str, float]]) -> list[tuple[float, int]]:
        reached = [(_overlap(telling, self._whole[at]), at) for at in among]
        return [(score, at) for score, at in reached if score]

    def _best_phrase(self, at: int, asked: Iterable[tuple[str, float]]) -> float:
        return max(self._phrase_scores(at, asked).values(), default=0.0)

    def _phrase_scores(self, at: int, asked: Iterable[tuple[str, float]]) -> dict[int, float]:
        holding = self._by_phrase[at]
        scores: dict[int, float] = {}
        reached = scores.get
        for feature, weight in asked:
            if feature in holding:
                for phrase, impact in holding[feature]:
                    scores[phrase] = reached(phrase, 0.0) + weight * impact
        return scores

    def _phrases(self, guides: Sequence[Sequence[Features]]) -> list[dict[str, list[tuple[int, float]]]]:
        """For each guide, which of its phrases hold a feature, and what it is worth there."""
        impacts = _impacts([counted for phrases in guides for counted in phrases], self.rarity)
        return [_postings(next(impacts) for _ in phrases) for phrases in guides]


def _overlap(asked: Iterable[tuple[str, float]], held: Features) -> float:
    return sum(weight * held.get(feature, 0.0) for feature, weight in asked)


def _added_up(phrases: Iterable[Features]) -> Features:
    total: Features = {}
    for counted in phrases:
        for feature, count in counted.items():
            total[feature] = total.get(feature, 0.0) + count
    return total


def _runs_of(whole: Features) -> Features:
    runs: Features = {}
    for word, count in whole.items():
        if is_word(word):
            for run in _runs(word):
                runs[run] = runs.get(run, 0.0) + count
    return runs


def _postings(documents: Iterable[Features]) -> dict[str, list[tuple[int, float]]]:
    postings: dict[str, list[tuple[int, float]]] = {}
    for at, document in enumerate(documents):
        for feature, impact in document.items():
            if feature in postings:
                postings[feature].append((at, impact))
            else:
                postings[feature] = [(at, impact)]
    return postings


def _impacts(documents: Sequence[Features], rarity: Mapping[str, float]) -> Iterator[Features]:
    """Work out beforehand all of BM25 that does not depend on the question, and what the feature is worth."""
    lengths = [sum(document.values()) for document in documents]
    mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
    worth = {feature: rare * _worth(feature) * (_K1 + 1) for feature, rare in rarity.items()}
    for document, length in zip(documents, lengths, strict=True):
        damping = _K1 * (1 - _B + _B * length / mean)
        yield {feature: worth[feature] * n / (n + damping) for feature, n in document.items()}


def _rarities(documents: Sequence[Features]) -> dict[str, float]:
    """Inverse document frequency over guides: what every guide says tells nothing."""
    containing = Counter(feature for document in documents for feature in document)
    size = len(documents)
    return {
        feature: math.log(1 + (size - count + 0.5) / (count + 0.5)) for feature, count in containing.items()
    }
