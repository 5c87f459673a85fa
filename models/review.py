"""Which counts somebody has to look at, and which locked weeks were opened again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import key, partial_index, refers, stored


class ReviewReason(StrEnum):
    """Why a count is looked at: far above what is usual, as yesterday, late at night, or as a rule."""

    HIGH = "high"
    SAME = "same"
    BURST = "burst"
    APPROVAL = "approval"


class ReviewState(StrEnum):
    """Where the look at a count stands; CHANGED is when the entry was corrected or undone meanwhile."""

    WAITING = "waiting"
    RIGHT = "right"
    CHANGED = "changed"


_WAITING = "state = 'waiting'"


class CountReview(SQLModel, table=True):
    """One entry that is to be looked at; it counts all the while. `usual` is the team's own on a day."""

    __tablename__ = "count_review"
    __table_args__ = (
        UniqueConstraint("activity_id"),
        partial_index(
            "ix_count_review_waiting",
            "unit_id",
            "made_at",
            where=_WAITING,
        ),
    )

    id: int | None = key()
    activity_id: int = refers("activity.id", index=False)
    unit_id: int = refers("unit.id", index=False)
    reason: ReviewReason = stored(ReviewReason)
    usual: int | None = None
    state: ReviewState = stored(ReviewState, default=ReviewState.WAITING)
    made_at: datetime
    asked_at: datetime | None = None
    decided_by: int | None = refers("person.id", default=None)
    decided_at: datetime | None = None


class WeekReopening(SQLModel, table=True):
    """A locked week that takes entries again in a unit and all that lies in it, until a moment."""

    __tablename__ = "week_reopening"
    __table_args__ = (Index("ix_week_reopening_week", "iso_year", "iso_week"),)

    id: int | None = key()
    unit_id: int = refers("unit.id")
    iso_year: int
    iso_week: int
    opened_by: int | None = refers("person.id", default=None)
    opened_at: datetime
    until: datetime = Field(index=True)
