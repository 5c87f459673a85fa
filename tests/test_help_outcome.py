from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from models.activity import Activity
from models.delivery import Delivery
from models.help import Rating
from services import errors, help_outcome, units
from services import help as requests
from tests.help_stage import (
    RULES,
    Stage,
    ask,
    claim,
    finish,
    id_of,
    keep,
    make_stage,
    rate,
    talking,
    told,
)


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


async def test_a_finished_help_counts_once_however_often_it_is_reopened(session, stage, now):
    request = await talking(session, stage, now)
    helper, citizen = await stage.actor(session, "Bình"), await stage.actor(session, "Hạnh")
    counted = await help_outcome.finish(session, helper, id_of(request), now=now)
    assert counted is not None
    assert counted.is_new
    assert counted.village.id == stage.village.unit.id
    await help_outcome.rate(session, citizen, id_of(request), Rating.NOT_YET, now=now)
    again, _until = await help_outcome.reopen(
        session, citizen, id_of(request), same=True, rules=RULES, now=now
    )
    assert again is not None
    assert again.id == stage.id("Bình")
    counted = await help_outcome.finish(session, helper, id_of(request), now=now)
    assert counted is not None
    assert not counted.is_new, "the helper is not told of a second count"
    await help_outcome.rate(session, citizen, id_of(request), Rating.GOOD, now=now)

    rows = (await session.exec(select(Activity))).all()
    assert [(row.kind, row.count, row.person_id) for row in rows] == [("bot_help", 1, stage.id("Bình"))]
    assert request.rating is Rating.GOOD


async def test_a_neighbours_help_counts_for_their_own_village_a_supervisors_for_none(session, stage, now):
    request = await ask(session, stage, now)
    later = now + timedelta(minutes=30)
    await keep(session, later)
    await claim(session, stage, request, "Dũng", later)
    village = await finish(session, stage, request, "Dũng", later)
    assert village is not None
    assert units.display_name(village) == "thôn Trà Lam"

    second = await ask(session, stage, now, who="Vy")
    await claim(session, stage, second, "Minh", now)
    assert await finish(session, stage, second, "Minh", now) is None


async def test_nobody_ends_or_rates_what_is_somebody_elses(session, stage, now):
    request = await talking(session, stage, now)
    with pytest.raises(errors.NotYours):
        await finish(session, stage, request, "Lan", now)
    with pytest.raises(errors.NotYours):
        await requests.withdraw(session, await stage.actor(session, "Vy"), id_of(request), now=now)
    await finish(session, stage, request, "Bình", now)
    with pytest.raises(errors.NotYours):
        await rate(session, stage, request, "Vy", Rating.GOOD, now)
    with pytest.raises(errors.OfferOver):
        await finish(session, stage, request, "Bình", now)


async def test_a_rating_is_kept_once_and_told_to_the_helper_alone(session, stage, now):
    request = await talking(session, stage, now)
    await finish(session, stage, request, "Bình", now)
    citizen = await stage.actor(session, "Hạnh")
    assert await help_outcome.rate(session, citizen, id_of(request), Rating.GOOD, now=now) is not None
    assert await help_outcome.rate(session, citizen, id_of(request), Rating.PARTLY, now=now) is None
    told_of_it = (await session.exec(select(Delivery).where(Delivery.kind == "HelpRated"))).all()
    assert len(told_of_it) == 1
    assert request.rating is Rating.GOOD


async def test_a_request_can_be_opened_again_for_a_day(session, stage, now):
    request = await talking(session, stage, now)
    await finish(session, stage, request, "Bình", now)
    citizen = await stage.actor(session, "Hạnh")
    with pytest.raises(errors.ReopenTooLate):
        await help_outcome.reopen(
            session, citizen, id_of(request), same=False, rules=RULES, now=now + timedelta(hours=25)
        )
    helper, until = await help_outcome.reopen(
        session, citizen, id_of(request), same=False, rules=RULES, now=now + timedelta(hours=1)
    )
    assert helper is None
    assert until == now + timedelta(hours=1, minutes=30)
    assert len(await told(session, stage.people["Bình"], "HelpOffered")) == 1, "somebody else was wished for"


async def test_what_is_said_soon_after_asking_goes_to_whoever_accepts(session, stage, now):
    request = await ask(session, stage, now)
    citizen = await stage.actor(session, "Hạnh")
    assert await requests.add_detail(session, citizen, "may Samsung", now=now + timedelta(minutes=9))
    assert not await requests.add_detail(session, citizen, "nua", now=now + timedelta(minutes=11))
    assert request.question == "may Samsung"
    offers = await told(session, stage.people["Bình"])
    assert all("Samsung" not in str(row.payload) for row in offers)
