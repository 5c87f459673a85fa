"""How does a long table come in while the program runs: read, checked whole, written a portion at a time?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from locales import gettext as _
from services import importing
from services.tables import Columns, Table
from services.units_import import portions

Value = TypeVar("Value")

# About a tenth of a second of writing: the running program answers people in between.
AT_ONCE: Final = 200
LONG: Final = 2_000
LARGE: Final = 1024 * 1024


def read(path: Path, columns: Columns, sheet: str | None = None) -> Table:
    """Read a table, and say if its letters had to be changed. Raises the refusals that begin with Table."""
    if sys.stderr.isatty() and path.is_file() and path.stat().st_size > LARGE:
        print(_("{file}: reading ...").format(file=path.name), file=sys.stderr)  # noqa: T201 - command line
    table = importing.read_table(path, columns, sheet=sheet)
    if table.encoding:
        said = _("{file}: the letters were {encoding} and have been changed to Unicode; look at a few names.")
        print(said.format(file=table.file, encoding=table.encoding), file=sys.stderr)  # noqa: T201 - likewise
    return table


def in_portions(rows: Sequence[Value], file: str) -> Iterator[list[Value]]:
    """Hand out rows to write; whoever waits at a terminal for many sees how far it has come."""
    from tqdm import tqdm  # noqa: PLC0415 - only a long import needs it

    with tqdm(
        total=len(rows),
        desc=file,
        bar_format="{desc}: {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}]",
        disable=None if len(rows) >= LONG else True,
    ) as bar:
        for some in portions(rows, AT_ONCE):
            yield some
            bar.update(len(some))
