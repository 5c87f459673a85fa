"""Which three things of a week matter to a supervisor, by rules that are the same for everybody?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal

from models.units import Level
from services import targets
from services.reports import weekly as reports
from services.reports.weekly import Row, Weekly
from services.rules import CountUnit
from services.targets import Span
from services.training import Progress

WORRIES: Final = 2
PRAISES: Final = 2
LARGE: Final = 10
MANY_SILENT: Final = 4  # a commune is named where at least every fourth team is silent
MISSED_SHARE: Final = 3
MOST_NAMES: Final = 3
FAST_OF: Final = 3  # of fewer requests a median says nothing
JUDGED_AFTER: Final = 3  # of fewer days a goal's pace says nothing

PraiseKind = Literal["rise", "fast", "back"]
WorryKind = Literal["scam", "waiting", "silent", "target", "lesson", "looks", "fall"]


@dataclass(frozen=True, slots=True)
class Place:
    """A row named in a line: so many `n` of `of`, or persons and their change."""

    unit_id: int
    name: str
    n: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Worry:
    """Something that hurts: how many, and where most; `title` is a lesson's, or names a goal's kind."""

    kind: WorryKind
    n: int
    places: tuple[Place, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Praise:
    """A place to thank: risen by `of` to `n` persons, answering after `n` minutes, or back with `n`."""

    kind: PraiseKind
    unit_id: int
    name: str
    n: int
    of: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """How far the area has come with one lesson."""

    title: str
    passed: int
    people: int
    due_on: str


@dataclass(frozen=True, slots=True)
class Goal:
    """How far the area has come with one goal; `label` names its kind, counted in `of`."""

    label: str
    of: CountUnit
    first: str
    last: str
    goal: int
    done: int
    days_left: int
    on_pace: int

    def progress(self) -> targets.Progress:
        """Give it as goals are said."""
        span = Span(date.fromisoformat(self.first), date.fromisoformat(self.last))
        return targets.Progress(0, self.label, span, self.goal, self.done, self.days_left, self.on_pace)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a summary says, in plain values that can wait in the outbox; days are ISO dates.

    `said_before` is what the last summary said of the week before, where that is no longer true.
    """

    unit_id: int
    name: str
    level: str
    iso_year: int
    iso_week: int
    first: str
    last: str
    now: dict[str, int]
    before: dict[str, int] | None
    week_before: int
    worries: tuple[Worry, ...]
    praises: tuple[Praise, ...]
    asked: int
    done: int
    minutes: int | None
    lesson: Lesson | None = None
    said_before: int | None = None
    until: str = ""
    no_team: tuple[str, ...] = ()
    goal: Goal | None = None

    @property
    def is_area(self) -> bool:
        """Tell whether the rows are communes rather than villages."""
        return self.level in {Level.PROVINCE.value, Level.DISTRICT.value}

    def plain(self) -> dict[str, Any]:
        """Write the brief as JSON can hold it."""
        return asdict(self)


def read(plain: dict[str, Any]) -> Brief:
    """Read a brief that waited as JSON."""
    worries = tuple(Worry(**one | {"places": _places(one["places"])}) for one in plain["worries"])
    lesson = Lesson(**plain["lesson"]) if plain["lesson"] else None
    # What an earlier version queued knew rises only.
    praised = tuple(Praise(**{"kind": "rise"} | one) for one in plain["praises"])
    goal = Goal(**plain["goal"]) if plain.get("goal") else None
    return Brief(**plain | {"worries": worries, "praises": praised, "lesson": lesson, "goal": goal})


def _places(plain: list[dict[str, Any]]) -> tuple[Place, ...]:
    return tuple(Place(**one) for one in plain)


def brief(
    weekly: Weekly, *, title: Callable[[str], str], said_before: int | None = None, until: date | None = None
) -> Brief:
    """Choose what matters of a week; with `until` the week still runs, and nothing is judged yet.

    `title` names a lesson by its slug.
    """
    before = weekly.before["persons"] if weekly.before else None
    return Brief(
        unit_id=weekly.unit_id,
        name=weekly.name,
        level=weekly.level,
        iso_year=weekly.iso_year,
        iso_week=weekly.iso_week,
        first=weekly.first.isoformat(),
        last=weekly.last.isoformat(),
        now={str(unit): n for unit, n in weekly.now.items()},
        before={str(unit): n for unit, n in weekly.before.items()} if weekly.before else None,
        week_before=weekly.weeks[-2].iso_week,
        worries=() if until else tuple(_worries(weekly, title))[:WORRIES],
        praises=() if until else praises(weekly),
        asked=weekly.help.asked,
        done=weekly.help.done,
        minutes=weekly.help.minutes,
        lesson=_lesson(weekly, title),
        said_before=said_before if said_before != before else None,
        until=until.isoformat() if until else "",
        no_team=tuple(row.name for row in weekly.rows if row.level == Level.VILLAGE.value and not row.teams),
        goal=_goal(weekly),
    )


