"""Which numbers of a sentence are told by their days or parts of a day: "sáng 4, chiều 3"?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from services.work_sentences.items import Count

if TYPE_CHECKING:
    from services.work_sentences.marking import Sentence

PARTS: Final = frozenset({"sang", "trua", "chieu", "toi", "dem", "tui"})
_TIMES: Final = frozenset({"hoi", "buoi", "luc", "khi"})
_NEAR: Final = 6


def of_counts(counts: Sequence[Count], sentence: Sentence) -> dict[int, int]:
    """Find for the place of each number that of its own time: days and parts lead all numbers, or follow."""
    marks = _marks(sentence)
    leading = {count.at: _leading(count, counts, marks, sentence) for count in counts}
    trailing = {count.at: _trailing(count, counts, marks, sentence) for count in counts}
    found = max((leading, trailing), key=lambda one: len([mark for mark in one.values() if mark is not None]))
    known = {at: mark for at, mark in found.items() if mark is not None}
    return known if len(set(known.values())) == len(known) > 1 else {}


def cuts(counts: Sequence[Count], sentence: Sentence) -> set[int]:
    """Find where each number with a time of its own begins."""
    return {min(at, mark) for at, mark in of_counts(counts, sentence).items()}


def _marks(sentence: Sentence) -> list[int]:
    """Find where days and parts of a day begin."""
    days = {day.start for day in sentence.days}
    inside = {at for day in sentence.days for at in range(day.start, day.end)}
    words = sentence.words
    parts = {
        at
        for at, word in enumerate(words)
        if word.text in PARTS and at not in inside | sentence.taken and _begins(sentence, at)
    }
    return sorted(days | parts)


def _begins(sentence: Sentence, at: int) -> bool:
    """Tell whether a part of a day opens something: "sáng 4", "rồi chiều thêm 3"; "tôi" is no evening."""
    word = sentence.words[at]
    following = sentence.words[at + 1].text if at + 1 < len(sentence.words) else ""
    is_evening = word.has_tone or (word.text == "toi" and following.isdecimal() and sentence.is_border(at))
    if word.text in {"toi", "tui"} and not is_evening:
        return False  # "sang 3, chieu 2, toi 1" is one
    is_first = at == 0 or sentence.is_border(at)
    counted = {count.at + len(count.unit.split()) for count in sentence.counts}
    return is_first or at - 1 in counted or sentence.words[at - 1].text in {"roi", "con", "va", *_TIMES}


def _leading(count: Count, counts: Sequence[Count], marks: Sequence[int], sentence: Sentence) -> int | None:
    """Find the time before a number, with no other number and no full stop between."""
    before = [mark for mark in marks if count.at - 2 * _NEAR <= mark < count.at]
    if not before or any(before[-1] < other.at < count.at for other in counts):
        return None
    between = sentence.words[before[-1] + 1 : count.at + 1]
    return None if any(sign in word.gap for word in between for sign in ",;\n.") else before[-1]


def _trailing(count: Count, counts: Sequence[Count], marks: Sequence[int], sentence: Sentence) -> int | None:
    """Find the time after a number, with no other number and no border between."""
    after = [mark for mark in marks if count.at < mark <= count.at + _NEAR]
    if not after or any(count.at < other.at < after[0] for other in counts):
        return None
    return None if any(sentence.is_border(at) for at in range(count.at + 1, after[0] + 1)) else after[0]
