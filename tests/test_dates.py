"""Numbers, hours and days as people read them here."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from locales import dates, use_locale

TODAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (0, "0", "0"),
        (17, "+17", "+17"),
        (-5, "-5", "-5"),
        (1396, "+1.396", "+1,396"),
        (-1396, "-1.396", "-1,396"),
    ],
)
def test_a_change_carries_its_sign_and_its_thousands(value, vi, en):
    assert dates.signed(value) == vi
    with use_locale("en"):
        assert dates.signed(value) == en


@pytest.mark.parametrize(("value", "vi"), [(1204, "1.204"), (0.1, "0,1"), (48, "48")])
def test_a_number_is_grouped_as_the_language_does(value, vi):
    assert dates.number(value) == vi


@pytest.mark.parametrize(("at", "vi"), [("08:00", "8h"), ("14:50", "14h50"), ("07:05", "7h05")])
def test_an_hour_is_short(at, vi):
    assert dates.clock(datetime.fromisoformat(f"2026-11-17T{at}")) == vi


@pytest.mark.parametrize(("day", "vi"), [(TODAY, "thứ Ba"), (date(2026, 11, 22), "Chủ nhật")])
def test_a_day_of_the_week_has_its_name(day, vi):
    assert dates.weekday(day) == vi
