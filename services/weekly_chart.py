"""What does a week of an area look like as one picture: eight weeks, and place by place?"""

from __future__ import annotations

from locales import dates
from locales import gettext as _
from services.charts import draw_page
from services.drawing import BLUE, ORANGE, Bar
from services.reports.weekly import Row, Weekly
from services.summary_lines import ranked


def draw(figures: Weekly) -> bytes:
    """Draw a PNG of 1080x1350, in some hundredths of a second."""
    name = figures.name[:1].upper() + figures.name[1:]
    last = len(figures.weeks) - 1
    columns = [
        Bar(
            label=_("W{week}").format(week=point.iso_week),
            value=point.persons or 0,
            words=_("none yet") if point.persons is None else "",
            colour=ORANGE if at == last else BLUE,
        )
        for at, point in enumerate(figures.weeks)
    ]
    is_area = bool(figures.rows) and figures.rows[0].level == "commune"
    return draw_page(
        _("People helped · {unit} · week {week}").format(unit=name, week=figures.iso_week),
        (_("Last 8 weeks, people"), columns),
        (
            _("Each commune, this week") if is_area else _("Each village, this week"),
            [Bar(row.name, row.now["persons"], _words(row), BLUE) for row in ranked(figures)],
        ),
        made_at=figures.made_at,
    )


def _words(row: Row) -> str:
    """Say in words what no bar should say: an empty bar would look like a zero."""
    if row.is_silent:
        return _("silent")
    return "" if row.teams or row.entries else _("no team yet")


def alt_text(unit: str, week: int, persons: int, before: int | None) -> str:
    """Say the picture in words, for whoever cannot see it."""
    if before is None:
        text = _("Week {week}: {persons} people were helped in {unit}.")
        return text.format(persons=dates.number(persons), unit=unit, week=week)
    text = _("Week {week}: {persons} people were helped in {unit}, {before} in the week before.")
    return text.format(persons=dates.number(persons), unit=unit, week=week, before=dates.number(before))
