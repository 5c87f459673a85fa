"""toso report weekly: make the report of a unit's week as text, JSON, workbook or picture."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from functools import cache
from pathlib import Path

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
from services import counts, summary, summary_lines, summary_text, units, weekly_chart, weekly_workbook
from services.lessons import Lessons
from services.reports import weekly

BINARY = {"xlsx", "png"}


async def run(args: argparse.Namespace, config: Config) -> int:
    """Make the report and print it, or write it where --out says."""
    if args.format in BINARY and args.out is None and sys.stdout.isatty():
        sentence = _("{format} is not for the screen; name a file with --out.")
        raise Refused(sentence.format(format=args.format), code=2)
    readiness.prepare_database(config)
    now = Clock(config.timezone).now()
    year, number = args.week
    week = counts.week_of(datetime.fromisocalendar(year, number, 1).date())
    if week.monday > now.date():
        sentence = _("Week {week} has not begun yet; it begins on {day}.")
        raise Refused(sentence.format(week=number, day=dates.long(week.monday)), code=2)
    database = Database(config.database.url)
    try:
        with use_locale(config.language):
            made = await make(database, args.unit, week, args.format, config=config, now=now)
    finally:
        await database.close()
    return _hand_over(made, args.out)


async def make(
    database: Database, code: str, week: counts.Week, form: str, *, config: Config, now: datetime
) -> bytes:
    """Make the report in one of its forms; raises Refused for an unknown unit."""
    kinds = config.rules().activity.kinds
    async with database.reading() as session:
        unit = await find_unit(session, code)
        if form == "xlsx":
            sheets = await weekly_workbook.gather(session, unit, week, kinds=kinds, now=now)
            return weekly_workbook.write(sheets)
        figures = await weekly.make(session, unit, week, kinds=kinds, now=now)
        if form == "png":
            return weekly_chart.draw(figures)
        if form == "json":
            return json.dumps(figures.as_json(), ensure_ascii=False, indent=2).encode() + b"\n"
        if week.sunday > now.date():
            found = summary_lines.brief(figures, title=_title, until=now.date())
        else:
            found = await summary.make_brief(session, figures, title=_title)
        return summary_text.message(found).encode() + b"\n"


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


def _title(slug: str) -> str:
    lessons = _lessons()
    return str(lessons.get(slug, current()).title) if slug in lessons else slug


@cache
def _lessons() -> Lessons:
    return Lessons.load(ROOT / "lessons")


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
