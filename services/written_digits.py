"""Which digits does a message hold, however they are written: full width, as letters, in words, with gaps?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

# Stands for the rest of a word that is a digit, and for what only keeps two groups of digits apart.
FILL: Final = "\0"
BRIDGE: Final = "\1"

_WORDS: Final = {
    "khong": "0", "hong": "0", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5",
    "lam": "5", "sau": "6", "bay": "7", "tam": "8", "chin": "9",
}  # fmt: skip
_WORD: Final = "|".join(sorted(_WORDS, key=len, reverse=True))
_SPOKEN: Final = re.compile(
    rf"(?<![a-z0-9])(?:{_WORD}|\d{{1,6}})(?:[ ,.\-]{{0,3}}(?:{_WORD}|\d{{1,6}})){{3,}}(?![a-z0-9])"
)
_ONE: Final = re.compile(_WORD)
# "mật khẩu có năm sáu bảy tám số" counts to four: fewer digits than this are talk, not a number.
_FEWEST_SPOKEN: Final = 6
_FEWEST_MIXED: Final = 9
_FEWEST_WORDS: Final = 4

_LETTERED: Final = re.compile(r"(?<![a-z0-9])[0-9oil](?:[ .\-]?[0-9oil]){8,}(?![a-z0-9])")
_LETTERS: Final = str.maketrans("oil", "011")
_MOSTLY: Final = 0.6

_BETWEEN: Final = re.compile(
    r"(?<=\d)[\s.,\-_]*(?:\b(?:roi|tiep(?: theo)?|cham|gach(?: ngang| duoi)?|ngang|cach|phay|xuyet|va|xong"
    r"|(?:(?:sau|6|4|8) )?so (?:sau|cuoi|tiep theo|con lai))\b[\s.,\-_]*)+(?=\d)"
)
_DATE: Final = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d(?!\d)")
_GAPS: Final = re.compile(rf"[\s.,\-_/*|·•–—()'{FILL}]{{1,6}}|{BRIDGE}+")
_GROUP: Final = re.compile(r"\d+")


class Gathered(NamedTuple):
    """Groups of digits that stand together, read as one number."""

    start: int
    end: int
    digits: str


def plain(folded: str) -> str:
    """Write every digit of a folded text as 0 to 9; position n of the answer is position n of the text."""
    text = folded if folded.isascii() else "".join(map(_ascii, folded))
    text = _LETTERED.sub(_of_letters, text)
    text = _SPOKEN.sub(_of_words, text)
    return _BETWEEN.sub(lambda found: BRIDGE * len(found[0]), text)


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    if unicodedata.category(letter) == "Cf":
        return FILL
    value = unicodedata.digit(letter, None)
    return letter if value is None else str(value)


def _of_letters(found: re.Match[str]) -> str:
    typed = found[0]
    letters = [letter for letter in typed if letter.isalnum()]
    share = sum(letter.isdigit() for letter in letters) / len(letters)
    return typed.translate(_LETTERS) if share >= _MOSTLY else typed


def _of_words(found: re.Match[str]) -> str:
    typed = found[0]
    words = len(_ONE.findall(typed))
    digits = words + sum(letter.isdigit() for letter in typed)
    if (words >= _FEWEST_WORDS and digits >= _FEWEST_SPOKEN) or (words and digits >= _FEWEST_MIXED):
        return _ONE.sub(lambda word: _WORDS[word[0]] + FILL * (len(word[0]) - 1), typed)
    return typed


def gathered(text: str, *, most: int) -> Iterator[Gathered]:
    """List the numbers of at most so many digits that neighbouring groups make, dates left out."""
    text = _DATE.sub(lambda found: "x" * len(found[0]), text)
    groups = list(_GROUP.finditer(text))
    for at, first in enumerate(groups):
        digits = first[0]
        for before, group in zip(groups[at:], groups[at + 1 :], strict=False):
            digits += group[0]
            if len(digits) > most or not _GAPS.fullmatch(text, before.end(), group.start()):
                break
            yield Gathered(first.start(), group.end(), digits)
