"""How does a table somebody filled in by hand become rows to import?"""

from __future__ import annotations

from pathlib import Path

from locales import gettext as _
from services import headings, table_errors
from services.sheets import MOST_BYTES, Sheet, read_sheet
from services.tables import Columns, Row, Table


def read_table(path: Path, columns: Columns, *, sheet: str | None = None) -> Table:
    """Read a file of the operator's; `sheet` names one of a workbook's, else the first is read.

    Raises the refusals of services/table_errors.py.
    """
    try:
        # One byte more than allowed is enough to refuse: a mistaken 4 GB file is not read whole.
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError:
        raise table_errors.TableNotFound(file=path.name) from None
    return parse_table(path.name, content, columns, sheet=sheet)


def parse_table(file: str, content: bytes, columns: Columns, *, sheet: str | None = None) -> Table:
    """Read a file's bytes into rows. Raises the refusals of services/table_errors.py."""
    read = read_sheet(file, content, headings=(*columns.all, *columns.also), name=sheet)
    table = Table(file, encoding=read.encoding)
    if read.broken is not None:
        table.are_columns_right = False
        table.complain(read.broken, None, _('a quotation mark (") is left open; close or delete it.'))
        return table
    if not read.rows:
        raise table_errors.TableEmpty(file=file)
    found = headings.find(read, columns)
    places = headings.place(table, read, found, columns)
    if not table.problems:
        width = len(found.texts)
        for number, cells in read.rows[found.at + 1 :]:
            _take_row(table, read, number, cells, places=places, columns=columns, width=width)
        if not table.rows:
            raise table_errors.TableEmpty(file=file)
    return table


def _take_row(
    table: Table,
    sheet: Sheet,
    number: int,
    cells: list[str],
    *,
    places: dict[int, str],
    columns: Columns,
    width: int,
) -> None:
    values = dict.fromkeys(columns.all, "")
    if any(cells[width:]):
        table.complain(
            number,
            None,
            _("has more cells than there are columns; put a text with commas in quotation marks."),
        )
    for index, column in places.items():
        values[column] = cells[index] if index < len(cells) else ""
        if (number, index) in sheet.flaws:
            table.complain(number, column, sheet.flaws[number, index])
    table.rows.append(Row(number, values))
