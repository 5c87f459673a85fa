"""Are tables read as operators save them, and is every mistake said once, with its row and its cure?"""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from services import errors, importing, old_letters, sheets, table_errors, units_import
from services.folding import fold
from services.importing import parse_table
from services.tables import Columns, Table, describe_problems
from tests.tables import csv_bytes, csv_table, xlsx_bytes

COLUMNS = Columns(("name", "phone"), ("unit_code",))
VIETNAMESE = Columns(("name", "phone"), also={"ho_va_ten": "name", "so_dt": "phone"})
ROWS = [("name", "phone", "unit_code"), ("Lê Văn Bình", "0912345678", "AL-1")]
GOOD = {"name": "Lê Văn Bình", "phone": "0912345678", "unit_code": "AL-1"}


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
