"""When do members take requests: the hours each chose, and the team's roster by weekday."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from models.base import key, refers, stored


class Span(StrEnum):
    """A part of a team's day; somebody who chose none takes requests all day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Shift(StrEnum):
    """A part of a weekday on the roster; a night belongs to the day on which it begins."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"


class DutySpan(SQLModel, table=True):
    """Somebody takes requests in this part of every day."""

    __tablename__ = "duty_span"
    __table_args__ = (UniqueConstraint("person_id", "span"),)

    id: int | None = key()
    person_id: int = refers("person.id")
    span: Span = stored(Span)


class DutyShift(SQLModel, table=True):
    """Somebody of a team is on duty on a weekday, Monday = 0; at night only these are asked."""

    __tablename__ = "duty_shift"
    __table_args__ = (UniqueConstraint("unit_id", "weekday", "shift", "person_id"),)

    id: int | None = key()
    unit_id: int = refers("unit.id")
    weekday: int
    shift: Shift = stored(Shift)
    person_id: int = refers("person.id")
    given_at: datetime
