"""Whoever is behind with a lesson is asked after it, by whom it is due to, and not twice on one day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.library import ROOT
from models.people import Role
from models.training import TaskAssignment, TrainingTask
from services import errors, training_assign, training_nudges, training_reminders, training_walk
from services.lessons import Lessons
from tests.factories import actor_for, make_person, make_unit, make_village_with_team
from tests.learning import EVENING, close, copy_of, give, learn, reachable, told, walk


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    return Lessons.load(ROOT / "lessons")


@pytest.fixture
async def village(session):
    made = await make_village_with_team(session)
    await reachable(session, made.leader, *made.members.values())
    return made


@pytest.fixture
async def minh(session, village):
    person = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    return await actor_for(session, person)


@pytest.fixture
async def given(session, village, minh, lessons, now):
    """Everybody was told of the lesson yesterday evening."""
    await give(session, minh, village.commune, now)
    evening = now.replace(hour=19, minute=0)
    await training_reminders.push(session, lessons, now=evening)
    return evening + timedelta(hours=14)


async def test_a_leader_asks_all_who_are_behind_but_not_those_who_are_done_or_stuck(
    session, village, lessons, given, now
):
    su = await actor_for(session, village.leader)
    await learn(session, village.members["Lan"], lessons, now=now)
    nam = await walk(session, village.members["Nam"], lessons)
    await training_walk.be_stuck(session, nam, "time", now=now)
    seen = await training_nudges.see(session, su, village.unit, lessons, now=given)
    (lesson,) = seen.lessons
    assert (lesson.progress.passed, lesson.progress.people) == (1, 5)
    assert {one.who for one in lesson.behind if one.is_stuck} == {"anh Nam"}
    assert seen.to_nudge == 2
    assert await training_nudges.nudge(session, su, village.unit, lessons, now=given) == 2
    words = await told(session, "LessonNudged")
    assert len(words) == 2
    assert {word.payload["vars"]["by"] for word in words} == {"Bác Sự"}
    assert await training_nudges.nudge(session, su, village.unit, lessons, now=given) == 0
    tomorrow = given + timedelta(days=1)
    assert await training_nudges.count(session, su, village.unit, lessons, now=tomorrow) == 2


async def test_whoever_was_told_today_is_left_in_peace(session, village, minh, lessons, given, now):
    evening = now.replace(hour=20)
    assert await training_nudges.count(session, minh, village.commune, lessons, now=evening) == 0
    assert await training_nudges.count(session, minh, village.commune, lessons, now=given) == 5


async def test_an_opening_waits_a_day_for_whoever_was_asked_after_a_lesson(
    session, village, minh, lessons, given
):
    await training_nudges.nudge(session, minh, village.commune, lessons, now=given)
    await give(session, minh, village.commune, given, lesson="viec_cua_to")
    evening = given.replace(hour=19)
    assert (await training_reminders.push(session, lessons, now=evening))["given"] == 0
    counts = await training_reminders.push(session, lessons, now=evening + timedelta(days=1))
    assert counts["reminded"] == 5


async def test_a_reminder_somebody_asked_for_comes_in_any_case(session, village, minh, lessons, given):
    lan = await walk(session, village.members["Lan"], lessons)
    training_walk.remind_later(session, lan, EVENING, days=0, now=given)
    await session.flush()
    assert await training_nudges.nudge(session, minh, village.commune, lessons, now=given) == 5
    counts = await training_reminders.push(session, lessons, now=given.replace(hour=19))
    assert counts["reminded"] == 1


async def test_who_rests_is_not_asked(session, village, minh, lessons, given):
    village.members["Lan"].paused_until = given.date()
    session.add(village.members["Lan"])
    await session.flush()
    assert await training_nudges.count(session, minh, village.commune, lessons, now=given) == 4


async def test_a_missed_lesson_can_still_be_asked_after_for_a_week(
    session, village, minh, lessons, given, now
):
    over = now + timedelta(days=15)
    await close(session, now=over)
    assert await training_nudges.nudge(session, minh, village.commune, lessons, now=over) == 5
    assert all(word.payload["vars"]["is_missed"] for word in await told(session, "LessonNudged"))
    long_over = now + timedelta(days=22)
    assert await training_nudges.count(session, minh, village.commune, lessons, now=long_over) == 0


async def test_from_above_the_commune_nobody_is_asked_over_its_head(session, village, lessons, given):
    ha = await make_person(session, "Bùi Thu Hà", unit=village.province, role=Role.SUPERVISOR)
    actor = await actor_for(session, ha)
    assert await training_nudges.count(session, actor, village.province, lessons, now=given) == 0
    assert await training_nudges.count(session, actor, village.commune, lessons, now=given) == 5


@pytest.mark.parametrize("role", [Role.MEMBER, None, Role.LEADER])
async def test_only_who_looks_after_the_team_sees_it_and_asks(session, village, lessons, given, role):
    elsewhere = await make_unit(session, "Lộc Thuận", parent=village.commune)
    unit = elsewhere if role is Role.LEADER else village.unit
    actor = await actor_for(session, await make_person(session, "Ai Đó", unit=unit, role=role))
    for service in (training_nudges.see, training_nudges.count, training_nudges.nudge):
        with pytest.raises(errors.OutsideArea):
            await service(session, actor, village.unit, lessons, now=given)


async def test_a_set_opens_a_lesson_a_week_and_leaves_out_what_nobody_needs(
    session, village, minh, lessons, now
):
    slugs = [lesson.slug for lesson in lessons]
    everybody = [village.leader, *village.members.values()]
    await give(session, minh, village.commune, now, lesson="viec_cua_to")
    for person in everybody:
        await learn(session, person, lessons, now=now)
    later = now + timedelta(minutes=2)
    steps = await training_assign.give_set(session, minh, village.commune, slugs, push_at=EVENING, now=later)
    assert steps is not None
    assert [step.lesson for step in steps] == slugs[1:]
    tasks = (await session.exec(select(TrainingTask).order_by(col(TrainingTask.opens_at)))).all()[1:]
    first = now.replace(hour=19, minute=0)
    assert [task.opens_at for task in tasks] == [first + timedelta(weeks=n) for n in range(5)]
    assert {(task.due_on - task.opens_at.astimezone(now.tzinfo).date()).days for task in tasks} == {14}
    assert len((await session.exec(select(TaskAssignment))).all()) == 5 * 6
    again = await training_assign.give_set(
        session, minh, village.commune, slugs, push_at=EVENING, now=later + timedelta(seconds=1)
    )
    assert again is None
    much_later = later + timedelta(hours=1)
    with pytest.raises(errors.NobodyToLearn):
        await training_assign.give_set(session, minh, village.commune, slugs, push_at=EVENING, now=much_later)
    assert (await copy_of(session, village.leader)).remind_at == first + timedelta(weeks=4)
