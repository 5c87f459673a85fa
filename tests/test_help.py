from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from models.delivery import Delivery, DeliveryState, ProviderFile
from models.help import HelpOffer, HelpRequest, HelpState, Rung
from services import errors, help_giving, help_hours, help_list, help_relay
from services import help as requests
from services.access import Actor
from services.media import MediaStore
from services.rules import Hours
from tests.factories import actor_for, make_person, make_unit
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
    reach,
    relay_of,
    say,
    talking,
    told,
)


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


async def test_everybody_of_the_team_who_is_free_is_asked(session, stage, now):
    stage.people["Nam"].paused_until = now.date()
    session.add(stage.people["Nam"])
    busy = await ask(session, stage, now, who="Vy")
    await claim(session, stage, busy, "Lan", now)

    request = await ask(session, stage, now)

    offers = select(HelpOffer.person_id).where(HelpOffer.request_id == request.id)
    asked = set((await session.exec(offers)).all())
    assert asked == {stage.id(who) for who in ("Sự", "Bình", "Thảo")}
    assert request.next_word_at == now + timedelta(minutes=30)


async def test_a_village_without_a_team_goes_to_the_commune_at_once(session, stage, now):
    lonely = await make_unit(session, "Kon Rơ", parent=stage.village.commune)
    stage.people["Ở xa"] = await make_person(session, "Mai", unit=lonely)
    await reach(session, stage.people["Ở xa"])
    actor = await actor_for(session, stage.people["Ở xa"])

    asked = await requests.ask(session, actor, WISH, rules=RULES, now=now)

    assert asked.step.rung is Rung.COMMUNE
    assert asked.until == now + timedelta(minutes=60)
    assert len(await told(session, stage.people["Minh"], "HelpForSupervisor")) == 1


async def test_whoever_has_no_village_is_looked_after_by_the_commune_or_above(session, stage, now):
    stranger = await make_person(session, "Khách")
    await reach(session, stranger)
    actor = await actor_for(session, stranger)

    asked = await requests.ask(session, actor, WISH, rules=RULES, now=now)

    assert asked.step.unit.id == stage.village.district.id, "two communes: the unit above both"
    assert [person.name for person in asked.step.people] == ["Hồ Khoa"]


async def test_where_nobody_can_be_reached_that_is_said_instead_of_promised(session, now):
    place = await make_unit(session, "Vắng")
    person = await make_person(session, "Hạnh", unit=place)
    actor = await actor_for(session, person)

    with pytest.raises(errors.NobodyToAsk):
        await requests.ask(session, actor, WISH, rules=RULES, now=now)


async def test_usual_minutes_are_told_after_five_requests_rounded_up(session, stage, now):
    for days, minutes in enumerate((11, 12, 16, 18, 400), 1):
        assert await requests.usual_minutes(session, stage.village.unit, now=now) is None
        asked = now - timedelta(days=days)
        session.add(
            HelpRequest(
                person_id=stage.id("Vy"),
                unit_id=stage.village.unit.id,
                state=HelpState.CLOSED,
                asked_at=asked,
                answered_at=asked + timedelta(minutes=minutes),
            )
        )
        await session.flush()
    assert await requests.usual_minutes(session, stage.village.unit, now=now) == 20


def moment(text: str, now: datetime) -> datetime:
    return datetime.strptime(text, "%d/%m %H:%M").replace(year=2026, tzinfo=now.tzinfo)


@pytest.mark.parametrize(
    ("rung", "asked", "promised"),
    [
        (Rung.TEAM, "17/11 14:20", "17/11 14:50"),
        (Rung.TEAM, "17/11 20:30", "17/11 21:00"),
        (Rung.TEAM, "17/11 20:50", "18/11 07:20"),
        (Rung.TEAM, "17/11 22:05", "18/11 07:30"),
        (Rung.TEAM, "18/11 03:00", "18/11 07:30"),
        (Rung.NEIGHBOUR, "22/11 14:50", "22/11 15:20"),
        (Rung.COMMUNE, "17/11 15:20", "17/11 16:20"),
        (Rung.COMMUNE, "17/11 16:40", "18/11 08:10"),
        (Rung.COMMUNE, "13/11 16:40", "16/11 08:10"),
        (Rung.COMMUNE, "19/11 16:40", "23/11 08:10"),
        (Rung.ABOVE, "17/11 16:20", "18/11 12:00"),
        (Rung.ABOVE, "19/11 16:20", "23/11 12:00"),
    ],
)
def test_promised_times_lie_in_the_hours_of_whoever_is_asked(rung, asked, promised, now):
    rules = replace(RULES, hours=Hours(holidays=(date(2026, 11, 20),)))
    assert help_hours.deadline(rung, moment(asked, now), rules=rules) == moment(promised, now)


