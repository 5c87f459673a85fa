"""The script book on the real channels: Telegram through its API, the web chat through its sockets."""

from __future__ import annotations

import asyncio
import hashlib
import io
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import sqlalchemy as sa
from aiohttp import ClientSession, ClientWebSocketResponse, FormData, web
from PIL import Image

from bot.channels.telegram import Telegram
from bot.channels.webchat import WebChat
from bot.statements import conversation
from bot.web.identity import COOKIE, Visitors
from bot.web.server import Site
from services.media import MediaStore
from tests.talk import BUTTONS, Received, Talk
from tests.telegram_server import TOKEN, TelegramServer
from tests.telegram_server.objects import Message, Person

PATIENCE = 10.0


@dataclass(slots=True)
class OnTelegram(Talk):
    """People with Telegram in their hands: what they see is what the platform shows them."""

    server: TelegramServer = field(default_factory=TelegramServer)
    seen: dict[int, int] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Let the program poll while the block runs."""
        async with self.server:
            telegram = Telegram(TOKEN, api_base=self.server.url)
            telegram.limits = BUTTONS
            self.channel = self.sender.channel = telegram  # type: ignore[assignment]
            await telegram.start(self.conversations.receive)
            try:
                yield
            finally:
                await telegram.stop()

    async def say(self, who: str, text: str) -> None:
        """Let somebody type."""
        self.server.say(self._person(who), text)
        await self._taken()

    async def tap(self, who: str, label: str) -> None:
        """Let somebody touch the newest button of that label."""
        self.server.tap(self._person(who), label)
        await self._taken()

    async def send(self, who: str, kind: str) -> None:
        """Let somebody send a photo, a voice message, a sticker or a file."""
        if kind == "document":
            self.server.send_document(self._person(who), b"a file", "tep.pdf", "application/pdf")
        else:
            getattr(self.server, f"send_{kind}")(self._person(who))
        await self._taken()

    async def deliver(self) -> None:
        """Let everything be sent, and read every screen: new messages, and old ones with new words."""
        await self.learned.refresh()
        await self.sender.drain()
        for who in list(self.people):
            for message in self.server.messages(self._person(who)):
                if message.is_from_bot and self.seen.get(message.id) != len(message.edits):
                    self.seen[message.id] = len(message.edits)
                    self.unread[who].append(_read(message))
                    self.shown[who].append(_read(message))

    async def _taken(self) -> None:
        await self.server.all_confirmed(PATIENCE)
        await self.deliver()

    def _person(self, who: str) -> Person:
        self._id(who)
        return self.server.person(who)

    def _id(self, who: str) -> str:
        return self.people.setdefault(who, str(self.server.person(who).id))


def _read(message: Message) -> Received:
    return Received(
        message.text,
        tuple(message.labels),
        tuple(button.data or "" for button in message.buttons),
        message.photo is not None,
        message.document is not None,
    )


@dataclass(slots=True)
class OnWeb(Talk):
    """People with the web chat open: one socket each, which says everything there was when it opens."""

    WITHOUT: ClassVar = {"voice", "sticker", "document"}

    url: str = ""
    http: dict[str, ClientSession] = field(default_factory=dict)
    sockets: dict[str, ClientWebSocketResponse] = field(default_factory=dict)
    readers: list[asyncio.Task[None]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    acks: set[str] = field(default_factory=set)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def open(self, port: int) -> AsyncIterator[None]:
        """Serve the site while the block runs."""
        chat = WebChat(self.database, now=self.clock.now)
        self.channel = self.sender.channel = chat  # type: ignore[assignment]
        self.sender.on_numbered = chat.push_soon
        self.url = f"http://127.0.0.1:{port}"
        async with AsyncExitStack() as stack:
            await chat.start(self.conversations.receive)
            stack.push_async_callback(chat.stop)
            runner = web.AppRunner(self._site(chat).app(), access_log=None, shutdown_timeout=0.5)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", port).start()
            stack.push_async_callback(self._hang_up)
            yield

    def _site(self, chat: WebChat) -> Site:
        return Site(
            database=self.database,
            webchat=chat,
            receive=self.conversations.receive,
            visitors=Visitors(1000),
            media=MediaStore(self.media),
            now=self.clock.now,
        )

    async def say(self, who: str, text: str) -> None:
        """Let somebody type."""
        await self._write(who, {"type": "message", "text": text})

    async def tap(self, who: str, label: str) -> None:
        """Let somebody choose by label."""
        message = next(message for message in reversed(self.shown[who]) if label in message.labels)
        await self._write(who, {"type": "tap", "data": message.data[message.labels.index(label)]})

    async def send(self, who: str, kind: str) -> None:
        """Let somebody send a photo, the one thing a page can send."""
        assert kind not in self.WITHOUT, f"the web chat has no {kind}"
        form = FormData()
        form.add_field("file", _picture(), filename="anh.png", content_type="image/png")
        await self._open(who)
        headers = {"Origin": self.url}
        async with self.http[who].post(f"{self.url}/chat/photo", data=form, headers=headers) as answer:
            token = (await answer.json())["media"]
        await self._write(who, {"type": "photo", "media": token})

    async def deliver(self) -> None:
        """Let everything be numbered, and wait until every page shows all of it."""
        await self.learned.refresh()
        await self.sender.drain()
        for who in list(self.people):
            await self._open(who)
        counters = sa.select(conversation.c.chat, conversation.c.counter)
        async with self.database.reading() as session:
            rows = (await (await session.connection()).execute(counters)).all()
        wanted = {row.chat: row.counter for row in rows}
        await self._until(lambda: all(self.numbers[chat] == counter for chat, counter in wanted.items()))

    async def _write(self, who: str, frame: dict[str, Any]) -> None:
        await self._open(who)
        key = str(uuid.uuid4())
        await self.sockets[who].send_json(frame | {"id": key})
        await self._until(lambda: key in self.acks)
        await self.deliver()

    async def _until(self, is_true: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_true():
                self.news.clear()
                await self.news.wait()

    async def _open(self, who: str) -> None:
        if who in self.sockets:
            return
        self._id(who)
        http = self.http[who] = ClientSession(cookies={COOKIE: _token(who)})
        socket = self.sockets[who] = await http.ws_connect(f"{self.url}/chat/ws", origin=self.url)
        await socket.send_json({"type": "hello", "after": 0})
        self.readers.append(asyncio.create_task(self._listen(who, socket)))

    async def _listen(self, who: str, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = message.json()
            if frame["type"] == "ack":
                self.acks.add(frame["id"])
            elif frame["type"] == "reply":
                chat = self._id(who)
                assert frame["id"] == self.numbers[chat] + 1, "the numbers of the web chat have a gap"
                self.numbers[chat] = frame["id"]
                self.unread[who].append(_shown(frame))
                self.shown[who].append(_shown(frame))
            self.news.set()

    async def _hang_up(self) -> None:
        for socket in self.sockets.values():
            await socket.close()
        await asyncio.gather(*self.readers)
        for http in self.http.values():
            await http.close()

    def _id(self, who: str) -> str:
        return self.people.setdefault(who, hashlib.sha256(_token(who).encode()).hexdigest()[:40])


def _shown(frame: dict[str, Any]) -> Received:
    choices = frame["choices"]
    return Received(
        frame["text"],
        tuple(choice["label"] for choice in choices),
        tuple(choice["data"] for choice in choices),
        frame["picture"] is not None,
        frame["document"] is not None,
    )


def _token(who: str) -> str:
    return hashlib.sha256(who.encode()).hexdigest()


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "PNG")
    return made.getvalue()
