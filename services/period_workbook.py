"""What does the workbook of a month or a quarter hold: cover, places, kinds of work, goals?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from locales import pgettext
from models.units import Level
from services import period_chart
from services.period_words import is_over, message, named, ranked
from services.report_sheets import (
    cover_sheet,
    goal_sheet,
    help_cells,
    help_columns,
    kind_columns,
    kind_rows,
    place_cells,
    place_columns,
    places_name,
    word_sheet,
)
from services.reports._period import Period, PeriodRow
from services.rules import Kind
from services.workbook import Column, Workbook


def write(period: Period, kinds: Sequence[Kind]) -> bytes:
    """Write the workbook; it draws too, so never on the loop."""
    book = Workbook()
    is_area = bool(period.rows) and period.rows[0].level == Level.COMMUNE.value
    _cover(book, period, kinds)
    if period.rows:
        _places(book, period, is_area=is_area)
    _kinds(book, period, kinds)
    if period.goals or period.goals_below:
        goal_sheet(book, [*period.goals, *period.goals_below], is_area=is_area, has_pace=True)
    word_sheet(book)
    return book.close()


def _cover(book: Workbook, period: Period, kinds: Sequence[Kind]) -> None:
    facts: list[tuple[str, Any]] = [
        (pgettext("table", "Unit"), period.name[:1].upper() + period.name[1:]),
        (pgettext("table", "Period"), named(period.span, period.year, period.number)),
        (pgettext("table", "From"), period.first),
        (pgettext("table", "To"), period.last),
        (pgettext("table", "Made at"), period.made_at),
        (pgettext("table", "Made by"), "Tổ Số"),
    ]
    cover_sheet(book, facts, message(period, kinds).split("\n"), period_chart.draw(period))


def _places(book: Workbook, period: Period, *, is_area: bool) -> None:
    columns = [
        *place_columns(pgettext("table", "Against the period before (people)"), is_area=is_area),
        Column(pgettext("table", "Weeks with a report"), 11, "number"),
        Column(pgettext("table", "Weeks in all"), 11, "number"),
        *help_columns(),
    ]
    rows = [
        [*place_cells(row.name, row, _change(row, period)), row.reported, period.weeks, *help_cells(row)]
        for row in ranked(period)
    ]
    book.table(places_name(is_area=is_area), columns, rows)


def _change(row: PeriodRow, period: Period) -> Any:
    if period.before is None:
        return pgettext("table", "none yet")
    return row.change if is_over(period) else None


def _kinds(book: Workbook, period: Period, kinds: Sequence[Kind]) -> None:
    columns = kind_columns(pgettext("table", "This period"), pgettext("table", "The period before"))
    book.table(pgettext("table", "Each kind of work"), columns, kind_rows(kinds, period))
