"""Which syllables does a typed question hold, and how much does each of them say?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple

from services.folding import fold, tokens
from services.matching import negation
from services.matching.acronyms import Acronyms
from services.matching.lexicon import Lexicon
from services.matching.spelling import Spelling

CONTENT: Final = 1.0
STOP: Final = 0.35
FRAME: Final = 0.25
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

    @property
    def is_content(self) -> bool:
        """Tell whether the word is part of what is asked, not of the asking."""
        return self.weight == CONTENT


class Reading(NamedTuple):
    """A text as the matcher sees it: its words, and beside them the concepts and short forms they mean."""

    words: Sequence[Word]
    beside: Sequence[str] = ()

    @property
    def said(self) -> str:
        """Give the bare words, to compare one text with another."""
        return " ".join(word.text for word in self.words)

    @property
    def content(self) -> tuple[str, ...]:
        """Give the words of what is asked."""
        return tuple(word.text for word in self.words if word.weight == CONTENT)


class Normaliser:
    """Turns texts into weighted words, with the guides' own words as its dictionary."""

    def __init__(self, lexicon: Lexicon, texts: Iterable[str]) -> None:
        self._lexicon = lexicon
        known = [self._expand(tokens(text)) for text in texts]
        self._acronyms = Acronyms(known)
        self.spelling = Spelling(chain.from_iterable(known), kept=lexicon.stops | lexicon.asking)

    def read(self, text: str) -> Reading:
        """Read a question or a phrase of a guide; both go the same way, so they meet."""
        return self.reading([word for clause in self.clauses(text) for word in clause])

    def reading(self, words: Sequence[Word]) -> Reading:
        """Find what stands beside the words."""
        texts = [word.text for word in words]
        said = [word.weight > DENIED for word in words]
        concepts = [
            concept
            for start, end, found in self._lexicon.concepts.find(texts)
            if any(said[start:end])
            for concept in found
        ]
        shortened = self._acronyms.shortened(texts, [word.is_content for word in words])
        return Reading(words, (*concepts, *shortened))

    def clauses(self, text: str) -> list[list[Word]]:
        """Read clause by clause, what is denied in them ("không phải đổi mà là mất") weighed down."""
        clauses: list[list[Word]] = []
        left = LONGEST_QUESTION
        for part in _CLAUSE_END.split(fold(_MASK.sub(" ", text))):
            typed = tokens(part)[:left]
            if typed:
                left -= len(typed)
                clauses.append(self._words(typed))
        denied = negation.denied([[word.text for word in clause] for clause in clauses])
        for clause, start, end in denied:
            clauses[clause][start:end] = [Word(word.text, DENIED) for word in clauses[clause][start:end]]
        return clauses

    def _words(self, typed: list[str]) -> list[Word]:
        expanded = self._expand(self.spelling.join(typed))
        return self._weigh(_counted([word for token in expanded for word in self._respell(token)]))

    def _respell(self, token: str) -> tuple[str, ...]:
        if token in self.spelling.known:
            return (token,)
        read = self._acronyms.spelled_out(token) or self.spelling.read(token)
        return read if read == (token,) else tuple(self._expand(list(read)))

    def _expand(self, typed: list[str]) -> list[str]:
        abbreviations = self._lexicon.abbreviations
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

    def _weigh(self, syllables: list[str]) -> list[Word]:
        weights = [self._weight(syllable) for syllable in syllables]
        for start, end, _is_asking in self._lexicon.frames.find(syllables):
            weights[start:end] = [FRAME] * (end - start)
        return list(map(Word, syllables, weights))

    def _weight(self, syllable: str) -> float:
        # "1414" and "mức 2" are names the guides use; "97" is somebody's age.
        if syllable.isdigit():
            return CONTENT if syllable in self.spelling.known else STOP
        return STOP if syllable in self._lexicon.stops or len(syllable) == 1 else CONTENT


def _counted(syllables: list[str]) -> list[str]:
    for at in range(1, len(syllables)):
        numbers = _COUNTED.get(syllables[at - 1])
        if numbers is not None:
            syllables[at] = numbers.get(syllables[at], syllables[at])
    return syllables