def _worries(weekly: Weekly, title: Callable[[str], str]) -> Iterator[Worry]:
    """Find what hurts, the worst first: the order is the rule."""
    if weekly.help.scams:
        yield Worry("scam", weekly.help.scams, _worst(weekly, lambda row: row.help.scams))
    if weekly.help.waiting:
        yield Worry("waiting", weekly.help.waiting, _worst(weekly, lambda row: row.help.waiting))
    silent = silent_rows(weekly)
    if silent:
        yield Worry("silent", len(silent), tuple(_silent(row) for row in silent[:MOST_NAMES]))
    behind = [one for one in weekly.goals if one.is_behind and one.days_passed >= JUDGED_AFTER]
    if behind:
        goal = furthest_behind(behind)
        yield Worry("target", goal.on_pace, (Place(0, "", n=goal.done, of=goal.goal),), goal.label)
    for lesson in weekly.lessons:
        if lesson.missed * MISSED_SHARE > lesson.people:
            yield Worry("lesson", lesson.missed, (Place(0, "", of=lesson.people),), title(lesson.lesson))
            break
    if weekly.looks:
        yield Worry("looks", weekly.looks, _worst(weekly, lambda row: row.looks))
    falls = [row for row in weekly.rows if _rise(row) <= -LARGE and not row.is_silent]
    if falls:
        row = min(falls, key=_rise)
        place = Place(row.unit_id, row.name, n=row.now["persons"], of=round(row.usual or 0))
        yield Worry("fall", -round(_rise(row)), (place,))


def _worst(weekly: Weekly, count: Callable[[Row], int]) -> tuple[Place, ...]:
    row = max(weekly.rows, key=count, default=None)
    return (Place(row.unit_id, row.name, n=count(row)),) if row and count(row) else ()


def _silent(row: Row) -> Place:
    return Place(row.unit_id, row.name, n=row.silent, of=row.teams)


def silent_rows(weekly: Weekly) -> list[Row]:
    """List the silent teams of a commune, the longest silent first; above it, the communes with many."""
    if weekly.level == Level.COMMUNE.value:
        silent = [row for row in weekly.rows if row.is_silent]
        return sorted(silent, key=lambda row: (row.last_report or date.min, row.name))
    many = [row for row in weekly.rows if row.silent and row.silent * MANY_SILENT >= row.teams]
    return sorted(many, key=lambda row: (-row.silent / row.teams, row.name))


def praises(weekly: Weekly) -> tuple[Praise, ...]:
    """Name the largest rises over their own mean, then the fastest answers, then who is back from silence.

    Each place once.
    """
    risen = sorted(
        (row for row in weekly.rows if _rise(row) >= LARGE and row.change >= 0), key=_rise, reverse=True
    )
    found = [Praise("rise", row.unit_id, row.name, row.now["persons"], row.change) for row in risen]
    found += [
        Praise("fast", row.unit_id, row.name, row.help.minutes)
        for row in _fastest(weekly)
        if row.help.minutes is not None
    ]
    found += [Praise("back", row.unit_id, row.name, row.now["persons"]) for row in weekly.rows if row.is_back]
    first: dict[int, Praise] = {}
    for one in found:
        first.setdefault(one.unit_id, one)
    return tuple(first.values())[:PRAISES]


def _fastest(weekly: Weekly) -> list[Row]:
    """Find who answers fastest, in less than half of the area's usual time; one place at most."""
    usual = weekly.help.minutes
    if usual is None:
        return []
    fast = [
        row
        for row in weekly.rows
        if row.help.answered >= FAST_OF and row.help.minutes is not None and row.help.minutes * 2 <= usual
    ]
    return sorted(fast, key=lambda row: (row.help.minutes or 0, -row.help.answered, row.name))[:1]


def _rise(row: Row) -> float:
    return 0.0 if row.usual is None else row.now["persons"] - row.usual


def furthest_behind(goals: Sequence[reports.Goal]) -> reports.Goal:
    """Take the goal of which the smallest part of its pace is done, the one that ends first among equals."""
    return min(goals, key=lambda one: (one.share_of_pace, one.span.last, one.label))


def _goal(weekly: Weekly) -> Goal | None:
    if not weekly.goals:
        return None
    one = furthest_behind(weekly.goals)
    first, last = one.span.first.isoformat(), one.span.last.isoformat()
    return Goal(one.label, one.of, first, last, one.goal, one.done, one.days_left, one.on_pace)


def _lesson(weekly: Weekly, title: Callable[[str], str]) -> Lesson | None:
    """Take the lesson most people learn, the one due first among equals."""
    if not weekly.lessons:
        return None
    chosen: Progress = min(weekly.lessons, key=lambda one: (-one.people, one.due_on, one.task_id))
    return Lesson(title(chosen.lesson), chosen.passed, chosen.people, chosen.due_on.isoformat())


def ranked(weekly: Weekly) -> list[Row]:
    """List the rows by persons, the most first; then the silent, the longest silent first, then no team."""

    def rank(row: Row) -> tuple[int, int, date, str]:
        if row.is_silent:
            return 1, 0, row.last_report or date.min, row.name
        if not row.teams and not row.entries:
            return 2, 0, date.min, row.name
        return 0, -row.now["persons"], date.min, row.name

    return sorted(weekly.rows, key=rank)
