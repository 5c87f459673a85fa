"""Whom does a small word point at: "qua nhà anh Tám cài VNeID giùm ảnh" is anh Tám?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.work_sentences.name_lists import NameLists
from services.work_sentences.persons import JOINTS, Person

_WITH: Final = frozenset({"voi", "vs", "cung", "nghe", "theo", "gioi"})
_ASKING: Final = frozenset({"nho", "keu", "goi", "muon", "xin", "moi", "can", "ru"})
_BORDERS: Final = ",;\n.:"


class Pointing(NameLists):
    """The words of a sentence that stand for somebody named before, at the places `pointed_at`."""

    pointed_at: set[int]

    def pointed(self, at: int) -> tuple[list[Person], int] | None:
        """Find who is meant by "ổng", "cô ấy", and who is joined to them: "cho bả với ông chồng"."""
        found = self.lexicon.he_or_she.at(self.words, at) if self._is_free(at) else None
        if found is None or at == 0:
            return None
        end = found[0][-1] + 1
        meant = self._named_before(at)
        if meant is None:
            return None
        self.pointed_at.update(range(meant.at, meant.end))
        if end < len(self.words) and self.words[end].text in JOINTS and self.form(end + 1):
            more, last = self.names(end + 1)
            return [replace(meant, at=at, end=end), *more], last
        return [replace(meant, at=at, end=end)], end

    def _named_before(self, at: int) -> Person | None:
        """Find the one person named before who may be meant; of several nobody knows."""
        persons: list[Person] = []
        place = 0
        while place < at:
            one = self.person(place) if self.has_name(place) else None
            if one and one.name and one.end <= at and not self._is_companion(place):
                persons += [] if one.is_again(persons) else [one]
                place = one.end
            else:
                place += 1
        said = self.words[at].text
        alike = [one for one in persons if one.form.split()[:1] == [said]]
        found = alike or persons
        return found[0] if len(found) == 1 and found[0].number == 1 else None

    def _is_companion(self, at: int) -> bool:
        return at > 0 and self.words[at - 1].text in _WITH

    def is_only_asker(self, end: int, at: int) -> bool:
        """Tell whether one only asked for another: "mợ Chín kêu em qua làm giùm cho cậu Chín"."""
        between = self.words[end:at]
        is_border = any(sign in word.gap for word in self.words[end : at + 1] for sign in _BORDERS)
        if len(between) < 2 or is_border:
            return False
        return between[-1].text == "cho" and not _ASKING.isdisjoint(word.text for word in between)
