"""Which numbers of a sentence count work, and what do they count?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.work_sentences.items import Count, Of, Work
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.numbers import Number
from services.work_sentences.phrases import Phrases
from services.work_sentences.words import Word

# Typed without marks, these forms of address are everyday words as well: "chi" is also "chỉ", "co" is "có".
_ALSO_SMALL_WORDS: Final = frozenset({"chi", "co", "o", "em", "e", "a", "c", "anh"})
_SHE: Final = frozenset({"cu", "bac", "co", "chu", "di", "nam", "nu", "gia"})
_LAST_WORDS: Final = 2
_NEAR: Final = 3
_MANY_OF: Final = 3  # of three words one has marks where a sentence is typed with marks
_MOST_DIGITS: Final = 3
_LAST_BORN: Final = 10
_SIGN: Final = 2
# "nghỉ một bữa", "sn 1951"
_NO_COUNT_AFTER: Final = frozenset({"nghi", "sn"})


class Counting:
    """The numbers of a sentence that count something."""

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
        self.of_these = [places[0] for places, _ in lexicon.of_these.find(words)]
        self.is_typed_well = sum(word.has_tone for word in words) * _MANY_OF >= len(words)
        self.is_shouted = not any(word.text.isalpha() and not word.is_capital for word in words)

    def counts(self, found: Sequence[Number]) -> list[Count]:
        """Tell what each number counts, leaving out names, ages, money and the team itself."""
        counts = [count for one in found if (count := self._count(one))]
        others = [count for count in counts if self._before(count.at) != "cua"]
        return others or counts  # "con dâu của hai bác" counts nobody

    def _is_long(self, one: Number) -> bool:
        """Tell whether it is a number of something, or a year: "1414", "000000000000"."""
        return (
            one.end == one.start + 1
            and self.words[one.start].text.isdecimal()
            and len(self.words[one.start].text) > _MOST_DIGITS
        )

    def _before(self, at: int) -> str:
        return self.words[at - 1].text if at else ""

    def _count(self, one: Number) -> Count | None:
        if self.in_works.intersection(range(one.start, one.end)) or self._is_name(one):
            return None
        of, unit = self._unit_after(one)
        before = self.words[one.start - 1].text if one.start else ""
        if before in _NO_COUNT_AFTER or (of in {"", "unknown"} and self._is_long(one)):
            return None
        if of == "never" or (one.is_bare and not self._is_sure(one, of)) or self._is_of_the_team(one):
            return None
        if one.is_in_words and of in {"", "strange", "unknown"} and not self._stands_free(one):
            return None
        end = one.end + len(unit)
        return Count(
            one.start,
            one.value,
            self._known_of(of),
            self._quoted(one, end),
            " ".join(self.words[at].text for at in unit),
            is_negated=one.value is not None and self._is_negated(end),
            is_detail=self._is_detail(one),
            is_attending=self._is_attending(one, end),
            is_again=self._is_again(one, end),
            is_total=self._is_total(one),
        )

    @staticmethod
    def _known_of(of: str) -> Of:
        return of  # type: ignore[return-value]

    def _is_name(self, one: Number) -> bool:
        """Tell whether a number is a name: "tổ 3", "mức 2", "dì Bảy", "bà Nguyễn Thị Tám"."""
        word, at = self.words[one.start], one.start - 1
        if one.start == 0 or word.gap.strip() or at in self.in_works or at in self.known:
            return False
        if at and self.words[at - 1].text.isdecimal():
            return False
        if not one.is_in_words:
            if self._is_in_family(one, at) or self._is_stuck(one):
                return True
            if self.words[at].text == "cap" and any(work.at == one.end for work in self.works):
                return False  # "cấp 2 chữ ký số"
            return self._is_numbered(at) or (
                self.lexicon.before_an_ordinal.at(self.words, at) is not None
                and self._unit_after(one)[0] in {"", "unknown"}
                and not any(work.at == one.end for work in self.works)
            )
        if word.is_capital and not self.is_shouted:
            return True
        if self.lexicon.forms.at(self.words, at) is None:
            return False
        if one.end - one.start > 1 and self._unit_after(one)[0]:
            return False
        may_be_verb = self.words[at].text in _ALSO_SMALL_WORDS and not self.words[at].is_marked
        return not (may_be_verb and self._unit_after(one)[0])

    def _is_stuck(self, one: Number) -> bool:
        """Tell whether it is part of a sign: "hạng B2", "CT07"."""
        before = self.words[one.start - 1]
        is_sign = not self.words[one.start].gap and before.text.isalpha() and len(before.text) <= _SIGN
        if is_sign and len(before.text) == 1 and before.text != "x":
            return True
        return is_sign and not any(phrases.at(self.words, one.start - 1) for phrases in self._small())

    def _small(self) -> tuple[Phrases[Any], ...]:
        return (*self.lexicon.small, self.lexicon.done, self.lexicon.total, self.lexicon.each)

    def _is_in_family(self, one: Number, at: int) -> bool:
        """Tell whether it is a name such as "dì 5": a form of address for one, and nothing counted."""
        is_form = self.lexicon.ranked.at(self.words, at) is not None and (one.value or 99) <= _LAST_BORN
        unit = self._unit_after(one)[1]
        return is_form and (not unit or self.words[unit[0]].text in {"hang", "ban"})

    def _is_numbered(self, at: int) -> bool:
        return self.lexicon.before_a_name.at(self.words, at) is not None

    def _unit_after(self, one: Number) -> tuple[str, list[int]]:
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
        of = unit[1][0]
        if of == "strange" and self._is_own(unit[0], at):
            return "", []  # "3 thẻ bhyt" counts what it names
        return of, unit[0]

    def _is_own(self, places: Sequence[int], at: int) -> bool:
        said = " ".join(self.words[place].text for place in places)
        kinds = [work.name for work in self.works if work.at == at]
        return any(said in self.lexicon.own_units.get(kind, ()) for kind in kinds)

    def _is_known(self, at: int) -> bool:
        """Tell whether what follows a number is not what it counts: the kind itself, a day, a small word."""
        if at in self.known or any(work.at == at for work in self.works):
            return True
        return any(phrases.at(self.words, at) for phrases in self.lexicon.small)

    def _is_particle(self, one: Number) -> bool:
        """Tell whether "nha" ends the sentence like "nhé": "vneid 3 nha chi"; "cho 3 nha" is houses."""
        word = self.words[one.end]
        if one.end in self.in_works:
            return False
        end = one.end + 1
        while end < len(self.words) and not self.words[end].gap.strip():
            end += 1
        is_last = end - one.end <= _LAST_WORDS
        is_after_kind = any(work.at < one.start for work in self.works)
        for_whom = one.start > 0 and self.lexicon.serving.at(self.words, one.start - 1) is not None
        return word.text == "nha" and not word.is_marked and is_last and is_after_kind and not for_whom

    def _is_of_the_team(self, one: Number) -> bool:
        """Tell whether it counts those who helped: "hai chị em tôi", "tổ có 5 người", "với 2 đứa"."""
        unit = self._unit_after(one)[1]
        end = one.end + len(unit)
        after = end < len(self.words) and end not in self.known and self.lexicon.selves.at(self.words, end)
        before = [word.text for word in self.words[max(0, one.start - 2) : one.start]]
        is_ours = bool(unit and after) and not self.words[end].gap.strip() and not self._is_came(end)
        is_with = before[-1:] in (["voi"], ["vs"], ["cung"]) and one.start > 1
        if is_with and (one.value is None or self.lexicon.selves.at(self.words, one.start - 2)):
            return True
        if before in (["suc", "cua"], ["giup", "cua"], ["nho", "co"]) and one.value is None:
            return True
        return is_ours or before[-1:] == ["to"] or before in (["to", "co"], ["to", "gom"])

    def _is_came(self, at: int) -> bool:
        """Tell whether "toi" is tới, and not the writer: "5 nguoi toi lam vneid"."""
        is_bare = self.words[at].text == "toi" and not self.words[at].is_marked and at + 1 < len(self.words)
        if self.words[at - 1].text == "em":
            return False  # "hai chi em toi"
        return is_bare and (
            self.lexicon.not_a_name.at(self.words, at + 1) is not None
            or self.lexicon.attending.at(self.words, at + 1) is not None
        )

    def _is_sure(self, one: Number, of: str) -> bool:
        """Tell whether a word without marks is a number here: "nam nguoi" is, "ba cu" may be one old lady."""
        if self.is_typed_well and self.words[one.start].text == "ba" and of not in {"", "unknown"}:
            return True
        if of == "" and self._is_total(one):
            return True
        if of in {"", "unknown"}:
            return any(work.at == one.end for work in self.works) and self.words[one.start].text == "chuc"
        is_for = one.start > 0 and self.lexicon.serving.at(self.words, one.start - 1) is not None
        is_only_five = self.words[one.start].text != "ba" and is_for
        return is_only_five or self.words[one.end].text not in _SHE

    def _stands_free(self, one: Number) -> bool:
        """Tell whether a number in words without a unit is one: "vneid năm, bhyt ba"; "một mình" is not."""
        if one.value is None:
            return True
        at_end = one.end >= len(self.words) or bool(self.words[one.end].gap.strip())
        before_work = any(work.at == one.end for work in self.works)
        before_work = before_work and self.lexicon.not_a_name.at(self.words, one.end) is None
        return before_work or (at_end and one.start > 0) or self._is_for(one)

    def _is_for(self, one: Number) -> bool:
        """Tell whether it says for how many: "cho hai mế"."""
        before = [word.text for word in self.words[max(0, one.start - 1) : one.start]]
        return before == ["cho"] and self._unit_after(one)[0] == "unknown"

    def _is_detail(self, one: Number) -> bool:
        """Tell whether it only takes a total apart: "5 người, trong đó 2 người mức 2"."""
        if not any(at < one.start for at in self.of_these):
            return False
        before = {work.name for work in self.works if work.at < self.of_these[-1]}
        return all(work.name in before for work in self.works)

    def _is_attending(self, one: Number, end: int) -> bool:
        """Tell whether they only came and listened: "30 người dự", "có 25 chị tham gia"."""
        for at in range(end, min(len(self.words), end + _NEAR + 1)):
            if any(sign in self.words[at].gap for sign in ",;\n."):
                break
            if at not in self.in_works and self.lexicon.attending.at(self.words, at):
                return True
        for at in range(one.start - 1, max(-1, one.start - 1 - _NEAR), -1):
            if any(sign in self.words[at + 1].gap for sign in ",;\n."):
                return False
            if self.lexicon.attended_by.at(self.words, at):
                return True
        return False

    def _is_total(self, one: Number) -> bool:
        """Tell whether it sums up: "tổng cộng là 7"."""
        return any(
            (found := self.lexicon.total.at(self.words, at)) and found[0][-1] + 1 == one.start
            for at in range(max(0, one.start - _NEAR), one.start)
        )

    def _is_again(self, one: Number, end: int) -> bool:
        """Tell whether they were counted before: "cũng 8 người đó", "cả 5 người"."""
        after = self.words[end].text if end < len(self.words) and not self.words[end].gap.strip() else ""
        before = self.words[one.start - 1].text if one.start else ""
        return after in {"do", "no", "ay", "nay", "tren"} or before in {"ca", "cung"}

    def _quoted(self, one: Number, end: int) -> str:
        """Quote a number as it was meant, with its marks where the lexicon knows them: "mấy người"."""
        vague = self.lexicon.vague.at(self.words, one.start)
        unit = self.lexicon.units.at(self.words, one.end) if one.end < end else None
        if vague and vague[0][-1] + 1 == one.end:
            return f"{vague[1]} {unit[1][1]}" if unit else vague[1]
        return " ".join(word.as_typed for word in self.words[one.start : end])

    def _is_negated(self, end: int) -> bool:
        """Tell whether it is said of these that it was not done."""
        clause = end
        while clause < len(self.words) and not any(sign in self.words[clause].gap for sign in ",;\n."):
            clause += 1
        if self.lexicon.not_counted.has(self.words[end:clause]):
            return True
        for at in range(end, min(len(self.words), end + 5)):
            word = self.words[at]
            if any(sign in word.gap for sign in ",;\n.") or (word.text.isdecimal() and at > end):
                return False
            if at in self.in_works:
                continue
            if self.lexicon.negations.at(self.words, at) and not self.lexicon.not_but.at(self.words, at):
                is_last = at == len(self.words) - 1
                before_comma = not is_last and bool(self.words[at + 1].gap.strip(" "))
                return not (is_last and word.text in {"k", "ko"}) and not (before_comma and word.text == "k")
        return False
