"""Ours: the program from Telegram's raw update to the message marked as sent, over a mute channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from benchmarks import _load
from bot import migrations
from bot.app import Program
from bot.channels import Incoming, Limits, Outgoing, Sent
from bot.channels.telegram import Telegram
from bot.config import load
from bot.database import Database
from bot.library import load_content
from bot.outbox import REPLY
from models.conversation import Conversation
from models.delivery import Delivery, DeliveryState
from models.guides import GuideVisit
from models.people import Account, Consent, Person

NO_LIMIT = 1e9
UNHURRIED = {"TOSO_LIMITS__MESSAGES_PER_MINUTE": "1000000"}
PATIENCE = 300
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LONG_AGO = NOW - timedelta(days=40)


class Mute(Telegram):
    """Telegram that reads updates as ever and sends nothing, without rates: those would be the measure."""

    limits = Limits(per_second=NO_LIMIT, per_chat_second=NO_LIMIT)

    def __init__(self) -> None:
        super().__init__("1:made-up")
        self.sent = 0
        self.awaited = -1
        self.done = asyncio.Event()

    async def send(self, chat: str, message: Outgoing) -> Sent:
        """Count."""
        assert chat
        assert message.text
        self.sent += 1
        if self.sent == self.awaited:
            self.done.set()
        return Sent(str(self.sent))

    async def hand_in(
        self, updates: Sequence[dict[str, Any]], receive: Callable[[Incoming], Any], *, at_once: bool
    ) -> None:
        """Take updates the way polling does: a batch's chats side by side, or one after the other."""
        self._receive = receive
        for batch in _load.batches(list(updates)) if at_once else ([update] for update in updates):
            await self._take_batch(batch)

    async def _answer(self, query_id: str) -> None:
        """Leave the tapped button spinning."""


def longest_guide() -> tuple[str, int]:
    """Name the guide with the most steps, so that a tap on Next rarely meets the end."""
    found = max(load_content()["guides"], key=lambda guide: len(guide.steps))
    return found.slug, len(found.steps)


def prepare(url: str, guide: str) -> None:
    """Make the tables, and 500 people who said yes long ago and stand at the front page of a guide."""
    migrations.upgrade(url)
    asyncio.run(_settle(url, guide))


async def _settle(url: str, guide: str) -> None:
    database = Database(url)
    people = range(1, _load.PEOPLE + 1)
    account = Mute().account
    rows: Iterable[tuple[type, Callable[[int], dict[str, Any]]]] = (
        (
            Person,
            lambda n: {
                "id": n,
                "name": "Nguyễn Thị Hạnh",
                "locale": "vi",
                "has_large_text": False,
                "created_at": LONG_AGO,
            },
        ),
        (
            Consent,
            lambda n: {
                "person_id": n,
                "purpose": "citizen",
                "version": "2026-11",
                "channel": "telegram",
                "given_at": LONG_AGO,
            },
        ),
        (
            Account,
            lambda n: {
                "id": n,
                "channel": "telegram",
                "channel_account": account,
                "external_id": _chat(n),
                "person_id": n,
                "is_reachable": True,
                "created_at": LONG_AGO,
                "seen_at": LONG_AGO,
            },
        ),
        (
            Conversation,
            lambda n: {
                "id": n,
                "channel_account": account,
                "chat": _chat(n),
                "account_id": n,
                "states": {},
                "choices": [],
                "offers": [],
                "counter": 0,
            },
        ),
        (
            GuideVisit,
            lambda n: {
                "id": n,
                "person_id": n,
                "slug": guide,
                "step": 0,
                "helped": False,
                "started_at": LONG_AGO,
                "moved_at": NOW - timedelta(hours=1),
            },
        ),
    )
    async with database.transaction() as connection:
        for model, row in rows:
            table: Any = sa.inspect(model).local_table
            await connection.execute(sa.insert(table), [row(number) for number in people])
            if not database.is_sqlite and "id" in row(1):
                await connection.exec_driver_sql(f"SELECT setval('{table.name}_id_seq', {_load.PEOPLE})")
    await database.close()


def _chat(number: int) -> str:
    return str(_load.FIRST_ID + number - 1)


async def whole_way(
    url: str, updates: list[dict[str, Any]], *, at_once: bool = True, durable: bool = True
) -> _load.Pace:
    """Take every update until its reply is marked as sent and committed; tell updates a second."""
    moment = time.perf_counter()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.perf_counter() - moment)

    program = Program(load(environ={"TOSO_DATABASE__URL": url, **UNHURRIED}), now=now)
    database, conversations = program.database, program.conversations
    if not durable:
        sa.event.listen(database.engine.sync_engine, "connect", _trust_the_power)
    channel = Mute()
    sender = program.add_sender(channel)
    sending = asyncio.create_task(sender.run())
    warm, rest = updates[: len(updates) // 10], updates[len(updates) // 10 :]

    async def take(some: list[dict[str, Any]]) -> None:
        channel.awaited = channel.sent + len(some)
        channel.done.clear()
        await channel.hand_in(some, conversations.receive, at_once=at_once)
        await asyncio.wait_for(channel.done.wait(), PATIENCE)

    await take(warm)
    watch = _load.Watch()
    await take(rest)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    pace = watch.pace(len(rest))
    await _prove(database, len(updates))
    await database.close()
    return pace


def _trust_the_power(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


async def _prove(database: Database, count: int) -> None:
    """See that every update was answered once and every answer marked; what is said later is beside this."""
    table: Any = sa.inspect(Delivery).local_table
    answers = sa.select(table.c.state, sa.func.count()).where(table.c.kind == REPLY)
    statement = answers.group_by(table.c.state)
    async with database.transaction() as connection:
        found = {row[0]: row[1] for row in await connection.execute(statement)}
    assert found == {DeliveryState.SENT: count}, found
