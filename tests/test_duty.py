"""Who is asked when: own hours, the roster, nights, holidays and rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from models.delivery import Delivery, DeliveryState, Lane
from models.duty import DutyShift, DutySpan, Shift, Span
from models.help import HelpRequest, Rung
from services import duty, erasure, errors, help_hours, help_promises, team
from services import help as requests
from services.rules import Hours, Rules
from tests.help_stage import RULES, WISH, Stage, ask, claim, keep, make_stage, told

TUESDAY = 1


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


async def put(session, stage: Stage, who: str, weekday: int, shift: Shift, now: datetime, by="Sự") -> bool:
    actor = await stage.actor(session, by)
    unit = stage.village.unit
    return await duty.switch_turn(session, actor, unit, stage.id(who), weekday=weekday, shift=shift, now=now)


async def choose(session, stage: Stage, who: str, *spans: Span, now: datetime) -> None:
    session.add_all([DutySpan(person_id=stage.id(who), span=span) for span in spans])
    await session.flush()


async def asked_of(session, stage: Stage, now: datetime, rules: Rules = RULES) -> set[str]:
    """Ask as Hạnh; tell who of the cast was offered it."""
    actor = await stage.actor(session, "Hạnh")
    await requests.ask(session, actor, WISH, rules=rules, now=now)
    found = set()
    for who, person in stage.people.items():
        rows = await told(session, person, "HelpOffered", "HelpForSupervisor")
        if rows:
            found.add(who)
    return found


@pytest.mark.parametrize(
    ("clock", "span"),
    [
        ("07:00", Span.MORNING),
        ("11:59", Span.MORNING),
        ("12:00", Span.AFTERNOON),
        ("18:00", Span.EVENING),
        ("20:59", Span.EVENING),
    ],
)
def test_a_day_has_three_parts(clock, span, now):
    hour, minute = map(int, clock.split(":"))
    assert help_hours.span_at(now.replace(hour=hour, minute=minute), Hours()) is span


@pytest.mark.parametrize(
    ("day", "clock", "shift"),
    [
        (17, "06:59", (0, Shift.NIGHT)),
        (17, "07:00", (1, Shift.DAY)),
        (17, "18:00", (1, Shift.EVENING)),
        (17, "21:00", (1, Shift.NIGHT)),
        (18, "02:00", (1, Shift.NIGHT)),
        (16, "03:00", (6, Shift.NIGHT)),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(day, clock, shift, now):
    hour, minute = map(int, clock.split(":"))
    assert help_hours.shift_at(now.replace(day=day, hour=hour, minute=minute), Hours()) == shift


async def test_only_those_whose_hours_it_is_are_asked(session, stage, now):
    await choose(session, stage, "Bình", Span.EVENING, now=now)
    await choose(session, stage, "Lan", Span.MORNING, Span.EVENING, now=now)
    assert await asked_of(session, stage, now) == {"Sự", "Lan", "Thảo", "Nam"}


async def test_whoever_is_on_duty_by_day_is_asked_whatever_their_own_hours(session, stage, now):
    await choose(session, stage, "Bình", Span.EVENING, now=now)
    await put(session, stage, "Bình", TUESDAY, Shift.DAY, now)
    assert "Bình" in await asked_of(session, stage, now)


async def test_a_team_nobody_of_which_takes_requests_now_is_passed_over(session, stage, now):
    for who in ("Sự", "Bình", "Lan", "Thảo", "Nam"):
        await choose(session, stage, who, Span.EVENING, now=now)
    assert await asked_of(session, stage, now) == {"Dũng"}


async def test_at_night_only_those_on_duty_are_asked_and_at_once(session, stage, now):
    night = now.replace(hour=23)
    await put(session, stage, "Bình", TUESDAY, Shift.NIGHT, now)
    await put(session, stage, "Lan", TUESDAY + 1, Shift.NIGHT, now)

    assert await asked_of(session, stage, night) == {"Bình"}

    (offer,) = await told(session, stage.people["Bình"], "HelpOffered")
    assert (offer.state, offer.lane) == (DeliveryState.PENDING, Lane.REPLY), "also spoken in quiet hours"
    request = (await session.exec(select(HelpRequest))).one()
    assert request.next_word_at == night + timedelta(minutes=30)


async def test_at_night_a_neighbours_roster_is_asked_before_anybody_is_woken(session, stage, now):
    night = now.replace(hour=23)
    beside = await session.get_one(
        type(stage.village.unit), (await stage.actor(session, "Dũng")).roles[0].unit_id
    )
    actor = await stage.actor(session, "Minh")
    dung = stage.id("Dũng")
    await duty.switch_turn(session, actor, beside, dung, weekday=TUESDAY, shift=Shift.NIGHT, now=now)
    assert await asked_of(session, stage, night) == {"Dũng"}


async def test_what_was_only_asked_at_night_goes_to_the_whole_team_in_the_morning(session, stage, now):
    night = now.replace(hour=23)
    await put(session, stage, "Bình", TUESDAY, Shift.NIGHT, now)
    request = await ask(session, stage, night)

    await keep(session, night + timedelta(minutes=30))

    morning = now.replace(day=18, hour=7, minute=0)
    assert (request.rung, request.rung_at) == (Rung.TEAM, morning)
    assert request.next_word_at == morning + timedelta(minutes=30)
    offers = await told(session, stage.people["Lan"], "HelpOffered")
    assert [(row.state, row.not_before) for row in offers] == [(DeliveryState.WAITING, morning)]

    await keep(session, morning + timedelta(minutes=30))
    assert request.rung is Rung.NEIGHBOUR


async def test_a_talk_begun_at_night_has_a_clock_at_night(session, stage, now):
    night = now.replace(hour=23)
    await put(session, stage, "Bình", TUESDAY, Shift.NIGHT, now)
    request = await ask(session, stage, night)
    await claim(session, stage, request, "Bình", night)
    assert (await keep(session, night + timedelta(minutes=10)))["reminded"] == 1
    (reminder,) = await told(session, stage.people["Bình"], "HelperReminded")
    assert reminder.lane == Lane.REPLY
    assert (await keep(session, night + timedelta(minutes=15)))["replaced"] == 1
    assert request.next_word_at == now.replace(day=18, hour=7, minute=30)


async def test_on_a_holiday_teams_rest_but_for_the_roster(session, stage, now):
    hours = Hours(holidays=(date(2026, 11, 17), date(2026, 11, 18)))
    rules = replace(RULES, hours=hours)
    noon = now.replace(hour=12)
    actor = await stage.actor(session, "Vy")

    asked = await requests.ask(session, actor, WISH, rules=rules, now=noon)

    assert asked.begins == now.replace(day=19, hour=7, minute=0)
    assert asked.until == now.replace(day=19, hour=7, minute=30)
    await put(session, stage, "Bình", TUESDAY, Shift.DAY, now)
    actor = await stage.actor(session, "Hạnh")
    asked = await requests.ask(session, actor, WISH, rules=rules, now=noon)
    assert [person.id for person in asked.step.people] == [stage.id("Bình")]
    assert asked.until == noon + timedelta(minutes=30)


async def test_rest_ends_on_its_last_day(session, stage, now):
    actor = await stage.actor(session, "Bình")
    until = await team.pause(session, actor, span=team.PAUSES["week"], now=now)
    assert until == now.date() + timedelta(days=7)
    assert "Bình" not in await asked_of(session, stage, now)
    request = await ask(session, stage, now + timedelta(days=8), who="Vy")
    assert request.id is not None
    assert await told(session, stage.people["Bình"], "HelpOffered")


async def test_whoever_rests_hears_nothing_of_a_roster_they_are_on(session, stage, now):
    night = now.replace(hour=23)
    await put(session, stage, "Bình", TUESDAY, Shift.NIGHT, now)
    await team.pause(session, await stage.actor(session, "Bình"), now=now)
    await asked_of(session, stage, night)
    offers = await told(session, stage.people["Bình"], "HelpOffered")
    assert offers == []


async def test_own_hours_are_switched_part_by_part(session, stage, now):
    actor = await stage.actor(session, "Bình")
    switched = [
        await duty.switch_span(session, actor, span, now=now)
        for span in (Span.EVENING, Span.MORNING, Span.EVENING, Span.MORNING, Span.EVENING, None)
    ]
    whole = frozenset(Span)
    assert switched == [
        {Span.EVENING},
        {Span.MORNING, Span.EVENING},
        {Span.MORNING},
        whole,
        {Span.EVENING},
        whole,
    ]
    with pytest.raises(errors.NoTeam):
        await duty.switch_span(session, await stage.actor(session, "Hạnh"), Span.EVENING, now=now)


async def test_a_slip_on_the_roster_is_never_heard_of(session, stage, now):
    assert await put(session, stage, "Bình", TUESDAY, Shift.NIGHT, now)
    assert not await put(session, stage, "Bình", TUESDAY, Shift.NIGHT, now + timedelta(minutes=1))
    assert [(row.kind, row.state) for row in await told(session, stage.people["Bình"])] == [
        ("DutyGiven", DeliveryState.CANCELLED)
    ]


async def test_whoever_steps_down_is_off_the_roster_and_the_leader_hears(session, stage, now):
    await put(session, stage, "Bình", TUESDAY, Shift.NIGHT, now)
    (turn,) = await duty.turns_of(session, stage.id("Bình"))
    with_other = await duty.step_down(session, await stage.actor(session, "Lan"), turn.id, now=now)
    assert with_other is None, "one's own place only"
    actor = await stage.actor(session, "Bình")
    assert await duty.step_down(session, actor, turn.id, now=now) is not None
    assert await duty.step_down(session, actor, turn.id, now=now) is None
    assert await duty.turns_of(session, stage.id("Bình")) == []
    assert len(await told(session, stage.people["Sự"], "DutyDeclined")) == 1


@pytest.mark.parametrize(("who", "may"), [("Sự", True), ("Minh", True), ("Bình", False), ("Tư", False)])
async def test_the_leader_and_those_above_keep_the_roster(who, may, session, stage, now):
    if may:
        assert await put(session, stage, "Lan", TUESDAY, Shift.EVENING, now, by=who)
    else:
        with pytest.raises(errors.OutsideArea):
            await put(session, stage, "Lan", TUESDAY, Shift.EVENING, now, by=who)
    with pytest.raises((errors.NotInTeam, errors.OutsideArea)):
        await put(session, stage, "Dũng", TUESDAY, Shift.EVENING, now, by=who)


async def test_whoever_leaves_the_team_or_is_forgotten_is_on_no_roster(session, stage, now):
    for who in ("Bình", "Lan", "Nam"):
        await put(session, stage, who, TUESDAY, Shift.NIGHT, now)
    await choose(session, stage, "Nam", Span.EVENING, now=now)
    await team.leave(session, await stage.actor(session, "Bình"), now=now)
    leader = await stage.actor(session, "Sự")
    await team.remove(session, leader, stage.village.unit, stage.id("Lan"), now=now)
    await erasure.erase_person(session, stage.id("Nam"), now=now)
    assert (await session.exec(select(DutyShift))).all() == []
    assert (await session.exec(select(DutySpan))).all() == []


async def test_the_word_is_kept_by_the_minute_it_was_said(session, stage, now):
    at = now.replace(minute=20, second=41)
    request = await ask(session, stage, at)
    assert request.next_word_at == at.replace(minute=50, second=0), "said as 8h50, so spoken at 8h50"
    await session.flush()
    counts = await help_promises.keep_promises(session, rules=RULES, now=now.replace(minute=50))
    assert counts["climbed"] == 1
    queued = (await session.exec(select(Delivery).where(Delivery.kind == "HelpAtNeighbour"))).all()
    assert len(queued) == 1
