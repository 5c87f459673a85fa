"""What a unit is to reach in one kind of work over some time."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from models.base import key, partial_index, refers

_STANDING = "replaced_at IS NULL"


class Target(SQLModel, table=True):
    """A goal of one unit, kind and span of days; another goal is a new row, the old one is marked."""

    __table_args__ = (
        partial_index(
            "ix_target_standing",
            "unit_id",
            "kind",
            "first_on",
            "last_on",
            unique=True,
            where=_STANDING,
        ),
    )

    id: int | None = key()
    unit_id: int = refers("unit.id", index=False)
    kind: str = Field(max_length=40)
    first_on: date
    last_on: date = Field(index=True)
    goal: int
    set_by: int | None = refers("person.id", default=None)
    set_at: datetime
    replaced_at: datetime | None = None
