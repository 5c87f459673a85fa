"""Which numbers of an area can somebody take along: of which time, as what file?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from models.units import Unit
from services import (
    access,
    counts,
    errors,
    period_words,
    period_workbook,
    printing,
    report_papers,
    summary,
    summary_lines,
    weekly_workbook,
)
from services.access import Action, Actor
from services.reports import _period, monthly, quarterly, weekly
from services.reports._period import Span
from services.rules import Rules
from services.titles import Titles

PERIODS = {"month": monthly, "quarter": quarterly}


@dataclass(frozen=True, slots=True)
class Made:
    """A file whose figures are read; `write` is slow and needs no database."""

    name: str
    filename: str
    write: Callable[[], bytes]


def months(today: date) -> list[tuple[date, int]]:
    """List the month before and the one that runs, with their numbers."""
    return _two(today, "month")


def quarters(today: date) -> list[tuple[date, int]]:
    """List the quarter before and the one that runs, with their numbers."""
    return _two(today, "quarter")


def _two(today: date, span: Span) -> list[tuple[date, int]]:
    first = _period.first_day(today, span)
    return [(day, _period.number_of(day, span)) for day in (_period.before(first, span), first)]


@access.declares(Action.EXPORT)
async def gather(  # noqa: PLR0913 - what is asked for has three parts
    session: AsyncSession,
    actor: Actor,
    unit_id: int,
    span: str,
    day: date,
    form: str,
    *,
    rules: Rules,
    titles: Titles,
    now: datetime,
) -> Made:
    """Read what a file needs; raises OutsideArea, and NotYours for a day to come."""
    unit = await summary.place_of(session, actor, unit_id)
    actor.require(Action.EXPORT, unit_id=unit_id, path=unit.path)
    if day > now.date():
        raise errors.NotYours
    if span == "week":
        return await _week(session, unit, counts.week_of(day), form, rules=rules, titles=titles, now=now)
    kinds = rules.activity.kinds
    period = await PERIODS[span].make(session, unit, day, kinds=kinds, now=now)
    name = period_words.named(span, period.year, period.number)
    filename = period_words.filename(period, form)
    if form == "xlsx":
        return Made(name, filename, lambda: period_workbook.write(period, kinds))
    return Made(name, filename, lambda: printing.write(report_papers.of_period(period, kinds)))


async def _week(
    session: AsyncSession,
    unit: Unit,
    week: counts.Week,
    form: str,
    *,
    rules: Rules,
    titles: Titles,
    now: datetime,
) -> Made:
    name = _("week {n}/{year}").format(n=week.iso_week, year=week.iso_year)
    kinds = rules.activity.kinds
    if form == "xlsx":
        sheets = await weekly_workbook.gather(session, unit, week, kinds=kinds, titles=titles, now=now)
        return Made(name, weekly_workbook.filename(sheets.figures), lambda: weekly_workbook.write(sheets))
    figures = await weekly.make(session, unit, week, kinds=kinds, now=now)
    if week.sunday >= now.date():
        brief = summary_lines.brief(figures, title=titles.lesson, until=now.date())
    else:
        brief = await summary.make_brief(session, figures, title=titles.lesson)
    paper = report_papers.of_week(figures, brief, kinds)
    return Made(name, report_papers.week_filename(figures, form), lambda: printing.write(paper))
