"""How people come into a team: invites and requests to join."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.base import key, refers, stored
from models.people import Role


class JoinState(StrEnum):
    """Where a request to join stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Invite(SQLModel, table=True):
    """A door into a role in a unit; only the hash of its token is kept.

    `short_code` is the spoken form ("HS-4827") for channels without deep links, also hashed.
    With `person_id` it belongs to one imported person, or moves somebody to a new phone.
    """

    id: int | None = key()
    token_hash: str = Field(max_length=64, unique=True)
    short_code_hash: str | None = Field(default=None, max_length=64, unique=True)
    role: Role = stored(Role)
    unit_id: int = refers("unit.id")
    person_id: int | None = refers("person.id", default=None)
    invited_by: int | None = refers("person.id", default=None)
    uses_left: int = 1
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class JoinRequest(SQLModel, table=True):
    """Somebody asks to join a team; the leader decides, later the commune."""

    __tablename__ = "join_request"

    id: int | None = key()
    person_id: int = refers("person.id")
    unit_id: int = refers("unit.id")
    role: Role = stored(Role)
    invite_id: int | None = refers("invite.id", default=None)
    state: JoinState = stored(JoinState, default=JoinState.ASKED)
    asked_at: datetime
    reminded_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: int | None = refers("person.id", default=None)
