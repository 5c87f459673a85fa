"""What is still to be said, to whom, how urgently, and the files that go with it."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import json_column, key, partial_index, refers, stored


class Lane(IntEnum):
    """How urgent: a broadcast never delays a citizen's answer."""

    REPLY = 0
    NOTICE = 1
    BULK = 2


class DeliveryState(StrEnum):
    """Where a message stands on its way out."""

    WAITING = "waiting"
    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"


_PENDING = "state = 'pending'"
_WAITING = "state = 'waiting'"
_LEASED = "state = 'leased'"
_NUMBERS = "kind = 'RelayedNumber'"


class Delivery(SQLModel, table=True):
    """One message to one account: the outbox.

    WAITING becomes PENDING at `not_before`; LEASED rows belong to a sender until `lease_until`.
    `number` is the gapless count the web chat shows; `kind` is "reply" or a notice's name.
    """

    __table_args__ = (
        partial_index(
            "ix_delivery_pending",
            "channel_account",
            "lane",
            "id",
            where=_PENDING,
        ),
        partial_index("ix_delivery_waiting", "not_before", where=_WAITING),
        partial_index("ix_delivery_leased", "lease_until", where=_LEASED),
        partial_index("ix_delivery_numbers", "created_at", where=_NUMBERS),
        UniqueConstraint("account_id", "number"),
    )

    id: int | None = key()
    account_id: int = refers("account.id")
    channel_account: str = Field(max_length=60)
    chat: str = Field(max_length=80)
    lane: int
    kind: str = Field(max_length=60)
    payload: dict[str, Any] = json_column()
    dedupe_key: str = Field(max_length=160, unique=True)
    state: DeliveryState = stored(DeliveryState, default=DeliveryState.PENDING)
    not_before: datetime | None = None
    attempts: int = 0
    lease_until: datetime | None = None
    provider_message_id: str | None = Field(default=None, max_length=80)
    number: int | None = None
    error: str | None = Field(default=None, max_length=200)
    created_at: datetime
    sent_at: datetime | None = None


class Media(SQLModel, table=True):
    """A picture or document; the bytes lie under var/media by their hash.

    `token` is the unguessable name in its public address; `person_id` whom it is about, so that it goes with
    them.
    """

    id: int | None = key()
    token: str = Field(max_length=43, unique=True)
    sha256: str = Field(max_length=64, index=True)
    mime: str = Field(max_length=80)
    filename: str | None = Field(default=None, max_length=120)
    size: int
    created_at: datetime
    expires_at: datetime | None = Field(default=None, index=True)
    person_id: int | None = refers("person.id", default=None)


class ProviderFile(SQLModel, table=True):
    """A file a channel already holds, so that it need not be uploaded again."""

    __tablename__ = "provider_file"
    __table_args__ = (UniqueConstraint("media_id", "channel_account"),)

    id: int | None = key()
    media_id: int = refers("media.id")
    channel_account: str = Field(max_length=60)
    file_id: str = Field(max_length=255)
