"""What did the teams of the sample write down, entry by entry, with each day's sum beside it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from services import activity, activity_chain, counts
from services.rules import ActivityLimits, Kind
from services.sample.rhythm import Temper, drawn
from services.sample.shape import SEED
from services.sample.teams import BATCH, Team, insert

# How much of the work is of which kind; a kind of one's own gets a fair part too.
WEIGHTS: Final = {
    "vneid": 24.0,
    "online_filing": 18.0,
    "health_insurance": 13.0,
    "social_account": 10.0,
    "online_payment": 9.0,
    "scam_prevention": 9.0,
    "home_visit": 6.0,
    "digital_signature": 5.0,
    "online_selling": 3.0,
    "village_meeting": 0.9,
    "digital_class": 0.8,
    activity.BOT_HELP: 0.0,
}
OTHER_WEIGHT: Final = 3.0
MOST: Final = {
    "persons": (1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8),
    "turns": (1, 1, 2, 2, 3, 4, 5, 7),
    "sessions": (1,),
}
HOURS: Final = (8, 9, 9, 10, 14, 15, 16, 17, 17, 18, 18, 19, 19, 20)
LATE: Final = 0.08
SPOKEN_ZERO: Final = 0.15
SUNDAY: Final = 6


@dataclass(frozen=True, slots=True)
class Span:
    """The moments that are written now: after one, up to another; `start` is the sample's first day."""

    start: date
    after: datetime
    until: datetime

    def days(self) -> Iterator[date]:
        """Give each day the span touches; what is written late belongs to a day before."""
        day = max(self.start, self.after.date() - timedelta(days=3))
        while day <= self.until.date():
            yield day
            day += timedelta(days=1)

    def holds(self, at: datetime) -> bool:
        """Tell whether something at a moment is written now."""
        return self.after < at <= self.until


@dataclass(frozen=True, slots=True)
class Draws:
    """The kinds to draw from, and how likely each is."""

    kinds: Sequence[Kind]
    sums: Sequence[float]

    @classmethod
    def of(cls, limits: ActivityLimits) -> Draws:
        """Weigh the kinds of the configuration."""
        weights = [WEIGHTS.get(kind.name, OTHER_WEIGHT) for kind in limits.kinds]
        return cls(limits.kinds, list(accumulate(weights)))


async def add_work(
    session: AsyncSession,
    teams: Sequence[Team],
    tempers: dict[int | None, Temper],
    span: Span,
    *,
    limits: ActivityLimits,
) -> int:
    """Write what the teams did in a span; tell how many entries."""
    draws = Draws.of(limits)
    rows = [row for day in span.days() for row in _day(teams, tempers, day, span, draws)]
    await write(session, rows)
    return len(rows)


async def write(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write entries that count, then their sums, by the rule of services.activity: sorted, added up."""
    await insert(session, counts.activity, rows)
    sums: dict[tuple[int, date, str], list[int]] = {}
    for row in rows:
        both = sums.setdefault((row["unit_id"], row["happened_on"], row["kind"]), [0, 0])
        both[0] += row["count"]
        both[1] += 1
    await _add_up(session, sorted(sums.items()))


async def _add_up(session: AsyncSession, sums: Sequence[tuple[tuple[int, date, str], list[int]]]) -> None:
    connection = await session.connection()
    statement = activity_chain.adding_up(connection.dialect.name)
    values = [
        {"unit_id": unit_id, "day": day, "kind": kind, "total": total, "entries": entries}
        for (unit_id, day, kind), (total, entries) in sums
    ]
    for first in range(0, len(values), BATCH):
        await connection.execute(statement, values[first : first + BATCH])


def _day(
    teams: Iterable[Team], tempers: dict[int | None, Temper], day: date, span: Span, draws: Draws
) -> Iterator[dict[str, Any]]:
    """Draw a day of every village; what the span does not hold is drawn too: a day is always the same."""
    rng = Random(f"{SEED}:{day}")  # noqa: S311 - invented figures, no secrets
    for team in teams:
        temper = tempers[team.unit.id]
        times = drawn(rng, temper.on(day, span.start) * len(team.members))
        for _time in range(times):
            row = _entry(rng, team, day, span, draws)
            if span.holds(row["recorded_at"]):
                yield row
        if day.weekday() == SUNDAY and temper.pace < 0.5 and rng.random() < SPOKEN_ZERO and not times:
            row = _row(team, team.members[0], counts.SPOKEN_ZERO, 0, day, _moment(rng, day, span))
            if span.holds(row["recorded_at"]) and temper.on(day, span.start):
                yield row


def _entry(rng: Random, team: Team, day: date, span: Span, draws: Draws) -> dict[str, Any]:
    kind = rng.choices(draws.kinds, cum_weights=draws.sums)[0]
    count = rng.choice(MOST[kind.unit])
    # Some of a team write much more than others; the leader, who comes first, writes least.
    place = int(len(team.members) * rng.random() ** 1.6)
    member = team.members[(place + 1) % len(team.members)]
    is_late = rng.random() < LATE
    at = _moment(rng, day + timedelta(days=rng.randrange(1, 3)) if is_late else day, span)
    return _row(team, member, kind.name, count, day, at, "sentence" if rng.random() < 0.3 else "button")


def _moment(rng: Random, day: date, span: Span) -> datetime:
    clock = time(rng.choice(HOURS), rng.randrange(60), rng.randrange(60))
    return datetime.combine(day, clock, span.until.tzinfo)


def _row(
    team: Team, person_id: int, kind: str, count: int, day: date, at: datetime, source: str = "button"
) -> dict[str, Any]:
    return {
        "unit_id": team.unit.id,
        "person_id": person_id,
        "kind": kind,
        "count": count,
        "happened_on": day,
        "recorded_at": at,
        "source": source,
        "help_request_id": None,
    }
