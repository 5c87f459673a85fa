"""What was announced to an area, to whom it goes, and who says to have read it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import json_column, key, partial_index, refers, stored


class Audience(StrEnum):
    """Who of an area an announcement is for; citizens only where they said yes to such news."""

    SUPERVISORS = "supervisors"
    LEADERS = "leaders"
    MEMBERS = "members"
    CITIZENS = "citizens"


class ReadBack(StrEnum):
    """What somebody answered to an announcement."""

    READ = "read"
    ABSENT = "absent"


class Announcement(SQLModel, table=True):
    """One announcement; `villages` are unit ids, empty for the whole area.

    It goes out in waves from `send_at` on; `sent_at` is when the last wave was queued.
    """

    id: int | None = key()
    unit_id: int = refers("unit.id")
    text: str = Field(max_length=700)
    audience: Audience = stored(Audience)
    villages: list[int] = json_column(default_factory=list)
    made_by: int | None = refers("person.id", default=None)
    made_at: datetime
    send_at: datetime
    sent_at: datetime | None = None
    cancelled_at: datetime | None = None
    report_at: datetime = Field(index=True)
    reported_at: datetime | None = None


_WAITING = "queued_at IS NULL"


class AnnouncementReceipt(SQLModel, table=True):
    """One receiver of an announcement; `account_id` is where it was sent, None if nowhere."""

    __tablename__ = "announcement_receipt"
    __table_args__ = (
        UniqueConstraint("announcement_id", "person_id"),
        partial_index(
            "ix_announcement_receipt_waiting",
            "announcement_id",
            "id",
            where=_WAITING,
        ),
    )

    id: int | None = key()
    announcement_id: int = refers("announcement.id", index=False)
    person_id: int = refers("person.id")
    queued_at: datetime | None = None
    account_id: int | None = refers("account.id", default=None)
    reminded_at: datetime | None = None
    answer: ReadBack | None = stored(ReadBack, default=None, nullable=True)
    answered_at: datetime | None = None
