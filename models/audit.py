"""Who changed which fact, and what the database itself is for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.base import key, refers


class Audit(SQLModel, table=True):
    """A change of a fact: ids, action and field names; never names, phones or texts."""

    id: int | None = key()
    actor_id: int | None = refers("person.id", default=None)
    action: str = Field(max_length=60)
    subject: str = Field(max_length=60)
    subject_id: int | None = Field(default=None, index=True)
    fields: str = Field(default="", max_length=200)
    at: datetime = Field(index=True)


class Marker(SQLModel, table=True):
    """A fact about the database itself, such as `is_demo`."""

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)
