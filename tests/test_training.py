"""A lesson reaches who shall learn it, is learnt in any order of days, and its figures add up."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from bot.library import ROOT
from models.people import Assignment, Role
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Level
from services import errors, training, training_assign, training_walk
from services.lessons import Lessons
from tests.factories import actor_for, make_person, make_unit, make_village_with_team
from tests.learning import EVENING, LESSON, close, copy_of, give, learn, reachable, told, walk


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    return Lessons.load(ROOT / "lessons")


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


@pytest.fixture
async def minh(session, village):
    """The supervisor of the commune."""
    person = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    return await actor_for(session, person)


async def test_a_lesson_goes_to_every_member_and_leader_of_the_area(session, village, minh, now):
    assert await give(session, minh, village.commune, now) == 5
    rows = (await session.exec(select(TaskAssignment))).all()
    assert {row.state for row in rows} == {TaskState.ASSIGNED}
    assert {row.person_id for row in rows} == {village.leader.id, *(m.id for m in village.members.values())}


async def test_a_lesson_opens_this_evening_or_the_next(now):
    assert training_assign.opens_at(EVENING, now=now) == now.replace(hour=19, minute=0)
    late = now.replace(hour=19, minute=0)
    assert training_assign.opens_at(EVENING, now=late) == late + timedelta(days=1)


async def test_who_left_or_is_elsewhere_is_not_given_the_lesson(session, village, minh, now):
    elsewhere = await make_unit(session, "Phú Xuân", parent=village.district, level=Level.COMMUNE)
    far = await make_unit(session, "Tân Hội", parent=elsewhere)
    await make_person(session, "Nguyễn Xa", unit=far, role=Role.MEMBER)
    nam = village.members["Nam"].id
    gone = sa.update(Assignment).where(col(Assignment.person_id) == nam).values(until=now)
    await (await session.connection()).execute(gone)
    assert await give(session, minh, village.commune, now) == 4


async def test_leaders_alone_can_be_given_a_lesson(session, village, minh, now):
    assert await give(session, minh, village.commune, now, roles=(Role.LEADER,)) == 1
    assert (await copy_of(session, village.leader)).state is TaskState.ASSIGNED


async def test_who_has_passed_is_left_out_and_who_is_learning_too(session, village, minh, lessons, now):
    await give(session, minh, village.unit, now)
    await learn(session, village.members["Lan"], lessons, now=now)
    later = now + timedelta(hours=1)
    assert await training_assign.audience(session, minh, village.unit, LESSON) == training_assign.Audience(
        people=5, passed=1, learning=4
    )
    with pytest.raises(errors.NobodyToLearn):
        await give(session, minh, village.unit, later)
    await close(session, now=now + timedelta(days=15))
    assert await give(session, minh, village.unit, now + timedelta(days=15)) == 4


async def test_a_second_tap_gives_nothing_twice(session, village, minh, now):
    await give(session, minh, village.unit, now)
    assert await give(session, minh, village.unit, now + timedelta(seconds=1)) is None
    assert len((await session.exec(select(TrainingTask))).all()) == 1


@pytest.mark.parametrize(("days", "refusal"), [(0, errors.DueTooSoon), (91, errors.DueTooFar)])
async def test_the_last_day_lies_between_tomorrow_and_three_months(
    session, village, minh, now, days, refusal
):
    with pytest.raises(refusal):
        await give(session, minh, village.unit, now, days=days)


@pytest.mark.parametrize(
    ("role", "is_inside", "may"),
    [
        (Role.SUPERVISOR, True, True),
        (Role.SUPERVISOR, False, False),
        (Role.LEADER, True, False),
        (Role.MEMBER, True, False),
        (Role.OPERATOR, True, False),
        (None, True, False),
    ],
)
async def test_only_the_supervisor_of_the_area_gives_lessons(session, village, now, role, is_inside, may):
    other = await make_unit(session, "Lộc Thuận", parent=village.province, level=Level.DISTRICT)
    unit = village.commune if is_inside else other
    actor = await actor_for(session, await make_person(session, "Ai Đó", unit=unit, role=role))
    if may:
        assert await give(session, actor, village.unit, now) == 5
        return
    with pytest.raises(errors.OutsideArea):
        await give(session, actor, village.unit, now)
    with pytest.raises(errors.OutsideArea):
        await training_assign.audience(session, actor, village.unit, LESSON)


async def test_a_lesson_belongs_to_who_was_given_it(session, village, minh, lessons, now):
    await give(session, minh, village.unit, now)
    lans = await copy_of(session, village.members["Lan"])
    for stranger in (village.members["Nam"], village.leader):
        with pytest.raises(errors.NotYours):
            await training_walk.walk_of(session, await actor_for(session, stranger), lans.id, lessons)
    with pytest.raises(errors.NotYours):
        await training_walk.walk_of(session, await actor_for(session, stranger), 999, lessons)


async def test_enough_right_answers_pass_and_the_leader_hears_of_it(session, village, minh, lessons, now):
    await reachable(session, village.leader)
    await give(session, minh, village.unit, now)
    one = await learn(session, village.members["Lan"], lessons, wrong={1}, now=now)
    assert (one.row.state, one.row.score, one.row.finished_at) == (TaskState.PASSED, 4, now)
    (notice,) = await told(session, "LessonPassed")
    assert notice.payload["vars"] == {
        "who": "Chị Lan",
        "title": "Nhận ra lừa đảo",
        "unit": "thôn Hòa Sơn",
        "passed": 1,
        "people": 5,
        "is_late": False,
    }
    with pytest.raises(errors.LessonClosed):
        training_walk.begin(session, one, now=now)


async def test_only_what_was_not_right_is_asked_again_and_right_answers_stay(
    session, village, minh, lessons, now
):
    await give(session, minh, village.unit, now)
    one = await learn(session, village.members["Nam"], lessons, wrong={1, 4}, now=now)
    assert (one.row.state, one.row.score) == (TaskState.FAILED, 3)
    assert (one.not_right(), one.pages_again()) == ([1, 4], [3, 4])
    training_walk.redo(session, one, now=now)
    assert one.question == 1
    await training_walk.answer(session, one, 1, one.lesson.questions[0].right, now=now)
    assert one.question == 4
    is_last = await training_walk.answer(session, one, 4, one.lesson.questions[3].right + 1, now=now)
    assert is_last
    assert (one.row.state, one.row.score) == (TaskState.PASSED, 4)


async def test_a_page_or_an_answer_tapped_twice_counts_once(session, village, minh, lessons, now):
    await give(session, minh, village.unit, now)
    one = await walk(session, village.members["Nam"], lessons)
    training_walk.begin(session, one, now=now)
    training_walk.turn(session, one, 1, now=now)
    training_walk.turn(session, one, 1, now=now)
    assert one.page == 2
    while one.page:
        training_walk.turn(session, one, one.page, now=now)
    await training_walk.answer(session, one, 1, 0, now=now)
    assert not await training_walk.answer(session, one, 1, 1, now=now)
    assert one.row.answers == {"1": 0}


async def test_an_answer_before_the_quiz_or_beyond_it_is_refused(session, village, minh, lessons, now):
    await give(session, minh, village.unit, now)
    one = await walk(session, village.members["Nam"], lessons)
    with pytest.raises(errors.LessonClosed):
        await training_walk.answer(session, one, 1, 0, now=now)
    while not one.question:
        training_walk.turn(session, one, one.row.page, now=now)
    for number, choice in ((6, 0), (0, 0), (1, 3)):
        with pytest.raises(errors.LessonClosed):
            await training_walk.answer(session, one, number, choice, now=now)


async def test_two_taps_at_once_are_one_answer(database, lessons, now):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        minh = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
        await give(session, await actor_for(session, minh), village.unit, now)
        nam = village.members["Nam"]
        one = await walk(session, nam, lessons)
        training_walk.begin(session, one, now=now)
        while one.page:
            training_walk.turn(session, one, one.page, now=now)
        row_id, actor = one.id, await actor_for(session, nam)

    async def tap(choice: int) -> int:
        async with database.writing() as session:
            mine = await training_walk.walk_of(session, actor, row_id, lessons)
            await asyncio.sleep(0.01)
            await training_walk.answer(session, mine, 1, choice, now=now)
            return int(mine.row.answers["1"])

    seen = await asyncio.gather(tap(0), tap(1))
    assert len(set(seen)) == 1


async def test_passed_after_the_last_day_is_late(session, village, minh, lessons, now):
    await give(session, minh, village.unit, now)
    after = now + timedelta(days=15)
    await close(session, now=after)
    lan = village.members["Lan"]
    assert (await copy_of(session, lan)).state is TaskState.MISSED
    failed = await learn(session, lan, lessons, wrong={1, 2, 3}, now=after)
    assert failed.row.state is TaskState.MISSED
    training_walk.redo(session, failed, now=after)
    assert (await learn(session, lan, lessons, now=after)).row.state is TaskState.LATE


async def test_the_last_day_itself_is_in_time(session, village, minh, lessons, now):
    await give(session, minh, village.unit, now)
    last = (now + timedelta(days=14)).replace(hour=23, minute=59)
    assert await close(session, now=last) == 0
    assert (await learn(session, village.members["Lan"], lessons, now=last)).row.state is TaskState.PASSED


async def test_progress_adds_up_and_counts_who_passed_before(session, village, minh, lessons, now):
    binh, lan, thao, nam = (village.members[name] for name in ("Bình", "Lan", "Thảo", "Nam"))
    await give(session, minh, village.unit, now)
    await learn(session, binh, lessons, now=now)
    await close(session, now=now + timedelta(days=15))
    now = now + timedelta(days=15)
    assert await give(session, minh, village.commune, now) == 4
    await learn(session, lan, lessons, now=now)
    training_walk.begin(session, await walk(session, thao, lessons), now=now)
    await learn(session, nam, lessons, wrong={1, 2}, now=now)
    await session.flush()
    evening = now.replace(hour=20)
    for unit in (village.unit, village.commune, village.province):
        newest = (await training.progress(session, unit, now=evening))[-1]
        assert (newest.passed, newest.learning, newest.unopened, newest.missed) == (2, 2, 1, 0)
        assert (newest.people, newest.lesson) == (5, LESSON)


async def test_progress_leaves_out_what_is_not_open_and_who_is_elsewhere(session, village, minh, now):
    other = await make_unit(session, "Bến Đò", parent=village.commune)
    await give(session, minh, village.commune, now)
    assert await training.progress(session, village.unit, now=now) == []
    evening = now.replace(hour=19, minute=0)
    assert await training.progress(session, other, now=evening) == []
    (found,) = await training.progress(session, village.unit, now=evening)
    assert (found.unopened, found.missed) == (5, 0)
    await close(session, now=now + timedelta(days=15))
    (found,) = await training.progress(session, village.unit, now=now + timedelta(days=16))
    assert (found.unopened, found.missed) == (0, 5)
    assert await training.progress(session, village.unit, now=now + timedelta(days=30)) == []


async def test_a_newcomer_gets_what_is_still_open_once(session, village, minh, lessons, now):
    await give(session, minh, village.commune, now)
    await give(session, minh, village.commune, now, lesson="viec_cua_to", roles=(Role.LEADER,))
    new = await make_person(session, "Trần Mới", unit=village.unit, role=Role.MEMBER)
    tomorrow = now + timedelta(days=1)
    assert await training.assign_open(session, new.id or 0, village.unit, now=tomorrow) == 1
    assert await training.assign_open(session, new.id or 0, village.unit, now=tomorrow) == 0
    (found,) = await training.open_tasks(session, new.id or 0, now=tomorrow)
    assert (found.task.lesson, found.assignment.remind_at) == (LESSON, None)
    late = await make_person(session, "Lê Muộn", unit=village.unit, role=Role.MEMBER)
    assert await training.assign_open(session, late.id or 0, village.unit, now=now + timedelta(days=15)) == 0


async def test_open_lessons_are_those_opened_and_not_passed_each_once(session, village, minh, lessons, now):
    lan = village.members["Lan"]
    await give(session, minh, village.unit, now)
    assert await training.open_tasks(session, lan.id, now=now) == []
    evening = now.replace(hour=19, minute=0)
    assert len(await training.open_tasks(session, lan.id, now=evening)) == 1
    later = now + timedelta(days=15)
    await close(session, now=later)
    (missed,) = await training.open_tasks(session, lan.id, now=later)
    assert missed.assignment.state is TaskState.MISSED
    await give(session, minh, village.unit, later)
    (newest,) = await training.open_tasks(session, lan.id, now=later.replace(hour=20))
    assert newest.assignment.id != missed.assignment.id
    await learn(session, lan, lessons, now=later)
    await session.flush()
    assert await training.open_tasks(session, lan.id, now=later.replace(hour=20)) == []
