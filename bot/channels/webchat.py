"""The web chat: a socket a tab, numbered replies, nothing lost by a restart (docs/webchat.md)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from aiohttp import WSCloseCode, WSMsgType, web

from bot import updates
from bot.channels import Incoming, Limits, Outcome, Outgoing, Receive, Sent
from bot.database import Database
from bot.failures import failure_shape
from bot.leases import media
from bot.statements import conversation, delivery
from locales import gettext as _

log = logging.getLogger(__name__)

ACCOUNT: Final = "webchat"
HISTORY: Final = 50
POLL: Final = 2.0
SEND_PATIENCE: Final = 10.0
LONGEST_FRAME: Final = 64 * 1024
LONGEST_TEXT: Final = 4000
_MINE = conversation.c.channel_account == ACCOUNT
# By account, for that is what the numbers are indexed by.
_REPLIES = (
    sa.select(delivery.c.number, delivery.c.payload)
    .join(conversation, conversation.c.account_id == delivery.c.account_id)
    .where(_MINE, conversation.c.chat == sa.bindparam("b_chat"), delivery.c.number > sa.bindparam("b_after"))
    .order_by(delivery.c.number)
)


@dataclass(eq=False, slots=True)
class Tab:
    """One open socket: whose chat it shows and the last number it was sent."""

    socket: web.WebSocketResponse
    chat: str
    last: int = 0
    is_greeted: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class WebChat:
    """The channel behind the page; it is pulled: committed rows are pushed to the sockets of this process."""

    name = "webchat"
    account = ACCOUNT
    limits = Limits()
    is_pulled = True

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        """Prepare; frames are refused before `start`."""
        self.database = database
        self.now = now
        self.tabs: dict[str, set[Tab]] = defaultdict(set)
        self.demo: Any = None
        self._receive: Receive | None = None
        self._poller: asyncio.Task[None] | None = None
        self._pushes: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    async def start(self, receive: Receive) -> None:
        """Begin to hand in what arrives, and to look for rows other processes committed."""
        self._receive = receive
        self._poller = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """Close every socket; the pages come back by themselves."""
        if self._poller:
            self._poller.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poller
        tabs = [tab for group in self.tabs.values() for tab in group]
        await asyncio.gather(*(tab.socket.close(code=1001) for tab in tabs), return_exceptions=True)

    async def send(self, chat: str, message: Outgoing) -> Sent:
        """Never be asked: a pulled channel numbers its messages instead."""
        raise NotImplementedError("the web chat is pulled")

    def look(self) -> None:
        """Say that another process may have committed something."""
        self._news.set()

    def push_soon(self, chats: Iterable[str]) -> None:
        """Push to these chats' sockets in the background."""
        for chat in chats:
            if self.tabs.get(chat):
                task = asyncio.create_task(self.push(chat))
                self._pushes.add(task)
                task.add_done_callback(self._pushes.discard)

    async def serve(self, request: web.Request, chat: str) -> web.WebSocketResponse:
        """Talk with one tab until it goes away."""
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=LONGEST_FRAME)
        await socket.prepare(request)
        tab = Tab(socket, chat)
        self.tabs[chat].add(tab)
        try:
            if self.demo:
                await self.demo.greet(tab)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._frame(tab, message.data)
                elif message.type is WSMsgType.BINARY:
                    await self._refuse(tab, None, _unreadable())
        except Exception as error:  # noqa: BLE001 - not acknowledged, so the page sends it again
            log.error("web chat failed", extra={"failure": failure_shape(error)})  # noqa: TRY400
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
        finally:
            self._leave(tab)
        return socket

    def move(self, tab: Tab, chat: str) -> None:
        """Let a tab show another chat from its beginning."""
        self._leave(tab)
        tab.chat, tab.last = chat, 0
        self.tabs[chat].add(tab)

    def _leave(self, tab: Tab) -> None:
        self.tabs[tab.chat].discard(tab)
        if not self.tabs[tab.chat]:
            del self.tabs[tab.chat]

    async def _frame(self, tab: Tab, text: str) -> None:
        """Take one frame; whatever is wrong with it gets one sentence."""
        frame = _parsed(text)
        if frame is None:
            await self._refuse(tab, None, _unreadable())
            return
        kind = frame["type"]
        if kind == "hello":
            await self._hello(tab, frame.get("after"))
        elif kind in {"message", "tap", "photo"}:
            await self._take(tab, frame)
        elif self.demo and kind in {"become", "monday"}:
            await self.demo.frame(tab, frame)

    async def _hello(self, tab: Tab, after: Any) -> None:
        seen = after if isinstance(after, int) and not isinstance(after, bool) and after >= 0 else 0
        counter = await self._counter(tab.chat)
        if seen > counter:
            await _send(tab, {"type": "reset", "forget": True})
            seen = 0
        tab.last = max(seen, counter - HISTORY)
        tab.is_greeted = True
        await self.push(tab.chat)

    async def _take(self, tab: Tab, frame: dict[str, Any]) -> None:
        key = _uuid(frame.get("id"))
        body = frame.get({"message": "text", "tap": "data", "photo": "media"}[frame["type"]])
        if key is None or not isinstance(body, str) or not body.strip():
            shown = frame.get("id")
            sentence = _("This message is incomplete and was not taken.")
            await self._refuse(tab, shown if isinstance(shown, str) else None, sentence)
            return
        if self._receive is None:
            return
        make = {"message": updates.text_update, "tap": updates.tap_update, "photo": updates.photo_update}
        content = body[: LONGEST_TEXT + 1] if frame["type"] == "message" else body
        update = make[frame["type"]](tab.chat, content, key=key, at=self.now())
        outcome = await self._receive(
            Incoming(self.account, self.name, f"{tab.chat}:{key}", tab.chat, tab.chat, update)
        )
        await _send(tab, {"type": "ack", "id": frame["id"]})
        if outcome is not Outcome.REPEAT:
            await self.push(tab.chat)
            if self.demo:
                await self.demo.refresh()

    async def _refuse(self, tab: Tab, key: str | None, sentence: str) -> None:
        await _send(tab, {"type": "error", "id": key, "text": sentence})

    async def _counter(self, chat: str) -> int:
        async with self.database.reading() as session:
            statement = sa.select(conversation.c.counter).where(_MINE, conversation.c.chat == chat)
            return (await (await session.connection()).execute(statement)).scalar() or 0

    async def push(self, chat: str) -> None:
        """Send every tab of a chat the replies after its last."""
        tabs = [tab for tab in self.tabs.get(chat, ()) if tab.is_greeted]
        if not tabs:
            return
        replies = await self._replies(chat, min(tab.last for tab in tabs))
        await asyncio.gather(*(_show(tab, chat, replies) for tab in tabs))

    async def _replies(self, chat: str, after: int) -> list[dict[str, Any]]:
        async with self.database.reading() as session:
            connection = await session.connection()
            rows = (await connection.execute(_REPLIES, {"b_chat": chat, "b_after": after})).all()
            wanted = {row.payload.get(key) for row in rows for key in ("picture", "document")} - {None}
            found = sa.select(media.c.id, media.c.token, media.c.filename).where(media.c.id.in_(wanted))
            files = {row.id: row for row in (await connection.execute(found)).all()} if wanted else {}
        return [_reply(row.number, row.payload, files) for row in rows]

    async def _poll(self) -> None:
        """Look every two seconds for what other processes committed."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._news.wait()
            self._news.clear()
            chats = list(self.tabs)
            if not chats:
                continue
            statement = sa.select(conversation.c.chat, conversation.c.counter).where(
                _MINE, conversation.c.chat.in_(chats)
            )
            try:
                async with self.database.reading() as session:
                    rows = (await (await session.connection()).execute(statement)).all()
            except Exception as error:  # noqa: BLE001 - the database may be back at the next look
                log.error("web chat cannot look", extra={"failure": failure_shape(error)})  # noqa: TRY400
                continue
            self.push_soon(
                row.chat
                for row in rows
                if any(tab.last < row.counter for tab in self.tabs.get(row.chat, ()) if tab.is_greeted)
            )


def _parsed(text: str) -> dict[str, Any] | None:
    """Read a frame; None if it is none. What no database takes is left out of its texts."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        return None
    return {key: updates.cleaned(value) if isinstance(value, str) else value for key, value in frame.items()}


