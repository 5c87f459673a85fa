"""What does the workbook of a month or a quarter hold: cover, places, kinds of work?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from locales import pgettext
from services import period_chart
from services.period_words import heading, is_over, message, named, ranked
from services.reports._period import Period, PeriodRow
from services.rules import Kind
from services.weekly_sheets import kind_columns, kind_rows, word_sheet
from services.workbook import Column, Workbook

MESSAGE_AT: Final = 7
CHART_AT: Final = 3
CHART_SCALE: Final = 0.5


def write(period: Period, kinds: Sequence[Kind]) -> bytes:
    """Write the workbook; it draws too, so never on the loop."""
    book = Workbook()
    _cover(book, period, kinds)
    if period.rows:
        _places(book, period)
    _kinds(book, period, kinds)
    word_sheet(book)
    return book.close()


def _cover(book: Workbook, period: Period, kinds: Sequence[Kind]) -> None:
    sheet = book.sheet(pgettext("table", "Cover"))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 62)
    sheet.set_column(2, 2, 2)
    facts: list[tuple[str, Any]] = [
        (pgettext("table", "Unit"), period.name[:1].upper() + period.name[1:]),
        (pgettext("table", "Period"), named(period.span, period.year, period.number)),
        (pgettext("table", "From"), period.first),
        (pgettext("table", "To"), period.last),
        (pgettext("table", "Made at"), period.made_at),
        (pgettext("table", "Made by"), "Tổ Số"),
    ]
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, name, book.formats["bold"])
        book.cell(sheet, row, 1, value)
    title = heading(period)
    for row, line in enumerate(message(period, kinds).split("\n"), MESSAGE_AT):
        sheet.write_string(row, 1, line, book.formats["title" if line == title else "wrapped"])
    book.picture(sheet, 0, CHART_AT, period_chart.draw(period), scale=CHART_SCALE)


def _places(book: Workbook, period: Period) -> None:
    is_area = period.rows[0].level == "commune"
    columns = [
        Column(pgettext("table", "Commune") if is_area else pgettext("table", "Village"), 30),
        Column(pgettext("table", "Code"), 12),
        Column(pgettext("table", "Leader"), 18),
        Column(pgettext("table", "Members"), 10, "number"),
        Column(pgettext("table", "People"), 10, "number"),
        Column(pgettext("table", "Turns"), 10, "number"),
        Column(pgettext("table", "Sessions"), 10, "number"),
        Column(pgettext("table", "Against the period before (people)"), 14, "number"),
        Column(pgettext("table", "Weeks with a report"), 11, "number"),
        Column(pgettext("table", "Weeks in all"), 11, "number"),
        Column(pgettext("table", "Requests for help"), 10, "number"),
        Column(pgettext("table", "Done"), 9, "number"),
        Column(pgettext("table", "Minutes to the answer (median)"), 12, "number"),
    ]
    none_yet = pgettext("table", "none yet")

    def earlier(row: PeriodRow) -> Any:
        if period.before is None:
            return none_yet
        return row.change if is_over(period) else None

    rows = [
        [
            row.name,
            row.code,
            row.leader,
            row.members,
            row.now["persons"],
            row.now["turns"],
            row.now["sessions"],
            earlier(row),
            row.reported,
            period.weeks,
            row.help.asked,
            row.help.done,
            row.help.minutes,
        ]
        for row in ranked(period)
    ]
    name = pgettext("table", "Each commune") if is_area else pgettext("table", "Each village")
    book.table(name, columns, rows)


def _kinds(book: Workbook, period: Period, kinds: Sequence[Kind]) -> None:
    columns = kind_columns(pgettext("table", "This period"), pgettext("table", "The period before"))
    book.table(pgettext("table", "Each kind of work"), columns, kind_rows(kinds, period))
