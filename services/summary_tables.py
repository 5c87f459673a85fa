"""How are the figures behind a summary said: place by place, kind by kind, requests, lessons?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from locales import dates
from locales import gettext as _
from services import summary_goals
from services.counts import UNITS
from services.reports._weekly_lessons import TeamProgress
from services.reports.weekly import Row, Weekly
from services.rules import CountUnit
from services.summary import Village
from services.summary_text import help_line

MOST_NAMES: Final = 6


def rows_table(weekly: Weekly, rows: Sequence[Row], *, of: CountUnit = "persons") -> str:
    """Write the area place by place, numbered; silence instead of a zero."""
    before = _against(weekly)
    title = {
        "persons": _("People helped, week {week}{before}:"),
        "turns": _("Turns and sessions, week {week}{before}:"),
    }["persons" if of == "persons" else "turns"]
    lines = [title.format(week=weekly.iso_week, before=before)]
    lines += [f"{number}. {_row(row, of, weekly)}" for number, row in enumerate(rows, 1)]
    return "\n".join(lines)


def _against(weekly: Weekly) -> str:
    """Say in brackets which week the changes are against."""
    if weekly.before is None:
        return _(" (week {week}: no figures yet)").format(week=weekly.weeks[-2].iso_week)
    return _(" (against week {week})").format(week=weekly.weeks[-2].iso_week)


def _row(row: Row, of: CountUnit, weekly: Weekly) -> str:
    name = f"{row.name} ({row.note})" if row.note else row.name
    if row.is_silent:
        return _("{place}: silent").format(place=name)
    if not row.teams and not row.entries:
        return _("{place}: no team yet").format(place=name)
    if row.entries and not any(row.now.values()):
        return _("{place}: said that there was no work").format(place=name)
    turns, sessions = row.now["turns"], row.now["sessions"]
    if of != "persons":
        return _("{place}: {turns} turns, {sessions} sessions").format(
            place=name, turns=dates.number(turns), sessions=dates.number(sessions)
        )
    said = f"{name} {dates.number(row.now['persons'])}"
    if weekly.before is not None:
        said += f" ({dates.signed(row.change)})"
    return (
        said
        if not 0 < row.silent < row.teams
        else _("{place}, {n} teams silent").format(place=said, n=row.silent)
    )


def kinds_table(weekly: Weekly) -> str:
    """Write the week kind by kind, each unit of count on a line with its own sum."""
    named = {"persons": _("People"), "turns": _("Turns"), "sessions": _("Sessions")}
    lines = [_("Kinds of work, week {week}:").format(week=weekly.iso_week)]
    for unit in UNITS:
        kinds = sorted(
            (one for one in weekly.kinds if one.unit == unit and one.now), key=lambda one: -one.now
        )
        if kinds:
            said = ", ".join(f"{_(one.label)} {dates.number(one.now)}" for one in kinds)
            text = _("{unit}: {kinds} (together {n}).")
            lines.append(text.format(unit=named[unit], kinds=said, n=dates.number(weekly.now[unit])))
    return (
        "\n".join(lines) if len(lines) > 1 else _("Week {week}: no figures yet.").format(week=weekly.iso_week)
    )


def weeks_line(name: str, weekly: Weekly) -> str:
    """Say the persons of eight weeks; a week without any report is not a zero."""
    said = [
        _("W{week} {n}").format(
            week=one.iso_week, n=_("none yet") if one.persons is None else dates.number(one.persons)
        )
        for one in weekly.weeks
    ]
    return _("{place}, people in 8 weeks: {weeks}.").format(place=name, weeks=", ".join(said))


def requests_text(weekly: Weekly) -> str:
    """Say what became of the requests, how they were rated, and what was asked most."""
    found = weekly.help
    if not found.asked and not found.waiting:
        return _("Requests: none.")
    text = _("{asked} requests: {done} done, {claimed} being helped, {waiting} waiting over a day.")
    lines = [text.format(asked=found.asked, done=found.done, claimed=found.claimed, waiting=found.waiting)]
    rated = found.good + found.partly + found.not_yet
    if rated:
        text = _("{n} rated by citizens: {good} good, {partly} partly, {not_yet} not yet.")
        lines.append(text.format(n=rated, good=found.good, partly=found.partly, not_yet=found.not_yet))
    if found.topics:
        lines.append(_("Asked most: {topics}.").format(topics=", ".join(found.topics)))
    return " ".join(lines)


def lessons_text(weekly: Weekly, teams: Sequence[TeamProgress], titles: Mapping[str, str]) -> str:
    """Say how far the area has come with each lesson, and where nobody has opened it."""
    text = _("Lesson {title}: {passed} passed, {learning} learning, {unopened} not opened, due {day}.")
    lines = []
    for one in weekly.lessons:
        day = f"{dates.weekday(one.due_on)} {dates.short(one.due_on)}"
        line = text.format(
            title=titles[one.lesson],
            passed=one.passed,
            learning=one.learning,
            unopened=one.unopened,
            day=day,
        )
        if one.missed:
            line += " " + _("{n} missed it.").format(n=one.missed)
        untouched = [
            team.place for team in teams if team.lesson == one.lesson and team.unopened == team.people
        ]
        if untouched and weekly.level == "commune":
            line += " " + _("Nobody has opened it: the team {places}.").format(places=_listed(untouched))
        elif untouched and weekly.rows:
            line += " " + _("Nobody has opened it: {places}.").format(places=_listed(untouched))
        lines.append(line)
    return "\n".join(lines) or _("No lesson is given now.")


def _listed(names: Sequence[str]) -> str:
    said = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return _("{names} and {n} more").format(names=said, n=more) if more > 0 else said


def lesson_teams_text(teams: Sequence[TeamProgress], titles: Mapping[str, str]) -> str:
    """Say team by team how many passed each lesson, who is furthest behind first."""
    lines: list[str] = []
    lesson = ""
    for one in teams:
        if one.lesson != lesson:
            lesson = one.lesson
            lines.append(_("Lesson {title}, passed of all:").format(title=titles.get(lesson, lesson)))
        lines.append(f"• {one.place} {one.passed}/{one.people}")
    return "\n".join(lines) or _("No lesson is given now.")


def unknown_text(weekly: Weekly) -> str:
    """Say what was asked for that no guide knows."""
    lines = [_("Asked for in week {week}, without a guide:").format(week=weekly.iso_week)]
    for topic, n in weekly.help.unknown:
        lines.append(f"• {topic}" + (f" ({dates.number(n)})" if n > 1 else ""))
    return "\n".join(lines)


def village_text(village: Village, weekly: Weekly) -> str:
    """Say one village's week: its counts, who took part, its requests, its leader."""
    place = f"{village.unit.name} ({village.note})" if village.note else village.unit.name
    counted = {str(unit): dates.number(n) for unit, n in weekly.now.items()}
    if village.members:
        text = _(
            "{place}, week {week}: {persons} people, {turns} turns, {sessions} sessions;"
            " {active}/{members} members logged or helped."
        )
    else:
        text = _("{place}, week {week}: {persons} people, {turns} turns, {sessions} sessions.")
    lines = [
        text.format(
            place=place, week=weekly.iso_week, active=village.active, members=village.members, **counted
        )
    ]
    if not village.members:
        lines.append(_("No team yet; the commune takes its requests."))
    lines.append(help_line(weekly.help.asked, weekly.help.done, weekly.help.minutes))
    if weekly.goals:
        lines.append(summary_goals.village_text(weekly))
    if village.leader:
        lines.append(_("Leader: {who}.").format(who=village.leader))
    elif village.members:
        lines.append(_("No leader yet."))
    return " ".join(lines)
