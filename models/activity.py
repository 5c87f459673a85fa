"""What was done in which village, by whom, on which day, and the sums kept beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import json_column, key, refers


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


class ActivityShare(SQLModel, table=True):
    """Somebody who took part in an entry that another wrote: it counts once for the village.

    The rows follow their entry through its corrections. `declined_at` is when the one named said that it
    was not them.
    """

    __tablename__ = "activity_share"
    __table_args__ = (UniqueConstraint("activity_id", "person_id"),)

    id: int | None = key()
    activity_id: int = refers("activity.id")
    person_id: int = refers("person.id")
    told_at: datetime
    declined_at: datetime | None = None


class ActivityPhoto(SQLModel, table=True):
    """A picture of an entry, without where it was taken; it goes with whoever added it."""

    __tablename__ = "activity_photo"

    id: int | None = key()
    activity_id: int = refers("activity.id")
    media_id: int = refers("media.id")
    person_id: int = refers("person.id")
    added_at: datetime


class ActivityNote(SQLModel, table=True):
    """A few words to an entry, secrets masked; they go with whoever wrote them."""

    __tablename__ = "activity_note"
    __table_args__ = (UniqueConstraint("activity_id"),)

    id: int | None = key()
    activity_id: int = refers("activity.id", index=False)
    person_id: int = refers("person.id")
    words: str = Field(max_length=300)
    added_at: datetime


class ActivityDraft(SQLModel, table=True):
    """What a sentence said, until its writer says yes: kinds, counts and days, never the words.

    Each of `pieces` is [kind, count, day, vague number, counted in another unit]; what is null is still asked
    for. It can be said yes to until midnight; what was written of it stands in `entry_ids`.
    """

    __tablename__ = "activity_draft"

    id: int | None = key()
    person_id: int = refers("person.id")
    unit_id: int | None = refers("unit.id", default=None)
    pieces: list[Any] = json_column()
    mates: list[int] = json_column()
    entry_ids: list[int] = json_column(default_factory=list)
    made_at: datetime = Field(index=True)
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    settled_at: datetime | None = None
