"""Are tables read as operators save them, and is every mistake said once, with its row and its cure?"""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, func, select

from bot import importing as bot_importing
from bot.commands import Refused
from bot.commands import units as command
from models.audit import Audit
from models.units import Level, Unit, UnitAlias, UnitChange
from services import errors, importing, old_letters, sheets, table_errors, units, units_import
from services.folding import fold
from services.importing import parse_table
from services.tables import Columns, Table, describe_problems
from tests.tables import csv_bytes, csv_table, xlsx_bytes

COLUMNS = Columns(("name", "phone"), ("unit_code",))
VIETNAMESE = Columns(("name", "phone"), also={"ho_va_ten": "name", "so_dt": "phone"})
ROWS = [("name", "phone", "unit_code"), ("Lê Văn Bình", "0912345678", "AL-1")]
GOOD = {"name": "Lê Văn Bình", "phone": "0912345678", "unit_code": "AL-1"}

UNITS = (
    "52,province,tỉnh,Gia Lai,,Bình Định (01/7/2025)",
    "AL,commune,xã,An Lạc,52,An Bình; Mỹ Lạc",
    "AL-1,village,thôn,Thôn Hòa Sơn,AL,Hòa Đông (01/06/2026)",
)


async def the(session, code):
    return (await session.exec(select(Unit).where(col(Unit.code) == code))).one()


def read(content: bytes) -> Table:
    return parse_table("danh_sach.csv", content, COLUMNS)


def lines(*rows: str) -> str:
    """Read a table of units whose columns are right, and say what is wrong with it."""
    return describe_problems(csv_table(units_import.COLUMNS, *rows))


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_is_read_whatever_the_delimiter(delimiter, encoding, newline):
    rows = [delimiter.join(row) for row in ROWS]
    (row,) = read(csv_bytes(*rows, encoding=encoding, newline=newline)).rows
    assert (row.number, row.values) == (2, GOOD)


def test_excels_own_word_about_the_delimiter_is_believed():
    content = csv_bytes("sep=|", "name|phone", "An, Bình|0912345678")
    (row,) = parse_table("x.csv", content, Columns(("name", "phone"))).rows
    assert (row.number, row["name"]) == (2, "An, Bình")


def test_a_workbook_is_read_by_what_it_holds_not_by_its_name():
    (row,) = read(xlsx_bytes(ROWS)).rows
    assert (row.number, row.values) == (2, GOOD)


def test_headings_may_stand_below_a_title_and_empty_rows_keep_their_numbers():
    def merge(sheet):
        sheet.merge_cells("A1:C1")

    rows = [("DANH SÁCH TỔ XÃ AN LẠC",), (), ("Name ", "PHONE", "Unit code"), (), ROWS[1], ("", None, " ")]
    (row,) = read(xlsx_bytes(rows, merge)).rows
    assert (row.number, row.values) == (5, GOOD)


def test_a_cell_merged_over_several_people_holds_for_each():
    rows = [ROWS[0], ("Bình", 912345678, "AL-1"), ("Lan", 912345679.0, None)]
    table = read(xlsx_bytes(rows, lambda sheet: sheet.merge_cells("C2:C3")))
    assert [row["unit_code"] for row in table.rows] == ["AL-1", "AL-1"]
    assert [row["phone"] for row in table.rows] == ["912345678", "912345679"]


def test_headings_in_two_lines_are_read_together():
    rows = [
        ("DANH SÁCH",),
        ("STT", "name", "Liên hệ", None, "Nơi ở"),
        (None, None, "phone", "locale", "unit_code"),
        (1, "Lê Văn Bình", "0912345678", "vi", "AL-1"),
    ]

    def merge(sheet):
        for cells in ("A1:E1", "A2:A3", "B2:B3", "C2:D2"):
            sheet.merge_cells(cells)

    table = parse_table(
        "x.xlsx", xlsx_bytes(rows, merge), Columns(("name", "phone"), ("unit_code", "locale"))
    )
    assert describe_problems(table) == describe_problems(Table("x.xlsx", rows=table.rows))
    (row,) = table.rows
    assert (row.number, row.values) == (4, {**GOOD, "locale": "vi"})


