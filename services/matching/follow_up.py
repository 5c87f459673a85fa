"""Does a question say too little to stand alone, so that it must go on about what was talked of before?"""

from __future__ import annotations

from typing import Final

from services.matching.lexicon import Lexicon
from services.matching.normalise import Reading

# "Còn mất thì sao", "thế trẻ em", "vậy tốn bao nhiêu": what a follow-up begins with.
_BEGINNINGS: Final = frozenset({"con", "the", "vay", "nhung", "nhu", "neu", "lo"})
_MOST_CONTENT: Final = 3


def is_one(reading: Reading, lexicon: Lexicon) -> bool:
    """Tell by its few words, and by how it begins or what it asks."""
    texts = reading.texts
    if not texts or len(reading.content) > _MOST_CONTENT:
        return False
    asks = any(is_asking for _start, _end, is_asking in lexicon.frames.find(texts))
    return asks or texts[0] in _BEGINNINGS
