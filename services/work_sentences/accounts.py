"""Is everything in a sentence that looks like work accounted for by what was read?

The reader leaves out much that tells nothing new. Whatever it leaves out must have a reason that is known
here; else something was not understood, and the whole is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from services.work_sentences import numbers
from services.work_sentences.clauses import is_of_each
from services.work_sentences.items import Count, Pair, Work
from services.work_sentences.lexicon import OTHER_WORK
from services.work_sentences.reports import Report
from services.work_sentences.settling import PLACES, is_background, is_giver
from services.work_sentences.tallies import is_elsewhere, is_of_kinds
from services.work_sentences.unheard import Unheard

_COUNTED: Final = frozenset({"persons", "households", "turns", "", "unknown", "strange", "sessions"})
_LISTENERS: Final = frozenset({"persons", "households", "", "unknown"})
_TEAM: Final = frozenset({"to", "doan", "doi", "nhom"})
_ONLY_SO_MANY: Final = frozenset({"duoc", "dc", "cho", "chi"})
_BUT: Final = frozenset({"nhung", "ma", "do"})
_DOING: Final = frozenset({"cai", "nop", "lap", "ky"})
_NEAR: Final = 3
_ACCOUNTS: Final = frozenset({"online_payment", "vneid"})
_BENEFITS: Final = frozenset({"social_account", "online_filing"})
_MOST_PARTS: Final = 4


class Accounts(Unheard):
    """What was read of a report, held against what the report holds."""

    def __init__(self, report: Report, pairs: Sequence[Pair]) -> None:
        super().__init__(report, pairs)
        self.kinds = {one.kind for one in pairs}
        self.values = [one.value for one in pairs if one.value]
        self.has_session = any(self.lexicon.unit_of.get(kind or "") == "sessions" for kind in self.kinds)

    def is_left(self) -> bool:
        """Tell whether something was left out for no reason that is known."""
        return (
            any(not self._is_known(count) for count in self.report.counts)
            or any(not self._is_told(work) for work in self.report.works)
            or any(not self._is_named_again(count) for count in self.sentence.named)
            or any(self._is_by_means(one) or self._is_only_more(one) for one in self.pairs)
            or any(self._is_taken_off(count) for count in self.sentence.counts if count.is_negated)
            or any(self._is_undone(count) for count in self._all_used() if count.value)
            or self._is_held_twice()
            or self._is_taken_apart()
            or self._is_of_each()
            or self._is_one_more()
            or self.lexicon.so_far.has(self.words)
            or self._is_alike()
            or self._is_hinted()
            or any(self._is_discussed(work) for work in self.report.works)
            or self.is_anybody()
            or self.is_unheard()
        )

    def _is_known(self, count: Count) -> bool:
        """Tell whether a number was used, or why not: it says again, adds up, takes apart, or listens."""
        if count.at in self.used or not count.value or count.of not in _COUNTED:
            return True
        is_undone = count.is_negated or count.is_detail or count not in self.report.affirmed
        is_aside = self._is_there(count) or self._is_put_better(count) or self._is_team(count)
        is_aside = is_aside or is_elsewhere(count, self.sentence) or is_of_kinds(count, self.sentence)
        is_aside = is_aside or count.unit in PLACES or self._is_of_the_houses(count)
        is_aside = (
            is_aside or is_giver(count, [one for one in self.pairs if one.count]) or self._is_whose(count)
        )
        is_one_house = count.of in {"households", "sessions"} and count.value == 1
        is_nothing_new = is_undone or is_aside or is_one_house or self._is_listening(count)
        return is_nothing_new or self._is_summed(count, count.value)

    def _is_summed(self, count: Count, value: int) -> bool:
        """Tell whether a number is a sum, or in one, that was read."""
        if any(count.at < total.at and value < (total.value or 0) for total in self.totals):
            return True
        if self._is_told_anew(count) or self._is_item(count):
            return False
        before = [one.value or 0 for one in self._all_used() if one.at < count.at]
        if count.is_total and before:
            days = len(self.sentence.each_day.days) or 1
            return value in [days * sum(before[at:]) for at in range(len(before))]
        days = len(self.sentence.each_day.days) or 1
        return value == days * sum(self.values) or (self._adds_up(value) and not self._is_of_a_day(count))

    def _is_told_anew(self, count: Count) -> bool:
        """Tell whether it is said after all others what was done for them, whatever they add up to."""
        end = self.sentence.around(count.at)[1]
        is_last = bool(self.used) and count.at > max(self.used) and not (count.is_total or count.is_again)
        start = count.at + 1 + len(count.unit.split())  # "1 cai khai sinh"
        return is_last and self.lexicon.counting.has(self.words[start:end])

    def _is_item(self, count: Count) -> bool:
        """Tell whether it is of something unknown in a list of kinds: "vneid 1, ví 1, chữ ký số 1"."""
        start, end = self.sentence.around(count.at)
        gaps = "".join(word.gap for word in self.words[: count.at + 1])
        if gaps.rfind("(") > gaps.rfind(")"):
            return False  # "bhyt 4 (3 gia hạn, 1 tích hợp)"
        end_of_count = count.at + 1 + len(count.unit.split())
        if end - start > _NEAR or start == 0 or not (self.used and min(self.used) < count.at):
            return False
        rest = [
            at for at in (*range(start, count.at), *range(end_of_count, end)) if at not in self.sentence.taken
        ]
        small = (*self.lexicon.small, self.lexicon.total, self.lexicon.more, self.lexicon.helping)
        return any(not any(one.at(self.words, at) for one in small) for at in rest)

    def _is_there(self, count: Count) -> bool:
        """Tell whether it only says how many there are: "dãy trọ có 14 đứa"."""
        whole = [one for one in self.pairs if one.count]
        if self.words[count.at - 1].text != "co" or not is_background(count, whole):
            return False
        return all(one.count and self.words[one.count.at - 1].text in _ONLY_SO_MANY for one in whole)

    def _is_whose(self, count: Count) -> bool:
        """Tell whether it says whose the things were that are counted beside it: "2 hồ sơ cho 1 bác"."""
        start, end = self.sentence.around(count.at)
        things = [one for one in self._all_used() if one.of == "turns" and start <= one.at < count.at]
        is_for = self.words[count.at - 1].text in {"cho", "cua"} and count.of == "persons"
        return is_for and any((one.value or 0) >= (count.value or 0) for one in things) and end > count.at

    def _is_put_better(self, count: Count) -> bool:
        """Tell whether brackets behind it say what counts: "6 hộ cài VNeID (9 người)"."""
        later = [one.at for one in self.report.counts if one.at > count.at]
        return bool(later) and "(" in self.words[min(later)].gap and min(later) in self.used

    def _is_of_the_houses(self, count: Count) -> bool:
        """Tell whether it says in how many of the houses it was: "6 nhà, trong đó 2 nhà cài cho 3 cụ"."""
        visits = [one for one in self.pairs if one.kind == "home_visit" and one.at < count.at]
        return count.of == "households" and any((count.value or 0) < one.value for one in visits)

    def _is_listening(self, count: Count) -> bool:
        """Tell whether they came to a meeting; "tối qua lớp số 18 cụ, tối kia 16 cụ" are two."""
        start, end = self.sentence.around(count.at)
        is_beside = any(start <= at < end for at in self.used)
        is_beside = is_beside or any(start <= work.at < end for work in self.report.works)
        last = max((at for at in self.used if at < count.at), default=0)
        before = [one for one in self.report.counts if last <= one.at < count.at]
        audience = [one for one in before if one.of == count.of == "persons"]
        is_part = any((one.value or 0) > (count.value or 0) for one in audience) and not count.is_attending
        if is_part and not is_beside:
            return False  # "tập huấn cho 20 hội viên, 6 người đăng ký được luôn"
        is_audience = self.has_session and count.of in _LISTENERS and (count.of or not count.is_total)
        return is_audience and (is_beside or not self._is_of_a_day(count))

    def _is_team(self, count: Count) -> bool:
        """Tell whether the helpers are counted: "hai anh em tôi", "3 thành viên tổ"."""
        at = count.at + 1 + len(count.unit.split())
        is_self = at < len(self.words) and self.lexicon.selves.at(self.words, at) is not None
        return is_self or (at < len(self.words) and self.words[at].text in _TEAM)

    def _is_of_a_day(self, count: Count) -> bool:
        """Tell whether it has a day of its own: "9 người, 4 người bữa nay 5 người bữa qua"."""
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
        start = self.sentence.around(work.at)[0]
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
        """Tell whether it is known who is named and not counted: "hồ sơ 3: dì Tư, chú Út, anh Phong"."""
        if count.at in self.used or self.totals:
            return True
        more = [one.at for one in self._all_used() if self._is_after_more(one.at)]
        if any(count.at < at for at in more):
            return False  # "giúp bà Hai, ông Tư, thêm 2 cô"
        has_name = any(self.words[at].is_capital for at in range(count.at, count.end))
        is_served = has_name and self.words[count.at - 1].text == "cho" and max(self.values, default=0) < 2
        if (self._adds_up(count.value or 0) and not is_served) or self.has_session:
            return True
        start, end = self.sentence.with_heading(count.at)
        is_counted = any(start <= at < end for at in self.used)
        if not is_counted and not _DOING.isdisjoint(word.text for word in self.words[count.end : end]):
            return False  # "bà Nhạn tôi cài cho cái ví, còn ông Khoát thì tôi nộp hồ sơ"
        if is_served and not is_counted:
            return False  # "VNeID cho chị Hoa, còn ví cho em Lan"
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
        if one.kind is None or one.count is None or one.count.end or not self._is_after_more(one.count.at):
            return False
        start, _ = self.sentence.around(one.count.at)
        is_early = any(work.name == one.kind and work.at < start for work in self.report.works)
        at = one.count.at
        has_more = any(each.kind == one.kind and each.count and each.count.at < at for each in self.pairs)
        return is_early and not has_more

    def _is_after_more(self, at: int) -> bool:
        return self.words[at - 1].text == "them" and not self.words[at].gap.strip()

    def _is_held_twice(self) -> bool:
        """Tell whether meetings at several places became one: "sáng họp ấp 2, chiều họp ấp 5"."""
        places: set[str] = set()
        for work in self.report.works:
            is_session = self.lexicon.unit_of.get(work.name) == "sessions"
            if is_session and work.end < len(self.words) and not self.words[work.end].gap.strip():
                places.add(self.words[work.end].text)
        held = sum(one.value for one in self.pairs if self.lexicon.unit_of.get(one.kind or "") == "sessions")
        return held < 2 <= len({place for place in places if place.isdecimal()})

    def _is_taken_apart(self) -> bool:
        """Tell whether parts were added to their whole: "ví cho 2 cô, 1 cô xong, 1 cô mai chỉ tiếp"."""
        for first, *others in self._of_one_kind():
            if others and (self._is_headline(first) or self._is_who_came(first, others)):
                return True
            known = self.used - {one.at for one in others}
            later = [one for one in self.sentence.counts if one.at > first.at and one.of in {first.of, ""}]
            later = [one for one in later if one.at not in known]
            is_whole = len(later) > 1 and first.value == sum(count.value or 0 for count in later)
            is_used = {one.at for one in others} >= {count.at for count in later}
            if is_whole and not is_used and (others or any(self._is_hindered(count) for count in later)):
                return True
        return False

    def _is_hindered(self, count: Count) -> bool:
        """Tell whether something kept some of them: "3 chị nhờ mở gian hàng, mở được 2, 1 chị thiếu giấy"."""
        start, end = self.sentence.around(count.at)
        here = self.words[start:end]
        return count.is_negated or self.lexicon.hindered.has(here) or self.lexicon.to_come.has(here)

    def _is_headline(self, count: Count) -> bool:
        """Tell whether what follows a colon takes it apart: "3 hồ sơ: khai sinh anh Bảy, tạm trú 2 chị"."""
        end = self.sentence.around(count.at)[1]
        return not count.is_named and end < len(self.words) and ":" in self.words[end].gap

    def _is_who_came(self, first: Count, others: Sequence[Count]) -> bool:
        """Tell whether numbers without a unit were added to sessions: "2 lớp, lớp sáng 20, lớp chiều 18"."""
        return first.of == "sessions" and any(not one.of for one in others)

    def _is_one_more(self) -> bool:
        """Tell whether "nữa" brings somebody who was not counted: "cài cho bác Hoan, cài cho bác gái nữa"."""
        for at in range(1, len(self.words)):
            if self.words[at].text != "nua" or self.words[at].as_typed == "nửa":
                continue
            start = self.sentence.around(at)[0]
            here = set(range(start, at))
            is_told = bool(self.totals) or not here.isdisjoint(self.in_names)
            is_told = is_told or any(numbers.exact(self.words, place) for place in here)
            if not is_told and any(self._is_free_person(place) for place in here - self.sentence.known):
                return True
        return False

    def _is_free_person(self, at: int) -> bool:
        return self.lexicon.one_person.at(self.words, at) is not None and not self.lexicon.selves.at(
            self.words, at
        )

    def _of_one_kind(self) -> list[list[Count]]:
        """List the numbers of each kind."""
        kinds: dict[str | None, list[Count]] = {}
        for one in self.pairs:
            if one.count and one.value:
                kinds.setdefault(one.kind, []).append(one.count)
        return list(kinds.values())

    def _is_of_each(self) -> bool:
        """Tell whether a number is told of each: "ghé 2 nhà, nhà nào cũng cài cho hai ông bà"."""
        for at in range(1, len(self.words)):
            if self.words[at].text == "cung" and is_of_each(self.words[max(0, at - 2) : at + 1]):
                end = self.sentence.around(at)[1]
                told = [one for one in self._all_used() if one.value and at < one.at < end]
                told = [one for one in told if not one.is_named]
                if any(self.words[one.at - 1].text != "co" for one in told):
                    return True  # "nhà nào cũng nói, mà chỉ có 2 người chịu" is no such thing
        return False

    def _is_alike(self) -> bool:
        """Tell whether as much again is said without its number: "hôm qua 4 vneid, hôm nay y chang"."""
        places = [self.sentence.around(found[0][0]) for found in self.lexicon.alike.find(self.words)]
        return any(not any(start <= at < end for at in self.used) for start, end in places)

    def _is_hinted(self) -> bool:
        """Tell whether words of a kind stand there that was not read: "nhận lương hưu qua tài khoản"."""
        named = self.kinds | {work.name for work in self.sentence.works}
        is_fraud = "scam_prevention" not in named and self.lexicon.fraud.has(self.words)
        is_account = not _ACCOUNTS.isdisjoint(self.kinds) and _BENEFITS.isdisjoint(self.kinds)
        return is_fraud or (is_account and self.lexicon.benefits.has(self.words))

    def _is_discussed(self, work: Work) -> bool:
        """Tell whether it was only talked about: "họp tổ 5 người, bàn đi 20 nhà"."""
        start, end = self.sentence.around(work.at)
        is_counted = any(start <= at < end for at in self.used)
        before = self.words[max(start, work.at - _NEAR) : work.at]
        is_area = any(word.text == "dia" for word in before)  # "xuống địa bàn thăm 17 hộ"
        return is_counted and not is_area and self.lexicon.discussed.has(before)

    def _is_taken_off(self, count: Count) -> bool:
        """Tell whether some are left out: "4 bạn mà 1 bạn chưa xong", "trong đó 7 bộ nộp giấy"."""
        before = [self.words[at].text for at in range(max(0, count.at - 2), count.at)]
        larger = any((one.value or 0) > (count.value or 0) and one.at < count.at for one in self._all_used())
        of_these = any(places[0] < count.at for places, _ in self.lexicon.of_these.find(self.words))
        return larger and (of_these or not _BUT.isdisjoint(before))

    def _is_undone(self, count: Count) -> bool:
        """Tell whether it is said of those counted that it failed: "1 hồ sơ bị trả lại"."""
        if self.report.signs.is_sure:
            return False
        end = self.sentence.around(count.at)[1]
        following = min((one.at for one in self.report.counts if one.at > count.at), default=end)
        return self.lexicon.failed.has(self.words[count.at : min(end, following)])
