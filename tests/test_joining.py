"""Coming into a team: a yes first, one decision of the leader, and nobody left waiting in silence."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from models.conversation import Conversation
from models.delivery import Delivery
from models.help import HelpRequest
from models.people import Account, Assignment, Consent, FormOfAddress, Person, Role
from models.team import Invite, JoinRequest, JoinState
from models.training import TaskAssignment, TrainingTask
from models.units import Level
from services import errors, invites, join_requests, joining, joining_reminders, people, team
from services.access import Actor
from services.rules import ActivityLimits, Privacy
from tests.factories import actor_for, make_account, make_person, make_unit, make_village_with_team

KINDS = ActivityLimits().kinds
PRIVACY = Privacy()


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def stranger(session):
    account = await make_account(session)
    await chat(session, account)
    return Actor(account_id=account.id or 0, channel=account.channel)


async def chat(session, account):
    session.add(
        Conversation(channel_account=account.channel_account, chat=account.external_id, account_id=account.id)
    )
    await session.flush()


async def give_chats(session):
    """Let everybody be reached: a notice needs a chat."""
    known = set((await session.exec(select(Conversation.account_id))).all())
    for account in (await session.exec(select(Account))).all():
        if account.id not in known:
            await chat(session, account)


async def newcomer(session, actor, name="Hồ Văn Khoa", *, now):
    """Say yes and give a name, as the conversation at the door does."""
    person_id = await joining.agree(session, actor, privacy=PRIVACY, now=now)
    await people.set_name(session, person_id, name, now=now)
    return await actor_for(session, await people.person_of(session, person_id))


async def asked(session, village, *, now, name="Hồ Văn Khoa"):
    issued = await invites.issue(
        session, village.unit, role=Role.MEMBER, invited_by=village.leader.id, now=now
    )
    actor = await newcomer(session, await stranger(session), name, now=now)
    await joining.enter(session, actor, issued.id, kinds=KINDS, now=now)
    request = select(JoinRequest).where(JoinRequest.person_id == actor.person_id)
    return actor, (await session.exec(request)).one()


async def supervisor_of(session, village):
    form, role = FormOfAddress.CHI, Role.SUPERVISOR
    return await make_person(session, "Võ Thị Minh", form=form, unit=village.commune, role=role)


async def personal(session, village, person, *, now):
    return await invites.issue(session, village.unit, role=Role.MEMBER, uses=1, person_id=person.id, now=now)


async def notices_of(session, person_id):
    statement = (
        select(Delivery.kind)
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(Account.person_id == person_id)
        .order_by(col(Delivery.id))
    )
    return list((await session.exec(statement)).all())


async def test_the_yes_is_kept_once_with_version_and_channel(session, village, now):
    actor = await stranger(session)
    first = await joining.agree(session, actor, privacy=PRIVACY, now=now)
    known = await actor_for(session, await people.person_of(session, first))
    assert await joining.agree(session, known, privacy=PRIVACY, now=now) == first
    consent = (await session.exec(select(Consent).where(Consent.person_id == first))).one()
    assert (consent.purpose, consent.version, consent.channel) == ("team", "2026-11", "webchat")


async def test_a_request_waits_for_the_leader_and_takes_one_use(session, village, now):
    await give_chats(session)
    actor, request = await asked(session, village, now=now)
    assert request.state is JoinState.ASKED
    assert (await session.exec(select(Invite.uses_left))).one() == invites.USES - 1
    assert await notices_of(session, village.leader.id) == ["JoinAsked"]
    assert not await notices_of(session, actor.person_id)
    held = select(func.count()).where(Assignment.person_id == actor.person_id)
    assert (await session.exec(held)).one() == 0


async def test_asking_twice_is_one_request_and_one_use(session, village, now):
    actor, request = await asked(session, village, now=now)
    entered = await joining.enter(session, actor, request.invite_id, kinds=KINDS, now=now)
    assert entered.waits_for == "bác Sự"
    assert entered.word_at == datetime(2026, 11, 18, 20, tzinfo=now.tzinfo)
    assert (await session.exec(select(func.count()).select_from(JoinRequest))).one() == 1
    assert (await session.exec(select(Invite.uses_left))).one() == invites.USES - 1


async def test_the_accepted_get_the_open_lessons_and_a_village(session, village, now):
    await give_chats(session)
    session.add(
        TrainingTask(
            lesson="viec_cua_to",
            unit_id=village.commune.id,
            roles=["member"],
            opens_at=now - timedelta(days=1),
            due_on=now.date() + timedelta(days=3),
            assigned_at=now,
        )
    )
    actor, request = await asked(session, village, now=now)
    leader = await actor_for(session, village.leader)
    accepted = await join_requests.accept(session, leader, request.id, now=now)
    assert accepted is not None
    assert (accepted.members, accepted.lessons) == (6, 1)
    given = select(func.count()).where(TaskAssignment.person_id == actor.person_id)
    assert (await session.exec(given)).one() == 1
    person = await people.person_of(session, actor.person_id)
    assert person.unit_id == village.unit.id
    await join_requests.welcome(session, leader, accepted, None, now=now)
    assert await notices_of(session, actor.person_id) == ["JoinAccepted"]


async def test_a_double_tap_of_the_leader_is_answered_once(session, village, now):
    _actor, request = await asked(session, village, now=now)
    leader = await actor_for(session, village.leader)
    assert await join_requests.accept(session, leader, request.id, now=now) is not None
    assert await join_requests.accept(session, leader, request.id, now=now) is None
    with pytest.raises(errors.JoinSettled):
        await join_requests.decline(session, leader, request.id, now=now + timedelta(hours=1))


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (None, "unit", False),
        (Role.MEMBER, "unit", False),
        (Role.LEADER, "unit", True),
        (Role.LEADER, "elsewhere", False),
        (Role.SUPERVISOR, "commune", True),
        (Role.SUPERVISOR, "elsewhere", False),
        (Role.OPERATOR, "province", False),
    ],
)
async def test_who_may_decide_on_a_request(session, village, now, role, place, may):
    _actor, request = await asked(session, village, now=now)
    elsewhere = await make_unit(session, "Trà Lam", parent=village.commune)
    unit = {"unit": village.unit, "commune": village.commune, "province": village.province}
    person = await make_person(session, "Đinh Tám", unit=unit.get(place, elsewhere), role=role)
    decider = await actor_for(session, person)
    if may:
        assert await join_requests.decline(session, decider, request.id, now=now)
        return
    for attempt in (join_requests.accept, join_requests.decline):
        with pytest.raises(errors.OutsideArea):
            await attempt(session, decider, request.id, now=now)
    with pytest.raises(errors.OutsideArea):
        await join_requests.ask_more(session, decider, request.id, "?", now=now)
    assert request.state is JoinState.ASKED


async def test_leader_and_supervisor_deciding_at_once_decide_once(database, now):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        minh = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
        deciders = [await actor_for(session, village.leader), await actor_for(session, minh)]
        actor, request = await asked(session, village, now=now)

    async def decide(decider: Actor) -> bool:
        try:
            async with database.writing() as session:
                return await join_requests.accept(session, decider, request.id, now=now) is not None
        except errors.JoinSettled:
            return False

    assert sorted(await asyncio.gather(*(decide(one) for one in deciders))) == [False, True]
    async with database.reading() as session:
        held = select(func.count()).where(Assignment.person_id == actor.person_id)
        assert (await session.exec(held)).one() == 1


async def test_without_a_leader_the_commune_decides(session, village, now):
    empty = await make_unit(session, "Kon Rơ", parent=village.commune)
    assert await team.deciders_of(session, empty) == []
    issued = await invites.issue(session, empty, role=Role.MEMBER, now=now)
    actor = await newcomer(session, await stranger(session), now=now)
    with pytest.raises(errors.NobodyDecides):
        await joining.enter(session, actor, issued.id, kinds=KINDS, now=now)
    await make_person(
        session, "Võ Thị Minh", form=FormOfAddress.CHI, unit=village.commune, role=Role.SUPERVISOR
    )
    assert [people.called(one) for one in await team.deciders_of(session, empty)] == ["chị Minh"]


async def test_a_member_cannot_come_in_again(session, village, now):
    issued = await invites.issue(session, village.unit, role=Role.MEMBER, now=now)
    row = await invites.by_token(session, issued.token, now=now)
    for person in (village.members["Bình"], village.leader):
        with pytest.raises(errors.AlreadyInTeam):
            await joining.door_of(session, await actor_for(session, person), row)


async def test_a_supervisor_invited_by_the_operator_is_in_at_once(session, village, now):
    issued = await invites.issue(session, village.commune, role=Role.SUPERVISOR, uses=1, now=now)
    actor = await newcomer(session, await stranger(session), now=now)
    entered = await joining.enter(session, actor, issued.id, kinds=KINDS, now=now)
    assert (entered.role, entered.waits_for) == (Role.SUPERVISOR, None)
    assert [
        held.role
        for held in (await actor_for(session, await people.person_of(session, actor.person_id))).roles
    ] == [Role.SUPERVISOR]


async def test_an_imported_person_is_a_member_at_once_on_the_phone_that_opens_the_link(session, village, now):
    imported = Person(name="Đinh Văn Dũng", unit_id=village.unit.id, created_at=now)
    session.add(imported)
    await session.flush()
    session.add(Assignment(person_id=imported.id or 0, unit_id=village.unit.id, role=Role.MEMBER, since=now))
    issued = await invites.issue(
        session, village.unit, role=Role.MEMBER, uses=1, person_id=imported.id, now=now
    )
    actor = await stranger(session)
    row = await invites.by_token(session, issued.token, now=now)
    door = await joining.door_of(session, actor, row)
    assert not door.is_return
    person = await joining.take_personal(session, actor, row.id or 0, privacy=PRIVACY, now=now)
    assert person.id == imported.id
    account = (await session.exec(select(Account).where(Account.id == actor.account_id))).one()
    assert account.person_id == imported.id
    given = select(Consent.purpose).where(Consent.person_id == imported.id)
    assert (await session.exec(given)).all() == ["team"]


async def test_what_a_citizen_waits_for_stays_theirs_when_they_turn_out_to_be_a_member(session, village, now):
    citizen = await make_person(session, "Dũng", unit=village.unit)
    request = HelpRequest(person_id=citizen.id or 0, unit_id=village.unit.id, asked_at=now)
    session.add(request)
    binh = village.members["Bình"]
    issued = await personal(session, village, binh, now=now)
    actor = await actor_for(session, citizen)
    await joining.take_personal(session, actor, issued.id, privacy=PRIVACY, now=now)
    assert (await session.exec(select(HelpRequest.person_id))).one() == binh.id
    assert (await session.exec(select(Person.id).where(Person.id == actor.person_id))).first() is None


async def test_a_personal_invite_does_not_swallow_another_member(session, village, now):
    binh = village.members["Bình"]
    issued = await personal(session, village, binh, now=now)
    lan = await actor_for(session, village.members["Lan"])
    row = await invites.by_token(session, issued.token, now=now)
    with pytest.raises(errors.PhoneOfAnother):
        await joining.door_of(session, lan, row)
    with pytest.raises(errors.PhoneOfAnother):
        await joining.take_personal(session, lan, row.id or 0, privacy=PRIVACY, now=now)


async def test_a_personal_invite_gives_no_role_to_whoever_knows_its_id(session, village, now):
    binh = village.members["Bình"]
    issued = await personal(session, village, binh, now=now)
    actor = await newcomer(session, await stranger(session), now=now)
    with pytest.raises(errors.InviteUnknown):
        await joining.enter(session, actor, issued.id, kinds=KINDS, now=now)


async def test_only_whoever_asked_can_answer_the_leader(session, village, now):
    await give_chats(session)
    actor, request = await asked(session, village, now=now)
    other = await newcomer(session, await stranger(session), "Người Khác", now=now)
    with pytest.raises(errors.NotYours):
        await join_requests.answer(session, other, request.id, "tôi đây", now=now)
    assert await join_requests.answer(session, actor, request.id, "con chú Năm", now=now) == "bác Sự"
    assert await notices_of(session, village.leader.id) == ["JoinAsked", "JoinAnswer"]


async def test_a_silent_leader_is_reminded_once_then_the_commune_is_asked(session, village, now):
    minh = await make_person(
        session, "Võ Thị Minh", form=FormOfAddress.CHI, unit=village.commune, role=Role.SUPERVISOR
    )
    await give_chats(session)
    actor, _request = await asked(session, village, now=now)
    for hours in (1, 23, 24, 25, 36, 47, 48, 49, 60, 24 * 5 + 12, 24 * 6, 24 * 20):
        await joining_reminders.remind(session, now=now + timedelta(hours=hours))
    assert await notices_of(session, village.leader.id) == ["JoinAsked", "JoinAsked"]
    assert await notices_of(session, minh.id) == ["JoinAsked"]
    assert await notices_of(session, actor.person_id) == ["JoinWaits"] * 3


async def test_whoever_waits_hears_at_the_promised_hour_even_late_at_night(session, village, now):
    await give_chats(session)
    late = now.replace(hour=23)
    actor, _request = await asked(session, village, now=late)
    evening = datetime(2026, 11, 18, 20, tzinfo=now.tzinfo)
    assert (await joining_reminders.remind(session, now=evening - timedelta(minutes=1)))["words"] == 0
    assert await joining_reminders.remind(session, now=evening) == {"reminded": 1, "climbed": 0, "words": 1}
    assert await notices_of(session, actor.person_id) == ["JoinWaits"]


async def test_a_request_that_was_answered_is_not_reminded_of(session, village, now):
    await give_chats(session)
    _actor, request = await asked(session, village, now=now)
    leader = await actor_for(session, village.leader)
    await join_requests.decline(session, leader, request.id, now=now)
    counts = await joining_reminders.remind(session, now=now + timedelta(days=2))
    assert counts == {"reminded": 0, "climbed": 0, "words": 0}


async def test_a_reason_is_sent_only_after_declining(session, village, now):
    await give_chats(session)
    actor, request = await asked(session, village, now=now)
    leader = await actor_for(session, village.leader)
    await join_requests.give_reason(session, leader, request.id, "full", now=now)
    assert await notices_of(session, actor.person_id) == []
    await join_requests.decline(session, leader, request.id, now=now)
    await join_requests.give_reason(session, leader, request.id, "full", now=now)
    assert await notices_of(session, actor.person_id) == ["JoinDeclined", "JoinReason"]


async def test_waiting_people_are_seen_from_the_village_and_from_above_only(session, village, now):
    _actor, request = await asked(session, village, now=now)
    elsewhere = await make_unit(session, "Trà Lam", level=Level.VILLAGE, parent=village.commune)
    leader = await actor_for(session, village.leader)
    assert [one.id for one, _person in await join_requests.waiting_in(session, leader, village.unit)] == [
        request.id
    ]
    with pytest.raises(errors.OutsideArea):
        await join_requests.waiting_in(session, leader, elsewhere)
