"""What time it is, in the configured zone; the only place that asks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


class Clock:
    """The wall clock, seen in one zone."""

    def __init__(self, zone: str) -> None:
        """Keep the zone; raises ZoneInfoNotFoundError for an unknown name."""
        self.zone = ZoneInfo(zone)

    def now(self) -> datetime:
        """Tell the moment, aware, in the configured zone."""
        return datetime.now(self.zone)
