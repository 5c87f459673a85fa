"""What stands on the single sheets of a week's workbook?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from xlsxwriter.utility import xl_range

from locales import gettext as _
from locales import pgettext
from models.help import HelpState, Rating
from models.units import Level
from services import amounts, target_text
from services.activity_export import Entry, yes
from services.reports._period import Period
from services.reports._weekly_help import Asked
from services.reports._weekly_lessons import TeamProgress
from services.reports.weekly import Row, Weekly
from services.rules import Kind
from services.summary_lines import ranked
from services.workbook import Column, Workbook

SPARKLINE_AT: Final = 8


def place_sheet(book: Workbook, figures: Weekly) -> None:
    """Write the villages, or above the commune the communes, each with its eight weeks as a line.

    The numbers behind the lines stand in hidden columns to the right, where Excel finds them.
    """
    is_area = figures.rows[0].level == Level.COMMUNE.value
    rows = ranked(figures)
    columns = [
        Column(pgettext("table", "Commune") if is_area else pgettext("table", "Village"), 30),
        Column(pgettext("table", "Code"), 12),
        Column(pgettext("table", "Leader"), 18),
        Column(pgettext("table", "Members"), 10, "number"),
        Column(pgettext("table", "People"), 9, "number"),
        Column(pgettext("table", "Turns"), 9, "number"),
        Column(pgettext("table", "Sessions"), 9, "number"),
        Column(pgettext("table", "Against last week (people)"), 13, "number"),
        Column(pgettext("table", "Last 8 weeks"), 22),
        Column(pgettext("table", "Requests for help"), 10, "number"),
        Column(pgettext("table", "Done"), 8, "number"),
        Column(pgettext("table", "Share done (%)"), 9, "number"),
        Column(pgettext("table", "Minutes to the answer (median)"), 12, "number"),
        Column(pgettext("table", "Reported on time"), 20),
    ]
    name = pgettext("table", "Each commune") if is_area else pgettext("table", "Each village")
    sheet = book.table(name, columns, [_place(row, figures) for row in rows])
    _sparklines(book, sheet, rows, figures, first=len(columns) + 1)


def _sparklines(book: Workbook, sheet: Any, rows: Sequence[Row], figures: Weekly, *, first: int) -> None:
    last = first + len(figures.weeks) - 1
    for at, point in enumerate(figures.weeks, first):
        title = _("W{week}").format(week=point.iso_week)
        sheet.write_string(0, at, title, book.formats["head"])
    for number, row in enumerate(rows, 1):
        sheet.set_row(number, 22)
        for at, persons in enumerate(row.weeks, first):
            book.cell(sheet, number, at, persons, "number")
        sheet.add_sparkline(
            number,
            SPARKLINE_AT,
            {
                "range": f"'{sheet.get_name()}'!{xl_range(number, first, number, last)}",
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
    return [
        name,
        row.code,
        row.leader,
        row.members,
        row.now["persons"],
        row.now["turns"],
        row.now["sessions"],
        pgettext("table", "none yet") if figures.before is None else row.change,
        None,
        row.help.asked,
        row.help.done,
        None if row.help.share is None else round(row.help.share * 100),
        row.help.minutes,
        _reported(row),
    ]


def _reported(row: Row) -> str | None:
    """Say whether a village wrote before the week was over; a commune, how many of its teams did."""
    if row.level == Level.COMMUNE.value:
        return _("{n}/{of} teams").format(n=row.on_time, of=row.teams)
    if row.entries and not any(row.now.values()):
        return pgettext("table", "Said no work")
    if not row.teams and not row.entries:
        return pgettext("table", "No team yet")
    return pgettext("table", "Yes") if row.on_time else pgettext("table", "No")


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


def goal_sheet(book: Workbook, figures: Weekly) -> None:
    """Write how far the area and its rows have come with their goals."""
    is_area = bool(figures.rows) and figures.rows[0].level == Level.COMMUNE.value
    columns = [
        Column(pgettext("table", "Commune") if is_area else pgettext("table", "Village"), 30),
        Column(pgettext("table", "Kind of work"), 26),
        Column(pgettext("table", "Period"), 14),
        Column(pgettext("table", "Goal"), 10, "number"),
        Column(pgettext("table", "Done so far"), 10, "number"),
        Column(pgettext("table", "Share"), 8, "percent"),
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
            goal.days_left,
            goal.a_day,
        ]
        for goal in [*figures.goals, *figures.goals_below]
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
            _("What is missing on the last day of the week, divided by the days left and rounded up."),
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
