"""What stands on the paper of a week, a month or a quarter?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from locales import dates, pgettext
from locales import gettext as _
from models.units import Level
from services import amounts, period_goals, period_words, report_sheets, summary_text, target_text
from services.counts import UNITS, Totals
from services.folding import tokens
from services.printing import Paper, Table
from services.reports._period import Period
from services.reports.weekly import KindCount, Weekly
from services.rules import Kind
from services.summary_lines import Brief, ranked


def of_week(figures: Weekly, brief: Brief, kinds: Sequence[Kind]) -> Paper:
    """Put a week on paper, with the lines of its message."""
    subtitle = _("Week {week}, from {first} to {last}").format(
        week=figures.iso_week, first=dates.long(figures.first), last=dates.long(figures.last)
    )
    lines = [line for line in summary_text.message(brief).split("\n")[1:] if line]
    rows = [
        [
            f"{row.name} ({row.note})" if row.note else row.name,
            dates.number(row.members),
            *_numbers(row.now),
            "" if figures.before is None else dates.signed(row.change),
            f"{row.help.done}/{row.help.asked}",
        ]
        for row in ranked(figures)
    ]
    head = [
        _place_name(figures.rows[0].level if figures.rows else ""),
        pgettext("table", "Members"),
        *_unit_names(),
        pgettext("table", "Against last week (people)"),
        pgettext("table", "Requests done"),
    ]
    places = Table(_title(figures.level), head, rows, (34, 13, 12, 12, 12, 17, 15), _sum(figures.now, 2))
    tables = [*([places] if rows else []), _kinds(figures.kinds, kinds), *_goals(figures)]
    return _paper(figures.name, subtitle, lines, figures, tables)


def of_period(period: Period, kinds: Sequence[Kind]) -> Paper:
    """Put a month or quarter on paper."""
    name = period_words.named(period.span, period.year, period.number)
    last = min(period.last, period.made_at.date())
    # Half a month beside a whole one would only frighten.
    has_change = period.before is not None and period_words.is_over(period)
    subtitle = _("{Period}, from {first} to {last}").format(
        Period=name[:1].upper() + name[1:], first=dates.long(period.first), last=dates.long(last)
    )
    rows = [
        [
            row.name,
            dates.number(row.members),
            *_numbers(row.now),
            *([dates.signed(row.change)] if has_change else []),
            f"{row.reported}/{period.weeks}",
            f"{row.help.done}/{row.help.asked}",
        ]
        for row in period_words.ranked(period)
    ]
    head = [
        _place_name(period.rows[0].level if period.rows else ""),
        pgettext("table", "Members"),
        *_unit_names(),
        *([pgettext("table", "Against the period before (people)")] if has_change else []),
        pgettext("table", "Weeks with a report"),
        pgettext("table", "Requests done"),
    ]
    widths = (32, 13, 12, 12, 12, *([16] if has_change else []), 14, 15)
    places = Table(_title(period.level), head, rows, widths, _sum(period.now, 2 + has_change))
    lines = [*period_words.facts(period), *period_goals.lines(period)]
    tables = [*([places] if rows else []), _kinds(period.kinds, kinds), *_goals(period)]
    return _paper(period.name, subtitle, lines, period, tables)


def _paper(
    name: str, subtitle: str, lines: Sequence[str], made: Weekly | Period, tables: Sequence[Table]
) -> Paper:
    # A cluster between commune and province is no administration of its own: it has no committee.
    has_committee = made.level != Level.DISTRICT.value
    above = _("PEOPLE'S COMMITTEE\n{unit}").format(unit=name.upper()) if has_committee else name.upper()
    return Paper(
        above=above,
        title=_("REPORT OF THE COMMUNITY DIGITAL TEAMS"),
        subtitle=f"{name[:1].upper() + name[1:]}\n{subtitle}",
        lines=lines,
        tables=tables,
        place=name.partition(" ")[2] or name,
        day=made.made_at.date(),
        signer=_("FOR THE PEOPLE'S COMMITTEE") if has_committee else _("IN CHARGE OF THE AREA"),
    )


def _title(level: str) -> str:
    return _("Village by village") if level == "commune" else _("Commune by commune")


def _place_name(level: str) -> str:
    return pgettext("table", "Commune") if level == "commune" else pgettext("table", "Village")


def _unit_names() -> list[str]:
    return [pgettext("table", "People"), pgettext("table", "Turns"), pgettext("table", "Sessions")]


def _numbers(totals: Totals) -> list[str]:
    return [dates.number(totals[unit]) for unit in UNITS]


def _sum(totals: Totals, after: int) -> list[str]:
    """Give the last row; people, turns and sessions are each added up for themselves."""
    return [pgettext("table", "Together"), "", *_numbers(totals), *[""] * after]


def _kinds(counted: Sequence[KindCount], kinds: Sequence[Kind]) -> Table:
    found: Mapping[str, KindCount] = {one.name: one for one in counted}
    rows = [
        [
            amounts.label(kind),
            report_sheets.unit_name(kind.unit),
            dates.number(found[kind.name].now),
            dates.number(found[kind.name].before),
        ]
        for kind in kinds
        if kind.name in found
    ]
    head = [
        pgettext("table", "Kind of work"),
        pgettext("table", "Unit of count"),
        pgettext("table", "This period"),
        pgettext("table", "The period before"),
    ]
    return Table(_("Kind by kind"), head, rows or [["", "", "", ""]], (40, 20, 20, 20))


def _goals(made: Weekly | Period) -> list[Table]:
    """Write the area's own goals; those of its places are in the workbook. Nothing where it has none."""
    rows = [
        [
            amounts.label(target_text.kind_of(goal.label, goal.of)),
            target_text.span(goal.span),
            dates.number(goal.goal),
            dates.number(goal.done),
            f"{dates.number(goal.percent)}%",
            dates.number(goal.on_pace) if goal.days_left else "",
            dates.number(goal.days_left),
        ]
        for goal in made.goals
    ]
    head = [
        pgettext("table", "Kind of work"),
        pgettext("table", "Period"),
        pgettext("table", "Goal"),
        pgettext("table", "Done so far"),
        pgettext("table", "Share"),
        pgettext("table", "On its pace"),
        pgettext("table", "Days left"),
    ]
    return [Table(pgettext("table", "Goals"), head, rows, (34, 14, 12, 12, 10, 12, 12))] if rows else []


def week_filename(figures: Weekly, ending: str) -> str:
    """Name a week's paper: bao_cao_tuan_47_2026_xa_an_lac.pdf."""
    name = "_".join(tokens(figures.name))
    text = _("report_week_{week}_{year}_{name}")
    return f"{text.format(week=figures.iso_week, year=figures.iso_year, name=name)}.{ending}"
