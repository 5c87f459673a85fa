"""What stands in the cells of a CSV or .xlsx file, row by row, as text?"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
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
from services import errors
from services.folding import normalise

MOST_BYTES = 10 * 1024 * 1024
MOST_BYTES_UNPACKED = 20 * MOST_BYTES
MOST_ROWS = 50_000
MOST_COLUMNS = 60
HEADING_ROWS = 20

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_KEPT_AS_TEXT = re.compile(r'^="(.*)"$')  # how Excel users keep the zero of ="0912345678"


@dataclass(slots=True)
class Sheet:
    """The rows of a file, numbered as Excel numbers them, and what is wrong with single cells.

    `flaws` and `merged` are keyed by row number and column index from 0; `merged` holds the cells that a
    wider heading covers, with the address of the whole. `broken` is where reading had to stop.
    """

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    flaws: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: dict[tuple[int, int], str] = field(default_factory=dict)
    broken: int | None = None

    def add(self, number: int, cells: list[str], *, file: str) -> None:
        """Keep a row unless it is empty."""
        if not any(cells) and not any(row == number for row, _column in self.flaws):
            return
        if len(self.rows) >= MOST_ROWS + HEADING_ROWS:
            raise errors.TableTooLong(file=file, most=MOST_ROWS)
        self.rows.append((number, cells))


def read_sheet(file: str, content: bytes, *, headings: Collection[str]) -> Sheet:
    """Read a file by what it holds, whatever its name ends in; `headings` help to find the delimiter.

    Raises the refusals of services/errors.py that begin with Table.
    """
    if len(content) > MOST_BYTES:
        raise errors.TableTooLarge(file=file, most=MOST_BYTES // 1024 // 1024)
    if content.startswith(_OLE):
        raise errors.TableLocked(file=file)
    if content.startswith(_ZIP):
        return _read_workbook(file, content)
    return _read_csv(file, _decode(file, content), headings)


def clean(text: str) -> str:
    """Compose the letters, drop what cannot be seen, make every run of blanks one space."""
    seen = "".join(letter for letter in normalise(text) if letter.isprintable() or letter.isspace())
    return " ".join(seen.split())


def _decode(file: str, content: bytes) -> str:
    if content.startswith(_UTF_16):
        raise errors.TableNotUtf8(file=file, encoding="UTF-16")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.TableNotUtf8(file=file, encoding=_guess_encoding(content)) from None
    if "\x00" in text:
        raise errors.TableUnreadable(file=file)
    return text


def _guess_encoding(content: bytes) -> str:
    """Name the encoding of Vietnamese text that is not UTF-8.

    Read as Windows-1258, text in TCVN3 turns every tenth letter or more into signs such as "¸" and "¶".
    """
    try:
        beyond = [letter for letter in content.decode("cp1258") if ord(letter) > 127]
    except UnicodeDecodeError:
        return _("another encoding")
    letters = sum(letter.isalpha() or bool(unicodedata.combining(letter)) for letter in beyond)
    return "Windows-1258" if letters > 0.9 * len(beyond) else "TCVN3 (ABC)"


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


def _read_workbook(file: str, content: bytes) -> Sheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES_UNPACKED:
                raise errors.TableTooLarge(file=file, most=MOST_BYTES // 1024 // 1024)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of validations and styles it does not keep
            values = _first_worksheet(content, data_only=True)
            formulas = _first_worksheet(content, data_only=False)
    except errors.DomainError:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook fails anywhere inside openpyxl, with anything
        raise errors.TableUnreadable(file=file) from None
    if values.max_row > MOST_ROWS + HEADING_ROWS:
        raise errors.TableTooLong(file=file, most=MOST_ROWS)
    return _read_worksheet(file, values, formulas)


def _first_worksheet(content: bytes, *, data_only: bool) -> Worksheet:
    # Not read_only: that mode knows no merged cells and trusts the sheet's own word about its size.
    return load_workbook(io.BytesIO(content), data_only=data_only).worksheets[0]


def _read_worksheet(file: str, values: Worksheet, formulas: Worksheet) -> Sheet:
    sheet = Sheet()
    downward: dict[tuple[int, int], Any] = {}
    for area in values.merged_cells.ranges:
        for row, column in area.cells:
            if area.min_col == area.max_col:
                downward[row, column] = values.cell(area.min_row, area.min_col).value
            elif column > area.min_col:
                sheet.merged[row, column - 1] = area.coord
    width = min(values.max_column, MOST_COLUMNS)
    calculated = {
        cell.coordinate for row in formulas.iter_rows(max_col=width) for cell in row if cell.data_type == "f"
    }
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
