"""A month of a team's work for the tests of its ledger: entries, shares, looks, requests, lessons."""

from __future__ import annotations

from datetime import date, datetime

from models.activity import ActivityShare
from models.help import HelpRequest, HelpState
from models.review import CountReview, ReviewReason
from models.training import TaskAssignment, TaskState, TrainingTask
from services import activity, help_outcome, ledger, units
from services.rules import ActivityLimits, Kind
from tests.conftest import ZONE
from tests.factories import make_person

MONTH = date(2026, 11, 1)
TENTH = date(2026, 11, 10)
TWELFTH = datetime(2026, 11, 12, 9, 0, tzinfo=ZONE)
OVER = datetime(2026, 12, 2, 9, 0, tzinfo=ZONE)
RUNNING = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
LIMITS = ActivityLimits(
    kinds=(
        Kind("vneid", "Cài VNeID", "persons", rate=5000),
        Kind("online_filing", "Nộp hồ sơ qua mạng", "turns", rate=3000),
        Kind("health_insurance", "Làm BHYT", "persons"),
        Kind("bot_help", "Giúp qua Tổ Số", "turns"),
    ),
    solved_rate=10_000,
    lesson_rate=20_000,
)


async def write(session, village, who, count, *, day=TENTH, kind="vneid", unit=None, **more):
    return await activity.record(
        session,
        unit_id=units.unit_id(unit or village.unit),
        person_id=village.members[who].id if who else None,
        kind=kind,
        count=count,
        happened_on=day,
        now=OVER,
        **more,
    )


async def share(session, village, entry_id, *mates, declined=None):
    for who in mates:
        mate = village.members[who].id or 0
        session.add(ActivityShare(activity_id=entry_id, person_id=mate, told_at=OVER, declined_at=declined))
    await session.flush()


async def doubt(session, village, entry_id, state):
    session.add(
        CountReview(
            activity_id=entry_id,
            unit_id=village.unit.id or 0,
            reason=ReviewReason.HIGH,
            state=state,
            made_at=OVER,
        )
    )
    await session.flush()


async def solve(session, village, who, *, helper=None, state=HelpState.CLOSED, day=TENTH):
    """Let somebody have closed a request, and another helper have it now, if one is given."""
    citizen = await make_person(session, "Phan Văn Kín", unit=village.unit)
    request = HelpRequest(
        person_id=citizen.id or 0,
        unit_id=village.unit.id or 0,
        state=state,
        helper_id=village.members[helper or who].id if state != HelpState.OPEN else None,
        asked_at=OVER,
    )
    session.add(request)
    await session.flush()
    source = {"source": help_outcome.SOURCE, "help_request_id": request.id}
    await write(session, village, who, 1, kind="bot_help", day=day, **source)
    return citizen, request


async def passed(session, village, who, lesson, day, *, state=TaskState.PASSED):
    at = datetime.combine(day, datetime.min.time(), ZONE)
    task = TrainingTask(
        lesson=lesson,
        unit_id=village.commune.id or 0,
        roles=["member"],
        opens_at=at,
        due_on=day,
        assigned_at=at,
    )
    session.add(task)
    await session.flush()
    mine = village.members[who].id or 0
    done = TaskAssignment(task_id=task.id or 0, person_id=mine, state=state, assigned_at=at, finished_at=at)
    session.add(done)
    await session.flush()


async def made(session, unit, *, now=OVER, month=MONTH, limits=LIMITS, with_entries=True):
    return await ledger.gather(session, unit, month, limits=limits, with_entries=with_entries, now=now)


def of(found, who):
    return next(line for line in found.lines if line.name.endswith(who))
