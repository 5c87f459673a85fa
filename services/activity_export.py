"""Which entries were written in an area, row by row, as a table that leaves the program?"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import pgettext
from models.activity import Activity, ActivityPhoto, ActivityShare
from models.people import Person
from models.review import CountReview, ReviewState
from models.units import Unit
from services import amounts, errors, units, units_search
from services.counts import SPOKEN_ZERO
from services.rules import Kind
from services.workbook import new_book

BATCH: Final = 2000
MOST_ROWS: Final = 1_000_000  # a worksheet holds 1,048,576
BOM: Final = "\ufeff"  # without it Excel takes a CSV for Windows-1258 and breaks every mark
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that counts, as the table says it; `who` is "" where names stay out."""

    day: date
    place: str
    who: str
    kind: str
    count: int
    unit: str
    recorded_at: datetime
    is_catch_up: bool
    is_corrected: bool
    code: str
    has_photo: bool = False
    mates: int = 0
    is_to_look_at: bool = False

    def cells(self) -> list[Any]:
        """Give the values in the order of `headings`."""
        return [
            self.day,
            self.place,
            self.who,
            self.kind,
            self.count,
            self.unit,
            self.recorded_at.replace(tzinfo=None),
            yes(is_so=self.is_catch_up),
            yes(is_so=self.is_corrected),
            self.code,
            yes(is_so=self.has_photo),
            self.mates,
        ]


def headings() -> list[str]:
    """Name the columns."""
    return [
        pgettext("table", "Day"),
        pgettext("table", "Village"),
        pgettext("table", "Logged by"),
        pgettext("table", "Kind of work"),
        pgettext("table", "Number"),
        pgettext("table", "Unit of count"),
        pgettext("table", "Logged at"),
        pgettext("table", "Caught up"),
        pgettext("table", "Corrected"),
        pgettext("table", "Code"),
        pgettext("table", "Has a photo"),
        pgettext("table", "Took part beside"),
    ]


def yes(*, is_so: bool) -> str:
    """Say yes or no in a table."""
    return pgettext("table", "Yes") if is_so else pgettext("table", "No")


async def entries(
    session: AsyncSession,
    unit: Unit,
    first: date,
    last: date,
    *,
    kinds: Sequence[Kind],
    zone: tzinfo | None,
    with_names: bool,
) -> AsyncIterator[Entry]:
    """Give the entries that count, by day and in the order written; spoken zeros are among them.

    They are read some thousands at a time, so that a province's year needs no more memory than a day.
    """
    labels: dict[int, str] = {}
    known = {kind.name: kind for kind in kinds}
    after: tuple[date, int] = (first, 0)
    connection = await session.connection()
    while True:
        rows = (await connection.execute(_page(unit, after, last))).all()
        strange = {row.unit_id for row in rows} - labels.keys()
        if strange:
            labels |= await places(session, sorted(strange))
        for row in rows:
            yield _entry(row, labels, known, zone, with_names=with_names)
        if len(rows) < BATCH:
            return
        after = (rows[-1].happened_on, rows[-1].id)


def _page(unit: Unit, after: tuple[date, int], last: date) -> Any:
    day, number = after
    happened, key = col(Activity.happened_on), col(Activity.id)
    return (
        sa.select(
            key,
            col(Activity.unit_id),
            happened,
            col(Activity.kind),
            col(Activity.count),
            col(Activity.recorded_at),
            col(Activity.corrects_id),
            col(Unit.code),
            col(Person.name).label("who"),
            _photos().label("photos"),
            mates().label("mates"),
            _looks().label("looks"),
        )
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .outerjoin(Person, col(Person.id) == col(Activity.person_id))
        .where(
            units.within(unit),
            col(Activity.corrected_at).is_(None),
            happened.between(day, last),
            (happened > day) | (key > number),
        )
        .order_by(happened, key)
        .limit(BATCH)
    )


def _photos() -> Any:
    mine = sa.select(sa.func.count()).where(col(ActivityPhoto.activity_id) == col(Activity.id))
    return mine.correlate(Activity).scalar_subquery()


