"""A week as JSON, workbook and picture, and the entries as a table: real numbers, real days, no formulas."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import warnings
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import load_workbook
from PIL import Image

from bot.commands import Refused, export, report
from bot.config import load
from locales import use_locale
from models.help import HelpRequest
from models.people import Role
from services import (
    activity,
    activity_export,
    charts,
    counts,
    drawing,
    errors,
    units,
    weekly_chart,
    weekly_workbook,
)
from services.reports import weekly
from services.rules import Rules
from services.titles import Titles
from tests.conftest import ZONE
from tests.factories import actor_for, make_person, make_unit, make_village_with_team

KINDS = Rules().activity.kinds
WEEK = counts.week_of(date(2026, 11, 16))
NOW = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)
DANGER = '=HYPERLINK("http://a.example","x")'


@pytest.fixture
def config():
    return load(environ={})


async def sheets_of(session, unit):
    return await weekly_workbook.gather(session, unit, WEEK, kinds=KINDS, titles=Titles(), now=NOW)


def opened(made):
    """Open a workbook; openpyxl says that it does not know sparklines, which are looked at apart."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparkline Group extension")
        return load_workbook(io.BytesIO(made))


async def fill(session):
    village = await make_village_with_team(session)
    spy = await make_person(session, DANGER, unit=village.unit, role=Role.MEMBER)
    for count, kind, day in (
        (5, "vneid", 16),
        (1204, "vneid", 17),
        (2, "online_filing", 17),
        (0, "none", 18),
    ):
        await activity.record(
            session,
            unit_id=units.unit_id(village.unit),
            person_id=spy.id,
            kind=kind,
            count=count,
            happened_on=date(2026, 11, day),
            now=datetime(2026, 11, 17, 18, 5, tzinfo=ZONE),
        )
    return village


def rows_of(session, unit, *, with_names=True):
    return activity_export.entries(
        session, unit, WEEK.monday, WEEK.sunday, kinds=KINDS, zone=ZONE, with_names=with_names
    )


async def test_a_csv_opens_in_excel_and_runs_nothing(session, tmp_path):
    village = await fill(session)
    path = tmp_path / "e.csv"
    assert await activity_export.write(path, rows_of(session, village.commune)) == 4
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    assert head[:6] == ["Ngày", "Thôn", "Người ghi", "Loại việc", "Số", "Đơn vị tính"]
    assert rows[0][:6] == ["2026-11-16", "Hòa Sơn", f"'{DANGER}", "Cài VNeID", "5", "người"]
    assert rows[0][6:8] == ["2026-11-17 18:05", "Có"]
    assert rows[3][3:5] == ["Báo không có việc", "0"]
    assert [one.name for one in tmp_path.glob("*.part")] == []


async def test_a_workbook_holds_real_days_and_numbers_and_no_formula(session, tmp_path):
    village = await fill(session)
    path = tmp_path / "e.xlsx"
    await activity_export.write(path, rows_of(session, village.commune))
    sheet = load_workbook(path).worksheets[0]
    assert sheet.freeze_panes == "A2"
    row = sheet[3]
    assert row[0].value == datetime(2026, 11, 17)  # noqa: DTZ001 - a workbook knows no zones
    assert row[4].value == 1204
    assert {cell.data_type for line in sheet.rows for cell in line} <= {"s", "n", "d"}
    assert row[2].value == DANGER


async def test_names_stay_out_where_they_are_not_allowed(session):
    village = await fill(session)
    assert {row.who async for row in rows_of(session, village.commune, with_names=False)} == {""}


async def test_what_was_corrected_is_there_once_and_marked(session):
    village = await fill(session)
    leader = await actor_for(session, village.leader)
    first = [row async for row in rows_of(session, village.commune)]
    await activity.correct(session, leader, 1, 7, limits=Rules().activity, now=NOW)
    after = [row async for row in rows_of(session, village.commune)]
    assert len(after) == len(first)
    assert [(row.count, row.is_corrected) for row in after if row.day == date(2026, 11, 16)] == [(7, True)]


