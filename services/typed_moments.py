"""Which moment to come did somebody type?"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from services.folding import fold

_CLOCK: Final = re.compile(r"\b(\d{1,2}) ?(?:h|gio|g|:)(?: ?(\d{2})(?! ?[/.-] ?\d))?(?!\d)")
_DATE: Final = re.compile(r"\b(\d{1,2}) ?[/.-] ?(\d{1,2})(?: ?[/.-] ?(\d{4}))?\b")
_WEEKDAYS: Final = (
    r"thu (?:2|hai)|t2", r"thu (?:3|ba)|t3", r"thu (?:4|tu)|t4", r"thu (?:5|nam)|t5",
    r"thu (?:6|sau)|t6", r"thu (?:7|bay)|t7", r"chu nhat|cn",
)  # fmt: skip
_TOMORROW: Final = re.compile(r"\b(?:ngay |sang |chieu |toi )?mai\b")
_EVENING: Final = re.compile(r"\b(?:chieu|toi)\b")
FAR_BACK: Final = timedelta(days=180)


def read(text: str, now: datetime) -> datetime | None:
    """Read "19h", "7h30 sáng mai", "8h thứ 7", "8h 27/11"; None where there is no clock time to come.

    A clock time alone is of today, or of tomorrow if that is past.
    """
    words = " ".join(fold(text).split())
    clock = _CLOCK.search(words)
    if clock is None:
        return None
    hour, minute = int(clock[1]), int(clock[2] or 0)
    if hour < 12 and _EVENING.search(words):
        hour += 12
    if hour > 23 or minute > 59:
        return None
    rest = f"{words[: clock.start()]} {words[clock.end() :]}"
    dated = _DATE.search(rest)
    day = _dated(dated, now.date()) if dated else _day(rest, now.date())
    if dated and day is None:
        return None
    at = datetime.combine(day or now.date(), time(hour, minute), now.tzinfo)
    if day is None and at <= now:
        at += timedelta(days=1)
    return at if at > now else None


def _day(words: str, today: date) -> date | None:
    if _TOMORROW.search(words):
        return today + timedelta(days=1)
    for weekday, names in enumerate(_WEEKDAYS):
        if re.search(rf"\b(?:{names})\b", words):
            return today + timedelta(days=(weekday - today.weekday()) % 7)
    return None


def _dated(found: re.Match[str], today: date) -> date | None:
    year = int(found[3]) if found[3] else today.year
    try:
        day = date(year, int(found[2]), int(found[1]))
    except ValueError:
        return None
    return day.replace(year=year + 1) if not found[3] and today - day > FAR_BACK else day
