"""Who asked for a person, who was offered it, who has it and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import key, partial_index, refers, stored


class HelpState(StrEnum):
    """Where a request for help stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Rung(StrEnum):
    """Who is being asked now."""

    TEAM = "team"
    NEIGHBOUR = "neighbour"
    COMMUNE = "commune"
    ABOVE = "above"


class Rating(StrEnum):
    """What the citizen says of the help, in the three words of the script."""

    GOOD = "good"
    PARTLY = "partly"
    NOT_YET = "not_yet"


class Ending(StrEnum):
    """How one helper's time with a request ended."""

    DONE = "done"
    BUSY = "busy"
    UNSURE = "unsure"
    SETTLED = "settled"
    SILENT = "silent"
    LAPSED = "lapsed"
    STOPPED = "stopped"


_CLAIMED = "state = 'claimed'"
_OPEN = "state = 'open'"
_LIVE = "state IN ('open', 'claimed')"


class HelpRequest(SQLModel, table=True):
    """A citizen waits for a person; `next_word_at` is when the program must speak again, whatever happened.

    While claimed, `waiting_since` is the citizen's oldest word (or the claim) without an answer, `spoke_at`
    the last word of either, `reminded_at` and `idle_asked_at` what was said about silence. One helper talks
    with one citizen, and a citizen has one request: both are unique in the database too. `turns` numbers what
    was told about it. `words` are what was asked, folded, as it may be learnt from; `stub` is the service
    without a guide it is about. Urgent is money that has just gone to a cheat: at night it also wakes people
    who are not on duty.

    `rung_at` is from when on the people of this rung are asked. `is_off_hours` marks a talk that was taken at
    night or on a holiday: its clock runs then too. `is_unclear` marks one that was closed because nobody
    wrote any more, so that nobody knows whether it helped.
    """

    __tablename__ = "help_request"
    __table_args__ = (
        partial_index(
            "ix_help_request_helping",
            "helper_id",
            unique=True,
            where=_CLAIMED,
        ),
        partial_index("ix_help_request_live", "person_id", unique=True, where=_LIVE),
        Index("ix_help_request_unit_asked", "unit_id", "asked_at"),
        Index("ix_help_request_helper_claimed", "helper_id", "claimed_at"),
        partial_index("ix_help_request_open", "unit_id", "asked_at", where=_OPEN),
    )

    id: int | None = key()
    person_id: int = refers("person.id")
    unit_id: int = refers("unit.id")
    guide: str | None = Field(default=None, max_length=60)
    step: int | None = None
    topic: str = Field(default="", max_length=200)
    question: str = Field(default="", max_length=1000)
    state: HelpState = stored(HelpState, default=HelpState.OPEN)
    rung: Rung = stored(Rung, default=Rung.TEAM)
    asked_at: datetime = Field(index=True)
    next_word_at: datetime | None = Field(default=None, index=True)
    helper_id: int | None = refers("person.id", default=None)
    claimed_at: datetime | None = None
    answered_at: datetime | None = None
    waiting_since: datetime | None = None
    reminded_at: datetime | None = None
    spoke_at: datetime | None = None
    idle_asked_at: datetime | None = None
    are_photos_fine: bool = False
    turns: int = 0
    closed_at: datetime | None = None
    rating: Rating | None = stored(Rating, default=None, nullable=True)
    rated_at: datetime | None = None
    words: str | None = Field(default=None, max_length=120)
    stub: str | None = Field(default=None, max_length=60)
    is_urgent: bool = False
    voice_id: int | None = refers("media.id", default=None)
    rung_at: datetime | None = None
    is_off_hours: bool = False
    is_unclear: bool = False


class HelpOffer(SQLModel, table=True):
    """A request was offered to somebody; declining is remembered."""

    __tablename__ = "help_offer"
    __table_args__ = (UniqueConstraint("request_id", "person_id"),)

    id: int | None = key()
    request_id: int = refers("help_request.id")
    person_id: int = refers("person.id")
    offered_at: datetime
    declined_at: datetime | None = None


class HelpStint(SQLModel, table=True):
    """One helper's time with a request: how it ended, and what the citizen then said of it.

    Never overwritten: what was said of the first helper stays theirs when a second one goes on.
    """

    __tablename__ = "help_stint"

    id: int | None = key()
    request_id: int = refers("help_request.id")
    helper_id: int | None = refers("person.id", default=None)
    claimed_at: datetime
    ended_at: datetime
    ending: Ending = stored(Ending)
    rating: Rating | None = stored(Rating, default=None, nullable=True)
    rated_at: datetime | None = None
