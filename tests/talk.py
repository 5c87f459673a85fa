"""A whole program in a test: people say and tap, and what they receive is compared with a script."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot import updates as make
from bot.channels import Incoming, Limits, Outgoing, Sent, is_scarce
from bot.choices import said
from bot.conversation import Conversations
from bot.database import Database
from bot.delivery import Sender
from bot.dispatcher import make_dispatcher
from bot.drawings import Drawings
from bot.learned import Learned
from bot.papers import Papers
from bot.scheduler import Scheduler
from bot.statements import conversation, delivery
from services.media import MediaStore
from services.status import Machine

BUTTONS = Limits(per_chat_second=1000.0, per_second=1000.0)
RUNS_SINCE = datetime(2026, 11, 16, 5, 2, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LIST = Limits(
    text=2000, has_buttons=False, can_edit=False, sends_files=False, per_chat_second=1000.0, per_second=1000.0
)


@dataclass(frozen=True, slots=True)
class Received:
    """One message as somebody sees it: its words, its choices by label, its files."""

    text: str
    labels: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    has_picture: bool = False
    has_document: bool = False
    is_numbered: bool = False


class Recorder:
    """A channel without a network: what is sent is kept."""

    is_pulled = False

    def __init__(self, limits: Limits) -> None:
        self.name = "recorder"
        self.account = "recorder:1"
        self.limits = limits
        self.quota_left: int | None = None
        self.sent: dict[str, list[Received]] = defaultdict(list)

    async def start(self, receive: Any) -> None:
        """Have nothing to listen to."""

    async def stop(self) -> None:
        """Have nothing to stop."""

    async def send(self, chat: str, message: Outgoing) -> Sent:
        """Keep a message as the person would see it."""
        labels = tuple(button.label for button in message.buttons)
        data = tuple(button.data for button in message.buttons)
        text = message.text
        is_numbered = False
        if not self.limits.has_buttons:
            text, labels, is_numbered = _read_list(text)
        seen = Received(text, labels, data, bool(message.picture), bool(message.document), is_numbered)
        self.sent[chat].append(seen)
        return Sent(message_id=str(len(self.sent[chat])))


def _read_list(text: str) -> tuple[str, tuple[str, ...], bool]:
    """Take a message apart as a reader without buttons does: its words, and what can be chosen."""
    lines = text.split("\n")
    if lines[-1] in {
        "Nhắn số để chọn. Nhắn 0 để về mục chính.",
        "Send a number to choose. Send 0 for the main menu.",
    }:
        labels: list[str] = []
        body = lines[:-1]
        while body and re.match(r"\d\. ", body[-1]):
            labels.insert(0, body.pop()[3:])
        return "\n".join(body), tuple(labels), True
    hint = re.fullmatch(r"(?:Nhắn|Send) (.+)\.", lines[-1])
    words = re.split(r" (?:hoặc|or) ", hint[1]) if hint else []
    if words and all(word == word.upper() for word in words):
        return "\n".join(lines[:-1]), tuple(words), False
    return text, (), False


class Pulled(Recorder):
    """The web chat without its page: messages are numbered rows."""

    is_pulled = True

    def __init__(self) -> None:
        super().__init__(BUTTONS)
        self.name = "webchat"
        self.account = "webchat"


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is set."""

    moment: datetime

    def now(self) -> datetime:
        """Tell the moment."""
        return self.moment


class World(Protocol):
    """What a talk is given besides the database."""

    rules: Any


