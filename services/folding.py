"""How are two typings of the same Vietnamese words made equal?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

# Unicode does not take đ apart, so stripping marks alone leaves it; ð is what old code tables give for it.
_D_WITH_STROKE = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})
# The block of marks that Latin letters come apart into; other scripts keep theirs, they are letters there.
_MARKS = dict.fromkeys(range(0x0300, 0x0370))
_TOKEN = re.compile(r"[^\W_]+")


def normalise(text: str) -> str:
    """Compose every letter with its marks, so that two encodings of one word compare equal."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower the letters and take off the marks: "Khai Tử" and "khai tu" become the same."""
    return text.lower() if text.isascii() else normalise(text).translate(_FOLDED)


def fold_in_place(text: str) -> str:
    """Fold letter by letter, keeping the length: position n of the answer is position n of the composed text.

    Use it to search folded words and cut what was found out of the original.
    """
    return normalise(text).translate(_FOLDED_IN_PLACE)


def _fold_letter(letter: str) -> str:
    apart = unicodedata.normalize("NFD", letter.translate(_D_WITH_STROKE).lower())
    return unicodedata.normalize("NFC", apart.translate(_MARKS))


class _Letters(dict[int, str]):
    """Each letter's folded self, found out once: doing it anew took longer than all else about a message."""

    def __init__(self, fold_letter: Callable[[str], str]) -> None:
        self._fold_letter = fold_letter

    def __missing__(self, code: int) -> str:
        folded = self._fold_letter(chr(code))
        if code < _KEPT_BELOW:
            self[code] = folded
        return folded


_KEPT_BELOW = 0x2000  # Vietnamese ends at U+1EF9; whoever writes in other scripts fills no memory
_FOLDED = _Letters(_fold_letter)
_FOLDED_IN_PLACE = _Letters(lambda letter: (_fold_letter(letter) + " ")[0])


def tokens(text: str) -> list[str]:
    """Split into folded runs of letters and digits, in the order typed."""
    return _TOKEN.findall(fold(text))


@lru_cache(maxsize=8)
def phrase(text: str) -> str:
    """Write words as they are compared: folded, one space between, no punctuation.

    The last ones are remembered, since a dozen ask the same of one message: not for what may hold a secret.
    """
    return " ".join(tokens(text))
