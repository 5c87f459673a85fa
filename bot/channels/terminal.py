"""The terminal: a person at the operator's keyboard, with choices as a numbered list."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot import updates
from bot.channels import Incoming, Limits, Outgoing, Receive, Sent, spelled_out

ACCOUNT: Final = "terminal"


class Terminal:
    """Reads lines, prints messages; each person at it has a chat of their own."""

    name = "terminal"
    account = ACCOUNT
    limits = Limits(
        text=100_000,
        caption=100_000,
        can_edit=False,
        sends_files=False,
        per_chat_second=100,
    )
    is_pulled = False

    def __init__(
        self,
        chat: str,
        *,
        name: str = "",
        now: Callable[[], datetime],
        write: Callable[[str], None] = print,
        note: Callable[[Outgoing], None] = lambda _message: None,
    ) -> None:
        """Prepare for one person; `name` is what the program may call them, `note` is told what they get."""
        self.chat = chat
        self.person = name
        self.now = now
        self.write = write
        self.note = note
        self._receive: Receive | None = None

    async def start(self, receive: Receive) -> None:
        """Begin to hand in what is typed."""
        self._receive = receive

    async def stop(self) -> None:
        """Have nothing to close."""

    async def type(self, text: str) -> None:
        """Hand in one line."""
        if self._receive is None:
            return
        key = str(uuid.uuid4())
        update = updates.text_update(self.chat, text, key=key, at=self.now(), name=self.person)
        await self._receive(Incoming(self.account, self.name, key, self.chat, self.chat, update))

    async def send(self, chat: str, message: Outgoing) -> Sent:
        """Print a message; one for another person at this terminal carries their name."""
        if chat == self.chat:
            self.note(message)
        lines = spelled_out(message).text.split("\n")
        if message.picture:
            lines.append(f"<{message.picture.address}>")
        head = "Bot   " if chat == self.chat else f"{chat}  ← "
        self.write("\n".join([head + lines[0], *("      " + line for line in lines[1:])]))
        return Sent()


async def read_lines(prompt: str) -> asyncio.Queue[str | None]:
    """Read standard input in a thread of its own, so that the loop goes on; None is the end."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        while True:
            if sys.stdin.isatty():
                sys.stdout.write(prompt)
                sys.stdout.flush()
            line = sys.stdin.readline()
            loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n") if line else None)
            if not line:
                return

    asyncio.get_running_loop().run_in_executor(None, read)
    return lines
