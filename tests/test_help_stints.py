"""What came of a request, helper by helper: handed on, rated, counted once, told place by place."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from locales import use_locale
from models.activity import Activity, Rollup
from models.delivery import Delivery
from models.help import Ending, HelpRequest, HelpState, HelpStint, Rating
from models.people import Person
from services import counts, erasure, errors, help_outcome, help_stints, summary_lines, summary_requests
from services import help as requests
from services.access import Actor
from services.reports import weekly
from tests.factories import actor_for, make_unit
from tests.help_stage import (
    RULES,
    WISH,
    Stage,
    ask,
    claim,
    finish,
    id_of,
    keep,
    make_stage,
    rate,
    say,
    talking,
    told,
)


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


async def stints(session) -> list[tuple[int | None, Ending, Rating | None]]:
    await session.flush()
    rows = (await session.exec(select(HelpStint).order_by(col(HelpStint.id)))).all()
    return [(row.helper_id, row.ending, row.rating) for row in rows]


async def test_each_rating_stays_with_the_helper_it_was_said_of(session, stage, now):
    request = await talking(session, stage, now)
    await finish(session, stage, request, "Bình", now)
    await rate(session, stage, request, "Hạnh", Rating.NOT_YET, now)
    citizen = await stage.actor(session, "Hạnh")
    await help_outcome.reopen(session, citizen, id_of(request), same=False, rules=RULES, now=now)
    await claim(session, stage, request, "Lan", now)
    await finish(session, stage, request, "Lan", now)
    await rate(session, stage, request, "Hạnh", Rating.GOOD, now)
    assert await stints(session) == [
        (stage.id("Bình"), Ending.DONE, Rating.NOT_YET),
        (stage.id("Lan"), Ending.DONE, Rating.GOOD),
    ]


async def test_an_old_question_is_not_answered_about_the_next_helper(session, stage, now):
    request = await talking(session, stage, now)
    await finish(session, stage, request, "Bình", now)
    citizen = await stage.actor(session, "Hạnh")
    await help_outcome.reopen(session, citizen, id_of(request), same=False, rules=RULES, now=now)
    await claim(session, stage, request, "Lan", now)
    await finish(session, stage, request, "Lan", now)
    late = await help_outcome.rate(
        session, citizen, id_of(request), Rating.GOOD, now=now, helper_id=stage.id("Bình")
    )
    assert late is None
    assert request.rating is None
    assert await told(session, stage.people["Lan"], "HelpRated") == []


@pytest.mark.parametrize("why", ["busy", "unsure"])
async def test_the_next_helper_is_told_who_had_it_and_why_not(why, session, stage, now):
    request = await talking(session, stage, now)
    actor = await stage.actor(session, "Bình")
    await help_outcome.hand_back(session, actor, id_of(request), why, rules=RULES, now=now)
    last = await help_stints.last_of(session, request)
    assert last is not None
    assert (last[0].id, last[1].value) == (stage.id("Bình"), why)


async def test_silence_and_lapsing_are_remembered_as_such(session, stage, now):
    request = await talking(session, stage, now)
    await keep(session, now + timedelta(minutes=10))
    await keep(session, now + timedelta(minutes=15))
    later = now + timedelta(minutes=16)
    await claim(session, stage, request, "Lan", later)
    await say(session, stage, "Lan", "Bác thử lại nhé", later)
    await keep(session, later + timedelta(minutes=30))
    await keep(session, later + timedelta(minutes=150))
    assert [ending for _helper, ending, _rating in await stints(session)] == [Ending.SILENT, Ending.LAPSED]
    assert (request.state, request.is_unclear) == (HelpState.CLOSED, True)


async def test_a_helper_who_is_forgotten_leaves_the_stint_without_a_name(session, stage, now):
    request = await talking(session, stage, now)
    await finish(session, stage, request, "Bình", now)
    await erasure.erase_person(session, stage.id("Bình"), now=now)
    session.expire_all()
    assert await stints(session) == [(None, Ending.DONE, None)]


async def test_one_request_is_one_help_through_two_teams_and_a_reopening(session, stage, now):
    request = await ask(session, stage, now)
    later = now + timedelta(minutes=30)
    await keep(session, later)
    await claim(session, stage, request, "Dũng", later)
    assert await finish(session, stage, request, "Dũng", later)
    citizen = await stage.actor(session, "Hạnh")
    await help_outcome.reopen(session, citizen, id_of(request), same=False, rules=RULES, now=later)
    await claim(session, stage, request, "Bình", later)
    counted = await help_outcome.finish(
        session, await stage.actor(session, "Bình"), id_of(request), now=later
    )
    assert counted is not None
    assert (counted.village.name, counted.is_new) == ("Trà Lam", False), "where it was counted first"
    await session.flush()
    assert len((await session.exec(select(Activity))).all()) == 1
    rollups = (await session.exec(select(Rollup).where(Rollup.kind == "bot_help"))).all()
    assert [(row.total, row.entries) for row in rollups] == [(1, 1)]


async def test_of_the_whole_team_at_once_exactly_one_has_it(database, now):
    """All five tap in the same moment, each in a transaction of their own, again and again."""
    async with database.writing() as session:
        stage = await make_stage(session)
        actors = [await actor_for(session, stage.people[who]) for who in ("Sự", "Bình", "Lan", "Thảo", "Nam")]
        citizen = await stage.actor(session, "Hạnh")

    async def take(actor: Actor, request_id: int, start: asyncio.Barrier) -> str:
        await start.wait()
        try:
            async with database.writing() as session:
                await requests.claim(session, actor, request_id, rules=RULES, now=now)
        except errors.OfferTaken as refusal:
            return str(refusal)
        return "taken"

    for _round in range(6):
        async with database.writing() as session:
            request = (await requests.ask(session, citizen, WISH, rules=RULES, now=now)).request
            request_id = id_of(request)
        start = asyncio.Barrier(len(actors))
        answers = await asyncio.gather(*(take(actor, request_id, start) for actor in actors))
        async with database.writing() as session:
            row = await session.get_one(HelpRequest, request_id)
            winner = await session.get_one(Person, row.helper_id)
            assert answers.count("taken") == 1
            told_off = [answer for answer in answers if answer != "taken"]
            assert all(winner.name.split()[-1] in answer for answer in told_off), "each is told who has it"
            await requests.withdraw(session, citizen, request_id, now=now)
    async with database.reading() as session:
        accepted = select(Delivery).where(Delivery.kind == "HelpAccepted")
        assert len((await session.exec(accepted)).all()) == 6


async def test_what_was_only_left_off_is_not_called_done(session, stage, now):
    request = await talking(session, stage, now)
    await say(session, stage, "Bình", "Bác thử lại nhé", now)
    await keep(session, now + timedelta(minutes=30))
    await keep(session, now + timedelta(minutes=150))
    done = await ask(session, stage, now + timedelta(hours=3), who="Vy")
    await claim(session, stage, done, "Lan", now + timedelta(hours=3))
    await say(session, stage, "Lan", "Xong rồi nhé", now + timedelta(hours=3, minutes=8))
    await finish(session, stage, done, "Lan", now + timedelta(hours=3, minutes=9))
    await make_unit(session, "Kon Rơ", parent=stage.village.commune)

    week = counts.week_of(now.date())
    kinds = RULES.activity.kinds
    figures = await weekly.make(
        session, stage.village.commune, week, kinds=kinds, now=now + timedelta(hours=4)
    )

    assert id_of(request)
    assert (figures.help.asked, figures.help.done, figures.help.unclear, figures.help.share) == (2, 1, 1, 0.5)
    with use_locale("vi"):
        said = summary_requests.by_place(figures, summary_requests.asked_first(figures))
        brief = summary_lines.brief(figures, title=str)
    assert said.split("\n") == [
        "Lượt nhờ từng nơi, tuần 47:",
        "1. Hòa Sơn: xong 1/2 (50%), đáp sau 4 phút",
        "2. Kon Rơ: không có, chưa có tổ",
        "3. Trà Lam: không có",
    ]
    assert brief.no_team == ("Kon Rơ",)
    assert summary_lines.read(brief.plain()).no_team == ("Kon Rơ",)


async def test_no_telephone_number_is_in_anything_the_other_is_told(session, stage, now):
    for who in ("Hạnh", "Bình"):
        stage.people[who].phone = "+84905123456"
        session.add(stage.people[who])
    request = await talking(session, stage, now)
    await say(session, stage, "Hạnh", "goi toi 0905 123 456 hoac 0905.123.456", now, number=1)
    await say(session, stage, "Bình", "số cháu là 0905123456", now, number=2)
    await finish(session, stage, request, "Bình", now)
    await rate(session, stage, request, "Hạnh", Rating.GOOD, now)
    await session.flush()
    rows = (await session.exec(select(Delivery))).all()
    digits = ["".join(filter(str.isdigit, str(row.payload))) for row in rows]
    assert not [one for one in digits if "905123456" in one]
