"""Which numbers are names, signs, or the helpers themselves, and count no work?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.work_sentences.numbers import Number
from services.work_sentences.phrases import Phrases
from services.work_sentences.units import Units

# Typed without marks, these forms of address are everyday words as well: "chi" is also "chỉ", "co" is "có".
_ALSO_SMALL_WORDS: Final = frozenset({"chi", "co", "o", "em", "e", "a", "c", "anh"})
_COUNTED: Final = frozenset({"nguoi", "ng", "cu", "ho", "nha", "ngai"})
_HELPED: Final = frozenset({"bac", "ba", "ong", "chi", "co", "anh", "chu", "di"})
_ALONG: Final = frozenset({"voi", "vs", "cung", "theo", "phu"})
_FOR: Final = frozenset("giup gium dum ho cho chi bay day dan nhac khuyen ky".split())
_FOR_THEM: Final = frozenset({"giup", "gium", "dum", "ho", "cho"})
_OF_HER: Final = frozenset({"voi", "va", "con", "chau", "chong", "cua"})
_HOURS: Final = frozenset({"h", "g", "p", "x"})
_NUMBERED: Final = frozenset({"sdt", "cccd", "cmnd"})
_PLACES: Final = frozenset({"thon", "ap", "xom", "to", "khu", "khom", "buon", "ban", "lang", "doi", "cum"})
_OLD: Final = frozenset({"gia", "cu", "lao"})
_SCHOOLS: Final = frozenset({"truong", "sinh", "hs"})
_NEAR: Final = 3
_CHILDREN: Final = frozenset({"trai", "gai", "dau", "re"})
_LAST_BORN: Final = 10
_SIGN: Final = 2
_MOST_DIGITS: Final = 3


class NumberNames(Units):
    """The numbers of a sentence that count nothing."""

    def is_name(self, one: Number) -> bool:
        """Tell whether a number is a name: "tổ 3", "mức 2", "dì Bảy", "bà Nguyễn Thị Tám"."""
        word, at = self.words[one.start], one.start - 1
        if self._is_age(one) or self._is_before_letter(one) or self._is_of_a_telephone(one):
            return True
        if self._is_one_by_one(one) or self._is_numbered_place(one, at) or self._is_she(one):
            return True
        if one.start == 0 or word.gap.strip() or at in self.in_works or at in self.known:
            return False
        if at and self.words[at - 1].text.isdecimal() and not self.words[at].gap.strip():
            return False
        if not one.is_in_words:
            return self._is_in_family(one, at) or self._is_stuck(one) or self._is_numbered(one, at)
        return word.is_capital or self._is_after_form(one, at)

    def _is_age(self, one: Number) -> bool:
        """Tell whether it is an age: "cụ Tước 82t"."""
        after = self.words[one.end] if one.end < len(self.words) else None
        return after is not None and after.text == "t" and not after.gap.strip()

    def _is_of_a_telephone(self, one: Number) -> bool:
        """Tell whether it is a part of a number of something: "sđt đuôi 447", "cccd cuối 123"."""
        before = [word.text for word in self.words[max(0, one.start - _NEAR) : one.start]]
        is_counted = self.unit_after(one)[0] not in {"", "unknown"}
        is_end = before[-1:] == ["duoi"] and self.words[one.start - 1].is_marked
        return not is_counted and not one.is_in_words and (is_end or not _NUMBERED.isdisjoint(before))

    def _is_she(self, one: Number) -> bool:
        """Tell whether "ba" is she who was named: "Ba Sau ..., tui man dum ba cai tai khoan an sinh"."""
        at = one.start + (self.words[one.start].text == "bay")  # "bay ba tich hop the" is bày
        is_ba = 0 < at < min(len(self.words), one.start + 2) and self.words[at].text == "ba"
        if not is_ba or any(word.has_tone for word in self.words):
            return False
        before = self.words[at - 1].text
        is_helped = at > one.start or before in _FOR or before in _OF_HER
        known = [place for place in range(at - 1) if self.words[place].text == "ba"]
        return is_helped and any(
            self.words[place + 1].text in {"noi", "ngoai"}
            or (self.words[place + 1].is_capital and not self.words[place + 1].gap.strip())
            for place in known
        )

    def _is_one_by_one(self, one: Number) -> bool:
        """Tell whether it only says that none was left out: "nhắc từng nhà một"."""
        if one.value != 1 or self.unit_after(one)[1]:
            return False
        before = self.words[max(0, one.start - _NEAR) : one.start + 1]
        return "tung" in [word.text for word in before[:-1]] and not any(
            word.gap.strip() for word in before[-2:]
        )

    def _is_numbered_place(self, one: Number, at: int) -> bool:
        """Tell whether it names the place of a meeting: "sáng họp ấp 2, chiều họp ấp 5"."""
        is_place = one.start > 0 and at in self.in_works and self.words[at].text in _PLACES
        is_free = is_place and not self.words[one.start].gap.strip() and not one.is_in_words
        return is_free and self.unit_after(one)[0] in {"", "unknown"}

    def _is_after_form(self, one: Number, at: int) -> bool:
        """Tell whether a form of address makes it a name: "dì bảy", but not "chi sau co"."""
        is_second = at > 0 and self.lexicon.born.at(self.words, at) is not None
        if is_second and self.lexicon.ranked.at(self.words, at - 1) and not self.words[at].gap.strip():
            return self.unit_after(one)[0] in {"", "unknown"}  # "chị út mười"
        if self.lexicon.forms.at(self.words, at) is None:
            return False
        if one.end - one.start > 1 and self.unit_after(one)[0]:
            return False
        may_be_verb = self.words[at].text in _ALSO_SMALL_WORDS and not self.words[at].is_marked
        if self.words[at].text == "co" and at and self.lexicon.serving.at(self.words, at - 1):
            return True  # "giup co ba ban banh tet"
        is_typed_well = any(word.has_tone for word in self.words)
        if is_typed_well and self.words[at].text == "anh":
            return True  # "anh bảy chủ vựa tôm"
        return not (may_be_verb and self.unit_after(one)[0])

    def _is_stuck(self, one: Number) -> bool:
        """Tell whether it is part of a sign: "hạng B2", "CT07"."""
        before = self.words[one.start - 1]
        is_sign = not self.words[one.start].gap and before.text.isalpha() and len(before.text) <= _SIGN
        if is_sign and len(before.text) == 1 and before.text != "x":
            return True
        return is_sign and not any(phrases.at(self.words, one.start - 1) for phrases in self._small())

    def _is_before_letter(self, one: Number) -> bool:
        """Tell whether a letter that is no unit sticks to it: "lớp 11B", "tổ 4C"."""
        if one.start > 1 and not (self.words[one.start].gap or self.words[one.start - 1].gap):
            before = self.words[one.start - 1].text
            is_digit = self.words[one.start - 2].text.isdecimal()
            return is_digit and len(before) == 1 and before.isalpha() and before not in _HOURS
        after = self.words[one.end] if one.end < len(self.words) else None
        is_letter = after is not None and not after.gap and len(after.text) == 1 and after.text.isalpha()
        is_border = one.end + 1 >= len(self.words) or bool(self.words[one.end + 1].gap)
        is_border = is_border or self.words[one.end + 1].text.isdecimal()  # "lớp 11A2"
        return is_letter and is_border and self.unit_after(one)[0] == "unknown"

    def _small(self) -> tuple[Phrases[Any], ...]:
        return (*self.lexicon.small, self.lexicon.done, self.lexicon.total, self.lexicon.each)

    def _is_in_family(self, one: Number, at: int) -> bool:
        """Tell whether it is a name such as "dì 5": a form of address for one, and nothing counted."""
        is_form = self.lexicon.ranked.at(self.words, at) is not None and (one.value or 99) <= _LAST_BORN
        is_form = is_form and (at > 0 or self.words[0].is_marked)  # "Chi 5 thang xe om" is chỉ
        unit = self.unit_after(one)[1]
        return is_form and (not unit or self.words[unit[0]].text in {"hang", "ban"})

    def _is_numbered(self, one: Number, at: int) -> bool:
        """Tell whether something bears the number: "tổ 3", "buổi 3", but not "cấp 2 chữ ký số"."""
        before_work = any(work.at == one.end for work in self.works)
        if self.lexicon.before_a_name.ends_at(self.words, at):
            is_school = at > 0 and self.words[at - 1].text in _SCHOOLS  # "trường cấp 3"
            return is_school or not (before_work and self.words[at].text == "cap")
        counts_nothing = self.unit_after(one)[0] in {"", "unknown"} and not before_work
        return counts_nothing and self.lexicon.before_an_ordinal.at(self.words, at) is not None

    def is_of_the_team(self, one: Number) -> bool:
        """Tell whether it counts those who helped: "hai chị em tôi", "tổ có 5 người", "với 2 đứa"."""
        unit = self.unit_after(one)[1]
        end = one.end + len(unit)
        after = end < len(self.words) and end not in self.known and self.lexicon.selves.at(self.words, end)
        before = [word.text for word in self.words[max(0, one.start - 2) : one.start]]
        is_ours = bool(unit and after) and not self.words[end].gap.strip() and not self._is_came(end)
        is_ours = is_ours and not self._is_subject(unit, end) and not self._is_child(end)
        if unit and not is_ours and self._came_along(end):
            return True
        is_with = before[-1:] in (["voi"], ["vs"], ["cung"]) and one.start > 1
        is_and = before[-1:] == ["va"] and one.start > 1 and not self.words[one.start].gap.strip()
        with_me = (is_with or is_and) and self.lexicon.selves.at(self.words, one.start - 2)
        if with_me or (is_with and one.value is None):
            return True
        if before in (["suc", "cua"], ["giup", "cua"], ["nho", "co"]) and one.value is None:
            return True
        return is_ours or before[-1:] == ["to"] or before in (["to", "co"], ["to", "gom"])

    def _came_along(self, at: int) -> bool:
        """Tell whether they went with the writer: "Hai đứa đoàn viên đi với tui", "3 bạn theo em"."""
        for place in range(at, min(len(self.words) - 1, at + _NEAR + 1)):
            if self.words[place].gap.strip():
                return False
            if self.words[place].text in _ALONG and self.lexicon.selves.at(self.words, place + 1):
                return place > at
        return False

    def _is_child(self, at: int) -> bool:
        """Tell whether "con" says whose they are: "hai đứa nhỏ con chị Sen", "2 anh con trai"."""
        is_child = self.words[at].text in {"con", "chau"} and at + 1 < len(self.words)
        if not is_child:
            return False
        is_whose = self.lexicon.one_person.at(self.words, at + 1) is not None
        return is_whose or self.words[at + 1].text in _CHILDREN

    def _is_subject(self, unit: Sequence[int], at: int) -> bool:
        """Tell whether the writer begins to tell who was helped: "năm người tôi làm VNeID"."""
        is_one_word = len(unit) == 1 or self.words[unit[-1]].text in _OLD  # "3 ong gia tui lam gium"
        said = self.words[unit[0]].text if is_one_word else ""
        rest = self.words[at + 1 : at + _SIGN + 2]
        end = at + 1
        while end < len(self.words) and not self.words[end].gap.strip():
            end += 1
        if end > at + 2 and self.words[end - 1].text in _FOR_THEM:
            return True  # "co 5 anh em tui cai vneid cho"
        return (said in _COUNTED and bool(rest)) or (said in _HELPED and self.lexicon.counting.has(rest))

    def _is_came(self, at: int) -> bool:
        """Tell whether "toi" is tới, and not the writer: "5 nguoi toi lam vneid"."""
        is_bare = self.words[at].text == "toi" and not self.words[at].is_marked and at + 1 < len(self.words)
        if self.words[at - 1].text == "em":
            return False  # "hai chi em toi"
        return is_bare and (
            self.lexicon.not_a_name.at(self.words, at + 1) is not None
            or self.lexicon.attending.at(self.words, at + 1) is not None
        )

    def is_long(self, one: Number) -> bool:
        """Tell whether it is a number of something, or a year: "1414", "000000000000"."""
        return (
            one.end == one.start + 1
            and self.words[one.start].text.isdecimal()
            and len(self.words[one.start].text) > _MOST_DIGITS
        )