@dataclass(slots=True)
class Talk:
    """People on one kind of channel, a frozen clock, and everything the program would do by itself."""

    database: Database
    channel: Recorder
    clock: Clock
    rules: Any
    given: dict[str, Any]
    media: Path
    people: dict[str, str] = field(default_factory=dict)
    unread: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    _count: int = 0
    _read: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    conversations: Conversations = field(init=False)
    sender: Sender = field(init=False)
    scheduler: Scheduler = field(init=False)
    learned: Learned = field(init=False)
    drawings: Drawings = field(init=False)
    papers: Papers = field(init=False)

    def __post_init__(self) -> None:
        """Compose the program around the frozen clock."""
        machine = Machine("0.1.0", RUNS_SINCE, lambda: {"webchat": True, "telegram": False})
        given = {"rules": self.rules, "machine": machine, **self.given}
        self.learned = Learned(self.database, given)
        self.conversations = Conversations(
            self.database,
            make_dispatcher(),
            now=self.clock.now,
            given=given,
            messages_per_minute=10_000,
            is_scarce=lambda _account: is_scarce(self.channel),
        )
        self.drawings = Drawings(
            self.database, MediaStore(self.media), self.given["guides"], self.rules.public_url
        )
        lessons = self.given["lessons"]
        self.papers = Papers(self.database, MediaStore(self.media), lessons, self.rules)
        self.sender = Sender(
            self.database,
            self.channel,
            now=self.clock.now,
            is_quiet=self.rules.hours.is_quiet,
            media=self.media,
            address=lambda token: f"http://127.0.0.1:8080/media/{token}",
            fetch=self._fetch,
        )
        self.scheduler = Scheduler(self.database, rules=self.rules, now=self.clock.now, given=given)

    async def _fetch(self, media_id: int) -> bool:
        return await self.drawings.fetch(media_id) or await self.papers.fetch(media_id)

    async def say(self, who: str, text: str) -> None:
        """Let somebody type."""
        await self._receive(who, make.text_update(self._id(who), text, key=self._key(), at=self.clock.now()))

    async def tap(self, who: str, label: str) -> None:
        """Let somebody choose by label: a tap, or on a list the number or the words."""
        message = next((m for m in reversed(self.shown[who]) if _holds(m, label)), None)
        word = None if message else await self._word_of(who, label)
        if word:
            await self.say(who, word)
            return
        assert message is not None, f"{who} has no choice [{label}]: {[m.labels for m in self.shown[who]]}"
        if self.channel.limits.has_buttons:
            data = message.data[message.labels.index(label)]
            await self._receive(
                who, make.tap_update(self._id(who), data, key=self._key(), at=self.clock.now())
            )
        elif message.is_numbered and message is next(m for m in reversed(self.shown[who]) if m.is_numbered):
            await self.say(who, str(message.labels.index(label) + 1))
        else:
            await self.say(who, label)

    async def _word_of(self, who: str, label: str) -> str | None:
        """Find the word that was shown in place of a button: NHẬN 128, #XONG."""
        mine = sa.select(conversation.c.choices, conversation.c.offers).where(
            conversation.c.chat == self._id(who)
        )
        async with self.database.reading() as session:
            row = (await (await session.connection()).execute(mine)).one()
        words = [
            names[1] for names, *_ in [*row.choices, *row.offers] if names[0] == said(label) and names[1:]
        ]
        shown = [one for message in reversed(self.shown[who]) for one in message.labels]
        return next((one for one in shown if said(one) in words), None)

    async def send(self, who: str, kind: str) -> None:
        """Let somebody send a photo, a voice message or a sticker."""
        key, at = self._key(), self.clock.now()
        if kind == "photo":
            photo = make.photo_update(self._id(who), await self._upload(key), key=key, at=at)
            await self._receive(who, photo)
        else:
            await self._receive(who, make.media_update(self._id(who), kind, key=key, at=at))

    async def _upload(self, key: str) -> str:
        """Put a picture where the web page puts one, and tell the token it goes by."""
        async with self.database.writing() as session:
            store = MediaStore(self.media)
            data, now = f"picture {key}".encode(), self.clock.now()
            media_id = await store.keep(
                session, data, mime="image/jpeg", now=now, keep_for=timedelta(hours=24)
            )
            return await store.token_of(session, media_id)

    async def repeat(self, who: str, update: dict[str, Any], key: str) -> None:
        """Hand in an update under a key of choice, as a platform that repeats itself does."""
        await self._receive(who, update, key)

    async def at(self, moment: datetime) -> None:
        """Let time pass: what is due by then runs, minute by minute where it matters."""
        await self.scheduler.run_all()
        self.clock.moment = moment
        await self.scheduler.run_all()
        await self.deliver()

    async def deliver(self) -> None:
        """Let everything that may be sent now be sent, and sort it by receiver."""
        await self.learned.refresh()
        await self.sender.drain()
        names = {self._id(name): name for name in self.people}
        if self.channel.is_pulled:
            await self._pull(names)
            return
        for chat, messages in self.channel.sent.items():
            name = names.get(chat, chat)
            for message in messages[self._read[chat] :]:
                self.unread[name].append(message)
                self.shown[name].append(message)
            self._read[chat] = len(messages)

    async def _pull(self, names: dict[str, str]) -> None:
        query = (
            sa.select(delivery.c.chat, delivery.c.number, delivery.c.payload)
            .where(delivery.c.number.is_not(None))
            .order_by(delivery.c.number)
        )
        async with self.database.reading() as session:
            rows = (await (await session.connection()).execute(query)).all()
        for row in rows:
            if row.number <= self._read[row.chat]:
                continue
            assert row.number == self._read[row.chat] + 1, "the numbers of the web chat have a gap"
            self._read[row.chat] = row.number
            choices = row.payload.get("choices", [])
            message = Received(
                row.payload["text"],
                tuple(choice[0] for choice in choices),
                tuple(choice[1] for choice in choices),
                bool(row.payload.get("picture")),
                bool(row.payload.get("document")),
            )
            name = names.get(row.chat, row.chat)
            self.unread[name].append(message)
            self.shown[name].append(message)

    async def _receive(self, who: str, update: dict[str, Any], key: str | None = None) -> None:
        incoming = Incoming(
            account=self.channel.account,
            channel=self.channel.name,
            key=key or f"k{self._count}",
            chat=self._id(who),
            sender=self._id(who),
            update=update,
        )
        await self.conversations.receive(incoming)
        await self.deliver()

    def _id(self, who: str) -> str:
        return self.people.setdefault(who, f"chat-{len(self.people) + 1}")

    def _key(self) -> str:
        self._count += 1
        return f"k{self._count}"


def _holds(message: Received, label: str) -> bool:
    said = label.upper()
    return label in message.labels or any(one == said or one.startswith(f"{said} ") for one in message.labels)
