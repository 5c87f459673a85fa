"""What happens to one update: claimed once, locked, handled in a savepoint, answered, in one transaction."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import TelegramObject, Update
from aiogram.types.update import UpdateTypeLookupError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import choices, failures, statements
from bot.channels import Incoming, Outcome
from bot.database import ATTEMPTS, Database, is_passing, session_over
from bot.door import without_secrets
from bot.long_reads import Asides, LongRead
from bot.outages import Outage
from bot.outbox import APOLOGY, REPLY, queue_replies
from bot.silence import house_bot
from bot.states import HeldStates, context
from handlers import refusals
from handlers.reply import Answer, Goto, Reply
from locales import gettext as _
from locales import use_locale
from models.people import FormOfAddress, Role
from services.access import Actor, Held
from services.errors import DomainError
from services.help import relay_of

TRIES_OF_A_BUG = 2
MOST_HOPS = 4
TOUCHED_EVERY = timedelta(minutes=10)
AN_HOUR = timedelta(hours=1)
MINUTE = 60.0


class Flood(Enum):
    """Whether a chat sends more than anybody can read, and whether it is told so."""

    NONE = auto()
    TOLD = auto()
    SILENT = auto()


@dataclass(slots=True)
class Turn:
    """One chat's place in the queue, and how much was said there in the last minute."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    said: deque[float] = field(default_factory=deque)
    warned_at: float = -MINUTE
    waiting: int = 0