def test_hours_round_the_clock_leave_nothing_out(now):
    hours = Hours(team_from=time(0), team_to=time(0))
    late = now.replace(hour=23, minute=50)
    assert help_hours.team_time(late, 30, hours) == late + timedelta(minutes=30)


async def test_of_two_helpers_at_once_exactly_one_has_it(database, now):
    async with database.writing() as session:
        stage = await make_stage(session)
        request = await ask(session, stage, now)
        actors = [await actor_for(session, stage.people[who]) for who in ("Bình", "Lan")]

    async def take(actor: Actor) -> str:
        try:
            async with database.writing() as session:
                await requests.claim(session, actor, id_of(request), rules=RULES, now=now)
        except errors.OfferTaken as refusal:
            return str(refusal)
        return "taken"

    answers = await asyncio.gather(*(take(actor) for actor in actors))

    async with database.reading() as session:
        row = (await session.exec(select(HelpRequest))).one()
        words = (await session.exec(select(Delivery).where(Delivery.kind == "HelpAccepted"))).all()
    assert sorted(answer == "taken" for answer in answers) == [False, True]
    assert row.helper_id in {actor.person_id for actor in actors}
    assert len(words) == 1, "the citizen is told of one helper"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("Bình", True),
        ("Sự", True),
        ("Minh", True),
        ("Khoa", True),
        ("Dũng", False),
        ("Xa", False),
        ("Tư", False),
        ("Tuấn", False),
        ("Vy", False),
    ],
)
async def test_only_those_of_the_area_may_take_a_request(who, may, session, stage, now):
    request = await ask(session, stage, now)
    if may:
        assert await claim(session, stage, request, who, now) is not None
        assert request.helper_id == stage.id(who)
    else:
        with pytest.raises(errors.OutsideArea):
            await claim(session, stage, request, who, now)


async def test_a_neighbour_who_was_offered_it_may_take_it(session, stage, now):
    request = await ask(session, stage, now)
    later = now + timedelta(minutes=30)
    await keep(session, later)
    assert await claim(session, stage, request, "Dũng", later) is not None


async def test_nobody_takes_their_own_request_and_a_double_tap_is_nothing(session, stage, now):
    request = await ask(session, stage, now, who="Lan")
    with pytest.raises(errors.NotYours):
        await claim(session, stage, request, "Lan", now)
    assert await claim(session, stage, request, "Bình", now) is not None
    assert await claim(session, stage, request, "Bình", now) is None


async def test_one_helper_talks_with_one_citizen(session, stage, now):
    await talking(session, stage, now)
    second = await ask(session, stage, now, who="Vy")
    with pytest.raises(errors.AlreadyHelping):
        await claim(session, stage, second, "Bình", now)
    with pytest.raises(errors.AlreadyHelping):
        await ask(session, stage, now, who="Bình")


async def test_whoever_waits_for_a_person_takes_nobody_elses_request(session, stage, now):
    await ask(session, stage, now, who="Lan")
    second = await ask(session, stage, now)
    with pytest.raises(errors.OwnRequestOpen):
        await claim(session, stage, second, "Lan", now)


async def test_late_helpers_are_told_who_has_it_or_when_it_ended(session, stage, now):
    request = await talking(session, stage, now)
    with pytest.raises(errors.OfferTaken):
        await claim(session, stage, request, "Lan", now + timedelta(seconds=1))
    with pytest.raises(errors.OfferTakenBefore):
        await claim(session, stage, request, "Lan", now + timedelta(hours=1))
    await finish(session, stage, request, "Bình", now)
    with pytest.raises(errors.OfferOver):
        await claim(session, stage, request, "Lan", now + timedelta(days=1))


