"""Which words does a sentence hold, and is a typed word the one that is meant, marks or none?"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.folding import fold, normalise

_TOKEN: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)|\d+|[^\W\d_]+")
_NONE: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A typed word: folded, with its marks in one order, what stood before it, and as it was typed."""

    text: str
    typed: str
    gap: str
    is_capital: bool = False
    as_typed: str = ""

    @property
    def is_marked(self) -> bool:
        """Tell whether it was typed with marks: then it is this word and no other."""
        return self.text != self.typed


def split(text: str) -> list[Word]:
    """Split a sentence; digits and letters that stick together come apart: "5ng" is "5" and "ng"."""
    whole = normalise(text)
    words, end = [], 0
    for found in _TOKEN.finditer(whole):
        raw = found[0]
        gap = whole[end : found.start()]
        words.append(Word(fold(raw).replace(".", ""), ordered(raw), gap, raw[:1].isupper(), raw.lower()))
        end = found.end()
    return words


@lru_cache(maxsize=4096)
def ordered(word: str) -> str:
    """Write a word so that "hòa" and "hoà" are one: its letters first, then its marks."""
    apart = unicodedata.normalize("NFD", word.lower().replace("đ", "d\u0335"))
    letters = "".join(one for one in apart if not unicodedata.combining(one))
    return letters + "".join(sorted(one for one in apart if unicodedata.combining(one)))


def is_meant(word: Word, syllable: str, *, typed: str) -> bool:
    """Tell whether a typed word may be a syllable of the lexicon."""
    return word.typed == typed if word.is_marked else word.text == syllable
