"""What stands where in a sentence: days, members, kinds of work, and the numbers that count something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

from services.work_sentences import companions, days, each_day, numbers, repeated, signs
from services.work_sentences.companions import Company, Mate
from services.work_sentences.counting import Counting
from services.work_sentences.days import Day
from services.work_sentences.items import Work
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.more_people import MorePeople
from services.work_sentences.naming import Naming
from services.work_sentences.people import People
from services.work_sentences.persons import Person
from services.work_sentences.words import Word

_BORDERS: Final = ",;:\n."
_BARS: Final = frozenset({" / ", " | ", " - ", " – "})
_FEW: Final = 2
_TELLING: Final = frozenset({"bao", "ghi", "gui", "khai", "nho", "nhap", "cap", "ke", "nhan", "kip"})
_FOR_BENEFITS: Final = frozenset({"online_payment", "online_filing"})
_JOINTS: Final = frozenset(
    {"va", "voi", "vs", "kem", "lan", "roi", "them", "cung", "nop", "lam", "ca", "cho", "con"}
)
_LATE: Final = frozenset({"bao", "gui", "nhan", "ghi", "ke", "nho"})
# Forms of address that stand before no day.
_FORMS: Final = frozenset({"bac", "ong", "anh", "thim", "duong"})
_IN_A_ROW: Final = frozenset({"buoi", "lan", "tiet", "bai", "khoa", "lop"})
_PLACES_OF_WORK: Final = frozenset({"home_visit", "village_meeting", "digital_class", "?"})
_HOURS: Final = frozenset({"h", "g", "gio"})
_AFTER_LIST_NUMBER: Final = frozenset({".", ")", "/", "-", ".)", ":"})


class Sentence:
    """One sentence while it is read: each step marks the words it has understood."""

    def __init__(
        self, words: list[Word], text: str, lexicon: Lexicon, today: date, team: Sequence[Mate], me: int
    ) -> None:
        self.words, self.text, self.lexicon, self.today = words, text, lexicon, today
        self.each_day = each_day.find(words, today)
        self.days = self.each_day.as_one() if self.each_day.days else self._meant(days.find(words, today))
        in_days = {at for day in self.days for at in range(day.start, day.end)}
        in_days |= self.each_day.places
        self.company: Company = companions.find(words, lexicon, team, me, in_days)
        self.known = in_days | self.company.places | self._clock_times() | self._list_numbers()
        found = numbers.find(words, lexicon, self.known)
        naming = Naming(words, lexicon, found, self.known)
        self.works, self.is_other = (
            [self._as_purpose(work, naming.works) for work in naming.works if not self._is_support(work)],
            naming.is_other,
        )
        counting = Counting(words, lexicon, self.works, self.known, naming.places)
        self.counts = counting.counts(found)
        sure = {count.at for count in self.counts if count.value is not None}
        in_counts = {at for one in found if one.start in sure for at in range(one.start, one.end)}
        self.taken = self.known | naming.places | in_counts
        people = People(words, lexicon, self.taken)
        visited = [people.names(work.end)[0] for work in self.works if work.is_house]
        self.works = self._with_houses(visited)
        self.named = people.counts([one for row in visited for one in row if one.name and len(row) > 1])
        self.again, self.pointed_at = people.again, people.pointed_at
        self.counts, self.named = MorePeople(self, people).put_together()
        self.counts, self.one_each = repeated.one_each(self)
        self.only = people.only_ones() if self.works and not self.named and not self.counts else []
        self.days = self._of_work(self.days)
        counted = [count.at for count in self.counts]
        has_day = bool(self.days)
        known = self.taken | self.names()
        self.signs = signs.read(words, text, lexicon, known, self._core(), counted, has_day=has_day)
        self.days = self._without_idle(self.days)

    def _is_support(self, work: Work) -> bool:
        """Tell whether "tới hộ" is only "tôi hỗ trợ" without its marks: "toi ho tro 4 phu huynh"."""
        last = work.end - 1
        is_house = work.name == "home_visit" and self.words[last].text == "ho"
        return is_house and work.end < len(self.words) and self.words[work.end].text == "tro"

    def _as_purpose(self, work: Work, works: Sequence[Work]) -> Work:
        """Take money that something else was done for as its means: "làm an sinh để nhà nước chuyển tiền"."""
        if work.name in _FOR_BENEFITS and any(self._is_account_of(work, one) for one in works):
            return replace(work, is_means=True)
        if work.name != "online_payment":
            return work
        start = self.around(work.at)[0]
        purpose = next((at for at in range(start, work.at) if self.words[at].text in {"de", "dang"}), start)
        ours = (one for one in works if start <= one.at < purpose and one.name not in _PLACES_OF_WORK)
        return replace(work, is_means=True) if any(one.name != work.name for one in ours) else work

    def _is_account_of(self, work: Work, account: Work) -> bool:
        """Tell whether it only says which account: "khai tài khoản ngân hàng vô mục an sinh"."""
        if account.name != "social_account":
            return False
        first, last = sorted((work, account), key=lambda one: one.at)
        between = self.words[first.end : last.at + 1]
        is_apart = len(between) > _FEW + 1 or any(word.gap.strip() for word in between)
        return not is_apart and all(word.text not in _JOINTS for word in between)

    def _with_houses(self, visited: Sequence[Sequence[Person]]) -> list[Work]:
        """Add the houses of all who are named in a row: "ghé nhà bà Bảy, ông Mười với chị Sương"."""
        known = {work.at for work in self.works}
        more = {one.at for row in visited for one in row[1:] if one.name}
        houses = [Work(at, "home_visit", at, is_house=True) for at in more if known.isdisjoint({at - 1, at})]
        return sorted([*self.works, *houses], key=lambda work: work.at)

    def _of_work(self, found: list[Day]) -> list[Day]:
        """Leave out days of an aside that names no work: "..., bữa đó nhà có đám giỗ nên quên báo"."""
        known = [day for day in found if day.on is not None or not self._is_that_day(day)]
        found = known or found
        items = self._items()
        if len(found) < 2 or not items:
            return found
        last = max(items)
        near = {last + 1, last + 2} & {*range(*self.around(last))}
        kept = [day for day in found if day.start <= last or day.start in near or self._is_short(day)]
        return kept if any(day.on for day in kept) else found

    def _without_idle(self, found: list[Day]) -> list[Day]:
        """Leave out a day without work beside another that had some: "hôm qua không có ai, hôm nay 4 bác"."""
        idle = {at for place in self.signs.nothing for at in range(*self.with_heading(place))}
        kept = [day for day in found if day.start not in idle and not self._is_idle(day)]
        if self.works and any(count.value and not count.is_negated for count in self.counts):
            found = [day for day in found if not self._is_appointed(day)]
            kept = [day for day in kept if day in found]
        is_work = any(count.value and count.at not in idle for count in [*self.counts, *self.named])
        return kept if kept and is_work else found

    def with_heading(self, at: int) -> tuple[int, int]:
        """Find the stretch of a word, with what heads it: "nay: nghỉ"."""
        start, end = self.around(at)
        is_headed = start > 0 and ":" in self.words[start].gap
        return (self.around(start - 1)[0] if is_headed else start), end

    def _items(self) -> list[int]:
        """List where kinds, numbers and names stand."""
        counts = [count.at for count in (*self.counts, *self.named)]
        return [*counts, *(work.at for work in self.works)]

    def _is_idle(self, day: Day) -> bool:
        """Tell whether a day is named only to say that nothing came of it yet: "hôm nay chưa xong"."""
        start, end = self.around(day.start)
        items = self._items()
        said = {word.text for word in self.words[day.end : end]}
        is_heading = end == day.end < len(self.words) and ":" in self.words[end].gap
        last = self.around(end)[1] if is_heading else end  # "t2: 0 / t3: 2 bhyt"
        last = min([last, *(one.start for one in self.days if one.start >= day.end)])  # "hqua 0 còn hnay 2"
        is_zero = any(day.end <= count.at < last and count.value == 0 for count in self.counts)
        if is_zero and not any(count.value and day.start <= count.at < last for count in self.counts):
            return True  # "hôm nay 0"
        is_told = not said.isdisjoint(_TELLING) or any(start <= at < end for at in items)
        is_late = day.on == self.today and not any(start <= at < end for at in items)
        if is_late and not said.isdisjoint(_LATE) and len({one.on for one in self.days}) > 1:
            return True  # "nay mới báo bổ sung: chủ nhật ..."
        return not is_told and bool(self.lexicon.denials(self.words[day.end : end]))

    def _is_appointed(self, day: Day) -> bool:
        """Tell whether somebody was put off to it: "làm được 8 người, 3 người hẹn cn"."""
        start = self.around(day.start)[0]
        return any(self.words[at].text == "hen" for at in range(max(start, day.start - _FEW), day.start))

    def _is_that_day(self, day: Day) -> bool:
        """Tell whether it only points at a day that was named: "hôm ấy", "bữa đó"."""
        return day.end < len(self.words) and self.words[day.end].text in {"ay", "do", "no"}

    def _is_short(self, day: Day) -> bool:
        """Tell whether a day stands alone at the end: "cài vneid 5 người, hôm qua nha"."""
        start, end = self.around(day.start)
        return end - start - (day.end - day.start) <= _FEW

    def names(self) -> set[int]:
        """Find the words of names, which ask and want nothing: "giup chu Hoi", "cài cho cô Cần"."""
        found = (at for one in self.named for at in range(one.at + 1, one.end))
        return {at for at in found if self.words[at].is_capital}

    def _core(self) -> set[int]:
        """Find the clauses where something is counted, if anything is."""
        sure = [count.at for count in self.counts if count.value and not count.is_negated]
        if not sure or not self.works:
            return set()
        core = {at for place in sure for at in range(*self.around(place))}
        if not any(work.at in core for work in self.works):
            undone = [count.at for count in self.counts if count.is_negated]
            left = {at for place in undone for at in range(*self.around(place))}
            named = [work for work in self.works if work.at not in left]
            core |= {at for work in named for at in range(*self.around(work.at))}
        return core

    def _meant(self, found: list[Day]) -> list[Day]:
        """Leave out a day that is taken back: "hôm qua à quên hôm kia"."""
        slips = [places for places, _ in self.lexicon.slip.find(self.words)]
        taken_back = {
            day.start
            for day, following in pairwise(found)
            if any(day.end <= slip[0] <= day.end + 1 and slip[-1] + 1 == following.start for slip in slips)
        }
        kept = [
            day
            for day in found
            if not (day.start in taken_back or self._is_of_telling(day) or self._is_somebody(day))
        ]
        return [day for day in kept if len(kept) == 1 or not self._is_ordinal(day)]

    def _is_ordinal(self, day: Day) -> bool:
        """Tell whether "thứ 3" counts, and is no Tuesday: "buổi thứ 3 tối qua", "còn người thứ năm"."""
        if day.start == 0 or self.words[day.start].text != "thu" or self.words[day.start].gap.strip():
            return False
        if day.end < len(self.words) and self.words[day.end].text == "trong":
            return True  # "buổi học thứ hai trong tháng"
        unit = self.lexicon.units.at(self.words, day.start - 1)
        is_nha = self.words[day.start - 1].typed == "nha"  # "ghi giúp mình nha thứ Hai"
        is_somebody = unit is not None and unit[1][0] in {"persons", "households"} and not is_nha
        is_counted = day.start > 1 and numbers.exact(self.words, day.start - 2) is not None
        return self.words[day.start - 1].text in _IN_A_ROW or (is_somebody and not is_counted)

    def _is_somebody(self, day: Day) -> bool:
        """Tell whether it is a name behind a form of address: "dong chi Thang", "bac thang"."""
        word, start = self.words[day.start], max(0, day.start - 2)
        kin = self.lexicon.one_person.at(self.words, day.start) if day.on is None else None
        if kin and len(kin[0]) > 1:
            return True  # "tui vs thang con"
        before = [*self.lexicon.one_person.find(self.words[start : day.start])]
        ends = [start + places[-1] + 1 for places, _ in before]
        is_called = word.is_capital or (day.start > 0 and self.words[day.start - 1].text in _FORMS)
        is_name = is_called and day.on is None and not word.gap.strip() and day.end == day.start + 1
        return is_name and day.start in ends

    def _is_of_telling(self, day: Day) -> bool:
        """Tell whether it is only the day of the message: "nay mới nhớ ra mà báo"."""
        is_today = day.on == self.today and day.end < len(self.words)
        is_today = is_today and "," not in self.words[day.end].gap
        return is_today and self.lexicon.telling.at(self.words, day.end) is not None

    def _clock_times(self) -> set[int]:
        """Find the clock times: "8h30", "chín giờ"."""
        found: set[int] = set()
        for at, following in enumerate(self.words[1:]):
            is_hour = following.text in _HOURS and not following.gap.strip()
            number = numbers.find(self.words[at : at + 1], self.lexicon, set()) if is_hour else []
            if number and number[0].value is not None:
                minutes = self.words[at + 2 : at + 3]
                has_minutes = bool(minutes) and minutes[0].text.isdecimal() and not minutes[0].gap
                found.update(range(at, at + 3 if has_minutes else at + 2))
        return found

    def _list_numbers(self) -> set[int]:
        """Find the numbers that only count the lines of a list: "1. Cài VNeID: 5 người"."""
        places = [
            at
            for at in range(len(self.words) - 1)
            if (at == 0 or any(sign in self.words[at].gap for sign in "\n:;.") or self._is_bracketed(at))
            and self.words[at].text.isdecimal()
            and self.words[at + 1].gap.strip(" ") in _AFTER_LIST_NUMBER
        ]
        is_row = [int(self.words[at].text[:2]) for at in places] == [*range(1, len(places) + 1)]
        return {at for at in places if at == 0 or "\n" in self.words[at].gap or (is_row and len(places) > 1)}

    def _is_bracketed(self, at: int) -> bool:
        """Tell whether it is written "2)", or "(2)" after a comma; "VNeID (2)" counts."""
        before = self.words[at].gap.replace("(", "").strip()
        return self.words[at + 1].gap.startswith(")") and ("(" not in self.words[at].gap or bool(before))

    def is_border(self, at: int) -> bool:
        """Tell whether a comma or the like stands before a word."""
        return any(sign in self.words[at].gap for sign in _BORDERS) or self.words[at].gap in _BARS

    def around(self, at: int) -> tuple[int, int]:
        """Find the stretch between commas that a word stands in."""
        start, end = at, at + 1
        while start > 0 and not self.is_border(start):
            start -= 1
        while end < len(self.words) and not self.is_border(end):
            end += 1
        return start, end
