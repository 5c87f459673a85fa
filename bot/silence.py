"""A bot that cannot speak: handlers return replies, and no network call fits inside a unit of work."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, NoReturn

from aiogram import Bot
from aiogram.client.session.base import BaseSession


class SpokeInsideUnitOfWork(RuntimeError):
    """A handler called the network; it should return a Reply."""


class Silence(BaseSession):
    """A session that refuses every call."""

    async def make_request(self, *call: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise SpokeInsideUnitOfWork(type(call[1]).__name__ if len(call) > 1 else str(options.get("method")))

    def stream_content(self, *call: Any, **options: Any) -> AsyncGenerator[bytes, None]:
        """Refuse."""
        raise SpokeInsideUnitOfWork(f"download of {len(call) + len(options)} parameters")

    async def close(self) -> None:
        """Have nothing to close."""


def house_bot() -> Bot:
    """Make the bot that handlers see, whatever the channel."""
    return Bot("1:house", session=Silence())
