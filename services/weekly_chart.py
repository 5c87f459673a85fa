"""What does a week of an area look like as one picture: eight weeks, and place by place?"""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any, Final

from locales import dates
from locales import gettext as _
from services.reports.weekly import Row, Weekly
from services.summary_lines import ranked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

INCHES: Final = (10.8, 13.5)
DOTS_PER_INCH: Final = 100
BLUE: Final = "#0072B2"  # Okabe and Ito's blue and orange differ for every kind of colour blindness
ORANGE: Final = "#E69F00"
GREY: Final = "#666666"
MOST_ROWS: Final = 20

# The font cache and the glyph buffers of matplotlib are not made for two threads at once.
_one_at_a_time = threading.Lock()


def draw(figures: Weekly) -> bytes:
    """Draw a PNG of 1080x1350; slow (about half a second), so never on the loop."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - half a second at the start
    from matplotlib.figure import Figure  # noqa: PLC0415 - likewise

    with _one_at_a_time:
        figure = Figure(figsize=INCHES, dpi=DOTS_PER_INCH, facecolor="white")
        FigureCanvasAgg(figure)
        title = _("People helped · {unit} · week {week}")
        name = figures.name[:1].upper() + figures.name[1:]
        figure.suptitle(
            title.format(unit=name, week=figures.iso_week), fontsize=24, fontweight="bold", y=0.975
        )
        rows = ranked(figures)
        if rows:
            weeks, places = figure.subplots(2, 1, height_ratios=(2, 3))
            _draw_rows(places, rows, figures)
        else:
            weeks = figure.subplots(1, 1)
        _draw_weeks(weeks, figures)
        foot = _("Figures as of {clock} {day} · Tổ Số")
        at = figures.made_at
        figure.text(
            0.5,
            0.012,
            foot.format(clock=dates.clock(at), day=dates.long(at.date())),
            ha="center",
            fontsize=15,
        )
        figure.tight_layout(rect=(0.01, 0.035, 0.99, 0.955), h_pad=2.5)
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        return picture.getvalue()


def _draw_weeks(axes: Axes, figures: Weekly) -> None:
    points = figures.weeks
    heights = [point.persons or 0 for point in points]
    colours = [BLUE] * (len(points) - 1) + [ORANGE]
    bars = axes.bar(range(len(points)), heights, color=colours, width=0.72)
    for bar, point in zip(bars, points, strict=True):
        text = _("none yet") if point.persons is None else dates.number(point.persons)
        is_missing = point.persons is None
        _label(axes, bar, text, colour=GREY if is_missing else "black", size=13 if is_missing else 17)
    labels = [_("W{week}").format(week=point.iso_week) for point in points]
    axes.set_xticks(range(len(points)), labels, fontsize=16)
    axes.set_title(_("Last 8 weeks, people"), fontsize=19, loc="left")
    axes.set_ylim(0, max([*heights, 1]) * 1.15)
    _clear(axes, axes.yaxis)


def _label(axes: Axes, bar: Any, text: str, *, colour: str, size: int) -> None:
    middle = bar.get_x() + bar.get_width() / 2
    axes.annotate(
        text,
        (middle, bar.get_height()),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=size,
        color=colour,
    )


def _draw_rows(axes: Axes, rows: list[Row], figures: Weekly) -> None:
    shown = rows[:MOST_ROWS]
    widths = [0 if _words(row) else row.now["persons"] for row in shown]
    size = 17 if len(shown) <= 13 else 13
    axes.barh(range(len(shown)), widths, color=BLUE, height=0.72)
    for place, (row, width) in enumerate(zip(shown, widths, strict=True)):
        words = _words(row)
        axes.annotate(
            words or dates.number(width),
            (width, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=size,
            color=GREY if words else "black",
        )
    axes.set_yticks(range(len(shown)), [row.name for row in shown], fontsize=size)
    axes.invert_yaxis()
    left = len(rows) - len(shown)
    title = _("By place, week {week}").format(week=figures.iso_week)
    if left:
        title += " " + _("(the first {n} of {of})").format(n=len(shown), of=len(rows))
    axes.set_title(title, fontsize=19, loc="left")
    axes.set_xlim(0, max([*widths, 1]) * 1.15)
    _clear(axes, axes.xaxis)


def _words(row: Row) -> str:
    """Say in words what no bar should say: an empty bar would look like a zero."""
    if row.is_silent:
        return _("silent")
    return "" if row.teams or row.entries else _("no team yet")


def _clear(axes: Axes, values: Axis) -> None:
    """Take away what the written values make needless."""
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    values.set_ticks([])
