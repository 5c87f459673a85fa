"""What supervisors, leaders and members are told around the weekly summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.notices import Notice


@dataclass(frozen=True, slots=True)
class SummaryUnopened(Notice):
    """A week's summary was not looked at; `waiting` neighbours wait for a person."""

    unit_id: int
    week: int
    waiting: int


@dataclass(frozen=True, slots=True)
class NudgeAnswers(Notice):
    """What came back from who was asked: place, answer ("" for none), entries written since."""

    answers: list[list[Any]]


@dataclass(frozen=True, slots=True)
class MemberNudged(Notice):
    """The leader asks after a member; `is_long` after two weeks, `words` are the leader's own."""

    by: str
    who: str
    unit_id: int
    is_long: bool = True
    words: str = ""


@dataclass(frozen=True, slots=True)
class MemberBusy(Notice):
    """A member who was asked after is busy; `rest` is "1w", "1m", or "" for still taking requests."""

    who: str
    rest: str


@dataclass(frozen=True, slots=True)
class MemberStuck(Notice):
    """What keeps a member from writing: `why` is new, few, phone or other."""

    who: str
    who_id: int
    why: str


@dataclass(frozen=True, slots=True)
class OwnTeamThanked(Notice):
    """The leader thanks the own team; `words` are the leader's own."""

    by: str
    persons: int
    turns: int
    sessions: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class PersonWords(Notice):
    """What somebody in charge wrote to a leader, or the leader's answer; secrets are masked already."""

    by: str
    by_id: int
    words: str


@dataclass(frozen=True, slots=True)
class HelpGivenOn(Notice):
    """A citizen who waited long hears who is asked now, and by when there is word (ISO)."""

    request_id: int
    team: str
    until: str
    at: str


@dataclass(frozen=True, slots=True)
class MonthThanks(Notice):
    """A member's own month: persons, turns and sessions, the kind done most, how many said that it worked."""

    who: str
    month: int
    persons: int
    turns: int
    sessions: int
    most: str
    most_count: int
    good: int
