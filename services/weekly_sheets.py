"""What stands on the single sheets of a week's workbook?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from locales import gettext as _
from locales import pgettext
from models.help import HelpState, Rating
from models.units import Level
from services.activity_export import Entry, yes
from services.report_sheets import (
    help_cells,
    help_columns,
    kind_columns,
    kind_rows,
    place_cells,
    place_columns,
    places_name,
)
from services.reports._weekly_help import Asked
from services.reports._weekly_lessons import TeamProgress
from services.reports.weekly import Row, Weekly
from services.rules import Kind
from services.summary_lines import ranked
from services.workbook import Column, Workbook, cell_range


def place_sheet(book: Workbook, figures: Weekly) -> None:
    """Write the villages, or above the commune the communes, each with its eight weeks as a line.

    The numbers behind the lines stand in hidden columns to the right, where Excel finds them.
    """
    is_area = figures.rows[0].level == Level.COMMUNE.value
    rows = ranked(figures)
    help_head = help_columns()
    help_head.insert(2, Column(pgettext("table", "Share done (%)"), 9, "number"))
    columns = [
        *place_columns(pgettext("table", "Against last week (people)"), is_area=is_area),
        Column(pgettext("table", "Last 8 weeks"), 22),
        *help_head,
        Column(pgettext("table", "Reported on time"), 20),
    ]
    line_at = len(columns) - len(help_head) - 2
    sheet = book.table(places_name(is_area=is_area), columns, [_place(row, figures) for row in rows])
    _sparklines(book, sheet, rows, figures, at=line_at, first=len(columns) + 1)


def _sparklines(
    book: Workbook, sheet: Any, rows: Sequence[Row], figures: Weekly, *, at: int, first: int
) -> None:
    last = first + len(figures.weeks) - 1
    for place, point in enumerate(figures.weeks, first):
        title = _("W{week}").format(week=point.iso_week)
        sheet.write_string(0, place, title, book.formats["head"])
    for number, row in enumerate(rows, 1):
        sheet.set_row(number, 22)
        for place, persons in enumerate(row.weeks, first):
            book.cell(sheet, number, place, persons, "number")
        sheet.add_sparkline(
            number,
            at,
            {
                "range": f"'{sheet.get_name()}'!{cell_range(number, first, number, last)}",
                "type": "column",
                "last_point": True,
                "last_color": "#E69F00",
                "series_color": "#0072B2",
                "min": 0,
                "show_hidden": True,
            },
        )
    sheet.set_column(first, last, 6, None, {"hidden": True})
    sheet.print_area(0, 0, len(rows), first - 2)


def _place(row: Row, figures: Weekly) -> list[Any]:
    name = f"{row.name} ({row.note})" if row.note else row.name
    change = pgettext("table", "none yet") if figures.before is None else row.change
    asked, done, minutes = help_cells(row)
    share = None if row.help.share is None else round(row.help.share * 100)
    return [*place_cells(name, row, change), None, asked, done, share, minutes, _reported(row)]


def _reported(row: Row) -> str | None:
    """Say whether a village wrote before the week was over; a commune, how many of its teams did."""
    if row.level == Level.COMMUNE.value:
        return _("{n}/{of} teams").format(n=row.on_time, of=row.teams)
    if row.entries and not any(row.now.values()):
        return pgettext("table", "Said no work")
    if not row.teams and not row.entries:
        return pgettext("table", "No team yet")
    return pgettext("table", "Yes") if row.on_time else pgettext("table", "No")


def kind_sheet(
    book: Workbook, figures: Weekly, kinds: Sequence[Kind], month: Mapping[str, int], year: Mapping[str, int]
) -> None:
    """Write every kind of work; a week before without any report is "none yet", not a zero."""
    columns = [
        *kind_columns(pgettext("table", "This week"), pgettext("table", "Last week")),
        Column(pgettext("table", "This month"), 14, "number"),
        Column(pgettext("table", "This year"), 14, "number"),
    ]
    rows = [
        [*row, month.get(kind.name, 0), year.get(kind.name, 0)]
        for kind, row in zip(kinds, kind_rows(kinds, figures), strict=True)
    ]
    book.table(pgettext("table", "Each kind of work"), columns, rows)


def lesson_sheet(book: Workbook, lessons: Sequence[TeamProgress], title: Callable[[str], str]) -> None:
    """Write how far each team has come with each lesson."""
    columns = [
        Column(pgettext("table", "Team"), 30),
        Column(pgettext("table", "Lesson"), 36),
        Column(pgettext("table", "Given to"), 10, "number"),
        Column(pgettext("table", "Passed"), 10, "number"),
        Column(pgettext("table", "Learning"), 10, "number"),
        Column(pgettext("table", "Not opened"), 10, "number"),
        Column(pgettext("table", "Missed"), 10, "number"),
        Column(pgettext("table", "Due"), 12, "day"),
    ]
    rows = [
        [
            one.place,
            title(one.lesson),
            one.people,
            one.passed,
            one.learning,
            one.unopened,
            one.missed,
            one.due_on,
        ]
        for one in lessons
    ]
    book.table(pgettext("table", "Lessons learnt"), columns, rows)


def request_sheet(
    book: Workbook,
    asked: Sequence[Asked],
    names: Mapping[int, str],
    title: Callable[[str], str],
    zone: tzinfo | None,
) -> None:
    """Write the requests of the week: place, guide, times and result; no names, nothing anybody wrote."""
    columns = [
        Column(pgettext("table", "Village"), 30),
        Column(pgettext("table", "Topic"), 36),
        Column(pgettext("table", "Asked at"), 17, "moment"),
        Column(pgettext("table", "Answered at"), 17, "moment"),
        Column(pgettext("table", "Closed at"), 17, "moment"),
        Column(pgettext("table", "Result"), 16),
        Column(pgettext("table", "Citizens' rating"), 18),
    ]
    results = {
        HelpState.OPEN: pgettext("table", "waiting"),
        HelpState.CLAIMED: pgettext("table", "being helped"),
        HelpState.CLOSED: pgettext("table", "done"),
        HelpState.WITHDRAWN: "",
    }
    ratings = {
        Rating.GOOD: pgettext("table", "it worked"),
        Rating.PARTLY: pgettext("table", "partly"),
        Rating.NOT_YET: pgettext("table", "not yet"),
    }
    rows = []
    for one in asked:
        request = one.request
        moments = (request.asked_at, request.answered_at, request.closed_at)
        rows.append(
            [
                next((names[part] for part in _parts(one.path) if part in names), ""),
                title(request.guide) if request.guide else pgettext("table", "no guide for it yet"),
                *(each.astimezone(zone) if each else None for each in moments),
                results[request.state],
                ratings[request.rating] if request.rating else "",
            ]
        )
    book.table(pgettext("table", "Requests for help"), columns, rows)


def _parts(path: str) -> list[int]:
    return [int(part) for part in path.strip("/").split("/")]


def entry_sheet(book: Workbook, entries: Sequence[Entry]) -> None:
    """Write the entries of a commune or village; above it the sums say more than the rows."""
    columns = [
        Column(pgettext("table", "Day"), 12, "day"),
        Column(pgettext("table", "Village"), 28),
        Column(pgettext("table", "Logged by"), 22),
        Column(pgettext("table", "Kind of work"), 26),
        Column(pgettext("table", "Number"), 8, "number"),
        Column(pgettext("table", "Unit of count"), 10),
        Column(pgettext("table", "Logged at"), 17, "moment"),
        Column(pgettext("table", "Caught up"), 9),
        Column(pgettext("table", "Corrected"), 9),
    ]
    shown = len(columns)
    columns.append(Column(pgettext("table", "To look at"), 9))
    rows = [[*entry.cells()[:shown], yes(is_so=entry.is_to_look_at)] for entry in entries]
    book.table(pgettext("table", "Entries"), columns, rows)
