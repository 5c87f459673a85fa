"""Months and quarters: what they count, beside what they are compared, and every form they come in."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from bot import command_line
from bot.commands import Refused, report
from bot.config import load
from locales import use_locale
from models.conversation import Conversation
from models.delivery import Delivery
from models.people import Account
from models.target import Target
from services import (
    activity,
    month_thanks,
    numbers,
    period_goals,
    period_words,
    period_workbook,
    printing,
    report_papers,
    targets,
    units,
)
from services.reports import _period, monthly, quarterly
from services.rules import Rules
from tests.conftest import ZONE
from tests.factories import make_village_with_team

KINDS = Rules().activity.kinds
NOW = datetime(2026, 12, 2, 8, 0, tzinfo=ZONE)


@pytest.fixture
async def village(session):
    return await fill(session)


async def fill(session):
    village = await make_village_with_team(session)
    for day, count, kind in (
        (date(2026, 10, 31), 7, "vneid"),
        (date(2026, 11, 1), 5, "vneid"),
        (date(2026, 11, 30), 3, "vneid"),
        (date(2026, 11, 30), 2, "online_filing"),
        (date(2026, 12, 1), 9, "vneid"),
        (date(2026, 9, 30), 4, "vneid"),
    ):
        await activity.record(
            session,
            unit_id=units.unit_id(village.unit),
            person_id=village.members["Lan"].id,
            kind=kind,
            count=count,
            happened_on=day,
            now=NOW,
        )
    return village


async def test_a_month_is_its_days_and_stands_beside_the_month_before(session, village):
    made = await monthly.make(session, village.commune, date(2026, 11, 15), kinds=KINDS, now=NOW)
    assert (made.first, made.last, made.number) == (date(2026, 11, 1), date(2026, 11, 30), 11)
    assert made.now == {"persons": 8, "turns": 2, "sessions": 0}
    assert made.before == {"persons": 7, "turns": 0, "sessions": 0}
    assert [point.persons for point in made.points] == [None, None, None, 4, 7, 8]
    assert [(row.name, row.now["persons"], row.change) for row in made.rows] == [("Hòa Sơn", 8, 1)]
    assert (made.rows[0].reported, made.weeks) == (1, 5)


async def test_a_quarter_is_three_months(session, village):
    made = await quarterly.make(session, village.district, date(2026, 11, 15), kinds=KINDS, now=NOW)
    assert (made.first, made.last, made.number) == (date(2026, 10, 1), date(2026, 12, 31), 4)
    assert made.now["persons"] == 24
    assert made.before is not None
    assert made.before["persons"] == 4
    assert [row.level for row in made.rows] == ["commune"]


def test_a_period_is_followed_by_the_next_over_the_year():
    assert _period.after(date(2026, 12, 1), "month") == date(2027, 1, 1)
    assert _period.before(date(2027, 1, 1), "quarter") == date(2026, 10, 1)
    assert numbers.quarters(date(2027, 2, 3)) == [(date(2026, 10, 1), 4), (date(2027, 1, 1), 1)]


async def test_a_running_period_is_not_set_against_a_whole_one(session, village):
    made = await monthly.make(session, village.commune, date(2026, 12, 1), kinds=KINDS, now=NOW)
    with use_locale("vi"):
        assert "9 người, 0 lượt, 0 buổi." in period_words.message(made, KINDS)
        assert "(+1)" not in period_words.message(made, KINDS)


async def aim(session, unit, goal, span, *, kind="vneid"):
    when = {"first_on": span.first, "last_on": span.last}
    session.add(Target(unit_id=units.unit_id(unit), kind=kind, goal=goal, set_at=NOW, **when))
    await session.flush()


async def test_a_quarter_tells_each_goal_as_of_its_own_end(session, village):
    for month in (10, 11, 12):
        await aim(session, village.commune, 10, targets.month_of(date(2026, month, 1)))
    await aim(session, village.commune, 62, targets.quarter_of(NOW.date()))
    made = await quarterly.make(session, village.commune, NOW.date(), kinds=KINDS, now=NOW)
    assert [(goal.done, goal.days_left) for goal in made.goals] == [(7, 0), (8, 0), (9, 29), (24, 29)]
    with use_locale("vi"):
        assert period_goals.lines(made) == [
            "Cài VNeID tháng 10: 7/10 (70%), còn thiếu 3 người.",
            "Cài VNeID tháng 11: 8/10 (80%), còn thiếu 2 người.",
            "Cài VNeID tháng 12: 9/10 (90%), đúng đà là 0, còn 29 ngày, cần 1 người mỗi ngày.",
            "Cài VNeID quý 4: 24/62 (38%), đúng đà là 42, còn 29 ngày, cần 2 người mỗi ngày.",
        ]


async def test_a_month_that_is_over_tells_a_longer_goal_as_of_its_end_and_no_later_one(session, village):
    await aim(session, village.commune, 8, targets.month_of(date(2026, 11, 1)))
    await aim(session, village.unit, 8, targets.month_of(date(2026, 11, 1)))
    await aim(session, village.commune, 62, targets.quarter_of(NOW.date()))
    await aim(session, village.commune, 10, targets.month_of(NOW.date()))
    made = await monthly.make(session, village.commune, date(2026, 11, 1), kinds=KINDS, now=NOW)
    with use_locale("vi"):
        assert period_goals.lines(made) == [
            "Cài VNeID tháng 11: 8/8 (100%), đã đủ. 1/1 nơi đã đủ.",
            "Cài VNeID quý 4: 15/62 (24%), đúng đà là 41.",
        ]
    assert made.as_json()["goals_below"][0]["place"] == "Hòa Sơn"


async def test_goals_are_in_workbook_and_paper(session, village):
    november = targets.month_of(date(2026, 11, 1))
    await aim(session, village.commune, 12, november)
    await aim(session, village.unit, 10, november)
    made = await monthly.make(session, village.commune, date(2026, 11, 10), kinds=KINDS, now=NOW)
    with use_locale("vi"):
        book = load_workbook(io.BytesIO(period_workbook.write(made, KINDS)))
        paper = report_papers.of_period(made, KINDS)
    rows = list(book["Chỉ tiêu"].values)
    assert rows[0] == (
        "Thôn", "Loại việc", "Kỳ", "Chỉ tiêu", "Đã làm", "Tỷ lệ", "Đúng đà", "Còn ngày", "Cần mỗi ngày",
    )  # fmt: skip
    assert rows[1] == ("xã An Lạc", "Cài VNeID", "tháng 11", 12, 8, 8 / 12, None, 0, None)
    assert rows[2] == ("Hòa Sơn", "Cài VNeID", "tháng 11", 10, 8, 0.8, None, 0, None)
    assert paper.tables[-1].rows == [["Cài VNeID", "tháng 11", "12", "8", "66%", "", "0"]]
    assert "Cài VNeID tháng 11: 8/12 (66%), còn thiếu 4 người. 0/1 nơi đã đủ." in paper.lines


@pytest.mark.parametrize("form", ["text", "json", "xlsx", "png", "pdf"])
async def test_every_form_is_made(database, form):
    async with database.writing() as session:
        village = await fill(session)
    made = await report.make_period(
        database, village.commune.code, "monthly", date(2026, 11, 1), form, config=load(environ={}), now=NOW
    )
    heads = {
        "png": b"\x89PNG",
        "pdf": b"%PDF-",
        "xlsx": b"PK\x03\x04",
        "text": "XÃ AN LẠC · THÁNG 11".encode(),
    }
    if form == "json":
        assert json.loads(made)["now"]["persons"] == 8
    else:
        assert made.startswith(heads[form])
    if form == "xlsx":
        book = load_workbook(io.BytesIO(made))
        assert book.sheetnames == ["Bìa", "Từng thôn", "Từng loại việc", "Giải thích"]
        assert book["Từng thôn"].page_setup.orientation == "landscape"
        assert book["Từng thôn"].print_title_rows == "$1:$1"


async def test_the_paper_has_room_to_sign_and_a_cluster_no_committee(session, village):
    with use_locale("vi"):
        made = await monthly.make(session, village.commune, date(2026, 11, 1), kinds=KINDS, now=NOW)
        paper = report_papers.of_period(made, KINDS)
        assert paper.above == "ỦY BAN NHÂN DÂN\nXÃ AN LẠC"
        assert paper.signer == "TM. ỦY BAN NHÂN DÂN"
        assert printing.write(paper).startswith(b"%PDF-")
        area = await monthly.make(session, village.district, date(2026, 11, 1), kinds=KINDS, now=NOW)
        assert "ỦY BAN" not in report_papers.of_period(area, KINDS).above


async def test_a_member_is_thanked_with_their_own_numbers_once(session, village):
    lan = village.members["Lan"]
    account = (await session.exec(select(Account).where(Account.person_id == lan.id))).one()
    session.add(Conversation(channel_account=account.channel_account, chat="lan", account_id=account.id))
    await session.flush()
    villages = await month_thanks.villages(session)
    assert villages == [village.unit.id]
    assert await month_thanks.thank(session, villages, date(2026, 11, 30), kinds=KINDS, now=NOW) == 1
    assert await month_thanks.thank(session, villages, date(2026, 11, 30), kinds=KINDS, now=NOW) == 0
    payload = (await session.exec(select(Delivery.payload).where(Delivery.kind == "MonthThanks"))).one()
    said = payload["vars"]
    assert (said["persons"], said["turns"], said["most"], said["most_count"]) == (8, 2, "Cài VNeID", 8)


@pytest.mark.parametrize(
    "line",
    [
        "report monthly --unit AL --week 2026-W47",
        "report weekly --unit AL",
        "report quarterly --unit AL --quarter 2026-Q4 --month 2026-10",
        "report monthly --unit AL --month 2027-03",
    ],
)
def test_a_report_needs_its_own_period_which_has_begun(line):
    with pytest.raises(Refused) as refused:
        report.begin(command_line.parse(line.split()), NOW)
    assert refused.value.code == 2


def test_a_quarter_begins_on_its_first_day():
    args = command_line.parse("report quarterly --unit AL --quarter 2026-Q4".split())
    assert report.begin(args, NOW) == date(2026, 10, 1)


@pytest.mark.parametrize("line", ["--month 2026-13", "--quarter 2026-Q5", "--month 11/2026"])
def test_a_period_that_does_not_exist_is_refused(line):
    with pytest.raises(command_line.UsageWrong):
        command_line.parse(f"report monthly --unit AL {line}".split())
