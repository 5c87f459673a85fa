"""How are the figures behind a summary said: place by place, kind by kind, requests, lessons?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from locales import dates
from locales import gettext as _
from services.counts import UNITS
from services.reports.weekly import Row, Weekly
from services.rules import CountUnit
from services.summary import Village
from services.summary_text import help_line, totals_line


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
    if row.is_silent:
        return _("{place}: silent").format(place=row.name)
    if not row.teams and not row.entries:
        return _("{place}: no team yet").format(place=row.name)
    turns, sessions = row.now["turns"], row.now["sessions"]
    if of != "persons":
        return _("{place}: {turns} turns, {sessions} sessions").format(
            place=row.name, turns=dates.number(turns), sessions=dates.number(sessions)
        )
    said = f"{row.name} {dates.number(row.now['persons'])}"
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


def lessons_text(weekly: Weekly, titles: Mapping[str, str]) -> str:
    """Say how far the area has come with each lesson."""
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
        lines.append(line)
    return "\n".join(lines) or _("No lesson is given now.")


def village_text(village: Village, weekly: Weekly) -> str:
    """Say one village's week: its counts, who took part, its requests, its leader."""
    text = _("{place}, week {week}: {totals}")
    place = village.unit.name
    totals = totals_line({str(unit): n for unit, n in weekly.now.items()}, None)
    lines = [text.format(place=place, week=weekly.iso_week, totals=totals)]
    if village.members:
        text = _("{active}/{members} members logged or helped.")
        lines.append(text.format(active=village.active, members=village.members))
    else:
        lines.append(_("No team yet; the commune takes its requests."))
    lines.append(help_line(weekly.help.asked, weekly.help.done, weekly.help.minutes))
    if village.leader:
        lines.append(_("Leader: {who}.").format(who=village.leader))
    elif village.members:
        lines.append(_("No leader yet."))
    return " ".join(lines)


def why() -> str:
    """Say the rules by which the three things are chosen."""
    return _(
        "Tổ Số chooses by rules, the worst first. They are: money lost to scams, neighbours waiting over 24"
        " hours, teams without a word for 14 days, lessons missed, the largest fall. The last line thanks the"
        " largest rise over 4 weeks; the rules are the same for every commune."
    )
