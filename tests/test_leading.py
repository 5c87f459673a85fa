"""A team has one leader at any time; a change is told to everybody and can be taken back for a week."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.activity import Rollup
from models.conversation import Conversation
from models.delivery import Delivery
from models.people import Account, Assignment, Role
from services import errors, leading
from services.rules import ActivityLimits
from tests.factories import LONG_AGO, actor_for, make_person, make_unit, make_village_with_team

KINDS = ActivityLimits().kinds


@pytest.fixture
async def village(session):
    village = await make_village_with_team(session)
    for account in (await session.exec(select(Account))).all():
        session.add(
            Conversation(
                channel_account=account.channel_account, chat=account.external_id, account_id=account.id
            )
        )
    await session.flush()
    return village


@pytest.fixture
async def minh(session, village):
    person = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    return await actor_for(session, person)


async def team_of(session, unit):
    held = select(Assignment.role, Assignment.person_id).where(
        Assignment.unit_id == unit.id, col(Assignment.until).is_(None)
    )
    found: dict[str, list[int]] = {}
    for role, person_id in await session.exec(held.order_by(col(Assignment.person_id))):
        found.setdefault(str(role), []).append(person_id)
    return found


async def told(session, kind):
    found = await session.exec(select(Delivery.payload).where(Delivery.kind == kind))
    return [payload["vars"] for payload in found]


async def test_the_former_leader_stays_as_a_member_and_everybody_is_told(session, village, minh, now):
    session.add(Rollup(unit_id=village.unit.id, day=LONG_AGO.date(), kind="vneid", total=1200, entries=9))
    session.add(Rollup(unit_id=village.unit.id, day=now.date(), kind="vneid", total=4, entries=1))
    session.add(Rollup(unit_id=village.unit.id, day=now.date(), kind="home_visit", total=50, entries=1))
    before = Rollup(
        unit_id=village.unit.id, day=LONG_AGO.date() - timedelta(days=1), kind="vneid", total=7, entries=1
    )
    session.add(before)
    lan = village.members["Lan"]
    change = await leading.change_leader(session, minh, village.unit, lan.id, kinds=KINDS, now=now)
    assert (change.leader, change.former) == ("chị Lan", "bác Sự")
    found = await team_of(session, village.unit)
    assert found["leader"] == [lan.id]
    assert len(found["member"]) == 4
    assert village.leader.id in found["member"]
    (thanks,) = await told(session, "LeaderThanked")
    assert (thanks["since"], thanks["persons"]) == ("10/2025", 1204)
    assert len(await told(session, "LeaderGiven")) == 1
    assert len(await told(session, "LeaderChanged")) == 3


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (None, "unit", False),
        (Role.MEMBER, "unit", False),
        (Role.LEADER, "unit", False),
        (Role.SUPERVISOR, "commune", True),
        (Role.SUPERVISOR, "elsewhere", False),
        (Role.OPERATOR, "province", True),
    ],
)
async def test_who_may_change_a_leader(session, village, now, role, place, may):
    elsewhere = await make_unit(session, "Trà Lam", parent=village.commune)
    unit = {"unit": village.unit, "commune": village.commune, "province": village.province}
    actor = await actor_for(
        session, await make_person(session, "Đinh Tám", unit=unit.get(place, elsewhere), role=role)
    )
    lan = village.members["Lan"].id
    if may:
        await leading.change_leader(session, actor, village.unit, lan, kinds=KINDS, now=now)
    else:
        with pytest.raises(errors.OutsideArea):
            await leading.change_leader(session, actor, village.unit, lan, kinds=KINDS, now=now)


async def test_only_somebody_of_the_team_can_be_given_it(session, village, minh, now):
    hanh = await make_person(session, "Hạnh", unit=village.unit)
    with pytest.raises(errors.NotInTeam):
        await leading.change_leader(session, minh, village.unit, hanh.id or 0, kinds=KINDS, now=now)
    with pytest.raises(errors.LeaderAlready):
        await leading.change_leader(session, minh, village.unit, village.leader.id, kinds=KINDS, now=now)


async def test_a_change_is_taken_back_within_a_week(session, village, minh, now):
    lan = village.members["Lan"].id
    before = await team_of(session, village.unit)
    change = await leading.change_leader(session, minh, village.unit, lan, kinds=KINDS, now=now)
    later = now + timedelta(days=7)
    back = await leading.change_back(session, minh, change.assignment_id, kinds=KINDS, now=later)
    assert back.leader == "bác Sự"
    assert await team_of(session, village.unit) == before
    with pytest.raises(errors.ChangeBackTooLate):
        await leading.change_back(session, minh, change.assignment_id, kinds=KINDS, now=later)


async def test_after_a_week_a_change_stands(session, village, minh, now):
    lan = village.members["Lan"].id
    change = await leading.change_leader(session, minh, village.unit, lan, kinds=KINDS, now=now)
    with pytest.raises(errors.ChangeBackTooLate):
        await leading.change_back(
            session, minh, change.assignment_id, kinds=KINDS, now=now + timedelta(days=7, minutes=1)
        )


async def test_a_leader_cannot_take_the_change_back(session, village, minh, now):
    lan = village.members["Lan"]
    change = await leading.change_leader(session, minh, village.unit, lan.id or 0, kinds=KINDS, now=now)
    with pytest.raises(errors.OutsideArea):
        await leading.change_back(
            session, await actor_for(session, lan), change.assignment_id, kinds=KINDS, now=now
        )


async def test_two_supervisors_at_once_leave_one_leader(database, now):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        actors = [
            await actor_for(session, await make_person(session, name, unit=place, role=Role.SUPERVISOR))
            for name, place in (("Võ Thị Minh", village.commune), ("Hồ Khoa", village.district))
        ]

    async def give(actor, name: str) -> None:
        async with database.writing() as session:
            chosen = village.members[name].id or 0
            await leading.change_leader(session, actor, village.unit, chosen, kinds=KINDS, now=now)

    await asyncio.gather(give(actors[0], "Lan"), give(actors[1], "Nam"))
    async with database.reading() as session:
        found = await team_of(session, village.unit)
        assert len(found["leader"]) == 1
        assert len(found["member"]) == 4