def test_headings_may_be_vietnamese():
    table = parse_table("x.csv", csv_bytes("TT,Họ và tên,Số ĐT", "1,Lê Văn Bình,09"), VIETNAMESE)
    assert [row.values for row in table.rows] == [{"name": "Lê Văn Bình", "phone": "09"}]


def test_a_heading_merged_over_two_columns_is_complained_of():
    rows = [("name", None, "phone"), ("Lê", "Bình", "0912345678")]
    table = read(xlsx_bytes(rows, lambda sheet: sheet.merge_cells("A1:B1")))
    assert describe_problems(table) == (
        "danh_sach.csv, dòng 1: tên cột ở A1:B1 gộp nhiều cột; bỏ gộp ô rồi đặt tên từng cột."
    )


def test_what_excel_writes_to_keep_a_zero_is_taken_off():
    (row,) = read(csv_bytes("name,phone", 'Bình,"=""0912345678"""')).rows
    assert row["phone"] == "0912345678"


def test_letters_are_composed_and_invisible_ones_dropped():
    (row,) = read(csv_bytes("name,phone", "Le\u0302  Va\u0306n\u00a0Bi\u0300nh\u200b ,1")).rows
    assert row["name"] == "Lê Văn Bình"


def test_a_formula_counts_by_its_result():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ROWS[0])
        sheet.write_row(1, 0, ROWS[1])
        sheet.write_formula(1, 0, '="Lê Văn "&"Bình"', None, "Lê Văn Bình")
    (row,) = read(buffer.getvalue()).rows
    assert row.values == GOOD


def test_cells_that_excel_spoiled_are_complained_of_one_by_one():
    rows = [ROWS[0], ("=A9", "0912345678", date(2026, 5, 10)), ("Lan", "0912345679", "#REF!")]

    def spoil(sheet):
        sheet["C3"].data_type = "e"

    assert describe_problems(read(xlsx_bytes(rows, spoil))).splitlines() == [
        "danh_sach.csv: 2 trong 2 dòng chưa đúng, chưa ghi dòng nào.",
        "  dòng 2, cột name: công thức chưa có kết quả; mở tệp trong Excel, lưu lại rồi chạy lại.",
        "  dòng 2, cột unit_code: Excel đã đổi thành ngày; đặt cột là Văn bản rồi gõ lại.",
        "  dòng 3, cột unit_code: công thức báo #REF!; gõ thẳng kết quả vào ô.",
        "Sửa trong tệp rồi chạy lại lệnh này.",
    ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,phone\nHòa Sơn\n".encode("utf-16"), ""),
        (b"name,phone\nHo\xe0 S\xf5n, Tr\xe2\xccn V\xe3n Bi\xccnh\n", old_letters.WINDOWS_1258),
        ("name,phone\nHßa S¬n, TrÇn V¨n B×nh\n".encode("latin-1"), old_letters.TCVN3),
    ],
)
def test_old_encodings_are_read_and_named(content, encoding):
    table = parse_table("thon.csv", content, Columns(("name",), ("phone",)))
    assert fold(table.rows[0]["name"]) == "hoa son"
    assert table.rows[0]["phone"] in {"Trần Văn Bình", ""}
    assert table.encoding == encoding


@given(st.text("ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵabc", max_size=30))
def test_every_letter_has_its_place_in_tcvn3(text):
    byte_of = {letter: chr(byte) for byte, letter in old_letters._OF_TCVN3.items()}
    assert old_letters.from_tcvn3("".join(byte_of.get(letter, letter) for letter in text)) == text


@pytest.mark.parametrize(
    ("typed", "meant"), [("NguyÔn ThÞ Lan", "Nguyễn Thị Lan"), ("HßA S¬N", "HÒA SƠN"), ("Lª Hµ", "Lê Hà")]
)
def test_what_was_typed_for_an_old_font_is_understood(typed, meant):
    assert old_letters.from_tcvn3(typed) == meant


