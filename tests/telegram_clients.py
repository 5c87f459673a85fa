"""Two independent Bot API clients behind one set of verbs.

What both accept is Bot API; what only one accepts is a habit of ours or of its own. Their answers are objects
of their own, whose field names are the Bot API's: a case reads them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aiogram
import telegram
from aiogram import exceptions, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import error
from telegram.request import HTTPXRequest

from tests.telegram_server import TelegramServer

Rows = Sequence[Sequence[tuple[str, str]]]
TIMEOUT = 5


class Aiogram:
    """aiogram, the client the product uses."""

    bad_request = exceptions.TelegramBadRequest
    forbidden = exceptions.TelegramForbiddenError
    unauthorized = exceptions.TelegramUnauthorizedError
    retry_after = exceptions.TelegramRetryAfter
    conflict = exceptions.TelegramConflictError
    unreachable = (exceptions.TelegramNetworkError, exceptions.ClientDecodeError)

    def __init__(self, server: TelegramServer, token: str) -> None:
        self.session = AiohttpSession(api=TelegramAPIServer.from_base(server.url), timeout=TIMEOUT)
        self.bot: Any = aiogram.Bot(token, session=self.session)

    def buttons(self, rows: Rows) -> types.InlineKeyboardMarkup:
        drawn = [
            [types.InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in rows
        ]
        return types.InlineKeyboardMarkup(inline_keyboard=drawn)

    def upload(self, content: bytes, name: str) -> types.BufferedInputFile:
        return types.BufferedInputFile(content, name)

    def picture(self, content: bytes, caption: str | None = None) -> types.InputMediaPhoto:
        return types.InputMediaPhoto(media=self.upload(content, "picture.jpg"), caption=caption)

    def command(self, name: str, description: str) -> types.BotCommand:
        return types.BotCommand(command=name, description=description)

    def answering(self, message_id: int) -> types.ReplyParameters:
        return types.ReplyParameters(message_id=message_id)

    async def updates(self, offset: int | None = None, timeout: int = 0, **more: Any) -> Sequence[Any]:
        found: Sequence[Any] = await self.bot.get_updates(offset=offset, timeout=timeout, **more)
        return found

    async def download(self, file_id: str) -> bytes:
        stream = await self.bot.download(file_id)
        content: bytes = stream.read()
        return content

    def update(self, body: dict[str, Any]) -> types.Update:
        return types.Update.model_validate(body, context={"bot": self.bot})

    async def close(self) -> None:
        # The session's own close also waits a quarter of a second for TLS, which nobody speaks here.
        await (await self.session.create_session()).close()


class PythonTelegramBot:
    """python-telegram-bot, the stricter judge."""

    bad_request = error.BadRequest
    forbidden = error.Forbidden
    unauthorized = error.InvalidToken
    retry_after = error.RetryAfter
    conflict = error.Conflict
    unreachable = (error.NetworkError, error.TelegramError)

    def __init__(self, server: TelegramServer, token: str) -> None:
        request, polling = (HTTPXRequest(read_timeout=TIMEOUT) for _ in range(2))
        self.bot: Any = telegram.Bot(
            token,
            base_url=f"{server.url}/bot",
            base_file_url=f"{server.url}/file/bot",
            request=request,
            get_updates_request=polling,
        )
        self.requests = (request, polling)

    def buttons(self, rows: Rows) -> telegram.InlineKeyboardMarkup:
        drawn = [
            [telegram.InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in rows
        ]
        return telegram.InlineKeyboardMarkup(drawn)

    def upload(self, content: bytes, name: str) -> telegram.InputFile:
        return telegram.InputFile(content, filename=name)

    def picture(self, content: bytes, caption: str | None = None) -> telegram.InputMediaPhoto:
        return telegram.InputMediaPhoto(content, caption=caption)

    def command(self, name: str, description: str) -> telegram.BotCommand:
        return telegram.BotCommand(name, description)

    def answering(self, message_id: int) -> telegram.ReplyParameters:
        return telegram.ReplyParameters(message_id)

    async def updates(self, offset: int | None = None, timeout: int = 0, **more: Any) -> Sequence[Any]:
        found: Sequence[Any] = await self.bot.get_updates(offset=offset, timeout=timeout, **more)
        return found

    async def download(self, file_id: str) -> bytes:
        file = await self.bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    def update(self, body: dict[str, Any]) -> telegram.Update:
        return telegram.Update.de_json(body, self.bot)

    async def close(self) -> None:
        for request in self.requests:
            await request.shutdown()


Client = Aiogram | PythonTelegramBot
CLIENTS: dict[str, type[Client]] = {"aiogram": Aiogram, "python-telegram-bot": PythonTelegramBot}
