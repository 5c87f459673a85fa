"""A platform that answers as a test says, and an outbox filled by hand."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.channels import Failure, Limits, Outgoing, SendFailed, Sent
from bot.database import Database
from bot.delivery import Sender
from bot.statements import account, conversation, delivery
from models.delivery import DeliveryState, Lane
from tests.factories import LONG_AGO
from tests.way import Clock

FAST = Limits(per_second=1e6, per_chat_second=1e6)
_numbers = count(1)


class Platform:
    """Takes messages one by one; what it says to a text can be ordered in advance."""

    name = "recorder"
    account = "recorder:1"
    is_pulled = False

    def __init__(self, limits: Limits = FAST) -> None:
        self.limits = limits
        self.sent: list[tuple[str, Outgoing]] = []
        self.tried: list[str] = []
        self.flying: defaultdict[str, int] = defaultdict(int)
        self.most_flying = 0
        self.ordered: defaultdict[str, deque[SendFailed]] = defaultdict(deque)
        self.gates: dict[str, asyncio.Event] = {}

    async def start(self, receive: Any) -> None:
        """Have nothing to listen to."""

    async def stop(self) -> None:
        """Have nothing to stop."""

    def fail(self, text: str, failure: Failure, times: int = 1, **more: Any) -> None:
        """Order failures for the next tries of a text."""
        self.ordered[text].extend(SendFailed(failure, "ordered", **more) for _ in range(times))

    def hold(self, text: str) -> asyncio.Event:
        """Keep a text on its way until the event is set."""
        return self.gates.setdefault(text, asyncio.Event())

    @property
    def texts(self) -> list[str]:
        """List what arrived."""
        return [message.text for _chat, message in self.sent]

    async def send(self, chat: str, message: Outgoing) -> Sent:
        """Take a message, or fail as ordered."""
        self.tried.append(message.text)
        self.flying[chat] += 1
        self.most_flying = max(self.most_flying, self.flying[chat])
        try:
            await asyncio.sleep(0)
            if message.text in self.gates:
                await self.gates[message.text].wait()
            if self.ordered[message.text]:
                raise self.ordered[message.text].popleft()
        finally:
            self.flying[chat] -= 1
        self.sent.append((chat, message))
        return Sent(message_id=f"m{len(self.sent)}")


@dataclass(slots=True)
class Outbox:
    """The rows of one channel account, and the sender that empties it."""

    database: Database
    clock: Clock
    platform: Platform
    media: Path
    is_quiet: Callable[[datetime], bool] = lambda _at: False
    spread: timedelta = timedelta(0)
    accounts: dict[str, int] = field(default_factory=dict)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        """Make the sender."""
        self.sender = self.another_sender(self.database)

    def another_sender(self, database: Database, platform: Platform | None = None) -> Sender:
        """Make one more sender of the same account, as a second process would."""
        return Sender(
            database,
            platform or self.platform,
            now=self.clock.now,
            is_quiet=self.is_quiet,
            media=self.media,
            address=lambda token: f"http://here/media/{token}",
            spread=self.spread,
        )

    async def meet(self, who: str, *, locale: str | None = None) -> int:
        """Know somebody's account; tell its id."""
        if who not in self.accounts:
            known = {"channel": "recorder", "channel_account": self.platform.account, "external_id": who}
            times = {"created_at": LONG_AGO, "seen_at": LONG_AGO}
            empty: dict[str, Any] = {"states": {}, "choices": [], "offers": [], "counter": 0}
            async with self.database.transaction() as connection:
                made = sa.insert(account).values(**known, **times, locale=locale, is_reachable=True)
                self.accounts[who] = _key_of(await connection.execute(made))
                talk = {"channel_account": self.platform.account, "chat": who}
                await connection.execute(
                    sa.insert(conversation).values(**talk, **empty, account_id=self.accounts[who])
                )
        return self.accounts[who]

    async def queue(self, text: str, to: str = "hanh", lane: Lane = Lane.REPLY, **more: Any) -> int:
        """Put a message into the outbox; tell its id."""
        return await self.queue_payload({"v": 1, "text": text}, to, lane, **more)

    async def queue_payload(
        self, payload: dict[str, Any], to: str = "hanh", lane: Lane = Lane.REPLY, **more: Any
    ) -> int:
        """Put a payload into the outbox; tell its id."""
        values: dict[str, Any] = {
            "account_id": await self.meet(to),
            "channel_account": self.platform.account,
            "chat": to,
            "lane": int(lane),
            "kind": "reply" if lane is Lane.REPLY else "Test",
            "payload": payload,
            "dedupe_key": f"test:{next(_numbers)}",
            "state": DeliveryState.PENDING,
            "attempts": 0,
            "created_at": LONG_AGO,
        }
        async with self.database.transaction() as connection:
            return _key_of(await connection.execute(sa.insert(delivery).values(values | more)))

    async def row(self, delivery_id: int) -> Any:
        """Read one message."""
        async with self.database.reading() as session:
            query = sa.select(delivery).where(delivery.c.id == delivery_id)
            return (await (await session.connection()).execute(query)).one()

    async def states(self, *ids: int) -> list[str]:
        """Tell where some messages stand."""
        return [str((await self.row(one)).state.value) for one in ids]

    async def drain(self, *, after: timedelta = timedelta(0)) -> None:
        """Let time pass, then send what may be sent."""
        self.clock.moment += after
        await self.sender.drain()


def _key_of(made: sa.CursorResult[Any]) -> int:
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])
