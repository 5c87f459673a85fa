"""What do the workbooks of a week, a month and a quarter share: cover, places, kinds, goals, words?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from locales import gettext as _
from locales import pgettext
from models.units import Level
from services import amounts, target_text
from services.reports._period import Period, PeriodRow
from services.reports.weekly import Goal, Row, Weekly
from services.rules import Kind
from services.workbook import Column, Workbook

CHART_AT: Final = 3
CHART_SCALE: Final = 0.5
MESSAGE_WIDTH: Final = 62


def cover_sheet(book: Workbook, facts: Sequence[tuple[str, Any]], lines: Sequence[str], chart: bytes) -> None:
    """Write what the workbook is about, the lines of its message, the first large, and the chart beside."""
    sheet = book.sheet(pgettext("table", "Cover"))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, MESSAGE_WIDTH)
    sheet.set_column(2, 2, 2)
    left = book.book.add_format({"align": "left"})
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, name, book.formats["bold"])
        if isinstance(value, int):
            sheet.write_number(row, 1, value, left)
        else:
            book.cell(sheet, row, 1, value)
    message_at = len(facts) + 1
    for row, line in enumerate(lines, message_at):
        is_title = row == message_at
        sheet.write_string(row, 1, line, book.formats["title" if is_title else "wrapped"])
        if not is_title:
            book.make_room(sheet, row, [(line, MESSAGE_WIDTH)])
    book.picture(sheet, 0, CHART_AT, chart, scale=CHART_SCALE)


def place_name(*, is_area: bool) -> str:
    """Head the column of places: communes above the commune, else villages."""
    return pgettext("table", "Commune") if is_area else pgettext("table", "Village")


def places_name(*, is_area: bool) -> str:
    """Name the sheet of places."""
    return pgettext("table", "Each commune") if is_area else pgettext("table", "Each village")


def place_columns(against: str, *, is_area: bool) -> list[Column]:
    """Head what `place_cells` writes; `against` names what the persons are compared with."""
    leader = [] if is_area else [Column(pgettext("table", "Leader"), 18)]
    return [
        Column(place_name(is_area=is_area), 30),
        Column(pgettext("table", "Code"), 12),
        *leader,
        Column(pgettext("table", "Members"), 10, "number"),
        Column(pgettext("table", "People"), 10, "number"),
        Column(pgettext("table", "Turns"), 10, "number"),
        Column(pgettext("table", "Sessions"), 10, "number"),
        Column(against, 14, "number"),
    ]


def place_cells(name: str, row: Row | PeriodRow, change: Any) -> list[Any]:
    """Write what is known of a place in every report."""
    leader = [] if row.level == Level.COMMUNE.value else [row.leader]
    counted = [row.now["persons"], row.now["turns"], row.now["sessions"]]
    return [name, row.code, *leader, row.members, *counted, change]


def help_columns() -> list[Column]:
    """Head what `help_cells` writes."""
    return [
        Column(pgettext("table", "Requests for help"), 10, "number"),
        Column(pgettext("table", "Done"), 9, "number"),
        Column(pgettext("table", "Minutes to the answer (median)"), 12, "number"),
    ]


def help_cells(row: Row | PeriodRow) -> list[Any]:
    """Write what became of a place's requests."""
    return [row.help.asked, row.help.done, row.help.minutes]


def kind_columns(now: str, before: str) -> list[Column]:
    """Head what `kind_rows` writes, with the names of the two spans it compares."""
    return [
        Column(pgettext("table", "Kind of work"), 30),
        Column(pgettext("table", "Unit of count"), 14),
        Column(now, 12, "number"),
        Column(before, 12, "number"),
        Column(pgettext("table", "Difference"), 12, "number"),
    ]


def kind_rows(kinds: Sequence[Kind], figures: Weekly | Period) -> list[list[Any]]:
    """Write every kind of work beside the span before, "none yet" where that had no report."""
    found = {one.name: one for one in figures.kinds}
    none_yet = pgettext("table", "none yet")
    rows: list[list[Any]] = []
    for kind in kinds:
        counted = found.get(kind.name)
        now, before = (counted.now, counted.before) if counted else (0, 0)
        earlier = [none_yet, none_yet] if figures.before is None else [before, now - before]
        rows.append([amounts.label(kind), unit_name(kind.unit), now, *earlier])
    return rows


