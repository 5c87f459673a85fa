"""How are two typings of the same Vietnamese words made equal?"""

from __future__ import annotations

import re
import unicodedata
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
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.translate(_D_WITH_STROKE).lower())
    return unicodedata.normalize("NFC", apart.translate(_MARKS))


def fold_in_place(text: str) -> str:
    """Fold letter by letter, keeping the length: position n of the answer is position n of the composed text.

    Use it to search folded words and cut what was found out of the original.
    """
    return normalise(text).translate(_LETTERS)


class _Letters(dict[int, str]):
    """Each letter's folded self, found out once: doing it anew took longer than all else about a message."""

    def __missing__(self, code: int) -> str:
        folded = (fold(chr(code)) + " ")[0]
        if code < _KEPT_BELOW:
            self[code] = folded
        return folded


_KEPT_BELOW = 0x2000  # Vietnamese ends at U+1EF9; whoever writes in other scripts fills no memory
_LETTERS = _Letters()


def tokens(text: str) -> list[str]:
    """Split into folded runs of letters and digits, in the order typed."""
    return _TOKEN.findall(fold(text))


@lru_cache(maxsize=8)
def phrase(text: str) -> str:
    """Write words as they are compared: folded, one space between, no punctuation.

    The last ones are remembered, since a dozen ask the same of one message: not for what may hold a secret.
    """
    return " ".join(tokens(text))
