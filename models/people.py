"""Who writes to the program, from which accounts, with which roles and with whose consent."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import key, partial_index, refers, stored


class Role(StrEnum):
    """What somebody may do in a unit's subtree; a citizen needs no row."""

    MEMBER = "member"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"


class FormOfAddress(StrEnum):
    """How somebody wishes to be called; NAME is the name alone."""

    ANH = "anh"
    CHI = "chị"
    CO = "cô"
    CHU = "chú"
    BAC = "bác"
    NAME = "name"


class Person(SQLModel, table=True):
    """Somebody who said yes to being remembered; after `withdrawn_at` they are answered as a stranger is."""

    id: int | None = key()
    name: str = Field(max_length=120)
    form_of_address: FormOfAddress | None = stored(FormOfAddress, default=None, nullable=True)
    locale: str = Field(default="vi", max_length=8)
    unit_id: int | None = refers("unit.id", default=None)
    phone: str | None = Field(default=None, max_length=20)
    has_large_text: bool = False
    paused_until: date | None = None
    created_at: datetime
    news_asked_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Account(SQLModel, table=True):
    """One chat of one person on one channel account (bot id or OA id)."""

    __table_args__ = (UniqueConstraint("channel_account", "external_id"),)

    id: int | None = key()
    channel: str = Field(max_length=20)
    channel_account: str = Field(max_length=60)
    external_id: str = Field(max_length=80)
    person_id: int | None = refers("person.id", default=None)
    locale: str | None = Field(default=None, max_length=8)
    is_reachable: bool = True
    unreachable_why: str | None = Field(default=None, max_length=120)
    created_at: datetime
    seen_at: datetime


class Assignment(SQLModel, table=True):
    """A role held in a unit from one moment to another; history is never overwritten."""

    __table_args__ = (
        partial_index(
            "ix_assignment_held",
            "person_id",
            "unit_id",
            "role",
            unique=True,
            where="until IS NULL",
        ),
    )

    id: int | None = key()
    person_id: int = refers("person.id")
    unit_id: int = refers("unit.id")
    role: Role = stored(Role)
    since: datetime
    until: datetime | None = None


class Consent(SQLModel, table=True):
    """A yes to a purpose: provable by version, time and channel, and withdrawable."""

    id: int | None = key()
    person_id: int = refers("person.id")
    purpose: str = Field(max_length=20)
    version: str = Field(max_length=20)
    channel: str = Field(max_length=20)
    given_at: datetime
    withdrawn_at: datetime | None = None
