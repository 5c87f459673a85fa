"""Which syllables does a typed question hold, and how much does each of them say?"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple

from services.folding import fold, tokens
from services.matching import negation
from services.matching.acronyms import Acronyms
from services.matching.lexicon import Lexicon
from services.matching.spelling import Spelling

CONTENT: Final = 1.0
STOP: Final = 0.5
FRAME: Final = 0.5
DENIED: Final = 0.1

# What services.safety leaves where a secret was: the words in it are ours, not the citizen's.
_MASK: Final = re.compile(r"•+(\s*\([^)]*\))?")
# A full stop inside "dichvucong.gov.vn" or "1.204" ends nothing.
_CLAUSE_END: Final = re.compile(r"[,;!?\n]+|\.(?:\s|$)|\.{2,}")
# Nobody describes a paper in more words than this; what follows is a story, or an attack on our time.
LONGEST_QUESTION: Final = 48

_FEW: Final = {"mot": "1", "hai": "2", "ba": "3", "bon": "4"}
# "Mức hai" is mức 2 and "cách thứ nhất" cách 1; elsewhere "hai" and "ba" are other words ("ba mất").
_COUNTED: Final = {
    "thu": _FEW | {"nhat": "1", "tu": "4", "nam": "5", "sau": "6", "bay": "7"},
    **dict.fromkeys(("muc", "cap", "so", "loai", "cach", "hang", "lop"), _FEW),
}


class Word(NamedTuple):
    """A syllable (or foreign word), folded, with its weight."""

    text: str
    weight: float


class Reading(NamedTuple):
    """A text as the matcher sees it: its words and their weights, and beside them what they mean.

    Two lists instead of one of pairs: everything about a question goes over its words again and again.
    """

    texts: list[str]
    weights: list[float]
    beside: Sequence[str] = ()

    @property
    def words(self) -> list[Word]:
        """Give each word with its weight."""
        return list(map(Word, self.texts, self.weights))

    @property
    def said(self) -> str:
        """Give the bare words, to compare one text with another."""
        return " ".join(self.texts)

    @property
    def content(self) -> list[str]:
        """Give the words of what is asked, not of the asking."""
        return [text for text, weight in zip(self.texts, self.weights, strict=True) if weight == CONTENT]


class Normaliser:
    """Turns texts into weighted words, with the guides' own words as its dictionary."""

    def __init__(self, lexicon: Lexicon, texts: Iterable[str]) -> None:
        self._lexicon = lexicon
        # Interned, for the guides say a thousand words again and again.
        known = [list(map(sys.intern, self._expand(tokens(text)))) for text in texts]
        self._acronyms = Acronyms(known)
        self.spelling = Spelling(chain.from_iterable(known), kept=lexicon.stops | lexicon.asking)
        self._weights = {word: self._weight(word) for word in self.spelling.known}

    def read(self, text: str) -> Reading:
        """Read a question or a phrase of a guide; both go the same way, so they meet."""
        return self.together(self.clauses(text))

    def together(self, clauses: Sequence[Reading]) -> Reading:
        """Read clauses (or parts of some) as one text, with the concepts and short forms beside the words."""
        texts, weights = joined(clauses)
        concepts = [
            concept
            for start, end, found in self._lexicon.concepts.find(texts)
            if max(weights[start:end]) > DENIED
            for concept in found
        ]
        return Reading(texts, weights, (*concepts, *self._acronyms.shortened(texts, weights)))

    def clauses(self, text: str) -> list[Reading]:
        """Read clause by clause, what is denied in them ("không phải đổi mà là mất") weighed down."""
        clauses: list[Reading] = []
        left = LONGEST_QUESTION
        for part in _CLAUSE_END.split(fold(_MASK.sub(" ", text))):
            typed = tokens(part)[:left]
            if typed:
                left -= len(typed)
                texts = self._read(typed)
                clauses.append(Reading(texts, self._weigh(texts)))
        for clause, start, end in negation.denied([clause.texts for clause in clauses]):
            clauses[clause].weights[start:end] = [DENIED] * (end - start)
        return clauses

    def _read(self, typed: list[str]) -> list[str]:
        read = self._expand(self.spelling.join(typed))
        if not all(map(self._weights.__contains__, read)):
            read = [word for token in read for word in self._respell(token)]
        return _counted(read)

    def _respell(self, token: str) -> tuple[str, ...]:
        if token in self.spelling.known:
            return (token,)
        read = self._acronyms.spelled_out(token) or self.spelling.read(token)
        return read if read == (token,) else tuple(self._expand(list(read)))

    def _expand(self, typed: list[str]) -> list[str]:
        abbreviations = self._lexicon.abbreviations
        if abbreviations.keys().isdisjoint(typed):
            return typed
        expanded: list[str] = []
        for at, token in enumerate(typed):
            short = abbreviations.get(token)
            if short is None:
                expanded.append(token)
                continue
            previous = typed[at - 1] if at else ""
            following = typed[at + 1] if at + 1 < len(typed) else ""
            expanded.extend(short.reading(previous, following))
        return expanded

    def _weigh(self, syllables: list[str]) -> list[float]:
        weights = [self._weights.get(syllable) or self._weight(syllable) for syllable in syllables]
        for start, end, _is_asking in self._lexicon.frames.find(syllables):
            weights[start:end] = [FRAME] * (end - start)
        return weights

    def _weight(self, syllable: str) -> float:
        # "1414" and "mức 2" are names the guides use; "97" is somebody's age.
        if syllable.isdigit():
            return CONTENT if syllable in self.spelling.known else STOP
        return STOP if syllable in self._lexicon.stops or len(syllable) == 1 else CONTENT


def joined(clauses: Sequence[Reading]) -> tuple[list[str], list[float]]:
    """Put clauses together again, words and weights."""
    if len(clauses) == 1:
        return clauses[0].texts, clauses[0].weights
    texts = [text for clause in clauses for text in clause.texts]
    return texts, [weight for clause in clauses for weight in clause.weights]


def _counted(syllables: list[str]) -> list[str]:
    if _COUNTED.keys().isdisjoint(syllables):
        return syllables
    for at in range(1, len(syllables)):
        numbers = _COUNTED.get(syllables[at - 1])
        if numbers is not None:
            syllables[at] = numbers.get(syllables[at], syllables[at])
    return syllables
