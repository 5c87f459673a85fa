"""What is told about announcements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from models.delivery import Lane
from services.notices import Notice


@dataclass(frozen=True, slots=True)
class Announced(Notice):
    """An announcement: in whose name, who wrote it, and the words as they were typed."""

    LANE: ClassVar[Lane] = Lane.BULK

    announcement_id: int
    issuer: str
    by: str
    text: str
    is_for_citizens: bool = False


@dataclass(frozen=True, slots=True)
class AnnouncementResult(Notice):
    """How far an announcement came; `away` have nowhere to be reached now, `blocked` shut the program out."""

    announcement_id: int
    title: str
    people: int
    reached: int
    read: int
    absent: int
    away: int
    blocked: int
    under_way: int
    unread: int


@dataclass(frozen=True, slots=True)
class NewsAsked(Notice):
    """Whether somebody who was helped wants their commune's news; `unit` is the commune."""

    unit: str