def goal_sheet(book: Workbook, goals: Sequence[Goal], *, is_area: bool, has_pace: bool = False) -> None:
    """Write how far an area and its places have come with their goals, on wish with where they should be."""
    columns = [
        Column(place_name(is_area=is_area), 30),
        Column(pgettext("table", "Kind of work"), 26),
        Column(pgettext("table", "Period"), 14),
        Column(pgettext("table", "Goal"), 10, "number"),
        Column(pgettext("table", "Done so far"), 10, "number"),
        Column(pgettext("table", "Share"), 8, "percent"),
        *([Column(pgettext("table", "On its pace"), 10, "number")] if has_pace else []),
        Column(pgettext("table", "Days left"), 10, "number"),
        Column(pgettext("table", "Needed a day"), 12, "number"),
    ]
    rows = [
        [
            goal.place,
            amounts.label(target_text.kind_of(goal.label, goal.of)),
            target_text.span(goal.span),
            goal.goal,
            goal.done,
            goal.done / goal.goal,
            *([goal.on_pace if goal.days_left else None] if has_pace else []),
            goal.days_left,
            goal.a_day if goal.days_left else None,
        ]
        for goal in goals
    ]
    book.table(pgettext("table", "Goals"), columns, rows)


def unit_name(unit: str) -> str:
    """Say a unit of count in a table."""
    named = {
        "persons": pgettext("table", "person"),
        "turns": pgettext("table", "turn"),
        "sessions": pgettext("table", "session"),
    }
    return named[unit]


def word_sheet(book: Workbook) -> None:
    """Explain the words and how each figure is counted, for a reader who has only the file."""
    columns = [
        Column(pgettext("table", "Word"), 24, "wrapped"),
        Column(pgettext("table", "Meaning"), 52, "wrapped"),
        Column(pgettext("table", "How it is counted"), 70, "wrapped"),
    ]
    book.table(pgettext("table", "Explanations"), columns, [list(row) for row in _words()])


def _words() -> list[tuple[str, str, str]]:
    return [
        (
            pgettext("table", "People, turns, sessions"),
            _("Three units of count, each kind of work has one."),
            _("They stand beside each other and are never added together."),
        ),
        (
            pgettext("table", "Week"),
            _("Monday to Sunday, numbered as in the calendar."),
            _("Work counts on the day it was done, whenever it was logged."),
        ),
        (
            pgettext("table", "Caught up"),
            _("Logged on a later day than the work was done."),
            _("Taken until the end of the next Sunday, then the week is locked."),
        ),
        (
            pgettext("table", "Corrected"),
            _("A number that replaces an earlier one."),
            _("Only the last number counts; the earlier one is kept, not shown."),
        ),
        (
            pgettext("table", "Needed a day"),
            _("What every day left has to bring so that the goal is reached."),
            _("What is missing on the last day of the report, divided by the days left and rounded up."),
        ),
        (
            pgettext("table", "To look at"),
            _("A number that the leader looks at because it is unlike the usual ones."),
            _("It counts all the while; looked at or corrected, it is no longer marked."),
        ),
        (
            pgettext("table", "Said no work"),
            _("The team said that there was nothing to do in the week."),
            _("Counts as a report, so the team is not silent."),
        ),
        (
            pgettext("table", "Silent"),
            _("Nobody of the team was heard of for 14 days."),
            _("No entry, no request taken and no word of a week without work; new teams are not counted."),
        ),
        (
            pgettext("table", "Reported on time"),
            _("Whether the team logged anything of the week before it was over."),
            _("At least one entry logged by midnight of Sunday."),
        ),
        (
            pgettext("table", "Minutes to the answer (median)"),
            _("How long citizens usually waited for the first answer."),
            _("Half of the requests of the week were answered sooner, half later."),
        ),
        (
            pgettext("table", "none yet"),
            _("Nobody had reported anything for that week."),
            _("It is not a zero, and no difference is counted from it."),
        ),
        (
            pgettext("table", "Citizens' rating"),
            _("What the citizen said of the help: it worked, partly, not yet."),
            _("Only requests that were rated have one; names and words of citizens are in no file."),
        ),
    ]
