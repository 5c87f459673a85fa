"""What members are told about lessons because somebody who looks after them asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from models.delivery import Lane
from services.notices import Notice


@dataclass(frozen=True, slots=True)
class LessonGiven(Notice):
    """A lesson has opened; `by` is who gave it, `due` the last day (ISO)."""

    assignment_id: int
    by: str
    title: str
    pages: int
    questions: int
    minutes: int
    due: str


@dataclass(frozen=True, slots=True)
class LessonGivenToMany(LessonGiven):
    """The same where so many are told that nobody else's notices shall wait behind them."""

    LANE: ClassVar[Lane] = Lane.BULK


@dataclass(frozen=True, slots=True)
class LessonReminder(Notice):
    """A lesson is still open: where somebody is in it, what is left, how many days (0 is today)."""

    assignment_id: int
    title: str
    days: int
    page: int
    pages: int
    question: int
    questions: int
    pages_left: int
    questions_left: int
    minutes_left: int


@dataclass(frozen=True, slots=True)
class LessonMissed(Notice):
    """The last day has passed; the lesson can still be learnt."""

    assignment_id: int
    title: str


@dataclass(frozen=True, slots=True)
class LessonPassed(Notice):
    """The leader hears that one of the team has passed, and how far the team is."""

    who: str
    title: str
    unit: str
    passed: int
    people: int
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class LessonStuck(Notice):
    """The leader hears what keeps one of the team from a lesson: time, hard, phone or other."""

    who: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class LessonNudged(LessonReminder):
    """Somebody asks after a lesson that is not passed yet; `by` is how they are called."""

    by: str
    is_missed: bool


@dataclass(frozen=True, slots=True)
class LessonNudgedToMany(LessonNudged):
    """The same where so many are asked that nobody else's notices shall wait behind them."""

    LANE: ClassVar[Lane] = Lane.BULK
