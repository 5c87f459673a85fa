"""Which words of a question name what is not meant ("không phải đổi mà là mất")?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

_NOT: Final = frozenset({"khong", "hong", "hem", "hok", "dau"})
# "Không nhận được" and "không cần" are part of what is asked: only these deny the matter itself.
_DENYING: Final = frozenset({"phai", "hoi"})
_ENDS: Final = frozenset({"ma", "chu", "chi", "dau", "nhung"})
# "Không chuyển hộ khẩu, chỉ ở tạm": a correction makes a plain no, or a "not yet", a denial too.
_CORRECTS: Final = frozenset({"chi", "ma"})
_NO: Final = frozenset({"khong", "hong", "chua"})
_DENIES: Final = _NOT | _NO
_ASKING: Final = ("co", "ma", "sao")


class Denied(NamedTuple):
    """Words start to end of one clause."""

    clause: int
    start: int
    end: int


def denied(clauses: Sequence[Sequence[str]]) -> list[Denied]:
    """List what is denied, as long as something is left that is asked."""
    may_deny = [at for at, words in enumerate(clauses) if not _DENIES.isdisjoint(words)]
    if not may_deny:
        return []
    found = [Denied(at, *span) for at in may_deny for span in _spans(clauses, at)]
    kept = sum(map(len, clauses)) - sum(one.end - one.start for one in found)
    return found if kept > 1 else []


def _spans(clauses: Sequence[Sequence[str]], at: int) -> Iterator[tuple[int, int]]:
    words = clauses[at]
    corrected = at + 1 < len(clauses) and clauses[at + 1][0] in _CORRECTS
    for start, (word, following) in enumerate(pairwise(words)):
        # "Có phải đổi không", "sao không phải": a question, not a denial.
        if start and words[start - 1] in _ASKING and not corrected:
            continue
        if word in _NOT and following in _DENYING:
            end = _end(words, start + 2)
            if end < len(words) or at + 1 < len(clauses):
                yield start, end
            return
        if corrected and word in _NO:
            yield start, len(words)
            return


def _end(words: Sequence[str], start: int) -> int:
    return next((at for at in range(start, len(words)) if words[at] in _ENDS), len(words))
