"""Where is somebody in a lesson, which questions are left, and when is it passed?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Assignment, Person, Role
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Unit
from services import access, audit, errors, notices, people, team, training, training_notices, units
from services.access import Action, Actor, capitalised
from services.lessons import Lesson, Lessons

REASONS: Final = ("time", "hard", "phone", "other")


@dataclass(frozen=True, slots=True)
class Walk:
    """Somebody's own copy of a lesson, its task, and the lesson itself."""

    row: TaskAssignment
    task: TrainingTask
    lesson: Lesson

    @property
    def id(self) -> int:
        """Tell the assignment's id, which the choices carry."""
        return self.row.id or 0

    @property
    def is_done(self) -> bool:
        """Tell whether the lesson is passed."""
        return self.row.state in training.DONE

    @property
    def page(self) -> int:
        """Tell the page being read, from 1; 0 before the first look and in the quiz."""
        return self.row.page if self.row.page <= len(self.lesson.pages) else 0

    @property
    def question(self) -> int:
        """Tell the question to answer next, from 1; 0 while reading and when all are answered."""
        if self.row.page <= len(self.lesson.pages):
            return 0
        unanswered = (n for n in self._numbers() if str(n) not in self.row.answers)
        return next(unanswered, 0)

    @property
    def score(self) -> int:
        """Count the questions answered rightly."""
        return len(self.lesson.questions) - len(self.not_right())

    def not_right(self) -> list[int]:
        """List the questions without the right answer yet, answered otherwise or not at all."""
        return [n for n in self._numbers() if not self.is_right(n)]

    def is_right(self, number: int) -> bool:
        """Tell whether a question was answered rightly."""
        return self.row.answers.get(str(number)) == self.lesson.questions[number - 1].right

    def pages_again(self) -> list[int]:
        """List the pages that hold what was not answered rightly."""
        return sorted({self.lesson.questions[n - 1].page for n in self.not_right()})

    def left(self) -> tuple[int, int]:
        """Count the pages after this one, and the questions that are left."""
        if self.row.page > len(self.lesson.pages):
            unanswered = sum(str(n) not in self.row.answers for n in self._numbers())
            return 0, unanswered or len(self.not_right())
        # Before the first look nothing is read; on a page, that page is.
        return len(self.lesson.pages) - self.row.page, len(self.lesson.questions)

    def minutes_left(self) -> int:
        """Tell about how many minutes are left, at least one."""
        parts = len(self.lesson.pages) + len(self.lesson.questions)
        return max(1, self.lesson.minutes * sum(self.left()) // parts)

    def _numbers(self) -> range:
        return range(1, len(self.lesson.questions) + 1)


@dataclass(frozen=True, slots=True)
class SetProgress:
    """How many lessons of a set somebody has passed."""

    name: str
    passed: int
    lessons: int


@access.declares(Action.LEARN)
async def walk_of(session: AsyncSession, actor: Actor, assignment_id: int, lessons: Lessons) -> Walk:
    """Load one's own copy of a lesson, locked; raises NotYours, LessonClosed for a lesson taken away."""
    statement = (
        select(TaskAssignment, TrainingTask)
        .join(TrainingTask, col(TrainingTask.id) == col(TaskAssignment.task_id))
        .where(TaskAssignment.id == assignment_id)
        .with_for_update(of=TaskAssignment)
    )
    found = (await session.exec(statement)).first()
    if found is None or found[0].person_id != actor.person_id:
        raise errors.NotYours
    row, task = found
    if task.lesson not in lessons:
        raise errors.LessonClosed
    return Walk(row, task, lessons.get(task.lesson, actor.locale))


def begin(session: AsyncSession, walk: Walk, *, now: datetime) -> None:
    """Open a lesson, or come back to it; an own fact. Raises LessonClosed for one that is passed."""
    if walk.is_done:
        raise errors.LessonClosed
    row = walk.row
    row.opened_at = row.opened_at or now
    row.page = max(row.page, 1)
    row.remind_at = None
    if row.state is TaskState.ASSIGNED:
        row.state = TaskState.OPENED
    session.add(row)


def turn(session: AsyncSession, walk: Walk, page: int, *, now: datetime) -> None:
    """Go on from a page that was read; tapped twice, or in an old message, it changes nothing."""
    begin(session, walk, now=now)
    if page == walk.row.page and walk.page:
        walk.row.page = page + 1


async def answer(session: AsyncSession, walk: Walk, number: int, choice: int, *, now: datetime) -> bool:
    """Take an answer, once; tell whether it was the last one. A pass is written and the leader told."""
    begin(session, walk, now=now)
    row = walk.row
    is_asked = 1 <= number <= len(walk.lesson.questions) and walk.row.page > len(walk.lesson.pages)
    if not is_asked or choice >= len(walk.lesson.questions[number - 1].answers):
        raise errors.LessonClosed
    if str(number) in row.answers:
        return False
    row.answers = {**row.answers, str(number): choice}
    row.page = len(walk.lesson.pages) + (walk.question or number)
    session.add(row)
    if walk.question:
        return False
    row.score = walk.score
    if walk.score >= walk.lesson.pass_mark:
        await _pass(session, walk, now=now)
    elif row.state is not TaskState.MISSED:
        row.state = TaskState.FAILED
    await session.flush()
    return True


async def _pass(session: AsyncSession, walk: Walk, *, now: datetime) -> None:
    row = walk.row
    is_late = now.date() > walk.task.due_on
    row.state = TaskState.LATE if is_late else TaskState.PASSED
    row.finished_at = now
    row.remind_at = None
    await session.flush()
    audit.record(session, row.person_id, "lesson_passed", "task_assignment", row.id, now=now, fields="state")
    unit = await team_of(session, walk)
    if unit is None:
        return
    person = await people.person_of(session, row.person_id)
    counted = await training.progress_of(session, walk.task, unit)
    notice = training_notices.LessonPassed(
        who=capitalised(people.called(person)),
        title=walk.lesson.title,
        unit=units.display_name(unit),
        passed=counted.passed,
        people=counted.people,
        is_late=is_late,
    )
    for leader in await people.holders(session, units.unit_id(unit), Role.LEADER):
        if leader.id != person.id:
            await notices.tell(session, leader.id or 0, notice, subject=f"assignment:{row.id}", now=now)


def redo(session: AsyncSession, walk: Walk, *, now: datetime) -> None:
    """Ask again what was not answered rightly; right answers stay."""
    begin(session, walk, now=now)
    walk.row.answers = {n: choice for n, choice in walk.row.answers.items() if walk.is_right(int(n))}
    walk.row.page = len(walk.lesson.pages) + (walk.question or 1)


def remind_later(session: AsyncSession, walk: Walk, at: time, *, days: int, now: datetime) -> datetime:
    """Promise to bring the lesson back at an hour, today or tomorrow; tell the moment."""
    if walk.is_done:
        raise errors.LessonClosed
    moment = datetime.combine(now.date() + timedelta(days=days), at, now.tzinfo)
    walk.row.remind_at = moment if moment > now else moment + timedelta(days=1)
    session.add(walk.row)
    return walk.row.remind_at


async def be_stuck(session: AsyncSession, walk: Walk, reason: str, *, now: datetime) -> list[Person]:
    """Note that something keeps somebody from a lesson, tell the leader, stop reminders; say who was told."""
    if walk.is_done or reason not in REASONS:
        raise errors.LessonClosed
    walk.row.is_stuck = True
    walk.row.remind_at = None
    session.add(walk.row)
    await session.flush()
    person_id = walk.row.person_id
    audit.record(session, person_id, "lesson_stuck", "task_assignment", walk.id, now=now, fields="is_stuck")
    unit = await team_of(session, walk)
    if unit is None:
        return []
    person = await people.person_of(session, person_id)
    who = capitalised(people.called(person))
    notice = training_notices.LessonStuck(who=who, title=walk.lesson.title, reason=reason)
    subject = f"assignment:{walk.id}:{reason}"
    told = await team.deciders_of(session, unit)
    if any(one.id == person.id for one in told):
        told = await team.supervisors_of(session, unit)
    for one in told:
        await notices.tell(session, one.id or 0, notice, subject=subject, now=now)
    return told


async def team_of(session: AsyncSession, walk: Walk) -> Unit | None:
    """Find the team in which somebody was given the lesson."""
    area = await units.unit_of(session, walk.task.unit_id)
    statement = (
        select(Unit)
        .join(Assignment, col(Assignment.unit_id) == col(Unit.id))
        .where(
            Assignment.person_id == walk.row.person_id,
            col(Assignment.role).in_(training.TEAM),
            col(Assignment.until).is_(None),
            units.within(area),
        )
        .order_by(col(Assignment.since), col(Assignment.id))
    )
    return (await session.exec(statement)).first()


async def set_progress(
    session: AsyncSession, person_id: int, lesson: Lesson, lessons: Lessons
) -> SetProgress | None:
    """Count how far somebody is in the set of a lesson; None for a set of one."""
    whole = lessons.in_set(lesson.set)
    if len(whole) < 2:
        return None
    passed = await training.passed_lessons(session, person_id)
    return SetProgress(lesson.set, sum(one.slug in passed for one in whole), len(whole))