def test_a_workbook_typed_in_an_old_font_is_read_whole():
    rows = [ROWS[0], ("TrÇn V¨n Sù", "0912345678", ""), ("Sù", "0912345679", ""), ("Lý B×nh", "1", "")]
    table = read(xlsx_bytes(rows))
    assert [row["name"] for row in table.rows] == ["Trần Văn Sự", "Sự", "Lý Bình"]
    assert table.encoding == old_letters.TCVN3


def test_unicode_names_are_never_taken_for_an_old_font():
    names = ["Hòa", "Lê Hà", "Sù", "Bình", "Trần Sự", "José", "Lò Văn Páo"]
    table = read(xlsx_bytes([ROWS[0], *((name, "1", "") for name in names)]))
    assert [row["name"] for row in table.rows] == names
    assert table.encoding == ""


@pytest.mark.parametrize(
    "content", [b"name,phone\n\x8a\x8d\x90\xff,1\n", "name,phone\nMüller Straße,1\n".encode("latin-1")]
)
def test_letters_that_make_no_vietnamese_are_refused_with_the_cure(content):
    with pytest.raises(table_errors.TableNotUtf8) as refused:
        parse_table("thon.csv", content, COLUMNS)
    assert str(refused.value) == (
        'thon.csv: chưa đọc được chữ trong tệp; lưu lại dạng "CSV UTF-8" trong Excel rồi chạy lại.'
    )


def test_a_sheet_is_chosen_by_name_as_people_type_it():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("Bìa").write(0, 0, "DANH SÁCH")
        sheet = book.add_worksheet("Danh sách ")
        for number, cells in enumerate(ROWS):
            sheet.write_row(number, 0, cells)
    (row,) = parse_table("x.xlsx", buffer.getvalue(), COLUMNS, sheet="danh sach").rows
    assert row.values == GOOD
    with pytest.raises(table_errors.TableSheetUnknown) as refused:
        parse_table("x.xlsx", buffer.getvalue(), COLUMNS, sheet="Tổ")
    assert str(refused.value) == 'x.xlsx: không có trang tính "Tổ"; tệp có "Bìa", "Danh sách ".'
    with pytest.raises(table_errors.TableHasNoSheets):
        parse_table("x.csv", csv_bytes("name,phone", "a,1"), COLUMNS, sheet="Tổ")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", table_errors.TableEmpty),
        (b"\n\n , \n", table_errors.TableEmpty),
        (b"name,phone\n", table_errors.TableEmpty),
        (b"PK\x03\x04 and nothing more", table_errors.TableUnreadable),
        (b"name\x00,phone\n", table_errors.TableUnreadable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", table_errors.TableLocked),
        (b"a" * (sheets.MOST_BYTES + 1), table_errors.TableTooLarge),
        (b"name,phone\n" + b"a,1\n" * (sheets.MOST_ROWS + sheets.HEADING_ROWS), table_errors.TableTooLong),
    ],
)
def test_what_is_no_table_is_refused(content, refusal):
    with pytest.raises(refusal):
        read(content)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (sheets.MOST_BYTES_UNPACKED + 1))
    with pytest.raises(table_errors.TableTooLarge):
        read(buffer.getvalue())


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"name,phone\n", b"\xef\xbb\xbf"]))
def test_no_bytes_make_reading_fail_but_by_a_refusal(content, start):
    try:
        table = read(start + content)
    except errors.DomainError:
        return
    assert table.rows or table.problems


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(table_errors.TableNotFound):
        importing.read_table(tmp_path / "thon.csv", COLUMNS)


# ---------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("name,phon", 'không có cột "phon", có phải "phone"? Sửa tên cột.'),
        ("name", 'thiếu cột "phone"; thêm tên cột vào dòng này.'),
        ("name,phone,phone", 'cột "phone" có hơn một lần; giữ lại một cột.'),
        ("name,phone,ghi chú", 'không có cột "ghi chú"; xóa cột đó, các cột là name, phone, unit_code.'),
        ("name,phone,", "cột C có dữ liệu mà chưa có tên; đặt tên cột hoặc xóa dữ liệu."),
    ],
)
def test_a_wrong_heading_is_said_with_what_was_meant(headings, said):
    table = read(csv_bytes(headings, "a,b,c"))
    assert describe_problems(table) == f"danh_sach.csv, dòng 1: {said}"
    assert table.rows == []


