"""Which syllables does a typed question hold, and how much does each of them say?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from services.folding import tokens
from services.matching.lexicon import Lexicon
from services.matching.spelling import Spelling

CONTENT: Final = 1.0
STOP: Final = 0.35
FRAME: Final = 0.25

# What services.safety leaves where a secret was: the words in it are ours, not the citizen's.
_MASK: Final = re.compile(r"•+(\s*\([^)]*\))?")
# Nobody describes a paper in more words than this; what follows is a story, or an attack on our time.
LONGEST_QUESTION: Final = 48


class Word(NamedTuple):
    """A syllable (or foreign word), folded, with its weight."""

    text: str
    weight: float

    @property
    def is_content(self) -> bool:
        """Tell whether the word is part of what is asked, not of the asking."""
        return self.weight == CONTENT


class Normaliser:
    """Turns texts into weighted words, with the guides' own words as its dictionary."""

    def __init__(self, lexicon: Lexicon, texts: Iterable[str]) -> None:
        self._lexicon = lexicon
        known = (word for text in texts for word in self._expand(tokens(text)))
        self.spelling = Spelling(known, kept=lexicon.stops | lexicon.asking)

    def words(self, text: str) -> list[Word]:
        """Read a question or a phrase of a guide; both go the same way, so they meet."""
        typed = self.spelling.join(tokens(_MASK.sub(" ", text))[:LONGEST_QUESTION])
        expanded = self._expand(typed)
        return self._weigh([word for token in expanded for word in self._respell(token)])

    def _respell(self, token: str) -> tuple[str, ...]:
        read = self.spelling.read(token)
        if read == (token,):
            return read
        return tuple(self._expand(list(read)))

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
        for start, end, _ in self._lexicon.frames.find(syllables):
            weights[start:end] = [FRAME] * (end - start)
        return list(map(Word, syllables, weights))

    def _weight(self, syllable: str) -> float:
        if syllable in self._lexicon.stops or len(syllable) == 1:
            return STOP
        # "1414" is a name the guides use; "20" is somebody's age.
        if syllable.isdigit() and syllable not in self.spelling.known:
            return STOP
        return CONTENT
