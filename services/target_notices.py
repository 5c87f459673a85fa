"""What is told about goals; days are ISO, `kind` is the label and `of` the unit of count."""

from __future__ import annotations

from dataclasses import dataclass

from services.notices import Notice
from services.rules import CountUnit


@dataclass(frozen=True, slots=True)
class GoalGiven(Notice):
    """A unit got a goal; `days` are left for it, counted from the later of today and its first day."""

    target_id: int
    place: str
    kind: str
    of: CountUnit
    goal: int
    first_on: str
    last_on: str
    days: int
    by_id: int


@dataclass(frozen=True, slots=True)
class GoalDoubted(Notice):
    """Whoever leads a unit thinks its goal too high, and names the number that would do."""

    target_id: int
    who: str
    place: str
    kind: str
    of: CountUnit
    goal: int
    wish: int
    first_on: str
    last_on: str


@dataclass(frozen=True, slots=True)
class GoalAnswered(Notice):
    """What came of a doubt: the goal now and before, and who decided."""

    place: str
    kind: str
    of: CountUnit
    goal: int
    before: int
    first_on: str
    last_on: str
    by: str
