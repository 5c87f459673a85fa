"""How does a table somebody filled in by hand become rows to import, and what is said about its mistakes?"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import get_column_letter

from locales import dates, ngettext
from locales import gettext as _
from services import errors
from services.folding import tokens
from services.sheets import HEADING_ROWS, MOST_BYTES, Sheet, read_sheet


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns an import knows, in the order they are documented."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """List the required columns, then the others."""
        return (*self.required, *self.optional)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row, perhaps in one column of it, and the cure: the end of a sentence."""

    row: int
    column: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text, by column; `number` is what Excel shows at its left."""

    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


@dataclass(slots=True)
class Table:
    """The rows of a file and everything found wrong so far; with wrong columns there are no rows."""

    file: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    are_columns_right: bool = True
    doubted: set[tuple[int, str]] = field(default_factory=set)

    def complain(self, row: Row | int, column: str | None, reason: str) -> None:
        """Note a problem; only the first one of a cell counts, the next would follow from it."""
        number = row if isinstance(row, int) else row.number
        if column is not None:
            if (number, column) in self.doubted:
                return
            self.doubted.add((number, column))
        self.problems.append(Problem(number, column, reason))

    def is_sound(self, row: Row, column: str) -> bool:
        """Tell whether a cell has no problem yet, so that its value means something."""
        return (row.number, column) not in self.doubted

    def required(self, row: Row, column: str, *, most: int) -> str:
        """Give a cell that must be filled and short enough for the database."""
        value = row[column]
        if not value:
            self.complain(row, column, _("is empty; fill it in."))
        elif len(value) > most:
            self.complain(row, column, _("is longer than {most} characters; shorten it.").format(most=most))
        elif "?" in value or "\ufffd" in value:
            lost = _(
                '"{value}" has lost letters to "?"; save the file as "CSV UTF-8" or .xlsx from the source.'
            )
            self.complain(row, column, lost.format(value=value))
        return value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do; with problems nothing was written."""

    table: Table
    is_dry_run: bool
    added: int = 0
    changed: int = 0

    @property
    def is_refused(self) -> bool:
        """Tell whether anything was wrong."""
        return bool(self.table.problems)


def read_table(path: Path, columns: Columns) -> Table:
    """Read a file of the operator's. Raises the refusals of services/errors.py that begin with Table."""
    try:
        # One byte more than allowed is enough to refuse: a mistaken 4 GB file is not read whole.
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError:
        raise errors.TableNotFound(file=path.name) from None
    return parse_table(path.name, content, columns)


def parse_table(file: str, content: bytes, columns: Columns) -> Table:
    """Read a file's bytes into rows. Raises the refusals of services/errors.py that begin with Table."""
    sheet = read_sheet(file, content, headings=columns.all)
    table = Table(file)
    if sheet.broken is not None:
        table.are_columns_right = False
        table.complain(sheet.broken, None, _('a quotation mark (") is left open; close or delete it.'))
        return table
    if not sheet.rows:
        raise errors.TableEmpty(file=file)
    at = _heading_at(sheet, columns)
    places = _place_columns(table, sheet, at, columns)
    if not table.problems:
        width = len(sheet.rows[at][1])
        for number, cells in sheet.rows[at + 1 :]:
            _take_row(table, sheet, number, cells, places=places, columns=columns, width=width)
        if not table.rows:
            raise errors.TableEmpty(file=file)
    return table


def key_of(heading: str) -> str:
    """Write a heading as columns are named: "Unit code" is unit_code."""
    return "_".join(tokens(heading))


def near(typed: str, known: tuple[str, ...]) -> str | None:
    """Find what was probably meant."""
    return next(iter(difflib.get_close_matches(typed.lower(), known, n=1)), None)


def _heading_at(sheet: Sheet, columns: Columns) -> int:
    """Find the row of headings: the first with the most known ones, so a title above does no harm."""
    known = set(columns.all)
    counts = [len(known & {key_of(cell) for cell in cells}) for _row, cells in sheet.rows[:HEADING_ROWS]]
    return counts.index(max(counts))


def _place_columns(table: Table, sheet: Sheet, at: int, columns: Columns) -> dict[int, str]:
    """Map column indexes to names, complaining of headings that are missing, unknown, double or merged."""
    number, headings = sheet.rows[at]
    keys = [key_of(heading) for heading in headings]
    meant = set(keys)
    for index, key in enumerate(keys):
        if key and key not in columns.all:
            guess = near(key, tuple(each for each in columns.all if each not in keys))
            meant.add(guess or "")
            table.complain(number, None, _unknown(headings[index], guess, columns))
        elif not key and any(len(cells) > index and cells[index] for _row, cells in sheet.rows[at + 1 :]):
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


def describe_problems(table: Table) -> str:
    """Say everything that is wrong, so that one round of corrections is enough."""
    problems = sorted(table.problems, key=lambda each: each.row)
    if len(problems) == 1 and problems[0].column is None:
        only = problems[0]
        return _("{file}, row {row}: {reason}").format(file=table.file, row=only.row, reason=only.reason)
    lines = [_headline(table), *map(_line, problems), _("Correct the file, then run this command again.")]
    return "\n".join(lines)


def _headline(table: Table) -> str:
    bad, total = len({each.row for each in table.problems}), len(table.rows)
    if not table.are_columns_right:
        return _("{file}: the columns are not right yet, nothing was written.").format(file=table.file)
    return ngettext(
        "{file}: {bad} of {total} row is not right yet, nothing was written.",
        "{file}: {bad} of {total} rows are not right yet, nothing was written.",
        total,
    ).format(file=table.file, bad=dates.number(bad), total=dates.number(total))


def _line(problem: Problem) -> str:
    if problem.column is None:
        return "  " + _("row {row}: {reason}").format(row=problem.row, reason=problem.reason)
    return "  " + _("row {row}, column {column}: {reason}").format(
        row=problem.row, column=problem.column, reason=problem.reason
    )
