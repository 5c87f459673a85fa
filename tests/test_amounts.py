"""Numbers and days as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from services import amounts, typed_days
from services.rules import DEFAULT_KINDS

TUESDAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5", 5), ("5.", 5), ("5 người", 5), ("khoảng 5 ng", 5), ("1.204", 1204), ("0", 0), ("-3", -3),
        ("4 hoi nay go nham", 4), ("năm", 5), ("nam nguoi", 5), ("hai ba con", 2), ("ba bà con", 3),
        ("mười", 10), ("mười lăm", 15), ("hai mươi", 20), ("hai muoi mot", 21), ("2 chục", 20),
        ("hai chục", 20),
    ],
)  # fmt: skip
def test_a_number_is_read(typed, number):
    assert amounts.read(typed) == number


@pytest.mark.parametrize(
    "typed",
    ["", "nhiều lắm", "5-6", "5 người 2 lượt", "1,5", "20/10", "lam sao cai vneid", "Nam ơi", "hai mươi mươi",
     "12 so can cuoc go o dau vay a", "mười hai mươi", "1234567890123"],
)  # fmt: skip
def test_what_is_no_one_number_is_not_guessed(typed):
    assert amounts.read(typed) is None


def test_a_count_is_said_with_its_unit():
    vneid, filing, *_rest, meeting, _class = DEFAULT_KINDS
    assert amounts.work(1204, vneid) == "1.204 người cài VNeID"
    assert amounts.work(3, filing) == "3 lượt nộp hồ sơ qua mạng"
    assert amounts.work(1, meeting) == "1 buổi họp thôn"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14/11", date(2026, 11, 14)), ("ngày 14/11", date(2026, 11, 14)), ("14-11-2026", date(2026, 11, 14)),
        ("ngày 14 tháng 11", date(2026, 11, 14)), ("20/11", date(2026, 11, 20)), ("hôm nay", TUESDAY),
        ("hom qua", date(2026, 11, 16)), ("hôm kia", date(2026, 11, 15)), ("thứ 7", date(2026, 11, 14)),
        ("t2", date(2026, 11, 16)), ("CN", date(2026, 11, 15)), ("thứ ba", TUESDAY),
        ("28/12/2025", date(2025, 12, 28)),
    ],
)  # fmt: skip
def test_a_day_is_read(typed, day):
    assert typed_days.read(typed, TUESDAY) == day


def test_a_day_far_ahead_was_last_years():
    assert typed_days.read("28/12", date(2027, 1, 3)) == date(2026, 12, 28)
    assert typed_days.read("5/1", date(2027, 1, 3)) == date(2027, 1, 5)


@pytest.mark.parametrize("typed", ["", "31/2", "14", "hôm nọ", "20/10 cai vneid 6 nguoi", "14/13"])
def test_what_is_no_day_is_not_guessed(typed):
    assert typed_days.read(typed, TUESDAY) is None
