"""Which numbers of a report were taken for none, or for something else, though they may have counted?"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from services.work_sentences import numbers, times
from services.work_sentences.bystanders import Bystanders
from services.work_sentences.clauses import EACH
from services.work_sentences.items import Count, Pair

_DONE: Final = frozenset({"duoc", "dc", "xong"})
_DENIALS: Final = frozenset({"chua", "khong", "ko", "k", "hong", "chang", "cha", "con"})
_SMALL: Final = frozenset({"hai", "ba", "bon"})
_TALKED_TO: Final = frozenset({"bot", "em", "chi", "anh", "a", "e", "bac"})
_MOST_SESSIONS: Final = 5


class Unheard(Bystanders):
    """The numbers of a report, held against what was taken for a number."""

    def is_unheard(self) -> bool:
        """Tell whether a number may have been missed."""
        counted = {count.at for count in self.sentence.counts}
        left = [at for at in range(1, len(self.words)) if at not in counted | self.sentence.known]
        if any(self._may_count(at) for at in left if self.words[at].text.isdecimal()):
            return True
        if any(self._is_all(at) for at in left):
            return True
        if self._are_many() or any(
            self._is_done(count) or self._is_nha(count) for count in self.sentence.counts
        ):
            return True
        return any(self._is_crowd(one) for one in self.pairs)

    def _may_count(self, at: int) -> bool:
        """Tell whether what was taken for a name or the team may count: "co 2 vi su", "sang 16 chi em to"."""
        before = self.words[at - 1]
        if self.words[at].gap.strip():
            return False
        number = numbers.exact(self.words, at)
        unit = (
            self.lexicon.units.at(self.words, number.end) if number and number.end < len(self.words) else None
        )
        is_persons = unit is not None and unit[1][0] == "persons"
        is_there = before.text == "co" and not before.is_marked and is_persons
        is_evening = before.text in times.PARTS and is_persons
        return is_there or is_evening or self._is_of_kind(at)

    def _is_of_kind(self, at: int) -> bool:
        """Tell whether it may count a kind that has no other number beside it: "xóm trên 5 vneid, ..."."""
        start, end = self.sentence.around(at)
        counted = {one.kind for one in self.pairs if self.lexicon.unit_of.get(one.kind or "") != "sessions"}
        is_before = any(work.at == at + 1 < end and work.name in counted for work in self.report.works)
        is_apart = bool(self.words[at].gap)  # "lớp 12A2"
        return is_before and is_apart and not any(start <= place < end for place in self.used)

    def _are_many(self) -> bool:
        """Tell whether something is said of each of several, and only one was read: "ba nao cung ham"."""
        is_each = any(two.text == "cung" and one.text in EACH for one, two in pairwise(self.words))
        is_session = any(self.lexicon.unit_of.get(one.kind or "") == "sessions" for one in self.pairs)
        return is_each and not is_session and max((one.value for one in self.pairs), default=0) == 1

    def _is_all(self, at: int) -> bool:
        """Tell whether all are said to be so many, and none so many were read: "xong ca 5", "cho ca ba"."""
        number = numbers.exact(self.words, at)
        if (
            number is None
            or not number.value
            or self.words[at - 1].text != "ca"
            or self.words[at].gap.strip()
        ):
            return False
        is_end = number.end >= len(self.words) or bool(self.words[number.end].gap.strip())
        is_sure = not number.is_in_words or (is_end and self.words[at].text in _SMALL)
        known = {*(one.value for one in self.pairs), len({one.kind for one in self.pairs}), len(self.pairs)}
        return is_sure and number.value not in known

    def _is_done(self, count: Count) -> bool:
        """Tell whether a number that was left out is said to be done: "tiem dong cua nen di dc 7 nha"."""
        after = self.words[count.at + 1 + len(count.unit.split()) :][:1]
        is_pause = bool(after) and after[0].text == "a" and bool(after[0].gap.strip())
        if is_pause or self.lexicon.slip.has(self.words):
            return False  # "3 người, à 4 người", "à nhầm, 4 người"
        start = self.sentence.around(count.at)[0]
        is_denied = any(word.text in _DENIALS for word in self.words[start : count.at])
        is_left = count not in self.report.affirmed and not (is_denied or count.is_detail)
        return bool(count.value) and is_left and count.at > 0 and self.words[count.at - 1].text in _DONE

    def _is_nha(self, count: Count) -> bool:
        """Tell whether "nha" may be houses or nhé, where it ends something: "2 VNeID, 1 DVC, 3 nha"."""
        at = count.at + 1
        is_last = at + 1 >= len(self.words) or bool(self.words[min(at + 1, len(self.words) - 1)].gap.strip())
        is_nha = at < len(self.words) and self.words[at].text == "nha" and not self.words[at].is_marked
        if is_nha and not is_last and self.words[at + 1].text in _TALKED_TO:
            return any(one.kind == "home_visit" and one.is_timed for one in self.pairs)  # "chieu 3 nha bot"
        return is_nha and is_last and count.at not in self.used and bool(count.value)

    def _is_crowd(self, one: Pair) -> bool:
        """Tell whether so many meetings are rather those who came: "họp thôn 40"."""
        is_session = self.lexicon.unit_of.get(one.kind or "") == "sessions"
        return is_session and one.value > _MOST_SESSIONS and one.count is not None and not one.count.of
