"""How does the bot learn what people did: by asking (getUpdates) or by being told (webhook)?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from .objects import Json, Refusal

NOT_SENT_UNLESS_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_STARTS = "Conflict: terminated by setWebhook request"
WEBHOOK_IS_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
FAR_AHEAD = 10


@dataclass(eq=False)
class Update:
    """One thing a person did; the updates of one lane (a chat) are delivered in order."""

    id: int
    lane: int
    body: Json


class Updates:
    """The updates the bot has not confirmed yet."""

    def __init__(self, first_id: int = 881_000_001) -> None:
        self.pending: list[Update] = []
        self.next_id = first_id
        self.allowed: list[str] = []
        self.webhook: Webhook | None = None
        self.is_next_doubled = False
        self._waiting: asyncio.Future[str] | None = None

    def add(self, kind: str, body: Json, *, lane: int) -> None:
        """Queue an update and wake whoever takes it; kinds the bot did not ask for are never made."""
        if kind not in self.allowed if self.allowed else kind in NOT_SENT_UNLESS_ASKED:
            return
        copies, self.is_next_doubled = (2 if self.is_next_doubled else 1), False
        written = {"update_id": self.next_id, kind: body}
        self.pending += [Update(self.next_id, lane, written) for _ in range(copies)]
        self.next_id += 1
        if self.webhook:
            self.webhook.wake()
        else:
            self.interrupt()

    async def take(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Answer getUpdates: an offset confirms all before it; an empty queue is waited on."""
        if self.webhook:
            raise Refusal(409, WEBHOOK_IS_ACTIVE)
        self._confirm(offset)
        if not self.pending and seconds:
            self.interrupt(OTHER_POLLER)
            await self._wait(seconds)
        return [update.body for update in self.pending[:limit]]

    def interrupt(self, conflict: str = "") -> None:
        """End the waiting getUpdates, with what there is or with a conflict."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(conflict)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset <= self.next_id + FAR_AHEAD:  # an offset from another life confirms nothing
            self.pending = [update for update in self.pending if update.id >= offset]

    async def _wait(self, seconds: float) -> None:
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        await asyncio.wait([waiting], timeout=seconds)
        if waiting.done() and waiting.result():
            raise Refusal(409, waiting.result())


class Webhook:
    """Pushes the queue to the bot's address: every chat in its own order, each update until a 2xx answer."""

    def __init__(
        self, updates: Updates, url: str, secret: str, *, retry_pause: float, clock: Callable[[], int]
    ) -> None:
        self.url = url
        self.secret = secret
        self.last_error: tuple[int, str] | None = None
        self._updates = updates
        self._retry_pause = retry_pause
        self._clock = clock
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self._lanes: dict[int, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Start pushing for every chat that has updates and nobody pushing them."""
        for lane in {update.lane for update in self._updates.pending} - self._lanes.keys():
            self._lanes[lane] = asyncio.create_task(self._drain(lane))

    async def stop(self) -> None:
        """Stop pushing; what was not accepted stays in the queue."""
        running = list(self._lanes.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._http.close()

    async def _drain(self, lane: int) -> None:
        try:
            while update := next((one for one in self._updates.pending if one.lane == lane), None):
                if await self._push(update):
                    self._updates.pending.remove(update)
                else:
                    await asyncio.sleep(self._retry_pause)
        finally:
            # Here and not in a done callback: an update added between the two would find no one to push it.
            del self._lanes[lane]

    async def _push(self, update: Update) -> bool:
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        try:
            async with self._http.post(self.url, json=update.body, headers=headers) as response:
                if response.ok:
                    return True
                error = f"Wrong response from the webhook: {response.status} {response.reason}"
        except aiohttp.ClientError:
            error = "Connection refused"
        except TimeoutError:
            error = "Read timeout expired"
        self.last_error = (self._clock(), error)
        return False
