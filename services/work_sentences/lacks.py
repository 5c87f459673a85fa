"""Does "chưa" tell what somebody lacked before they were helped, and not that nothing was done?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from services.work_sentences.words import Word

_NEAR: Final = 3
_FEW: Final = 4
_KNOWN_BEFORE: Final = frozenset({"co", "biet", "tung", "ranh", "quen", "he"})
_BECAUSE: Final = frozenset({"vi", "do", "tai"})
_HELPING: Final = frozenset({"cho", "giup", "gium", "dum", "day", "chi", "bay"})
_DOING: Final = frozenset(
    {"lam", "man", "cai", "khai", "mo", "nop", "tao", "lap", "ky", "hoat", "hop", "giup"}
)
_FOR: Final = frozenset({"duoc", "dc", "luon", "cho", "giup", "gium", "dum", "ho", "het", "xong"})
_ME: Final = frozenset({"em", "toi", "tui", "minh", "chi", "co", "chau", "con", "anh", "bac", "chu", "e"})
_LATER: Final = frozenset({"hen", "mai", "khong", "ko", "k", "chua", "nhung", "sau", "doi", "cho den"})
_BORDERS: Final = ",;\n."


def is_lack(words: Sequence[Word], at: int) -> bool:
    """Tell it of a "chưa": "cài cho năm người chưa có", "2 đứa chưa có thẻ thì tôi làm luôn cho"."""
    if words[at].text != "chua" or at + 1 >= len(words):
        return False
    if at and words[at - 1].text in _BECAUSE and words[at + 1].text in _KNOWN_BEFORE:
        return True
    before = {word.text for word in words[max(0, at - _FEW) : at]}
    is_end = at + 2 >= len(words) or bool(words[at + 2].gap.strip()) or words[at + 2].text in {"thoi", "luon"}
    if is_end and words[at + 1].text in _KNOWN_BEFORE and not before.isdisjoint(_HELPING):
        return True
    return _is_mended(words, at)


def _is_mended(words: Sequence[Word], at: int) -> bool:
    """Tell whether what follows, in this clause or the next one, says that it was done after all."""
    borders = [place for place in range(at + 1, len(words)) if _is_border(words[place])]
    end = borders[1] if len(borders) > 1 else len(words)
    if borders and any(sign in words[borders[0]].gap for sign in "\n."):
        end = borders[0]
    rest = [word.text for word in words[at + 1 : end]]
    if not _LATER.isdisjoint(rest):
        return False
    turn = next((place for place, text in enumerate(rest) if text in {"thi", "nen"}), None)
    if turn is None:  # "có 3 chị chưa có VNeID em cài giùm luôn"
        turn = next(
            (at for at, (one, two) in enumerate(pairwise(rest)) if one in _ME and two in _DOING), None
        )
    start = turn if turn is not None else borders[0] - at - 1 if borders and borders[0] < end else len(rest)
    return any(
        text in _DOING and not _FOR.isdisjoint(rest[place + 1 : place + 1 + _NEAR])
        for place, text in enumerate(rest)
        if place >= start
    )


def _is_border(word: Word) -> bool:
    return any(sign in word.gap for sign in _BORDERS)
