"""Nobody is asked twice in a week, what they answer comes back, and a few words reach whom they may."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, func, select

from models.conversation import Conversation
from models.delivery import Delivery
from models.nudge import Nudge, NudgeKind
from models.people import Account, Person, Role
from models.units import Level
from services import (
    activity,
    counts,
    errors,
    nudges,
    person_words,
    retention,
    summary_actions,
    team_nudges,
    units,
)
from services.notices import TeamNudged
from services.reports import weekly
from services.rules import Rules
from services.summary_actions import Draft
from tests.conftest import ZONE
from tests.factories import actor_for, make_person, make_unit, make_village_with_team

KINDS = Rules().activity.kinds
WEEK = counts.week_of(date(2026, 11, 16))
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)


async def reachable(session, person):
    account = (await session.exec(select(Account).where(Account.person_id == person.id))).one()
    session.add(
        Conversation(channel_account=account.channel_account, chat=f"c{account.id}", account_id=account.id)
    )
    await session.flush()
    return person


@pytest.fixture
async def village(session):
    made = await make_village_with_team(session)
    for person in [made.leader, *made.members.values()]:
        await reachable(session, person)
    return made


@pytest.fixture
async def minh(session, village):
    person = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    return await actor_for(session, await reachable(session, person))


async def figures_of(session, unit, *, now=MONDAY):
    return await weekly.make(session, unit, WEEK, kinds=KINDS, now=now)


async def told(session, kind):
    return (await session.exec(select(func.count()).where(col(Delivery.kind) == kind))).one()


async def ask(session, actor, village, *, now, draft=None):
    figures = await figures_of(session, village.commune)
    return await summary_actions.nudge(session, actor, figures, draft=draft or Draft(), now=now)


async def test_a_team_is_asked_once_a_week_by_whomever(session, village, minh):
    assert await ask(session, minh, village, now=MONDAY) == 1
    for days in (1, 6):
        assert await ask(session, minh, village, now=MONDAY + timedelta(days=days)) == 0
    plan = await summary_actions.plan_nudge(
        session, minh, await figures_of(session, village.commune), now=MONDAY + timedelta(days=2)
    )
    assert plan.people == 0
    assert plan.before is not None
    assert (plan.before.by, plan.before.again) == ("Minh", MONDAY + timedelta(days=7))
    assert await ask(session, minh, village, now=MONDAY + timedelta(days=7)) == 1


async def test_a_team_left_out_is_not_asked(session, village, minh):
    draft = Draft(without=(units.unit_id(village.unit),))
    assert await ask(session, minh, village, now=MONDAY, draft=draft) == 0
    assert await told(session, "TeamNudged") == 0


async def test_own_words_name_each_team(session, village, minh):
    words = f"tổ {summary_actions.team_placeholder()} có khỏe không?"
    assert await ask(session, minh, village, now=MONDAY, draft=Draft(words=words)) == 1
    payload = (await session.exec(select(Delivery.payload).where(Delivery.kind == "TeamNudged"))).one()
    assert payload["vars"]["words"] == "tổ Hòa Sơn có khỏe không?"


async def test_who_cannot_be_reached_can_be_asked_again(session, village, minh):
    account = (await session.exec(select(Account).where(Account.person_id == village.leader.id))).one()
    account.is_reachable = False
    session.add(account)
    await session.flush()
    assert await ask(session, minh, village, now=MONDAY) == 0
    assert (await session.exec(select(func.count()).select_from(Nudge))).one() == 0


async def test_nudges_are_forgotten_after_90_days(session, village, minh):
    await ask(session, minh, village, now=MONDAY)
    assert await retention.purge_nudges(session, now=MONDAY + timedelta(days=90), limit=10) == 0
    assert await retention.purge_nudges(session, now=MONDAY + timedelta(days=91), limit=10) == 1


async def test_two_supervisors_at_once_ask_once(database):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        await reachable(session, village.leader)
        leader, unit_id = village.leader.id or 0, units.unit_id(village.unit)

    async def one():
        async with database.writing() as session:
            word = TeamNudged("Minh", 1, "Hòa Sơn", unit_id, "2026-11-16")
            return await nudges.ask(session, NudgeKind.TEAM, leader, unit_id, None, word, now=MONDAY)

    assert sum(await asyncio.gather(*(one() for _ in range(3)))) == 1


class TestAnswersComeBack:
    async def test_on_the_next_day_and_once(self, session, village, minh):
        await ask(session, minh, village, now=MONDAY)
        leader = await actor_for(session, village.leader)
        why = summary_actions.Why.PHONE
        unit_id, by = units.unit_id(village.unit), minh.person_id or 0
        await summary_actions.report_stuck(session, leader, unit_id, by, why, now=MONDAY)
        assert await nudges.return_answers(session, MONDAY.date(), now=MONDAY) == 0
        tomorrow = MONDAY + timedelta(days=1)
        assert await nudges.return_answers(session, tomorrow.date(), now=tomorrow) == 1
        assert await nudges.return_answers(session, tomorrow.date(), now=tomorrow) == 0
        payload = (await session.exec(select(Delivery.payload).where(Delivery.kind == "NudgeAnswers"))).one()
        assert payload["vars"]["answers"] == [["Hòa Sơn", "phone", 0]]

    async def test_work_written_since_is_an_answer(self, session, village, minh):
        await ask(session, minh, village, now=MONDAY)
        await activity.record(
            session,
            unit_id=units.unit_id(village.unit),
            person_id=village.leader.id,
            kind="vneid",
            count=3,
            happened_on=WEEK.monday,
            now=MONDAY + timedelta(hours=2),
        )
        tomorrow = MONDAY + timedelta(days=1)
        await nudges.return_answers(session, tomorrow.date(), now=tomorrow)
        payload = (await session.exec(select(Delivery.payload).where(Delivery.kind == "NudgeAnswers"))).one()
        assert payload["vars"]["answers"] == [["Hòa Sơn", "", 1]]


class TestTheLeader:
    async def test_asks_a_member_once_a_week(self, session, village):
        leader = await actor_for(session, village.leader)
        unit_id, lan = units.unit_id(village.unit), village.members["Lan"].id or 0
        await team_nudges.nudge(session, leader, unit_id, lan, "", now=MONDAY)
        with pytest.raises(errors.AskedThisWeek):
            await team_nudges.nudge(session, leader, unit_id, lan, "", now=MONDAY + timedelta(days=3))
        assert await told(session, "MemberNudged") == 1

    async def test_of_another_team_asks_nobody(self, session, village):
        other = await make_unit(session, "Gò Dài", parent=village.commune)
        stranger = await actor_for(
            session, await make_person(session, "Lê Dài", unit=other, role=Role.LEADER)
        )
        with pytest.raises(errors.OutsideArea):
            await team_nudges.nudge(
                session, stranger, units.unit_id(village.unit), village.members["Lan"].id or 0, "", now=MONDAY
            )

    async def test_hears_that_a_member_rests(self, session, village):
        leader = await actor_for(session, village.leader)
        lan, unit_id = village.members["Lan"], units.unit_id(village.unit)
        await team_nudges.nudge(session, leader, unit_id, lan.id or 0, "", now=MONDAY)
        await team_nudges.say_busy(session, await actor_for(session, lan), unit_id, "1w", now=MONDAY)
        assert await told(session, "MemberBusy") == 1
        rests = (await session.exec(select(Person).where(Person.id == lan.id))).one()
        assert rests.paused_until == date(2026, 11, 30)

    async def test_thanks_the_team_once_a_week(self, session, village):
        leader, unit_id = await actor_for(session, village.leader), units.unit_id(village.unit)
        first = await team_nudges.thank(session, leader, unit_id, "", kinds=KINDS, now=MONDAY)
        assert first == len(village.members)
        later = MONDAY + timedelta(days=2)
        assert await team_nudges.thank(session, leader, unit_id, "", kinds=KINDS, now=later) == 0
        assert await team_nudges.was_thanked(session, unit_id, now=later)


class TestWords:
    async def test_reach_a_leader_below_and_come_back(self, session, village, minh):
        sent = await person_words.send(session, minh, village.leader.id or 0, "Chào", key="1", now=MONDAY)
        assert sent.id == village.leader.id
        leader = await actor_for(session, village.leader)
        await person_words.send(session, leader, minh.person_id or 0, "Dạ", key="1", now=MONDAY)
        assert await told(session, "PersonWords") == 2

    async def test_reach_nobody_of_another_area(self, session, village, minh):
        other = await make_unit(session, "Vân Hội", level=Level.COMMUNE, parent=village.district)
        stranger = await make_person(session, "Lê Hội", unit=other, role=Role.SUPERVISOR)
        with pytest.raises(errors.NotYours):
            await person_words.send(session, minh, stranger.id or 0, "Chào", key="1", now=MONDAY)
        citizen = await make_person(session, "Bà con", unit=village.unit)
        with pytest.raises(errors.NotYours):
            await person_words.send(session, minh, citizen.id or 0, "Chào", key="1", now=MONDAY)
