"""Where does the name of one person stand: a form of address, and who it is?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word, ordered

_NAME_LENGTH: Final = 4
_MANY_OF: Final = 3
_LAST_BORN: Final = 10
_OF_WHOM: Final = frozenset({"con", "chau", "vo", "chong", "me", "ma", "em"})
_WHOSE: Final = _OF_WHOM | {"nha"}
JOINTS: Final = frozenset({"va", "voi", "vs", "cung", "lan", "ca"})
_WHOSE_MOTHER: Final = frozenset({"han", "no", "tui", "toi", "em", "minh"})
# "ba ngoai" is bà; "ba cu", "ba me" may be three.
_OF_HERS: Final = frozenset({"noi", "ngoai", "chong", "vo"})
# What one does for a living.
_TRADES: Final = frozenset("ban sua tho giu chay buon dan may nau nuoi trong cat hot ve".split())
# Forms of address that are no other word without marks.
_PLAIN: Final = frozenset({"bac", "ong", "anh", "chu", "thim"})
_ALWAYS_MARKED: Final = frozenset({"chi", "co", "chu", "di", "cu", "me", "mo", "bac", "ong"})
# What follows mở and no mợ.
_OPENED: Final = frozenset("cho duoc dc tai tk gian vi them luon lop giup gium dum ho xong ngan shop".split())
_BEFORE_AGES: Final = frozenset(
    "moi da duoc dc co cung ngoai gan hon nay tren khoang chung tam toi tuoi".split()
)
_TRADE_LENGTH: Final = 4
_TOO: Final = ordered("cũng")


def is_joint(word: Word) -> bool:
    """Tell whether a word joins names: "cùng" does, "ông Hòa cũng gia hạn" does not."""
    return word.text in JOINTS and word.typed != _TOO


@dataclass(frozen=True, slots=True)
class Person:
    """One person, or a couple, from `at` to before `end`; no name where a form of address stands alone."""

    at: int
    end: int
    form: str
    name: str
    number: int = 1

    def is_again(self, others: Sequence[Person]) -> bool:
        """Tell whether it is one of those who were named: "bà" after "bà Sáu"."""
        if not self.form:
            return any(self.name == one.name for one in others)
        return any(
            not {self.form.split()[0], self.form.split()[-1]}.isdisjoint(one.form.split())
            and (not self.name or self._is_called_like(one))
            for one in others
        )

    def _is_called_like(self, other: Person) -> bool:
        """Tell whether a name is the other or a part of it: "bà Bảy" after "bà Bảy Đực"."""
        short, long = sorted((self.name.split(), other.name.split()), key=len)
        return bool(short) and short in (long[: len(short)], long[-len(short) :])


class Persons:
    """The names of persons in a sentence."""

    def __init__(self, words: Sequence[Word], lexicon: Lexicon, taken: set[int]) -> None:
        self.words, self.lexicon, self.taken = words, lexicon, taken
        self.is_typed_well = sum(word.has_tone for word in words) * _MANY_OF >= len(words)

    def person(self, at: int) -> Person | None:
        """Read one person's name: a form of address, and who it is."""
        form = self.form(at)
        end = self._end(at)
        if form is None or end is None:
            return None
        number = 2 if self.lexicon.couples.at(self.words, at) or self._is_couple(at) else 1
        return Person(at, end, self._said(at, form), self._said(form, end), number)

    def bare(self, at: int) -> Person | None:
        """Read a name without any form of address, as lists have them: "Nguyễn Văn Tám"."""
        if not self._is_free(at) or not self.words[at].is_capital or self._is_verb(at):
            return None
        end = at + self._name_length(at)
        return Person(at, end, "", self._said(at, end))

    def form(self, at: int) -> int | None:
        """Find the end of a form of address for one person."""
        if not self._is_free(at):
            return None
        couple = self.lexicon.couples.at(self.words, at)
        if couple and not self._may_be_three(couple[0]):
            return couple[0][-1] + 1
        if self._is_small(at):
            return None
        if self._is_called(at) or self._is_couple(at):
            return at + 1 + self._is_couple(at)
        many = self.lexicon.many.at(self.words, at)
        form = self.lexicon.one_person.at(self.words, at)
        is_many = many is not None and not self.words[many[0][-1]].is_capital
        if form is None or (is_many and many and len(many[0]) >= len(form[0])):
            return None
        return form[0][-1] + 1

    def _may_be_three(self, couple: Sequence[int]) -> bool:
        """Tell whether "ba me" are three mothers, and no parents: "nha ba me neo don"; "giup ba me em"."""
        here = [self.words[at] for at in couple]
        is_open = here[0].text == "ba" and len(here) == 2 and not any(word.is_marked for word in here)
        end = couple[-1] + 1
        if self.is_typed_well or not is_open or end >= len(self.words) or self.words[end].gap.strip():
            return False
        return not (end in self.taken or self._is_verb(end) or self.lexicon.selves.at(self.words, end))

    def _is_small(self, at: int) -> bool:
        """Tell whether a word without marks is no form of address: "ba" is three, "ma" mà, "vo" vô, "o" ở."""
        word = self.words[at]
        if word.is_marked:
            return False
        if self.is_typed_well and word.text in _ALWAYS_MARKED:
            return True  # "hỗ trợ chi phí"
        if word.text in {"ba", "ma"}:
            return self.is_typed_well if word.text == "ba" else self._is_but(at)
        if word.text == "nho" or (word.text == "mo" and self._is_opened(at)):
            return True  # "co Tam ban ca nho tui mo vi"
        if word.text == "gia":
            return at + 1 < len(self.words) and self.words[at + 1].text == "dinh"
        return (word.text == "vo" and self._is_into(at)) or (word.text == "o" and self._is_in(at))

    def _is_opened(self, at: int) -> bool:
        """Tell whether "mo" is mở, and nobody's mợ: "roi mo cho 4 dua nua"."""
        return at + 1 < len(self.words) and self.words[at + 1].text in _OPENED

    def _is_but(self, at: int) -> bool:
        """Tell whether "ma" is mà, as in "..., ma em day", and no mother, as in "giup ma va di tui"."""
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        is_name = following is not None and following.is_capital and not following.gap.strip()
        return not is_name and not self._is_served_with(at)

    def _is_into(self, at: int) -> bool:
        """Tell whether "vo" is vô: "em them vo gium", not "giup vo anh Tam", "anh Tam voi vo"."""
        before = self.words[at - 1] if at and not self.words[at].gap.strip() else None
        is_served = before is not None and self.lexicon.serving.at(self.words, at - 1) is not None
        is_whose = at + 1 < len(self.words) and self.lexicon.one_person.at(self.words, at + 1) is not None
        return not (is_served or is_whose or (before is not None and before.text in JOINTS))

    def _is_in(self, at: int) -> bool:
        """Tell whether "o" is ở: "hom nay o cang co 5 anh em", not "giup o Thin", "cho o"."""
        if self.is_typed_well or at + 1 >= len(self.words):
            return False
        following = self.words[at + 1]
        is_name = following.is_capital or self.lexicon.born.at(self.words, at + 1) is not None
        is_served = at > 0 and self.lexicon.serving.at(self.words, at - 1) is not None
        is_joined = at > 0 and (self.words[at - 1].text in JOINTS or bool(self.words[at].gap.strip()))
        return not (is_name or is_served or is_joined or following.gap.strip())

    def _is_served_with(self, at: int) -> bool:
        """Tell whether "ma" is má as it is helped beside another: "giup ma va di tui"."""
        before = self.words[at - 1].text if at else ""
        if before in JOINTS and at + 1 < len(self.words) and self.words[at + 1].text in _WHOSE_MOTHER:
            return True  # "cho thang chau voi ma han"
        is_served = at > 0 and self.lexicon.serving.at(self.words, at - 1) is not None
        is_joined = at + 2 < len(self.words) and self.words[at + 1].text in JOINTS
        return is_served and is_joined and self.form(at + 2) is not None

    def _is_called(self, at: int) -> bool:
        """Tell whether a word is a form of address only as a name follows: "bộ Duyệt", "on Cu"."""
        is_form = self.lexicon.before_names.at(self.words, at) is not None and not self.words[at].is_capital
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        return is_form and following is not None and following.is_capital and not following.gap.strip()

    def _is_couple(self, at: int) -> bool:
        """Tell whether a couple is called by a name: "ông bà Năm", "dì dượng Sáu"."""
        couple = self.lexicon.couples_named.at(self.words, at)
        end = couple[0][-1] + 1 if couple else len(self.words)
        if end >= len(self.words) or any(word.is_capital for word in self.words[at + 1 : end]):
            return False
        return self.words[end].is_capital and not self.words[end].gap.strip() and self._is_free(end)

    def has_name(self, at: int) -> bool:
        """Tell whether it is a name after a comma: "bà Sáu", not "bà mừng lắm"."""
        end, after = self.form(at), self._end(at)
        if end is None or after is None:
            return False
        if end - at > 1 and self.lexicon.born.at(self.words, end - 1):
            return True  # "dì Út"
        if end >= len(self.words):
            return False
        if self.words[at].text in _OF_WHOM and self.form(end) is not None and not self.words[end].gap.strip():
            return self.has_name(end)  # "chồng chị Lụa"
        is_plain = not any(word.is_marked or word.is_capital for word in self.words[1:])
        if self.trade(end) is not None:
            return self._is_typed(at, end) or self.words[at].text in _PLAIN
        is_lower = not any(word.is_capital for word in self.words[1:])
        is_name = self.words[end].is_capital or self._is_born(at, end) or self._is_aged(end)
        return is_plain or is_name or (is_lower and self._stands_alone(end))

    def _stands_alone(self, at: int) -> bool:
        """Tell whether a word ends something: "chị hương, anh toàn" are names, "bà mừng lắm" is none."""
        known = (*self.lexicon.small, self.lexicon.places, self.lexicon.selves, self.lexicon.before_a_name)
        if not self._is_free(at) or self._is_verb(at) or any(one.at(self.words, at) for one in known):
            return False
        after = at + 1
        is_last = after >= len(self.words) or after in self.taken or bool(self.words[after].gap.strip())
        return is_last or self.words[after].text in JOINTS or self._is_verb(after)

    def _is_born(self, at: int, end: int) -> bool:
        """Tell whether a name is a number by the order of birth: "dì Bảy", "bà 7"."""
        word = self.words[end]
        if word.text.isdecimal():
            is_ranked = self.lexicon.ranked.at(self.words, at) is not None
            is_ranked = is_ranked and (at > 0 or self.words[0].is_marked)  # "Chi 5 thang xe om" is chỉ
            return is_ranked and 1 < int(word.text) <= _LAST_BORN and end not in self.taken
        return self.lexicon.born.at(self.words, end) is not None

    def is_kin(self, at: int) -> bool:
        """Tell whether a form of address alone is somebody of the family: "chỉ má xài momo"."""
        return self.lexicon.kin.at(self.words, at) is not None

    def _is_free(self, at: int) -> bool:
        return at < len(self.words) and at not in self.taken

    def _said(self, at: int, end: int) -> str:
        return " ".join(word.text for word in self.words[at:end])

    def _end(self, at: int) -> int | None:
        """Find the end of one person's name."""
        end = self.form(at)
        if end is None or self._is_me(at):
            return None
        if end >= len(self.words) or end in self.taken or self.words[end].gap.strip():
            return end if self._is_typed(at, end) else None
        if self._is_verb(end) and not self.words[end].is_capital:
            after = end + 1 + (end + 1 < len(self.words) and self.words[end + 1].text in {"cho", "ca"})
            is_joined = self.words[end].text in JOINTS and self.form(after) is not None
            is_known = end > at + 1 or is_joined or self.is_kin(at)
            return end if is_known and self._is_typed(at, end) else None
        if (trade := self.trade(end)) is not None:
            return trade
        is_trade = self.words[end].text == "ban" and end + 1 < len(self.words)  # "o bán bún"
        return end + 2 if is_trade else self._whole(end + self._name_length(end))

    def _is_typed(self, at: int, end: int) -> bool:
        """Tell whether it can be no other word: "bà", "ba ngoai", "giup me va chi Ba"; "ba" alone can."""
        if any(word.is_marked for word in self.words[at:end]):
            return True
        is_open = self.words[at].text == "ba" and self.words[end - 1].text not in _OF_HERS
        is_long = end > at + 1 and not is_open
        if end > at + 2 and at and self.words[at - 1].text in JOINTS:
            return True  # "ba noi voi ba hang xom"
        return self.is_kin(at) and (is_long or self._is_served_with(at))

    def trade(self, at: int) -> int | None:
        """Tell where a living that is told ends: "bà bán xôi, ông sửa xe, con nhỏ bán trà sữa"."""
        end = at + 1
        while end < len(self.words) and self._is_free(end) and not self.words[end].gap.strip():
            if is_joint(self.words[end]) or self._is_verb(end):
                break
            end += 1
        is_last = end >= len(self.words) or bool(self.words[end].gap.strip()) or is_joint(self.words[end])
        is_short = at + 1 < end <= at + _TRADE_LENGTH and is_last
        return end if self.words[at].text in _TRADES and is_short else None

    def _whole(self, end: int) -> int:
        """Go on to whose child or wife it is: "thằng Tèo con bà Bảy" is one person."""
        is_of = end < len(self.words) and self.words[end].text in _WHOSE and not self.words[end].gap.strip()
        is_of = is_of and not (self.words[end].text == "con" and self.words[end].is_marked)  # còn
        other = self.form(end + 1) if is_of else None
        is_named = other is not None and other < len(self.words) and self.words[other].is_capital
        return other + self._name_length(other) if other is not None and is_named else end

    def _is_called_after(self, at: int) -> bool:
        """Tell whether a form of address and a name begin here."""
        form = self.lexicon.one_person.at(self.words, at)
        end = form[0][-1] + 1 if form and not self.words[at].gap.strip() else len(self.words)
        return end < len(self.words) and self.words[end].is_capital and not self.words[end].gap.strip()

    def _is_me(self, at: int) -> bool:
        """Tell whether it may be the writer: "ghi cho bà", "giúp con"."""
        before = self.words[at - 1].text if at else ""
        if self.words[at].text in _OF_WHOM and at + 1 < len(self.words) and self._is_called_after(at + 1):
            return False  # "cho cháu bà Sáu"
        form = self.lexicon.one_person.at(self.words, at)
        is_form = self.lexicon.selves.at(self.words, at) is not None and (not form or len(form[0]) == 1)
        is_telling = before == "cho" and at > 1 and self.words[at - 2].text in {"ghi", "bao"}
        return is_telling or (is_form and not (at + 1 < len(self.words) and self.words[at + 1].is_capital))

    def _name_length(self, at: int) -> int:
        length = 1
        while (
            length < _NAME_LENGTH
            and at + length < len(self.words)
            and self.words[at + length].is_capital
            and not self.words[at + length].gap.strip()
            and at + length not in self.taken
        ):
            length += 1
        return length

    def _is_verb(self, at: int) -> bool:
        """Tell whether a word goes on with what was done, and names nobody."""
        return self.lexicon.not_a_name.at(self.words, at) is not None and not self._is_aged(at)

    def _is_aged(self, at: int) -> bool:
        """Tell whether an age follows a name: "cụ bảo 81 tuổi", but not "cụ đã 81 tuổi"."""
        after = [word.text for word in self.words[at + 1 : at + 3]]
        is_age = len(after) > 1 and after[0].isdecimal() and after[1] in {"tuoi", "t"}
        return is_age and at > 0 and self.words[at].text not in _BEFORE_AGES
