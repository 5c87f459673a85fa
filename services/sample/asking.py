"""Which citizens of the sample asked for a person, who helped, how was it, and who still waits?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from models.help import HelpRequest, HelpState, Rating, Rung
from services import activity, help_hours, help_outcome
from services.guides import Guide, Library
from services.rules import Rules
from services.sample.rhythm import Temper, drawn
from services.sample.shape import SEED, Shape
from services.sample.teams import BATCH, Team
from services.sample.work import Span, write

ASKED_A_DAY: Final = 0.06
SHOWN_MORE: Final = 3.0
HOURS: Final = (7, 8, 8, 9, 10, 14, 15, 16, 18, 18, 19)
RATED: Final = 0.7
RATINGS: Final = (*[Rating.GOOD] * 17, *[Rating.PARTLY] * 2, Rating.NOT_YET)
FROM_NEXT: Final = 0.07
SCAM: Final = "lua_dao"
OFTEN: Final = (
    "vneid_kich_hoat",
    "otp_khong_nhan",
    "vneid_quen_mat_khau",
    "bhyt_vneid",
    "tai_khoan_asxh",
    "tam_tru",
)
WAITING: Final = 60  # of so many villages one has somebody who has waited for over a day
BEING_HELPED: Final = 90
LONGEST_WAIT: Final = 110

request: Any = sa.inspect(HelpRequest).local_table
Row = dict[str, Any]


def _wishes(guides: Library) -> list[Guide]:
    """List the guides people get stuck in, those of phones and codes many times."""
    known = [guide for guide in guides if guide.steps and guide.slug != SCAM]
    return known + [guide for guide in known if guide.slug in OFTEN for _time in range(6)]


async def add_helped(
    session: AsyncSession,
    shape: Shape,
    teams: Sequence[Team],
    tempers: dict[int | None, Temper],
    span: Span,
    *,
    guides: Library,
) -> int:
    """Write the requests that ended in a span, each counted for the helper's village; tell how many."""
    wishes = _wishes(guides)
    asked = [
        (row, team) for day in span.days() for row, team in _day(shape, teams, tempers, day, span, wishes)
    ]
    ids = await _insert(session, [row for row, _team in asked])
    counted = [_counted(row, team, request_id) for request_id, (row, team) in zip(ids, asked, strict=True)]
    await write(session, counted)
    return len(ids)


async def _insert(session: AsyncSession, rows: Sequence[Row]) -> list[int]:
    statement = sa.insert(request).returning(request.c.id, sort_by_parameter_order=True)
    connection = await session.connection()
    ids: list[int] = []
    for first in range(0, len(rows), BATCH):
        ids += (await connection.execute(statement, rows[first : first + BATCH])).scalars()
    return ids


def _day(
    shape: Shape,
    teams: Sequence[Team],
    tempers: dict[int | None, Temper],
    day: date,
    span: Span,
    wishes: Sequence[Guide],
) -> Iterator[tuple[Row, Team]]:
    rng = Random(f"{SEED}:help:{day}")  # noqa: S311 - invented figures, no secrets
    shown = {unit.id for unit in shape.shown}
    for place, team in enumerate(teams):
        mean = ASKED_A_DAY * (SHOWN_MORE if team.unit.id in shown else 1.0)
        for _time in range(drawn(rng, mean)):
            # The next village is most often of the same commune; otherwise the team helps by itself.
            beside = teams[(place + 1) % len(teams)]
            is_beside = rng.random() < FROM_NEXT and beside.unit.parent_id == team.unit.parent_id
            helping = beside if is_beside else team
            row = _helped(rng, team, helping, day, span, wishes)
            is_heard = tempers[helping.unit.id].on(day, span.start) > 0
            if is_heard and team.citizens and span.holds(row["closed_at"]):
                yield row, helping


