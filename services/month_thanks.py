"""What did each member do in a month, said to that member alone with thanks?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.help import HelpRequest, Rating
from models.people import Assignment, Person, Role
from models.units import Level, Unit
from services import amounts, counts, people
from services.notices import tell
from services.rules import Kind
from services.summary_notices import MonthThanks

TEAM: Final = (Role.MEMBER, Role.LEADER)


async def villages(session: AsyncSession) -> list[int]:
    """List the villages that have a team."""
    statement = (
        select(Assignment.unit_id)
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(col(Assignment.role).in_(TEAM), col(Assignment.until).is_(None), Unit.level == Level.VILLAGE)
        .distinct()
        .order_by(col(Assignment.unit_id))
    )
    return list((await session.exec(statement)).all())


async def thank(
    session: AsyncSession, unit_ids: Sequence[int], month: date, *, kinds: Sequence[Kind], now: datetime
) -> int:
    """Thank everybody in some teams who did anything in a month, once; tell how many.

    Nobody is compared with anybody; who did nothing is left alone.
    """
    first, last = counts.month_of(month)
    statement = (
        select(Activity.person_id, Activity.kind, func.sum(Activity.count))
        .where(
            col(Activity.unit_id).in_(unit_ids),
            col(Activity.happened_on).between(first, last),
            col(Activity.corrected_at).is_(None),
            Activity.kind != counts.SPOKEN_ZERO,
        )
        .group_by(col(Activity.person_id), Activity.kind)
    )
    done: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for person_id, kind, total in (await session.exec(statement)).all():
        if person_id is not None and total:
            done[person_id][kind] = int(total)
    good = await _rated_good(session, list(done), first, last, now=now)
    told = 0
    for person in await _members(session, list(done), unit_ids):
        word = _said(person, month, done[person.id or 0], good.get(person.id or 0, 0), kinds)
        if word is not None:
            subject = f"month:{first.isoformat()}"
            told += await tell(session, person.id or 0, word, subject=subject, now=now)
    return told


def _said(
    person: Person, month: date, done: dict[str, int], good: int, kinds: Sequence[Kind]
) -> MonthThanks | None:
    totals = counts.add_up(done.items(), kinds)
    if not any(totals.values()):
        return None
    # "Most" is said within the first unit of count that has anything: people and turns are not compared.
    of = next(unit for unit in counts.UNITS if totals[unit])
    known = [kind for kind in kinds if kind.unit == of and done.get(kind.name)]
    most = max(known, key=lambda kind: done[kind.name])
    return MonthThanks(
        who=people.called(person),
        month=month.month,
        **totals,
        most=amounts.label(most) if len(done) > 1 else "",
        most_count=done[most.name],
        good=good,
    )


async def _rated_good(
    session: AsyncSession, person_ids: Sequence[int], first: date, last: date, *, now: datetime
) -> dict[int, int]:
    begin = datetime.combine(first, datetime.min.time(), now.tzinfo)
    end = datetime.combine(last, datetime.max.time(), now.tzinfo)
    statement = (
        select(HelpRequest.helper_id, func.count())
        .where(
            col(HelpRequest.helper_id).in_(person_ids),
            col(HelpRequest.closed_at).between(begin, end),
            HelpRequest.rating == Rating.GOOD,
        )
        .group_by(col(HelpRequest.helper_id))
    )
    return {helper: int(n) for helper, n in (await session.exec(statement)).all() if helper is not None}


async def _members(session: AsyncSession, person_ids: Sequence[int], unit_ids: Sequence[int]) -> list[Person]:
    """Load who is still in one of the teams."""
    statement = (
        select(Person)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .where(
            col(Person.id).in_(person_ids),
            col(Assignment.unit_id).in_(unit_ids),
            col(Assignment.role).in_(TEAM),
            col(Assignment.until).is_(None),
        )
        .distinct()
        .order_by(col(Person.id))
    )
    return list((await session.exec(statement)).all())
