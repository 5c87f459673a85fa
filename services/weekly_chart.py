"""What does a week of an area look like as one picture: eight weeks, and place by place?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from locales import dates
from locales import gettext as _
from services.drawing import BLUE, GREY, ORANGE, Bar, Canvas
from services.reports.weekly import Row, Weekly
from services.summary_lines import ranked

SIZE: Final = (1080, 1350)
MARGIN: Final = 48
MOST_ROWS: Final = 25
# The weeks take what the rows leave, so that letters beside many rows stay readable.
WEEKS_HEIGHT: Final = (350, 620)
ROW_HEIGHT: Final = 58
# As large as the rows leave room for: an old telephone shows a third of this size.
LARGEST: Final = 30
SMALLEST: Final = 20


def draw(figures: Weekly) -> bytes:
    """Draw a PNG of 1080x1350, in some hundredths of a second."""
    canvas = Canvas(*SIZE)
    name = figures.name[:1].upper() + figures.name[1:]
    title = _("People helped · {unit} · week {week}").format(unit=name, week=figures.iso_week)
    top = canvas.title(title, MARGIN, MARGIN - 10)
    bottom = SIZE[1] - MARGIN - 24
    rows = ranked(figures)
    if rows:
        left = bottom - top - 90 - ROW_HEIGHT * min(len(rows), MOST_ROWS)
        middle = top + min(WEEKS_HEIGHT[1], max(WEEKS_HEIGHT[0], left))
        _draw_weeks(canvas, figures, top, middle)
        _draw_rows(canvas, rows, figures, middle + 34, bottom)
    else:
        _draw_weeks(canvas, figures, top, bottom)
    foot = _("Figures as of {clock} {day} · Tổ Số")
    at = figures.made_at
    day = f"{dates.weekday(at.date())} {dates.long(at.date())}"
    canvas.text(foot.format(clock=dates.clock(at), day=day), MARGIN, bottom + 14, size=24, colour=GREY)
    return canvas.png()


def alt_text(unit: str, week: int, persons: int, before: int | None) -> str:
    """Say the picture in words, for whoever cannot see it."""
    if before is None:
        text = _("{persons} people were helped in {unit} in week {week}.")
        return text.format(persons=dates.number(persons), unit=unit, week=week)
    text = _("{persons} people were helped in {unit} in week {week}, {before} in the week before.")
    return text.format(persons=dates.number(persons), unit=unit, week=week, before=dates.number(before))


def _draw_weeks(canvas: Canvas, figures: Weekly, top: int, bottom: int) -> None:
    canvas.text(_("Last 8 weeks, people"), MARGIN, top, size=30, is_bold=True)
    bars = [
        Bar(
            label=_("W{week}").format(week=point.iso_week),
            value=point.persons or 0,
            words=_("none yet") if point.persons is None else "",
            colour=ORANGE if at == len(figures.weeks) - 1 else BLUE,
        )
        for at, point in enumerate(figures.weeks)
    ]
    canvas.columns(bars, (MARGIN, top + 52, SIZE[0] - MARGIN, bottom))


def _draw_rows(canvas: Canvas, rows: Sequence[Row], figures: Weekly, top: int, bottom: int) -> None:
    shown = rows[:MOST_ROWS]
    is_area = figures.rows[0].level == "commune"
    title = _("Each commune, this week") if is_area else _("Each village, this week")
    if len(rows) > len(shown):
        title += " " + _("(the first {n} of {of})").format(n=len(shown), of=len(rows))
    canvas.text(title, MARGIN, top, size=30, is_bold=True)
    bars = [Bar(row.name, row.now["persons"], _words(row), BLUE) for row in shown]
    canvas.rows(bars, (MARGIN, top + 54, SIZE[0] - MARGIN, bottom), sizes=(SMALLEST, LARGEST))


def _words(row: Row) -> str:
    """Say in words what no bar should say: an empty bar would look like a zero."""
    if row.is_silent:
        return _("silent")
    return "" if row.teams or row.entries else _("no team yet")
