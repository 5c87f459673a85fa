"""What is told about counts that are looked at and weeks that are opened again; days are ISO."""

from __future__ import annotations

from dataclasses import dataclass

from services.notices import Notice
from services.rules import CountUnit


@dataclass(frozen=True, slots=True)
class CountDoubted(Notice):
    """A count waits for the leader's look: who wrote what, and why it waits."""

    review_id: int
    who: str
    count: int
    kind: str
    of: CountUnit
    day: str
    reason: str
    times: int
    at: str


@dataclass(frozen=True, slots=True)
class CountQuestioned(Notice):
    """The leader asks whoever wrote a count whether it is right."""

    review_id: int
    entry_id: int
    leader: str
    count: int
    kind: str
    of: CountUnit
    day: str
    at: str


@dataclass(frozen=True, slots=True)
class CountConfirmed(Notice):
    """Whoever wrote a count says that it is right."""

    review_id: int
    who: str
    count: int


@dataclass(frozen=True, slots=True)
class CountChanged(Notice):
    """A count that waited was corrected, or undone where `now` is 0."""

    who: str
    before: int
    now: int
    of: CountUnit


@dataclass(frozen=True, slots=True)
class ReopenAsked(Notice):
    """Somebody asks for a locked week to take entries again."""

    who: str
    person_id: int
    unit: str
    unit_id: int
    week: int
    days: str


@dataclass(frozen=True, slots=True)
class ReopenAnswered(Notice):
    """A locked week was opened until a day, or stays locked where `until` is ""."""

    by: str
    week: int
    days: str
    until: str
