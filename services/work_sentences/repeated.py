"""Does a number mean what it says: once, and all who were there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from services.work_sentences import numbers
from services.work_sentences.items import Count

if TYPE_CHECKING:
    from services.work_sentences.marking import Sentence

_NAME_LENGTH: Final = 6
_BEFORE_MORE: Final = 3
_NEAR: Final = 3
_TIMES: Final = frozenset({"x", "nhan"})
_ONLY_AFTER: Final = frozenset({"duoc", "dc", "co", "chi", "them"})


def is_rate(sentence: Sentence) -> bool:
    """Tell whether a number is meant several times over: "mỗi buổi 20 người", "3 người x 2 ngày"."""
    for places, _ in sentence.lexicon.each.find(sentence.words):
        known = sentence.one_each | sentence.each_day.places
        if known.intersection(places) or _is_only(sentence, places):
            continue
        is_times = sentence.words[places[0]].text in _TIMES
        if _is_who_came(sentence, places[-1]):
            continue
        start = sentence.around(places[0])[0]
        before = any(start <= count.at < places[0] for count in sentence.counts)
        after = any(places[-1] < count.at <= places[-1] + _NEAR for count in sentence.counts)
        is_sure = after or sentence.words[places[0]].is_marked
        if before if is_times else is_sure:
            return True
    return False


def _is_who_came(sentence: Sentence, at: int) -> bool:
    """Tell whether it says who came to each of the sessions that are counted: "2 buổi, mỗi buổi 20 em"."""
    unit_of = sentence.lexicon.unit_of
    is_class = all(unit_of.get(work.name) == "sessions" for work in sentence.works if work.at < at)
    after = [count for count in sentence.counts if at < count.at <= at + _NEAR]
    has_sessions = any(count.of == "sessions" and count.at < at for count in sentence.counts)
    number = numbers.exact(sentence.words, at + 1) if at + 1 < len(sentence.words) else None
    is_no_count = not after and number is not None  # "mỗi lớp 20 người"
    return is_class and has_sessions and (is_no_count or (len(after) == 1 and after[0].of == "persons"))


def _is_only(sentence: Sentence, places: Sequence[int]) -> bool:
    """Tell whether "mỗi" is only: "có mỗi một bác", "giúp được mỗi bác Thơm"."""
    words, at = sentence.words, places[0]
    is_after = at > 0 and words[at - 1].text in _ONLY_AFTER
    following = places[-1] + 1
    counts = {count.at for count in [*sentence.counts, *sentence.named]}
    return is_after and (following in counts or at + 1 in counts)


def one_each(sentence: Sentence) -> tuple[list[Count], set[int]]:
    """Leave out "one in each", which counts nobody anew; tell the places of the words that say so.

    "5 nhà cài được VNeID, mỗi nhà một người" counts persons, "lập cho mỗi người một gian hàng" those named.
    """
    counts = list(sentence.counts)
    visits = any(work.name == "home_visit" for work in sentence.works)
    for places, _ in sentence.lexicon.each.find(sentence.words):
        if sentence.words[places[0]].text in _TIMES or places[0] in sentence.each_day.places:
            continue
        end = sentence.around(places[0])[1]
        ones = [count for count in counts if places[-1] < count.at < end]
        if any(count.value != 1 for count in ones):
            continue
        kept = [count for count in counts if count not in ones]
        houses = [count for count in kept if count.of == "households" and count.at < places[0]]
        if ones and len(houses) > visits:
            kept[kept.index(houses[-1])] = replace(houses[-1], of="persons")
            return kept, set(places)
        persons = [count for count in [*kept, *sentence.named] if count.of == "persons"]
        if any(one.at < places[0] and (one.value or 0) > 1 for one in persons):
            return kept, set(places)
    return counts, set()


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