async def test_the_list_shows_what_one_may_take(session, stage, now):
    request = await ask(session, stage, now)
    shown = {
        who: [
            one.request.id
            for one in (await help_list.waiting(session, await stage.actor(session, who))).shown
        ]
        for who in ("Bình", "Minh", "Khoa", "Dũng", "Tư", "Vy")
    }
    mine = [request.id]
    assert shown == {"Bình": mine, "Minh": mine, "Khoa": mine, "Dũng": [], "Tư": [], "Vy": []}


@pytest.mark.parametrize(("who", "may"), [("Minh", True), ("Khoa", True), ("Tư", False), ("Sự", False)])
async def test_only_supervisors_of_the_area_give_a_request_on(who, may, session, stage, now):
    request = await ask(session, stage, now)
    promised = request.next_word_at
    actor = await stage.actor(session, who)
    if not may:
        with pytest.raises(errors.OutsideArea):
            await help_giving.give_to_leader(session, actor, id_of(request), now=now)
        return
    leader = await help_giving.give_to_leader(session, actor, id_of(request), now=now + timedelta(minutes=5))
    assert leader.id == stage.id("Sự")
    assert request.next_word_at == promised, "what was promised to the citizen stays"


async def test_secrets_never_reach_the_other_one(session, stage, now):
    await talking(session, stage, now)
    passed = await say(session, stage, "Hạnh", "ma otp 482913 voi so 0905123456", now)
    row = (await told(session, stage.people["Bình"], "RelayedWords"))[0]
    assert "482913" not in str(row.payload)
    assert "0905123456" not in str(row.payload)
    assert passed is not None
    assert set(passed.kinds) == {"otp", "phone"}


async def test_a_number_one_chose_to_give_goes_whole_and_is_forgotten(session, stage, now):
    await talking(session, stage, now)
    await say(session, stage, "Hạnh", "so 0905123456, ma otp 482913", now, has_number=True)
    row = (await told(session, stage.people["Bình"], "RelayedNumber"))[0]
    assert "0905123456" in row.payload["vars"]["words"]
    assert "482913" not in str(row.payload), "only the number was to be given"

    await session.exec(sa.update(Delivery).values(state=DeliveryState.SENT))
    assert (await keep(session, now + timedelta(minutes=4)))["forgotten"] == 0
    assert (await keep(session, now + timedelta(minutes=6)))["forgotten"] == 1
    assert (await keep(session, now + timedelta(minutes=7)))["forgotten"] == 0

    row = (await told(session, stage.people["Bình"], "RelayedNumber"))[0]
    assert "0905123456" not in str(row.payload)


async def test_a_word_that_comes_twice_is_told_once_and_none_after_the_end(session, stage, now):
    request = await talking(session, stage, now)
    relay = await relay_of(session, stage, "Hạnh")
    for number in (7, 7, 8):
        await say(session, stage, "Hạnh", "alo", now, number=number)
    assert len(await told(session, stage.people["Bình"], "RelayedWords")) == 2

    await finish(session, stage, request, "Bình", now)
    hanh = await stage.actor(session, "Hạnh")
    late = await help_relay.pass_words(session, hanh, relay, "alo", message=9, rules=RULES, now=now)
    assert late is None
    assert await requests.relay_of(session, stage.id("Hạnh")) is None


async def test_a_picture_passes_as_the_platforms_own_file_or_as_the_web_chats(session, stage, now, tmp_path):
    await talking(session, stage, now)
    store = MediaStore(tmp_path)
    media_id = await store.keep(session, b"jpg", mime="image/jpeg", now=now, keep_for=timedelta(hours=24))
    token = await store.token_of(session, media_id)
    actor, relay = await stage.actor(session, "Hạnh"), await relay_of(session, stage, "Hạnh")
    photos = [(1, "AgACAgUAAx", "so 0905123456"), (2, token, "")]

    assert not await help_relay.are_photos_fine(session, relay)
    await help_relay.pass_photos(session, actor, relay, photos, rules=RULES, now=now, is_asked=True)
    assert await help_relay.are_photos_fine(session, relay)

    sent = [row.payload["vars"] for row in await told(session, stage.people["Bình"], "RelayedPhoto")]
    far, uploaded = [one["picture"] for one in sent]
    assert uploaded == media_id
    known = await session.exec(select(ProviderFile).where(ProviderFile.media_id == far))
    (file,) = known.all()
    assert (file.channel_account, file.file_id) == ("webchat:1", "AgACAgUAAx")
    assert "0905123456" not in str(sent)
