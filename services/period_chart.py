"""What does a month or quarter of an area look like as one picture?"""

from __future__ import annotations

from locales import gettext as _
from services.charts import draw_page
from services.drawing import BLUE, ORANGE, Bar
from services.period_words import named, ranked, short
from services.reports._period import Period


def draw(period: Period) -> bytes:
    """Draw a PNG of 1080x1350: six periods above, place by place below."""
    name = period.name[:1].upper() + period.name[1:]
    title = _("People helped · {unit} · {period}")
    over = _("Last 6 months, people") if period.span == "month" else _("Last 6 quarters, people")
    last = len(period.points) - 1
    columns = [
        Bar(
            label=short(period.span, point.number),
            value=point.persons or 0,
            words=_("none yet") if point.persons is None else "",
            colour=ORANGE if at == last else BLUE,
        )
        for at, point in enumerate(period.points)
    ]
    rows = [
        Bar(row.name, row.now["persons"], "" if row.teams or row.entries else _("no team yet"), BLUE)
        for row in ranked(period)
    ]
    is_area = bool(period.rows) and period.rows[0].level == "commune"
    under = _("Each commune") if is_area else _("Each village")
    return draw_page(
        title.format(unit=name, period=named(period.span, period.year, period.number)),
        (over, columns),
        (under, rows),
        made_at=period.made_at,
    )
