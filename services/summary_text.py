"""How is a week said: the message of the summary, and its revision?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from locales import dates, ngettext
from locales import gettext as _
from services import amounts, target_text
from services.access import capitalised
from services.counts import UNITS
from services.summary_lines import Brief, Place, Praise, PraiseKind, Worry, WorryKind
from services.summary_requests import without_team


def message(brief: Brief, *, late: str = "") -> str:
    """Write the whole message: heading, what matters, the figures; `late` says why it comes late."""
    lines = [late] if late else []
    lines.append(heading(brief))
    if not brief.until and not brief.worries:
        lines.append(_("Nothing to worry about this week."))
    lines += [f"{n}. {line}" for n, line in enumerate(_matters(brief), 1)]
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
    days = dates.span(first, last) if first < last else dates.short(last)
    return text.format(unit=brief.name.upper(), week=brief.iso_week, days=days)


def _matters(brief: Brief) -> Iterator[str]:
    """Say what matters, a line for each thing to do: the choices stand in the same order."""
    for worry in brief.worries:
        yield worry_line(worry, is_area=brief.is_area)
    if brief.praises:
        said = ", ".join(_praise(one, is_first=one is brief.praises[0]) for one in brief.praises)
        yield _("Well done: {places}.").format(places=said)


def _praise(praise: Praise, *, is_first: bool) -> str:
    text = _("{place} {n} people ({change})") if is_first else _("{place} {n} ({change})")
    if praise.kind == "fast":
        text = _("{place} answers after {n} minutes")
    elif praise.kind == "back":
        text = _("{place} logs again, {n} people")
    return text.format(place=praise.name, n=dates.number(praise.n), change=dates.signed(praise.of))


def worry_line(worry: Worry, *, is_area: bool) -> str:
    """Say one thing that hurts."""
    n, places = worry.n, worry.places
    match worry.kind:
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
        case "target":
            text = _("{kind} behind its pace: {done}/{goal}, by now it would be {n}.")
            label = amounts.label(target_text.kind_of(worry.title, "persons"))
            done, goal = dates.number(places[0].n), dates.number(places[0].of)
            return text.format(kind=label, done=done, goal=goal, n=dates.number(n))
        case "lesson":
            text = _("Lesson {title}: {n} of {of} missed the due date.")
            return text.format(title=worry.title, n=n, of=places[0].of)
        case "fall":
            text = _("{place} down to {n} people, usually about {usual} a week.")
            return text.format(place=places[0].name, n=places[0].n, usual=places[0].of)
        case _:
            return _counted(worry)


def _counted(worry: Worry) -> str:
    """Say how many there are of something that waits, and where most of it is."""
    n = worry.n
    sentences = {
        "scam": ngettext(
            "{n} neighbour lost money to a scam{most}.", "{n} neighbours lost money to scams{most}.", n
        ),
        "waiting": ngettext(
            "{n} neighbour has waited over a day{most}.", "{n} neighbours have waited over a day{most}.", n
        ),
        "looks": ngettext(
            "{n} count has waited for a look over 3 days{most}.",
            "{n} counts have waited for a look over 3 days{most}.",
            n,
        ),
    }
    return sentences[worry.kind].format(n=dates.number(n), most=_most(worry.places, n))


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
    if brief.no_team:
        yield without_team(brief.no_team)
    if brief.goal:
        kind = target_text.kind_of(brief.goal.label, brief.goal.of)
        said = target_text.progress(brief.goal.progress(), kind, is_over=not brief.until)
        yield _("{sentence}.").format(sentence=said)
    if brief.lesson:
        text = _("{title}: {passed}/{people} passed, due {day}.")
        due = dates.short(date.fromisoformat(brief.lesson.due_on))
        lesson = brief.lesson
        passed, people = dates.number(lesson.passed), dates.number(lesson.people)
        yield text.format(title=lesson.title, passed=passed, people=people, day=due)


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
        text = _("Requests: {done}/{asked} done.")
    else:
        text = _("Requests: {done}/{asked} done, usually answered after {n} minutes.")
    return text.format(done=dates.number(done), asked=dates.number(asked), n=minutes)


def late(since: datetime, until: datetime, *, now: datetime) -> str:
    """Say why a summary comes late."""
    text = _("Late, because the machine was down from {since} to {until}.")
    return text.format(since=dates.moment(since, now), until=dates.moment(until, now))


def revised_text(  # noqa: PLR0913 - each argument is a part of the message
    name: str,
    week: int,
    revision: int,
    *,
    catch_ups: int,
    moved: Sequence[Sequence[str | int]],
    was: dict[str, int],
    now: dict[str, int],
    silent: Sequence[str],
    is_area: bool,
    lock: date,
) -> str:
    """Write a revision: what came in, the total then and now, who is silent, when the week is locked."""
    text = _("{unit} · WEEK {week} · REVISION {n}")
    lines = [text.format(unit=name.upper(), week=week, n=revision)]
    places = ", ".join(_("{place} {n} people").format(place=place, n=n) for place, n in moved)
    if catch_ups:
        text = ngettext("{n} late entry{places}.", "{n} late entries{places}.", catch_ups)
        lines.append(text.format(n=catch_ups, places=f": {places}" if places else ""))
    elif places:
        lines.append(_("Corrected: {places}.").format(places=places))
    lines.append(f"{_totals_moved(was, now)} {_still_silent(silent, is_area=is_area)}".strip())
    text = _("Late entries are taken until the end of {day}, then the week is locked.")
    lines.append(text.format(day=f"{dates.weekday(lock)} {dates.short(lock)}"))
    return "\n".join(lines)


def _totals_moved(was: dict[str, int], now: dict[str, int]) -> str:
    moved = {
        "persons": _("{was} to {now} people"),
        "turns": _("{was} to {now} turns"),
        "sessions": _("{was} to {now} sessions"),
    }
    parts = [
        text.format(was=dates.number(was[unit]), now=dates.number(now[unit]))
        for unit, text in moved.items()
        if was[unit] != now[unit]
    ]
    if not parts:
        return _("The total is {n} people as before.").format(n=dates.number(now["persons"]))
    return _("Total {changes}.").format(changes=", ".join(parts))


def _still_silent(silent: Sequence[str], *, is_area: bool) -> str:
    if is_area:
        return ""
    if not silent:
        return _("No team is silent any more.")
    text = ngettext("{n} team still silent: {names}.", "{n} teams still silent: {names}.", len(silent))
    return text.format(n=len(silent), names=", ".join(silent[:6]))


def nudge(by: str, team: str) -> str:
    """Ask after a silent team, without blame."""
    text = _("{Who} asks: the team {team} has not logged for two weeks. Is there something in the way?")
    return text.format(Who=capitalised(by), team=team)


def area_nudge(by: str, commune: str, n: int) -> str:
    """Ask a commune's supervisor after its silent teams."""
    text = ngettext(
        "{Who} asks: {n} team of {commune} has been silent for two weeks. Is there something in the way?",
        "{Who} asks: {n} teams of {commune} have been silent for two weeks. Is there something in the way?",
        n,
    )
    return text.format(Who=capitalised(by), n=n, commune=commune)


