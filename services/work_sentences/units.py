"""What does a number count, as the words after it say?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.work_sentences.items import Of, Work
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.numbers import Number
from services.work_sentences.words import Word

_LAST_WORDS: Final = 2
# Also "to know", "to have": "2 chị ca sáng" are two.
_VERBS: Final = frozenset({"ca"})


class Units:
    """The words after the numbers of a sentence."""

    def __init__(
        self,
        words: Sequence[Word],
        lexicon: Lexicon,
        works: Sequence[Work],
        known: set[int],
        in_works: set[int],
    ) -> None:
        self.words, self.lexicon, self.works = words, lexicon, works
        self.known, self.in_works = known, in_works

    def unit_after(self, one: Number) -> tuple[Of, list[int]]:
        """Tell what is counted, and the places of the words that say so."""
        at = one.end
        if at >= len(self.words) or self.words[at].gap.strip(" )"):
            return "", []
        unit = self.lexicon.units.at(self.words, at)
        begins = {work.at for work in self.works if work.at != at}
        if unit and not self.known.union(begins).isdisjoint(unit[0]):
            unit = self.lexicon.units.at(self.words[: at + 1], at)  # "1 buổi tối qua" is a session
        if unit is None:
            return ("" if self._is_known(at) else "unknown"), []
        if self._is_particle(one):
            return "", []
        of: Of = "persons" if self._is_pupil(unit[0]) else unit[1][0]
        if of == "persons":
            return of, self._with_trade(unit[0])
        if of == "strange" and self._is_own(unit[0], at):
            return "", []  # "3 thẻ bhyt" counts what it names
        return of, unit[0]

    def _is_pupil(self, form: Sequence[int]) -> bool:
        """Tell whether "hs" is somebody at school, as what follows is of persons: "4 hs làm thẻ BHYT"."""
        if len(form) > 1 or self.words[form[0]].text != "hs":
            return False
        end = form[0] + 1
        while end < len(self.words) and not self.words[end].gap.strip():
            end += 1
        here = [work.name for work in self.works if form[0] < work.at < end]
        return bool(here) and self.lexicon.unit_of.get(here[0]) == "persons"

    def _with_trade(self, form: list[int]) -> list[int]:
        """Add what somebody is to a form of address: "chị kế toán", "bác thợ hồ"."""
        at = form[-1] + 1
        if at >= len(self.words) or self.words[at].gap.strip() or at in self.known | self.in_works:
            return form
        known = (self.lexicon.forms, self.lexicon.selves, self.lexicon.not_a_name)
        unit = self.lexicon.units.at(self.words, at)
        is_form = self.lexicon.forms.at(self.words, form[0]) is not None
        is_trade = unit is not None and unit[1][0] == "persons" and self.words[at].typed not in _VERBS
        is_trade = is_form and is_trade and not any(one.at(self.words, at) for one in known)
        return [*form, *unit[0]] if unit and is_trade and self.known.isdisjoint(unit[0]) else form

    def _is_own(self, places: Sequence[int], at: int) -> bool:
        said = " ".join(self.words[place].text for place in places)
        kinds = [work.name for work in self.works if work.at == at]
        return any(said in self.lexicon.own_units.get(kind, ()) for kind in kinds)

    def _is_known(self, at: int) -> bool:
        """Tell whether what follows a number is not what it counts: the kind itself, a day, a small word."""
        if at in self.known or any(work.at == at for work in self.works):
            return True
        return any(phrases.at(self.words, at) for phrases in self.lexicon.small)

    def _is_item(self, one: Number) -> bool:
        """Tell whether it goes on with a list of numbers and what they count: "2 VNeID, 1 DVC, 3 nha"."""
        before = [work.at for work in self.works if work.at < one.start]
        is_counted = bool(before) and before[-1] > 0 and self.words[before[-1] - 1].text.isdecimal()
        return is_counted and "," in self.words[one.start].gap

    def _is_particle(self, one: Number) -> bool:
        """Tell whether "nha" ends the sentence like "nhé": "vneid 3 nha chi"; "cho 3 nha" is houses."""
        word = self.words[one.end]
        if one.end in self.in_works or self._is_item(one):
            return False
        end = one.end + 1
        while end < len(self.words) and not self.words[end].gap.strip():
            end += 1
        is_last = end - one.end <= _LAST_WORDS
        is_after_kind = any(work.at < one.start for work in self.works)
        for_whom = one.start > 0 and self.lexicon.serving.at(self.words, one.start - 1) is not None
        return word.text == "nha" and not word.is_marked and is_last and is_after_kind and not for_whom
