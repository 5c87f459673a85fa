"""The supervisor's week: what hurts, what went quiet, whom to thank, and everything behind it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply, notice
from locales import current, dates, ngettext, npgettext, pgettext
from locales import gettext as _
from models.people import Role
from services import counts, summary, summary_lines, summary_text, units, weekly_chart
from services.access import Actor
from services.lessons import Lessons
from services.notices import WeeklySummary, WeeklySummaryRevised
from services.rules import Rules
from services.summary_lines import Brief, Worry
from services.summary_notices import SummaryUnopened

router: Final = Router(name=__name__)

MOST_AREAS: Final = 5


class SummaryWeek(CallbackData, prefix="summary.week"):
    """The summary of an area's week; `week` is 202647."""

    unit: int
    week: int


@router.callback_query(F.data == "summary.open")
async def open_summary(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
    lessons: Lessons | None = None,
) -> Reply | Goto:
    """Show the last finished week of the area somebody looks after; a team member sees their own numbers."""
    areas = [held.unit_id for held in actor.roles if held.role is Role.SUPERVISOR]
    areas = areas or [held.unit_id for held in actor.roles if held.role is Role.OPERATOR]
    if not areas:
        return Goto("activity.mine")
    week = summary.finished_week(now.date())
    if len(areas) == 1:
        return await _show(actor, session, areas[0], week, rules, now, lessons)
    choices = []
    for unit_id in areas[:MOST_AREAS]:
        name = units.display_name(await units.unit_of(session, unit_id))
        choices.append(Choice(name[:20], SummaryWeek(unit=unit_id, week=summary.number_of(week))))
    return Reply(_("Which area?"), choices=choices)


@router.callback_query(SummaryWeek.filter())
async def open_week(
    _query: CallbackQuery,
    callback_data: SummaryWeek,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
    lessons: Lessons | None = None,
) -> Reply:
    """Show a week of an area."""
    week = summary.week_numbered(callback_data.week)
    return await _show(actor, session, callback_data.unit, week, rules, now, lessons)


async def _show(
    actor: Actor,
    session: AsyncSession,
    unit_id: int,
    week: counts.Week,
    rules: Rules,
    now: datetime,
    lessons: Lessons | None,
) -> Reply:
    figures = await summary.see(session, actor, unit_id, week, rules=rules, now=now)
    if week.sunday >= now.date():
        found = summary_lines.brief(figures, title=lambda slug: _title(slug, lessons), until=now.date())
    else:
        found = await summary.make_brief(session, figures, title=lambda slug: _title(slug, lessons))
    return _summary(found)


def _title(slug: str, lessons: Lessons | None) -> str:
    return lessons.get(slug, current()).title if lessons is not None and slug in lessons else slug


def _summary(brief: Brief, *, late: str = "", picture: int | None = None, alt: str = "") -> Reply:
    """Say a week; the numbers of its lines choose what the buttons choose, in the same order."""
    things = _things(brief)
    choices = [*things, *_ways_on(brief.unit_id, brief.iso_year * 100 + brief.iso_week)]
    return Reply(
        summary_text.message(brief, late=late),
        choices=choices,
        picture=picture,
        alt=alt or None,
        lines=choices if things else (),
    )


def _things(brief: Brief) -> list[Choice]:
    """Give each line its action."""
    week = brief.iso_year * 100 + brief.iso_week
    choices = [_of_worry(worry, brief, week) for worry in brief.worries]
    if brief.praises:
        n = len(brief.praises)
        label = (
            npgettext("button", "Thank {n} commune", "Thank {n} communes", n)
            if brief.is_area
            else npgettext("button", "Thank {n} team", "Thank {n} teams", n)
        )
        choices.append(Choice(label.format(n=n), f"summary.thank:{brief.unit_id}:{week}:0"))
    return choices


def _of_worry(worry: Worry, brief: Brief, week: int) -> Choice:
    """Find what can be done about a worry: act where there is an act, else look closer."""
    area = f"{brief.unit_id}:{week}"
    match worry.kind:
        case "waiting":
            label = npgettext("button", "See {n} who waits", "See {n} who wait", worry.n)
            return Choice(label.format(n=dates.number(worry.n)), f"summary.waiting:{area}")
        case "silent":
            label = (
                npgettext("button", "Nudge {n} commune", "Nudge {n} communes", worry.n)
                if brief.is_area
                else npgettext("button", "Nudge {n} team", "Nudge {n} teams", worry.n)
            )
            return Choice(label.format(n=dates.number(worry.n)), f"summary.nudge:{area}:0")
        case "looks":
            label = npgettext("button", "See {n} count", "See {n} counts", worry.n)
            return Choice(label.format(n=dates.number(worry.n)), "review.list")
        case "fall":
            place = worry.places[0]
            part = "places" if brief.is_area else "village"
            label = pgettext("button", "See {place}").format(place=place.name)
            return Choice(label[:LABEL_LENGTH], f"summary.part:{place.unit_id}:{week}:{part}")
        case _:
            return _closer(worry, area)


def _closer(worry: Worry, area: str) -> Choice:
    """Look at the part of the week a worry comes from."""
    label, part = {
        "scam": (pgettext("button", "See the requests"), "requests"),
        "target": (pgettext("button", "See the goals"), "goals"),
        "lesson": (pgettext("button", "See the lesson"), "lessons"),
    }[worry.kind]
    return Choice(label, f"summary.part:{area}:{part}")


def _ways_on(unit_id: int, week: int, *, is_new: bool = False) -> list[Choice]:
    sheet = pgettext("button", "New workbook") if is_new else pgettext("button", "Workbook")
    return [
        Choice(pgettext("button", "Details"), f"summary.part:{unit_id}:{week}:menu"),
        Choice(sheet, f"summary.sheet:{unit_id}:{week}"),
    ]


@notice(WeeklySummary)
def say_summary(said: WeeklySummary) -> Reply:
    """Say the week on Monday morning, or later with the reason."""
    brief = summary_lines.read(said.brief)
    late = ""
    if said.down_from:
        moments = (datetime.fromisoformat(each) for each in (said.down_from, said.down_to, said.at))
        since, until, now = moments
        late = summary_text.late(since, until, now=now)
    before = brief.before["persons"] if brief.before else None
    alt = weekly_chart.alt_text(brief.name, brief.iso_week, brief.now["persons"], before)
    return _summary(brief, late=late, picture=said.picture, alt=alt)


@notice(WeeklySummaryRevised)
def say_revision(said: WeeklySummaryRevised) -> Reply:
    """Say what moved since."""
    text = summary_text.revised_text(
        said.name,
        said.week % 100,
        said.revision,
        catch_ups=said.catch_ups,
        moved=said.moved,
        was=said.was,
        now=said.now,
        silent=said.silent,
        is_area=said.is_area,
        lock=date.fromisoformat(said.lock),
    )
    return Reply(text, choices=_ways_on(said.unit_id, said.week, is_new=True))


@notice(SummaryUnopened)
def say_unopened(said: SummaryUnopened) -> Reply:
    """Remind of a summary that was not opened, in one line."""
    text = _("The summary of week {week} has not been seen yet.")
    if said.waiting:
        text = ngettext(
            "The summary of week {week} has not been seen yet, {n} neighbour is waiting.",
            "The summary of week {week} has not been seen yet, {n} neighbours are waiting.",
            said.waiting,
        )
    see = SummaryWeek(unit=said.unit_id, week=said.week)
    return Reply(
        text.format(week=said.week % 100, n=dates.number(said.waiting)),
        choices=[Choice(pgettext("button", "See the summary"), see)],
    )
