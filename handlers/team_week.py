"""The leader's Sunday: one look at one's own team, and the honest answer to a week with nothing in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply, notice
from locales import current, dates, ngettext, npgettext, pgettext
from locales import gettext as _
from models.people import Role
from services import access, activity, amounts, counts, errors, people, target_text, targets, team_week, units
from services.access import Actor
from services.lessons import Lessons
from services.notices import TeamWeek
from services.rules import Rules

router: Final = Router(name=__name__)

MOST_SILENT: Final = 3


class TeamNoWork(CallbackData, prefix="team.no_work"):
    """There was nothing to do in the week that begins on this Monday."""

    unit: int
    monday: str


@router.callback_query(F.data == "team.week")
async def show_week(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
    lessons: Lessons | None = None,
) -> Reply:
    """Show a leader the team's week as it stands now."""
    held = actor.held(Role.LEADER)
    if held is None:
        raise await _refusal(session, actor)
    unit = await units.unit_of(session, held.unit_id)
    title = None
    if lessons is not None:
        title = lambda slug: lessons.get(slug, current()).title if slug in lessons else slug  # noqa: E731
    week = say_week(await team_week.see_week(session, actor, unit, rules=rules, title=title, now=now))
    return replace(week, choices=[*week.choices, Choice(pgettext("button", "This month"), "team.month")])


async def _refusal(session: AsyncSession, actor: Actor) -> errors.DomainError:
    """Say who can help instead: the leader of a member's team."""
    held = actor.held(Role.MEMBER)
    if held is None:
        return errors.LoggingForTeams() if actor.roles else errors.NoTeam()
    leaders = await people.holders(session, held.unit_id, Role.LEADER)
    if not leaders:
        return errors.NoTeam()
    return errors.LeaderOnly(leader=people.called(leaders[0]))


