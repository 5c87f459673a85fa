"""The ledger as a file to pay by: real numbers, sums a sheet reckons, nobody's formula; and its command."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from bot import command_line, config
from bot.commands import Refused, export
from locales import use_locale
from models.audit import Audit
from models.review import ReviewState
from services import ledger_workbook
from tests.factories import make_unit, make_village_with_team
from tests.ledger_stage import MONTH, OVER, TENTH, doubt, made, passed, share, solve, write


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def opened(session, unit, **options):
    with use_locale("vi"):
        return load_workbook(io.BytesIO(ledger_workbook.write(await made(session, unit, **options))))


def reckon(sheet, cell):
    """Work a SUMPRODUCT or SUBTOTAL out as a sheet does, from what stands in its cells."""
    areas = cell.value.split("(", 1)[1].rstrip(")").replace("$", "").split(",")
    if cell.value.startswith("=SUBTOTAL(109,"):
        return sum(_value(sheet, one) for row in sheet[areas[1]] for one in row)
    first, second = ([one for row in sheet[area] for one in row] for area in areas)
    return sum((one.value or 0) * _value(sheet, two) for one, two in zip(first, second, strict=True))


def _value(sheet, cell):
    return reckon(sheet, cell) if cell.data_type == "f" else (cell.value or 0)


async def test_the_workbook_can_be_paid_by(session, village):
    entry = await write(session, village, "Bình", 11)
    await share(session, village, entry, "Lan")
    await solve(session, village, "Lan")
    await passed(session, village, "Nam", "a", TENTH)
    found = await made(session, village.commune)
    book = await opened(session, village.commune)
    assert book.sheetnames == ["Bảng công", "Chi tiết", "Giải thích"]
    sheet = book["Bảng công"]
    assert sheet["A1"].value == "BẢNG CÔNG · XÃ AN LẠC · THÁNG 11/2026"
    assert sheet["A2"].value == "Số tính đến hết 30/11. Số cuối tháng còn ghi bù, sửa được đến hết 13/12."
    assert [cell.value for cell in sheet[4]] == [
        "Họ tên",
        "Thôn",
        "Vai trò",
        "Cài VNeID (người)",
        "Nộp hồ sơ qua mạng (lượt)",
        "Cùng làm (lần ghi)",
        "Lượt giúp qua Tổ Số",
        "Bài học đạt",
        "Số tiền (đồng)",
        "Ký nhận",
    ]
    assert [cell.value for cell in sheet[3]][3:8] == [5000, 3000, None, 10_000, 20_000]
    assert [cell.value for cell in sheet[6]][:8] == ["Lê Văn Bình", "Hòa Sơn", "Thành viên", 6, 0, 1, 0, 0]
    assert [reckon(sheet, sheet.cell(row, 9)) for row in range(5, 10)] == [
        line.amount for line in found.lines
    ]
    assert sheet["A10"].value == "Cộng"
    assert [reckon(sheet, sheet.cell(10, at)) for at in range(4, 10)] == [11, 0, 2, 1, 1, 85_000]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == (
        "B5",
        "$3:$4",
        "landscape",
    )
    assert sheet.auto_filter.ref == "A4:I9"
    assert [cell.value for cell in sheet[13] if cell.value] == ["NGƯỜI LẬP", "TM. ỦY BAN NHÂN DÂN"]


async def test_what_a_sheet_shows_before_it_reckons_is_right_too(session, village):
    await write(session, village, "Bình", 7)
    made_now = ledger_workbook.write(await made(session, village.commune))
    shown = load_workbook(io.BytesIO(made_now), data_only=True)["Bảng công"]
    assert [shown.cell(row, 9).value for row in range(5, 11)] == [0, 35_000, 0, 0, 0, 35_000]


async def test_every_entry_is_on_the_second_sheet_with_why_it_counts(session, village):
    danger = '=HYPERLINK("http://a.example","x")'
    village.members["Bình"].name = danger
    session.add(village.members["Bình"])
    await write(session, village, "Bình", 7)
    doubted = await write(session, village, "Lan", 90, kind="online_filing")
    await doubt(session, village, doubted, ReviewState.WAITING)
    book = await opened(session, village.commune)
    sheet = book["Chi tiết"]
    assert [cell.value for cell in sheet[1]] == [
        "Ngày",
        "Thôn",
        "Người ghi",
        "Loại việc",
        "Số",
        "Đơn vị tính",
        "Đã xem",
        "Cùng làm với",
    ]
    day = datetime(2026, 11, 10)  # noqa: DTZ001 - a workbook knows no zones
    assert [cell.value for cell in sheet[2]][:7] == [
        day,
        "Hòa Sơn",
        danger,
        "Cài VNeID",
        7,
        "người",
        "Không cần xem",
    ]
    assert sheet["G3"].value == "Chờ xem, chưa tính"
    for name in ("Bảng công", "Chi tiết"):
        found = [cell for row in book[name].rows for cell in row if cell.value == danger]
        assert [cell.data_type for cell in found] == ["s"]
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n", "d"}


async def test_above_the_commune_communes_are_told_and_entries_left_to_the_command(session, village):
    await write(session, village, "Bình", 7)
    book = await opened(session, village.district, with_entries=False)
    assert book.sheetnames == ["Bảng công", "Giải thích"]
    assert [cell.value for cell in book["Bảng công"][6]][:4] == [
        "Lê Văn Bình",
        "xã An Lạc",
        "Hòa Sơn",
        "Thành viên",
    ]


async def test_an_empty_place_makes_a_workbook_too(session, village):
    empty = await make_unit(session, "Trống", parent=village.commune)
    sheet = (await opened(session, empty))["Bảng công"]
    assert sheet["A5"].value == "Cộng"
    assert [cell.value for cell in sheet[5]][1:] == [None] * 9


async def test_the_file_says_month_and_place(session, village):
    found = await made(session, village.commune)
    with use_locale("vi"):
        assert ledger_workbook.filename(found) == "bang_cong_thang_11_2026_xa_an_lac.xlsx"


@pytest.fixture
def settings():
    return config.load(environ={"TOSO_ACTIVITY__SOLVED_RATE": "10000"})


async def test_the_command_writes_the_file_and_notes_that_it_left(database, look, settings, tmp_path):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        await write(session, village, "Bình", 7)
    path = tmp_path / "bang_cong.xlsx"
    wrote = await export.export_ledger(
        database, village.province.code, MONTH, path, config=settings, now=OVER
    )
    assert wrote == 5
    assert load_workbook(path).sheetnames == ["Bảng công", "Chi tiết", "Giải thích"]
    rows = (await look.exec(select(Audit).where(Audit.action == "ledger_exported"))).all()
    assert [(row.actor_id, row.subject_id, row.fields) for row in rows] == [
        (None, village.province.id, "2026-11")
    ]
    with pytest.raises(Refused):
        await export.export_ledger(database, "NOPE", MONTH, path, config=settings, now=OVER)
    with pytest.raises(Refused):
        await export.export_ledger(
            database, village.unit.code, MONTH, tmp_path / "no" / "a.xlsx", config=settings, now=OVER
        )
    assert [one.name for one in tmp_path.glob("*.part")] == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ledger --out a.xlsx", "toso export ledger: thiếu --month; xem toso export ledger --help."),
        (
            "ledger --month 2026-11 --from 2026-11-01 --out a.xlsx",
            'toso export ledger: thừa "--from"; xem toso export ledger --help.',
        ),
        (
            "ledger --month 2026-11 --out a.csv",
            'toso export ledger: tên tệp sau --out phải kết thúc bằng .xlsx, không phải "a.csv".',
        ),
        ("ledger --month 2027-02 --out a.xlsx", "Kỳ này chưa bắt đầu; ngày đầu là 01/02/2027."),
        (
            "activities --from 2026-11-01 --out a.csv",
            "toso export activities: thiếu --to; xem toso export activities --help.",
        ),
        (
            "activities --from 2026-11-01 --to 2026-11-30 --month 2026-11 --out a.csv",
            'toso export activities: thừa "--month"; xem toso export activities --help.',
        ),
    ],
)
def test_a_slip_of_the_command_is_told_in_one_sentence(line, sentence):
    args = command_line.parse(["export", *line.split(), "--unit", "AL"])
    with use_locale("vi"), pytest.raises(Refused) as refused:
        export.check(args, OVER)
    assert (refused.value.code, refused.value.sentences) == (2, (sentence,))


def test_rates_come_from_the_settings(tmp_path):
    file = tmp_path / "config.toml"
    kind = '[[activity.kinds]]\nname = "{name}"\nlabel = "X"\nunit = "turns"\nrate = {rate}\n'
    file.write_text(f"[activity]\nlesson_rate = 20000\n{kind.format(name='vneid', rate=5000)}")
    limits = config.load(file, environ={}).rules().activity
    assert (limits.kinds[0].rate, limits.solved_rate, limits.lesson_rate) == (5000, 0, 20_000)
    for name, rate in (("vneid", -1), ("vneid", 0.5), ("bot_help", 10)):
        file.write_text(kind.format(name=name, rate=rate))
        with pytest.raises(config.ConfigError) as refused:
            config.load(file, environ={})
        assert str(refused.value).startswith('config.toml, dòng 5: "rate"')
