"""How near is a question to each guide?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice
from typing import Final, NamedTuple

from services.matching.classifier import Classifier, Vector, unit
from services.matching.features import Features, features, is_word
from services.matching.normalise import Reading
from services.matching.postings import Counted, Groups, Numbers, Postings, lengths, rarities, worths

_WHOLE: Final = 0.5
# BM25's saturation and length correction; documents of a few words want a low k1.
_K1: Final = 0.9
_B: Final = 0.6
# A guide says its own words again and again, and goes on telling more by it: a logarithm, no ceiling.
_OFTEN: Final = 0.3
_LONG: Final = 0.3
_LOUD: Final = 1.5
# How much less each word of a long phrase says: six words are a name, sixteen a story around it.
_STORY: Final = 0.5
# How much it costs a guide not to know all of the question's words: pairs alone made up for a missing one.
_COVERING: Final = 0.2
# How many guides, by their words alone, are looked at closely. Beyond these none was ever the right one.
_SHORTLIST: Final = 8
# By how much of what the third brings a guide must come near it: none below was ever among the first three.
_IN_SIGHT: Final = 0.7
_SHOWN: Final = 3
# What few guides hold is learnt from: a sixth of them, and no more than so many. More takes only time.
_SHARE_HOLDING: Final = 6
_MOST_HOLDING: Final = 24
# How much what was learnt adds to a score.
_LEARNT: Final = 0.25
# Up to so many guides even a word that half of them hold may tell two phrases apart.
_FEW: Final = 10
# Whoever shares nothing with the question is not near, however few are.
_SOMETHING: Final = 1e-9


class _Asked(NamedTuple):
    """A question's features by number with what each adds, and its words: who holds them, and how rare.

    `common` are those that more than half of the guides hold: they tell guides apart, but not phrases.
    """

    telling: list[tuple[int, float]]
    common: list[tuple[int, float]]
    words: list[tuple[int, float]]


class Index:
    """Every guide twice, as one document and phrase by phrase; a question is scored against both.

    The whole alone forgets which words were said together; phrases alone forget what the other phrases know.
    Neither knows what tells a guide from the one most like it: that is learnt, and added.
    """

    def __init__(self, guides: Sequence[Sequence[Reading]]) -> None:
        """Take, for each guide, its title and phrases as weighed words."""
        numbers = Numbers()
        phrases = [_counted(features(reading), numbers) for reading in chain.from_iterable(guides)]
        long, sizes = lengths(phrases), list(map(len, guides))
        wholes = _wholes(phrases, long, sizes)
        self._numbers = dict(numbers)
        self._size = len(guides)
        self._common = math.log(2) if self._size > _FEW else 0.0
        self._seldom = math.log(max(_SHARE_HOLDING, self._size / _MOST_HOLDING))
        self._rarity = rarities(wholes, len(numbers))
        self._worth = worths(self._rarity, numbers)
        self._whole = Postings(wholes, lengths(wholes), _in_guide, len(numbers))
        self._phrases = Groups(sizes, Postings(phrases, long, _in_phrase, len(numbers)))
        self._classifier = Classifier(self._lessons(phrases, sizes), len(numbers))
        self._holders = {word: _bits(self._whole.holding(number)) for word, number in self._words()}

    def rarity(self, word: str, unknown: float) -> float:
        """Tell how rare a word is among the guides."""
        number = self._numbers.get(word)
        return unknown if number is None else self._rarity[number]

    def scores(self, question: Features, among: Sequence[int] | None = None) -> dict[int, float]:
        """Score the nearest guides (or those named), by their place; the rest are not worth comparing."""
        asked = self._asked(question)
        reached = self._whole.add([0.0] * self._size, asked.telling)
        near = _nearest(reached, range(self._size) if among is None else among)
        if asked.common:
            self._whole.add(reached, asked.common)
        all_words = sum(rare for _, rare in asked.words) or 1.0
        scores: dict[int, float] = {}
        for at, best in zip(near, self._phrases.best(asked.telling, near), strict=True):
            score = _WHOLE * reached[at] + (1 - _WHOLE) * best
            covered = sum([rare for holders, rare in asked.words if holders >> at & 1])
            scores[at] = score * (covered / all_words) ** _COVERING if covered else score
        return self._with_learnt(scores, asked)

    def knows(self, at: int, words: Iterable[str]) -> bool:
        """Tell whether a guide holds every one of the words."""
        return all(self._holders.get(word, 0) >> at & 1 for word in words)

    def phrases_with(self, at: int, words: Iterable[str]) -> set[int]:
        """List the guide's phrases, by their place, that hold every one of the words."""
        numbers = [self._numbers.get(word) for word in words]
        held = [set() if number is None else self._phrases.holding(at, number) for number in numbers]
        return set.intersection(*held) if held else set()

    def _lessons(self, phrases: Sequence[Counted], sizes: Sequence[int]) -> Iterator[tuple[int, Vector]]:
        """Give each guide's first phrase, then each one's second, and so on: none is learnt last."""
        firsts = list(accumulate(sizes, initial=0))
        for place in range(max(sizes, default=0)):
            for guide, size in enumerate(sizes):
                if place < size:
                    phrase = phrases[firsts[guide] + place]
                    counted = zip(phrase.numbers, phrase.counts, strict=True)
                    seldom = [one for one in counted if self._rarity[one[0]] >= self._seldom]
                    yield guide, unit([(number, count * self._worth[number]) for number, count in seldom])

    def _with_learnt(self, scores: dict[int, float], asked: _Asked) -> dict[int, float]:
        """Add what was learnt as a share of the best score: it weighs alike in short and long texts."""
        text = unit([one for one in asked.telling if self._rarity[one[0]] >= self._seldom])
        learnt = self._classifier.scores(text, scores)
        share = _LEARNT * max(scores.values(), default=0.0)
        return {at: max(0.0, score + share * learnt[at]) for at, score in scores.items()}

    def _words(self) -> list[tuple[str, int]]:
        return [(feature, number) for feature, number in self._numbers.items() if is_word(feature)]

    def _asked(self, question: Features) -> _Asked:
        asked = _Asked([], [], [])
        for feature, weight in question.items():
            number = self._numbers.get(feature)
            if number is None:
                continue
            rare = self._rarity[number]
            side = asked.telling if rare >= self._common else asked.common
            side.append((number, weight * self._worth[number]))
            if feature in self._holders:
                asked.words.append((self._holders[feature], weight * rare))
        return asked


