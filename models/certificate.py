"""Which sets of lessons somebody has passed whole, and the code by which anybody can check that."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import key, refers


class Certificate(SQLModel, table=True):
    """What was printed: name, village and commune as they were said on the day.

    The code is kept as it is and not as a hash: it opens nothing, is on the paper for all to see, and has to
    be printed again under another name. `sha256` names the file the paper was last drawn into.
    """

    __table_args__ = (UniqueConstraint("person_id", "lesson_set"),)

    id: int | None = key()
    person_id: int = refers("person.id")
    lesson_set: str = Field(max_length=60)
    title: str = Field(max_length=120)
    lessons: int
    name: str = Field(max_length=120)
    unit: str = Field(max_length=160)
    commune: str = Field(max_length=160)
    code: str = Field(max_length=16, unique=True)
    issued_on: date
    sha256: str = Field(max_length=64, index=True)
