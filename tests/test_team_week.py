"""The leader's Sunday: every leader once, about their own team, and who may look."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.jobs import send_team_week
from bot.scheduler import Work
from handlers.team_week import say_week
from models.conversation import Conversation
from models.delivery import Delivery
from models.people import Account, Role
from services import activity, counts, errors, team_week, units
from services.rules import Rules
from tests.conftest import ZONE
from tests.factories import actor_for, make_person, make_unit, make_village_with_team

RULES = Rules()
SUNDAY_EVENING = datetime(2026, 11, 22, 19, 0, tzinfo=ZONE)
MONDAY = date(2026, 11, 16)


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def write(session, village, who, count, *, day, kind="vneid"):
    person = village.members[who]
    return await activity.record(
        session,
        unit_id=units.unit_id(village.unit),
        person_id=person.id,
        kind=kind,
        count=count,
        happened_on=day,
        now=SUNDAY_EVENING,
    )


async def seen(session, village, now=SUNDAY_EVENING):
    leader = await actor_for(session, village.leader)
    return await team_week.see_week(session, leader, village.unit, rules=RULES, now=now)


async def test_a_week_is_compared_with_the_same_days_of_the_week_before(session, village):
    await write(session, village, "Bình", 10, day=MONDAY)
    await write(session, village, "Bình", 6, day=MONDAY - timedelta(days=7))
    await write(session, village, "Bình", 90, day=MONDAY - timedelta(days=1))
    on_monday = await seen(session, village, datetime(2026, 11, 16, 20, 0, tzinfo=ZONE))
    assert (on_monday.persons, on_monday.more_persons) == (10, 4)
    assert (await seen(session, village)).more_persons == 10 - 96


async def test_without_an_earlier_week_nothing_is_compared(session, village):
    await write(session, village, "Bình", 10, day=MONDAY)
    assert "Giúp 10 người." in say_week(await seen(session, village)).text


async def test_who_rests_or_just_came_is_not_called_silent(session, village):
    await write(session, village, "Bình", 10, day=MONDAY)
    await write(session, village, "Lan", 2, day=MONDAY - timedelta(days=8))
    village.members["Nam"].paused_until = SUNDAY_EVENING.date() + timedelta(days=3)
    session.add(village.members["Nam"])
    await make_person(session, "Hồ Mới", unit=village.unit)
    week = await seen(session, village)
    assert list(zip(week.silent, week.silent_on, strict=True)) == [("chị Lan", "2026-11-08"), ("Thảo", "")]
    assert "Chị Lan chưa ghi từ 8/11, Thảo chưa ghi lần nào." in say_week(week).text


async def test_parts_are_said_in_the_unit_they_were_counted_in(session, village):
    await write(session, village, "Bình", 10, day=MONDAY)
    await write(session, village, "Lan", 3, day=MONDAY, kind="home_visit")
    assert "Anh Bình 10, chị Lan 3 lượt." in say_week(await seen(session, village)).text


async def test_a_commune_that_nobody_looks_after_is_not_said_to_get_a_summary(session, village):
    await write(session, village, "Bình", 10, day=MONDAY)
    assert "tổng kết" not in say_week(await seen(session, village)).text
    await make_person(session, "Võ Minh", unit=village.commune, role=Role.SUPERVISOR)
    assert say_week(await seen(session, village)).text.endswith("Sáng mai 7h30 xã nhận tổng kết.")
    tuesday = datetime(2026, 11, 17, 8, 0, tzinfo=ZONE)
    text = say_week(await seen(session, village, tuesday)).text
    assert text.endswith("Lúc 7h30 thứ Hai 23/11 xã nhận tổng kết.")


async def test_the_team_of_a_quarter_is_called_by_its_long_name(session, village):
    village.unit.kind, village.unit.name = "tổ dân phố", "3"
    session.add(village.unit)
    await write(session, village, "Bình", 10, day=MONDAY)
    assert say_week(await seen(session, village)).text.startswith("TỔ CÔNG NGHỆ SỐ TỔ DÂN PHỐ 3 · TUẦN 47")


@pytest.mark.parametrize(
    ("role", "is_inside", "may_see", "may_say"),
    [
        (Role.MEMBER, True, False, True),
        (Role.LEADER, True, True, True),
        (Role.LEADER, False, False, False),
        (Role.SUPERVISOR, True, True, False),
        (Role.SUPERVISOR, False, False, False),
        (Role.OPERATOR, True, True, False),
        (None, True, False, False),
    ],
)
async def test_who_may_see_a_team_and_speak_for_it(session, village, role, is_inside, may_see, may_say):
    unit = village.commune if role in {Role.SUPERVISOR, Role.OPERATOR} else village.unit
    if not is_inside:
        unit = await make_unit(session, "Khác", level=unit.level, parent=village.district)
    actor = await actor_for(session, await make_person(session, "Võ Hai", unit=unit, role=role))
    given: dict[str, Any] = {"now": SUNDAY_EVENING}
    saw = said = True
    try:
        await team_week.see_week(session, actor, village.unit, rules=RULES, **given)
    except errors.OutsideArea:
        saw = False
    try:
        await team_week.say_no_work(session, actor, village.unit, MONDAY, limits=RULES.activity, **given)
    except errors.OutsideArea:
        said = False
    assert (saw, said) == (may_see, may_say)


async def test_a_zero_is_spoken_once_and_only_for_a_week_without_work(session, village):
    leader = await actor_for(session, village.leader)
    say: dict[str, Any] = {"limits": RULES.activity, "now": SUNDAY_EVENING}
    first = await team_week.say_no_work(session, leader, village.unit, MONDAY, **say)
    again = await team_week.say_no_work(session, leader, village.unit, MONDAY, **say)
    assert first is not None
    assert again == (first[0], False)
    assert await counts.entries(session, village.unit, MONDAY, SUNDAY_EVENING.date()) == 1
    await write(session, village, "Bình", 10, day=MONDAY)
    assert await team_week.say_no_work(session, leader, village.unit, MONDAY, **say) is None
    with pytest.raises(errors.WeekLocked):
        await team_week.say_no_work(session, leader, village.unit, MONDAY - timedelta(days=21), **say)
    assert await counts.prove(session) == []


async def test_every_leader_hears_once_however_often_the_job_runs(database):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        accounts = await session.exec(select(Account).where(col(Account.person_id) == village.leader.id))
        account = accounts.one()
        chat = Conversation(
            channel_account=account.channel_account, chat=account.external_id, account_id=account.id or 0
        )
        session.add(chat)
    work = Work(database, due_at=SUNDAY_EVENING, now=SUNDAY_EVENING, rules=RULES)
    assert await send_team_week.run(work) == {"told": 1}
    assert await send_team_week.run(work) == {"told": 0}
    async with database.reading() as session:
        queued = (await session.exec(select(Delivery).where(Delivery.kind == "TeamWeek"))).all()
    assert [delivery.account_id for delivery in queued] == [account.id]


def test_the_job_rings_on_sunday_at_seven_in_the_evening(now):
    at = send_team_week.schedule(RULES).get_next_fire_time(None, now)
    assert at == SUNDAY_EVENING