def test_several_wrong_headings_are_said_at_once():
    assert describe_problems(read(csv_bytes("", "nam,ghi chú,nam", "a,b"))).splitlines() == [
        "danh_sach.csv: các cột chưa đúng, chưa ghi dòng nào.",
        '  dòng 2: không có cột "nam", có phải "name"? Sửa tên cột.',
        '  dòng 2: không có cột "ghi chú"; xóa cột đó, các cột là name, phone, unit_code.',
        '  dòng 2: không có cột "nam", có phải "name"? Sửa tên cột.',
        '  dòng 2: thiếu cột "phone"; thêm tên cột vào dòng này.',
        "Sửa trong tệp rồi chạy lại lệnh này.",
    ]


def test_a_quotation_mark_left_open_is_found_before_it_swallows_rows():
    table = read(csv_bytes("name,phone", "Bình,1", 'Lan,"2', "Nam,3"))
    assert describe_problems(table) == (
        'danh_sach.csv, dòng 3: dấu ngoặc kép (") chưa đóng; đóng lại hoặc xóa dấu đó.'
    )


def test_a_row_with_a_comma_too_many_is_complained_of():
    table = read(csv_bytes("name,phone", "Bình,1", "Lan, tổ trưởng,2"))
    assert describe_problems(table) == (
        "danh_sach.csv, dòng 3: nhiều ô hơn số cột; chữ có dấu phẩy thì đặt trong ngoặc kép."
    )


# ---------------------------------------------------------------- units


async def import_units(session, now, *rows, dry_run=False):
    table = csv_table(units_import.COLUMNS, *rows, file="thon.csv")
    found = await units_import.plan(session, table, dry_run=dry_run)
    await units_import.write(session, found.rows, now=now)
    return found.outcome


async def complaints(session, now, *rows):
    """Import rows that are refused, beside a commune that is there, and give the sentences about them."""
    await import_units(session, now, *UNITS)
    before = (await session.exec(select(func.count()).select_from(Unit))).one()
    outcome = await import_units(session, now, *rows)
    assert outcome.is_refused
    assert (await session.exec(select(func.count()).select_from(Unit))).one() == before
    return [f"{each.row} {each.column}: {each.reason}" for each in outcome.table.problems]


async def test_units_are_stored_in_whatever_order_they_come(session, now):
    outcome = await import_units(session, now, *reversed(UNITS))
    assert (outcome.added, outcome.changed) == (3, 0)
    village = await the(session, "AL-1")
    assert units.display_name(village) == "thôn Hòa Sơn"
    assert await units.ancestor(session, village, Level.PROVINCE) == await the(session, "52")
    aliases = {alias.name: alias.until for alias in await session.exec(select(UnitAlias))}
    assert [f"{name} {until}" for name, until in sorted(aliases.items())] == [
        "An Bình None", "Bình Định 2025-07-01", "Hòa Đông 2026-06-01", "Mỹ Lạc None",
    ]  # fmt: skip
    audited = await session.exec(select(Audit.action, func.count()).group_by(Audit.action))
    assert audited.all() == [("units_imported", 3)]


async def test_importing_again_changes_only_what_differs(session, now):
    await import_units(session, now, *UNITS)
    outcome = await import_units(
        session, now, UNITS[0], "AL,commune,phường,An Lạc Đông,52,An Bình;An Lạc", UNITS[2],
    )  # fmt: skip
    assert (outcome.added, outcome.changed) == (0, 1)
    assert (await the(session, "AL")).name == "An Lạc Đông"
    names = (await session.exec(select(UnitAlias.name))).all()
    assert sorted(names) == ["An Bình", "An Lạc", "Bình Định", "Hòa Đông", "Mỹ Lạc"]
    assert (await import_units(session, now, UNITS[2])).changed == 0


