"""An invite opens one door, for whom it was made, until its last day; the database never knows the key."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot.commands import Refused
from bot.commands.invite import bot_name, describe, make_invite
from bot.config import load
from bot.config_sections import Telegram
from models.audit import Audit
from models.people import Role
from models.team import Invite
from models.units import Level, Unit
from services import errors, invite_sheets, invites
from tests.factories import actor_for, make_person, make_unit, make_village_with_team
from tests.telegram_server import TOKEN, TelegramServer


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def test_an_invite_holds_until_the_end_of_its_last_day(session, village, now):
    issued = await invites.issue(session, village.unit, role=Role.MEMBER, now=now)
    last_moment = now.replace(day=24, hour=23, minute=59)
    assert (await invites.by_token(session, issued.token, now=last_moment)).id == issued.id
    with pytest.raises(errors.InviteExpired) as refused:
        await invites.by_token(session, issued.token, now=last_moment + timedelta(minutes=1))
    assert "24/11" in str(refused.value)


async def test_the_spoken_code_is_understood_however_it_is_typed(session, village, now):
    issued = await invites.issue(session, village.unit, role=Role.MEMBER, now=now)
    assert issued.code.startswith("HS-")
    for typed in (
        issued.code,
        issued.code.lower(),
        issued.code.replace("-", " "),
        issued.code.replace("-", ""),
    ):
        found = await invites.by_code(session, typed, now=now)
        assert found is not None
        assert found.id == issued.id
    assert await invites.by_code(session, "XX-0000", now=now) is None


@pytest.mark.parametrize(
    ("role", "is_personal", "digits"),
    [
        (Role.MEMBER, False, 4),
        (Role.MEMBER, True, 8),
        (Role.LEADER, False, 8),
        (Role.SUPERVISOR, False, 8),
        (Role.OPERATOR, False, 8),
    ],
)
async def test_only_what_a_leader_decides_on_opens_by_four_digits(
    session, village, now, role, is_personal, digits
):
    person_id = village.members["Bình"].id if is_personal else None
    issued = await invites.issue(session, village.unit, role=role, person_id=person_id, now=now)
    assert sum(letter.isdigit() for letter in issued.code) == digits


async def test_the_database_holds_neither_token_nor_code(session, village, now):
    issued = await invites.issue(session, village.unit, role=Role.MEMBER, now=now)
    row = (await session.exec(select(Invite))).one()
    kept = str(row.model_dump())
    assert issued.token not in kept
    assert issued.code not in kept
    assert issued.code.replace("-", "") not in kept


async def test_a_code_comes_back_only_after_its_invite_is_over(session, village, now, monkeypatch):
    digits = iter("1111111122221111")
    monkeypatch.setattr("services.invites.secrets.choice", lambda _letters: next(digits))
    first = await invites.issue(session, village.unit, role=Role.MEMBER, now=now)
    second = await invites.issue(session, village.unit, role=Role.MEMBER, now=now)
    assert (first.code, second.code) == ("HS-1111", "HS-2222")
    later = now + timedelta(days=30)
    third = await invites.issue(session, village.unit, role=Role.MEMBER, now=later)
    assert third.code == "HS-1111"
    found = await invites.by_code(session, "HS-1111", now=later)
    assert found is not None
    assert found.id == third.id


async def test_a_village_without_letters_in_its_name_still_has_a_code(session, village, now):
    unit = await make_unit(session, "3", parent=village.commune)
    unit.kind = "tổ dân phố"
    assert invites.initials(unit) == "TDP"
    assert invites.initials(await make_unit(session, "Đắk Rơ Wa", parent=village.commune)) == "DRW"


REFUSED = (errors.OutsideArea,)


@pytest.mark.parametrize("is_inside", [True, False])
@pytest.mark.parametrize(
    ("who", "may_invite"),
    [
        (None, set()),
        (Role.MEMBER, set()),
        (Role.LEADER, {Role.MEMBER}),
        (Role.SUPERVISOR, {Role.MEMBER, Role.LEADER}),
        (Role.OPERATOR, {Role.MEMBER, Role.LEADER, Role.SUPERVISOR, Role.OPERATOR}),
    ],
)
async def test_who_may_invite_whom(session, village, now, who, may_invite, is_inside):
    province = await make_unit(session, "Đắk Lắk", level=Level.PROVINCE)
    elsewhere = await make_unit(session, "Buôn Hồ", parent=province)
    home = {Role.SUPERVISOR: village.commune, Role.OPERATOR: village.province}.get(who, village.unit)
    person = await make_person(session, "Võ Thị Minh", unit=home, role=who)
    actor = await actor_for(session, person)
    for role in Role:
        unit = village.unit if is_inside else elsewhere
        if is_inside and role in may_invite:
            issued = await invites.invite(session, actor, unit, role=role, now=now)
            assert (await invites.by_token(session, issued.token, now=now)).invited_by == person.id
        else:
            with pytest.raises(REFUSED):
                await invites.invite(session, actor, unit, role=role, now=now)


async def test_a_locked_invite_opens_nothing(session, village, now):
    leader = await actor_for(session, village.leader)
    issued = await invites.invite(session, leader, village.unit, now=now)
    await invites.lock(session, leader, issued.id, now=now)
    with pytest.raises(errors.InviteUnknown):
        await invites.by_token(session, issued.token, now=now)
    actions = (await session.exec(select(Audit.action).where(Audit.subject == "invite"))).all()
    assert sorted(actions) == ["invite_locked", "invite_made"]


async def test_somebody_elses_invite_cannot_be_locked(session, village, now):
    member = await actor_for(session, village.members["Lan"])
    issued = await invites.issue(session, village.unit, role=Role.MEMBER, now=now)
    for attempt in (invites.lock, invites.limit_to_one, invites.managed):
        with pytest.raises(errors.OutsideArea):
            await attempt(session, member, issued.id, now=now)


async def test_the_last_use_of_an_invite_goes_to_one_of_two_at_once(database, now):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        issued = await invites.issue(session, village.unit, role=Role.MEMBER, uses=1, now=now)

    async def use() -> bool:
        try:
            async with database.writing() as session:
                await invites.use(session, issued.id, now=now)
        except errors.InviteUnknown:
            return False
        return True

    assert sorted(await asyncio.gather(use(), use(), use())) == [False, False, True]


def test_the_page_to_print_is_a_workbook_and_the_code_a_picture():
    picture = invite_sheets.qr("https://toso.example.vn/join/abc")
    assert picture.startswith(b"\x89PNG")
    page = invite_sheets.printed_page(picture, team="tổ thôn Hòa Sơn", code="HS-4827", until="24/11/2026")
    assert page.startswith(b"PK")


async def test_the_command_line_lets_the_first_operator_in(database, now):
    async with database.writing() as session:
        await make_unit(session, "Gia Lai", level=Level.PROVINCE, code="52")
    unit, issued = await make_invite(database, "52", role=Role.OPERATOR, uses=1, days=7, now=now)
    config = load(None, {"TOSO_WEB__PUBLIC_URL": "https://toso.example.vn"})
    lines = describe(config, unit, Role.OPERATOR, issued, bot="")
    assert f"Web: https://toso.example.vn/join/{issued.token}" in lines
    assert not any(line.startswith("Telegram") for line in lines)
    async with database.writing() as session:
        assert (await invites.by_token(session, issued.payload, now=now)).role is Role.OPERATOR


@pytest.mark.parametrize(
    ("code", "role"), [("none", Role.OPERATOR), ("52", Role.MEMBER), ("AL-01", Role.SUPERVISOR)]
)
async def test_the_command_line_refuses_a_unit_the_role_does_not_fit(database, now, code, role):
    async with database.writing() as session:
        province = await make_unit(session, "Gia Lai", level=Level.PROVINCE, code="52")
        await make_unit(session, "Hòa Sơn", parent=province, code="AL-01")
    with pytest.raises(Refused) as refused:
        await make_invite(database, code, role=role, uses=1, days=7, now=now)
    assert refused.value.code == 2


def test_telegram_links_name_the_bot_and_zalo_says_what_to_type():
    config = load(
        None,
        {
            "TOSO_TELEGRAM__TOKEN": "123456:" + "A" * 35,
            "TOSO_ZALO_BOT__TOKEN": "123456:" + "A" * 35,
        },
    )
    issued = invites.Issued(1, "abc", "HS-4827", 5, date(2026, 11, 24))
    unit = Unit(level=Level.VILLAGE, kind="thôn", name="Hòa Sơn", folded="hoa son", code="AL-01")
    named = describe(config, unit, Role.MEMBER, issued, bot="toso_bot")
    assert "Telegram: https://t.me/toso_bot?start=m_abc" in named
    assert any(line.startswith("Zalo Bot:") and "HS-4827" in line for line in named)
    assert "Telegram: /start m_abc" in describe(config, unit, Role.MEMBER, issued, bot="")


async def test_the_bot_is_named_when_telegram_answers_and_nothing_breaks_when_not():
    async with TelegramServer() as server:
        assert await bot_name(Telegram(token=SecretStr(TOKEN), api_base=server.url)) == "to_so_thu_bot"
        other = SecretStr("999999:" + "B" * 35)
        assert await bot_name(Telegram(token=other, api_base=server.url)) == ""
    assert await bot_name(Telegram(token=SecretStr(TOKEN), api_base="http://127.0.0.1:9")) == ""
