"""What does the pretended Telegram remember?"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable
from typing import Any

from .call import Call
from .objects import Content, File, Json, Message, Person, Tap
from .updates import Updates

TOKEN = "990000001:a-token-that-opens-nothing"
FIRST_PERSON = 7_000_000_001  # real ids outgrew 32 bits; a column that does not hold them must fail here
SOON = 0.02


class World:
    """People, chats, files and updates of one bot; the methods of the Bot API read and change it."""

    def __init__(self, token: str = TOKEN, *, clock: Callable[[], float] = time.time) -> None:
        self.token = token
        self.bot = Person(int(token.partition(":")[0]), "Tổ Số (thử)", username="to_so_thu_bot", is_bot=True)
        self.people: dict[int, Person] = {}
        self.files: dict[str, File] = {}
        self.taps: dict[str, Tap] = {}
        self.calls: list[Call] = []
        self.actions: list[tuple[Person, str]] = []
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.updates = Updates()
        self.webhook_retry_pause = 0.05
        self._clock = clock
        self._chats: dict[Person, list[Message]] = {}
        self._heard: dict[Person, int] = {}
        self._message_ids = itertools.count(101)
        self._file_numbers = itertools.count(1)
        self._changed = asyncio.Event()

    def now(self) -> int:
        """Tell the Unix time written on messages."""
        return int(self._clock())

    def person(self, first_name: str, *, has_started: bool = True, **details: Any) -> Person:
        """Give the person of that name, the same one every time.

        Without `has_started` the bot has never met them: writing to them is "chat not found".
        """
        for known in self.people.values():
            if known.first_name == first_name:
                return known
        person = Person(FIRST_PERSON + len(self.people), first_name, has_started=has_started, **details)
        self.people[person.id] = person
        return person

    def messages(self, chat: Person) -> list[Message]:
        """List what both sides said, oldest first, without what was deleted."""
        return [message for message in self._chats.get(chat, []) if not message.is_deleted]

    def find(self, chat: Person, message_id: int) -> Message | None:
        """Look a message up in its own chat."""
        return next((message for message in self.messages(chat) if message.id == message_id), None)

    def write(self, chat: Person, sender: Person, content: Content, **more: object) -> Message:
        """Put a line at the end of a chat."""
        message = Message(next(self._message_ids), chat, sender, self.now(), content, **more)  # type: ignore[arg-type]
        self._chats.setdefault(chat, []).append(message)
        self.has_changed()
        return message

    def keep(self, kind: str, content: bytes, name: str, mime: str) -> File:
        """Store bytes under a new file id; a photo also gets a small size with bytes of its own."""
        file = File(f"{kind}-{next(self._file_numbers):08d}", kind, content, name, mime)
        if kind == "photo":
            file.thumbnail = File(f"{file.id}-small", kind, b"small size of " + file.id.encode(), name, mime)
            self.files[file.thumbnail.id] = file.thumbnail
        self.files[file.id] = file
        return file

    def has_changed(self) -> None:
        """Wake whoever waits in `until`."""
        self._changed.set()

    async def until(self, is_true: Callable[[], object], seconds: float = 5) -> None:
        """Wait for something the bot does; fails the test after `seconds`, showing what was said."""
        try:
            async with asyncio.timeout(seconds):
                while not is_true():
                    await self._next_change()
        except TimeoutError:
            raise AssertionError(f"still waiting after {seconds} s; so far:\n{self.transcript()}") from None

    async def all_confirmed(self, seconds: float = 5) -> None:
        """Wait until the bot has confirmed every update: by its offset, or by a 2xx answer of its webhook."""
        await self.until(lambda: not self.updates.pending, seconds)

    def transcript(self) -> str:
        """Write all chats as lines to read."""
        said = itertools.chain.from_iterable(self._chats.values())
        return "\n".join(f"{line.sender.first_name}: {line.text!r} {line.labels}" for line in said)

    async def hear(self, person: Person, seconds: float = 5) -> Message:
        """Wait for the bot's next message to that person and give it, each once, in order."""
        heard = self._heard.get(person, 0)
        await self.until(lambda: len(self._said_by_bot(person)) > heard, seconds)
        self._heard[person] = heard + 1
        return self._said_by_bot(person)[heard]

    async def _next_change(self) -> None:
        # Facts outside (a row, a file) change unseen, so look again now and then all the same.
        self._changed.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), SOON)

    def _said_by_bot(self, person: Person) -> list[Message]:
        return [message for message in self._chats.get(person, []) if message.is_from_bot]
