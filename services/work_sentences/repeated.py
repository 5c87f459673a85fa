"""Does a number mean what it says: once, and all who were there?"""

from __future__ import annotations

from typing import Final

from services.work_sentences.items import Count
from services.work_sentences.marking import Sentence

_NAME_LENGTH: Final = 6
_BEFORE_MORE: Final = 3
_NEAR: Final = 3


def is_rate(sentence: Sentence) -> bool:
    """Tell whether a number is meant several times over: "mỗi buổi 20 người", "3 người x 2 ngày"."""
    for places, _ in sentence.lexicon.each.find(sentence.words):
        is_times = sentence.words[places[0]].text in {"x", "nhan"}
        before = any(count.at < places[0] for count in sentence.counts)
        after = any(places[-1] < count.at <= places[-1] + _NEAR for count in sentence.counts)
        is_sure = after or sentence.words[places[0]].is_marked
        if before if is_times else is_sure:
            return True
    return False


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
