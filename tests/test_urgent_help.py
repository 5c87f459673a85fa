"""Money that has just gone to a cheat is the one request that wakes somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from models.duty import DutyShift, Shift
from models.help import Ending, HelpState, HelpStint, Rung
from services import errors, harassment, help_outcome, scam_follow_up
from services import help as requests
from tests.help_stage import RULES, Stage, ask, claim, keep, make_stage, talking, told

MONEY = requests.Wish("vừa lỡ chuyển tiền", guide="lua_dao", is_urgent=True)


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


@pytest.fixture
def night(now: datetime) -> datetime:
    return now.replace(hour=22, minute=5)


async def test_at_night_the_leader_and_the_commune_are_woken_at_once(session, stage, night):
    request = await ask(session, stage, night, wish=MONEY)
    assert request.next_word_at == night + timedelta(minutes=30)
    for who in ("Sự", "Minh"):
        (offer,) = await told(session, stage.people[who], "HelpUrgent")
        assert offer.state.value == "pending"
        assert offer.lane == 0
    for who in ("Bình", "Khoa", "Dũng"):
        assert not await told(session, stage.people[who])


async def test_any_other_request_waits_for_the_morning(session, stage, night):
    await ask(session, stage, night)
    (offer,) = await told(session, stage.people["Sự"])
    assert (offer.kind, offer.state.value) == ("HelpOffered", "waiting")


async def test_whoever_was_not_woken_is_asked_in_the_morning(session, stage, night):
    request = await ask(session, stage, night, wish=MONEY)
    assert (await keep(session, night + timedelta(minutes=30)))["climbed"] == 1
    assert len(await told(session, stage.people["Hạnh"], "HelpAtTeam")) == 1
    assert request.rung is Rung.TEAM
    morning = night.replace(hour=7, minute=0) + timedelta(days=1)
    assert request.next_word_at == morning + timedelta(minutes=30)
    (offer,) = await told(session, stage.people["Bình"], "HelpUrgent")
    assert offer.state.value == "waiting"
    assert offer.not_before == morning
    taken = await claim(session, stage, request, "Sự", night + timedelta(hours=1))
    assert taken is not None


async def test_whoever_is_on_duty_at_night_hears_of_it_too(session, stage, night):
    turn = DutyShift(
        unit_id=stage.village.unit.id or 0,
        weekday=night.weekday(),
        shift=Shift.NIGHT,
        person_id=stage.id("Bình"),
        given_at=night,
    )
    session.add(turn)
    await ask(session, stage, night, wish=MONEY)
    for who in ("Sự", "Minh", "Bình"):
        (offer,) = await told(session, stage.people[who], "HelpUrgent")
        assert (offer.state.value, offer.lane) == ("pending", 0)
    assert not await told(session, stage.people["Lan"])


async def test_a_request_handed_back_at_night_wakes_whoever_is_left(session, stage, night):
    request = await ask(session, stage, night, wish=MONEY)
    later = night + timedelta(minutes=10)
    await claim(session, stage, request, "Sự", later)
    leader = await stage.actor(session, "Sự")
    await help_outcome.hand_back(session, leader, request.id or 0, "busy", rules=RULES, now=later)
    assert request.next_word_at == later + timedelta(minutes=30)
    assert len(await told(session, stage.people["Minh"], "HelpUrgent")) == 2
    assert len(await told(session, stage.people["Sự"], "HelpUrgent")) == 1


async def test_by_day_it_climbs_as_any_other(session, stage, now):
    await ask(session, stage, now, wish=MONEY)
    assert len(await told(session, stage.people["Bình"], "HelpUrgent")) == 1
    assert not await told(session, stage.people["Minh"])


async def test_the_follow_up_is_said_once_and_not_after_an_answer(session, stage, now):
    hanh = stage.id("Hạnh")
    await scam_follow_up.ask_later(session, hanh, now=now)
    await scam_follow_up.ask_later(session, hanh, now=now + timedelta(minutes=5))
    states = [row.state.value for row in await told(session, stage.people["Hạnh"], "ScamFollowUp")]
    assert sorted(states) == ["cancelled", "waiting"]
    await scam_follow_up.answered(session, hanh)
    states = [row.state.value for row in await told(session, stage.people["Hạnh"], "ScamFollowUp")]
    assert states == ["cancelled", "cancelled"]


async def test_harassment_ends_the_talk_and_only_the_helper_can_say_so(session, stage, now):
    request = await talking(session, stage, now, who="Lan")
    with pytest.raises(errors.NotYours):
        await harassment.report(session, await stage.actor(session, "Bình"), request.id or 0, now=now)
    await harassment.report(session, await stage.actor(session, "Lan"), request.id or 0, now=now)
    assert request.state is HelpState.WITHDRAWN
    (stint,) = (await session.exec(select(HelpStint))).all()
    assert (stint.helper_id, stint.ending) == (stage.id("Lan"), Ending.STOPPED)
    assert len(await told(session, stage.people["Hạnh"], "TalkPaused")) == 1
    for who in ("Sự", "Minh"):
        (word,) = await told(session, stage.people[who], "HarassmentReported")
        assert "Hạnh" not in str(word.payload)
