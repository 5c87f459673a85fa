"""What does the workbook of a week hold: cover, places, kinds of work, lessons, and a commune's entries?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from locales import pgettext
from models.units import Level, Unit
from services import access, activity_export, counts, summary
from services.access import Action, Actor
from services.activity_export import SAFE, Entry
from services.counts import Week
from services.folding import tokens
from services.reports import weekly
from services.reports.weekly import Row, Weekly
from services.rules import Kind, Rules
from services.summary_lines import ranked

MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WITH_ENTRIES: Final = (Level.COMMUNE, Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Everything the workbook is made of; `month` and `year` are the kinds' sums to the week's Sunday."""

    figures: Weekly
    month: dict[str, int]
    year: dict[str, int]
    kinds: Sequence[Kind]
    entries: tuple[Entry, ...] | None


@access.declares(Action.EXPORT)
async def read(
    session: AsyncSession, actor: Actor, unit_id: int, week: Week, *, rules: Rules, now: datetime
) -> Sheets:
    """Read the workbook of an area somebody may export; raises OutsideArea."""
    unit = await summary.place_of(session, actor, unit_id)
    actor.require(Action.EXPORT, unit_id=unit_id, path=unit.path)
    return await gather(session, unit, week, kinds=rules.activity.kinds, now=now)


async def gather(
    session: AsyncSession, unit: Unit, week: Week, *, kinds: Sequence[Kind], now: datetime
) -> Sheets:
    """Read a workbook without asking who may have it: for the operator's command line.

    Entries, without names, are those of a commune or a village: above it the sums say more than the rows.
    """
    entries = None
    if unit.level in WITH_ENTRIES:
        rows = activity_export.entries(
            session, unit, week.monday, week.sunday, kinds=kinds, zone=now.tzinfo, with_names=False
        )
        entries = tuple([entry async for entry in rows])
    return Sheets(
        figures=await weekly.make(session, unit, week, kinds=kinds, now=now),
        month=await counts.by_kind(session, unit, week.sunday.replace(day=1), week.sunday),
        year=await counts.by_kind(session, unit, week.sunday.replace(month=1, day=1), week.sunday),
        kinds=kinds,
        entries=entries,
    )


def filename(figures: Weekly) -> str:
    """Name the file: tong_ket_tuan_47_2026_xa_an_lac.xlsx."""
    name = "_".join(tokens(figures.name))
    return _("weekly_summary_{week}_{year}_{name}.xlsx").format(
        week=figures.iso_week, year=figures.iso_year, name=name
    )


