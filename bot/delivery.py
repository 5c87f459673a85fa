"""How messages leave: one sender per channel account, lanes, rates, leases, retries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiolimiter import AsyncLimiter

from bot import leases
from bot.channels import Button, Channel, Failure, File, Outgoing, SendFailed, fit
from bot.database import Database, is_passing
from bot.leases import Leased, Result
from bot.outbox import payload as reply_payload
from bot.statements import conversation, delivery
from handlers.reply import Choice, Reply, render
from locales import use_locale
from models.delivery import DeliveryState, Lane
from services.notices import PAYLOAD_VERSION

log = logging.getLogger(__name__)

POLL = 2.0
LINGER = 0.05
DUE_EVERY = 1.0
LONGEST_BACKOFF = 300.0


class Sender:
    """Empties the outbox of one channel account.

    Per account at most one message is in flight. Marks of what was sent and the next claims share a
    transaction, so that a reply costs one commit of its own under load.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        *,
        now: Callable[[], datetime],
        is_quiet: Callable[[datetime], bool],
        media: Path,
        address: Callable[[str], str],
        on_numbered: Callable[[set[str]], None] = lambda _chats: None,
    ) -> None:
        """Prepare; nothing is sent before `run`."""
        self.database = database
        self.channel = channel
        self.now = now
        self.is_quiet = is_quiet
        self.media = media
        self.address = address
        self.on_numbered = on_numbered
        self._wake = asyncio.Event()
        self._results: list[Result] = []
        self._flying: dict[int, asyncio.Task[None]] = {}
        self._held_until = 0.0
        self._next_due = 0.0
        self._rate = AsyncLimiter(max(channel.limits.per_second, 1.0), 1.0)
        self._chat_rates: dict[str, AsyncLimiter] = {}
        self._is_stopping = False

    def wake(self) -> None:
        """Say that something may be waiting."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; then finish what is in flight and write it back."""
        try:
            while True:
                try:
                    had_work = await self._round()
                except Exception as error:
                    if not is_passing(error):
                        log.exception("sender failed", extra={"account": self.channel.account})
                    await asyncio.sleep(1.0)
                    continue
                if not had_work:
                    await self._rest()
        finally:
            await asyncio.shield(self._finish())

    async def drain(self) -> None:
        """Send everything that may be sent now, and write it back."""
        self._next_due = 0.0
        while await self._round() or self._flying or self._results:
            if self._flying:
                await asyncio.wait(self._flying.values())

    async def _rest(self) -> None:
        self._wake.clear()
        if self._results and not self._flying:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LINGER)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), POLL)

    async def _round(self) -> bool:
        """Write back results and claim what is next, in one transaction; tell whether anything was there."""
        now = self.now()
        results, self._results = self._results, []
        room = leases.BATCH - len(self._flying)
        is_held = asyncio.get_running_loop().time() < self._held_until
        claimed: list[Leased] = []
        files: dict[int, File] = {}
        try:
            async with self.database.transaction() as connection:
                if results:
                    await leases.write_back(connection, results, account_of=self.channel.account, now=now)
                await self._wake_due(connection, now)
                if room > 0 and not is_held and not self._is_stopping:
                    lane = Lane.REPLY if self.is_quiet(now) else Lane.BULK
                    claimed = await leases.claim(
                        connection, account_of=self.channel.account, most=room, lane=lane, now=now
                    )
                    files = await self._files(connection, claimed)
                    claimed = await self._with_targets(connection, claimed)
                    if self.channel.is_pulled:
                        await self._number(connection, claimed, now)
        except BaseException:
            self._results[:0] = results
            raise
        if self.channel.is_pulled:
            if claimed:
                self.on_numbered({one.chat for one in claimed})
            return bool(claimed)
        for leased in claimed:
            self._flying[leased.account_id] = asyncio.create_task(self._send(leased, files))
        return bool(results or claimed)

    async def _wake_due(self, connection: Any, now: datetime) -> None:
        """Look once a second for what waited and for what a vanished sender held."""
        moment = asyncio.get_running_loop().time()
        if moment >= self._next_due:
            self._next_due = moment + DUE_EVERY
            is_pulled = self.channel.is_pulled
            await leases.wake_due(connection, account_of=self.channel.account, is_pulled=is_pulled, now=now)

    async def _files(self, connection: Any, claimed: list[Leased]) -> dict[int, File]:
        ids = [one.payload[key] for one in claimed for key in ("picture", "document") if one.payload.get(key)]
        ids += [
            value
            for one in claimed
            for key, value in one.payload.get("vars", {}).items()
            if key in {"picture", "document"} and value
        ]
        if not ids:
            return {}
        return await leases.files_of(
            connection, ids, account_of=self.channel.account, folder=self.media, address=self.address
        )

    async def _with_targets(self, connection: Any, claimed: list[Leased]) -> list[Leased]:
        """Name the platform's message that an edit replaces."""
        targets = []
        for one in claimed:
            wanted = one.payload.get("replaces") or {}
            if "message" in wanted:
                one = replace(one, replaces=wanted["message"])  # noqa: PLW2901 - the same message, aimed
            elif "delivery" in wanted:
                earlier = sa.select(delivery.c.provider_message_id).where(delivery.c.id == wanted["delivery"])
                one = replace(one, replaces=(await connection.execute(earlier)).scalar())  # noqa: PLW2901
            targets.append(one)
        return targets

    async def _number(self, connection: Any, claimed: list[Leased], now: datetime) -> None:
        """Say notices to a pulled channel: number them under the conversation's lock."""
        for one in sorted(claimed, key=lambda leased: leased.chat):
            chat = (conversation.c.channel_account == self.channel.account) & (
                conversation.c.chat == one.chat
            )
            held = sa.select(conversation.c.id, conversation.c.counter, conversation.c.offers).where(chat)
            row = (await connection.execute(held.with_for_update())).one()
            reply = spoken(one)
            body = reply_payload(reply)
            offers = [*leases.choices.remembered(reply), *row.offers][: leases.choices.KEPT_OFFERS]
            await connection.execute(
                sa.update(conversation)
                .where(conversation.c.id == row.id)
                .values(counter=row.counter + 1, offers=offers)
            )
            await connection.execute(
                sa.update(delivery)
                .where(delivery.c.id == one.id)
                .values(
                    payload=body | {"notice": one.kind != "reply"},
                    number=row.counter + 1,
                    state=DeliveryState.SENT,
                    sent_at=now,
                    lease_until=None,
                )
            )

    async def _send(self, leased: Leased, files: dict[int, File]) -> None:
        """Send one message in as many parts as the channel needs; remember how it went."""
        result = Result(leased)
        try:
            reply = spoken(leased)
            message = self._outgoing(leased, reply, files)
            with use_locale(leased.locale):
                parts = fit(message, self.channel.limits)
            for part in parts:
                await self._rate.acquire()
                await self._chat_rate(leased.chat).acquire()
                sent = await self.channel.send(leased.chat, part)
                file = part.picture or part.document
                known = ((file.media_id, sent.provider_file),) if file and sent.provider_file else ()
                result = replace(
                    result, message_id=sent.message_id or result.message_id, files=(*result.files, *known)
                )
            if leased.kind != "reply" and reply.choices:
                result = replace(result, offered=reply)
        except SendFailed as failure:
            result = replace(result, failure=failure, delay=self._delay(leased, failure))
        except Exception as error:
            log.exception("send failed", extra={"account": self.channel.account, "kind": leased.kind})
            failure = SendFailed(Failure.PERMANENT, type(error).__name__)
            result = replace(result, failure=failure)
        finally:
            self._flying.pop(leased.account_id, None)
            self._results.append(result)
            self._wake.set()

    def _outgoing(self, leased: Leased, reply: Reply, files: dict[int, File]) -> Outgoing:
        return Outgoing(
            text=reply.text,
            buttons=tuple(Button(choice.label, choice.packed(), choice.word) for choice in reply.choices),
            picture=files.get(reply.picture or 0),
            document=files.get(reply.document or 0),
            replaces=leased.replaces,
            is_listed=reply.is_listed,
            is_notice=leased.kind != "reply",
        )

    def _chat_rate(self, chat: str) -> AsyncLimiter:
        if len(self._chat_rates) > 10_000:
            self._chat_rates.clear()
        burst = 5
        pace = burst / self.channel.limits.per_chat_second
        return self._chat_rates.setdefault(chat, AsyncLimiter(burst, pace))

    def _delay(self, leased: Leased, failure: SendFailed) -> float:
        """Tell how long to wait before the next try, and hold the whole account if the platform says so."""
        if failure.retry_after is not None:
            if failure.is_whole_bot:
                self._held_until = asyncio.get_running_loop().time() + failure.retry_after
            return failure.retry_after
        return min(LONGEST_BACKOFF, 2.0**leased.attempts) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter

    async def _finish(self) -> None:
        """Let what is in flight land, and write it back."""
        self._is_stopping = True
        if self._flying:
            await asyncio.wait(self._flying.values(), timeout=leases.LEASE.total_seconds() / 2)
        if self._results:
            async with self.database.transaction() as connection:
                account_of = self.channel.account
                await leases.write_back(connection, self._results, account_of=account_of, now=self.now())


def spoken(leased: Leased) -> Reply:
    """Turn a payload into the reply it stands for; raises ValueError for a version of a later program."""
    body = leased.payload
    if body.get("v") != PAYLOAD_VERSION:
        message = f"payload version {body.get('v')} is not known to this program"
        raise ValueError(message)
    if "vars" in body:
        with use_locale(leased.locale):
            return render(leased.kind, body["vars"])
    return Reply(
        body["text"],
        choices=[Choice(label, data, word) for label, data, word in body.get("choices", [])],
        picture=body.get("picture"),
        document=body.get("document"),
        is_listed=body.get("listed", True),
        alt=body.get("alt"),
    )
