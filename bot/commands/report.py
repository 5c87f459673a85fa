"""toso report: make a unit's week, month or quarter as text, JSON, workbook, picture or paper."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import readiness
from bot.clock import Clock
from bot.commands import Refused
from bot.config import Config
from bot.database import Database
from bot.library import ROOT
from locales import current, dates, use_locale
from locales import gettext as _
from models.units import Unit
from services import (
    counts,
    period_chart,
    period_words,
    period_workbook,
    printing,
    report_papers,
    summary,
    summary_lines,
    summary_text,
    units,
    weekly_chart,
    weekly_workbook,
)
from services.guides import Library
from services.lessons import Lessons
from services.reports import monthly, quarterly, weekly
from services.reports._period import Period
from services.reports.weekly import Weekly
from services.rules import Kind
from services.summary_lines import Brief
from services.titles import Titles

BINARY: Final = {"xlsx", "png", "pdf"}
OPTIONS: Final = {"weekly": "week", "monthly": "month", "quarterly": "quarter"}
PERIODS: Final = {"monthly": monthly, "quarterly": quarterly}


async def run(args: argparse.Namespace, config: Config) -> int:
    """Make the report and print it, or write it where --out says."""
    if args.format in BINARY and args.out is None and sys.stdout.isatty():
        sentence = _("{format} is not for the screen; name a file with --out.")
        raise Refused(sentence.format(format=args.format), code=2)
    now = Clock(config.timezone).now()
    first = begin(args, now)
    readiness.prepare_database(config)
    database = Database(config.database.url)
    try:
        with use_locale(config.language):
            if args.report == "weekly":
                week = counts.week_of(first)
                made = await make(database, args.unit, week, args.format, config=config, now=now)
            else:
                made = await make_period(
                    database, args.unit, args.report, first, args.format, config=config, now=now
                )
    finally:
        await database.close()
    return _hand_over(made, args.out)


def begin(args: argparse.Namespace, now: datetime) -> date:
    """Find the first day asked for; raises Refused for the wrong option or a day to come."""
    option = OPTIONS[args.report]
    given = [name for name in OPTIONS.values() if getattr(args, name) is not None]
    if given != [option]:
        sentence = _("{report} needs --{option} and no other period.")
        raise Refused(sentence.format(report=args.report, option=option), code=2)
    found = getattr(args, option)
    first: date = date.fromisocalendar(found[0], found[1], 1) if option == "week" else found
    if first > now.date():
        if option == "week":
            sentence = _("Week {week} has not begun yet; it begins on {day}.")
            raise Refused(sentence.format(week=found[1], day=dates.long(first)), code=2)
        sentence = _("This period has not begun yet; it begins on {day}.")
        raise Refused(sentence.format(day=dates.long(first)), code=2)
    return first


async def make(
    database: Database, code: str, week: counts.Week, form: str, *, config: Config, now: datetime
) -> bytes:
    """Make a week's report in one of its forms; raises Refused for an unknown unit."""
    kinds = config.rules().activity.kinds
    async with database.reading() as session:
        unit = await find_unit(session, code)
        if form == "xlsx":
            titles = Titles.of(_guides(), _lessons())
            sheets = await weekly_workbook.gather(session, unit, week, kinds=kinds, titles=titles, now=now)
            return weekly_workbook.write(sheets)
        figures = await weekly.make(session, unit, week, kinds=kinds, now=now)
        if form == "png":
            return weekly_chart.draw(figures)
        if form == "json":
            return _json(figures)
        brief = await _brief(session, figures, week, now=now)
        if form == "pdf":
            return printing.write(report_papers.of_week(figures, brief, kinds))
        return summary_text.message(brief).encode() + b"\n"


async def _brief(session: AsyncSession, figures: Weekly, week: counts.Week, *, now: datetime) -> Brief:
    if week.sunday > now.date():
        return summary_lines.brief(figures, title=_lesson_title, until=now.date())
    return await summary.make_brief(session, figures, title=_lesson_title)


async def make_period(
    database: Database, code: str, report: str, day: date, form: str, *, config: Config, now: datetime
) -> bytes:
    """Make the report of a month or quarter in one of its forms; raises Refused for an unknown unit."""
    kinds = config.rules().activity.kinds
    async with database.reading() as session:
        unit = await find_unit(session, code)
        period = await PERIODS[report].make(session, unit, day, kinds=kinds, now=now)
    return written(period, form, kinds)


def written(period: Period, form: str, kinds: Sequence[Kind]) -> bytes:
    """Write a month or quarter in one of its forms."""
    if form == "xlsx":
        return period_workbook.write(period, kinds)
    if form == "png":
        return period_chart.draw(period)
    if form == "pdf":
        return printing.write(report_papers.of_period(period, kinds))
    if form == "json":
        return _json(period)
    return period_words.message(period, kinds).encode() + b"\n"


def _json(figures: Weekly | Period) -> bytes:
    return json.dumps(figures.as_json(), ensure_ascii=False, indent=2).encode() + b"\n"


async def find_unit(session: AsyncSession, code: str) -> Unit:
    """Find the unit that carries a code; raises Refused for none."""
    unit = await units.unit_by_code(session, code)
    if unit is None:
        sentence = _(
            'There is no unit with the code "{code}"; load units first with toso units official'
            " or toso units import."
        )
        raise Refused(sentence.format(code=code), code=2)
    return unit


def _lesson_title(slug: str) -> str:
    lessons = _lessons()
    return str(lessons.get(slug, current()).title) if slug in lessons else slug


@cache
def _lessons() -> Lessons:
    return Lessons.load(ROOT / "lessons")


@cache
def _guides() -> Library:
    return Library.load(ROOT / "guides")


def _hand_over(made: bytes, path: Path | None) -> int:
    """Write the report to its file, or to the screen."""
    if path is None:
        sys.stdout.buffer.write(made)
        sys.stdout.flush()
        return 0
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(made)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        sentence = _("{file}: cannot be written; choose another folder or name, then run again.")
        raise Refused(sentence.format(file=path), code=2) from None
    return 0