def mates() -> Any:
    """Give how many took part in an entry of the query, beside whoever wrote it."""
    is_open = col(ActivityShare.declined_at).is_(None)
    mine = sa.select(sa.func.count()).where(col(ActivityShare.activity_id) == col(Activity.id), is_open)
    return mine.correlate(Activity).scalar_subquery()


def _looks() -> Any:
    is_waiting = col(CountReview.state) == ReviewState.WAITING
    mine = sa.select(sa.func.count()).where(col(CountReview.activity_id) == col(Activity.id), is_waiting)
    return mine.correlate(Activity).scalar_subquery()


async def places(session: AsyncSession, unit_ids: Sequence[int]) -> dict[int, str]:
    """Name units as lists do, each told from its namesakes in the same commune."""
    parents = sa.select(col(Unit.parent_id)).where(col(Unit.id).in_(unit_ids))
    around = sa.select(col(Unit.id)).where(col(Unit.id).in_(unit_ids) | col(Unit.parent_id).in_(parents))
    found = (await session.exec(select(Unit).where(col(Unit.id).in_(around)))).all()
    return await units_search.labels(session, found)


def _entry(
    row: Any, labels: dict[int, str], known: dict[str, Kind], zone: tzinfo | None, *, with_names: bool
) -> Entry:
    kind = known.get(row.kind)
    unit = {
        "persons": pgettext("table", "person"),
        "turns": pgettext("table", "turn"),
        "sessions": pgettext("table", "session"),
    }
    recorded = row.recorded_at.astimezone(zone)
    name = amounts.label(kind) if kind else row.kind
    return Entry(
        day=row.happened_on,
        place=labels[row.unit_id],
        who=(row.who or "") if with_names else "",
        kind=pgettext("table", "said that there was no work") if row.kind == SPOKEN_ZERO else name,
        count=row.count,
        unit=unit[kind.unit] if kind else "",
        recorded_at=recorded,
        is_catch_up=recorded.date() > row.happened_on,
        is_corrected=row.corrects_id is not None,
        code=row.code,
        has_photo=row.photos > 0,
        mates=row.mates,
        is_to_look_at=row.looks > 0,
    )


async def write(path: Path, rows: AsyncIterator[Entry]) -> int:
    """Write a .xlsx or .csv file, complete or not at all; tell how many rows. Raises ExportTooLong."""
    part = path.with_name(f".{path.name}.part")
    try:
        wrote = await (_write_workbook if path.suffix.lower() == ".xlsx" else _write_csv)(part, rows)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return wrote


async def _write_csv(path: Path, rows: AsyncIterator[Entry]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        table = csv.writer(file)
        table.writerow(headings())
        async for entry in rows:
            table.writerow([_for_csv(cell) for cell in entry.cells()])
            count += 1
    return count


def _for_csv(cell: Any) -> Any:
    """Write days as ISO text, and keep text from being read as a formula."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


async def _write_workbook(path: Path, rows: AsyncIterator[Entry]) -> int:
    book = new_book(path, constant_memory=True)
    try:
        return await fill_sheet(book, book.add_worksheet(pgettext("table", "Entries")), rows)
    finally:
        book.close()  # also lets go of the rows that wait in a temporary file


async def fill_sheet(book: Any, sheet: Any, rows: AsyncIterator[Entry]) -> int:
    """Write entries to a worksheet with a frozen header; raises ExportTooLong beyond what a sheet holds."""
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for column, width in enumerate((12, 24, 22, 24, 8, 10, 17, 9, 9, 12, 9, 9)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(headings()):
        sheet.write_string(0, column, title, head)
    count = 0
    async for entry in rows:
        count += 1
        if count > MOST_ROWS:
            raise errors.ExportTooLong(most=MOST_ROWS)
        for column, cell in enumerate(entry.cells()):
            if isinstance(cell, datetime):
                sheet.write_datetime(count, column, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(count, column, datetime.combine(cell, datetime.min.time()), day)
            elif isinstance(cell, int):
                sheet.write_number(count, column, cell)
            else:
                sheet.write_string(count, column, cell)
    return count
