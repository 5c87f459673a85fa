"""Where may a message be cut in two, if it asks for two things at once?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from services.matching.normalise import CONTENT, Reading, joined

# "Làm khai sinh với thẻ bảo hiểm", "đổi căn cước và làm hộ chiếu", "tách hộ rồi nhập khẩu".
_JOINING: Final = frozenset({"va", "voi", "roi", "xong", "lai", "con", "kem", "cung"})
# "Đã làm mức 2 rồi giờ kích hoạt", "ly hôn rồi mà": what comes before is how things stand, no matter.
_STANDING: Final = frozenset({"gio", "ma", "nen", "thi", "sao", "van", "bay", "chua", "khong"})
_DONE: Final = "da"
# Each cut costs up to two more searches; who lists five things is asked to choose anyway.
_MOST_CUTS: Final = 2
_LEAST_CONTENT: Final = 2


def halves(clauses: Sequence[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Cut a message in two at its joining words, as long as either side asks something.

    Not at commas: before them stands the story, after them the question.
    """
    texts, weights = joined(clauses)
    found = 0
    for at in _joints(clauses):
        left, right = Reading(texts[:at], weights[:at]), Reading(texts[at:], weights[at:])
        if _asks(left) and _asks(right) and _DONE not in left.texts:
            yield left, right
            found += 1
            if found == _MOST_CUTS:
                return


def _joints(clauses: Sequence[Reading]) -> Iterator[int]:
    start = 0
    for clause in clauses:
        for at, (text, following) in enumerate(pairwise(clause.texts)):
            if start + at and text in _JOINING and following not in _STANDING:
                yield start + at
        start += len(clause.texts)


def _asks(half: Reading) -> bool:
    return half.weights.count(CONTENT) >= _LEAST_CONTENT
