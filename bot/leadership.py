"""Who polls, sends and keeps the clock when processes share one PostgreSQL, and how they wake each other."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import sqlalchemy as sa

from bot.failures import failure_shape
from bot.posts import TRY_EVERY, Work

log = logging.getLogger(__name__)

CHANNEL: Final = "toso"
CHECK_PATIENCE: Final = 5.0
STOP_PATIENCE: Final = 20.0

_AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
# What SQLAlchemy's dialect keeps for itself.
_NOT_FOR_ASYNCPG: Final = (
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
    "async_creator_fn",
)


class Leadership:
    """One connection of this process beside the pool: it holds its posts, and hears the others.

    A post ("sender telegram:7") is an advisory lock: whoever holds it does the work, the others try every two
    seconds. Losing the connection ends all work done under it at once. That two processes may then overlap
    for a moment is harmless: what is sent and run is leased row by row.
    """

    def __init__(self, url: str, *, woken: Callable[[], None] = lambda: None) -> None:
        """Prepare for a "postgresql+asyncpg://" address; `woken` is called when another process committed."""
        self._address = _address(url)
        self.woken = woken
        self._connection: Any = None
        self._lock = asyncio.Lock()
        self._lost = asyncio.Event()
        self._lost.set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Keep connected, and hear who commits, while the block runs."""
        await self._connect()
        keeper = asyncio.create_task(self._keep(), name="leadership")
        try:
            yield
        finally:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
            await self._let_go()

    async def hold(self, post: str, work: Work) -> None:
        """Do the work whenever this process holds the post, until cancelled; other holders come first."""
        while True:
            if await self._take(post):
                log.info("post taken", extra={"post": post})
                await self._do(post, work)
                await self._give(post)
            await asyncio.sleep(TRY_EVERY)

    async def _do(self, post: str, work: Work) -> None:
        """Work until it ends, fails, or the connection is lost."""
        task = asyncio.ensure_future(work())
        lost = asyncio.create_task(self._lost.wait())
        try:
            await asyncio.wait({task, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            task.cancel()
            await asyncio.wait({task}, timeout=STOP_PATIENCE)
            if task.done() and not task.cancelled() and (error := task.exception()):
                log.error("post failed", extra={"post": post, "failure": failure_shape(error)})

    async def _take(self, post: str) -> bool:
        return bool(await self._ask("SELECT pg_try_advisory_lock($1)", _number(post)))

    async def _give(self, post: str) -> None:
        await self._ask("SELECT pg_advisory_unlock($1)", _number(post))

    async def _ask(self, statement: str, *values: Any) -> Any:
        """Ask on the one connection; None if it is lost."""
        async with self._lock:
            if self._lost.is_set():
                return None
            try:
                async with asyncio.timeout(CHECK_PATIENCE):
                    return await self._connection.fetchval(statement, *values)
            except _AWAY:
                self._lose(self._connection)
                return None

    async def _keep(self) -> None:
        """Look every two seconds whether the connection lives; make a new one when it does not."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TRY_EVERY):
                    await self._lost.wait()
            if self._lost.is_set():
                await self._reconnect()
            else:
                await self._ask("SELECT 1")

    async def _reconnect(self) -> None:
        async with self._lock:
            await self._let_go()
            try:
                await self._connect()
                return
            except _AWAY:
                pass
        await asyncio.sleep(TRY_EVERY)

    async def _connect(self) -> None:
        connection = await asyncpg.connect(**self._address, timeout=CHECK_PATIENCE)
        self._connection = (
            connection  # before anything is awaited, so that whoever is cancelled lets go of it
        )
        connection.add_termination_listener(self._lose)
        await connection.add_listener(CHANNEL, lambda *_told: self.woken())
        self._lost.clear()
        self.woken()  # whatever was said while nobody listened

    def _lose(self, connection: Any) -> None:
        if connection is self._connection and not self._lost.is_set():
            log.warning("leadership connection lost")
            self._lost.set()

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        self._lost.set()
        if connection is not None and not connection.is_closed():
            with contextlib.suppress(*_AWAY):
                await connection.close(timeout=CHECK_PATIENCE)


def _address(url: str) -> dict[str, Any]:
    """Read the address as the pool does, without its own settings."""
    parsed = sa.make_url(url)
    given = parsed.get_dialect()().create_connect_args(parsed)[1]
    return {key: value for key, value in given.items() if key not in _NOT_FOR_ASYNCPG}


def _number(post: str) -> int:
    """Make the number PostgreSQL wants of a lock's name."""
    return int.from_bytes(hashlib.blake2b(post.encode(), digest_size=8).digest(), "big", signed=True)
