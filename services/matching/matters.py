"""Where may a message be cut in two, if it asks for two things at once?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from services.matching.normalise import Word

# "Làm khai sinh với thẻ bảo hiểm", "đổi căn cước và làm hộ chiếu", "tách hộ rồi nhập khẩu".
_JOINING: Final = frozenset({"va", "voi", "roi", "xong", "lai", "con", "kem", "cung"})
# "Đã làm mức 2 rồi giờ kích hoạt", "ly hôn rồi mà": what comes before is how things stand, not a second matter.
_STANDING: Final = frozenset({"gio", "ma", "nen", "thi", "sao", "van", "bay", "chua", "khong"})
_DONE: Final = "da"
# Each cut costs up to two more searches; who lists five things is asked to choose anyway.
_MOST_CUTS: Final = 2
_LEAST_CONTENT: Final = 2


def halves(words: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Sequence[Word]]]:
    """Cut a message in two at its joining words, as long as either side asks something.

    Not at commas: before them stands the story, after them the question.
    """
    found = 0
    for at in range(2, len(words) - 1):
        if words[at].text not in _JOINING or words[at + 1].text in _STANDING:
            continue
        left, right = words[:at], words[at:]
        if _asks(left) and _asks(right) and not any(word.text == _DONE for word in left):
            yield left, right
            found += 1
            if found == _MOST_CUTS:
                return


def _asks(words: Sequence[Word]) -> bool:
    return sum(word.is_content for word in words) >= _LEAST_CONTENT