async def test_reading_in_pages_loses_nothing(session, monkeypatch):
    village = await fill(session)
    monkeypatch.setattr(activity_export, "BATCH", 1)
    assert [row.count async for row in rows_of(session, village.commune)] == [5, 1204, 2, 0]


async def test_namesakes_are_told_apart_even_if_one_has_no_entries(session):
    village = await fill(session)
    await make_unit(session, "Hòa Sơn", parent=village.commune, code="B2")
    places = {row.place async for row in rows_of(session, village.unit)}
    assert places == {f"Hòa Sơn, mã {village.unit.code}"}


async def test_more_than_a_sheet_holds_is_refused_and_leaves_no_file(session, tmp_path, monkeypatch):
    village = await fill(session)
    monkeypatch.setattr(activity_export, "MOST_ROWS", 2)
    with pytest.raises(errors.ExportTooLong):
        await activity_export.write(tmp_path / "e.xlsx", rows_of(session, village.commune))
    assert list(tmp_path.glob("*.xlsx*")) == []


async def test_json_holds_every_figure(database, config):
    async with database.writing() as session:
        village = await fill(session)
    made = await report.make(database, village.commune.code, WEEK, "json", config=config, now=NOW)
    found = json.loads(made)
    assert found["now"] == {"persons": 1209, "turns": 2, "sessions": 0}
    assert found["before"] is None
    assert (found["first"], found["last"]) == ("2026-11-16", "2026-11-22")
    assert found["rows"][0]["name"] == "Hòa Sơn"


async def test_text_is_the_message(database, config):
    async with database.writing() as session:
        village = await fill(session)
    made = await report.make(database, village.commune.code, WEEK, "text", config=config, now=NOW)
    assert made.decode().startswith("XÃ AN LẠC · TUẦN 47 (16–22/11)\nTuần này không có việc đáng lo.")
    assert "1.209 người, 2 lượt, 0 buổi." in made.decode()


async def test_an_unknown_unit_is_refused_as_bad_input(database, config, tmp_path):
    with pytest.raises(Refused) as refused:
        await report.make(database, "NOPE", WEEK, "text", config=config, now=NOW)
    assert refused.value.code == 2
    with pytest.raises(Refused):
        await export.export(
            database, "NOPE", WEEK.monday, WEEK.sunday, tmp_path / "e.csv", config=config, now=NOW
        )


async def test_the_workbook_of_a_week_has_its_sheets(session):
    village = await fill(session)
    sheets = await weekly_workbook.gather(
        session, village.commune, WEEK, kinds=KINDS, titles=Titles(), now=NOW
    )
    assert weekly_workbook.filename(sheets.figures) == "tong_ket_tuan_47_2026_xa_an_lac.xlsx"
    book = opened(weekly_workbook.write(sheets))
    assert book.sheetnames == ["Bìa", "Từng thôn", "Từng loại việc", "Lượt nhờ", "Số ghi", "Giải thích"]
    villages = book["Từng thôn"]
    assert [cell.value for cell in villages[2]][:8] == [
        "Hòa Sơn",
        village.unit.code,
        "bác Sự",
        6,
        1209,
        2,
        0,
        "chưa có",
    ]
    assert villages.freeze_panes == "A2"
    kinds = {row[0].value: [cell.value for cell in row[2:]] for row in book["Từng loại việc"].rows}
    assert kinds["Cài VNeID"] == [1209, "chưa có", "chưa có", 1209, 1209]
    entries = book["Số ghi"]
    assert entries.max_row == 5
    assert entries[2][2].value == DANGER
    assert {cell.data_type for line in entries.rows for cell in line} <= {"s", "n", "d"}


async def test_above_the_commune_the_workbook_has_no_entries(session):
    village = await fill(session)
    sheets = await weekly_workbook.gather(
        session, village.district, WEEK, kinds=KINDS, titles=Titles(), now=NOW
    )
    book = opened(weekly_workbook.write(sheets))
    assert book.sheetnames == ["Bìa", "Từng xã", "Từng loại việc", "Giải thích"]