def thanks(who: str, *, is_area: bool) -> str:
    """Thank whoever did well, as it is shown before it is sent."""
    if is_area:
        return _("Last week the commune helped many more neighbours. {who} thanks all the teams!").format(
            who=who
        )
    return _("Last week the team helped many more neighbours. {who} thanks the whole team!").format(who=who)


def why(brief: Brief) -> str:
    """Say by which rules these things were chosen, one for each line."""
    rules = [_worry_rule(worry.kind) for worry in brief.worries]
    if brief.praises:
        rules.append(_praise_rule(brief.praises[0].kind, is_area=brief.is_area))
    if not rules:
        return _("Tổ Số found nothing this week that its rules name. They are the same for every commune.")
    numbered = [_("first, {rule}"), _("second, {rule}"), _("third, {rule}")]
    said = ", ".join(text.format(rule=rule) for text, rule in zip(numbered, rules, strict=False))
    text = _("Tổ Số chooses by rules: {rules}. The province sets the rules, the same for every commune.")
    return text.format(rules=said)


def _worry_rule(kind: WorryKind) -> str:
    return {
        "scam": _("requests about scams this week"),
        "waiting": _("neighbours waiting over 24 hours"),
        "silent": _("teams that neither logged nor answered for 14 days"),
        "target": _("a goal below nine tenths of its pace"),
        "lesson": _("a lesson missed by over a third"),
        "looks": _("counts waiting for a look over 3 days"),
        "fall": _("the largest fall against the 4 weeks before"),
    }[kind]


def _praise_rule(kind: PraiseKind, *, is_area: bool) -> str:
    if kind == "rise":
        return (
            _("the commune that rose most against the 4 weeks before")
            if is_area
            else _("the village that rose most against the 4 weeks before")
        )
    return _("the fastest answers") if kind == "fast" else _("a team back from silence")