def _unreadable() -> str:
    return _("This message could not be read. Please load the page again.")


def _uuid(value: Any) -> str | None:
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _reply(number: int, payload: dict[str, Any], files: dict[int, Any]) -> dict[str, Any]:
    picture, document = files.get(payload.get("picture", 0)), files.get(payload.get("document", 0))
    return {
        "type": "reply",
        "id": number,
        "text": payload["text"],
        "choices": [{"label": choice[0], "data": choice[1]} for choice in payload.get("choices", [])],
        "picture": f"/media/{picture.token}" if picture else None,
        "alt": payload.get("alt"),
        "document": f"/media/{document.token}" if document else None,
        "filename": document.filename if document else None,
        "echo": None,
    }


async def _show(tab: Tab, chat: str, replies: list[dict[str, Any]]) -> None:
    """Send a tab what it has not seen, in order, however many push at once."""
    async with tab.lock:
        for reply in replies:
            if tab.chat == chat and reply["id"] > tab.last:
                tab.last = reply["id"]
                await _send(tab, reply)


async def _send(tab: Tab, frame: dict[str, Any]) -> None:
    """Send a frame; a page that does not read it is hung up on, and comes back."""
    try:
        async with asyncio.timeout(SEND_PATIENCE):
            await tab.socket.send_str(json.dumps(frame, ensure_ascii=False))
    except TimeoutError:
        await tab.socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
    except (ConnectionError, RuntimeError):
        pass


def from_config(program: Any) -> WebChat:
    """Make the web chat, which needs no token."""
    return WebChat(program.database, now=program.now)
