"""The composition root: builds everything from the configuration, starts it in order, stops it in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any, Literal

from aiohttp import web

import bot.channels
from bot.channels import Channel, Incoming, Outcome, is_scarce
from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.config import Config
from bot.conversation import Conversations
from bot.database import Database
from bot.delivery import Sender
from bot.dispatcher import make_dispatcher
from bot.drawings import Drawings
from bot.far_files import FarFiles
from bot.learned import Learned
from bot.library import load_content
from bot.outages import find_outage
from bot.papers import Papers
from bot.posts import posts_at
from bot.scheduler import Scheduler
from bot.version import VERSION
from bot.web.identity import Visitors
from bot.web.server import Site
from services.media import MediaStore
from services.status import Machine

log = logging.getLogger(__name__)

Role = Literal["all", "web", "worker"]
STOP_PATIENCE = 20.0
# What the quiet hours held back goes out over so long.
MORNING = timedelta(minutes=10)


class Program:
    """One process of Tổ Số: what it is made of, and how it starts and stops."""

    def __init__(self, config: Config, *, now: Callable[[], datetime] | None = None) -> None:
        """Build everything; nothing is opened yet."""
        self.config = config
        self.rules = config.rules()
        self.now = now or Clock(config.timezone).now
        self.database = Database(config.database.url, pool_size=config.database.pool_size)
        self.media = MediaStore(config.media.folder)
        self.far_files = FarFiles(self.database, self.media, lambda: self.channels)
        self.hosted: list[Channel] = []
        machine = Machine(VERSION, self.now(), self.channels_up)
        self.given: dict[str, Any] = {
            "rules": self.rules,
            "media": self.media,
            "machine": machine,
            **load_content(),
        }
        self.papers = Papers(self.database, self.media, self.given["lessons"], self.rules)
        self.learned = Learned(self.database, self.given)
        self.drawings = Drawings(self.database, self.media, self.given["guides"], self.rules.public_url)
        self.channels: list[Channel] = list(self._configured())
        self.senders: dict[str, Sender] = {}
        self.conversations = Conversations(
            self.database,
            make_dispatcher(),
            now=self.now,
            given=self.given,
            messages_per_minute=self.rules.limits.messages_per_minute,
            spoken=self._wake_all,
            is_scarce=self._is_scarce,
        )
        self.scheduler = Scheduler(
            self.database, rules=self.rules, now=self.now, given=self.given, woken=self._wake_all
        )

    def _configured(self) -> Iterator[Channel]:
        """Make the channels the configuration turns on: each file of bot/channels says how."""
        for found in pkgutil.iter_modules(bot.channels.__path__):
            module = import_module(f"bot.channels.{found.name}")
            make = getattr(module, "from_config", None)
            channel = make(self) if make else None
            if channel is not None:
                yield channel

    @property
    def webchat(self) -> WebChat:
        """Find the web chat, which is always there."""
        return next(channel for channel in self.channels if isinstance(channel, WebChat))

    def channels_up(self) -> dict[str, bool]:
        """Tell which channels this process receives from, and whether each is up."""
        return {channel.name: getattr(channel, "is_up", True) for channel in self.hosted}

    def _wake_all(self, _account: str = "") -> None:
        """Wake every sender of this process: what was just committed may be for any of them."""
        for sender in self.senders.values():
            sender.wake()

    def _told(self) -> None:
        """Look for what another process committed."""
        self._wake_all()
        self.webchat.look()

    async def receive(self, incoming: Incoming) -> Outcome:
        """Take one update of any channel."""
        return await self.conversations.receive(incoming)

    async def fetch(self, media_id: int) -> bool:
        """Bring a file here that is not on disk: drawn by us, or lying with another platform."""
        drawn = await self.drawings.fetch(media_id) or await self.papers.fetch(media_id)
        return drawn or await self.far_files.fetch(media_id)

    def _is_scarce(self, account: str) -> bool:
        """Tell whether a channel's messages of this month have to be saved."""
        return any(is_scarce(channel) for channel in self.channels if channel.account == account)

    def add_sender(self, channel: Channel) -> Sender:
        """Make the sender of a channel."""
        numbered = channel.push_soon if isinstance(channel, WebChat) else lambda _chats: None
        sender = Sender(
            self.database,
            channel,
            now=self.now,
            is_quiet=self.rules.hours.is_quiet,
            media=self.media.folder,
            address=lambda token: f"{self.config.web.address}/media/{token}",
            on_numbered=numbered,
            fetch=self.fetch,
            spread=MORNING,
        )
        self.senders[channel.account] = sender
        return sender

    def site(self) -> Site:
        """Make what is served over HTTP."""
        settings = self.config.web
        return Site(
            database=self.database,
            webchat=self.webchat,
            receive=self.receive,
            visitors=Visitors(
                settings.new_accounts_per_hour,
                tuple(str(proxy) for proxy in settings.trusted_proxies),
                settings.public_url,
            ),
            media=self.media,
            now=self.now,
            metrics_token=settings.metrics_token.get_secret_value(),
            channels_up=self.channels_up,
            webhooks=dict(self._webhooks()),
            fetch=self.fetch,
        )

    def _webhooks(self) -> Iterator[tuple[str, Any]]:
        for channel in self.channels:
            found = getattr(channel, "webhook", None)
            if found:
                yield found.path, found.handle

    @asynccontextmanager
    async def running(self, role: Role = "all") -> AsyncIterator[Program]:
        """Run until the block is left, then stop in reverse; what was taken in is finished first."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            self.conversations.outage = await find_outage(self.database, now=self.now())
            await self.learned.refresh()
            await stack.enter_async_context(_background(self.learned.run(), "learned"))
            posts = posts_at(self.config.database.url, woken=self._told)
            await stack.enter_async_context(posts.listening())
            for channel in self.channels:
                # Once more at the very end: a sender may have opened what it sends through.
                stack.push_async_callback(channel.stop)
            work: dict[str, Callable[[], Any]] = {}
            if role in {"all", "worker"}:
                for channel in self.channels:
                    work[f"sender {channel.account}"] = self.add_sender(channel).run
                work["scheduler"] = self.scheduler.run
            for channel in self.channels:
                if isinstance(channel, WebChat) or getattr(channel, "webhook", None):
                    if role in {"all", "web"}:
                        await stack.enter_async_context(self._hosting(channel))
                elif role in {"all", "worker"}:
                    work[f"poller {channel.account}"] = partial(self._poll, channel)
            for post, doing in work.items():
                await stack.enter_async_context(_background(posts.hold(post, doing), post))
            if role in {"all", "web"}:
                await stack.enter_async_context(self._serving())
            yield self

    @asynccontextmanager
    async def _hosting(self, channel: Channel) -> AsyncIterator[None]:
        """Receive from a channel while the block runs; what was handed in is finished first."""
        await channel.start(self.receive)
        self.hosted.append(channel)
        try:
            yield
        finally:
            self.hosted.remove(channel)
            await channel.stop()

    async def _poll(self, channel: Channel) -> None:
        """Receive from a channel that has to be asked, until cancelled."""
        async with self._hosting(channel):
            await asyncio.Event().wait()

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        # No access log: addresses of invites and files are secrets.
        runner = web.AppRunner(self.site().app(), access_log=None, shutdown_timeout=5.0)
        await runner.setup()
        await web.TCPSite(runner, self.config.web.host, self.config.web.port).start()
        try:
            yield
        finally:
            await runner.cleanup()


@asynccontextmanager
async def _background(work: Any, name: str) -> AsyncIterator[None]:
    """Let work go on beside the block; it is cancelled, and waited for, at the end."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(task, STOP_PATIENCE)
