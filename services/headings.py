"""Which column of a table is which, however somebody wrote the headings?"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from locales import gettext as _
from services.folding import tokens
from services.sheets import HEADING_ROWS, Sheet
from services.tables import Columns, Table


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a sheet: where their last line stands, what it says, and which columns that names."""

    at: int
    number: int
    texts: tuple[str, ...]
    keys: tuple[str, ...]
    known: int


def key_of(heading: str) -> str:
    """Write a heading as columns are named: "Unit code" is unit_code."""
    return "_".join(tokens(heading))


def near(typed: str, known: tuple[str, ...]) -> str | None:
    """Find what was probably meant."""
    return next(iter(difflib.get_close_matches(typed.lower(), known, n=1)), None)


def find(sheet: Sheet, columns: Columns) -> Headings:
    """Find the headings: the line, or two lines, with the most known ones, so a title above does no harm.

    In two lines the lower names the column, and the upper where the lower is empty: "Liên hệ" over "phone".
    """
    best = _read([sheet.rows[0]], 0, columns)
    for at in range(min(HEADING_ROWS, len(sheet.rows))):
        for lines in (sheet.rows[at : at + 1], sheet.rows[at : at + 2]):
            found = _read(lines, at + len(lines) - 1, columns)
            if found.known > best.known:
                best = found
    return best


def _read(lines: Sequence[tuple[int, list[str]]], last: int, columns: Columns) -> Headings:
    width = max(len(cells) for _row, cells in lines)
    texts = [""] * width
    for _row, cells in lines:
        for index, cell in enumerate(cells):
            texts[index] = cell or texts[index]
    keys = [columns.meant(key_of(text)) for text in texts]
    known = len(set(columns.all) & set(keys))
    return Headings(last, lines[-1][0], tuple(texts), tuple(keys), known)


def place(table: Table, sheet: Sheet, found: Headings, columns: Columns) -> dict[int, str]:
    """Map column indexes to names, complaining of headings that are missing, unknown, double or merged."""
    number, keys = found.number, found.keys
    meant = set(keys)
    for index, key in enumerate(keys):
        if key and key not in columns.all:
            guess = near(key, tuple(each for each in columns.all if each not in keys))
            meant.add(guess or "")
            table.complain(number, None, _unknown(found.texts[index], guess, columns))
        elif not found.texts[index] and _holds_data(sheet, found, index):
            table.complain(number, None, _nameless(index, sheet.merged.get((number, index))))
    for column, count in Counter(keys).items():
        if column in columns.all and count > 1:
            twice = _('column "{column}" comes more than once; keep one.').format(column=column)
            table.complain(number, None, twice)
    for column in columns.required:
        if column not in meant:
            missing = _('column "{column}" is missing; add it to this row.').format(column=column)
            table.complain(number, None, missing)
    table.are_columns_right = not table.problems
    return {index: key for index, key in enumerate(keys) if key}


def _holds_data(sheet: Sheet, found: Headings, index: int) -> bool:
    return any(len(cells) > index and cells[index] for _row, cells in sheet.rows[found.at + 1 :])


def _unknown(heading: str, guess: str | None, columns: Columns) -> str:
    if guess:
        return _('column "{heading}" is not known, did you mean "{guess}"? Correct its name.').format(
            heading=heading, guess=guess
        )
    known = ", ".join(columns.all)
    return _('column "{heading}" is not known; delete it, the columns are {known}.').format(
        heading=heading, known=known
    )


def _nameless(index: int, merged: str | None) -> str:
    if merged:
        return _("the heading {cells} is merged over several columns; unmerge it and name each one.").format(
            cells=merged
        )
    letter = get_column_letter(index + 1)
    return _("column {letter} holds data but has no name; name it or empty it.").format(letter=letter)
