"""Who is at which step of which guide, how it ended, and which files show a guide in another way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.base import key, refers, stored


class VisitOutcome(StrEnum):
    """How a walk through a guide ended."""

    DONE = "done"
    NOT_DONE = "not_done"
    HANDED_OVER = "handed_over"
    LEFT = "left"


class GuideVisit(SQLModel, table=True):
    """One walk through one guide; `step` counts from 1, 0 before the start."""

    __tablename__ = "guide_visit"

    id: int | None = key()
    person_id: int = refers("person.id")
    slug: str = Field(max_length=60, index=True)
    step: int = 0
    helped: bool = False
    started_at: datetime
    moved_at: datetime
    remind_at: datetime | None = Field(default=None, index=True)
    ended_at: datetime | None = None
    outcome: VisitOutcome | None = stored(VisitOutcome, default=None, nullable=True)


class ScreenReport(SQLModel, table=True):
    """Somebody's screen looked different at a step; whoever keeps the guide is told, and looks again."""

    __tablename__ = "screen_report"

    id: int | None = key()
    slug: str = Field(max_length=60, index=True)
    step: int
    reported_at: datetime
    settled_at: datetime | None = None
    told_at: datetime | None = None


class GuideFileKind(StrEnum):
    """In which other way a guide is shown."""

    CARD = "card"
    PAGE = "page"
    RECORDING = "recording"


class GuideFile(SQLModel, table=True):
    """What a media row shows of a guide, so that its bytes can be made when somebody first needs them.

    A card shows the steps from `first` to `step` in large letters, a recording reads `step` aloud in
    `locale`, a page is the whole guide on paper (0 and 0).
    """

    __tablename__ = "guide_file"

    id: int | None = key()
    media_id: int = refers("media.id", index=False, unique=True)
    kind: GuideFileKind = stored(GuideFileKind)
    slug: str = Field(max_length=60)
    locale: str = Field(max_length=8)
    first: int = 0
    step: int = 0
