"""How is a month or a quarter of an area said: its name, its message, its file?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from locales import dates, ngettext
from locales import gettext as _
from services import amounts, period_goals
from services.counts import UNITS
from services.folding import tokens
from services.reports._period import Period, PeriodRow
from services.rules import Kind
from services.summary_text import help_line, totals_line

MOST_ROWS: Final = 15


def named(span: str, year: int, number: int) -> str:
    """Name a period: tháng 11/2026, quý 4/2026."""
    text = _("month {n}/{year}") if span == "month" else _("quarter {n}/{year}")
    return text.format(n=number, year=year)


def short(span: str, number: int) -> str:
    """Name a period where there is little room: Th11, Q4."""
    return (_("M{n}") if span == "month" else _("Q{n}")).format(n=number)


def heading(period: Period) -> str:
    """Write the heading: XÃ AN LẠC · THÁNG 11/2026 (1–30/11)."""
    name = named(period.span, period.year, period.number).upper()
    days = dates.span(period.first, min(period.last, period.made_at.date()))
    return f"{period.name.upper()} · {name} ({days})"


def ranked(period: Period) -> list[PeriodRow]:
    """List the rows by persons, the most first."""
    return sorted(period.rows, key=lambda row: (-row.now["persons"], row.name))


def message(period: Period, kinds: Sequence[Kind]) -> str:
    """Write a period as text: the sums, the requests, the goals, its places, the kinds of work."""
    said = [heading(period), *facts(period)]
    parts = [said, period_goals.lines(period), list(_places(period)), kind_lines(period, kinds)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def facts(period: Period) -> list[str]:
    """Say the sums, and what became of the requests."""
    now = {str(unit): n for unit, n in period.now.items()}
    before = None
    if period.before is not None and is_over(period):
        before = {str(unit): n for unit, n in period.before.items()}
    lines = [totals_line(now, before)]
    if period.before is None:
        earlier = period.points[-2]
        name = named(period.span, earlier.year, earlier.number)
        lines.append(_("{period}: no figures yet.").format(period=name[:1].upper() + name[1:]))
    found = period.help
    lines.append(help_line(found.asked, found.done, found.minutes))
    return lines


def is_over(period: Period) -> bool:
    """Tell whether a period can be compared with a whole one."""
    return period.last < period.made_at.date()


def _places(period: Period) -> Iterator[str]:
    rows = ranked(period)
    for row in rows[:MOST_ROWS]:
        text = _("{place}: {persons} people, {turns} turns, {sessions} sessions; {n}/{of} weeks reported")
        yield "• " + text.format(
            place=row.name,
            persons=dates.number(row.now["persons"]),
            turns=dates.number(row.now["turns"]),
            sessions=dates.number(row.now["sessions"]),
            n=row.reported,
            of=period.weeks,
        )
    if len(rows) > MOST_ROWS:
        more = len(rows) - MOST_ROWS
        yield ngettext("and {n} more place", "and {n} more places", more).format(n=dates.number(more))


def kind_lines(period: Period, kinds: Sequence[Kind]) -> list[str]:
    """Say the kinds of work, each unit of count on a line of its own."""
    known = {kind.name: kind for kind in kinds}
    named_units = {"persons": _("People"), "turns": _("Turns"), "sessions": _("Sessions")}
    lines = []
    for unit in UNITS:
        found = sorted(
            (one for one in period.kinds if one.unit == unit and one.now), key=lambda one: -one.now
        )
        said = ", ".join(f"{amounts.label(known[one.name])} {dates.number(one.now)}" for one in found)
        if said:
            text = _("{unit}: {kinds} (together {n}).")
            lines.append(text.format(unit=named_units[unit], kinds=said, n=dates.number(period.now[unit])))
    return lines


def filename(period: Period, ending: str) -> str:
    """Name a file: bao_cao_thang_11_2026_xa_an_lac.pdf."""
    name = "_".join(tokens(period.name))
    text = (
        _("report_month_{n}_{year}_{name}")
        if period.span == "month"
        else _("report_quarter_{n}_{year}_{name}")
    )
    return f"{text.format(n=period.number, year=period.year, name=name)}.{ending}"
