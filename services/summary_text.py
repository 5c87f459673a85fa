"""How is a week said: the message of the summary, its revision, and the tables behind it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from locales import dates, ngettext
from locales import gettext as _
from services.counts import UNITS, CountUnit
from services.reports.weekly import Row, Weekly
from services.summary_lines import Brief, Place, Worry


def message(brief: Brief, *, late: str = "") -> str:
    """Write the whole message: heading, what matters, the figures; `late` says why it comes late."""
    lines = [late] if late else []
    lines += [heading(brief), *(f"• {line}" for line in _matters(brief))]
    if not brief.until:
        lines.append("")
    return "\n".join([*lines, *_figures(brief)])


def heading(brief: Brief) -> str:
    """Write the heading: XÃ AN LẠC · TUẦN 47 (16–22/11)."""
    first = date.fromisoformat(brief.first)
    if brief.until:
        text = _("{unit} · WEEK {week} SO FAR ({days})")
        last = date.fromisoformat(brief.until)
    else:
        text = _("{unit} · WEEK {week} ({days})")
        last = date.fromisoformat(brief.last)
    return text.format(unit=brief.name.upper(), week=brief.iso_week, days=dates.span(first, last))


def _matters(brief: Brief) -> Iterator[str]:
    if brief.until:
        return
    if not brief.worries:
        yield _("Nothing to worry about this week.")
    for worry in brief.worries:
        yield worry_line(worry, is_area=brief.is_area)
    if brief.praises:
        named = [
            _("{place} {n} people ({change})") if place is brief.praises[0] else _("{place} {n} ({change})")
            for place in brief.praises
        ]
        said = [
            text.format(place=place.name, n=dates.number(place.n), change=dates.signed(place.of))
            for text, place in zip(named, brief.praises, strict=True)
        ]
        yield _("Well done: {places}.").format(places=", ".join(said))


def worry_line(worry: Worry, *, is_area: bool) -> str:
    """Say one thing that hurts."""
    n, places = worry.n, worry.places
    match worry.kind:
        case "scam":
            text = ngettext("{n} request about a scam{most}.", "{n} requests about scams{most}.", n)
            return text.format(n=n, most=_most(places, n))
        case "waiting":
            text = ngettext(
                "{n} neighbour has waited over a day{most}.",
                "{n} neighbours have waited over a day{most}.",
                n,
            )
            return text.format(n=n, most=_most(places, n))
        case "silent" if is_area:
            text = ngettext(
                "{n} commune with many silent teams: {names}.",
                "{n} communes with many silent teams: {names}.",
                n,
            )
            return text.format(n=n, names=_names([f"{one.name} {one.n}/{one.of}" for one in places], n))
        case "silent":
            text = ngettext(
                "{n} team silent for 2 weeks: {names}.", "{n} teams silent for 2 weeks: {names}.", n
            )
            return text.format(n=n, names=_names([one.name for one in places], n))
        case "lesson":
            text = _("Lesson {title}: {n} of {of} missed the due date.")
            return text.format(title=worry.title, n=n, of=places[0].of)
        case "fall":
            text = _("{place} down to {n} people, usually about {usual} a week.")
            return text.format(place=places[0].name, n=places[0].n, usual=places[0].of)


def _most(places: Sequence[Place], n: int) -> str:
    """Name where most are, with how many unless it is all of them."""
    if not places:
        return ""
    place = places[0]
    return f", {place.name}" if place.n == n else f", {place.name} {place.n}"


def _names(names: Sequence[str], n: int) -> str:
    said = ", ".join(names)
    more = n - len(names)
    return _("{names} and {n} more").format(names=said, n=more) if more else said


def _figures(brief: Brief) -> Iterator[str]:
    yield totals_line(brief.now, None if brief.until else brief.before)
    if brief.before is None and not brief.until:
        yield _("Week {week}: no figures yet.").format(week=brief.week_before)
    elif brief.said_before is not None and brief.before is not None:
        said = dates.number(brief.before["persons"])
        yield _("Week {week} is now {n} people.").format(week=brief.week_before, n=said)
    if brief.until and brief.before is not None:
        text = _("Week {week}, all of it: {totals}")
        yield text.format(week=brief.week_before, totals=totals_line(brief.before, None))
    yield help_line(brief.asked, brief.done, brief.minutes)
    if brief.lesson:
        text = _("{title}: {passed}/{people} passed, due {day}.")
        due = dates.short(date.fromisoformat(brief.lesson.due_on))
        lesson = brief.lesson
        yield text.format(title=lesson.title, passed=lesson.passed, people=lesson.people, day=due)


def totals_line(now: dict[str, int], before: dict[str, int] | None) -> str:
    """Say persons, turns and sessions beside each other, each with its change where there is one."""
    if before is None:
        text = _("{persons} people, {turns} turns, {sessions} sessions.")
        return text.format(**{unit: dates.number(now[unit]) for unit in UNITS})
    text = _("{persons} people ({d_persons}), {turns} turns ({d_turns}), {sessions} sessions ({d_sessions}).")
    changes = {f"d_{unit}": dates.signed(now[unit] - before[unit]) for unit in UNITS}
    return text.format(**{unit: dates.number(now[unit]) for unit in UNITS}, **changes)


def help_line(asked: int, done: int, minutes: int | None) -> str:
    """Say what became of the requests."""
    if not asked:
        return _("Requests: none.")
    if minutes is None:
        return _("Requests: {done}/{asked} done.").format(done=done, asked=asked)
    text = _("Requests: {done}/{asked} done, usually answered after {n} minutes.")
    return text.format(done=done, asked=asked, n=minutes)


def late(since: datetime, until: datetime, *, now: datetime) -> str:
    """Say why a summary comes late."""
    text = _("Late, because the machine was down from {since} to {until}.")
    return text.format(since=dates.moment(since, now), until=dates.moment(until, now))


def rows_table(weekly: Weekly, rows: Sequence[Row], *, of: CountUnit = "persons") -> str:
    """Write the area place by place, numbered; silence instead of a zero."""
    before = counts_before(weekly)
    title = {
        "persons": _("People helped, week {week}{before}:"),
        "turns": _("Turns and sessions, week {week}{before}:"),
    }["persons" if of == "persons" else "turns"]
    lines = [title.format(week=weekly.iso_week, before=before)]
    lines += [f"{number}. {_row(row, of, weekly)}" for number, row in enumerate(rows, 1)]
    return "\n".join(lines)


def counts_before(weekly: Weekly) -> str:
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
        f"T{one.iso_week} {_('none yet') if one.persons is None else dates.number(one.persons)}"
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