async def test_a_village_shows_its_eight_weeks_as_a_line_and_the_cover_its_chart(session):
    village = await fill(session)
    sheets = await weekly_workbook.gather(
        session, village.commune, WEEK, kinds=KINDS, titles=Titles(), now=NOW
    )
    made = weekly_workbook.write(sheets)
    with zipfile.ZipFile(io.BytesIO(made)) as inside:
        names = inside.namelist()
        places = inside.read("xl/worksheets/sheet2.xml").decode()
    assert "xl/media/image1.png" in names
    assert "<xm:f>'Từng thôn'!P2:W2</xm:f><xm:sqref>I2</xm:sqref>" in places
    book = opened(made)
    assert [cell.value for cell in book["Từng thôn"][1]][:14] == [
        "Thôn",
        "Mã",
        "Tổ trưởng",
        "Thành viên",
        "Người",
        "Lượt",
        "Buổi",
        "So tuần trước (người)",
        "8 tuần qua",
        "Lượt nhờ",
        "Xong",
        "Tỷ lệ xong (%)",
        "Phút đáp (giữa)",
        "Ghi đúng hạn",
    ]
    assert book["Từng thôn"]["N2"].value == "Có"
    for sheet in book.worksheets[1:]:
        assert (sheet.freeze_panes, sheet.page_setup.orientation) == ("A2", "landscape")
        assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
    assert book["Bìa"]["B1"].value == "Xã An Lạc"
    assert book["Bìa"]["B9"].value == "XÃ AN LẠC · TUẦN 47 (16–22/11)"


async def test_requests_of_the_workbook_hold_no_names_and_no_words(session):
    village = await fill(session)
    citizen = await make_person(session, "Phan Văn Kín", unit=village.unit)
    asked = datetime(2026, 11, 18, 9, 0, tzinfo=ZONE)
    session.add(
        HelpRequest(
            person_id=citizen.id or 0, unit_id=village.unit.id, topic="bí mật", question="x", asked_at=asked
        )
    )
    await session.flush()
    sheets = await weekly_workbook.gather(
        session, village.commune, WEEK, kinds=KINDS, titles=Titles(), now=NOW
    )
    row = [cell.value for cell in opened(weekly_workbook.write(sheets))["Lượt nhờ"][2]]
    assert row[:3] == ["Hòa Sơn", "Chưa có bài", datetime(2026, 11, 18, 9, 0)]  # noqa: DTZ001 - likewise
    assert "Kín" not in str(row)
    assert "bí mật" not in str(row)


@pytest.mark.parametrize("rows", [0, 1, 25, 135])
def test_the_chart_fits_however_many_and_long_the_names(rows):
    bars = [
        drawing.Bar(f"Tổ dân phố số {n} khu tái định cư Bắc Hồng Lĩnh", 70, "", drawing.BLUE)
        for n in range(rows)
    ]
    title = "Số người được giúp · Đặc khu Hoàng Sa và các đảo phụ cận thuộc thành phố · tuần 47"
    with use_locale("vi"):
        picture = charts.draw_page(title, ("8 tuần qua", bars[:8]), ("Từng thôn", bars), made_at=NOW)
    assert Image.open(io.BytesIO(picture)).size == charts.SIZE
    assert drawing.width_of(drawing.cut(title, 400, 20), 20) <= 400


async def test_the_chart_is_a_picture_for_a_telephone(session):
    village = await fill(session)
    figures = await weekly.make(session, village.commune, WEEK, kinds=KINDS, now=NOW)
    with use_locale("vi"):
        picture = weekly_chart.draw(figures)  # a missing glyph would warn, and a warning fails here
    assert picture.startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (1080, 1350)


def test_the_program_starts_without_the_library_of_charts():
    script = (
        "import sys, bot.app, bot.scheduler; bot.scheduler.find_jobs(); print('matplotlib' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
