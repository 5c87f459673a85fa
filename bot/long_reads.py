"""How is a long report read without holding up the loop? In a thread, with a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import Database

T = TypeVar("T")


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
