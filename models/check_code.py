"""Which check codes were read out, by whom, and until when they prove who stands at the door."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.base import key, refers


class CheckCode(SQLModel, table=True):
    """A fruit and two digits that a volunteer reads to a citizen: once, for ten minutes, kept as a hash."""

    __tablename__ = "check_code"

    id: int | None = key()
    person_id: int = refers("person.id")
    code_hash: str = Field(max_length=64, index=True)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
