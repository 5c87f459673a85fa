"""Who comes on top of those who were counted, who is named again, and who was not helped after all?"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from services.work_sentences.items import COUPLE, Count, Work
from services.work_sentences.lexicon import OTHER_WORK
from services.work_sentences.people import People
from services.work_sentences.persons import Person
from services.work_sentences.words import split

if TYPE_CHECKING:
    from services.work_sentences.marking import Sentence

_FEW: Final = 6
_NEAR: Final = 2
_JOINTS: Final = frozenset({"va", "voi", "vs", "cung", "lan", "them"})
_ANYBODY: Final = frozenset({"", "nguoi", "ng", "truong hop", "ca"})
_AND: Final = frozenset({"va", "voi", "lan"})
_CHILDREN: Final = frozenset({"con", "chau", "thang", "be", "dua", "vo", "chong"})
_KIN: Final = _CHILDREN | {"me", "ma", "bo", "ba", "cha", "em"}
_ON_TOP: Final = frozenset({"them", "cung"})
_MORE: Final = frozenset({"nua", "nuar", "luon"})
_WHO: Final = frozenset({"la", "gom", "co"})
_ONLY: Final = frozenset({"moi", "chi"})
# What follows "chưa", "không" where something was not done; "chưa biết chữ" only tells of somebody.
_UNDONE: Final = frozenset(
    {
        "duoc",
        "dc",
        "xong",
        "lam",
        "cai",
        "nop",
        "chiu",
        "ra",
        "vao",
        "vo",
        "kip",
        "thanh",
        "the",
        "kich",
        "mo",
        "dang",
    }
)
_UNDONE_YET: Final = frozenset({"cai", "lam", "nop", "mo", "dang", "kich", "tich", "khai"})
_BUT: Final = frozenset(word.typed for word in split("nhưng còn riêng nhung"))
_SUM: Final = frozenset({"la", "tong", "chi"})
_ENDS: Final = ",;\n."


class MorePeople:
    """The persons of one sentence, those named and those counted, put together."""

    def __init__(self, sentence: Sentence, people: People) -> None:
        self.people = people
        self.sentence, self.words, self.lexicon = sentence, sentence.words, sentence.lexicon
        ends = [work for work in sentence.works if not work.is_means]
        self.kinds = {work.name for work in ends or sentence.works}
        named = [count for count in sentence.named if not self._is_denied(count)]
        self.named = [count for count in named if not self._is_explained(count)]
        self.counts = list(sentence.counts)

    def put_together(self) -> tuple[list[Count], list[Count]]:
        """Tell the numbers and the named, those who belong together as one number."""
        self._leave_out_both()
        self._add_again()
        self._add_family()
        persons = sorted(
            [*self.named, *(one for one in self.counts if self._counts_persons(one))], key=lambda one: one.at
        )
        for before, after in pairwise(persons):
            self._add(before, after)
        self._tell_days()
        self._doubt_more()
        return self.counts, self.named

    def _counts_persons(self, count: Count) -> bool:
        return (
            count.of == "persons"
            and count.value != 0
            and not (count.is_negated or count.is_total or count.is_again or count.is_detail)
        )

    def _is_denied(self, count: Count) -> bool:
        """Tell whether it was not done for those: "Chị H'Nga: xong. Bà Amí Duyên – chưa được"."""
        end = self._end(count)
        stop = self._turn(end, self._stop(end))
        if self.lexicon.not_counted.has(self.words[end:stop]):
            return True  # "bác Mão thì đã tự cài"
        last = max((work.end for work in self._works(end, stop)), default=end)
        before = [end + places[-1] + 1 for places in self.lexicon.denials(self.words[end:last])]
        is_open = not self.lexicon.selves.has(self.words[last:stop])  # "... chưa cài nên tôi cài cho"
        if is_open and any(self.words[at].text in _UNDONE_YET for at in before if at < last):
            return True  # "cô Lê thì chưa cài vneid được"
        denials = [last + places[-1] + 1 for places in self.lexicon.denials(self.words[last:stop])]
        return any(at >= stop or self.words[at].text in _UNDONE for at in denials)

    def _is_explained(self, count: Count) -> bool:
        """Tell whether brackets only say who somebody is: "chị Hạnh (mẹ bé Bin) nhờ em"."""
        word = self.words[count.at]
        is_inside = "(" in word.gap and any(
            ")" in one.gap for one in self.words[count.end : count.end + _NEAR]
        )
        return is_inside and word.text in _KIN and any(one.end == count.at for one in self.sentence.named)

    def _turn(self, at: int, stop: int) -> int:
        """Tell where somebody else's turn comes: "cài VNeID cho ông Lực nhưng bà Hằng thì chưa"."""
        turns = (place for place in range(at, stop - 1) if self.words[place].typed in _BUT)
        return next((place for place in turns if self.people.form(place + 1)), stop)

    def _stop(self, at: int) -> int:
        while at < len(self.words) and not any(sign in self.words[at].gap for sign in _ENDS):
            at += 1
        return at

    def _end(self, count: Count) -> int:
        """Tell where what is said of a number or a list ends: "hai vợ chồng nhà Hạnh"."""
        at = count.end if count.is_named else count.at + 1 + len(count.unit.split())
        if count.is_named or at >= len(self.words) or self.words[at].gap.strip():
            return max(at, count.end)
        whose = self.people.person(at) if self.people.has_name(at) else self.people.bare(at)
        return whose.end if whose else max(at, count.end)

    def _leave_out_both(self) -> None:
        """Leave out what is only pointed at again, behind all that was done: "..., em giúp cả hai".

        Of one person it is the kinds that are: "bác Hai: VNeID, BHYT, xong cả 2".
        """
        whole = sum(count.value or 0 for count in self.named) if len(self.named) > 1 else len(self.kinds)
        for count in [one for one in self.counts if one.is_again and not one.unit and self.named]:
            is_behind = all(work.at < count.at for work in self.sentence.works)
            if 1 < whole == count.value and is_behind:
                self.counts.remove(count)

    def _add_again(self) -> None:
        """Count who was named before for another kind: "... bốn người. Riêng chú Lập làm thêm chữ ký số"."""
        for count in self.sentence.again:
            start, end = self.sentence.with_heading(count.at)
            here = {work.name for work in self._works(start, end)}
            elsewhere = {work.name for work in self.sentence.works if not start <= work.at < end}
            is_free = not any(start <= one.at < end for one in [*self.counts, *self.named])
            before = {word.text for word in self.words[max(0, count.at - _NEAR) : count.at]}
            if not here and not _ONLY.isdisjoint(before):
                self.named = [replace(one, value=None) for one in self.named]  # "mới xong anh Páo"
            if here and is_free and here.isdisjoint(elsewhere):
                self.named.append(count)

    def _add_family(self) -> None:
        """Count who is joined to a number: "hai ông bà với thằng con trai"; "với chị Hà" may have helped."""
        for count in [one for one in self.counts if self._counts_persons(one)]:
            at = self._end(count)  # "hai vợ chồng chú Tám với đứa con gái"
            joint = self.words[at].text if at < len(self.words) and not self.words[at].gap.strip() else ""
            if joint not in _AND or any(one.at == at + 1 for one in [*self.counts, *self.named]):
                continue
            persons, end = self.people.names(at + 1)
            if not persons or (persons[0].end == at + 2 and not self.people.is_kin(at + 1)):
                continue
            more = sum(one.number for one in persons)
            is_sure = joint != "voi" or all(self._is_of_family(one) for one in persons)
            value = (count.value or 0) + more if is_sure else None
            self.counts[self.counts.index(count)] = replace(count, value=value, unit="", end=end)

    def _is_of_family(self, one: Person) -> bool:
        """Tell whether somebody belongs to those helped, and is no helper: "với thằng con trai cả"."""
        is_child = not _CHILDREN.isdisjoint(one.form.split()[:1])
        return self.people.is_kin(one.at) or (is_child and not self.words[one.end - 1].is_capital)

    def _has_work(self, count: Count) -> bool:
        return bool(self._works(*self.sentence.around(count.at)))

    def _is_before_work(self, count: Count) -> bool:
        return bool(self._works(count.at, self._stop(count.end)))

    def _works(self, start: int, end: int) -> list[Work]:
        return [work for work in self.sentence.works if start <= work.at < end]

    def _add(self, before: Count, after: Count) -> None:
        """Make one number of two that are joined, where one of them is named: "bà Sáu, thêm 2 chị nữa"."""
        known = [*self.counts, *self.named]
        first = next((one for one in known if one.at == before.at), None)
        if first is None or after not in known:
            return
        if not first.is_named and after.is_named and self._tells_who(first, after):
            if first.value is None and first.of == "persons":
                self.counts.remove(first)  # "mấy o: o Lài, o Huệ"
            elif first.value == after.value and self._is_before_work(after) and not self._has_work(first):
                self.counts.remove(first)  # "hai đứa: con Út, thằng Bi nộp hồ sơ"
            else:
                self._doubt_if_more(first, after)
            return
        is_joined = (first.is_named or after.is_named) and self._is_joined(first, after)
        is_vague = None in (first.value, after.value)
        if not (is_joined or (not is_vague and self._is_on_top(first, after))):
            return
        is_clear = not self._may_be_same(first, after) if is_joined else self._is_of_one_kind(first)
        is_first = is_joined or self._has_work(first) or not self._has_work(after)
        self._merge(first, after, first if is_first else after, is_clear=is_clear and not is_vague)

    def _merge(self, first: Count, after: Count, where: Count, *, is_clear: bool) -> None:
        """Put one number in the place of two, without a value where it is not clear."""
        self.counts = [one for one in self.counts if one not in (first, after)]
        self.named = [one for one in self.named if one not in (first, after)]
        value = (first.value or 0) + (after.value or 0) if is_clear else None
        unit = COUPLE if COUPLE in (first.unit, after.unit) else ""
        value, end = self._told(after, value)
        self.counts.append(replace(where, value=value, of="persons", unit=unit, is_named=False, end=end))
        self.counts.sort(key=lambda one: one.at)

    def _says_whose(self, count: Count) -> bool:
        """Tell whether a number says whose they are, so that others come beside: "hai vợ chồng nhà Hạnh"."""
        return not count.is_named and self._end(count) > count.at + 1 + len(count.unit.split())

    def _may_be_same(self, first: Count, after: Count) -> bool:
        """Tell whether a number may only say again how many were named: "bà Tẹo, ông Tèo, 2 cụ"."""
        is_next = not self.words[self._end(first) : after.at]
        is_child = not _CHILDREN.isdisjoint(after.unit.split()[:1])  # "chú Tám, thím Tám, hai đứa con"
        is_next = is_next and not is_child and not self._says_whose(first)
        return first.value == after.value and is_next and not self._says_more(after)

    def _is_of_one_kind(self, before: Count) -> bool:
        """Tell whether those on top can be of one kind only: of two they may be of either."""
        here = {work.name for work in self._works(*self.sentence.around(before.at))}
        return here != {OTHER_WORK} and len(self.kinds - {OTHER_WORK, *self._houses()}) == 1

    def _houses(self) -> set[str]:
        """Tell the kind of visits where only the houses of those named are meant."""
        return {work.name for work in self.sentence.works if work.is_house}

    def _tells_who(self, first: Count, after: Count) -> bool:
        """Tell whether names only say who was counted: "2 chị: chị Mận, chị Đào"."""
        start = self._end(first)
        between = self.words[start : after.at]
        is_list = any(sign in self.words[after.at].gap for sign in ":(")
        return is_list or (bool(between) and between[-1].text in _WHO and not self._works(start, after.at))

    def _doubt_if_more(self, first: Count, after: Count) -> None:
        """Ask where more are named than were counted."""
        if (first.value or 0) < (after.value or 0):
            self.counts[self.counts.index(first)] = replace(first, value=None)

    def _told(self, after: Count, value: int | None) -> tuple[int | None, int]:
        """Leave out the sum where it is told: "thêm bà ngoại nữa là 2"; another sum is asked about.

        Tell where all that was said of them ends.
        """
        end = self._end(after)
        for one in self.counts:
            between = {word.text for word in self.words[end : one.at]}
            is_sum = one.is_total and end < one.at and not _SUM.isdisjoint(between)
            if one.at <= end + _FEW and (is_sum or (end <= one.at and self._is_told_as_sum(one))):
                self.counts = [other for other in self.counts if other is not one]
                return (value if one.value == value else None), max(end, one.at + 1)
        return value, end

    def _is_told_as_sum(self, count: Count) -> bool:
        """Tell whether words of a sum stand behind a number: "bốn người cả thảy"."""
        end = count.at + 1 + len(count.unit.split())
        return end < len(self.words) and self.lexicon.total.at(self.words, end) is not None

    def _is_joined(self, before: Count, after: Count) -> bool:
        """Tell whether they follow each other as one list: "bà Tư và hai bác nữa"."""
        start, end = self._end(before), after.at
        between = self.words[start:end]
        if start > end or len(between) > _FEW or self._works(start, end):
            return False
        if (
            self.lexicon.counting.has(between)
            or self.lexicon.selves.has(between)
            or self._has_day(start, end)
        ):
            return False
        is_comma = any(sign in word.gap for word in self.words[start : end + 1] for sign in ",+&")
        is_border = any(sign in word.gap for word in self.words[start : end + 1] for sign in ";\n.:(")
        joint = any(word.text in _JOINTS for word in between[-_NEAR:])
        is_beside = after.is_named and self._says_whose(before)
        is_next = is_comma and not between and (after.unit not in _ANYBODY or is_beside)
        return not is_border and (joint or is_next or (is_comma and self._says_more(after)))

    def _is_on_top(self, before: Count, after: Count) -> bool:
        """Tell whether they come on top without any work of their own: "..., thêm anh Tòng bán quế nữa"."""
        start, end = self.sentence.around(after.at)
        if start <= before.at and before.is_named and after.is_named:
            return self._says_more(after) and not self._works(after.end, len(self.words))
        here = self._works(start, end)
        is_alike = before.is_named or after.is_named
        is_alike = is_alike and {work.name for work in here} == self.kinds - {OTHER_WORK}
        if before.at >= start or not self.kinds or (here and not is_alike) or self._is_other_day(start, end):
            return False
        if self.lexicon.to_come.has(self.words[start:end]) or self.lexicon.wishing.has(self.words[start:end]):
            return False  # "..., sắp tới cài thêm 5 người"
        if here:
            is_joined = self.words[after.at - 1].text in _ON_TOP and after.at > start
            return is_joined or (after.is_named and self.people.is_in_sum(after.end))
        if after.is_named and self._was_done_for(start, after):
            return True
        ahead = [word.text for word in self.words[max(start, after.at - _NEAR) : after.at]]
        following = [word.text for word in self.words[self._end(after) :][:_NEAR]]
        is_alike = "cung" in following and "cung" not in ahead
        return is_alike or not _ON_TOP.isdisjoint(ahead) or self._says_more(after)

    def _says_more(self, after: Count) -> bool:
        end = self._end(after)
        return after.unit.endswith("nua") or any(
            word.text in _MORE and (after.is_named or word.text != "luon")
            for word in self.words[end : min(self._stop(end), end + _FEW)]
        )

    def _tell_days(self) -> None:
        """Count who was helped alike on another day: "hôm qua cài vneid cho chị Hiên, hôm nay cho anh Hà"."""
        places = [self.sentence.around(count.at) for count in self.named]
        if len(places) > 1 and not self.counts and all(self._has_day(*place) for place in places):
            self.counts, self.named = [replace(one, is_named=False) for one in self.named], []
        for count in list(self.named[1:]):
            start, end = self.sentence.around(count.at)
            is_last = not any(work.at > start for work in self.sentence.works)
            if is_last and self._has_day(start, end):
                self.counts += [replace(one, is_named=False) for one in self.named]
                self.named = []

    def _doubt_more(self) -> None:
        """Ask where more are counted than before, and before nobody: "... nộp rồi, thêm hai hồ sơ nữa"."""
        for count in [one for one in self.counts if one.value]:
            start, _ = self.sentence.around(count.at)
            earlier = any(one.at < start and one.value for one in [*self.counts, *self.named])
            before = self._works(0, start)
            is_over = any(word.text in {"roi", "xong"} for word in self.words[:start])
            is_more = count.at > 0 and self.words[count.at - 1].text == "them"
            if is_more and is_over and before and not earlier:
                self.counts[self.counts.index(count)] = replace(count, value=None)

    def _was_done_for(self, start: int, after: Count) -> bool:
        """Tell whether the same was done for somebody, at the end: "...; chiều làm cho ôn Đàn"."""
        is_last = not any(work.at > after.at for work in self.sentence.works)
        return is_last and self.lexicon.counting.has(self.words[start : after.at])

    def _is_other_day(self, start: int, end: int) -> bool:
        """Tell whether another day is told of there than elsewhere."""
        here = {day.on for day in self.sentence.days if start <= day.start < end}
        return not here <= {day.on for day in self.sentence.days if not start <= day.start < end}

    def _has_day(self, start: int, end: int) -> bool:
        return any(start <= day.start < end for day in self.sentence.days)
