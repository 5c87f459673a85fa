"""What stands in the cells of a CSV or .xlsx file, row by row, as text?"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from locales import gettext as _
from services import errors, old_letters, table_errors
from services.folding import normalise, tokens

MOST_BYTES = 20 * 1024 * 1024
MOST_BYTES_UNPACKED = 15 * MOST_BYTES
MOST_ROWS = 120_000
MOST_COLUMNS = 60
HEADING_ROWS = 20

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_FORMULA = re.compile(rb"<f[ >]")
_KEPT_AS_TEXT = re.compile(r'^="(.*)"$')  # how Excel users keep the zero of ="0912345678"


@dataclass(slots=True)
class Sheet:
    """The rows of a file, numbered as Excel numbers them, and what is wrong with single cells.

    `flaws` and `merged` are keyed by row number and column index from 0; `merged` holds the cells that a
    wider heading covers, with the address of the whole. `broken` is where reading had to stop; `encoding`
    names what the letters were read from, where that was not Unicode.
    """

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    flaws: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: dict[tuple[int, int], str] = field(default_factory=dict)
    broken: int | None = None
    encoding: str = ""

    def add(self, number: int, cells: list[str], *, file: str) -> None:
        """Keep a row unless it is empty; flaws of its cells are noted before."""
        if not any(cells) and not any((number, column) in self.flaws for column in range(len(cells))):
            return
        if len(self.rows) >= MOST_ROWS + HEADING_ROWS:
            raise table_errors.TableTooLong(file=file, most=MOST_ROWS)
        self.rows.append((number, cells))


def read_sheet(file: str, content: bytes, *, headings: Collection[str], name: str | None = None) -> Sheet:
    """Read a file by what it holds, whatever its name ends in; `headings` help to find the delimiter.

    `name` is a workbook's sheet, by default its first. Raises the refusals of services/errors.py that begin
    with Table.
    """
    if len(content) > MOST_BYTES:
        raise table_errors.TableTooLarge(file=file, most=MOST_BYTES // 1024 // 1024)
    if content.startswith(_OLE):
        raise table_errors.TableLocked(file=file)
    if content.startswith(_ZIP):
        return _read_workbook(file, content, name)
    if name is not None:
        raise table_errors.TableHasNoSheets(file=file)
    text, encoding = _decode(file, content)
    sheet = _read_csv(file, text, headings)
    sheet.encoding = encoding
    return sheet


def clean(text: str) -> str:
    """Compose the letters, drop what cannot be seen, make every run of blanks one space."""
    seen = "".join(letter for letter in normalise(text) if letter.isprintable() or letter.isspace())
    return " ".join(seen.split())


def _decode(file: str, content: bytes) -> tuple[str, str]:
    """Read the letters, and name the encoding where it is one of the old ones."""
    encoding = ""
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        found = old_letters.decode(content)
        if found is None:
            raise table_errors.TableNotUtf8(file=file) from None
        text, encoding = found
    if "\x00" in text:
        raise table_errors.TableUnreadable(file=file)
    return text, encoding


def _read_csv(file: str, text: str, headings: Collection[str]) -> Sheet:
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own hint, which Excel does not count as a row
    if told:
        text = text[told.end() :]
    delimiter = told[1] if told else _sniff(text, headings)
    sheet = Sheet()
    number = 0
    try:
        for number, cells in enumerate(_records(text, delimiter), start=1):
            sheet.add(number, [_unwrap(clean(cell)) for cell in cells], file=file)
    except csv.Error:
        sheet.broken = number + 1
    return sheet


def _records(text: str, delimiter: str, *, is_strict: bool = True) -> Iterator[list[str]]:
    # Strict, because a quote left open would otherwise swallow the rest of the file as one cell.
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=is_strict)


def _unwrap(cell: str) -> str:
    kept = _KEPT_AS_TEXT.match(cell)
    return kept[1] if kept else cell


def _sniff(text: str, headings: Collection[str]) -> str:
    """Choose the delimiter that makes the most known headings, and among equals the most columns."""

    def yields(delimiter: str) -> tuple[int, int]:
        try:
            rows = islice(_records(text, delimiter, is_strict=False), HEADING_ROWS)
            first = [[clean(cell).lower() for cell in row] for row in rows]
        except csv.Error:  # a cell without end
            return (0, 0)
        return max(((len(set(row) & set(headings)), len(row)) for row in first), default=(0, 0))

    return max(",;\t", key=yields)


def _read_workbook(file: str, content: bytes, name: str | None) -> Sheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES_UNPACKED:
                raise table_errors.TableTooLarge(file=file, most=MOST_BYTES // 1024 // 1024)
            has_formulas = any(_FORMULA.search(archive.read(part)) for part in _worksheet_parts(archive))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of validations and styles it does not keep
            values = _worksheet(file, content, name, data_only=True)
            formulas = _worksheet(file, content, name, data_only=False) if has_formulas else None
    except errors.DomainError:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook fails anywhere inside openpyxl, with anything
        raise table_errors.TableUnreadable(file=file) from None
    if values.max_row > MOST_ROWS + HEADING_ROWS:
        raise table_errors.TableTooLong(file=file, most=MOST_ROWS)
    return _in_unicode(_read_worksheet(file, values, formulas))


def _worksheet_parts(archive: zipfile.ZipFile) -> Iterator[str]:
    return (part for part in archive.namelist() if part.startswith("xl/worksheets/"))


def _worksheet(file: str, content: bytes, name: str | None, *, data_only: bool) -> Worksheet:
    # Not read_only: that mode knows no merged cells and trusts the sheet's own word about its size.
    sheets = load_workbook(io.BytesIO(content), data_only=data_only).worksheets
    if name is None:
        return sheets[0]
    named = {key_of_sheet(sheet.title): sheet for sheet in sheets}
    if key_of_sheet(name) not in named:
        there = ", ".join(f'"{sheet.title}"' for sheet in sheets)
        raise table_errors.TableSheetUnknown(file=file, sheet=name, sheets=there)
    return named[key_of_sheet(name)]


def key_of_sheet(title: str) -> str:
    """Compare names of sheets as people type them: "danh sach" finds "Danh sách "."""
    return " ".join(tokens(title))


def _in_unicode(sheet: Sheet) -> Sheet:
    """Give the letters of a workbook that was typed in the .Vn fonts of old."""
    if old_letters.is_tcvn3(cell for _row, cells in sheet.rows for cell in cells):
        sheet.rows = [(row, [old_letters.from_tcvn3(cell) for cell in cells]) for row, cells in sheet.rows]
        sheet.encoding = old_letters.TCVN3
    return sheet


def _read_worksheet(file: str, values: Worksheet, formulas: Worksheet | None) -> Sheet:
    sheet = Sheet()
    downward: dict[tuple[int, int], Any] = {}
    for area in values.merged_cells.ranges:
        for row, column in area.cells:
            if area.min_col == area.max_col:
                downward[row, column] = values.cell(area.min_row, area.min_col).value
            elif column > area.min_col:
                sheet.merged[row, column - 1] = area.coord
    width = min(values.max_column, MOST_COLUMNS)
    rows = formulas.iter_rows(max_col=width) if formulas else ()
    calculated = {cell.coordinate for row in rows for cell in row if cell.data_type == "f"}
    for number, cells in enumerate(values.iter_rows(max_col=width), start=1):
        texts = []
        for index, cell in enumerate(cells):
            # A unit merged over the rows of its people holds for each of them.
            value = downward.get((number, index + 1), cell.value)
            text, flaw = _as_text(value, is_error=cell.data_type == "e")
            if value is None and cell.coordinate in calculated:
                flaw = _("the formula has no result yet; open the file in Excel, save it, then run again.")
            if flaw:
                sheet.flaws[number, index] = flaw
            texts.append(text)
        sheet.add(number, texts, file=file)
    return sheet


def _as_text(value: Any, *, is_error: bool) -> tuple[str, str]:
    """Say a cell's value as it was typed, and what is wrong with it."""
    if value is None:
        return "", ""
    if is_error:
        return "", _("the formula shows {error}; type the result itself.").format(error=value)
    if isinstance(value, date | datetime | time | timedelta):
        return "", _("Excel made a date of it; set the column to Text and type it again.")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value)), ""
