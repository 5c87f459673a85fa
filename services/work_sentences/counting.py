"""Which numbers of a sentence count work, and what do they count?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.work_sentences import numbers
from services.work_sentences.items import Count, Of, Work
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.number_names import NumberNames
from services.work_sentences.numbers import Number
from services.work_sentences.words import Word, split

_SHE: Final = frozenset({"cu", "ban", "bac", "co", "chu", "di", "nam", "nu", "gia"})
_TAUGHT: Final = frozenset({"ba", "ong", "anh", "chi", "em", "me", "mu", "ma", "o"})
_NEAR: Final = 3
_CLOSE: Final = 4
_FAR: Final = 5
_LEFT: Final = frozenset({"con", "rieng"})
_DOING: Final = frozenset({"cai", "lam", "nop", "mo", "khai", "lap", "ky", "dang", "kich"})
_UNDONE: Final = frozenset(word.typed for word in split("tồn đọng"))
# Numbers that are typed with marks where anything is.
_MARKED: Final = frozenset({"sau", "bay", "tam", "chin", "chuc", "tram", "bon"})
_MANY_OF: Final = 3  # of three words one has a tone where a sentence is typed with marks
# "1 bác kích hoạt vneid vì chưa có": what follows is why it was done.
_WHY: Final = frozenset({"vi", "boi"})
# "nghỉ một bữa", "sn 1951"
_NO_COUNT_AFTER: Final = frozenset({"nghi", "sn"})


class Counting(NumberNames):
    """The numbers of a sentence that count something."""

    def __init__(
        self,
        words: Sequence[Word],
        lexicon: Lexicon,
        works: Sequence[Work],
        known: set[int],
        in_works: set[int],
    ) -> None:
        super().__init__(words, lexicon, works, known, in_works)
        self.of_these = [places[0] for places, _ in lexicon.of_these.find(words)]
        self.denials = {places[0] for places in lexicon.denials(words)}
        self.is_typed_well = sum(word.has_tone for word in words) * _MANY_OF >= len(words)

    def counts(self, found: Sequence[Number]) -> list[Count]:
        """Tell what each number counts, leaving out names, ages, money and the team itself."""
        counts: list[Count] = []
        for one in found:
            last = counts[-1] if counts else None
            is_of_unit = last is not None and self._is_of_unit(one, last)
            count = None if is_of_unit else self._count(one)  # "6 ong ba nguoi Khmer"
            counts += [count] if count else []
        others = [count for count in counts if not self._is_whose(count.at)]
        return others or counts  # "con dâu của hai bác" counts nobody

    def _is_whose(self, at: int) -> bool:
        """Tell whether "của" stands before it; "gõ cửa 17 phòng trọ" counts."""
        return self._before(at) == "cua" and self.words[at - 1].as_typed.lower() in {"của", "cua"}

    def _is_of_unit(self, one: Number, last: Count) -> bool:
        """Tell whether "ba" is bà, as it is counted itself: "bon ba ban ca"; "hai ba nguoi" is a range."""
        if self.words[last.at].text == "bay":
            return False  # "bay ba o quet ma" is bày
        is_range = one.value == (last.value or 0) + 1
        start = last.at + 1 + is_range
        return start <= one.start < last.at + 1 + len(last.unit.split())

    def _before(self, at: int) -> str:
        return self.words[at - 1].text if at else ""

    def _count(self, one: Number) -> Count | None:
        of, unit = self.unit_after(one)
        if self._is_no_count(one, of):
            return None
        end = one.end + len(unit)
        return Count(
            one.start,
            one.value,
            of,
            self._quoted(one, end),
            " ".join(self.words[at].text for at in unit),
            is_negated=one.value is not None and self._is_negated(one.start, end),
            is_detail=self._is_detail(one) or self._is_some_of_those(end),
            is_attending=self._is_attending(one, end),
            is_again=self._is_again(one, end),
            is_total=self._is_total(one) or self._is_altogether(end),
            is_sum=self._is_sum(one),
        )

    def _is_no_count(self, one: Number, of: Of) -> bool:
        """Tell whether it is a name, an age, a year, or only sounds like a number."""
        if self._is_inside(one) or self.is_name(one) or of == "never":
            return True
        counts_nothing = of in {"", "unknown"}
        after = self.words[one.end].text if one.end < len(self.words) else ""
        if self._is_of_those(one, of) or (one.value is None and self._is_warned_of(one.start, of)):
            return True
        if self._is_luck(one, of) or self._is_more(one) or (after == "viec" and one.value is not None):
            return True  # "báo 3 việc"
        if (
            (of == "strange" and self._is_of_goods(one))
            or self._before(one.start) in _NO_COUNT_AFTER
            or (counts_nothing and self.is_long(one))
        ):
            return True
        if (one.is_bare and not self._is_sure(one, of)) or self.is_of_the_team(one):
            return True
        return one.is_in_words and (counts_nothing or of == "strange") and not self._stands_free(one)

    def _is_inside(self, one: Number) -> bool:
        """Tell whether it is a part of what names a kind; "gõ cửa 17 phòng trọ" counts."""
        is_inside = bool(self.in_works.intersection(range(one.start, one.end)))
        unit = self.lexicon.units.at(self.words, one.end) if is_inside and one.end < len(self.words) else None
        return is_inside and (one.is_in_words or unit is None or unit[1][0] != "households")

    def _is_warned_of(self, at: int, of: Of) -> bool:
        """Tell whether it is of what people are warned of: "dặn khoan quét mấy cái mã lạ"."""
        warned = [work.at for work in self.works if work.name == "scam_prevention" and work.at < at]
        return (
            bool(warned)
            and of in {"", "unknown", "strange"}
            and not any(sign in word.gap for word in self.words[max(warned) + 1 : at + 1] for sign in ",;\n.")
        )

    def _is_of_those(self, one: Number, of: Of) -> bool:
        """Tell whether it points back, or says how long: "trong 3 người đó", "trong 1 buổi"."""
        end = one.end + len(self.unit_after(one)[1])
        is_those = end < len(self.words) and self.words[end].text in {"do", "ay", "nay", "no", "tren"}
        return self._before(one.start) == "trong" and (is_those or of == "sessions")

    def _is_of_goods(self, one: Number) -> bool:
        """Tell whether goods are counted and nobody: "đăng 15 cái áo của 3 chị lên Facebook"."""
        at = one.end + len(self.unit_after(one)[1])
        return at < len(self.words) and self.lexicon.goods.at(self.words, at) is not None

    def _is_luck(self, one: Number, of: Of) -> bool:
        """Tell whether "may" is luck, "ba má" two, and no number: "may tui chạy qua kịp"."""
        word = self.words[one.start]
        is_plain = word.text == "may" and not word.is_marked and one.end == one.start + 1
        is_luck = is_plain and self.is_typed_well and of in {"", "unknown"}
        # "con bac Ky thi may cu" is máy.
        is_luck = is_luck or (is_plain and self._before(one.start) in {"thi", "vi"})
        is_she = word.text == "ba" and one.is_in_words and self._before(one.start).isdecimal()
        is_she = is_she and not word.gap.strip()  # "2 ba hang xom"
        return is_luck or is_she or (word.text == "ba" and self._is_somebody(one.start))

    def _is_more(self, one: Number) -> bool:
        """Tell whether "nữa" ends something, and is no half: "thêm 1 bác nữa"; its tone is like nửa's."""
        at_end = one.end >= len(self.words) or bool(self.words[one.end].gap.strip())
        is_no_half = at_end or self.unit_after(one)[0] in {"", "unknown"} or self._is_mine(one.end)
        return self.words[one.start].as_typed == "nữa" and one.end == one.start + 1 and is_no_half

    def _is_somebody(self, at: int) -> bool:
        """Tell whether "ba" is one's father, or bà before a name: "ba má", "giup ba Sau"."""
        is_named = at + 1 < len(self.words) and self.words[at + 1].is_capital
        is_named = is_named and not self.words[at + 1].gap.strip()  # "cho cả ba. Sẵn đó ..."
        is_she = is_named and not self.words[at].is_marked
        return is_she or self.lexicon.couples.at(self.words, at) is not None

    def _is_sure(self, one: Number, of: str) -> bool:
        """Tell whether a word without marks is a number here: "nam nguoi" is, "ba cu" may be one old lady."""
        if self.is_typed_well and self.words[one.start].text == "ba" and of not in {"", "unknown"}:
            return True
        if of == "" and (self._is_total(one) or self._is_all_of_them(one)):
            return True
        if self.is_typed_well and self.words[one.start].text in _MARKED:
            return False
        if of in {"", "unknown"}:
            return any(work.at == one.end for work in self.works) and self.words[one.start].text == "chuc"
        word, after = self.words[one.start].text, self.words[one.end].text
        is_for = one.start > 0 and self.lexicon.serving.at(self.words, one.start - 1) is not None
        # "em bay o Thu", "ra xa, bay ba tich hop the" are bày
        is_taught = word == "bay" and (self._is_mine(one.start - 1) or (after in _TAUGHT and not is_for))
        if is_taught or (word == "ba" and self._is_her(one.start)):
            return False
        return (word != "ba" and is_for) or after not in _SHE

    def _is_her(self, at: int) -> bool:
        """Tell whether it is the old lady who was named: "Ba Sau o xa, tui man dum ba cai tai khoan"."""
        if self._before(at) == "bay":
            return True  # "em keu lai bay ba"
        if at == 0 or not self.lexicon.serving.ends_at(self.words, at - 1):
            return False
        is_named = (
            self.words[place].text == "ba" and self.words[place + 1].is_capital for place in range(at - 1)
        )
        return any(is_named)

    def _is_all_of_them(self, one: Number) -> bool:
        """Tell whether it points at all of them: "làm tài khoản cho cả ba"."""
        at_end = one.end >= len(self.words) or bool(self.words[one.end].gap.strip())
        before = self.words[one.start - 1] if one.start else None
        is_known = any(word.text == "3" for word in self.words[: one.start])
        is_all = before is not None and before.text == "ca" and (before.is_marked or is_known)
        return is_all and at_end

    def _is_mine(self, at: int) -> bool:
        return at >= 0 and self.lexicon.selves.at(self.words, at) is not None

    def _stands_free(self, one: Number) -> bool:
        """Tell whether a number in words without a unit is one: "vneid năm, bhyt ba"; "một mình" is not."""
        if one.value is None:
            return True
        at_end = one.end >= len(self.words) or bool(self.words[one.end].gap.strip())
        before_work = any(work.at == one.end for work in self.works)
        before_work = before_work and self.lexicon.not_a_name.at(self.words, one.end) is None
        return before_work or (at_end and one.start > 0) or self._is_for(one) or self._does_work(one)

    def _does_work(self, one: Number) -> bool:
        """Tell whether it begins a clause as who got something: "hai cài vneid, hai làm bảo hiểm y tế"."""
        if one.start == 0 or one.is_bare or one.value == 1 or not self.words[one.start].gap.strip(" "):
            return False
        is_doing = one.end < len(self.words) and self.words[one.end].text in _DOING
        return is_doing and any(one.end <= work.at <= one.end + 2 for work in self.works)

    def _is_for(self, one: Number) -> bool:
        """Tell whether it says for how many: "cho hai mế"."""
        before = [word.text for word in self.words[max(0, one.start - 1) : one.start]]
        return before == ["cho"] and self.unit_after(one)[0] == "unknown"

    def _is_detail(self, one: Number) -> bool:
        """Tell whether it only takes a total apart: "5 người, trong đó 2 người mức 2"."""
        if not any(at < one.start for at in self.of_these):
            return False
        before = {work.name for work in self.works if work.at < self.of_these[-1]}
        return all(work.name in before for work in self._works_beside(one) or self.works)

    def _works_beside(self, one: Number) -> list[Work]:
        """List the kinds of its clause: "12 chị ..., trong đó 4 chị tự đóng tiền điện. 3 chị khác ..."."""
        start = end = one.start
        while start > 0 and not any(sign in self.words[start].gap for sign in ",;\n."):
            start -= 1
        while end + 1 < len(self.words) and not any(sign in self.words[end + 1].gap for sign in ",;\n."):
            end += 1
        return [work for work in self.works if start <= work.at <= end]

    def _is_some_of_those(self, at: int) -> bool:
        """Tell whether it is only said what some are: "2 ca ký số, 1 ca trong đó là hộ kinh doanh"."""
        if at >= len(self.words) or self._ends_clause(at) or not self.lexicon.of_these.at(self.words, at):
            return False
        start = end = at
        while start > 0 and not any(sign in self.words[start].gap for sign in ",;\n."):
            start -= 1
        while end < len(self.words) and not any(sign in self.words[end].gap for sign in ",;\n."):
            end += 1
        is_last = not any(numbers.exact(self.words, place) for place in range(at, end))
        return start > 0 and is_last and not any(start <= work.at < end for work in self.works)

    def _is_attending(self, one: Number, end: int) -> bool:
        """Tell whether they only came and listened: "30 người dự", "có 25 chị tham gia"."""
        if "(" in self.words[one.start].gap and self.unit_after(one)[0] == "persons":
            return True  # "lớp kỹ năng số (18 người)"
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
        if "=" in self.words[one.start].gap:
            return True
        return any(
            (found := self.lexicon.total.at(self.words, at)) and found[0][-1] + 1 == one.start
            for at in range(max(0, one.start - _NEAR), one.start)
        )

    def _is_altogether(self, at: int) -> bool:
        """Tell whether it is said behind it that it sums up: "bốn người cả thảy"."""
        return at < len(self.words) and self.lexicon.altogether.at(self.words, at) is not None

    def _is_sum(self, one: Number) -> bool:
        """Tell whether "tổng" stands before it, with the kind between perhaps: "tổng VNeID 5"."""
        for at in range(one.start - 1, max(-1, one.start - 1 - _CLOSE), -1):
            is_after_list = self.words[at].text == "cong" and bool(self.words[at].gap.strip())
            if self.words[at].text == "tong" or (is_after_list and at == one.start - 1):
                return True
            if any(sign in self.words[at].gap for sign in ",;\n."):
                return False
        return False

    def _is_again(self, one: Number, end: int) -> bool:
        """Tell whether they were counted before: "cũng 8 người đó", "cả 5 người"."""
        after = self.words[end].text if end < len(self.words) and not self.words[end].gap.strip() else ""
        before = self.words[one.start - 1].text if one.start else ""
        return after in {"do", "no", "ay", "nay", "tren", "deu"} or before in {"ca", "het", "du"}

    def _quoted(self, one: Number, end: int) -> str:
        """Quote a number as it was meant, with its marks where the lexicon knows them: "mấy người"."""
        vague = self.lexicon.vague.at(self.words, one.start)
        unit = self.lexicon.units.at(self.words, one.end) if one.end < end else None
        if vague and vague[0][-1] + 1 == one.end:
            return f"{vague[1]} {unit[1][1]}" if unit else vague[1]
        return " ".join(word.as_typed for word in self.words[one.start : end])

    def _ends_clause(self, at: int) -> bool:
        word = self.words[at]
        return word.text.isdecimal() or any(sign in word.gap for sign in ",;\n.")

    def _is_left_out(self, start: int, end: int) -> bool:
        """Tell whether others did it, or something kept them: "còn 1 bác máy hết pin"."""
        clause = end
        while clause < len(self.words) and not self._ends_clause(clause):
            clause += 1
        rest = self.words[end:clause]
        is_left = start > 0 and self.words[start - 1].text in _LEFT
        is_undone = start > 0 and self.words[start - 1].typed in _UNDONE
        is_hindered = is_left and self.lexicon.hindered.has(rest)
        left_out = [{end + at for at in places} for places, _ in self.lexicon.not_counted.find(rest)]
        # "2 hồ sơ tạm vắng" names the papers.
        return is_undone or is_hindered or any(not places <= self.in_works for places in left_out)

    def _is_the_rest(self, end: int) -> bool:
        """Tell whether the others are meant: "ba nhà còn lại"."""
        return [word.text for word in self.words[end : end + 2]] == ["con", "lai"]

    def _is_negated(self, start: int, end: int) -> bool:
        """Tell whether it is said of these that it was not done."""
        if self._is_left_out(start, end):
            return True
        most = len(self.words) if self._is_the_rest(end) else end + _FAR
        for at in range(end, min(len(self.words), most)):
            word = self.words[at]
            if any(sign in word.gap for sign in ",;\n.") or (word.text.isdecimal() and at > end):
                return False
            if word.text in _WHY:
                return False
            if at in self.in_works:
                continue
            if at in self.denials and not self.lexicon.not_but.at(self.words, at):
                is_last = at == len(self.words) - 1
                before_comma = not is_last and bool(self.words[at + 1].gap.strip(" "))
                return not (is_last and word.text in {"k", "ko"}) and not (before_comma and word.text == "k")
        return False
