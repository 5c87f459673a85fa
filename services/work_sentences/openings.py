"""Which words around a report only greet: "bot ơi ghi giúp mình nha 5 vneid. Cảm ơn cả nhà, chúc vui"?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word

_FEWEST: Final = 3
_BORDERS: Final = ",;\n.!"


def without_greetings(words: Sequence[Word], lexicon: Lexicon) -> list[Word]:
    """Leave out what is said to whoever reads it, before and behind."""
    return _without_closing(_without_opening(words, lexicon), lexicon)


def _without_opening(words: Sequence[Word], lexicon: Lexicon) -> list[Word]:
    """Leave out calling and asking to write down, which have no border to the report that follows.

    "bot ơi ghi giúp mình nha ông Thịnh ..." else makes "nha ông Thịnh" a house and "giúp mình" a request.
    """
    at = 0
    while at < len(words) and (found := lexicon.addressing.at(words, at)):
        at = found[0][-1] + 1
    if not at or len(words) - at < _FEWEST:
        return list(words)
    return [replace(words[at], gap=""), *words[at + 1 :]]


def _without_closing(words: list[Word], lexicon: Lexicon) -> list[Word]:
    """Leave out thanks and wishes at the end that hold neither number nor kind: "..., cảm ơn các chị"."""
    for at in range(_FEWEST, len(words)):
        is_border = any(sign in words[at].gap for sign in _BORDERS)
        if is_border and lexicon.closing.at(words, at):
            rest = words[at:]
            is_empty = not any(word.text.isdecimal() for word in rest) and not lexicon.kinds.find(rest)
            return words[:at] if is_empty and "?" not in "".join(word.gap for word in rest) else words
    return words
