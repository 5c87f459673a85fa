"""Does a number mean what it says: once, and all who were there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from services.work_sentences.items import Count, Work
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word

if TYPE_CHECKING:
    from services.work_sentences.marking import Sentence

_NAME_LENGTH: Final = 6
_BEFORE_MORE: Final = 3
_NEAR: Final = 3


def is_rate(sentence: Sentence) -> bool:
    """Tell whether a number is meant several times over: "mỗi buổi 20 người", "3 người x 2 ngày"."""
    for places, _ in sentence.lexicon.each.find(sentence.words):
        if sentence.one_each.intersection(places):
            continue
        is_times = sentence.words[places[0]].text in {"x", "nhan"}
        before = any(count.at < places[0] for count in sentence.counts)
        after = any(places[-1] < count.at <= places[-1] + _NEAR for count in sentence.counts)
        is_sure = after or sentence.words[places[0]].is_marked
        if before if is_times else is_sure:
            return True
    return False


def one_each(
    words: Sequence[Word], lexicon: Lexicon, counts: Sequence[Count], works: Sequence[Work]
) -> tuple[list[Count], set[int]]:
    """Count persons for households where there was one in each: "5 nhà cài được VNeID, mỗi nhà một người".

    Tells the places of the words that say so as well.
    """
    for places, _ in lexicon.each.find(words):
        one = next((count for count in counts if 0 < count.at - places[-1] <= _NEAR), None)
        houses = [count for count in counts if count.of == "households" and count.at < places[0]]
        visits = any(work.name == "home_visit" for work in works)
        if one is None or one.value != 1 or len(houses) <= visits:
            continue
        kept = [count for count in counts if count is not one]
        kept[kept.index(houses[-1])] = replace(houses[-1], of="persons")
        return kept, set(places)
    return list(counts), set()


def is_one_more(sentence: Sentence, count: Count) -> bool:
    """Tell whether somebody is named beside the number: "cho chị Lan và 3 bà con"."""
    words, lexicon = sentence.words, sentence.lexicon
    if count.at < _BEFORE_MORE or words[count.at - 1].text not in {"va", "voi", "cung"}:
        return False
    if any(named.end <= count.at <= named.end + _NAME_LENGTH for named in sentence.named):
        return True
    for places, _ in lexicon.serving.find(words[: count.at - 1]):
        at = places[-1] + 1
        form = lexicon.forms.at(words, at) if at < count.at - 1 else None
        is_counted = any(at <= other.at < count.at for other in sentence.counts)
        if count.at - at <= _NAME_LENGTH and form and not is_counted:
            return True
    return False
