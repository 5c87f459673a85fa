"""A member can leave or rest, a leader cares for members, and a lost phone takes nothing along."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from models.activity import Rollup
from models.conversation import Conversation
from models.delivery import Delivery, DeliveryState
from models.help import HelpRequest, HelpState
from models.people import Account, Assignment, FormOfAddress, Person, Role
from models.training import TaskAssignment, TrainingTask
from services import errors, invites, joining, notices, team
from services.access import Actor
from services.rules import Privacy
from tests.factories import actor_for, make_account, make_person, make_unit, make_village_with_team


@pytest.fixture
async def village(session):
    village = await make_village_with_team(session)
    for account in (await session.exec(select(Account))).all():
        session.add(
            Conversation(
                channel_account=account.channel_account,
                chat=account.external_id,
                account_id=account.id,
                states={"1:0": {"state": "Relay:on"}},
                choices=[[["tiep"], "guide.next:1", True]],
            )
        )
    await session.flush()
    return village


@pytest.fixture
async def leader(session, village):
    return await actor_for(session, village.leader)


@pytest.fixture
async def binh(session, village):
    return await actor_for(session, village.members["Bình"])


async def be_helping(session, village, helper, *, now):
    citizen = await make_person(session, "Hạnh", unit=village.unit)
    request = HelpRequest(
        person_id=citizen.id or 0,
        unit_id=village.unit.id,
        state=HelpState.CLAIMED,
        helper_id=helper,
        asked_at=now,
        claimed_at=now,
    )
    session.add(request)
    await session.flush()
    return request


async def roles_of(session, person_id):
    held = select(Assignment.role).where(Assignment.person_id == person_id, col(Assignment.until).is_(None))
    return list((await session.exec(held)).all())


async def told(session, person_id):
    statement = select(Delivery.kind).join(Account, col(Account.id) == col(Delivery.account_id))
    return list((await session.exec(statement.where(Account.person_id == person_id))).all())


async def test_the_leader_stands_first_then_the_longest_serving(session, village):
    found = [member.who for member in await team.members_of(session, village.unit.id)]
    assert found == ["bác Sự", "anh Bình", "chị Lan", "Thảo", "anh Nam"]


async def test_whoever_leaves_keeps_history_and_counts_stay_with_the_village(session, village, binh, now):
    session.add(Rollup(unit_id=village.unit.id, day=now.date(), kind="vneid", total=5, entries=1))
    await team.leave(session, binh, now=now)
    assert await roles_of(session, binh.person_id) == []
    past = (await session.exec(select(Assignment).where(Assignment.person_id == binh.person_id))).one()
    assert past.until == now
    assert (await session.exec(select(Rollup.total))).one() == 5
    assert await told(session, village.leader.id) == ["MemberLeft"]


async def test_nobody_leaves_a_citizen_halfway(session, village, binh, now):
    await be_helping(session, village, binh.person_id, now=now)
    with pytest.raises(errors.LeaveWhileHelping) as refused:
        await team.leave(session, binh, now=now)
    assert "Hạnh" in str(refused.value)
    assert await roles_of(session, binh.person_id) == [Role.MEMBER]


async def test_a_leader_keeps_the_team_until_the_supervisor_has_chosen(session, village, leader, now):
    minh = await make_person(
        session, "Võ Thị Minh", form=FormOfAddress.CHI, unit=village.commune, role=Role.SUPERVISOR
    )
    account = (await session.exec(select(Account).where(Account.person_id == minh.id))).one()
    session.add(Conversation(channel_account=account.channel_account, chat="m", account_id=account.id))
    with pytest.raises(errors.LeaveNeedsSuccessor):
        await team.leave(session, leader, now=now)
    assert await team.ask_for_successor(session, leader, now=now) == "chị Minh"
    await team.ask_for_successor(session, leader, now=now)
    assert await told(session, minh.id) == ["SuccessorNeeded"]
    assert await roles_of(session, leader.person_id) == [Role.LEADER]


async def test_resting_is_a_month_and_can_end_earlier(session, village, binh, now):
    assert await team.pause(session, binh, now=now) == date(2026, 12, 17)
    person = (await session.exec(select(Person).where(Person.id == binh.person_id))).one()
    assert person.paused_until == date(2026, 12, 17)
    await team.resume(session, binh, now=now)
    assert person.paused_until is None
    assert await told(session, village.leader.id) == ["MemberPaused"]


async def test_somebody_outside_any_team_has_nothing_to_leave(session, village, now):
    citizen = await actor_for(session, await make_person(session, "Hạnh", unit=village.unit))
    with pytest.raises(errors.NoTeam):
        await team.leave(session, citizen, now=now)


CARE = ("pause_member", "remove", "replace_phone", "set_form_of_address")


async def care(session, action, actor, village, person_id, *, now):
    extra = [FormOfAddress.CO] if action == "set_form_of_address" else []
    await getattr(team, action)(session, actor, village.unit, person_id, *extra, now=now)


@pytest.mark.parametrize("action", CARE)
@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (None, "unit", False),
        (Role.MEMBER, "unit", False),
        (Role.LEADER, "unit", True),
        (Role.LEADER, "elsewhere", False),
        (Role.SUPERVISOR, "commune", True),
        (Role.SUPERVISOR, "elsewhere", False),
        (Role.OPERATOR, "province", True),
    ],
)
async def test_who_may_care_for_a_member(session, village, now, action, role, place, may):
    elsewhere = await make_unit(session, "Trà Lam", parent=village.commune)
    unit = {"unit": village.unit, "commune": village.commune, "province": village.province}
    person = await make_person(session, "Đinh Tám", unit=unit.get(place, elsewhere), role=role)
    actor = await actor_for(session, person)
    member = village.members["Lan"].id
    if may:
        await care(session, action, actor, village, member, now=now)
    else:
        with pytest.raises(errors.OutsideArea):
            await care(session, action, actor, village, member, now=now)


@pytest.mark.parametrize("action", CARE)
async def test_one_cannot_care_for_somebody_of_another_team(session, village, leader, now, action):
    elsewhere = await make_unit(session, "Trà Lam", parent=village.commune)
    dung = await make_person(session, "Đinh Dũng", unit=elsewhere, role=Role.MEMBER)
    with pytest.raises(errors.NotInTeam):
        await care(session, action, leader, village, dung.id, now=now)
    assert await roles_of(session, dung.id) == [Role.MEMBER]


async def test_taking_out_waits_until_the_help_is_finished(session, village, leader, binh, now):
    request = await be_helping(session, village, binh.person_id, now=now)
    with pytest.raises(errors.RemoveWhileHelping):
        await team.remove(session, leader, village.unit, binh.person_id, now=now)
    request.state = HelpState.CLOSED
    session.add(request)
    await team.remove(session, leader, village.unit, binh.person_id, now=now)
    assert await roles_of(session, binh.person_id) == []
    assert await told(session, binh.person_id) == ["MemberRemoved"]


async def test_whoever_was_taken_out_cannot_return_by_an_old_code(session, village, leader, binh, now):
    issued = await team.replace_phone(session, leader, village.unit, binh.person_id, now=now)
    await team.remove(session, leader, village.unit, binh.person_id, now=now)
    with pytest.raises(errors.InviteUnknown):
        await invites.by_token(session, issued.token, now=now)


async def test_a_lost_phone_is_cut_off_and_nothing_more_is_said_to_it(session, village, leader, binh, now):
    waiting = notices.MemberRemoved(unit="thôn Hòa Sơn")
    await notices.tell(session, binh.person_id, waiting, subject="x", now=now)
    await team.replace_phone(session, leader, village.unit, binh.person_id, now=now)
    account = (await session.exec(select(Account).where(Account.id == binh.account_id))).one()
    await session.refresh(account)
    assert account.person_id is None
    chat = (await session.exec(select(Conversation).where(Conversation.account_id == binh.account_id))).one()
    await session.refresh(chat)
    assert (chat.states, chat.choices, chat.offers) == ({}, [], [])
    said = select(Delivery.kind, Delivery.state).where(Delivery.account_id == binh.account_id)
    assert sorted((await session.exec(said)).all()) == [
        ("MemberRemoved", DeliveryState.CANCELLED),
        ("PhoneRevoked", DeliveryState.PENDING),
    ]


async def test_roles_lessons_and_requests_come_along_to_the_new_phone(session, village, leader, binh, now):
    request = await be_helping(session, village, binh.person_id, now=now)
    task = TrainingTask(
        lesson="viec_cua_to",
        unit_id=village.unit.id,
        roles=["member"],
        opens_at=now,
        due_on=now.date() + timedelta(days=3),
        assigned_at=now,
    )
    session.add(task)
    await session.flush()
    session.add(TaskAssignment(task_id=task.id or 0, person_id=binh.person_id, page=3, assigned_at=now))
    issued = await team.replace_phone(session, leader, village.unit, binh.person_id, now=now)
    account = await make_account(session, channel="zalo_bot")
    stranger = Actor(account_id=account.id or 0, channel="zalo_bot")
    row = await invites.by_token(session, issued.token, now=now)
    assert (await joining.door_of(session, stranger, row)).is_return
    person = await joining.take_personal(session, stranger, row.id or 0, privacy=Privacy(), now=now)
    assert person.id == binh.person_id
    assert await roles_of(session, binh.person_id) == [Role.MEMBER]
    assert request.helper_id == binh.person_id
    assert (await session.exec(select(TaskAssignment.page))).one() == 3
    with pytest.raises(errors.InviteUnknown):
        await joining.take_personal(session, stranger, row.id or 0, privacy=Privacy(), now=now)


async def test_a_leader_gets_no_code_for_somebody_who_also_supervises(session, village, leader, now):
    lan = village.members["Lan"]
    session.add(Assignment(person_id=lan.id, unit_id=village.commune.id, role=Role.SUPERVISOR, since=now))
    await session.flush()
    with pytest.raises(errors.OutsideArea):
        await team.replace_phone(session, leader, village.unit, lan.id, now=now)


async def test_an_area_counts_only_its_own(session, village, leader, now):
    minh = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    supervisor = await actor_for(session, minh)
    numbers = await team.area_of(session, supervisor, village.commune)
    assert (numbers.villages, numbers.teams, numbers.members) == (1, 1, 5)
    with pytest.raises(errors.OutsideArea):
        await team.area_of(session, supervisor, village.province)
    with pytest.raises(errors.OutsideArea):
        await team.area_of(session, leader, village.commune)


def test_a_team_of_a_residential_group_is_not_called_group_group():
    assert team.name_of("thôn Hòa Sơn") == "tổ thôn Hòa Sơn"
    assert team.name_of("tổ dân phố 3") == "tổ công nghệ số tổ dân phố 3"
    assert team.led_as("tổ dân phố 3") == "tổ công nghệ số tổ dân phố 3"
    assert team.led_as("thôn Hòa Sơn") == "thôn Hòa Sơn"
