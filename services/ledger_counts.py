"""Which counts of a month stand, and whose are they: shared entries divided, solved requests once?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity, ActivityShare
from models.help import HelpRequest, HelpState
from models.people import Assignment, Person, Role
from models.review import CountReview, ReviewState
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Unit
from services import activity, activity_export, counts, help_outcome, units
from services.rules import ActivityLimits

TEAM: Final = (Role.LEADER, Role.MEMBER)
PASSED: Final = (TaskState.PASSED, TaskState.LATE)


class Whose(NamedTuple):
    """A person in a village; without a person it is whoever was forgotten there."""

    person_id: int | None
    unit_id: int


@dataclass(slots=True)
class Work:
    """What one person did in one village; `together` is of how many entries it is a part only."""

    name: str = ""
    role: Role | None = None
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    together: int = 0
    solved: int = 0
    lessons: int = 0


def counted_until(month: date, limits: ActivityLimits, *, now: datetime) -> date:
    """Tell the last day whose entries are verified; a day before the month if none is yet.

    A month that is over counts whole: teams are paid in the first days of the next one, and its last week
    is locked only later. In the month that runs, only weeks that are locked count.
    """
    first, last = counts.month_of(month)
    if last < now.date():
        return last
    locked = counts.locked_weeks(limits, 1, now=now)[0].sunday
    return max(min(locked, last), first - timedelta(days=1))


def standing(unit: Unit, first: date, last: date) -> list[Any]:
    """Give the conditions on entries that were neither corrected nor undone; spoken zeros are none."""
    return [
        units.within(unit),
        col(Activity.corrected_at).is_(None),
        col(Activity.kind) != counts.SPOKEN_ZERO,
        col(Activity.happened_on).between(first, last),
    ]


def is_right() -> Any:
    """Give the condition that nobody has to look at an entry, or somebody did and let it stand."""
    return col(CountReview.id).is_(None) | (col(CountReview.state) == ReviewState.RIGHT)


def is_solved() -> Any:
    """Give the condition that a request is not open again; one whose citizen was forgotten has gone."""
    return col(HelpRequest.id).is_(None) | (col(HelpRequest.state) == HelpState.CLOSED)


def helper() -> Any:
    """Give whose solved request it is: whoever closed it last, if it was opened again meanwhile."""
    return sa.func.coalesce(col(HelpRequest.helper_id), col(Activity.person_id))


def once() -> Any:
    """Give how often an entry counts as a solved request: what the program wrote, once a request."""
    return sa.case((col(Activity.source) == help_outcome.SOURCE, 1), else_=col(Activity.count))


async def by_person(
    session: AsyncSession, unit: Unit, month: date, until: date, *, now: datetime
) -> dict[Whose, Work]:
    """Add up a month for everybody who was in a team of a unit then or did what counts there.

    Entries count until a day, lessons whenever they were passed in the month.
    """
    first, last = counts.month_of(month)
    found: dict[Whose, Work] = defaultdict(Work)
    await _add_members(session, found, unit, first, last, now=now)
    await _add_work(session, found, unit, first, until)
    await _add_solved(session, found, unit, first, until)
    return found


async def _add_work(
    session: AsyncSession, found: dict[Whose, Work], unit: Unit, first: date, until: date
) -> None:
    """Add each one's part of each entry: a shared one in equal parts, what is left over to the writer."""
    entry = (
        sa.select(
            col(Activity.id),
            col(Activity.person_id),
            col(Activity.unit_id),
            col(Activity.kind),
            col(Activity.count),
            activity_export.mates().label("mates"),
        )
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .outerjoin(CountReview, col(CountReview.activity_id) == col(Activity.id))
        .where(*standing(unit, first, until), is_right(), col(Activity.kind) != activity.BOT_HELP)
        .subquery()
    )
    part = entry.c.count // (entry.c.mates + 1)
    own = sa.select(
        entry.c.person_id,
        entry.c.unit_id,
        entry.c.kind,
        sa.func.sum(entry.c.count - entry.c.mates * part).label("total"),
        sa.func.sum(sa.case((entry.c.mates > 0, 1), else_=0)).label("together"),
    ).group_by(entry.c.person_id, entry.c.unit_id, entry.c.kind)
    taken = (
        sa.select(
            col(ActivityShare.person_id),
            entry.c.unit_id,
            entry.c.kind,
            sa.func.sum(part).label("total"),
            sa.func.count().label("together"),
        )
        .join(ActivityShare, col(ActivityShare.activity_id) == entry.c.id)
        .where(col(ActivityShare.declined_at).is_(None))
        .group_by(col(ActivityShare.person_id), entry.c.unit_id, entry.c.kind)
    )
    for statement in (own, taken):
        for row in await _named(session, statement):
            work = _of(found, row)
            work.kinds[row.kind] += int(row.total)
            work.together += int(row.together)


