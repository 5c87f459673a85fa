"""How is a sheet written that opens well and prints well: real numbers and days, and nothing that runs?"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, Literal

MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Text stays text: what somebody called "=HYPERLINK(...)" is written as they wrote it and runs nowhere.
_SAFE: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_A4: Final = 9
_LONGEST_NAME: Final = 31
LINE_HEIGHT: Final = 15
# A width is counted in noughts; letters are narrower.
LETTERS: Final = 1.15
_HEAD: Final = {
    "bold": True,
    "bg_color": "#DDEBF7",
    "border": 1,
    "text_wrap": True,
    "valign": "vcenter",
    "align": "center",
}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "head": _HEAD,
    "text": {"valign": "top"},
    "wrapped": {"valign": "top", "text_wrap": True},
    "bold": {"bold": True},
    "title": {"bold": True, "font_size": 14},
    "number": {"num_format": "#,##0", "valign": "top"},
    "percent": {"num_format": "0.0%", "valign": "top"},
    "day": {"num_format": "dd/mm/yyyy", "align": "left", "valign": "top"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left", "valign": "top"},
}

Kind = Literal["text", "wrapped", "number", "percent", "day", "moment"]


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, how wide its column is, and what stands under it."""

    title: str
    width: float
    kind: Kind = "text"


def new_book(to: io.BytesIO | Path, **options: Any) -> Any:
    """Begin an xlsxwriter workbook in which text stays text; close it to have it written.

    `options` are xlsxwriter's own. It is loaded here: a day without workbooks need not hold its 2 MB.
    """
    import xlsxwriter  # noqa: PLC0415 - see above

    place = {"in_memory": True} if isinstance(to, io.BytesIO) else {}
    return xlsxwriter.Workbook(to if isinstance(to, io.BytesIO) else str(to), place | _SAFE | options)


def cell_range(row: int, column: int, last_row: int, last_column: int, *, is_fixed: bool = False) -> str:
    """Name a range as formulas do: "B2:B9", fixed "$B$2:$B$9"; rows and columns count from 0."""
    from xlsxwriter.utility import xl_range, xl_range_abs  # noqa: PLC0415 - see above

    return str((xl_range_abs if is_fixed else xl_range)(row, column, last_row, last_column))


class Workbook:
    """A workbook in memory."""

    def __init__(self) -> None:
        """Begin one."""
        self._buffer = io.BytesIO()
        self.book = new_book(self._buffer)
        self.formats = {name: self.book.add_format(how) for name, how in _FORMATS.items()}

    def sheet(self, name: str) -> Any:
        """Add a sheet that prints on the width of a landscape page, its head repeated, its pages numbered."""
        sheet = self.book.add_worksheet(name[:_LONGEST_NAME])
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer("&L&A&R&P/&N")
        return sheet

    def table(self, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Any:
        """Add a sheet with a frozen head and a filter, and give it."""
        sheet = self.sheet(name)
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, column.title, self.formats["head"])
        for number, row in enumerate(rows, 1):
            for at, (cell, column) in enumerate(zip(row, columns, strict=True)):
                self.cell(sheet, number, at, cell, column.kind)
            wrapped = [
                (str(cell), column.width)
                for cell, column in zip(row, columns, strict=True)
                if column.kind == "wrapped"
            ]
            self.make_room(sheet, number, wrapped)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
        return sheet

    def cell(self, sheet: Any, row: int, at: int, cell: Any, kind: Kind = "text") -> None:
        """Write one value as what it is; what is not there stays empty."""
        if isinstance(cell, datetime):
            sheet.write_datetime(row, at, cell.replace(tzinfo=None), self.formats["moment"])
        elif isinstance(cell, date):
            sheet.write_datetime(row, at, datetime.combine(cell, time.min), self.formats["day"])
        elif isinstance(cell, int | float):
            how = "percent" if kind == "percent" else "number"
            sheet.write_number(row, at, cell, self.formats[how])
        elif cell is not None:
            sheet.write_string(row, at, cell, self.formats["wrapped" if kind == "wrapped" else "text"])

    def make_room(self, sheet: Any, row: int, wrapped: Sequence[tuple[str, float]]) -> None:
        """Make a row as high as its wrapped texts need: not every program does so itself."""
        lines = max((math.ceil(len(text) / (width * LETTERS)) for text, width in wrapped), default=1)
        if lines > 1:
            sheet.set_row(row, lines * LINE_HEIGHT)

    def picture(self, sheet: Any, row: int, at: int, png: bytes, *, scale: float) -> None:
        """Lay a picture over a sheet."""
        where = {"image_data": io.BytesIO(png), "x_scale": scale, "y_scale": scale, "object_position": 3}
        sheet.insert_image(row, at, "chart.png", where)

    def close(self) -> bytes:
        """Give the whole workbook."""
        self.book.close()
        return self._buffer.getvalue()
