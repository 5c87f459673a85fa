"""How messages leave: one sender per channel account, lanes, rates, leases, retries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiolimiter import AsyncLimiter

from bot import leases, numbering
from bot.channels import Button, Channel, Failure, File, Outgoing, SendFailed, fit
from bot.database import Database, is_passing
from bot.failures import failure_shape
from bot.leases import Leased, Result
from bot.outbox import ANSWERS
from bot.speaking import spoken
from bot.statements import NOTIFY, delivery
from handlers.reply import Reply
from locales import use_locale
from models.delivery import Lane

log = logging.getLogger(__name__)

POLL = 2.0
LINGER = 0.05
DUE_EVERY = 1.0
LONGEST_BACKOFF = 300.0
# Less than a lease: whoever holds a message must have let go of it before another may take it.
SEND_PATIENCE = 25.0
STOP_PATIENCE = 15.0
# So many messages that are no replies may be on their way at once, and so many tokens they leave to replies:
# a broadcast to 450,000 never delays a citizen's answer.
BESIDE = 10
RESERVE = 5.0
HELD = "held back"


@dataclass(eq=False, slots=True)
class Flight:
    """A message on its way: how far it got."""

    leased: Leased
    parts_sent: int
    task: asyncio.Task[None] | None = None
    is_begun: bool = False
    message_id: str | None = None
    files: list[tuple[int, str]] = field(default_factory=list)


class Sender:
    """Empties the outbox of one channel account.

    Per account at most one message is in flight. Marks of what was sent and the next claims share a
    transaction, so that a reply costs one commit of its own under load.
    """

    def __init__(  # noqa: PLR0913 - what one process is made of, each by name
        self,
        database: Database,
        channel: Channel,
        *,
        now: Callable[[], datetime],
        is_quiet: Callable[[datetime], bool],
        media: Path,
        address: Callable[[str], str],
        on_numbered: Callable[[set[str]], None] = lambda _chats: None,
        fetch: Callable[[int], Awaitable[bool]] | None = None,
        spread: timedelta = timedelta(0),
    ) -> None:
        """Prepare; nothing is sent before `run`.

        What quiet hours held back goes out over `spread`, so that not every telephone rings at once.
        """
        self.database = database
        self.channel = channel
        self.now = now
        self.is_quiet = is_quiet
        self.media = media
        self.address = address
        self.on_numbered = on_numbered
        self.fetch = fetch
        self.spread = spread
        self._wake = asyncio.Event()
        self._results: list[Result] = []
        self._flying: dict[int, Flight] = {}
        self._held_until = 0.0
        self._resting: dict[int, float] = {}
        self._next_due = 0.0
        self._rate = AsyncLimiter(max(channel.limits.per_second, 1.0), 1.0)
        self._reserve = min(RESERVE, self._rate.max_rate / 2)
        self._chat_rates: dict[str, AsyncLimiter] = {}
        self._is_stopping = False

    def wake(self) -> None:
        """Say that something may be waiting."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; then finish what is in flight and write it back."""
        self._is_stopping = False
        try:
            while True:
                try:
                    had_work = await self._round()
                except Exception as error:  # noqa: BLE001 - nothing may end the sender
                    if not is_passing(error):
                        # What went wrong may quote what somebody said, so only its shape is written down.
                        told = {"account": self.channel.account, "failure": failure_shape(error)}
                        log.error("sender failed", extra=told)  # noqa: TRY400
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
                await asyncio.wait([flight.task for flight in self._flying.values() if flight.task])

    async def _rest(self) -> None:
        """Wait for something to do; what lands meanwhile wakes us after LINGER."""
        with contextlib.suppress(TimeoutError):
            # Not wait_for: before Python 3.12 it can swallow the cancellation that ends us.
            async with asyncio.timeout(POLL):
                await self._wake.wait()
        self._wake.clear()

    async def _round(self) -> bool:
        """Write back results and claim what is next, in one transaction; tell whether anything was there."""
        now = self.now()
        results, self._results = self._results, []
        claimed: list[Leased] = []
        files: dict[int, File] = {}
        numbered: set[str] = set()
        try:
            async with self.database.transaction() as connection:
                if results:
                    await leases.write_back(connection, results, account_of=self.channel.account, now=now)
                await self._wake_due(connection, now)
                if self.channel.is_pulled:
                    numbered = await self._number(connection, now)
                else:
                    claimed = await self._claim(connection, now)
                    files = await self._files(connection, claimed)
                    claimed = await self._with_targets(connection, claimed)
        except BaseException:
            self._results[:0] = results
            raise
        if numbered:
            self.on_numbered(numbered)
        for leased in claimed:
            flight = Flight(leased, parts_sent=leased.parts_sent)
            flight.task = asyncio.create_task(self._send(flight, files))
            self._flying[leased.account_id] = flight
        return bool(results or claimed or numbered)

    async def _wake_due(self, connection: Any, now: datetime) -> None:
        """Look once a second for what waited and for what a vanished sender held."""
        moment = asyncio.get_running_loop().time()
        if moment >= self._next_due:
            self._next_due = moment + DUE_EVERY
            await leases.wake_due(connection, account_of=self.channel.account, now=now)

    async def _number(self, connection: Any, now: datetime) -> set[str]:
        lane = Lane.REPLY if self.is_quiet(now) else Lane.BULK
        account_of = self.channel.account
        numbered = await numbering.number_due(connection, account_of=account_of, lane=lane, now=now)
        if numbered and not self.database.is_sqlite:
            await connection.execute(NOTIFY)
        return numbered

    async def _claim(self, connection: Any, now: datetime) -> list[Leased]:
        """Lease what is next; replies first, and always with room for them."""
        room = leases.BATCH - len(self._flying)
        is_held = asyncio.get_running_loop().time() < self._held_until
        if room <= 0 or is_held or self._is_stopping:
            return []
        slots = self._slots(now)
        beside = BESIDE - sum(flight.leased.lane is not Lane.REPLY for flight in self._flying.values())
        return await leases.claim(
            connection,
            account_of=self.channel.account,
            most=room,
            beside=max(beside, 0),
            lane=Lane.BULK if slots and beside > 0 else Lane.REPLY,
            slots=slots,
            now=now,
        )

    def _slots(self, now: datetime) -> int:
        """Tell for how many tenths of the accounts the quiet hours are over."""
        if self.is_quiet(now):
            return 0
        tenth = self.spread / leases.SLOTS
        passed = (number for number in range(1, leases.SLOTS) if self.is_quiet(now - tenth * number))
        return next(passed, leases.SLOTS)

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

    async def _send(self, flight: Flight, files: dict[int, File]) -> None:
        """Send one message in as many parts as the channel needs; remember how it went."""
        leased, failure, offered, aside = flight.leased, None, None, None
        is_back = False
        try:
            async with asyncio.timeout(SEND_PATIENCE):
                offered = await self._say(flight, files)
        except SendFailed as failed:
            failure = failed
        except TimeoutError:
            doubt = Failure.IN_DOUBT if flight.is_begun else Failure.TEMPORARY
            failure = SendFailed(doubt, "no answer in time")
        except asyncio.CancelledError:
            is_back = not flight.is_begun
            failure = None if is_back else SendFailed(Failure.IN_DOUBT, "stopped on the way")
        except Exception as error:  # noqa: BLE001 - a bug in one message must not stop all others
            aside = failure_shape(error)
            told = {"account": self.channel.account, "kind": leased.kind, "failure": aside}
            log.error("send failed", extra=told)  # noqa: TRY400
            failure = SendFailed(Failure.PERMANENT, type(error).__name__)
        result = Result(
            leased,
            message_id=flight.message_id,
            failure=failure,
            offered=offered,
            files=tuple(flight.files),
            delay=self._delay(leased, failure) if failure else 0.0,
            parts_sent=flight.parts_sent,
            aside=aside,
            is_back=is_back,
        )
        self._land(result)

    def _land(self, result: Result) -> None:
        """Hand a result to the next round: at once when there are many, else after those who land with it."""
        self._flying.pop(result.leased.account_id, None)
        self._results.append(result)
        if len(self._results) >= leases.BATCH:
            self._wake.set()
        elif len(self._results) == 1:
            asyncio.get_running_loop().call_later(LINGER, self._wake.set)

    async def _say(self, flight: Flight, files: dict[int, File]) -> Reply | None:
        """Send the parts that were not sent yet; tell what a notice offered."""
        leased = flight.leased
        reply = spoken(leased)
        with use_locale(leased.locale):
            parts = fit(self._outgoing(leased, reply, files), self.channel.limits)
        for part in parts[flight.parts_sent :]:
            whole = await self._with_file(part)
            await self._admit(leased)
            flight.is_begun = True
            sent = await self.channel.send(leased.chat, whole)
            flight.is_begun = False
            flight.parts_sent += 1
            flight.message_id = sent.message_id or flight.message_id
            file = whole.picture or whole.document
            if file and sent.provider_file:
                flight.files.append((file.media_id, sent.provider_file))
        return reply if leased.kind not in ANSWERS and (reply.choices or reply.lines) else None

    async def _with_file(self, part: Outgoing) -> Outgoing:
        """Fetch a picture that lies with another platform; words without it are better than nothing."""
        file = part.picture or part.document
        if file is None or file.provider_file or file.path.exists():
            return part
        if self.fetch is not None and await self.fetch(file.media_id):
            return part
        return replace(part, picture=None, document=None)

    async def _admit(self, leased: Leased) -> None:
        """Wait for the chat's and the bot's turn; raises SendFailed while the platform holds us back."""
        if leased.lane is not Lane.REPLY:
            while not self._rate.has_capacity(self._reserve):  # noqa: ASYNC110 - a bucket fills, no event
                await asyncio.sleep(LINGER)
        await self._chat_rate(leased.chat).acquire()
        await self._rate.acquire()
        held = max(self._held_until, self._resting.get(leased.account_id, 0.0))
        left = held - asyncio.get_running_loop().time()
        if left > 0:
            raise SendFailed(Failure.TEMPORARY, HELD, retry_after=left)

    def _outgoing(self, leased: Leased, reply: Reply, files: dict[int, File]) -> Outgoing:
        return Outgoing(
            text=reply.text,
            buttons=tuple(Button(choice.label, choice.packed(), choice.word) for choice in reply.choices),
            picture=files.get(reply.picture or 0),
            document=files.get(reply.document or 0),
            replaces=leased.replaces,
            is_listed=reply.is_listed and not reply.lines,
            is_notice=leased.kind not in ANSWERS,
        )

    def _chat_rate(self, chat: str) -> AsyncLimiter:
        if len(self._chat_rates) > 10_000:
            self._chat_rates.clear()
        burst = 5
        pace = burst / self.channel.limits.per_chat_second
        return self._chat_rates.setdefault(chat, AsyncLimiter(burst, pace))

    def _delay(self, leased: Leased, failure: SendFailed) -> float:
        """Tell how long to wait before the next try; hold back the account, or all, if told to."""
        if failure.retry_after is None:
            return min(LONGEST_BACKOFF, 2.0**leased.attempts) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter
        moment = asyncio.get_running_loop().time()
        if failure.is_whole_bot:
            self._held_until = max(self._held_until, moment + failure.retry_after)
        else:
            resting = {key: until for key, until in self._resting.items() if until > moment}
            self._resting = resting | {leased.account_id: moment + failure.retry_after}
        return failure.retry_after

    async def _finish(self) -> None:
        """Give back what was not begun, let the rest land, and write it back."""
        self._is_stopping = True
        flights = [flight for flight in self._flying.values() if flight.task]
        for flight in flights:
            if flight.task and not flight.is_begun:
                flight.task.cancel()
        if flights:
            await asyncio.wait([flight.task for flight in flights if flight.task], timeout=STOP_PATIENCE)
        results, self._results = self._results, []
        if results:
            async with self.database.transaction() as connection:
                await leases.write_back(connection, results, account_of=self.channel.account, now=self.now())
