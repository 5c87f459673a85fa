"""An update's way with handlers of the test's own: what is handed in, and what the tables say of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from aiogram import Dispatcher, Router
from aiogram.types import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import updates
from bot.channels import Incoming, Outcome
from bot.conversation import Conversations
from bot.database import Database
from handlers.reply import Reply
from models.people import Person

LONG_AGO = datetime(2025, 10, 1, 8, 0).astimezone()
_keys = count(1)


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is set."""

    moment: datetime

    def now(self) -> datetime:
        """Tell the moment."""
        return self.moment


async def until(is_true: Callable[[], object], seconds: float = 5) -> None:
    """Wait for something that nobody announces; TimeoutError if it does not come."""
    async with asyncio.timeout(seconds):
        while not is_true():  # noqa: ASYNC110 - whoever does it knows of no event
            await asyncio.sleep(0.005)


def incoming(
    text: str,
    *,
    chat: str = "hanh",
    key: str | None = None,
    account: str = "recorder:1",
    channel: str = "recorder",
    at: datetime | None = None,
) -> Incoming:
    """Write what somebody typed as a channel hands it in."""
    key = key or f"key-{next(_keys)}"
    at = at or datetime.fromtimestamp(0).astimezone()
    return Incoming(account, channel, key, chat, chat, updates.text_update(chat, text, key=key, at=at))


async def note(message: Message, session: AsyncSession) -> Reply:
    """Write down who spoke: the fact all tests count."""
    session.add(Person(name=message.text or "", created_at=LONG_AGO))
    return Reply(f"Đã ghi {message.text}")


@dataclass(slots=True)
class Way:
    """A program of one handler, over a real database."""

    database: Database
    clock: Clock
    handler: Callable[..., Any] = note
    options: dict[str, Any] = field(default_factory=dict)
    conversations: Conversations = field(init=False)

    def __post_init__(self) -> None:
        """Compose it."""
        router = Router()
        router.message.register(self.handler)
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.include_router(router)
        self.conversations = Conversations(self.database, dispatcher, now=self.clock.now, **self.options)

    async def say(self, text: str, **more: Any) -> Outcome:
        """Hand in what somebody typed."""
        return await self.conversations.receive(incoming(text, **more))

    async def rows(self, table: type, *columns: str, **where: Any) -> list[Any]:
        """Read some columns of every row, oldest first."""
        found: Any = sa.inspect(table).local_table
        query = sa.select(*(found.c[name] for name in columns)) if columns else sa.select(found)
        for name, value in where.items():
            query = query.where(found.c[name] == value)
        order = found.c.id if "id" in found.c else next(iter(found.c))
        async with self.database.reading() as session:
            return list((await (await session.connection()).execute(query.order_by(order))).all())

    async def said(self, chat: str = "hanh") -> list[str]:
        """List the words queued for a chat."""
        from models.delivery import Delivery

        return [row.payload["text"] for row in await self.rows(Delivery, "payload", chat=chat)]
