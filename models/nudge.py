"""Who asked after whom, and what came back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import key, refers, stored


class NudgeKind(StrEnum):
    """What somebody was asked about; TEAM and AREA are about teams without a word, LESSON about learning."""

    TEAM = "team"
    AREA = "area"
    MEMBER = "member"
    LESSON = "lesson"


class Nudge(SQLModel, table=True):
    """One nudge: unique by person, unit, kind and ISO week (202647), so that nobody is pressed twice.

    `answer` is a word of the program ("busy:1w", "phone", "no_work"), never what somebody wrote;
    `returned_at` is when the answers went back to whoever asked.
    """

    __table_args__ = (UniqueConstraint("person_id", "unit_id", "kind", "week"),)

    id: int | None = key()
    kind: NudgeKind = stored(NudgeKind)
    person_id: int = refers("person.id")
    unit_id: int = refers("unit.id")
    by_id: int | None = refers("person.id", default=None)
    week: int
    at: datetime = Field(index=True)
    answer: str = Field(default="", max_length=24)
    answered_at: datetime | None = None
    returned_at: datetime | None = None
