"""Nobody forgets a lesson, and nobody is told of it in vain or twice."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from bot.library import ROOT
from models.delivery import Lane
from models.people import Assignment, Role
from services import errors, training_reminders, training_walk
from services.lessons import Lessons
from tests.factories import actor_for, make_person, make_village_with_team
from tests.learning import EVENING, close, copy_of, give, learn, reachable, told, walk


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


async def test_a_lesson_is_brought_once_at_its_opening(session, village, minh, lessons, now):
    await reachable(session, *village.members.values(), village.leader)
    await give(session, minh, village.unit, now)
    opening = now.replace(hour=19, minute=0)
    assert (await training_reminders.push(session, lessons, now=now))["given"] == 0
    assert (await training_reminders.push(session, lessons, now=opening))["given"] == 5
    assert (await training_reminders.push(session, lessons, now=opening))["given"] == 0
    assert {one.lane for one in await told(session, "LessonGiven")} == {Lane.NOTICE}


async def test_a_lesson_for_many_goes_behind_everything_else(
    session, village, minh, lessons, now, monkeypatch
):
    monkeypatch.setattr(training_reminders, "MANY", 4)
    await reachable(session, *village.members.values())
    await give(session, minh, village.unit, now)
    await training_reminders.push(session, lessons, now=now.replace(hour=19, minute=0))
    assert {one.lane for one in await told(session, "LessonGivenToMany")} == {Lane.BULK}


async def test_two_lessons_of_one_evening_come_on_two_evenings(session, village, minh, lessons, now):
    lan = village.members["Lan"]
    await reachable(session, lan)
    await give(session, minh, village.unit, now)
    await give(session, minh, village.unit, now, lesson="viec_cua_to", days=7)
    opening = now.replace(hour=19, minute=0)
    await training_reminders.push(session, lessons, now=opening)
    (first,) = await told(session, "LessonGiven")
    assert first.payload["vars"]["title"] == "Việc của tổ"
    counts = await training_reminders.push(session, lessons, now=opening + timedelta(days=1))
    assert (counts["given"], counts["reminded"]) == (0, 1)


async def test_reminders_come_half_way_and_on_the_day_before_once_each(session, village, minh, lessons, now):
    lan = village.members["Lan"]
    await reachable(session, lan)
    await give(session, minh, village.unit, now)
    days = []
    for day in range(1, 14):
        at = now.replace(hour=19, minute=0) + timedelta(days=day)
        for _again in range(2):
            told_now, _after = await training_reminders.remind(session, lessons, after=0, now=at)
            days += [day] * told_now
        await session.flush()
    assert days == [7, 13]


async def test_a_promised_reminder_and_the_half_way_one_are_one_notice(session, village, minh, lessons, now):
    lan = village.members["Lan"]
    await reachable(session, lan)
    await give(session, minh, village.unit, now)
    one = await walk(session, lan, lessons)
    training_walk.begin(session, one, now=now)
    half = now.replace(hour=19, minute=0) + timedelta(days=7)
    promised = training_walk.remind_later(session, one, EVENING, days=1, now=half - timedelta(days=1))
    assert promised == half
    await session.flush()
    await training_reminders.push(session, lessons, now=half)
    await training_reminders.remind(session, lessons, after=0, now=half)
    assert len(await told(session, "LessonReminder")) == 1


@pytest.mark.parametrize("why", ["stuck", "resting", "gone", "passed"])
async def test_nobody_is_reminded_in_vain(session, village, minh, lessons, now, why):
    lan = village.members["Lan"]
    await reachable(session, lan)
    await give(session, minh, village.unit, now)
    one = await walk(session, lan, lessons)
    training_walk.begin(session, one, now=now)
    if why == "stuck":
        await training_walk.be_stuck(session, one, "time", now=now)
    elif why == "resting":
        lan.paused_until = now.date() + timedelta(days=30)
    elif why == "gone":
        held = sa.update(Assignment).where(col(Assignment.person_id) == lan.id).values(until=now)
        await (await session.connection()).execute(held)
    else:
        await learn(session, lan, lessons, now=now)
    await session.flush()
    half = now.replace(hour=19, minute=0) + timedelta(days=7)
    assert await training_reminders.remind(session, lessons, after=0, now=half) == (0, 0)


async def test_a_missed_lesson_is_told_in_the_morning_unless_it_was_finished_by_then(
    session, village, minh, lessons, now
):
    lan, nam = village.members["Lan"], village.members["Nam"]
    await reachable(session, lan, nam)
    await give(session, minh, village.unit, now)
    midnight = datetime.combine(date(2026, 12, 2), time(0, 5), now.tzinfo)
    assert await close(session, now=midnight) == 5
    assert (await training_reminders.push(session, lessons, now=midnight))["seen"] == 0
    await learn(session, lan, lessons, now=midnight.replace(hour=6))
    await session.flush()
    morning = midnight.replace(hour=8, minute=0)
    assert (await training_reminders.push(session, lessons, now=morning))["missed"] == 1


async def test_who_left_the_team_has_missed_nothing(session, village, minh, now):
    await give(session, minh, village.unit, now)
    held = sa.update(Assignment).where(col(Assignment.person_id) == village.members["Nam"].id)
    await (await session.connection()).execute(held.values(until=now))
    assert await close(session, now=now + timedelta(days=15)) == 4


async def test_a_stuck_leader_is_heard_by_the_supervisor(session, village, minh, lessons, now):
    await reachable(session, village.leader)
    await give(session, minh, village.unit, now)
    one = await walk(session, village.leader, lessons)
    told_to = await training_walk.be_stuck(session, one, "phone", now=now)
    assert [person.id for person in told_to] == [minh.person_id]


async def test_a_lesson_that_was_taken_out_of_the_folder_is_closed_and_never_told(
    session, village, minh, now, tmp_path: Path
):
    await reachable(session, village.members["Lan"])
    await give(session, minh, village.unit, now)
    none = Lessons.load(tmp_path)
    row = await copy_of(session, village.members["Lan"])
    with pytest.raises(errors.LessonClosed):
        await training_walk.walk_of(session, await actor_for(session, village.members["Lan"]), row.id, none)
    opening = now.replace(hour=19, minute=0)
    assert (await training_reminders.push(session, none, now=opening))["given"] == 0
    assert (await training_reminders.push(session, none, now=opening))["seen"] == 0
