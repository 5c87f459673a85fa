"""Which day of the past did somebody type?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from services.folding import fold

_WEEKDAYS: Final = (
    ("thu 2", "thu hai", "t2"), ("thu 3", "thu ba", "t3"), ("thu 4", "thu tu", "t4"),
    ("thu 5", "thu nam", "t5"), ("thu 6", "thu sau", "t6"), ("thu 7", "thu bay", "t7"), ("chu nhat", "cn"),
)  # fmt: skip
_AGO: Final = {"hom nay": 0, "nay": 0, "bua nay": 0, "hom qua": 1, "qua": 1, "bua qua": 1, "hom kia": 2}
_DATE: Final = re.compile(r"(\d{1,2})(?: ?[/.-] ?| thang )(\d{1,2})(?: ?[/.-] ?(\d{4}))?")
_LEADING: Final = re.compile(r"^(?:ngay|hom) (?=\d)")
FAR_AHEAD: Final = timedelta(days=180)


def read(text: str, today: date) -> date | None:
    """Read "14/11", "ngày 14 tháng 11", "hôm qua", "thứ 7"; None for anything else.

    A date without a year is of this year, also if it is still to come; one far ahead was last year's.
    """
    words = " ".join(fold(text).strip(" .").split())
    if words in _AGO:
        return today - timedelta(days=_AGO[words])
    for weekday, names in enumerate(_WEEKDAYS):
        if words in names:
            return today - timedelta(days=(today.weekday() - weekday) % 7)
    found = _DATE.fullmatch(_LEADING.sub("", words))
    return _dated(found, today) if found else None


def _dated(found: re.Match[str], today: date) -> date | None:
    year = int(found[3]) if found[3] else today.year
    try:
        day = date(year, int(found[2]), int(found[1]))
        is_last_years = not found[3] and day - today > FAR_AHEAD
        return day.replace(year=year - 1) if is_last_years else day
    except ValueError:
        return None
