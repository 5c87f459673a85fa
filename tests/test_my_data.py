"""What is kept of somebody can be seen, taken along, taken back and erased, without leaving anything."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from models.check_code import CheckCode
from models.delivery import Delivery, DeliveryState, Media
from models.help import HelpRequest, HelpState
from models.people import Account, Consent, Person
from services import check_codes, help_relay, my_data, my_data_file, people
from services.access import Actor
from services.rules import Privacy
from tests.help_stage import RULES, Stage, ask, claim, id_of, make_stage, say, told


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


async def test_the_workbook_holds_everything_and_nobody_else(session, stage, now):
    request = await ask(session, stage, now)
    request.question = "=SUM(A1) ma gui lai hoai"
    await claim(session, stage, request, "Bình", now)
    tables = await my_data_file.gather(
        session, stage.id("Hạnh"), titles={"vneid_kich_hoat": "Cài và kích hoạt VNeID"}, now=now
    )
    book = load_workbook(io.BytesIO(my_data_file.write(tables)))
    cells = {str(cell.value) for sheet in book for row in sheet for cell in row if cell.value}
    assert {"Hạnh", "thôn Hòa Sơn", "=SUM(A1) ma gui lai hoai", "Cài và kích hoạt VNeID"} <= cells
    assert not any("Bình" in cell for cell in cells)
    theirs = await my_data_file.gather(session, stage.id("Bình"), titles={}, now=now)
    assert not any("ma gui lai" in cell for table in theirs for row in table.rows for cell in row)
    assert all(sheet.cell(1, 1).data_type != "f" for sheet in book)
    assert "f" not in {cell.data_type for sheet in book for row in sheet for cell in row}


async def test_whoever_took_back_their_yes_is_a_stranger_until_the_next(session, stage, now):
    hanh = await stage.actor(session, "Hạnh")
    await my_data.withdraw_consent(session, stage.id("Hạnh"), now=now)
    await session.flush()
    assert not await told(session, stage.people["Hạnh"])
    stranger = Actor(account_id=hanh.account_id, channel=hanh.channel)
    assert await my_data.person_behind(session, stranger) == stage.id("Hạnh")
    given = (await session.exec(select(Consent).where(Consent.person_id == stage.id("Hạnh")))).one()
    assert given.withdrawn_at == now

    again = await people.remember(
        session, stranger, name="Ai đó", purpose="citizen", privacy=Privacy(), now=now
    )
    assert again == stage.id("Hạnh")
    assert (await session.get_one(Person, again)).withdrawn_at is None


async def test_erasure_leaves_nothing_of_talks_codes_and_files(session, stage, now):
    request = await ask(session, stage, now)
    await claim(session, stage, request, "Bình", now)
    await say(session, stage, "Hạnh", "nha toi o cuoi xom", now)
    hanh = await stage.actor(session, "Hạnh")
    await help_relay.keep_voice(session, hanh, "voice-1", now=now)
    for row in (await session.exec(select(Delivery))).all():
        row.state = DeliveryState.SENT
    await session.flush()

    assert await my_data.forget(session, hanh, rules=RULES, now=now)

    assert (await session.exec(select(Person).where(Person.id == stage.id("Hạnh")))).first() is None
    assert (await session.exec(select(HelpRequest))).first() is None
    assert (await session.exec(select(Media))).first() is None
    account = (await session.exec(select(Account).where(Account.id == hanh.account_id))).one()
    assert account.person_id is None
    mine = (await session.exec(select(Delivery).where(Delivery.account_id == hanh.account_id))).all()
    assert not mine
    session.expire_all()
    left = [str(row.payload) for row in (await session.exec(select(Delivery))).all()]
    assert not any("cuoi xom" in payload for payload in left)
    # The helper still hears that the talk is over; what was said before is gone.
    named = [payload for payload in left if "Hạnh" in payload]
    assert len(named) == 1
    assert "'citizen': 'Hạnh'" in named[0]


async def test_a_volunteer_who_leaves_for_good_lets_nobody_down(session, stage, now):
    request = await ask(session, stage, now)
    await claim(session, stage, request, "Bình", now)
    binh = await stage.actor(session, "Bình")
    await check_codes.make(session, binh, now=now)

    await my_data.forget(session, binh, rules=RULES, now=now)

    held = (await session.exec(select(HelpRequest).where(col(HelpRequest.id) == id_of(request)))).one()
    assert (held.state, held.helper_id) == (HelpState.OPEN, None)
    assert len(await told(session, stage.people["Hạnh"], "HelpReoffered")) == 1
    assert (await session.exec(select(CheckCode))).first() is None
