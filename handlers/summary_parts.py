"""What lies behind a summary: each village, each kind of work, lessons, requests, and why these three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Reply
from locales import current, npgettext, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Level
from services import (
    counts,
    summary,
    summary_goals,
    summary_lines,
    summary_requests,
    summary_tables,
    summary_text,
    training_nudges,
    units,
)
from services.access import Actor
from services.lessons import Lessons
from services.reports.weekly import Weekly
from services.rules import Rules

router: Final = Router(name=__name__)


class Part(StrEnum):
    """What can be looked at."""

    MENU = "menu"
    PLACES = "places"
    TURNS = "turns"
    KINDS = "kinds"
    WEEKS = "weeks"
    GOALS = "goals"
    GOAL_ROWS = "goal_rows"
    LESSONS = "lessons"
    REQUESTS = "requests"
    ANSWERS = "answers"
    WHY = "why"
    TEAMS = "teams"
    UNKNOWN = "unknown"
    VILLAGE = "village"


class SummaryPart(CallbackData, prefix="summary.part"):
    """One part of what lies behind a summary; `week` is 202647."""

    unit: int
    week: int
    part: Part


@router.callback_query(SummaryPart.filter())
async def show_part(
    _query: CallbackQuery,
    callback_data: SummaryPart,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
    lessons: Lessons | None = None,
) -> Reply:
    """Show one part of a week, read fresh."""
    week = summary.week_numbered(callback_data.week)
    figures = await summary.see(session, actor, callback_data.unit, week, rules=rules, now=now)
    if callback_data.part == "village":
        return await _village(actor, session, figures, now)
    if callback_data.part in {"lessons", "teams"}:
        is_by_team = callback_data.part == "teams"
        return await _lessons(session, actor, figures, lessons, is_by_team=is_by_team, now=now)
    if callback_data.part in {"goals", "goal_rows"}:
        shareable = _shareable(actor, figures, now)
        return (_goals if callback_data.part == "goals" else _goal_rows)(figures, shareable)
    if callback_data.part == "why":
        found = await summary.make_brief(session, figures, title=str)
        return Reply(summary_text.why(found), choices=[_back(figures)])
    show = _PARTS.get(callback_data.part)
    return show(figures) if show else _menu(figures, now)


def _part(figures: Weekly, label: str, part: Part, *, unit: int = 0) -> Choice:
    week = summary.number_of(figures.week)
    return Choice(label, SummaryPart(unit=unit or figures.unit_id, week=week, part=part))


def _back(figures: Weekly) -> Choice:
    return _part(figures, pgettext("button", "Back"), Part.MENU)


def _menu(figures: Weekly, now: datetime) -> Reply:
    choices = []
    if figures.rows:
        is_area = figures.rows[0].level == Level.COMMUNE.value
        label = pgettext("button", "Each commune") if is_area else pgettext("button", "Each village")
        choices.append(_part(figures, label, Part.PLACES))
    choices.append(_part(figures, pgettext("button", "Each kind of work"), Part.KINDS))
    if figures.goals:
        choices.append(_part(figures, pgettext("button", "Goals"), Part.GOALS))
    if figures.lessons:
        choices.append(_part(figures, pgettext("button", "Lessons learnt"), Part.LESSONS))
    choices.append(_part(figures, pgettext("button", "Requests"), Part.REQUESTS))
    if figures.last < now.date():
        choices.append(_part(figures, pgettext("button", "Why these 3 things"), Part.WHY))
    return Reply(_("Week {week}, which part?").format(week=figures.iso_week), choices=choices)


def _places(figures: Weekly) -> Reply:
    return _rows(
        figures, _part(figures, pgettext("button", "Turns and sessions"), Part.TURNS), is_persons=True
    )


def _turns(figures: Weekly) -> Reply:
    return _rows(figures, _part(figures, pgettext("button", "People helped"), Part.PLACES), is_persons=False)


def _rows(figures: Weekly, other: Choice, *, is_persons: bool) -> Reply:
    """List the rows: the lines of the text are what a number chooses."""
    rows = summary_lines.ranked(figures)
    lines = []
    for row in rows:
        part = Part.PLACES if row.level == Level.COMMUNE.value else Part.VILLAGE
        lines.append(_part(figures, row.name, part, unit=row.unit_id))
    text = summary_tables.rows_table(figures, rows, of="persons" if is_persons else "turns")
    return Reply(text, choices=[other, _back(figures)], lines=lines)


def _kinds(figures: Weekly) -> Reply:
    choices = [_part(figures, pgettext("button", "Last 8 weeks"), Part.WEEKS)]
    this_week = counts.week_of(figures.made_at.date())
    if figures.week != this_week:
        so_far = f"summary.week:{figures.unit_id}:{summary.number_of(this_week)}"
        choices.append(Choice(pgettext("button", "This week so far"), so_far))
    return Reply(summary_tables.kinds_table(figures), choices=[*choices, _back(figures)])


def _shareable(actor: Actor, figures: Weekly, now: datetime) -> list[str]:
    """List the kinds of work with a goal that still runs, if this is the area somebody sets goals for."""
    held = actor.held(Role.SUPERVISOR)
    if held is None or held.unit_id != figures.unit_id:
        return []
    return list(dict.fromkeys(goal.kind for goal in figures.goals if goal.span.last >= now.date()))


def _goals(figures: Weekly, shareable: list[str]) -> Reply:
    """Show the goals; whoever set them can share them out anew."""
    choices = []
    if figures.goals_below:
        is_area = figures.rows[0].level == Level.COMMUNE.value
        label = pgettext("button", "Each commune") if is_area else pgettext("button", "Each village")
        choices.append(_part(figures, label, Part.GOAL_ROWS))
    if shareable:
        anew = f"target.anew:{shareable[0]}" if len(shareable) == 1 else "target.running"
        choices.append(Choice(pgettext("button", "Share anew"), anew))
    return Reply(summary_goals.goals_text(figures), choices=[*choices, _back(figures)])


def _goal_rows(figures: Weekly, shareable: list[str]) -> Reply:
    """Show the goals place by place; places without one can be given theirs."""
    choices = [_part(figures, pgettext("button", "Back"), Part.GOALS)]
    shared = {goal.kind for goal in figures.goals_below}
    kind = next((kind for kind in shareable if kind in shared), None)
    if kind and summary_goals.without(figures):
        choices.insert(0, Choice(pgettext("button", "Give the rest theirs"), f"target.rest:{kind}"))
    return Reply(summary_goals.rows_text(figures), choices=choices)


def _weeks(figures: Weekly) -> Reply:
    name = figures.name[:1].upper() + figures.name[1:]
    return Reply(summary_tables.weeks_line(name, figures), choices=[_back_from(figures)])


def _back_from(figures: Weekly) -> Choice:
    """Go back to where the weeks were asked for: a village's page has no menu."""
    part = Part.VILLAGE if figures.level == Level.VILLAGE.value else Part.KINDS
    return _part(figures, pgettext("button", "Back"), part)