async def _add_solved(
    session: AsyncSession, found: dict[Whose, Work], unit: Unit, first: date, until: date
) -> None:
    statement = (
        sa.select(helper().label("person_id"), col(Activity.unit_id), sa.func.sum(once()).label("total"))
        .join(Unit, col(Unit.id) == col(Activity.unit_id))
        .outerjoin(CountReview, col(CountReview.activity_id) == col(Activity.id))
        .outerjoin(HelpRequest, col(HelpRequest.id) == col(Activity.help_request_id))
        .where(
            *standing(unit, first, until), is_right(), is_solved(), col(Activity.kind) == activity.BOT_HELP
        )
        .group_by(helper(), col(Activity.unit_id))
    )
    for row in await _named(session, statement):
        _of(found, row).solved += int(row.total)


async def _named(session: AsyncSession, statement: Any) -> list[Any]:
    """Run a statement that gives persons, with their names beside."""
    sums = statement.subquery()
    named = sa.select(*sums.c, col(Person.name).label("name")).outerjoin(
        Person, col(Person.id) == sums.c.person_id
    )
    return list((await (await session.connection()).execute(named)).all())


def _of(found: dict[Whose, Work], row: Any) -> Work:
    work = found[Whose(row.person_id, row.unit_id)]
    work.name = row.name or ""
    return work


async def _add_members(
    session: AsyncSession,
    found: dict[Whose, Work],
    unit: Unit,
    first: date,
    last: date,
    *,
    now: datetime,
) -> None:
    """Add whoever was in a team at any time of the month, in the role held last, with lessons passed.

    A lesson belongs to no village: it stands where somebody joined first, and nowhere else.
    """
    begin = datetime.combine(first, time(), now.tzinfo)
    end = datetime.combine(last + timedelta(days=1), time(), now.tzinfo)
    held, other = sa.inspect(Assignment).local_table, sa.inspect(Assignment).local_table.alias("other")

    def in_month(one: Any) -> Any:
        is_held = one.c.role.in_(TEAM) & (one.c.since < end)
        return is_held & (one.c.until.is_(None) | (one.c.until > begin))

    earliest = sa.select(sa.func.min(other.c.id)).where(
        other.c.person_id == held.c.person_id, in_month(other)
    )
    lessons = _lessons(begin, end).subquery()
    statement = (
        sa.select(
            held.c.person_id,
            held.c.unit_id,
            held.c.role,
            col(Person.name).label("name"),
            (held.c.id == earliest.correlate(held).scalar_subquery()).label("is_home"),
            lessons.c.passed,
        )
        .join(Unit, col(Unit.id) == held.c.unit_id)
        .join(Person, col(Person.id) == held.c.person_id)
        .outerjoin(lessons, lessons.c.person_id == held.c.person_id)
        .where(units.within(unit), in_month(held))
        .order_by(held.c.since, held.c.id)
    )
    for row in (await (await session.connection()).execute(statement)).all():
        work = _of(found, row)
        work.role = row.role
        if row.is_home:
            work.lessons += row.passed or 0


def _lessons(begin: datetime, end: datetime) -> Any:
    """Give how many lessons each passed in a span for the first time: passed again is not paid again."""
    first_passed = (
        sa.select(
            col(TaskAssignment.person_id),
            col(TrainingTask.lesson),
            sa.func.min(col(TaskAssignment.finished_at)).label("at"),
        )
        .join(TrainingTask, col(TrainingTask.id) == col(TaskAssignment.task_id))
        .where(col(TaskAssignment.state).in_(PASSED))
        .group_by(col(TaskAssignment.person_id), col(TrainingTask.lesson))
        .subquery()
    )
    return (
        sa.select(first_passed.c.person_id, sa.func.count().label("passed"))
        .where(first_passed.c.at >= begin, first_passed.c.at < end)
        .group_by(first_passed.c.person_id)
    )
