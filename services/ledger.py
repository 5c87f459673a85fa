"""What did each member do in a month that was verified, and what are they paid for it?

An entry is verified when it stands (neither corrected nor undone), nobody has to look at it any more, and its
week is locked or the month is over; `ledger_counts.counted_until` says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.people import Role
from models.review import CountReview
from models.units import Level, Unit
from services import access, activity, audit, counts, errors, ledger_counts, ledger_entries, summary, units
from services.access import Action, Actor, given_name
from services.apart import Apart
from services.folding import fold
from services.ledger_counts import Whose, Work
from services.ledger_entries import LedgerEntry
from services.rules import ActivityLimits, Kind, Rules

WITH_ENTRIES: Final = (Level.COMMUNE, Level.VILLAGE)
RANK: Final = {Role.LEADER: 0, Role.MEMBER: 1, None: 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One member in one village; nobody can be paid for what a forgotten one did, so `amount` is 0 there."""

    person_id: int | None
    name: str
    unit_id: int
    place: str
    commune: str
    role: Role | None
    kinds: dict[str, int]
    together: int
    solved: int
    lessons: int
    amount: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """A month of an area: counted until a day, changing until another (None: it stands fast).

    `waiting` and `unlocked` are entries that do not count yet. `entries` is None where the area is so large
    that the sums say more than the rows.
    """

    unit_id: int
    name: str
    is_area: bool
    first: date
    last: date
    until: date
    changes_until: date | None
    made_at: datetime
    kinds: tuple[Kind, ...]
    solved_rate: int
    lesson_rate: int
    lines: tuple[Line, ...]
    waiting: int
    unlocked: int
    entries: tuple[LedgerEntry, ...] | None


@access.declares(Action.EXPORT)
async def take(
    session: AsyncSession,
    actor: Actor,
    unit_id: int,
    month: date,
    *,
    apart: Apart,
    rules: Rules,
    now: datetime,
) -> Ledger:
    """Make the ledger of an area somebody may export, and note that they did.

    Above the commune it comes without the single entries. Raises OutsideArea, and NotYours for a month to
    come.
    """
    unit = await summary.place_of(session, actor, unit_id)
    actor.require(Action.EXPORT, unit_id=unit_id, path=unit.path)
    if month > now.date():
        raise errors.NotYours
    has_entries = unit.level in WITH_ENTRIES
    limits = rules.activity
    made = await apart(
        lambda reading: gather(reading, unit, month, limits=limits, with_entries=has_entries, now=now)
    )
    note_export(session, actor.person_id, made, now=now)
    return made


def note_export(session: AsyncSession, actor_id: int | None, made: Ledger, *, now: datetime) -> None:
    """Write down that a ledger left the program, and of which month."""
    month = f"{made.first:%Y-%m}"
    audit.record(session, actor_id, "ledger_exported", "unit", made.unit_id, now=now, fields=month)


async def gather(
    session: AsyncSession,
    unit: Unit,
    month: date,
    *,
    limits: ActivityLimits,
    with_entries: bool,
    now: datetime,
) -> Ledger:
    """Make a ledger without asking who may have it: for the operator's command line."""
    first, last = counts.month_of(month)
    until = ledger_counts.counted_until(month, limits, now=now)
    works = await ledger_counts.by_person(session, unit, month, until, now=now)
    kinds = shown_kinds(works.values(), limits)
    waiting, unlocked = await _uncounted(session, unit, first, last, until)
    entries = None
    if with_entries:
        entries = await ledger_entries.read(session, unit, first, last, until, kinds=limits.kinds)
    changes = counts.week_of(last).sunday + timedelta(days=limits.lock_days)
    return Ledger(
        unit_id=units.unit_id(unit),
        name=units.display_name(unit),
        is_area=unit.level not in WITH_ENTRIES,
        first=first,
        last=last,
        until=until,
        changes_until=None if counts.is_locked(last, limits, now=now) else changes,
        made_at=now,
        kinds=kinds,
        solved_rate=limits.solved_rate,
        lesson_rate=limits.lesson_rate,
        lines=await _lines(session, works, kinds, limits),
        waiting=waiting,
        unlocked=unlocked,
        entries=entries,
    )


def shown_kinds(works: Any, limits: ActivityLimits) -> tuple[Kind, ...]:
    """List the kinds that are paid or were used; one that has left the configuration comes last.

    Solved requests have a column of their own.
    """
    used = {name for work in works for name, count in work.kinds.items() if count}
    known = [kind for kind in limits.kinds if kind.name != activity.BOT_HELP]
    strange = sorted(used - {kind.name for kind in known})
    return (
        *(kind for kind in known if kind.rate or kind.name in used),
        *(Kind(name, name, "turns") for name in strange),
    )


def amount(work: Work, kinds: Sequence[Kind], limits: ActivityLimits) -> int:
    """Reckon what somebody is paid, in whole đồng."""
    paid = sum(work.kinds.get(kind.name, 0) * kind.rate for kind in kinds)
    return paid + work.solved * limits.solved_rate + work.lessons * limits.lesson_rate


async def _lines(
    session: AsyncSession, works: dict[Whose, Work], kinds: Sequence[Kind], limits: ActivityLimits
) -> tuple[Line, ...]:
    """Write the lines by commune and village, the leader first, whoever was forgotten last."""
    villages = await ledger_entries.places(session, {whose.unit_id for whose in works})
    lines = []
    for whose, work in works.items():
        place = villages[whose.unit_id]
        line = Line(
            person_id=whose.person_id,
            name=work.name,
            unit_id=whose.unit_id,
            place=place.name,
            commune=place.commune,
            role=work.role,
            kinds=dict(work.kinds),
            together=work.together,
            solved=work.solved,
            lessons=work.lessons,
            amount=0 if whose.person_id is None else amount(work, kinds, limits),
        )
        lines.append(line)
    return tuple(sorted(lines, key=_order))


def _order(line: Line) -> tuple[Any, ...]:
    where = _numbered(line.commune), _numbered(line.place), line.unit_id
    return *where, line.person_id is None, RANK[line.role], fold(given_name(line.name)), line.name


def _numbered(name: str) -> list[tuple[int, str]]:
    """Order names as people count: thôn 2 before thôn 10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", fold(name))]


async def _uncounted(
    session: AsyncSession, unit: Unit, first: date, last: date, until: date
) -> tuple[int, int]:
    """Count the entries that wait for a look, and those of weeks that are not locked."""
    is_late = col(Activity.happened_on) > until
    statement = (
        select(is_late, sa.func.count())
        .select_from(Activity)
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .join(CountReview, col(CountReview.activity_id) == col(Activity.id), isouter=True)
        .where(*ledger_counts.standing(unit, first, last), is_late | ~ledger_counts.is_right())
        .group_by(is_late)
    )
    found = {bool(late): n for late, n in (await session.exec(statement)).all()}
    return found.get(False, 0), found.get(True, 0)
