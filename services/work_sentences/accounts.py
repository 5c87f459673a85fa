"""Is everything in a sentence that looks like work accounted for by what was read?

The reader leaves out much that tells nothing new. Whatever it leaves out must have a reason that is known here;
else something was not understood, and the whole is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from services.work_sentences.items import Count, Pair, Work
from services.work_sentences.lexicon import OTHER_WORK
from services.work_sentences.reports import Report

_COUNTED: Final = frozenset({"persons", "households", "turns", "", "unknown"})
_LISTENERS: Final = frozenset({"persons", "households", "", "unknown"})
_TEAM: Final = frozenset({"to", "doan", "doi", "nhom"})
_MOST_PARTS: Final = 4
_JOINTS: Final = frozenset({"va", "voi", "vs", "lan", "them", "rieng", "cong", "co"})


class Accounts:
    """What was read of a report, held against what the report holds."""

    def __init__(self, report: Report, pairs: Sequence[Pair]) -> None:
        self.report, self.sentence, self.pairs = report, report.sentence, pairs
        self.words, self.lexicon = report.words, report.lexicon
        self.kinds = {one.kind for one in pairs}
        used = [count for one in pairs for count in (one.count, *one.parts) if count]
        self.used = {count.at for count in used}
        self.values = [one.value for one in pairs if one.value]
        self.totals = [count for count in used if count.is_total or count.is_sum]
        self.has_session = any(self.lexicon.unit_of.get(kind or "") == "sessions" for kind in self.kinds)
        self.in_names = self._in_names()

    def is_left(self) -> bool:
        """Tell whether something was left out for no reason that is known."""
        return (
            any(not self._is_known(count) for count in self.report.counts)
            or any(not self._is_told(work) for work in self.report.works)
            or any(not self._is_named_again(count) for count in self.sentence.named)
            or any(self._is_by_means(one) or self._is_only_more(one) for one in self.pairs)
            or any(self._unnamed())
            or any(self._unread())
            or any(self._unvisited())
            or any(self._did_too())
            or any(self._is_undone(count) for count in self._all_used() if count.value)
            or self._is_held_twice()
        )

    def _is_known(self, count: Count) -> bool:
        """Tell whether a number was used, or why not: it says again, adds up, takes apart, or listens."""
        if count.at in self.used or not count.value or count.of not in _COUNTED:
            return True
        if any(count.at < total.at and count.value < (total.value or 0) for total in self.totals):
            return True
        if count.is_negated or count.is_detail or count not in self.report.affirmed:
            return True
        if (self.has_session and count.of in _LISTENERS) or self._is_team(count):
            return True
        if count.value == sum(self.values):
            return True
        is_house = count.of == "households" and count.value == 1
        return is_house or (self._adds_up(count.value) and not self._is_of_a_day(count))

    def _is_team(self, count: Count) -> bool:
        """Tell whether the helpers are counted: "hai anh em tôi", "3 thành viên tổ"."""
        at = count.at + 1 + len(count.unit.split())
        is_self = at < len(self.words) and self.lexicon.selves.at(self.words, at) is not None
        return is_self or (at < len(self.words) and self.words[at].text in _TEAM)

    def _is_of_a_day(self, count: Count) -> bool:
        """Tell whether a number stands beside a day of its own: "9 người, 4 người bữa nay 5 người bữa qua"."""
        start, end = self.sentence.around(count.at)
        is_beside = any(start <= day.start < end for day in self.sentence.days)
        return is_beside and len({day.on for day in self.sentence.days}) > 1

    def _adds_up(self, value: int) -> bool:
        """Tell whether a number is a sum or a part of others: "6 chú, cài cho 4 chú, còn 2 ổng hẹn"."""
        if value in self.values or value == sum(self.values):
            return True
        others = [count.value for count in self.report.counts if count.value and count.at not in self.used]
        others = [*others, *self.values][: 2 * _MOST_PARTS]
        for size in range(2, _MOST_PARTS + 1):
            for some in combinations(others, size):
                whole = sum(some)
                if (whole == value and set(some) & set(self.values)) or (
                    value in some and whole in self.values
                ):
                    return True
        return False

    def _is_told(self, work: Work) -> bool:
        """Tell whether a kind is among what was read, or why not: "trên VNeID", "VNeID: 0"."""
        if work.name in self.kinds or work.is_means or work.is_house or self.report.is_denied(work):
            return True
        if work.name == OTHER_WORK:
            return not self._is_for_some(work)
        start, end = self.sentence.around(work.at)
        before = self.words[start : work.at]
        if any(one.name == "scam_prevention" and start <= one.at < work.at for one in self.report.works):
            return True  # what frauds are about
        return self.lexicon.about.has(before) or self.lexicon.harmless.has(before) or self._is_zero(work)

    def _is_for_some(self, work: Work) -> bool:
        """Tell whether some of those counted are said to have got something else: "có người làm thẻ"."""
        start, _ = self.sentence.around(work.at)
        is_some = self.words[start].text == "co" and start + 1 < work.at
        unit = self.lexicon.units.at(self.words, start + 1) if is_some else None
        return unit is not None and unit[1][0] == "persons"

    def _is_zero(self, work: Work) -> bool:
        """Tell whether none is said of a kind: "VNeID: 0", "0 hồ sơ"."""
        near = [count for count in self.report.counts if work.at - 2 < count.at < work.end + 2]
        return any(count.value == 0 for count in near)

    def _is_named_again(self, count: Count) -> bool:
        """Tell whether somebody who is named and not counted is known: "hồ sơ 3: dì Tư, chú Út, anh Phong"."""
        if count.at in self.used or self.totals:
            return True
        if any(
            self._is_after_more(one.count.at) and count.at < one.count.at for one in self.pairs if one.count
        ):
            return False  # "giúp bà Hai, ông Tư, thêm 2 cô"
        if self._adds_up(count.value or 0) or self.has_session:
            return True
        start, end = self.sentence.around(count.at)
        is_counted = any(start <= at < end for at in self.used)
        return is_counted or not any(start <= work.at < end for work in self.report.works)

    def _is_by_means(self, one: Pair) -> bool:
        """Tell whether only a means was understood: "đăng ký nhận lương hưu trên VNeID"."""
        works = [work for work in self.report.works if work.name == one.kind]
        if not works or not all(work.is_means for work in works):
            return False
        places = {self.sentence.around(work.at) for work in works}
        others = [work for work in self.report.works if work.name == OTHER_WORK and not work.is_means]
        return any(self.sentence.around(other.at) in places for other in others)

    def _is_only_more(self, one: Pair) -> bool:
        """Tell whether those before "thêm" were not counted: "cài cho ổng, thêm hai ông bạn nữa"."""
        if one.kind is None or one.count is None or not self._is_after_more(one.count.at):
            return False
        start, _ = self.sentence.around(one.count.at)
        is_early = any(work.name == one.kind and work.at < start for work in self.report.works)
        at = one.count.at
        has_more = any(each.kind == one.kind and each.count and each.count.at < at for each in self.pairs)
        return is_early and not has_more

    def _is_after_more(self, at: int) -> bool:
        return self.words[at - 1].text == "them" and not self.words[at].gap.strip()

    def _in_names(self) -> set[int]:
        """Find the places of those who were counted by their names."""
        counts = [*self.sentence.named, *self.sentence.only]
        return {at for count in counts for at in range(count.at, count.end)}

    def _unnamed(self) -> Iterator[int]:
        """Find somebody who stands beside those who were counted by name, and was not: "u Nhài với bác Tư"."""
        for count in (*self.sentence.named, *self.sentence.only):
            if count.at not in self.used or count.of != "persons":
                continue
            if self._is_joined(count.end):
                yield from self._somebody(count.end + (self.words[count.end].text in _JOINTS))
            yield from self._aged(count)
            if count.at > 1 and self._is_joined(count.at - (self.words[count.at - 1].text in _JOINTS)):
                last = count.at - 1 - (self.words[count.at - 1].text in _JOINTS)
                while last > 0 and self.words[last].is_capital:
                    last -= 1
                yield from self._somebody(last)

    def _aged(self, count: Count) -> Iterator[int]:
        """Find somebody with an age before "và" who was not counted: "cụ ông 82 tuổi và cụ bà nhờ em"."""
        start, _ = self.sentence.around(count.at)
        if count.at < 1 or self.words[count.at - 1].text not in _JOINTS:
            return
        for at in range(start, count.at - 1):
            form = self.lexicon.one_person.at(self.words, at)
            end = form[0][-1] + 1 if form else at
            if form and at not in self.in_names and self.words[end].text.isdecimal():
                yield at

    def _is_joined(self, at: int) -> bool:
        if not 0 < at < len(self.words):
            return False
        return "," in self.words[at].gap or (
            self.words[at].text in _JOINTS and not self.words[at].gap.strip()
        )

    def _somebody(self, at: int) -> Iterator[int]:
        """Find a name after a word that is no known form of address: "dượng Mười", "u Nhài"."""
        if at + 1 >= len(self.words) or not {at, at + 1}.isdisjoint(self.sentence.taken | self.in_names):
            return
        is_name = self.words[at + 1].is_capital and not self.words[at + 1].gap.strip()
        small = (self.lexicon.not_a_name, self.lexicon.before_a_name, self.lexicon.selves)
        if is_name and not self.words[at].is_capital and not any(one.at(self.words, at) for one in small):
            yield at

    def _unread(self) -> Iterator[int]:
        """Find somebody after "thêm", "với", "và" who was not counted: "thêm anh Tòng bán quế nữa"."""
        known = self.sentence.taken | self.in_names
        for at in range(1, len(self.words) - 1):
            is_joint = self.words[at].text in _JOINTS and at not in known and not self.totals
            if not is_joint or at + 1 in known or self.words[at + 1].gap.strip():
                continue
            if self._is_person(at + 1) and not self._is_with_me(at) and not self._lists_those_counted(at):
                yield at

    def _is_with_me(self, at: int) -> bool:
        """Tell whether somebody came along with the writer: "tôi với cô Hiền", "sáng nay chị với cô Hiền"."""
        start, _ = self.sentence.around(at)
        before = [word.text for word in self.words[start:at] if word.text not in {"cung", "da", "co"}]
        free = [place for place in range(start, at) if place not in self.sentence.known]
        is_bare = len(free) == 1 and self.lexicon.forms.at(self.words, free[0]) is not None
        selves = (self.lexicon.selves.at(self.words, back) for back in range(max(start, at - 2), at))
        return any(selves) or is_bare or before[-1:] == ["t"]

    def _lists_those_counted(self, at: int) -> bool:
        """Tell whether names say who was counted: "2 quán o Lanh với o Bé", "ông Năm với cháu ba người"."""
        start, end = self.sentence.around(at)
        is_list = self.words[at - 1].is_capital and at - 1 not in self.sentence.taken | self.in_names
        counts = [one.count for one in self.pairs if one.count and not one.count.is_named]
        several = [count.at for count in counts if (count.value or 0) > 1]
        return (is_list and bool(several)) or any(at < one < end for one in several)

    def _is_person(self, at: int) -> bool:
        if self.lexicon.selves.at(self.words, at):
            return False
        form = self.lexicon.one_person.at(self.words, at)
        end = form[0][-1] + 1 if form else at
        if form is None or end >= len(self.words) or end in self.sentence.known:
            return bool(form and end - at > 1)
        is_name = self.words[end].is_capital or self.lexicon.born.at(self.words, end) is not None
        while end < len(self.words) and self.words[end].is_capital:
            end += 1
        has_work = end in self.sentence.taken  # whose own work it is
        return not has_work and (end - at > 1 or (is_name and not self.words[end].gap.strip()))

    def _unvisited(self) -> Iterator[int]:
        """Find somebody after the name of one whose house was visited: "ghé nhà bà Bảy, ông Mười"."""
        houses = [work.at for work in self.report.works if work.is_house]
        if not houses or any(count.of == "households" and count.value for count in self.report.counts):
            return
        _, end = self.sentence.around(houses[-1])
        is_comma = end < len(self.words) - 1 and "," in self.words[end].gap
        said = {word.text for word in self.words[houses[-1] : end]}
        is_again = end + 1 < len(self.words) and self.words[end + 1].text in said
        is_named = is_comma and self.words[end + 1].is_capital and self.words[end].is_marked
        if is_named and not is_again and self.lexicon.one_person.at(self.words, end):
            yield end

    def _is_held_twice(self) -> bool:
        """Tell whether meetings at several places became one: "sáng họp ấp 2, chiều họp ấp 5"."""
        places: set[str] = set()
        for work in self.report.works:
            is_session = self.lexicon.unit_of.get(work.name) == "sessions"
            if is_session and work.end < len(self.words) and not self.words[work.end].gap.strip():
                places.add(self.words[work.end].text)
        held = sum(one.value for one in self.pairs if self.lexicon.unit_of.get(one.kind or "") == "sessions")
        return held < 2 <= len({place for place in places if place.isdecimal()})

    def _is_undone(self, count: Count) -> bool:
        """Tell whether it is said of those counted that it failed: "1 hồ sơ bị trả lại"."""
        end = self.sentence.around(count.at)[1]
        following = min((one.at for one in self.report.counts if one.at > count.at), default=end)
        return self.lexicon.failed.has(self.words[count.at : min(end, following)])

    def _did_too(self) -> Iterator[int]:
        """Find somebody who got the same and was not counted: "con gái cô cũng cài luôn"."""
        used = {
            place for count in self._all_used() for place in range(count.at, max(count.end, count.at + 1))
        }
        for places, _ in self.lexicon.too.find(self.words):
            start, end = self.sentence.around(places[0])
            forms = [at for at in range(start, places[0]) if self.lexicon.one_person.at(self.words, at)]
            is_free = used.isdisjoint(range(start, end)) and not self._names_seen(forms)
            form = self.lexicon.one_person.at(self.words, forms[0]) if forms else None
            is_me = bool(forms) and self.lexicon.selves.at(self.words, forms[0]) is not None
            if form and is_free and (len(form[0]) > 1 or not is_me):
                yield places[0]

    def _all_used(self) -> list[Count]:
        return [count for one in self.pairs for count in (one.count, *one.parts) if count]

    def _names_seen(self, forms: Sequence[int]) -> bool:
        """Tell whether it was said before of whom: "cô Hoa ..., cô cũng"."""
        return any(word.text == self.words[at].text for at in forms[:1] for word in self.words[: max(0, at)])
