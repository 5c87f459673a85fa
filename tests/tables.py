"""Tables as operators make them: CSV and .xlsx files in memory, from rows of cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.importing import parse_table
from services.tables import Columns, Table


def csv_bytes(*rows: str, encoding: str = "utf-8", newline: str = "\n") -> bytes:
    """Write lines as a file."""
    return (newline.join(rows) + newline).encode(encoding)


def xlsx_bytes(rows: Sequence[Sequence[object]], change: Callable[[Worksheet], None] | None = None) -> bytes:
    """Write cells as a workbook; `change` may merge cells or the like before it is saved."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_table(columns: Columns, *rows: str, file: str = "danh_sach.csv") -> Table:
    """Read a CSV whose first row names every column."""
    return parse_table(file, csv_bytes(",".join(columns.all), *rows), columns)
