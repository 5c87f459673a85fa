"""Which words at the beginning only speak to whoever writes it down: "bot ơi ghi giúp mình nha 5 vneid"?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word

_FEWEST: Final = 3


def without_opening(words: Sequence[Word], lexicon: Lexicon) -> list[Word]:
    """Leave out calling and asking to write down, which have no border to the report that follows.

    "bot ơi ghi giúp mình nha ông Thịnh ..." else makes "nha ông Thịnh" a house and "giúp mình" a request.
    """
    at = 0
    while at < len(words) and (found := lexicon.addressing.at(words, at)):
        at = found[0][-1] + 1
    if not at or len(words) - at < _FEWEST:
        return list(words)
    return [replace(words[at], gap=""), *words[at + 1 :]]
