"""Where may a message be cut in two, if it asks for two things at once?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from services.matching.normalise import Word

# "Làm khai sinh với thẻ bảo hiểm", "đổi căn cước và làm hộ chiếu", "tách hộ rồi nhập khẩu".
_JOINING: Final = frozenset({"va", "voi", "roi", "xong", "lai", "con", "kem", "cung"})
# "Đã làm mức 2 rồi giờ kích hoạt", "ly hôn rồi mà": what comes before is how things stand, no matter.
_STANDING: Final = frozenset({"gio", "ma", "nen", "thi", "sao", "van", "bay", "chua", "khong"})
_DONE: Final = "da"
# Each cut costs up to two more searches; who lists five things is asked to choose anyway.
_MOST_CUTS: Final = 2
_LEAST_CONTENT: Final = 2


def halves(clauses: Sequence[Sequence[Word]]) -> Iterator[tuple[Sequence[Word], Sequence[Word]]]:
    """Cut a message in two at its joining words, as long as either side asks something.

    Not at commas: before them stands the story, after them the question.
    """
    words = [word for clause in clauses for word in clause]
    found = 0
    for at in _joints(clauses):
        left, right = words[:at], words[at:]
        if _asks(left) and _asks(right) and not any(word.text == _DONE for word in left):
            yield left, right
            found += 1
            if found == _MOST_CUTS:
                return


def _joints(clauses: Sequence[Sequence[Word]]) -> Iterator[int]:
    start = 0
    for clause in clauses:
        for at, (word, following) in enumerate(pairwise(clause)):
            if start + at and word.text in _JOINING and following.text not in _STANDING:
                yield start + at
        start += len(clause)


def _asks(words: Sequence[Word]) -> bool:
    return sum(word.is_content for word in words) >= _LEAST_CONTENT