def write(sheets: Sheets) -> bytes:
    """Write the workbook: header rows frozen, real numbers and days."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **SAFE})
    figures = sheets.figures
    _table(book, pgettext("table", "Cover"), _cover(figures), has_head=False)
    if figures.rows:
        is_area = figures.rows[0].level == Level.COMMUNE.value
        places = [_place_head(is_area=is_area), *(_place(row, figures) for row in ranked(figures))]
        _table(
            book, pgettext("table", "Each commune") if is_area else pgettext("table", "Each village"), places
        )
    _table(book, pgettext("table", "Each kind of work"), [_kind_head(), *_kinds(sheets)])
    if figures.lessons:
        _table(book, pgettext("table", "Lessons learnt"), [_lesson_head(), *_lessons(figures)])
    if sheets.entries is not None:
        head = activity_export.headings()
        _table(
            book,
            pgettext("table", "Entries"),
            _without_names([head, *(entry.cells() for entry in sheets.entries)]),
        )
    book.close()
    return buffer.getvalue()


def _without_names(rows: list[list[Any]]) -> list[list[Any]]:
    return [[*row[:2], *row[3:]] for row in rows]


def _table(book: Any, name: str, rows: Sequence[Sequence[Any]], *, has_head: bool = True) -> None:
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
    sheet.set_column(0, 1, 26)
    sheet.set_column(2, 14, 14)
    if has_head:
        sheet.freeze_panes(1, 0)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if has_head and at == 0:
                sheet.write_string(at, column, cell, head)
            elif isinstance(cell, datetime):
                sheet.write_datetime(at, column, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(at, column, datetime.combine(cell, datetime.min.time()), day)
            elif isinstance(cell, int | float):
                sheet.write_number(at, column, cell)
            elif cell is not None:
                sheet.write_string(at, column, cell)


def _cover(figures: Weekly) -> list[list[Any]]:
    named = zip(
        (pgettext("table", "People"), pgettext("table", "Turns"), pgettext("table", "Sessions")),
        counts.UNITS,
        strict=True,
    )
    return [
        [pgettext("table", "Unit"), figures.name],
        [pgettext("table", "Week"), figures.iso_week],
        [pgettext("table", "Year"), figures.iso_year],
        [pgettext("table", "From"), figures.first],
        [pgettext("table", "To"), figures.last],
        [pgettext("table", "Made at"), figures.made_at.replace(tzinfo=None)],
        [pgettext("table", "Made by"), "Tổ Số"],
        *([name, figures.now[unit]] for name, unit in named),
        [pgettext("table", "Requests for help"), figures.help.asked],
        [pgettext("table", "Done"), figures.help.done],
    ]


def _place_head(*, is_area: bool) -> list[str]:
    return [
        pgettext("table", "Commune") if is_area else pgettext("table", "Village"),
        pgettext("table", "Code"),
        pgettext("table", "Leader"),
        pgettext("table", "Members"),
        pgettext("table", "People"),
        pgettext("table", "Turns"),
        pgettext("table", "Sessions"),
        pgettext("table", "Against last week (people)"),
        pgettext("table", "Requests for help"),
        pgettext("table", "Done"),
        pgettext("table", "Share done (%)"),
        pgettext("table", "Minutes to the answer (median)"),
        pgettext("table", "Reported"),
    ]


def _place(row: Row, figures: Weekly) -> list[Any]:
    change = None if figures.before is None else row.change
    has_work = any(row.now.values())
    reported = (
        pgettext("table", "Yes")
        if has_work
        else pgettext("table", "Said no work")
        if row.entries
        else pgettext("table", "No")
    )
    return [
        row.name,
        row.code,
        row.leader,
        row.members,
        row.now["persons"],
        row.now["turns"],
        row.now["sessions"],
        pgettext("table", "none yet") if change is None else change,
        row.help.asked,
        row.help.done,
        None if row.help.share is None else round(row.help.share * 100),
        row.help.minutes,
        reported,
    ]


def _kind_head() -> list[str]:
    return [
        pgettext("table", "Kind of work"),
        pgettext("table", "Unit of count"),
        pgettext("table", "This week"),
        pgettext("table", "Last week"),
        pgettext("table", "Difference"),
        pgettext("table", "This month"),
        pgettext("table", "This year"),
    ]


def _kinds(sheets: Sheets) -> list[list[Any]]:
    units = {
        "persons": pgettext("table", "person"),
        "turns": pgettext("table", "turn"),
        "sessions": pgettext("table", "session"),
    }
    found = {one.name: one for one in sheets.figures.kinds}
    is_first = sheets.figures.before is None
    rows: list[list[Any]] = []
    for kind in sheets.kinds:
        counted = found.get(kind.name)
        now, before = (counted.now, counted.before) if counted else (0, 0)
        earlier = (
            [pgettext("table", "none yet"), pgettext("table", "none yet")]
            if is_first
            else [before, now - before]
        )
        total = [sheets.month.get(kind.name, 0), sheets.year.get(kind.name, 0)]
        rows.append([pgettext("kind of work", kind.label), units[kind.unit], now, *earlier, *total])
    return rows


def _lesson_head() -> list[str]:
    return [
        pgettext("table", "Lesson"),
        pgettext("table", "Given to"),
        pgettext("table", "Passed"),
        pgettext("table", "Learning"),
        pgettext("table", "Not opened"),
        pgettext("table", "Missed"),
        pgettext("table", "Due"),
    ]


def _lessons(figures: Weekly) -> list[list[Any]]:
    return [
        [one.lesson, one.people, one.passed, one.learning, one.unopened, one.missed, one.due_on]
        for one in figures.lessons
    ]
