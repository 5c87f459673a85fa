"""What time is it in the sample area? The machine's clock, moved on so that it is a working hour."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from bot.clock import Clock

OPENS: Final = time(8)
CLOSES: Final = time(16, 30)
BEGINS: Final = time(8, 40)
WEEK: Final = timedelta(days=7)


class DemoClock:
    """The clock of the sample area: it never goes back, and can be stopped while its past is told."""

    def __init__(self, zone: str, offset: timedelta = timedelta()) -> None:
        """Run ahead of the machine by an offset, and further into the day if teams would be asleep."""
        self._clock = Clock(zone)
        self.offset = offset
        self._stopped: datetime | None = None
        now = self.now()
        if not OPENS <= now.time() < CLOSES:
            day = now.date() + timedelta(days=now.time() >= CLOSES)
            self.run_from(datetime.combine(day, BEGINS, now.tzinfo))

    def now(self) -> datetime:
        """Tell the moment."""
        return self._stopped or self._clock.now() + self.offset

    def stop_at(self, moment: datetime) -> None:
        """Stand still at a moment."""
        self._stopped = moment

    def run_from(self, moment: datetime) -> None:
        """Run on from a moment."""
        self._stopped = None
        self.offset = moment - self._clock.now()

    def next_monday(self, at: time) -> datetime:
        """Find the next Monday at a time of day, never the present moment."""
        now = self.now()
        monday = datetime.combine(now.date() - timedelta(days=now.weekday()), at, now.tzinfo)
        return monday if monday > now else monday + WEEK