@dataclass(slots=True)
class Conversations:
    """Every chat on every channel: hand in an update, and it takes effect exactly once."""

    database: Database
    dispatcher: Dispatcher
    now: Callable[[], datetime]
    given: dict[str, Any] = field(default_factory=dict)
    pulled: frozenset[str] = frozenset({"webchat"})
    messages_per_minute: int = 20
    spoken: Callable[[str], None] = lambda _account: None
    outage: Outage | None = None
    is_scarce: Callable[[str], bool] = lambda _account: False
    _turns: dict[tuple[str, str], Turn] = field(default_factory=dict)
    _bot: Bot = field(default_factory=house_bot)
    _statements: statements.Statements = field(init=False)

    def __post_init__(self) -> None:
        """Write the statements in the database's dialect."""
        self._statements = statements.Statements(self.database.engine.dialect.name)

    async def receive(self, incoming: Incoming) -> Outcome:
        """Take one update; returning means committed, or committed before.

        Updates of one chat are taken in the order they come in; passing database failures are tried again,
        a bug is tried twice, then set aside with one apology.
        """
        async with self._turn(incoming) as turn:
            outcome = await self._insist(incoming, self._flood(turn))
            if outcome is Outcome.REPEAT:
                turn.said.pop()  # a platform that says it again is no flood
        if outcome is not Outcome.REPEAT:
            self.spoken(incoming.account)
        return outcome

    async def _insist(self, incoming: Incoming, flood: Flood) -> Outcome:
        """Try until it is committed; after ATTEMPTS tries raises what passes, so that it is sent again."""
        tries = bugs = 0
        while True:
            try:
                if bugs >= TRIES_OF_A_BUG:
                    return await self._set_aside(incoming, is_silent=bugs > TRIES_OF_A_BUG)
                return await self._at_length(incoming, flood)
            except Exception as error:
                if not is_passing(error) and bugs <= TRIES_OF_A_BUG:
                    bugs = max(bugs + 1, await self._count_bug(incoming, error))
                    continue
                tries += 1
                if tries >= ATTEMPTS:
                    raise
            await asyncio.sleep(0.05 * 2**tries * random.uniform(0.5, 1.5))  # noqa: S311 - jitter

    async def _at_length(self, incoming: Incoming, flood: Flood) -> Outcome:
        """Take it; where its handler needs something long, do that with nothing locked, and begin anew."""
        asides = Asides(self.database)
        while True:
            asides.begin()
            try:
                return await self._unit(incoming, flood, asides)
            except LongRead as long:
                asked = long
            await asides.fetch(asked)

    @asynccontextmanager
    async def _turn(self, incoming: Incoming) -> AsyncIterator[Turn]:
        key = (incoming.account, incoming.chat)
        turn = self._turns.setdefault(key, Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                yield turn
        finally:
            turn.waiting -= 1
            if not turn.waiting and len(self._turns) > 10_000:
                self._turns.pop(key, None)

    def _flood(self, turn: Turn) -> Flood:
        """Tell whether a message is one too many in a minute; it is said once a minute, then passed over."""
        moment = asyncio.get_running_loop().time()
        turn.said.append(moment)
        while turn.said[0] < moment - MINUTE:
            turn.said.popleft()
        if len(turn.said) <= self.messages_per_minute:
            return Flood.NONE
        if moment - turn.warned_at < MINUTE:
            return Flood.SILENT
        turn.warned_at = moment
        return Flood.TOLD

    async def _unit(self, incoming: Incoming, flood: Flood, asides: Asides) -> Outcome:
        now = self.now()
        async with self.database.transaction() as connection:
            if not await self._claim(connection, incoming, now):
                return Outcome.REPEAT
            row = await self._lock(connection, incoming, now)
            actor = await self._actor(connection, row.account_id, now)
            states = HeldStates(row.states)
            with use_locale(actor.locale):
                if flood is not Flood.NONE:
                    # Nothing was understood, so what could be chosen before still can.
                    replies = [Reply(_too_many())] if flood is Flood.TOLD else []
                    await self._keep(connection, incoming, row, states, replies, now, keeps_list=True)
                    return Outcome.DONE
                replies = await self._handle(connection, incoming, row, states, actor, asides, now)
                if self.outage and replies:
                    replies = await self.outage.excuse(connection, incoming, row.account_id, replies, now)
            await self._keep(connection, incoming, row, states, replies, now)
        return Outcome.DONE

    async def _claim(self, connection: AsyncConnection, incoming: Incoming, now: datetime) -> bool:
        result = await connection.execute(
            self._statements.claim,
            {"channel_account": incoming.account, "external_id": incoming.key, "seen_at": now},
        )
        return result.rowcount == 1

    async def _lock(self, connection: AsyncConnection, incoming: Incoming, now: datetime) -> Any:
        chat = {"b_account": incoming.account, "b_chat": incoming.chat}
        row = (await connection.execute(statements.LOCK, chat)).first()
        if row is not None:
            return row
        await connection.execute(
            self._statements.add_account,
            {
                "channel": incoming.channel,
                "channel_account": incoming.account,
                "external_id": incoming.sender,
                "is_reachable": True,
                "created_at": now,
                "seen_at": now,
            },
        )
        sender = {"b_account": incoming.account, "b_sender": incoming.sender}
        account_id = (await connection.execute(statements.FIND_ACCOUNT, sender)).scalar_one()
        await connection.execute(
            self._statements.add_conversation,
            {
                "channel_account": incoming.account,
                "chat": incoming.chat,
                "account_id": account_id,
                "states": {},
                "choices": [],
                "offers": [],
                "counter": 0,
            },
        )
        return (await connection.execute(statements.LOCK, chat)).one()

    async def _actor(self, connection: AsyncConnection, account_id: int, now: datetime) -> Actor:
        rows = (await connection.execute(statements.ACTOR, {"b_id": account_id})).all()
        first = rows[0]
        if now - first.seen_at > TOUCHED_EVERY or not first.is_reachable:
            await connection.execute(statements.TOUCH_ACCOUNT, {"b_id": account_id, "b_now": now})
        return actor_of(rows)

    async def _handle(
        self,
        connection: AsyncConnection,
        incoming: Incoming,
        row: Any,
        states: HeldStates,
        actor: Actor,
        asides: Asides,
        now: datetime,
    ) -> list[Reply]:
        """Run the handler inside a savepoint; a refusal takes back what it wrote and says why."""
        raw = choices.resolved(incoming.update, row)
        session = session_over(connection)
        if raw is not incoming.update and await _belongs_to_talk(session, actor, raw):
            raw = incoming.update
        raw, hidden = await without_secrets(raw, states, now=now)
        before = states.states
        await connection.execute(statements.BEFORE_HANDLER)
        try:
            given = {"apart": asides, "is_scarce": self.is_scarce(incoming.account), "hidden": hidden}
            replies = await self._dispatch(session, raw, row, states, actor, now, given)
            await connection.execute(statements.AFTER_HANDLER)
        except DomainError as refusal:
            await connection.execute(statements.UNDO_HANDLER)
            states.put_back(before)
            replies = [refusals.say(refusal)]
        finally:
            session.end()  # what a handler kept of it is of no use any more
        return replies

    async def _dispatch(
        self,
        session: AsyncSession,
        raw: dict[str, Any],
        row: Any,
        states: HeldStates,
        actor: Actor,
        now: datetime,
        given: Mapping[str, Any],
    ) -> list[Reply]:
        """Ask the handlers, and go on where they point to; who is acting is looked up again on the way."""
        replies: list[Reply] = []
        state = context(states, raw)
        update = Update.model_validate(raw, context={"bot": self._bot})
        kind, event = _event(update)
        for _hop in range(MOST_HOPS):
            answer = await self.dispatcher.propagate_event(
                kind,
                event,
                bot=self._bot,
                session=session,
                now=now,
                actor=actor,
                state=state,
                raw_state=await state.get_state(),
                open_list=row.choices,
                **given,
                **self.given,
            )
            await session.flush()
            said = [] if answer is UNHANDLED else _as_list(answer)
            replies += [reply for reply in said if isinstance(reply, Reply)]
            onward = next((step for step in said if isinstance(step, Goto)), None)
            if onward is None:
                return replies
            kind, event = "callback_query", choices.tapped(event, onward.packed())
            actor = await self._actor(await session.connection(), row.account_id, now)
        raise RuntimeError(f"handlers point in a circle at {getattr(event, 'data', '')}")

    async def _keep(
        self,
        connection: AsyncConnection,
        incoming: Incoming,
        row: Any,
        states: HeldStates,
        replies: Sequence[Reply],
        now: datetime,
        *,
        kind: str = REPLY,
        keeps_list: bool = False,
    ) -> None:
        """Write the replies and, if it changed, where the chat stands; wake other processes."""
        is_pulled = incoming.channel in self.pulled
        counter = await queue_replies(
            connection, incoming, row, replies, now=now, counter=row.counter if is_pulled else None, kind=kind
        )
        open_list = choices.remembered(replies[-1]) if replies and not keeps_list else row.choices
        if states.is_changed or open_list != row.choices or counter != row.counter:
            kept = {"b_states": states.states, "b_choices": open_list, "b_counter": counter, "b_now": now}
            await connection.execute(statements.KEEP, {"b_id": row.id, **kept})
        if not self.database.is_sqlite:
            await connection.execute(statements.NOTIFY)

    async def _count_bug(self, incoming: Incoming, error: Exception) -> int:
        """Write that an update failed, in a transaction of its own; tell how often it has."""
        async with self.database.transaction() as connection:
            return await failures.count(connection, incoming, error, now=self.now())

    async def _set_aside(self, incoming: Incoming, *, is_silent: bool) -> Outcome:
        """Commit the seen row and one apology for an update that failed twice; silent if even that failed."""
        now = self.now()
        async with self.database.transaction() as connection:
            if not await self._claim(connection, incoming, now):
                return Outcome.REPEAT
            if is_silent:
                return Outcome.SET_ASIDE
            row = await self._lock(connection, incoming, now)
            actor = await self._actor(connection, row.account_id, now)
            since = {"b_account_id": row.account_id, "b_since": now - AN_HOUR}
            recent = (await connection.execute(statements.RECENT_APOLOGIES, since)).scalar_one()
            with use_locale(actor.locale):
                apology = Reply(_still_stumbling() if recent else _stumbled())
                states = HeldStates(row.states)
                await self._keep(
                    connection, incoming, row, states, [apology], now, kind=APOLOGY, keeps_list=True
                )
        return Outcome.SET_ASIDE


def actor_of(rows: Sequence[Any]) -> Actor:
    """Make the acting person of the rows of `statements.ACTOR`."""
    first = rows[0]
    held = tuple(Held(Role(row.role), row.role_unit_id, row.path) for row in rows if row.role)
    return Actor(
        account_id=first.id,
        channel=first.channel,
        person_id=first.person_id,
        name=first.name or "",
        form_of_address=first.form_of_address and FormOfAddress(first.form_of_address),
        locale=first.account_locale or first.locale or "vi",
        unit_id=first.unit_id,
        roles=held,
        has_large_text=bool(first.has_large_text),
        paused_until=first.paused_until,
    )


def _event(update: Update) -> tuple[str, TelegramObject]:
    """Tell what an update is about; one of a kind that is not known yet is about itself, and for nobody."""
    try:
        return update.event_type, update.event
    except UpdateTypeLookupError:
        return "update", update


async def _belongs_to_talk(session: AsyncSession, actor: Actor, raw: dict[str, Any]) -> bool:
    """Tell whether typed words go to the person somebody talks with instead of standing for a choice.

    What the program asked within the talk may be answered by number or name: its data begins with "relay.".
    """
    if actor.person_id is None or raw["callback_query"]["data"].startswith("relay."):
        return False
    return await relay_of(session, actor.person_id) is not None


def _as_list(answer: Answer) -> Sequence[Reply | Goto]:
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, Reply | Goto) else answer


def _too_many() -> str:
    return _("So many messages that Tổ Số cannot keep up. Wait a minute, then send it again.")


def _stumbled() -> str:
    return _("Sorry, Tổ Số has just stumbled and wrote nothing. Please send it again in a few minutes.")


def _still_stumbling() -> str:
    return _("Still stumbling; the operator has been told. If it is urgent, ask the village head.")
