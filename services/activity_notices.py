"""What members are told about entries: who took part, and what was said in a sentence and not yet written."""

from __future__ import annotations

from dataclasses import dataclass

from services.notices import Notice


@dataclass(frozen=True, slots=True)
class ActivityShared(Notice):
    """Somebody wrote that this member took part; `day` is an ISO date, counts run side by side with kinds."""

    writer: str
    draft_id: int
    labels: list[str]
    units: list[str]
    counts: list[int]
    days: list[str]
    told_on: str


@dataclass(frozen=True, slots=True)
class ShareDeclined(Notice):
    """The one named says that they did not take part; the village's count stays."""

    who: str
    label: str
    unit: str
    count: int
    day: str
    told_on: str


@dataclass(frozen=True, slots=True)
class DraftWaits(Notice):
    """In the evening: what a sentence said today and nobody said yes to, once."""

    draft_id: int
    labels: list[str]
    units: list[str]
    counts: list[int]
