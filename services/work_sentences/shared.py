"""Which two kinds share one number, as each was done for everybody: "cài VNeID kèm BHYT cho 4 bác"?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from services.work_sentences.items import Count, Pair, Work
from services.work_sentences.words import Word

_WITH: Final = frozenset({"kem", "lan"})
_AND: Final = frozenset({"lan", "va", "voi", "cung", "ca"})
_NEAR: Final = 3


def join(
    works: Sequence[Work], counts: Sequence[Count], words: Sequence[Word]
) -> tuple[list[Work], dict[str, str]]:
    """Leave out the first of two kinds that share a number, and tell for the second which it was.

    Kinds that are named again elsewhere may have numbers of their own, and are left as they are.
    """
    kept, shared = list(works), dict[str, str]()
    names = [work.name for work in works]
    for one, two in pairwise(works):
        is_plain = one.name != two.name and names.count(one.name) == names.count(two.name) == 1
        is_apart = any(one.at < count.at < two.at for count in counts)
        if is_plain and not is_apart and one in kept and _are_both(one, two, counts, words):
            kept.remove(one)
            shared[two.name] = one.name
    return kept, shared


def _are_both(one: Work, two: Work, counts: Sequence[Count], words: Sequence[Word]) -> bool:
    """Tell whether "kèm", "cả ... lẫn" or "vừa ... vừa" joins two kinds.

    After a number "vừa ... vừa" may also say that some got one and some the other: that is asked about.
    """
    between = [word.text for word in words[one.end : two.at]]
    before = [word.text for word in words[max(0, one.at - _NEAR) : one.at + 1]]
    if not _WITH.isdisjoint(between):
        return True
    if "ca" in before and len(between) <= _NEAR and not _AND.isdisjoint(between):
        return True
    is_counted_after = any(two.at < count.at for count in counts) and not any(c.at < one.at for c in counts)
    return "vua" in before and "vua" in [*between, words[two.at].text] and is_counted_after


def told_of_both(pairs: Sequence[Pair], shared: dict[str, str]) -> list[Pair]:
    """Write the number of two kinds for each of them."""
    found: list[Pair] = []
    for each in pairs:
        if each.kind in shared:
            found.append(replace(each, kind=shared[each.kind]))
        found.append(each)
    return found
