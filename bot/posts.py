"""Who polls, sends and keeps the clock: this process alone, or whoever holds the post on PostgreSQL?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

import sqlalchemy as sa

from bot.failures import failure_shape

log = logging.getLogger(__name__)

TRY_EVERY: Final = 2.0

Work = Callable[[], Awaitable[None]]


class Posts(Protocol):
    """What a process needs to know of the others."""

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Hear what others commit while the block runs."""

    async def hold(self, post: str, work: Work) -> None:
        """Do the work whenever this process holds the post, until cancelled."""


class Alone:
    """One process on SQLite: it holds every post, and nobody else commits."""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Have nobody to listen to."""
        yield

    async def hold(self, post: str, work: Work) -> None:
        """Do the work until cancelled; what ends by a failure begins again."""
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the work goes on
                log.error("post failed", extra={"post": post, "failure": failure_shape(error)})  # noqa: TRY400
            await asyncio.sleep(TRY_EVERY)


def posts_at(url: str, *, woken: Callable[[], None]) -> Posts:
    """Choose by the database; `woken` is called when another process committed."""
    if sa.make_url(url).get_backend_name() != "postgresql":
        return Alone()
    from bot.leadership import Leadership  # noqa: PLC0415 - SQLite needs no asyncpg, which takes 4 MB

    return Leadership(url, woken=woken)
