"""On which day was it done, as a sentence says it, and which days are too vague to write?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services import typed_days
from services.work_sentences import numbers
from services.work_sentences.lexicon import load
from services.work_sentences.phrases import Phrases
from services.work_sentences.words import Word, split

_EVENINGS: Final = frozenset({"sang", "trua", "chieu", "toi", "dem"})
_DIGITS: Final = 2
_MOST_OF_MONTH: Final = 31
_SETTING_OUT: Final = frozenset(
    {"di", "xuong", "den", "qua", "len", "ra", "ve", "vo", "vao", "toi", "sang", "ghe", "ho", "huong", "giup"}
)
_PARTS: Final = frozenset({"sang", "trua", "chieu", "toi", "dem", "hom", "ngay", "bua"})

_DAYS: Final = load()["days"]


def _phrases(name: str) -> Phrases[bool]:
    return Phrases((phrase, True) for phrase in _DAYS[name])


_SAID: Final = Phrases[str](
    [(phrase, "0") for phrase in _DAYS["today"]]
    + [(phrase, "1") for phrase in _DAYS["yesterday"]]
    + [(phrase, "2") for phrase in _DAYS["day_before"]]
    + [(phrase, "?") for phrase in _DAYS["vague"]]
    + [(phrase, f"w{weekday}") for weekday, phrases in enumerate(_DAYS["weekdays"]) for phrase in phrases]
)
_LAST_WEEK: Final = _phrases("last_week")
_TO_COME: Final = _phrases("to_come")
_JUST_PAST: Final = _phrases("just_past")
_THIS: Final = _phrases("this_week")
_TIMES: Final = frozenset(split("hôm bữa hồi tuần tháng")[place].typed for place in range(5))
_TIMES_BARE: Final = frozenset({"hom", "thang"})
_UNITS: Final = frozenset({"nguoi", "ng", "ba", "luot", "ho", "cu", "nha", "bac", "ca", "hs", "buoi"})
_ME: Final = split("tôi")[0].typed
_MOON: Final = split("âm")[0].typed
_LEADING: Final = frozenset({"hoi", "khi", "luc", "vao", "tu"})
_BILLS: Final = frozenset({"dien", "nuoc", "mang", "net", "phi", "cuoc", "hoc", "rac", "tro", "luong", "hoi"})
_NO_TIMES: Final = frozenset({"tra", "hoan", "cho", "com", "tiec", "gio", "nhau", "khac"})
_MONTHS: Final = frozenset({"nay", "truoc", "trc", "sau", "roi", "qua", "ni", "gieng", "chap", "nao", "toi"})
_MINE: Final = frozenset({"toi", "tui", "minh", "em", "chi", "anh", "chau", "con", "bac"})
_DONE_BY_US: Final = frozenset({"xuong", "mo", "day", "hop", "giup", "huong", "hd", "to"})
MOST_DAYS_AGO: Final = 31
_TEN: Final = 10
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """A day where it stands; none for "mấy bữa nay", "31/11"."""

    start: int
    end: int
    on: date | None
    is_week: bool = False


def find(words: Sequence[Word], today: date) -> list[Day]:
    """Find the days, from left to right; neighbours that say one day twice are one."""
    return list(_merged(apart(words, today), words))


def apart(words: Sequence[Word], today: date) -> list[Day]:
    """Find every day where it is named, neighbours apart."""
    found: list[Day] = []
    at = 0
    while at < len(words):
        day = _at(words, at, today) or _some_day(words, at, today)
        if day is None or (day.on is None and found and found[-1].end == at and numbers.exact(words, at)):
            at += 1  # "hôm qua 3 hôm nay 4"
            continue
        at = day.end
        found.append(day)
    return found


def _some_day(words: Sequence[Word], at: int, today: date) -> Day | None:
    """Find a word for a time that leads to no day: "hôm nớ", "tháng mười", "hồi tết"."""
    is_time = words[at].typed in _TIMES or (not words[at].is_marked and words[at].text in _TIMES_BARE)
    if not is_time or _is_of_bill(words, at):
        return None
    if at + 1 < len(words) and words[at + 1].text.isdecimal() and words[at].text == "hoi":
        return None  # "hồi 8 giờ"
    if at + 1 < len(words) and words[at + 1].text in _NO_TIMES:
        return None  # "tuần tra", "bữa chợ", "để bữa khác"
    if words[at].typed == "thang" and not _is_month(words, at):
        return None  # "thằng Dũng", typed without marks
    if words[at].text == "thang" and at + 1 < len(words) and words[at + 1].text == str(today.month):
        return None  # "họp thôn tháng 11"
    is_to_come = at + 1 < len(words) and words[at + 1].text in {"toi", "sau", "den"}
    return None if is_to_come or (at and numbers.exact(words, at - 1)) else Day(at, at + 1, None)


def _is_month(words: Sequence[Word], at: int) -> bool:
    """Tell whether the number or the place of a month is said: "thang muoi", "thang gieng"."""
    is_said = at + 1 < len(words) and not words[at + 1].gap.strip()
    return is_said and (words[at + 1].text in _MONTHS or numbers.exact(words, at + 1) is not None)


def _is_of_bill(words: Sequence[Word], at: int) -> bool:
    """Tell whether a month is that of a bill, and no time of work: "đóng tiền điện tháng này qua app"."""
    is_near = at > 0 and not words[at].gap.strip()
    return is_near and words[at].text == "thang" and words[at - 1].text in _BILLS


def _merged(found: Sequence[Day], words: Sequence[Word]) -> Iterator[Day]:
    kept: Day | None = None
    for day in found:
        if kept is None:
            kept = day
            continue
        if _is_this(kept, day, words):
            kept = day
            continue
        said = [word.text for word in words[kept.start : kept.end]]
        if said == ["trong", "ngay"] and kept.end == day.start:
            kept = Day(kept.start, day.end, day.on, day.is_week)
            continue
        between = [word.text for word in words[kept.end : day.start]]
        is_list = "," in words[day.start].gap and kept.on != day.on
        if (kept.end == day.start and not is_list) or between in (
            ["ngay"],
            ["den", "ngay"],
            ["den"],
            ["toi"],
            ["va"],
            ["va", "ngay"],
        ):
            is_range = bool(between) and between != ["ngay"]
            on = _both(kept, day) if not is_range else None
            kept = Day(kept.start, day.end, on, kept.is_week and day.is_week)
            continue
        yield kept
        kept = day
    if kept is not None:
        yield kept


def _is_this(first: Day, second: Day, words: Sequence[Word]) -> bool:
    """Tell whether "nay" is này before another day, typed without marks: "tro lua nay chieu hom qua"."""
    is_nay = first.end == first.start + 1 and words[first.start].typed == "nay"
    is_close = first.end == second.start and not words[second.start].gap.strip()
    return is_nay and is_close and first.on != second.on


def _both(first: Day, second: Day) -> date | None:
    """Make one day of two that stand side by side: "thứ Hai 16/11", "tuần trước thứ 5".

    A date is surer than its week, which some begin on Sunday: "chủ nhật tuần trước (8/11)".
    """
    if first.on is None or second.on is None:
        return None
    if first.on != second.on and first.on - second.on == WEEK:
        return second.on
    return first.on if first.on == second.on else None


def _at(words: Sequence[Word], at: int, today: date) -> Day | None:
    return (
        _led(words, at, today)
        or _on_part(words, at, today)
        or _in_words(words, at, today)
        or _ago(words, at, today)
        or _by_calendar(words, at, today)
        or _dated(words, at, today)
        or _said(words, at, today)
    )


def _led(words: Sequence[Word], at: int, today: date) -> Day | None:
    """Read on where a word only leads to a day that says more: "hồi tối hôm qua", "vào sáng thứ 2"."""
    if words[at].text not in _LEADING or at + 1 >= len(words) or words[at + 1].gap.strip():
        return None
    day, short = _said(words, at + 1, today), _SAID.at(words, at)
    is_longer = day is not None and (short is None or day.end > short[0][-1] + 1)
    return Day(at, day.end, day.on, day.is_week) if day and is_longer and day.on else None


def _on_part(words: Sequence[Word], at: int, today: date) -> Day | None:
    """Read "tối 14 em mở lớp", where who is behind the number did the work: "sáng 16 chị em tổ mình đi"."""
    if words[at].text not in _PARTS or at + 2 >= len(words) or words[at + 1].gap.strip():
        return None
    who = at + 2
    while who < len(words) and words[who].text in _MINE and not words[who].gap.strip():
        who += 1
    is_ours = at + 2 < who < len(words) and words[who].text in _DONE_BY_US
    is_ours = is_ours or (words[at + 2].text == "hop" and not words[at + 2].gap.strip())
    number = words[at + 1].text
    if not is_ours or not re.fullmatch(r"\d{2}", number) or int(number) < _TEN:
        return None
    return Day(at, at + 2, _of_month(int(number), today))


def _in_words(words: Sequence[Word], at: int, today: date) -> Day | None:
    """Read "ngày mười bốn tháng mười một", "hôm mười bốn"."""
    if words[at].text not in {"ngay", "hom", "bua"} or at + 1 >= len(words):
        return None
    day = numbers.exact(words, at + 1)
    if words[at].text != "ngay" and day and (not day.value or day.value <= _TEN):
        return None  # "hôm ba người tới"
    if day is None or day.value is None or not day.is_in_words:
        return None
    end = day.end
    month = None
    if end + 1 < len(words) and words[end].text == "thang":
        month = numbers.exact(words, end + 1)
        end = month.end if month else end
    if month is None:
        return Day(at, day.end, _of_month(day.value, today)) if words[at].is_marked else None
    return Day(at, end, typed_days.read(f"{day.value}/{month.value}", today))


def _ago(words: Sequence[Word], at: int, today: date) -> Day | None:
    """Read "2 ngày trước", "ba hôm trước"."""
    number = numbers.exact(words, at)
    if number is None or not number.value:
        return None
    texts = [word.text for word in words[number.end : number.end + 2]]
    if len(texts) == 2 and texts[0] in {"ngay", "hom", "bua"} and texts[1] in {"truoc", "trc"}:
        on = today - timedelta(days=number.value) if number.value <= MOST_DAYS_AGO else None
        return Day(at, number.end + 2, on)
    return None


def _dated(words: Sequence[Word], at: int, today: date) -> Day | None:
    start = at
    is_people = words[at].is_marked and not words[at].has_tone  # "bà con người Mông, 01 lớp"
    is_moon = words[at].text in {"mung", "mong"} and not (is_people or words[at].is_capital)
    is_moon = is_moon and at + 1 < len(words) and not words[at + 1].gap.strip()  # "xóm Mừng, 46 người"
    is_named = words[at].text in {"ngay", "hom", "bua"} or is_moon or _is_evening_of(words, at)
    if is_named:
        at += 1
        if at < len(words) and words[at].text.isdecimal() and is_moon:
            return Day(start, _end_of_date(words, at) or at + 1, None)
    if at >= len(words) or not re.fullmatch(r"\d{1,2}", words[at].text) or numbers.is_of_so_many(words, at):
        return None
    if is_named and words[at].gap.strip():
        return None  # "tổng kết ngày: 4 lượt"
    end = _end_of_date(words, at, is_named=is_named)
    if end is None and (not is_named or _is_counted(words, start, at + 1)):
        return None
    if end is None:
        following = [word.text for word in words[at + 1 : at + 3]]
        is_range = (
            following[:1] in (["va"], ["den"], ["toi"], ["voi"])
            and following[1:]
            and following[1].isdecimal()
        )
        on = None if is_range else _of_month(int(words[at].text), today)
        return Day(start, at + 3 if is_range else at + 1, on)
    written = "/".join(word.text for word in words[at:end] if word.text.isdecimal())
    return Day(start, end, typed_days.read(written, today))


def _by_calendar(words: Sequence[Word], start: int, today: date) -> Day | None:
    """Read a day with its calendar behind it: "hôm 16 tây"; a day of the moon, "12 âm lịch", is asked."""
    at = start + (words[start].text in {"ngay", "hom", "bua", "mung", "mong"})
    if at + 1 >= len(words) or not re.fullmatch(r"\d{1,2}", words[at].text) or words[at + 1].gap != " ":
        return None
    word = words[at + 1]
    is_long = [each.text for each in words[at + 1 : at + 3]] == ["am", "lich"]
    if word.typed == _MOON or is_long:
        return Day(start, at + 2 + is_long, None)
    return Day(start, at + 2, _of_month(int(words[at].text), today)) if word.text == "tay" else None


def _is_evening_of(words: Sequence[Word], at: int) -> bool:
    """Tell whether a day of the month follows, as the writer is who did it: "tối 14 em xuống bon họp dân"."""
    if words[at].text not in _EVENINGS or at + 3 >= len(words) or words[at + 1].gap.strip():
        return False
    day, rest = words[at + 1].text, [word.text for word in words[at + 2 : at + 6]]
    is_date = day.isdecimal() and len(day) == _DIGITS and int(day) <= _MOST_OF_MONTH
    rest = rest[1:] if rest[:2] in (["chi", "em"], ["anh", "em"]) and rest[2:3] == ["to"] else rest
    is_mine = rest[:1] in (["tui"], ["toi"], ["minh"]) or (rest[:1] == ["em"] and rest[1] in _SETTING_OUT)
    return is_date and (is_mine or rest[:2] == ["em", "to"])


def _is_counted(words: Sequence[Word], start: int, at: int) -> bool:
    """Tell whether a number after "ngày" counts something: "cả ngày 5 người"."""
    before = words[start - 1].text if start else ""
    return before in {"ca", "moi", "nua", "hang"} or (
        at < len(words) and words[at].text in _UNITS and not words[at].gap.strip()
    )


def _end_of_date(words: Sequence[Word], at: int, *, is_named: bool = False) -> int | None:
    """Find the end of "20/10", "20/10/2026", "ngày 12.11", "10 tháng 11"; a range of counts is no date."""
    following = [word.text for word in words[at + 1 : at + 4]]
    if following[:1] == ["thang"] and len(following) > 1 and following[1].isdecimal():
        is_year = len(following) > 2 and following[2] == "nam"
        return at + (5 if is_year else 3)
    if not following or not following[0].isdecimal() or len(following[0]) > 2:
        return None
    sign = words[at + 1].gap
    month = int(following[0])
    if sign not in {"/", "-", "."} or not 1 <= month <= 12:
        return None
    is_unit = len(following) > 1 and following[1] in _UNITS and not words[at + 2].gap.strip()
    if sign != "/" and ((len(following) < 2 and not is_named) or is_unit):
        return None
    if len(following) > 1 and re.fullmatch(r"20\d\d", following[1]) and words[at + 2].gap == sign:
        return at + 3
    return at + 2


def _of_month(number: int, today: date) -> date | None:
    """Find the latest day with this number: "ngày 20" is of this month, or of the last one."""
    for back in range(2):
        month = today.replace(day=1)
        for _ in range(back):
            month = (month - timedelta(days=1)).replace(day=1)
        try:
            day = month.replace(day=number)
        except ValueError:
            return None
        if day <= today:
            return day
    return None


def _said(words: Sequence[Word], at: int, today: date) -> Day | None:
    start = at
    is_me = words[at].typed == _ME and not words[at].is_partial
    if words[at].text in _PARTS and not is_me and at + 1 < len(words):
        whole, rest = _SAID.at(words, at), _SAID.at(words, at + 1)
        is_whole = whole and (rest is None or rest[0][-1] <= whole[0][-1])
        at = at if is_whole else at + 1  # "sang chu nhat" is no "sáng chừ"
    found = _SAID.at(words, at)
    if found is None:
        return None
    places, what = found
    end = places[-1] + 1
    if what.isdecimal():
        return Day(start, end, today - timedelta(days=int(what)))
    if what == "?":
        return _vague(words, start, end, today)
    return _weekday(words, start, end, int(what[1:]), today)


def _vague(words: Sequence[Word], start: int, end: int, today: date) -> Day:
    """Read on after "tuần trước": "tuần trước thứ 5" is a day; a week alone is none."""
    is_last = _LAST_WEEK.at(words, start) is not None
    following = _SAID.at(words, end) if end < len(words) else None
    if is_last and following and following[1].startswith("w"):
        monday = today - timedelta(days=today.weekday()) - WEEK
        return Day(start, following[0][-1] + 1, monday + timedelta(days=int(following[1][1:])))
    return Day(start, end, None, is_week=words[start].text == "tuan")


def _is_writer(words: Sequence[Word], at: int) -> bool:
    """Tell whether "toi" is the writer, and not tới: "thu bay toi da giup 5 bac"."""
    following = words[at + 1] if at + 1 < len(words) else None
    is_bare = words[at].text == "toi" and not words[at].is_marked
    return is_bare and following is not None and not following.gap.strip()


def _weekday(words: Sequence[Word], start: int, end: int, weekday: int, today: date) -> Day:
    monday = today - timedelta(days=today.weekday())
    if end < len(words) and not words[end].gap.strip():
        for phrases, week in ((_LAST_WEEK, -WEEK), (_THIS, timedelta()), (_TO_COME, WEEK)):
            found = phrases.at(words, end)
            if found and not _is_writer(words, found[0][-1]):
                return Day(start, found[0][-1] + 1, monday + week + timedelta(days=weekday))
        past = _JUST_PAST.at(words, end)
        if past:
            ago = (today.weekday() - weekday) % 7 or 7
            return Day(start, past[0][-1] + 1, today - timedelta(days=ago))
    return Day(start, end, today - timedelta(days=(today.weekday() - weekday) % 7))
