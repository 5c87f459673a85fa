"""What does the workbook of a week hold: cover, places, kinds, goals, lessons, requests, entries, words?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from locales import pgettext
from models.units import Level, Unit
from services import access, activity_export, counts, summary, summary_text, weekly_chart, workbook
from services.access import Action, Actor
from services.activity_export import Entry
from services.counts import Week
from services.folding import tokens
from services.report_sheets import cover_sheet, goal_sheet, word_sheet
from services.reports import _weekly_help, _weekly_lessons, weekly
from services.reports._weekly_help import Asked
from services.reports._weekly_lessons import TeamProgress
from services.reports.weekly import Weekly
from services.rules import Kind, Rules
from services.summary_lines import Brief
from services.titles import Titles
from services.weekly_sheets import entry_sheet, kind_sheet, lesson_sheet, place_sheet, request_sheet
from services.workbook import Workbook

MIME: Final = workbook.MIME
WITH_ROWS: Final = (Level.COMMUNE, Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Everything the workbook is made of; `month` and `year` are the kinds' sums to the week's Sunday.

    `revision` is the number of the last update that was sent, 0 for none. `entries` and `asked` are None
    where the area is so large that the sums say more than the rows.
    """

    figures: Weekly
    brief: Brief
    revision: int
    month: dict[str, int]
    year: dict[str, int]
    kinds: Sequence[Kind]
    lessons: Sequence[TeamProgress]
    asked: Sequence[Asked] | None
    entries: tuple[Entry, ...] | None
    titles: Titles
    zone: tzinfo | None


@access.declares(Action.EXPORT)
async def read(
    session: AsyncSession,
    actor: Actor,
    unit_id: int,
    week: Week,
    *,
    rules: Rules,
    titles: Titles,
    now: datetime,
) -> Sheets:
    """Read the workbook of an area somebody may export; raises OutsideArea."""
    unit = await summary.place_of(session, actor, unit_id)
    actor.require(Action.EXPORT, unit_id=unit_id, path=unit.path)
    return await gather(session, unit, week, kinds=rules.activity.kinds, titles=titles, now=now)


async def gather(
    session: AsyncSession, unit: Unit, week: Week, *, kinds: Sequence[Kind], titles: Titles, now: datetime
) -> Sheets:
    """Read a workbook without asking who may have it: for the operator's command line."""
    figures = await weekly.make(session, unit, week, kinds=kinds, now=now)
    has_rows = unit.level in WITH_ROWS
    begin, end = weekly.bounds(week.monday, week.sunday, now=now)
    told = (await summary.told(session, figures.unit_id, week)).values()
    return Sheets(
        figures=figures,
        brief=await summary.make_brief(session, figures, title=titles.lesson),
        revision=max((row.revision for row in told), default=0),
        month=await counts.by_kind(session, unit, week.sunday.replace(day=1), week.sunday),
        year=await counts.by_kind(session, unit, week.sunday.replace(month=1, day=1), week.sunday),
        kinds=kinds,
        lessons=await _weekly_lessons.by_team(session, unit, figures),
        asked=await _weekly_help.requests(session, unit, begin, end, now=now) if has_rows else None,
        entries=await _entries(session, unit, week, kinds, now) if has_rows else None,
        titles=titles,
        zone=now.tzinfo,
    )


async def _entries(
    session: AsyncSession, unit: Unit, week: Week, kinds: Sequence[Kind], now: datetime
) -> tuple[Entry, ...]:
    rows = activity_export.entries(
        session, unit, week.monday, week.sunday, kinds=kinds, zone=now.tzinfo, with_names=True
    )
    return tuple([entry async for entry in rows])


def filename(figures: Weekly) -> str:
    """Name the file: tong_ket_tuan_47_2026_xa_an_lac.xlsx."""
    name = "_".join(tokens(figures.name))
    return _("weekly_summary_{week}_{year}_{name}.xlsx").format(
        week=figures.iso_week, year=figures.iso_year, name=name
    )


def write(sheets: Sheets, chart: bytes | None = None) -> bytes:
    """Write the workbook, with a chart that is drawn already or drawn now; never on the loop."""
    book = Workbook()
    figures = sheets.figures
    _cover(book, sheets, chart or weekly_chart.draw(figures))
    if figures.rows:
        place_sheet(book, figures)
    kind_sheet(book, figures, sheets.kinds, sheets.month, sheets.year)
    if figures.goals or figures.goals_below:
        is_area = bool(figures.rows) and figures.rows[0].level == Level.COMMUNE.value
        goal_sheet(book, [*figures.goals, *figures.goals_below], is_area=is_area)
    if sheets.lessons:
        lesson_sheet(book, sheets.lessons, sheets.titles.lesson)
    if sheets.asked is not None:
        names = {row.unit_id: row.name for row in figures.rows} or {figures.unit_id: figures.name}
        request_sheet(book, sheets.asked, names, sheets.titles.guide, sheets.zone)
    if sheets.entries is not None:
        entry_sheet(book, sheets.entries)
    word_sheet(book)
    return book.close()


def _cover(book: Workbook, sheets: Sheets, chart: bytes) -> None:
    figures = sheets.figures
    facts: list[tuple[str, Any]] = [
        (pgettext("table", "Unit"), figures.name[:1].upper() + figures.name[1:]),
        (pgettext("table", "Week"), figures.iso_week),
        (pgettext("table", "From"), figures.first),
        (pgettext("table", "To"), figures.last),
        (pgettext("table", "Made at"), figures.made_at),
        (pgettext("table", "Revision"), sheets.revision),
        (pgettext("table", "Made by"), "Tổ Số"),
    ]
    cover_sheet(book, facts, summary_text.message(sheets.brief).split("\n"), chart)
