"""Which ways of asking for a guide were learnt from use, and what an operator said to each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import key, stored


class ProposalState(StrEnum):
    """What was decided about a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Proposal(SQLModel, table=True):
    """Words people ask with and the guide they may stand for; it points at nobody.

    `words` are folded and hold no secret; `slug` is "" as long as nobody could say which guide is meant.
    `costs` is how many known questions would go astray with it, None until that was tried; it was tried while
    the accepted phrases were at `tried_at`, a version. Accepted rows are what the matcher has learnt.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("words", "slug"),)

    id: int | None = key()
    words: str = Field(max_length=120)
    slug: str = Field(default="", max_length=60)
    times: int = 1
    state: ProposalState = stored(ProposalState, default=ProposalState.OPEN, index=True)
    noted_at: datetime
    last_at: datetime
    costs: int | None = None
    tried_at: str = Field(default="", max_length=60)
    told_at: datetime | None = None
    decided_at: datetime | None = None