def _helped(rng: Random, team: Team, helping: Team, day: date, span: Span, wishes: Sequence[Guide]) -> Row:
    """Draw one request from asking to its end."""
    asked_at = datetime.combine(day, time(rng.choice(HOURS), rng.randrange(60)), span.until.tzinfo)
    claimed_at = asked_at + timedelta(minutes=1 + min(90, rng.expovariate(1 / 14)))
    answered_at = claimed_at + timedelta(minutes=rng.uniform(0.5, 6))
    closed_at = answered_at + timedelta(minutes=rng.uniform(4, 45))
    is_rated = rng.random() < RATED
    return _asked(rng, team, wishes, asked_at) | {
        "state": HelpState.CLOSED,
        "rung": Rung.TEAM if helping is team else Rung.NEIGHBOUR,
        "helper_id": rng.choice(helping.members),
        "claimed_at": claimed_at,
        "answered_at": answered_at,
        "spoke_at": closed_at,
        "closed_at": closed_at,
        "rating": rng.choice(RATINGS) if is_rated else None,
        "rated_at": closed_at if is_rated else None,
    }


def _asked(
    rng: Random, team: Team, wishes: Sequence[Guide], at: datetime, *, place: int | None = None
) -> Row:
    """Draw who asks, and about which step of which guide; every column is there, so that rows are alike."""
    guide = rng.choice(wishes)
    drawn_place = rng.randrange(max(1, len(team.citizens)))
    citizen = (team.citizens or (0,))[drawn_place if place is None else place]
    return {
        "person_id": citizen,
        "unit_id": team.unit.id,
        "guide": guide.slug,
        "step": rng.randrange(1, len(guide.steps) + 1),
        "topic": guide.title,
        "question": "",
        "state": HelpState.OPEN,
        "rung": Rung.TEAM,
        "asked_at": at,
        "next_word_at": None,
        "helper_id": None,
        "claimed_at": None,
        "answered_at": None,
        "waiting_since": None,
        "spoke_at": None,
        "are_photos_fine": False,
        "is_urgent": False,
        "closed_at": None,
        "rating": None,
        "rated_at": None,
    }


def _counted(row: Row, team: Team, request_id: int) -> Row:
    return {
        "unit_id": team.unit.id,
        "person_id": row["helper_id"],
        "kind": activity.BOT_HELP,
        "count": 1,
        "happened_on": row["closed_at"].date(),
        "recorded_at": row["closed_at"],
        "source": help_outcome.SOURCE,
        "help_request_id": request_id,
    }


async def add_waiting(
    session: AsyncSession,
    shape: Shape,
    teams: Sequence[Team],
    *,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> int:
    """Let some citizens wait for over a day, and some be helped right now; tell how many wait."""
    rng = Random(f"{SEED}:waiting")  # noqa: S311 - invented figures, no secrets
    wishes = _wishes(guides)
    here = [team for team in teams if team.unit.id in {unit.id for unit in shape.shown[2:]}]
    others = [team for team in teams if team.unit.parent_id != shape.commune.id and team.citizens]
    waiting = [*here[2:4], *rng.sample(others, len(others) // WAITING)]
    rows = [_waits(rng, team, wishes, rules, now) for team in waiting]
    rest = [team for team in others if team not in waiting]
    rows += [
        _is_helped(rng, team, wishes, rules, now) for team in rng.sample(rest, len(rest) // BEING_HELPED)
    ]
    await _insert(session, rows)
    return len(waiting)


def _waits(rng: Random, team: Team, wishes: Sequence[Guide], rules: Rules, now: datetime) -> Row:
    """Nobody of the teams nor of the commune took it; whoever asked hears again by the next noon."""
    at = now - timedelta(hours=rng.uniform(25, LONGEST_WAIT))
    row = _asked(rng, team, wishes, at.replace(second=0, microsecond=0), place=0)
    return row | {"rung": Rung.ABOVE, "next_word_at": help_hours.next_noon(now, rules.hours)}


def _is_helped(rng: Random, team: Team, wishes: Sequence[Guide], rules: Rules, now: datetime) -> Row:
    asked_at = now - timedelta(minutes=rng.randrange(12, 40))
    claimed_at = asked_at + timedelta(minutes=rng.randrange(2, 9))
    spoke_at = now - timedelta(minutes=rng.randrange(1, 3))
    return _asked(rng, team, wishes, asked_at, place=0) | {
        "state": HelpState.CLAIMED,
        "helper_id": team.members[-1],
        "claimed_at": claimed_at,
        "answered_at": claimed_at + timedelta(minutes=1),
        "spoke_at": spoke_at,
        "next_word_at": help_hours.team_time(spoke_at, rules.help.idle_minutes, rules.hours),
    }