async def test_another_parent_code_moves_a_unit_with_all_it_holds(session, now):
    await import_units(session, now, *UNITS)
    outcome = await import_units(
        session,
        now,
        "AL-2,village,thôn,Tân An,AL,",
        "AL,commune,xã,An Lạc,SC,",
        "SC,district,cụm,Sông Côn,52,",
    )
    assert (outcome.added, outcome.changed) == (2, 1)
    cluster = await the(session, "SC")
    inside = await units.subtree(session, cluster)
    assert [unit.code for unit in inside] == ["AL", "AL-1", "SC", "AL-2"]
    assert len((await session.exec(select(UnitChange))).all()) == 1


async def test_a_dry_run_says_what_would_be_and_writes_nothing(session, now):
    outcome = await import_units(session, now, *UNITS, dry_run=True)
    assert units_import.describe(outcome) == (
        "thon.csv: 3 dòng đều đúng, sẽ thêm 3 đơn vị, sửa 0 đơn vị. Chưa ghi gì vì có --dry-run."
    )
    await session.flush()
    assert (await session.exec(select(Unit))).all() == []


async def test_a_unit_that_is_its_own_parent_is_named(session, now):
    await import_units(session, now, *UNITS)
    outcome = await import_units(session, now, "X,village,thôn,Gò Dài,X,")
    assert describe_problems(outcome.table) == (
        'thon.csv, dòng 2: "Gò Dài" là cha của chính mình; sửa cột parent_code.'
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",village,thôn,Mới,AL,", "2 code: để trống; điền vào ô này."),
        ("a b,village,thôn,Mới,AL,", '2 code: "a b" chỉ được có chữ không dấu, chữ số, "-" và "_"; sửa mã.'),
        ("X,vilage,thôn,Mới,AL,", '2 level: "vilage" không phải cấp; dùng village.'),
        ("X,,thôn,Mới,AL,", "2 level: để trống; điền vào ô này."),
        ("X,thôn,thôn,Mới,AL,",
         '2 level: "thôn" không phải cấp; dùng province, district, commune hoặc village.'),
        ("X,village,,Mới,AL,", "2 kind: để trống; điền vào ô này."),
        ("X,village,thôn,,AL,", "2 name: để trống; điền vào ô này."),
        ("X,village,thôn,H?a S?n,AL,",
         '2 name: "H?a S?n" mất chữ, chỉ còn dấu "?"; lưu lại tệp gốc dạng "CSV UTF-8" hoặc .xlsx.'),
        (f"X,village,thôn,{'a' * 121},AL,", "2 name: dài hơn 120 chữ; viết ngắn lại."),
        ("X,village,thôn,...,AL,", '2 name: "..." không có chữ nào; gõ tên vào.'),
        ("X,village,thôn,Mới,,", "2 parent_code: để trống; điền mã của đơn vị cấp trên."),
        ("X,village,thôn,Mới,XX,", '2 parent_code: "XX" chưa có; thêm dòng cho đơn vị đó hoặc sửa ô này.'),
        ("X,commune,xã,Mới,AL-1,",
         '2 parent_code: "AL-1" là thôn Hòa Sơn, không ở trên cấp commune; dùng mã của đơn vị cao hơn.'),
        ("AL,village,thôn,Mới,52,", '2 code: "AL" đã là xã An Lạc, cấp commune; dùng mã khác.'),
        ("X,village,thôn,Mới,AL,Cũ (31/02/2026)",
         '2 aliases: "Cũ (31/02/2026)" có ngày chưa đúng; viết như 01/06/2026.'),
    ],
)  # fmt: skip
async def test_a_row_of_units_that_is_not_right_is_said_so(session, now, row, said):
    assert await complaints(session, now, row) == [said]


async def test_one_code_never_stands_in_two_rows(session, now):
    rows = ["X,village,thôn,Mới,AL,", "Y,village,thôn,Mới,AL,", "X,village,thôn,Khác,AL,"]
    assert await complaints(session, now, *rows) == ['4 code: "X" đã có ở dòng 2; mỗi đơn vị một mã.']


