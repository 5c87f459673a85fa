"""What a message in the outbox says: in whose language, with which words to type, and what cannot be said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

import handlers.guide_asides  # noqa: F401 - registers the renderer of GuideReminder
from bot.database import Database
from bot.statements import conversation, quarantine
from handlers import reply
from handlers.reply import Choice, Reply
from models.conversation import Quarantine
from models.delivery import Lane
from services.notices import GuideReminder, Notice
from tests.outbox_double import Platform

NOTICE = Lane.NOTICE


class Broken(Notice):
    """A notice whose renderer fails."""


@reply.notice(Broken)
def _broken(_notice: Broken) -> Reply:
    raise LookupError("bà Hạnh, 0905 123 456")


UNSPEAKABLE = {
    "a later program's payload": {"v": 99, "text": "Chào Hạnh"},
    "a renderer that fails": {"v": 1, "vars": {}},
}


@pytest.mark.parametrize("is_pulled", [False, True], ids=["sent", "pulled"])
@pytest.mark.parametrize("case", UNSPEAKABLE)
async def test_what_this_program_cannot_say_is_set_aside_and_stops_nobody(
    make_outbox, database, caplog, case, is_pulled
):
    platform = Platform()
    platform.is_pulled = is_pulled
    outbox = make_outbox(platform)
    odd = await outbox.queue_payload(UNSPEAKABLE[case], lane=NOTICE, kind="Broken")
    fine = await outbox.queue("chào")
    await outbox.drain()
    assert await outbox.states(odd, fine) == ["failed", "sent"]
    async with database.reading() as session:
        (aside,) = (await (await session.connection()).execute(sa.select(quarantine))).all()
    assert (aside.external_id, aside.attempts) == (f"delivery:{odd}", 2)
    told = "".join(str(vars(record)) for record in caplog.records) + aside.failure
    assert "Hạnh" not in told


@pytest.mark.parametrize(("locale", "begins"), [("vi", "Hôm qua"), ("en", "Yesterday")])
async def test_a_notice_is_said_in_the_receivers_language(outbox, locale, begins):
    await outbox.meet("hanh", locale=locale)
    words = {"visit_id": 1, "title": "VNeID", "step": 3, "of": 8}
    await outbox.queue_payload({"v": 1, "vars": words}, lane=NOTICE, kind=GuideReminder.__name__)
    await outbox.drain()
    assert outbox.platform.texts[0].startswith(begins)


class Offer(Notice):
    """A notice with a word of its own."""


class Lines(Notice):
    """A notice whose lines are its choices."""


@reply.notice(Offer)
def _offer(_notice: Offer) -> Reply:
    return Reply("Ai rảnh ạ?", choices=[Choice("Tôi giúp", "help.take:128", word="NHẬN 128")])


@reply.notice(Lines)
def _lines(_notice: Lines) -> Reply:
    return Reply("1. Nhắc tổ Trà Lam", lines=[Choice("Nhắc tổ Trà Lam", "summary.nudge:10")])


@pytest.mark.parametrize("is_pulled", [False, True], ids=["sent", "pulled"])
async def test_the_words_of_a_notice_can_be_typed_while_the_open_list_stays(make_outbox, database, is_pulled):
    platform = Platform()
    platform.is_pulled = is_pulled
    outbox = make_outbox(platform)
    await outbox.meet("hanh")
    async with database.transaction() as connection:
        opened = sa.update(conversation).values(choices=[[["tiep"], "guide.next", True]])
        await connection.execute(opened)
    await outbox.queue_payload({"v": 1, "vars": {}}, lane=NOTICE, kind="Offer")
    await outbox.drain()
    assert await what_is_open(database) == ([["tiep"]], [["toi giup", "nhan 128"]])
    await outbox.queue_payload({"v": 1, "vars": {}}, lane=NOTICE, kind="Lines")
    await outbox.drain()
    assert await what_is_open(database) == (
        [["nhac to tra lam"]],
        [["nhac to tra lam"], ["toi giup", "nhan 128"]],
    )


async def what_is_open(database: Database) -> tuple[list[Any], list[Any]]:
    async with database.reading() as session:
        row = (await (await session.connection()).execute(sa.select(conversation))).one()
    return [one[0] for one in row.choices], [one[0] for one in row.offers]


async def test_numbers_of_a_pulled_channel_have_no_gap_whoever_writes(make_outbox, database, database_url):
    platform = Platform()
    platform.is_pulled = True
    outbox = make_outbox(platform)
    ids = [
        await outbox.queue(f"tin {number}", to=f"chat-{number % 3}", lane=Lane(number % 3))
        for number in range(30)
    ]
    other = Database(database_url)
    await asyncio.gather(outbox.sender.drain(), outbox.another_sender(other).drain())
    await other.close()
    numbers: dict[int, list[int]] = {}
    for one in ids:
        row = await outbox.row(one)
        numbers.setdefault(row.account_id, []).append(row.number)
    assert all(sorted(found) == list(range(1, 11)) for found in numbers.values())


async def test_a_set_aside_message_is_counted_like_a_set_aside_update(outbox, database):
    await outbox.queue_payload({"v": 99})
    await outbox.drain()
    async with database.reading() as session:
        counted = sa.select(sa.func.count()).where(sa.inspect(Quarantine).local_table.c.attempts > 1)
        assert (await (await session.connection()).execute(counted)).scalar_one() == 1
