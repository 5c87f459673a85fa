"""How is something long read for one update? With its unit of work let go of, and begun again afterwards."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import Database
from services.errors import DomainError

T = TypeVar("T")


class LongRead(Exception):
    """A handler needs what takes long: on SQLite nobody else could write meanwhile, so its unit ends here."""

    def __init__(self, read: Callable[[AsyncSession], Awaitable[Any]]) -> None:
        """Keep the read, and the language it is asked for in."""
        super().__init__()
        self.read = read
        self.context = contextvars.copy_context()


class Asides:
    """What was read for one update so far: `services.apart.Apart`, handed to its handler.

    At the first try the handler is broken off and its unit taken back; at the next it gets what was read, in
    the order it asks. Only what the handler did before it asked is done twice, and committed once.
    """

    def __init__(self, database: Database) -> None:
        """Begin with nothing read."""
        self._database = database
        self._found: list[asyncio.Task[Any]] = []
        self._asked = 0

    def begin(self) -> None:
        """Hand out from the first on again."""
        self._asked = 0

    async def __call__(self, read: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Give what was read, or raise what refused it; raises LongRead where it is not read yet."""
        if self._asked == len(self._found):
            raise LongRead(read)
        found: T = self._found[self._asked].result()
        self._asked += 1
        return found

    async def fetch(self, long: LongRead) -> None:
        """Read it for the next try; a refusal is kept like an answer, any other error is the caller's."""
        reading = asyncio.create_task(read_apart(self._database, long.read), context=long.context)
        await asyncio.wait([reading])
        if not isinstance(reading.exception(), DomainError | None):
            reading.result()
        self._found.append(reading)


async def read_apart(database: Database, read: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run a read-only piece of work in a thread's own loop and give what it found.

    Rows it loads must not be lazy: its session is closed when it returns.
    """
    url = database.url.render_as_string(hide_password=False)
    return await asyncio.to_thread(lambda: asyncio.run(_read(url, read)))


async def _read(url: str, read: Callable[[AsyncSession], Awaitable[T]]) -> T:
    own = Database(url, pool_size=1)
    try:
        async with own.reading() as session:
            return await read(session)
    finally:
        await own.close()
