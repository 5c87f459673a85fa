"""An announcement goes to everybody it is for, once, in waves; it can be stopped, and its reach is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, func, select

from models.announcement import AnnouncementReceipt, Audience, ReadBack
from models.delivery import Delivery, DeliveryState
from models.guides import GuideVisit, VisitOutcome
from models.people import Assignment, Consent, Role
from services import announcements, broadcast, errors, news, typed_moments
from services.announcement_draft import Draft, read
from services.rules import Announcements, Hours, Privacy
from tests.factories import actor_for, make_person, make_unit, make_village_with_team
from tests.learning import reachable

RULES = Announcements(per_minute=2)
HOURS = Hours()


@pytest.fixture
async def village(session):
    found = await make_village_with_team(session)
    await reachable(session, found.leader, *found.members.values())
    return found


@pytest.fixture
async def minh(session, village):
    """The supervisor of the commune."""
    person = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    await reachable(session, person)
    return await actor_for(session, person)


def draft(now, audience=Audience.MEMBERS, **more) -> Draft:
    return Draft("8h sáng thứ 7 họp tổ.", now, audience, **more)


async def announce(session, actor, unit, now, **more):
    return await broadcast.announce(
        session, actor, unit, draft(now, **more), rules=RULES, hours=HOURS, now=now
    )


async def count(session, model, *conditions):
    return (await session.exec(select(func.count()).select_from(model).where(*conditions))).one()


async def mark(session, state: DeliveryState, limit: int) -> None:
    """Let the sender's work be done for the first messages."""
    ids = (await session.exec(select(Delivery.id).order_by(col(Delivery.id)).limit(limit))).all()
    await session.exec(sa.update(Delivery).where(col(Delivery.id).in_(ids)).values(state=state))


async def test_it_goes_out_in_waves_and_to_each_once(session, village, minh, now):
    row = await announce(session, minh, village.commune, now)
    assert await count(session, AnnouncementReceipt) == 5
    assert await count(session, Delivery) == 2
    for wave in (2, 1, 0, 0):
        assert await broadcast.send_wave(session, row.id, most=2, now=now) == wave
    assert await count(session, Delivery) == 5
    assert await broadcast.due(session, now=now) == []


async def test_who_stands_in_two_teams_gets_it_once(session, village, minh, now):
    other = await make_unit(session, "Trà Lam", parent=village.commune)
    await make_person(session, "Đinh Tám", unit=other, role=Role.LEADER)
    both = Assignment(person_id=village.leader.id, unit_id=other.id or 0, role=Role.MEMBER, since=now)
    session.add(both)
    await session.flush()
    counted = await announcements.reach(session, minh, village.commune, draft(now))
    assert (counted.people, counted.places) == (6, 2)
    only = draft(now, villages=(other.id,))
    assert (await announcements.reach(session, minh, village.commune, only)).people == 2


async def test_citizens_get_it_only_after_a_second_yes_and_until_they_take_it_back(
    session, village, minh, now
):
    person = await make_person(session, "Hạnh", unit=village.unit)
    hanh = await actor_for(session, person)
    for_citizens = draft(now, Audience.CITIZENS)

    async def reached() -> int:
        await session.flush()
        return (await announcements.reach(session, minh, village.commune, for_citizens)).people

    assert await reached() == 0
    for is_wanted, people in ((True, 1), (True, 1), (False, 0), (True, 1)):
        await news.want(session, hanh, is_wanted=is_wanted, privacy=Privacy(), now=now)
        assert await reached() == people
    assert await count(session, Consent, Consent.purpose == announcements.NEWS) == 2


async def test_whoever_was_helped_is_asked_about_news_once_ever(session, village, now):
    person = await make_person(session, "Hạnh", unit=village.unit)
    await reachable(session, person)
    assert await news.ask_helped(session, now=now) == 0
    session.add(
        GuideVisit(
            person_id=person.id or 0,
            slug="vneid_kich_hoat",
            step=8,
            started_at=now,
            moved_at=now,
            ended_at=now,
            outcome=VisitOutcome.DONE,
        )
    )
    await session.flush()
    assert await news.ask_helped(session, now=now) == 1
    assert await news.ask_helped(session, now=now + timedelta(days=1)) == 0


async def test_stopping_takes_back_what_nobody_has_yet(session, village, minh, now):
    row = await announce(session, minh, village.commune, now)
    await mark(session, DeliveryState.SENT, 1)
    stopped = await announcements.stop(session, minh, row.id, now=now)
    assert stopped == announcements.Stopped(sent=1, left=4)
    assert await broadcast.send_wave(session, row.id, most=9, now=now) == 0
    assert await announcements.stop(session, minh, row.id, now=now) is None
    states = (await session.exec(select(Delivery.state).order_by(col(Delivery.id)))).all()
    assert states == [DeliveryState.SENT, DeliveryState.CANCELLED]
    assert await broadcast.report_due(session, now=now + timedelta(days=2)) == 0


