"""What got past the door is found the same night, masked, and counted."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import select

from bot.jobs import scan_for_secrets
from bot.scheduler import Work
from models.audit import Audit
from models.conversation import Conversation
from models.delivery import Delivery, DeliveryState, Lane
from models.help import HelpRequest
from services import secret_scan
from services.safety import mask
from tests.help_stage import RULES, ask, make_stage, told


async def _run(database, now):
    work = Work(database, due_at=now, now=now, rules=RULES, given={})
    return await scan_for_secrets.run(work)


async def test_secrets_in_every_kind_of_column_are_masked_and_operators_told(database, look, now):
    async with database.writing() as session:
        stage = await make_stage(session)
        request = await ask(session, stage, now)
        request.question = "cccd 052058001234"
        chat = (await session.exec(select(Conversation).limit(1))).one()
        chat.states = {"1:0": {"data": {"question": "ma otp 482913", "step": 4}}}
        chat.said_at = now
        session.add_all([request, chat, _message(chat, now, text="gọi 0905123456")])
    assert await _run(database, now) == {"conversation": 1, "delivery": 1, "help_request": 1}

    kept = (await look.exec(select(HelpRequest))).one()
    assert kept.question == f"cccd {mask('citizen_id')}"
    states = (await look.exec(select(Conversation.states).where(Conversation.id == chat.id))).one()
    assert states["1:0"]["data"] == {"question": f"ma otp {mask('otp')}", "step": 4}
    audited = (await look.exec(select(Audit).where(Audit.action == "secret_masked"))).all()
    assert {(row.subject, row.fields) for row in audited} == {
        ("conversation", "states"),
        ("delivery", "payload"),
        ("help_request", "question"),
    }
    async with database.writing() as session:
        (word,) = await told(session, stage.people["Tuấn"], "SecretsFound")
        assert word.payload["vars"] == {"places": 3}
    assert await _run(database, now) == {}


async def test_nothing_found_is_nothing_said_and_a_given_number_stays_until_it_is_sent(database, look, now):
    async with database.writing() as session:
        stage = await make_stage(session)
        await ask(session, stage, now)
        chat = (await session.exec(select(Conversation).limit(1))).one()
        session.add(_message(chat, now, kind="RelayedNumber", vars={"sender": "Hạnh", "words": "0905123456"}))
    assert await _run(database, now) == {}
    assert await _run(database, now + secret_scan.NUMBER_KEPT + timedelta(minutes=1)) == {"delivery": 1}


def _message(chat: Conversation, now, kind: str = "reply", **payload) -> Delivery:
    return Delivery(
        account_id=chat.account_id,
        channel_account=chat.channel_account,
        chat=chat.chat,
        lane=Lane.REPLY,
        kind=kind,
        payload={"v": 1, **payload},
        dedupe_key=f"test:{kind}",
        state=DeliveryState.PENDING,
        created_at=now,
    )


def test_words_are_looked_for_in_tables_added_later_too() -> None:
    names = {
        f"{place.table.name}.{column.name}" for place in secret_scan.places() for column in place.columns
    }
    assert {"help_request.question", "conversation.states", "delivery.payload", "person.name"} <= names
    assert "person.phone" not in names
    assert not any(
        isinstance(column.type, sa.Enum) for place in secret_scan.places() for column in place.columns
    )
