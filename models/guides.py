"""Who is at which step of which guide, and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.base import key, refers, stored


class VisitOutcome(StrEnum):
    """How a walk through a guide ended."""

    DONE = "done"
    NOT_DONE = "not_done"
    HANDED_OVER = "handed_over"
    LEFT = "left"


class GuideVisit(SQLModel, table=True):
    """One walk through one guide; `step` counts from 1, 0 before the start."""

    __tablename__ = "guide_visit"

    id: int | None = key()
    person_id: int = refers("person.id")
    slug: str = Field(max_length=60, index=True)
    step: int = 0
    helped: bool = False
    started_at: datetime
    moved_at: datetime
    remind_at: datetime | None = Field(default=None, index=True)
    ended_at: datetime | None = None
    outcome: VisitOutcome | None = stored(VisitOutcome, default=None, nullable=True)


class ScreenReport(SQLModel, table=True):
    """Somebody's screen looked different at a step; whoever keeps the guide is told, and looks again."""

    __tablename__ = "screen_report"

    id: int | None = key()
    slug: str = Field(max_length=60, index=True)
    step: int
    reported_at: datetime
    settled_at: datetime | None = None
    told_at: datetime | None = None
