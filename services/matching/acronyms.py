"""Which words do the first letters stand for, where no list has the short form ("pccc", "vsattp")?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from services.matching.syllables import is_syllable

# Two letters stand for too many things, and three fit by chance where a question has little words.
_SHORTEST: Final = 3
_LONGEST: Final = 7


class Acronyms:
    """Reads an unlisted short form by the guides' words, and finds the guides' short forms spelled out."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        """Take each title and phrase of the guides as syllables."""
        self._words = [word for text in texts for word in (*text, "|")]
        self._short: defaultdict[str, list[str]] = defaultdict(list)
        for short in filter(_may_be_short, set(self._words)):
            self._short[short[:_SHORTEST]].append(short)
        self._initials = _initials(self._words)

    def spelled_out(self, token: str) -> tuple[str, ...]:
        """Give the words of the guides that the letters of a short form begin, the commonest; () if none."""
        if not _may_be_short(token):
            return ()
        found: Counter[tuple[str, ...]] = Counter()
        at = self._initials.find(token)
        while at >= 0:
            found[tuple(self._words[at : at + len(token)])] += 1
            at = self._initials.find(token, at + 1)
        if len(token) == _SHORTEST:
            found = Counter({words: times for words, times in found.items() if times > 1})
        return max(found, key=lambda words: (found[words], words), default=())

    def shortened(self, words: Sequence[str], weights: Sequence[float]) -> list[str]:
        """List the guides' short forms that stand for neighbours among the words.

        Three letters fit little words by chance ("ông tui phải" is no OTP): each of them must weigh in full.
        """
        initials = _initials(words)
        return [
            short
            for at in range(len(initials) - _SHORTEST + 1)
            for short in self._short.get(initials[at : at + _SHORTEST], ())
            if initials.startswith(short, at)
            and (len(short) > _SHORTEST or min(weights[at : at + _SHORTEST]) == 1)
        ]


def _initials(words: Iterable[str]) -> str:
    return "".join([word[0] for word in words])


def _may_be_short(token: str) -> bool:
    """Tell "pccc" from "tạm", and from foreign names ("vneid", "facebook"), which have more vowels."""
    return (
        _SHORTEST <= len(token) <= _LONGEST
        and token.isalpha()
        and sum(map(token.count, "aeiouy")) <= 1
        and not is_syllable(token)
    )
