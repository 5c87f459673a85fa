"""The named peers: two libraries that answer every message with its own words, and keep nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

from benchmarks import _load

TOKEN = "1:made-up"  # noqa: S105 - nobody's


def _answer(number: int, chat: int, text: str) -> str:
    """Write what the Bot API answers to sendMessage."""
    result = {
        "message_id": number,
        "date": _load.SPOKEN_AT,
        "chat": {"id": chat, "type": "private", "first_name": "Hạnh"},
        "from": {"id": 1, "is_bot": True, "first_name": "Tổ Số"},
        "text": text,
    }
    return json.dumps({"ok": True, "result": result})


async def aiogram_echo(updates: list[dict[str, Any]]) -> _load.Pace:
    """Feed raw updates to aiogram; tell updates a second.

    Included: reading the dict, routing, one handler, and reading the JSON that sendMessage is answered with.
    Left out: the network and writing the request, states (off, as with us), anything kept.
    """
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.base import BaseSession
    from aiogram.methods import TelegramMethod
    from aiogram.types import Message

    class Session(BaseSession):
        sent = 0

        async def make_request(
            self,
            bot: Bot,
            method: TelegramMethod[Any],
            timeout: int | None = None,  # noqa: ARG002, ASYNC109 - aiogram's signature
        ) -> Any:
            self.sent += 1
            body = _answer(self.sent, method.chat_id, method.text)  # type: ignore[attr-defined]
            return self.check_response(bot, method, 200, body).result

        async def stream_content(self, *_args: Any, **_options: Any) -> AsyncGenerator[bytes, None]:
            yield b""

        async def close(self) -> None:
            pass

    session = Session()
    bot = Bot(TOKEN, session=session)
    dispatcher = Dispatcher(disable_fsm=True)

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    warm, rest = updates[: len(updates) // 10], updates[len(updates) // 10 :]
    for update in warm:
        await dispatcher.feed_raw_update(bot, update)
    watch = _load.Watch()
    for update in rest:
        await dispatcher.feed_raw_update(bot, update)
    pace = watch.pace(len(rest))
    assert session.sent == len(updates)
    return pace


async def ptb_echo(updates: list[dict[str, Any]]) -> _load.Pace:
    """Feed raw updates to python-telegram-bot; tell updates a second. The same is included and left out."""
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters
    from telegram.request import BaseRequest

    class Request(BaseRequest):
        sent = 0
        read_timeout = None

        async def initialize(self) -> None:
            pass

        async def shutdown(self) -> None:
            pass

        async def do_request(
            self,
            url: str,
            method: str,  # noqa: ARG002 - the library's signature
            request_data: Any = None,
            *_args: Any,
            **_options: Any,
        ) -> tuple[int, bytes]:
            if url.endswith("/getMe"):
                me = {"id": 1, "is_bot": True, "first_name": "Tổ Số", "username": "to_so_bot"}
                return 200, json.dumps({"ok": True, "result": me}).encode()
            self.sent += 1
            said = request_data.parameters
            return 200, _answer(self.sent, said["chat_id"], said["text"]).encode()

    request = Request()
    application = Application.builder().token(TOKEN).request(request).get_updates_request(Request()).build()

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    application.add_handler(MessageHandler(filters.TEXT, echo))
    await application.initialize()

    warm, rest = updates[: len(updates) // 10], updates[len(updates) // 10 :]
    for update in warm:
        await application.process_update(Update.de_json(update, application.bot))
    watch = _load.Watch()
    for update in rest:
        await application.process_update(Update.de_json(update, application.bot))
    pace = watch.pace(len(rest))
    assert request.sent == len(updates)
    await application.shutdown()
    return pace