def _requests(figures: Weekly) -> Reply:
    choices = [_back(figures)]
    if figures.rows:
        choices.insert(0, _part(figures, pgettext("button", "Place by place"), Part.ANSWERS))
    n = figures.help.waiting
    if n:
        label = npgettext("button", "See {n} who waits", "See {n} who wait", n)
        area = f"{figures.unit_id}:{summary.number_of(figures.week)}"
        choices.insert(0, Choice(label.format(n=n), f"summary.waiting:{area}"))
    if figures.help.unknown:
        unknown = _part(figures, pgettext("button", "Without a guide"), Part.UNKNOWN)
        choices.insert(-1, unknown)
    return Reply(summary_tables.requests_text(figures), choices=choices)


def _answers(figures: Weekly) -> Reply:
    """List what became of the requests of each place: the lines of the text are what a number chooses."""
    rows = summary_requests.asked_first(figures)
    lines = []
    for row in rows:
        part = Part.ANSWERS if row.level == Level.COMMUNE.value else Part.VILLAGE
        lines.append(_part(figures, row.name, part, unit=row.unit_id))
    back = _part(figures, pgettext("button", "Back"), Part.REQUESTS)
    return Reply(summary_requests.by_place(figures, rows), choices=[back], lines=lines)


def _unknown(figures: Weekly) -> Reply:
    back = _part(figures, pgettext("button", "Back"), Part.REQUESTS)
    return Reply(summary_tables.unknown_text(figures), choices=[back])


_PARTS: Final[dict[Part, Callable[[Weekly], Reply]]] = {
    Part.PLACES: _places,
    Part.TURNS: _turns,
    Part.KINDS: _kinds,
    Part.WEEKS: _weeks,
    Part.REQUESTS: _requests,
    Part.ANSWERS: _answers,
    Part.UNKNOWN: _unknown,
}


async def _village(actor: Actor, session: AsyncSession, figures: Weekly, now: datetime) -> Reply:
    village = await summary.village_of(session, actor, figures, now=now)
    choices = [_part(figures, pgettext("button", "Last 8 weeks"), Part.WEEKS)]
    if village.leader_id and village.leader_id != actor.person_id:
        label = pgettext("button", "Write to {who}").format(who=village.leader)
        choices.insert(0, Choice(label[:LABEL_LENGTH], f"words.begin:{village.leader_id}"))
    if village.above:
        choices.append(_part(figures, pgettext("button", "Back"), Part.PLACES, unit=village.above))
    return Reply(summary_tables.village_text(village, figures), choices=choices)


async def _lessons(
    session: AsyncSession,
    actor: Actor,
    figures: Weekly,
    lessons: Lessons | None,
    *,
    is_by_team: bool,
    now: datetime,
) -> Reply:
    titles = {}
    for one in figures.lessons:
        is_known = lessons is not None and one.lesson in lessons
        titles[one.lesson] = lessons.get(one.lesson, current()).title if lessons and is_known else one.lesson
    teams = await summary.lessons_by_team(session, figures)
    if is_by_team:
        back = _part(figures, pgettext("button", "Back"), Part.LESSONS)
        return Reply(summary_tables.lesson_teams_text(teams, titles), choices=[back])
    choices = [_back(figures)]
    if figures.rows and figures.lessons:
        is_area = figures.rows[0].level == Level.COMMUNE.value
        label = pgettext("button", "Each commune") if is_area else pgettext("button", "Each team")
        choices.insert(0, _part(figures, label, Part.TEAMS))
    unit = await units.unit_of(session, figures.unit_id)
    behind = await training_nudges.count(session, actor, unit, lessons, now=now) if lessons else 0
    if behind:
        remind = npgettext("button", "Remind {n} person", "Remind {n} people", behind).format(n=behind)
        choices.insert(0, Choice(remind, f"training.nudge:{figures.unit_id}:0"))
    return Reply(summary_tables.lessons_text(figures, teams, titles), choices=choices)
