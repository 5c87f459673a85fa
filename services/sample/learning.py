"""Which lessons were the teams of the sample given, and how far has each person come?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Role
from models.training import TaskState, TrainingTask
from services import people, training, units
from services.lessons import Lesson, Lessons
from services.rules import Rules
from services.sample.shape import SEED, Shape
from services.sample.teams import Team, insert

FRIDAY: Final = 4
LASTS: Final = timedelta(days=12)
# How long ago each lesson was given, and which part of the people passed it since.
GIVEN: Final = ((timedelta(days=42), 0.88), (timedelta(days=9), 0.6))
FAILED: Final = 0.15
BEGUN: Final = 0.3
DONE: Final = TaskState.PASSED

Row = dict[str, Any]


async def add_lessons(
    session: AsyncSession,
    shape: Shape,
    teams: Sequence[Team],
    lessons: Lessons,
    *,
    waits: int,
    rules: Rules,
    now: datetime,
) -> None:
    """Give everybody one lesson weeks ago and one last week; `waits` is who has yet to hear of the second."""
    giver = (await people.holders(session, units.unit_id(shape.province), Role.SUPERVISOR))[0]
    for lesson, (ago, share) in zip(lessons, GIVEN, strict=False):
        opens_at = datetime.combine((now - ago).date(), rules.training.push_at, now.tzinfo)
        task = TrainingTask(
            lesson=lesson.slug,
            unit_id=units.unit_id(shape.province),
            roles=[Role.MEMBER.value, Role.LEADER.value],
            opens_at=opens_at,
            due_on=_friday(opens_at.date() + LASTS),
            assigned_by=giver.id,
            assigned_at=opens_at - timedelta(hours=9),
        )
        session.add(task)
        await session.flush()
        rng = Random(f"{SEED}:lesson:{lesson.slug}")  # noqa: S311 - invented figures, no secrets
        rows = list(_copies(rng, task, lesson, teams, share, now))
        for row in rows:
            if row["person_id"] == waits:
                is_open = task.due_on >= now.date()
                row.update(_untouched(task) if is_open else _copy(rng, task, lesson, waits, DONE))
        await insert(session, training.assignment_table, rows)


def _friday(day: date) -> date:
    return day + timedelta(days=(FRIDAY - day.weekday()) % 7)


def _copies(
    rng: Random, task: TrainingTask, lesson: Lesson, teams: Sequence[Team], share: float, now: datetime
) -> Sequence[Row]:
    """Draw how far everybody came: teams differ more than people do."""
    rows = []
    for team in teams:
        zeal = rng.uniform(0.6, 1.3)
        for person_id in team.members:
            is_through = rng.random() < share * zeal
            state = TaskState.PASSED if is_through else _short_of_it(rng, task, now)
            rows.append(_copy(rng, task, lesson, person_id, state))
    return rows


def _short_of_it(rng: Random, task: TrainingTask, now: datetime) -> TaskState:
    if task.due_on < now.date():
        return TaskState.MISSED
    chance = rng.random()
    return TaskState.FAILED if chance < FAILED else TaskState.OPENED if chance < BEGUN else TaskState.ASSIGNED


def _copy(rng: Random, task: TrainingTask, lesson: Lesson, person_id: int, state: TaskState) -> Row:
    has_opened = state in {TaskState.PASSED, TaskState.FAILED, TaskState.OPENED}
    has_ended = state in {TaskState.PASSED, TaskState.FAILED}
    opened_at = task.opens_at + timedelta(minutes=rng.randrange(5, 9 * 24 * 60 - 600))
    answers = _answers(rng, lesson, is_enough=state is TaskState.PASSED) if has_ended else {}
    pages = len(lesson.pages)
    return {
        "task_id": task.id,
        "person_id": person_id,
        "state": state,
        "page": pages + 1 if has_ended else rng.randrange(1, pages + 1) if has_opened else 0,
        "answers": answers,
        "score": _score(lesson, answers) if has_ended else None,
        "assigned_at": task.assigned_at,
        "opened_at": opened_at if has_opened else None,
        "finished_at": opened_at + timedelta(minutes=lesson.minutes) if has_ended else None,
        "remind_at": None,
        "reminders": 1,
        "is_stuck": False,
    }


def _answers(rng: Random, lesson: Lesson, *, is_enough: bool) -> dict[str, int]:
    """Answer every question, with so many mistakes that the lesson is passed, or just not."""
    allowed = len(lesson.questions) - lesson.pass_mark
    wrong = rng.randrange(allowed + 1) if is_enough else allowed + 1
    missed = set(rng.sample(range(len(lesson.questions)), wrong))
    return {
        str(place + 1): (question.right + (place in missed)) % len(question.answers)
        for place, question in enumerate(lesson.questions)
    }


def _score(lesson: Lesson, answers: dict[str, int]) -> int:
    return sum(answers[str(place)] == one.right for place, one in enumerate(lesson.questions, 1))


def _untouched(task: TrainingTask) -> Row:
    """Let a copy be brought at its opening, as if it had just been given."""
    fresh = {"state": TaskState.ASSIGNED, "page": 0, "answers": {}, "score": None, "reminders": 0}
    return fresh | {"opened_at": None, "finished_at": None, "remind_at": task.opens_at}
