"""Which days is a number said of each: "thứ 5 với thứ 6 tuần trước mỗi hôm em vào 6 nhà"?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from services.work_sentences import days, numbers
from services.work_sentences.days import Day
from services.work_sentences.words import Word

_EACH: Final = "moi"
_TIMES: Final = frozenset({"ngay", "hom", "bua", "buoi", "toi", "tui", "sang", "chieu", "dem", "trua"})
_JOINTS: Final = frozenset({"", "va", "voi", "vs", "lan", "cung", "roi", "va ngay", "voi ngay"})
_FAR: Final = 7
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class EachDay:
    """The days, and the places of "mỗi hôm"; none where a sentence has no such list."""

    days: tuple[Day, ...] = ()
    places: frozenset[int] = frozenset()

    @property
    def dates(self) -> tuple[date, ...]:
        """List the days themselves."""
        return tuple(day.on for day in self.days if day.on)

    def as_one(self) -> list[Day]:
        """Take the list for its first day while the rest is read."""
        return [replace(self.days[0], end=self.days[-1].end)]


NONE: Final = EachDay()


def find(words: Sequence[Word], today: date) -> EachDay:
    """Find a list of at least two days and nothing but it, with "mỗi ngày" and a number behind."""
    at = next((at for at in range(1, len(words) - 1) if _is_each(words, at)), None)
    if at is None or not any(numbers.exact(words, place) for place in range(at + 2, _end(words, at))):
        return NONE
    found = [day for day in days.apart(words, today) if day.start not in {at, at + 1}]
    is_list = len(found) > 1 and found[-1].end <= at and all(day.on for day in found)
    if not is_list or any(not _is_joined(words, one, two) for one, two in pairwise(found)):
        return NONE
    found = [_of_one_week(day, found[-1], words) for day in found]
    is_each = len({day.on for day in found}) == len(found)
    return EachDay(tuple(found), frozenset({at, at + 1})) if is_each else NONE


def _end(words: Sequence[Word], at: int) -> int:
    return min(len(words), at + _FAR)


def _is_each(words: Sequence[Word], at: int) -> bool:
    return words[at].text == _EACH and words[at + 1].text in _TIMES and not words[at + 1].gap.strip()


def _is_joined(words: Sequence[Word], one: Day, two: Day) -> bool:
    return " ".join(word.text for word in words[one.end : two.start]) in _JOINTS


def _of_one_week(day: Day, last: Day, words: Sequence[Word]) -> Day:
    """Read "thứ 2 với thứ 3 tuần trước" as days of one week."""
    has_week = any(word.text == "tuan" for word in words[last.start : last.end])
    if not has_week or day.on is None or last.on is None:
        return day
    back = (last.on.weekday() - day.on.weekday()) % _WEEK
    return replace(day, on=last.on - timedelta(days=back))
