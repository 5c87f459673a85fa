"""What was received, where each chat stands, and what was set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import json_column, key, refers


class Seen(SQLModel, table=True):
    """An update that took effect: the row that makes a repeat harmless."""

    channel_account: str = Field(primary_key=True, max_length=60)
    external_id: str = Field(primary_key=True, max_length=120)
    seen_at: datetime = Field(index=True)


class Conversation(SQLModel, table=True):
    """One chat on one channel account; its row is the lock of everything said there.

    `states` maps "user:thread" to the state and its data; `choices` is the open list, label and data;
    `offers` are choices that came with notices; `counter` numbers what the web chat was sent.
    """

    __table_args__ = (UniqueConstraint("channel_account", "chat"),)

    id: int | None = key()
    channel_account: str = Field(max_length=60)
    chat: str = Field(max_length=80)
    account_id: int = refers("account.id")
    states: dict[str, Any] = json_column(default_factory=dict)
    choices: list[Any] = json_column(default_factory=list)
    offers: list[Any] = json_column(default_factory=list)
    counter: int = 0
    said_at: datetime | None = None


class Quarantine(SQLModel, table=True):
    """An update that failed twice: ids and the shape of the failure, never its words."""

    id: int | None = key()
    channel_account: str = Field(max_length=60)
    external_id: str = Field(max_length=120)
    attempts: int = 1
    handler: str = Field(default="", max_length=120)
    failure: str = Field(default="")
    at: datetime
