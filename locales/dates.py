"""How clock times, days and numbers are said: 8h, 14h50, thứ Ba 17/11, 1.204, 62%."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from locales import current, gettext


def clock(at: datetime) -> str:
    """Say a time of day; `at` is in the configured zone."""
    if current() != "vi":
        return f"{at:%H:%M}"
    return f"{at.hour}h{at.minute:02d}" if at.minute else f"{at.hour}h"


def weekday(day: date) -> str:
    """Say a weekday: thứ Ba, Chủ nhật."""
    name = _by_pattern(day, "EEEE")
    if current() != "vi":
        return name
    return name.capitalize() if day.weekday() == 6 else name[0].lower() + name[1:]


def short(day: date) -> str:
    """Say a day and month: 17/11; English says 17 Nov."""
    return f"{day.day}/{day.month}" if current() == "vi" else _by_pattern(day, "d MMM")


def long(day: date) -> str:
    """Say a full date: 01/6/2026, with the day padded as Vietnamese papers write it."""
    if current() == "vi":
        month = f"{day.month:02d}" if day.month < 3 else str(day.month)
        return f"{day.day:02d}/{month}/{day.year}"
    return _by_pattern(day, "d MMM y")


def paper(day: date) -> str:
    """Say a day as it stands over a signature: ngày 03 tháng 12 năm 2026."""
    if current() != "vi":
        return _by_pattern(day, "d MMMM y")
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def span(first: date, last: date) -> str:
    """Say some days in a row: 16–22/11, 30/11–6/12."""
    if current() == "vi" and first.month == last.month:
        return f"{first.day}–{short(last)}"
    return f"{short(first)}–{short(last)}"


def spoken(day: date, today: date) -> str:
    """Say a day as people do: hôm nay, ngày mai, else the weekday and date."""
    if day == today:
        return gettext("today")
    if day == today + timedelta(days=1):
        return gettext("tomorrow")
    return f"{weekday(day)} {short(day)}"


def moment(at: datetime, now: datetime) -> str:
    """Say when something will happen: the clock alone today, else with its day."""
    at = at.astimezone(now.tzinfo)
    if at.date() == now.date():
        return clock(at)
    return gettext("{clock} {day}").format(clock=clock(at), day=spoken(at.date(), now.date()))


def number(value: float) -> str:
    """Write a number with the locale's grouping: 1.204."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - likewise

    return format_decimal(value, locale=current())


def signed(value: int) -> str:
    """Write a change: +17, -5, 0, +1.396."""
    return f"{'+' if value > 0 else '-'}{number(abs(value))}" if value else "0"


def _by_pattern(day: date, pattern: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - a start says no day, and Babel takes 2 MB

    return format_date(day, pattern, locale=current())