async def test_a_circle_of_units_is_refused(session, now):
    rows = ["X,commune,xã,Một,Y,", "Y,district,cụm,Hai,X,"]
    assert await complaints(session, now, *rows) == [
        '2 None: "Một" nằm trong chính mình qua "Y"; sửa cột parent_code.',
        '3 None: "Hai" nằm trong chính mình qua "X"; sửa cột parent_code.',
    ]


async def test_zeros_that_excel_ate_are_missed(session, now):
    await import_units(session, now, "01,province,thành phố,Hà Nội,,")
    outcome = await import_units(session, now, "X,commune,xã,Mới,1,", "01,province,thành phố,Hà Nội,,")
    (problem,) = outcome.table.problems
    assert problem.reason == '"1" chưa có, có phải "01"? Đặt cột là Văn bản.'


async def test_a_commune_may_be_the_highest_unit_there_is(session, now):
    assert not (await import_units(session, now, UNITS[1].replace("52", ""), UNITS[2])).is_refused


async def test_thousands_of_units_come_in_at_once(session, now):
    villages = [f"V{n},village,thôn,Thôn {n},AL,Xóm {n}" for n in range(3000)]
    outcome = await import_units(session, now, *UNITS, *villages)
    assert outcome.added == 3003
    commune = await the(session, "AL")
    assert len(await units.subtree(session, commune, Level.VILLAGE)) == 3001


# ---------------------------------------------------------------- the command


async def test_the_command_imports_a_file_and_says_so(database, look, now, tmp_path, capsys):
    path = tmp_path / "thon.csv"
    path.write_bytes(csv_bytes(",".join(units_import.COLUMNS.all), *UNITS))
    assert await command.import_units(database, path, dry_run=False, now=now) == 0
    assert capsys.readouterr().out == "thon.csv: 3 dòng đều đúng, đã thêm 3 đơn vị, sửa 0 đơn vị.\n"
    assert len((await look.exec(select(Unit))).all()) == 3


async def test_the_command_refuses_with_exit_code_2_and_writes_nothing(database, look, now, tmp_path):
    path = tmp_path / "thon.csv"
    path.write_bytes(csv_bytes(",".join(units_import.COLUMNS.all), *UNITS, "X,village,thôn,Mới,XX,"))
    with pytest.raises(Refused, match="1 trong 4 dòng chưa đúng, chưa ghi dòng nào") as refused:
        await command.import_units(database, path, dry_run=False, now=now)
    assert refused.value.code == 2
    assert (await look.exec(select(Unit))).all() == []


async def test_the_command_loads_official_provinces(database, now, capsys):
    assert await command.load_official(database, ["Gia Lai"], now=now) == 0
    said = capsys.readouterr().out
    assert said == "tỉnh Gia Lai: 135 xã, phường; thêm 136 đơn vị, đổi tên 0 đơn vị.\n"
    with pytest.raises(Refused, match='có phải "Gia Lai"'):
        await command.load_official(database, ["gia lay"], now=now)


async def test_a_long_import_comes_in_portions_and_is_finished_by_running_it_again(
    database, look, now, tmp_path, monkeypatch
):
    villages = [f"V{n},village,thôn,Thôn {n},AL," for n in range(2 * bot_importing.AT_ONCE)]
    path = tmp_path / "thon.csv"
    path.write_bytes(csv_bytes(",".join(units_import.COLUMNS.all), *villages, *UNITS))
    write, portions = units_import.write, []

    async def cut_off(session, some, *, now):
        await write(session, some, now=now)
        portions.append(len(some))
        if len(portions) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(units_import, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        await command.import_units(database, path, dry_run=False, now=now)
    assert portions == [bot_importing.AT_ONCE] * 2
    assert len((await look.exec(select(Unit))).all()) == bot_importing.AT_ONCE
    monkeypatch.undo()
    assert await command.import_units(database, path, dry_run=False, now=now) == 0
    assert len((await look.exec(select(Unit))).all()) == 2 * bot_importing.AT_ONCE + 3
