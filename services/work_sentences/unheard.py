"""Which numbers of a report were taken for none, or for something else, though they may have counted?"""

from __future__ import annotations

from typing import Final

from services.work_sentences import numbers, times
from services.work_sentences.bystanders import Bystanders
from services.work_sentences.items import Count, Pair

_DONE: Final = frozenset({"duoc", "dc", "xong"})
_MOST_SESSIONS: Final = 5


class Unheard(Bystanders):
    """The numbers of a report, held against what was taken for a number."""

    def is_unheard(self) -> bool:
        """Tell whether a number may have been missed."""
        counted = {count.at for count in self.sentence.counts}
        left = [at for at, word in enumerate(self.words) if word.text.isdecimal() and at not in counted]
        if any(self._may_count(at) for at in left if at not in self.sentence.known):
            return True
        if any(self._is_done(count) or self._is_nha(count) for count in self.sentence.counts):
            return True
        return any(self._is_crowd(one) for one in self.pairs)

    def _may_count(self, at: int) -> bool:
        """Tell whether what was taken for a name, a month or the team may count: "xong ca 5", "co 2 vi su"."""
        before = self.words[at - 1] if at else None
        if before is None or self.words[at].gap.strip():
            return False
        number = numbers.exact(self.words, at)
        unit = self.lexicon.units.at(self.words, number.end) if number and number.end < len(self.words) else None
        is_persons = unit is not None and unit[1][0] == "persons"
        is_all = before.text == "ca" and (unit is None or unit[1][0] in {"persons", "never"})
        is_there = before.text == "co" and not before.is_marked and is_persons
        is_evening = before.text in times.PARTS and is_persons
        return is_all or is_there or is_evening

    def _is_done(self, count: Count) -> bool:
        """Tell whether a number that was left out is said to be done: "tiem dong cua nen di dc 7 nha"."""
        is_left = count not in self.report.affirmed and not (count.is_negated or count.is_detail)
        return bool(count.value) and is_left and count.at > 0 and self.words[count.at - 1].text in _DONE

    def _is_nha(self, count: Count) -> bool:
        """Tell whether "nha" may be houses or nhé, where it ends something: "2 VNeID, 1 DVC, 3 nha"."""
        at = count.at + 1
        is_last = at + 1 >= len(self.words) or bool(self.words[min(at + 1, len(self.words) - 1)].gap.strip())
        is_nha = at < len(self.words) and self.words[at].text == "nha" and not self.words[at].is_marked
        return is_nha and is_last and count.at not in self.used and bool(count.value)

    def _is_crowd(self, one: Pair) -> bool:
        """Tell whether so many meetings are rather those who came: "họp thôn 40"."""
        is_session = self.lexicon.unit_of.get(one.kind or "") == "sessions"
        return is_session and one.value > _MOST_SESSIONS and one.count is not None and not one.count.of
