"""A bot that cannot speak: handlers return replies, and no network call fits inside a unit of work."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, NoReturn

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod


class SpokeInsideUnitOfWork(RuntimeError):
    """A handler called the network; it should return a Reply."""


class Silence(BaseSession):
    """A session that refuses every call."""

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> NoReturn:  # noqa: ASYNC109 - aiogram's signature
        """Refuse."""
        raise SpokeInsideUnitOfWork(type(method).__name__)

    async def stream_content(self, *args: Any, **options: Any) -> AsyncGenerator[bytes, None]:
        """Refuse."""
        raise SpokeInsideUnitOfWork("stream_content")
        yield b""

    async def close(self) -> None:
        """Have nothing to close."""


def house_bot() -> Bot:
    """Make the bot that handlers see, whatever the channel."""
    return Bot("1:house", session=Silence())