def _counted(counted: Features, numbers: Numbers) -> Counted:
    return Counted(tuple([numbers[feature] for feature in counted]), tuple(counted.values()))


def _wholes(phrases: Iterable[Counted], long: Iterable[float], sizes: Iterable[int]) -> list[Counted]:
    """Add up each guide's phrases to one document."""
    shares = zip(phrases, [(length or 1.0) ** -_STORY for length in long], strict=True)
    return [_added_up(islice(shares, size)) for size in sizes]


def _added_up(texts: Iterable[tuple[Counted, float]]) -> Counted:
    """Count the features of several texts, each with its share, as those of one."""
    total: dict[int, float] = {}
    for counted, share in texts:
        for number, count in zip(counted.numbers, counted.counts, strict=True):
            total[number] = total.get(number, 0.0) + count * share
    return Counted(tuple(total), tuple(total.values()))


def _in_guide(count: float, length: float) -> float:
    return _LOUD * math.log1p(count / (_OFTEN * (1 - _LONG + _LONG * length)))


def _in_phrase(count: float, length: float) -> float:
    return (_K1 + 1) * count / (count + _K1 * (1 - _B + _B * length))


def _nearest(reached: Sequence[float], among: Sequence[int]) -> list[int]:
    scores = reached if isinstance(among, range) else [reached[at] for at in among]
    best = sorted(scores, reverse=True)[:_SHORTLIST] or [0.0]
    least = max(_IN_SIGHT * best[:_SHOWN][-1], best[-1], _SOMETHING)
    return [at for at, score in zip(among, scores, strict=True) if score >= least]


def _bits(places: Iterable[int]) -> int:
    """Write a set of small numbers as the bits of one."""
    return sum(1 << place for place in places)
