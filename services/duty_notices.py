"""What members and leaders are told about the roster."""

from __future__ import annotations

from dataclasses import dataclass

from services.notices import Notice


@dataclass(frozen=True, slots=True)
class DutyGiven(Notice):
    """Somebody was put on the roster; `weekday` counts from Monday = 0, `shift` is a name of Shift."""

    shift_id: int
    by: str
    who: str
    unit: str
    weekday: int
    shift: str


@dataclass(frozen=True, slots=True)
class DutyEnded(Notice):
    """Somebody who had been told of a duty is off the roster for it."""

    by: str
    who: str
    unit: str
    weekday: int
    shift: str


@dataclass(frozen=True, slots=True)
class DutyDeclined(Notice):
    """The leader hears that somebody cannot be on duty then."""

    who: str
    unit_id: int
    weekday: int
    shift: str
