"""What is a table of an import, and how is said what is wrong in it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from locales import dates, ngettext
from locales import gettext as _

_SERIAL = frozenset({"stt", "tt", "so_tt"})


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns an import knows, in the order they are documented.

    `also` are other headings for them, folded as `headings.key_of` does: what offices write in Vietnamese.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def all(self) -> tuple[str, ...]:
        """List the required columns, then the others."""
        return (*self.required, *self.optional)

    def meant(self, key: str) -> str:
        """Give the column a heading names; "" for a serial number, which every office's list begins with."""
        return "" if key in _SERIAL else self.also.get(key, key)


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
    """The rows of a file and everything found wrong so far; with wrong columns there are no rows.

    `encoding` names what its letters were read from, where that was not Unicode.
    """

    file: str
    encoding: str = ""
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
