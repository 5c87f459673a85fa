"""What does every picture of an area look like: time above, places below, when it was made at the foot?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from locales import dates
from locales import gettext as _
from services.drawing import GREY, Bar, Canvas

SIZE: Final = (1080, 1350)
MARGIN: Final = 48
MOST_ROWS: Final = 25
# The columns take what the rows leave, so that letters beside many rows stay readable.
COLUMNS_HEIGHT: Final = (350, 620)
ROW_HEIGHT: Final = 58
# An old telephone shows a third of this size.
LETTERS: Final = (20, 30)

Panel = tuple[str, Sequence[Bar]]


def draw_page(title: str, columns: Panel, rows: Panel, *, made_at: datetime) -> bytes:
    """Draw a PNG of 1080x1350, in some hundredths of a second; of many rows the first 25."""
    canvas = Canvas(*SIZE)
    top = canvas.title(title, MARGIN, MARGIN - 10)
    bottom = SIZE[1] - MARGIN - 24
    middle = bottom
    if rows[1]:
        left = bottom - top - 90 - ROW_HEIGHT * min(len(rows[1]), MOST_ROWS)
        middle = top + min(COLUMNS_HEIGHT[1], max(COLUMNS_HEIGHT[0], left))
        _draw_rows(canvas, rows, middle + 34, bottom)
    canvas.text(columns[0], MARGIN, top, size=30, is_bold=True)
    canvas.columns(columns[1], (MARGIN, top + 52, SIZE[0] - MARGIN, middle))
    foot = _("Figures as of {clock} {day} · Tổ Số")
    day = f"{dates.weekday(made_at.date())} {dates.long(made_at.date())}"
    foot = foot.format(clock=dates.clock(made_at), day=day)
    canvas.text(foot, MARGIN, bottom + 14, size=24, colour=GREY)
    return canvas.png()


def _draw_rows(canvas: Canvas, panel: Panel, top: int, bottom: int) -> None:
    title, bars = panel
    shown = bars[:MOST_ROWS]
    if len(bars) > len(shown):
        title += " " + _("(the first {n} of {of})").format(n=len(shown), of=len(bars))
    canvas.text(title, MARGIN, top, size=30, is_bold=True)
    canvas.rows(shown, (MARGIN, top + 54, SIZE[0] - MARGIN, bottom), sizes=LETTERS)