async def test_the_result_adds_up(session, village, minh, now):
    nobody = await make_person(session, "Ngô Ẩn", unit=village.unit, role=Role.MEMBER)
    row = await announce(session, minh, village.commune, now)
    while await broadcast.send_wave(session, row.id, most=9, now=now):
        pass
    await mark(session, DeliveryState.SENT, 4)
    lan = await actor_for(session, village.members["Lan"])
    assert await announcements.answer(session, lan, row.id, ReadBack.READ, now=now)
    assert not await announcements.answer(session, lan, row.id, ReadBack.READ, now=now)
    assert await announcements.answer(session, lan, row.id, ReadBack.ABSENT, now=now)
    await session.flush()
    found = await broadcast.result(session, row)
    assert (found.people, found.reached, found.read, found.absent) == (6, 4, 0, 1)
    assert (found.away, found.blocked, found.under_way, found.unread) == (1, 0, 1, 3)
    assert found.reached + found.under_way + found.away + found.blocked == found.people
    assert [one.name for one in await broadcast.missed(session, minh, row.id)] == [nobody.name.split()[-1]]
    assert await broadcast.remind(session, minh, row.id, now=now) == 3
    with pytest.raises(errors.RemindedBefore):
        await broadcast.remind(session, minh, row.id, now=now)


async def test_it_is_for_the_announcers_own_area_alone(session, village, minh, now):
    other = await make_unit(session, "Vân Hội")
    with pytest.raises(errors.OutsideArea):
        await announce(session, minh, other, now)
    row = await announce(session, minh, village.commune, now)
    stranger = await actor_for(session, await make_person(session, "Hạnh", unit=village.unit))
    with pytest.raises(errors.NotYours):
        await announcements.answer(session, stranger, row.id, ReadBack.READ, now=now)
    binh = await actor_for(session, village.members["Bình"])
    with pytest.raises(errors.OutsideArea):
        await announcements.stop(session, binh, row.id, now=now)


async def test_it_can_wait_but_not_for_weeks(session, village, minh, now):
    later = await announce(session, minh, village.commune, now, send_at=now + timedelta(days=1))
    assert await count(session, Delivery) == 0
    assert await broadcast.due(session, now=now) == []
    assert await broadcast.due(session, now=now + timedelta(days=1)) == [later.id]
    with pytest.raises(errors.SendTooFar):
        await announce(session, minh, village.commune, now, send_at=now + timedelta(days=30))


@pytest.mark.parametrize(
    ("ends", "told"), [("9:40", "12:00"), ("11:01", "17:00"), ("16:01", "9:00"), ("8:00", "9:00")]
)
def test_the_result_is_told_at_an_hour_people_know(now, ends, told):
    at = now.replace(hour=int(ends.split(":")[0]), minute=int(ends.split(":")[1]), second=0, microsecond=0)
    report = announcements.report_time(at, HOURS)
    assert f"{report.hour}:{report.minute:02d}" == told
    assert (report - at) >= announcements.REPORTED_AFTER


def test_a_draft_is_kept_for_a_day(now):
    kept = replace(draft(now, villages=(3, 4)), send_at=now)
    assert read(kept.plain(), now=now) == kept
    assert read(kept.plain(), now=now + timedelta(days=1)) is None
    assert read(None, now=now) is None


@pytest.mark.parametrize(
    ("typed", "day", "clock"),
    [
        ("19h", 18, "19:00"),
        ("8h", 19, "08:00"),
        ("7 giờ 30 sáng mai", 19, "07:30"),
        ("8h thứ 7", 21, "08:00"),
        ("3h chiều", 18, "15:00"),
        ("8:15 27/11", 27, "08:15"),
    ],
)
def test_a_moment_to_come_is_read(now, typed, day, clock):
    wednesday = datetime(2026, 11, 18, 9, 0, tzinfo=now.tzinfo)
    hour, minute = map(int, clock.split(":"))
    meant = datetime(2026, 11, day, hour, minute, tzinfo=now.tzinfo)
    assert typed_moments.read(typed, wednesday) == meant


@pytest.mark.parametrize("typed", ["", "mai", "25h", "8h99", "8h 31/2", "8h 1/11", "hôm nào cũng được"])
def test_what_is_no_moment_to_come_is_not_guessed(now, typed):
    assert typed_moments.read(typed, datetime(2026, 11, 18, 9, 0, tzinfo=now.tzinfo)) is None