@router.callback_query(TeamNoWork.filter())
async def say_no_work(
    _query: CallbackQuery,
    callback_data: TeamNoWork,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Take a spoken zero; the second of two quick taps does nothing."""
    unit = await units.unit_of(session, callback_data.unit)
    monday = date.fromisoformat(callback_data.monday)
    said = await team_week.say_no_work(session, actor, unit, monday, limits=rules.activity, now=now)
    if said is None:
        return Goto("team.week")
    entry, is_new = said
    if not is_new and now - entry.recorded_at < activity.DOUBLE_TAP:
        return None
    week = counts.week_of(monday)
    text = _("Written: nothing to do in week {week} ({days}). Work that comes up can still be logged.")
    return Reply(
        text.format(week=week.iso_week, days=dates.span(week.monday, week.sunday)),
        choices=[Choice(pgettext("button", "Catch up"), "activity.catchup")],
    )


@notice(TeamWeek)
def say_week(seen: TeamWeek) -> Reply:
    """Say a team's week: sums, each one's part, who has been quiet, goal, lesson, what waits."""
    catch_up = Choice(pgettext("button", "Catch up"), "activity.catchup")
    if not seen.entries:
        no_work = TeamNoWork(unit=seen.unit_id, monday=seen.begins_on)
        return Reply(
            _("This week the team has not logged any work. Is there some to log, or was it a week off?"),
            choices=[catch_up, Choice(pgettext("button", "No work"), no_work)],
        )
    waits = " ".join(filter(None, [_looks(seen), _summary(seen)]))
    lines = [_heading(seen), _sums(seen), _members(seen), _goal(seen), _lesson(seen), waits]
    choices = [catch_up]
    if seen.looks:
        label = npgettext("button", "See {n} count", "See {n} counts", seen.looks)
        choices.insert(0, Choice(label.format(n=dates.number(seen.looks)), "review.list"))
    if seen.persons or seen.turns:
        choices.insert(0, Choice(pgettext("button", "Thank the team"), f"team.thank:{seen.unit_id}:0"))
    nudged = next(((who, key) for who, key in zip(seen.silent, seen.silent_ids, strict=False) if key), None)
    if nudged is not None:
        label = pgettext("button", "Nudge {who}").format(who=nudged[0])
        data = f"team.nudge:{seen.unit_id}:{nudged[1]}:0"
        choices.insert(0, Choice(label[:LABEL_LENGTH], data))
    return Reply("\n".join(filter(None, lines)), choices=choices)


def _looks(seen: TeamWeek) -> str:
    if not seen.looks:
        return ""
    text = ngettext("{n} count to look at.", "{n} counts to look at.", seen.looks)
    return text.format(n=dates.number(seen.looks))


def _goal(seen: TeamWeek) -> str:
    if not seen.goal_kind:
        return ""
    span = targets.Span(date.fromisoformat(seen.goal_first), date.fromisoformat(seen.goal_last))
    one = targets.Progress(0, "", span, seen.goal, seen.goal_done, seen.goal_days_left, on_pace=0)
    is_over = datetime.fromisoformat(seen.seen_at).date() > span.last
    said = target_text.standing(one, target_text.kind_of(seen.goal_kind, "persons"), is_over=is_over)
    return _("{sentence}.").format(sentence=said)


def _lesson(seen: TeamWeek) -> str:
    if not seen.lesson:
        return ""
    due, now = date.fromisoformat(seen.lesson_due), datetime.fromisoformat(seen.seen_at).date()
    day = dates.weekday(due) if due - now < timedelta(days=7) else dates.short(due)
    text = _("Lesson {title}: {passed}/{people} people passed, due {day}.")
    return text.format(title=seen.lesson, passed=seen.lesson_passed, people=seen.lesson_people, day=day)


def _heading(seen: TeamWeek) -> str:
    week = counts.week_of(date.fromisoformat(seen.begins_on))
    # A tổ dân phố is called "tổ" itself, so its team needs the long name.
    text = (
        _("DIGITAL TEAM {unit} · WEEK {week} ({days})")
        if seen.is_quarter
        else _("TEAM {unit} · WEEK {week} ({days})")
    )
    return text.format(unit=seen.unit.upper(), week=week.iso_week, days=dates.span(week.monday, week.sunday))


def _sums(seen: TeamWeek) -> str:
    parts = []
    totals = (seen.persons, seen.turns, seen.sessions)
    changes = (seen.more_persons, seen.more_turns, seen.more_sessions)
    for of, total, more in zip(counts.UNITS, totals, changes, strict=True):
        if total or more:
            parts.append(amounts.said(total, of) + (f" ({dates.signed(more)})" if more else ""))
    if not parts:
        return _("The team has said that there was no work this week.")
    return _("Helped {amounts}.").format(amounts=", ".join(parts))


def _members(seen: TeamWeek) -> str:
    done = zip(seen.members, seen.did_persons, seen.did_turns, seen.did_sessions, strict=True)
    sentences = [", ".join(_part(*each) for each in done), _silent(seen)]
    return " ".join(f"{access.capitalised(each)}." for each in sentences if each)


def _part(who: str, persons: int, turns: int, sessions: int) -> str:
    """Say one's part in persons, the heading's first figure; who helped none in another unit of count."""
    if persons:
        return f"{who} {dates.number(persons)}"
    return f"{who} {amounts.said(turns, 'turns') if turns else amounts.said(sessions, 'sessions')}"


def _silent(seen: TeamWeek) -> str:
    parts = [
        _("{who} has not logged since {day}").format(who=who, day=dates.short(date.fromisoformat(since)))
        if since
        else _("{who} has not logged yet").format(who=who)
        for who, since in list(zip(seen.silent, seen.silent_on, strict=True))[:MOST_SILENT]
    ]
    more = len(seen.silent) - MOST_SILENT
    if more > 0:
        parts.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
    return ", ".join(parts)


def _summary(seen: TeamWeek) -> str:
    if not seen.summary_at:
        return ""
    at, now = datetime.fromisoformat(seen.summary_at), datetime.fromisoformat(seen.seen_at)
    names: dict[str, Any] = {
        "commune": seen.commune,
        "clock": dates.clock(at),
        "moment": dates.moment(at, now),
    }
    is_tomorrow_morning = at.date() - now.date() == timedelta(days=1) and at.hour < 12
    if is_tomorrow_morning:
        return _("Tomorrow morning at {clock} the {commune} gets the summary.").format(**names)
    return _("At {moment} the {commune} gets the summary.").format(**names)
