"""What was done in which village, by whom, on which day, and the sums kept beside it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.base import key, refers


class Activity(SQLModel, table=True):
    """One entry: so many of a kind, on a day, in a village; never overwritten.

    A correction or an undo is a new row with `corrects_id`; the corrected row gets `corrected_at`
    and no longer counts. `count` 0 under the kind "none" is a spoken zero.
    """

    __table_args__ = (Index("ix_activity_unit_day", "unit_id", "happened_on"),)

    id: int | None = key()
    unit_id: int = refers("unit.id", index=False)
    person_id: int | None = refers("person.id", default=None)
    kind: str = Field(max_length=40)
    count: int
    happened_on: date
    recorded_at: datetime
    source: str = Field(default="button", max_length=20)
    help_request_id: int | None = refers("help_request.id", default=None)
    corrects_id: int | None = refers("activity.id", default=None)
    corrected_at: datetime | None = None


class Rollup(SQLModel, table=True):
    """The sum of what counts in a unit on a day for a kind, written with the activity itself."""

    unit_id: int = refers("unit.id", index=False, primary_key=True)
    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=40)
    total: int = 0
    entries: int = 0
