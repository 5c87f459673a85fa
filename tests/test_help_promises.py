from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from models.activity import Activity
from models.delivery import DeliveryState
from models.help import HelpState, Rung
from services import help as requests
from services import help_outcome, help_promises, help_relay
from tests.help_stage import (
    RULES,
    Stage,
    ask,
    id_of,
    keep,
    make_stage,
    relay_of,
    say,
    talking,
    told,
)


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


async def test_a_request_nobody_takes_climbs_rung_by_rung(session, stage, now):
    request = await ask(session, stage, now)
    rungs = []
    for _step in range(4):
        assert request.next_word_at is not None
        at = request.next_word_at.astimezone(now.tzinfo)
        assert (await keep(session, at - timedelta(minutes=1)))["climbed"] == 0
        assert (await keep(session, at))["climbed"] == 1
        rungs.append((request.rung, f"{at:%d %H:%M}"))
    assert rungs == [
        (Rung.NEIGHBOUR, "17 08:40"),
        (Rung.COMMUNE, "17 09:10"),
        (Rung.ABOVE, "17 10:10"),
        (Rung.ABOVE, "18 12:00"),
    ]
    kinds = [row.kind for row in await told(session, stage.people["Hạnh"])]
    assert kinds == ["HelpAtNeighbour", "HelpAtCommune", "HelpAbove", "HelpAbove"]


async def test_after_a_standstill_the_word_comes_at_once_and_nobody_is_passed_over(session, stage, now):
    request = await ask(session, stage, now)
    back = now + timedelta(hours=3, minutes=7)

    await keep(session, back)
    await keep(session, back)

    assert request.rung is Rung.NEIGHBOUR
    assert request.next_word_at == back + timedelta(minutes=30)
    assert len(await told(session, stage.people["Hạnh"], "HelpAtNeighbour")) == 1


async def test_two_machines_at_once_keep_a_promise_once(database, now):
    async with database.writing() as session:
        stage = await make_stage(session)
        await ask(session, stage, now)
    later = now + timedelta(minutes=30)

    async def run() -> int:
        async with database.writing() as session:
            return (await help_promises.keep_promises(session, rules=RULES, now=later))["climbed"]

    assert sum(await asyncio.gather(run(), run())) == 1


async def test_when_everybody_says_no_nobody_waits_for_the_clock(session, stage, now):
    request = await ask(session, stage, now)
    for who in ("Sự", "Bình", "Lan", "Thảo", "Nam"):
        assert request.rung is Rung.TEAM
        actor = await stage.actor(session, who)
        assert await requests.decline(session, actor, id_of(request), rules=RULES, now=now)
        assert not await requests.decline(session, actor, id_of(request), rules=RULES, now=now)
    assert request.rung is Rung.NEIGHBOUR


async def test_a_silent_helper_is_reminded_then_replaced_and_not_asked_again(session, stage, now):
    request = await talking(session, stage, now)

    assert (await keep(session, now + timedelta(minutes=10)))["reminded"] == 1
    assert (await keep(session, now + timedelta(minutes=14)))["replaced"] == 0
    assert (await keep(session, now + timedelta(minutes=15)))["replaced"] == 1

    assert (request.state, request.helper_id) == (HelpState.OPEN, None)
    assert request.next_word_at == now + timedelta(minutes=45)
    assert len(await told(session, stage.people["Bình"], "HelpOffered")) == 1
    assert len(await told(session, stage.people["Lan"], "HelpOffered")) == 2


async def test_after_a_standstill_a_silent_helper_is_still_reminded_first(session, stage, now):
    request = await talking(session, stage, now)
    back = now + timedelta(hours=1)

    assert (await keep(session, back))["reminded"] == 1
    assert request.next_word_at == back + timedelta(minutes=5)


async def test_a_helper_who_says_they_are_there_keeps_the_talk_a_little(session, stage, now):
    request = await talking(session, stage, now)
    await keep(session, now + timedelta(minutes=10))
    relay = await relay_of(session, stage, "Bình")

    await help_relay.stay(session, relay, rules=RULES, now=now + timedelta(minutes=13))

    assert (await keep(session, now + timedelta(minutes=17)))["replaced"] == 0
    await say(session, stage, "Bình", "Đây ạ", now + timedelta(minutes=18))
    assert (await keep(session, now + timedelta(minutes=20)))["replaced"] == 0
    assert request.answered_at == now + timedelta(minutes=18)


async def test_thanks_hurry_nobody(session, stage, now):
    await talking(session, stage, now)
    await say(session, stage, "Bình", "Bác thử lại nhé", now + timedelta(minutes=1))
    await say(session, stage, "Hạnh", "duoc roi cam on nghe", now + timedelta(minutes=2))
    assert (await keep(session, now + timedelta(minutes=20)))["reminded"] == 0
    await say(session, stage, "Hạnh", "cam on ma van chua duoc", now + timedelta(minutes=21))
    assert (await keep(session, now + timedelta(minutes=31)))["reminded"] == 1


async def test_two_silent_people_are_asked_then_left_in_peace(session, stage, now):
    request = await talking(session, stage, now)
    await say(session, stage, "Bình", "Bác thử lại nhé", now)

    assert (await keep(session, now + timedelta(minutes=30)))["idle"] == 1
    assert (await keep(session, now + timedelta(minutes=149)))["lapsed"] == 0
    assert (await keep(session, now + timedelta(minutes=150)))["lapsed"] == 1

    assert (request.state, request.rating) == (HelpState.CLOSED, None)
    assert (await session.exec(select(Activity))).all() == [], "what nobody confirmed is not counted"
    actor = await stage.actor(session, "Hạnh")
    later = now + timedelta(hours=3)
    last = await help_outcome.last_closed(session, actor, rules=RULES, now=later)
    assert last is not None
    assert last.id == request.id


async def test_no_helper_is_hurried_at_night(session, stage, now):
    evening = now.replace(hour=20, minute=55)
    request = await talking(session, stage, evening)
    assert request.next_word_at == (evening + timedelta(days=1)).replace(hour=7, minute=5)


async def test_offers_made_at_night_wait_for_the_morning_and_go_if_it_is_no_longer_needed(
    session, stage, now
):
    night = now.replace(hour=22, minute=5)
    request = await ask(session, stage, night)
    offers = await told(session, stage.people["Bình"], "HelpOffered")
    assert [(row.state, row.not_before) for row in offers] == [
        (DeliveryState.WAITING, (night + timedelta(days=1)).replace(hour=7, minute=0))
    ]

    await requests.withdraw(session, await stage.actor(session, "Hạnh"), id_of(request), now=night)

    rows = await told(session, stage.people["Bình"])
    assert [(row.kind, row.state) for row in rows] == [("HelpOffered", DeliveryState.CANCELLED)]
