"""What members are told about lessons because somebody who looks after them asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from models.delivery import Lane
from services.notices import LessonReminder


@dataclass(frozen=True, slots=True)
class LessonNudged(LessonReminder):
    """Somebody asks after a lesson that is not passed yet; `by` is how they are called."""

    by: str
    is_missed: bool


@dataclass(frozen=True, slots=True)
class LessonNudgedToMany(LessonNudged):
    """The same where so many are asked that nobody else's notices shall wait behind them."""

    LANE: ClassVar[Lane] = Lane.BULK
