"""Telegram: our own polling, acknowledged after the commit; webhooks with a secret; sends by aiogram."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp import web

from bot import telegram_files
from bot import telegram_reading as reading
from bot.channels import Button, Failure, File, Incoming, Limits, Outgoing, Receive, SendFailed, Sent
from bot.failures import failure_shape
from locales import pgettext

log = logging.getLogger(__name__)

NAME: Final = reading.NAME
VOICE: Final = "audio/ogg"
LONG_POLL: Final = 25
LARGEST_BODY: Final = 1024 * 1024
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
PATH: Final = "/webhook/telegram"
SHORT_LABEL: Final = 14
UNAUTHORISED_PAUSE: Final = 60.0

# Telegram's own sentences for somebody who cannot be written to any more.
GONE: Final = (
    "chat not found",
    "user is deactivated",
    "bot was blocked",
    "bot was kicked",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "bot can't initiate conversation",
)
NOT_EDITABLE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
# Less than a delivery's lease: who holds a message must know what became of it.
SEND_TIMEOUT: Final = 20
STOP_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the site hands in what Telegram posts."""

    path: str
    handle: Any


class Telegram:
    """One bot. Only the token's number names it, so that a server without a full getMe will do."""

    name = NAME
    is_pulled = False
    limits = Limits(per_second=25.0, per_chat_second=1.0)

    def __init__(
        self,
        token: str,
        *,
        api_base: str = "https://api.telegram.org",
        mode: str = "polling",
        secret: str = "",
        public_url: str = "",
    ) -> None:
        """Prepare; nothing is asked of Telegram before `start`."""
        self.account = f"{NAME}:{token.split(':', 1)[0]}"
        self.token = token
        self.api = TelegramAPIServer.from_base(api_base)
        self.mode = mode
        self.secret = secret
        self.public_url = public_url
        self.is_up = False
        self.bot = Bot(token, session=AiohttpSession(api=self.api, timeout=SEND_TIMEOUT))
        self._http: aiohttp.ClientSession | None = None
        self._receive: Receive | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._taking = asyncio.Lock()
        self._is_stopping = False

    @property
    def webhook(self) -> Webhook | None:
        """Tell the site where updates are posted, in webhook mode."""
        return Webhook(PATH, self.posted) if self.mode == "webhook" else None

    async def start(self, receive: Receive) -> None:
        """Begin to receive; Telegram being away is no reason not to start."""
        self._receive = receive
        self._is_stopping = False
        self._http = aiohttp.ClientSession()
        self._later(self._introduce())
        if self.mode == "polling":
            self._later(self._poll())

    async def stop(self) -> None:
        """Stop receiving; what was handed in is finished first."""
        self._is_stopping = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._taking.acquire(), STOP_PATIENCE)
            self._taking.release()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http:
            await self._http.close()
        await self.bot.session.close()

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _introduce(self) -> None:
        """Set the command menu and the webhook; a server that lacks either is used without."""
        commands = [BotCommand(command="menu", description=pgettext("button", "Main menu"))]
        with contextlib.suppress(TelegramAPIError, ClientDecodeError):
            await self.bot.set_my_commands(commands)
        try:
            if self.mode == "webhook":
                url = f"{self.public_url}{PATH}"
                await self.bot.set_webhook(
                    url, secret_token=self.secret, allowed_updates=list(reading.UPDATES)
                )
                self.is_up = True
            else:
                await self.bot.delete_webhook()
        except (TelegramAPIError, ClientDecodeError) as error:
            log.warning("telegram introduction failed", extra={"error": type(error).__name__})

    async def username(self) -> str | None:
        """Ask for the bot's name, for links; None if Telegram does not say."""
        answer = await self._call("getMe", {})
        result = answer.get("result") if answer else None
        return result.get("username") if isinstance(result, dict) else None

    async def _call(self, method: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Call a method and take the answer as it is: parsing it strictly would die of one odd update."""
        http = self._http or aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=LONG_POLL + 15)
        try:
            async with http.post(self.api.api_url(self.token, method), json=body, timeout=timeout) as answer:
                found = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        finally:
            if http is not self._http:
                await http.close()
        return found if isinstance(found, dict) else None

    async def _poll(self) -> None:
        """Ask for the next batch only after the last one is committed."""
        offset, pause = 0, 1.0
        while not self._is_stopping:
            body = {
                "offset": offset,
                "timeout": LONG_POLL,
                "limit": 100,
                "allowed_updates": list(reading.UPDATES),
            }
            answer = await self._call("getUpdates", body)
            batch = answer.get("result") if answer else None
            if not isinstance(batch, list):
                self.is_up = False
                await asyncio.sleep(reading.seconds_to_wait(answer) or pause)
                pause = min(pause * 2, 30.0)
                continue
            self.is_up, pause = True, 1.0
            known = [update for update in batch if reading.is_update(update)]
            try:
                async with self._taking:
                    await self._take_batch(known)
            except Exception as error:  # noqa: BLE001 - it will be asked for again
                told = {"account": self.account, "failure": failure_shape(error)}
                log.error("telegram batch was not taken", extra=told)  # noqa: TRY400
                await asyncio.sleep(pause)
                continue
            offset = max([offset, *(update["update_id"] + 1 for update in known)])

    async def _take_batch(self, batch: Sequence[dict[str, Any]]) -> None:
        """Take the chats of a batch side by side, each chat's updates in order."""
        chats: dict[str, list[Incoming]] = defaultdict(list)
        for update in batch:
            incoming = reading.incoming_of(update, self.account)
            if incoming is not None:
                chats[incoming.chat].append(incoming)
        async with asyncio.TaskGroup() as group:
            for incomings in chats.values():
                group.create_task(self._take_chat(incomings))

    async def _take_chat(self, incomings: Sequence[Incoming]) -> None:
        for incoming in incomings:
            await self._take(incoming)

    async def _take(self, incoming: Incoming) -> None:
        if self._receive is None:
            raise RuntimeError("an update came in before the channel was started")
        query = incoming.update.get("callback_query")
        if query:
            self._later(self._answer(str(query.get("id"))))
        await self._receive(incoming)

    async def _answer(self, query_id: str) -> None:
        """Stop the tapped button's spinner, best effort; too late means nothing."""
        with contextlib.suppress(TelegramAPIError, ClientDecodeError):
            await self.bot.answer_callback_query(query_id)

    async def posted(self, request: web.Request) -> web.StreamResponse:
        """Take an update Telegram posts; 200 means committed, anything else asks for it again."""
        given = request.headers.get(SECRET_HEADER, "")
        if not self.secret or not hmac.compare_digest(_raw(given), _raw(self.secret)):
            return web.Response(status=401)
        body = b""
        while len(body) <= LARGEST_BODY and (more := await request.content.read(LARGEST_BODY + 1)):
            body += more
        if len(body) > LARGEST_BODY:
            return web.Response(status=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not reading.is_update(update):
            return web.Response(status=400)
        try:
            incoming = reading.incoming_of(update, self.account)
            if incoming is not None:
                await self._take(incoming)
        except Exception as error:  # noqa: BLE001 - Telegram posts it again
            told = {"account": self.account, "failure": failure_shape(error)}
            log.error("telegram update was not taken", extra=told)  # noqa: TRY400
            return web.Response(status=503)
        return web.Response()

    async def send(self, chat: str, message: Outgoing) -> Sent:
        """Send one message; raises SendFailed."""
        try:
            return await self._send(int(chat), message)
        except TelegramRetryAfter as error:
            raise SendFailed(
                Failure.TEMPORARY, "flood", retry_after=error.retry_after, is_whole_bot=True
            ) from error
        except TelegramUnauthorizedError as error:
            raise SendFailed(
                Failure.TEMPORARY, "unauthorised", retry_after=UNAUTHORISED_PAUSE, is_whole_bot=True
            ) from error
        except (TelegramForbiddenError, TelegramNotFound) as error:
            raise SendFailed(Failure.PERMANENT, error.message[:100], is_unreachable=True) from error
        except TelegramBadRequest as error:
            raise SendFailed(
                Failure.PERMANENT, error.message[:100], is_unreachable=_is_gone(error)
            ) from error
        except TelegramEntityTooLarge as error:
            raise SendFailed(Failure.PERMANENT, "too large") from error
        except TelegramServerError as error:
            raise SendFailed(Failure.TEMPORARY, "server error") from error
        except TelegramNetworkError as error:
            refused = isinstance(error.__cause__, aiohttp.ClientConnectorError)
            raise SendFailed(Failure.TEMPORARY if refused else Failure.IN_DOUBT, "network") from error
        except ClientDecodeError as error:
            raise SendFailed(Failure.IN_DOUBT, "unreadable answer") from error
        except TelegramAPIError as error:
            raise SendFailed(Failure.PERMANENT, type(error).__name__) from error

    async def _send(self, chat: int, message: Outgoing) -> Sent:
        keyboard = _keyboard(message.buttons)
        file = message.picture or message.document
        if file is not None:
            return await self._send_file(chat, message, file, keyboard)
        if message.replaces:
            edited = await self._edit(chat, message, keyboard)
            if edited:
                return edited
        sent = await self.bot.send_message(chat, message.text, reply_markup=keyboard)
        return Sent(str(sent.message_id))

    async def _edit(self, chat: int, message: Outgoing, keyboard: InlineKeyboardMarkup | None) -> Sent | None:
        """Replace an earlier message's content; None if it can no longer be edited."""
        number = int(message.replaces or 0)
        try:
            await self.bot.edit_message_text(
                message.text, chat_id=chat, message_id=number, reply_markup=keyboard
            )
        except TelegramBadRequest as error:
            said = error.message.lower()
            if "not modified" in said:
                return Sent(str(number))
            if any(sentence in said for sentence in NOT_EDITABLE):
                return None
            raise
        return Sent(str(number))

    async def _send_file(
        self, chat: int, message: Outgoing, file: File, keyboard: InlineKeyboardMarkup | None
    ) -> Sent:
        """Send a picture, a sound or a document by the id Telegram knows, else upload it."""
        send = telegram_files.method_of(self.bot, file, is_picture=bool(message.picture))
        known, *others = telegram_files.ways(file)
        for way in (known, *others):
            try:
                sent = await send(chat, way, caption=message.text or None, reply_markup=keyboard)
            except TelegramBadRequest as error:
                if telegram_files.NO_VOICE in error.message.lower():
                    unheard = replace(file, mime="application/octet-stream", provider_file=None)
                    return await self._send_file(chat, message, unheard, keyboard)
                if way is known and others and "file" in error.message.lower():
                    continue
                raise
            except (ClientDecodeError, TelegramNotFound) as error:
                if isinstance(error, TelegramNotFound) and file.mime != VOICE:
                    raise
                # A server without uploads, or without voices: the words and the address still help.
                plain = await self.bot.send_message(
                    chat, f"{message.text}\n{file.address}".strip(), reply_markup=keyboard
                )
                return Sent(str(plain.message_id))
            return Sent(str(sent.message_id), telegram_files.id_of(sent))
        raise SendFailed(Failure.PERMANENT, "no way to send the file")

    async def fetch(self, file_id: str) -> bytes | None:
        """Download what somebody sent; None if Telegram no longer has it."""
        answer = await self._call("getFile", {"file_id": file_id})
        path = ((answer or {}).get("result") or {}).get("file_path")
        if not path or self._http is None:
            return None
        try:
            async with self._http.get(self.api.file_url(self.token, path)) as found:
                return await found.read() if found.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Draw choices: two short ones share a row, long ones stand alone."""
    if not buttons:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    was_short = False
    for button in buttons:
        drawn = InlineKeyboardButton(text=button.label, callback_data=button.data)
        is_short = len(button.label) <= SHORT_LABEL
        if rows and is_short and was_short and len(rows[-1]) == 1:
            rows[-1].append(drawn)
        else:
            rows.append([drawn])
        was_short = is_short
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _raw(header: str) -> bytes:
    return header.encode("utf-8", "surrogateescape")


def _is_gone(error: TelegramBadRequest) -> bool:
    return any(sentence in error.message.lower() for sentence in GONE)


def from_config(program: Any) -> Telegram | None:
    """Make the bot, if there is a token."""
    settings = program.config.telegram
    if not settings.is_on:
        return None
    return Telegram(
        settings.token.get_secret_value(),
        api_base=settings.api_base,
        mode=settings.mode,
        secret=settings.webhook_secret.get_secret_value(),
        public_url=program.config.web.address,
    )
