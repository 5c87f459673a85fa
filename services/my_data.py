"""What is kept of somebody, and how they correct it, take back their yes, or are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Conversation
from models.delivery import Delivery
from models.guides import GuideVisit
from models.help import Ending, HelpRequest
from models.people import Account, Consent
from services import access, audit, erasure, help_outcome, people
from services import help as requests
from services.access import Actor
from services.help_ladder import about, turn
from services.help_notices import HelpReoffered
from services.notices import tell
from services.rules import Rules


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of somebody, as they are told; `open_requests` are those not settled yet."""

    name: str
    unit_id: int | None
    questions: int
    requests: int
    open_requests: int
    guides: int
    has_phone: bool
    consented_at: datetime


@access.declares(access.Action.ASK)
async def person_behind(session: AsyncSession, actor: Actor) -> int | None:
    """Find whose the account is, also after they took back their yes."""
    found = select(Account.person_id).where(Account.id == actor.account_id)
    return actor.person_id or (await session.exec(found)).first()


async def kept(session: AsyncSession, person_id: int) -> Kept:
    """Count what is kept of somebody."""
    person = await people.person_of(session, person_id)
    asked = select(HelpRequest).where(HelpRequest.person_id == person_id)
    rows = (await session.exec(asked)).all()
    visits = select(func.count()).where(GuideVisit.person_id == person_id, col(GuideVisit.ended_at).is_(None))
    given = select(func.max(Consent.given_at)).where(Consent.person_id == person_id)
    return Kept(
        name=person.name,
        unit_id=person.unit_id,
        questions=await _questions(session, person_id) + sum(bool(row.question) for row in rows),
        requests=len(rows),
        open_requests=sum(row.closed_at is None for row in rows),
        guides=(await session.exec(visits)).one(),
        has_phone=bool(person.phone),
        consented_at=(await session.exec(given)).first() or person.created_at,
    )


async def _questions(session: AsyncSession, person_id: int) -> int:
    """Count the questions that chats of theirs still hold, each the last one asked there."""
    chats = (
        select(Conversation.states)
        .join(Account, col(Account.id) == col(Conversation.account_id))
        .where(Account.person_id == person_id)
    )
    held = [state for states in (await session.exec(chats)).all() for state in states.values()]
    return sum(bool(state.get("data", {}).get("question")) for state in held)


async def withdraw_consent(session: AsyncSession, person_id: int, *, now: datetime) -> None:
    """Take back one's own yes: from now on they are answered as a stranger is, until they say yes again."""
    given = sa.update(Consent).where(col(Consent.person_id) == person_id, col(Consent.withdrawn_at).is_(None))
    await session.exec(given.values(withdrawn_at=now))
    person = await people.person_of(session, person_id)
    person.withdrawn_at = now
    session.add(person)
    audit.record(session, person_id, "consent_withdrawn", "person", person_id, now=now, fields="withdrawn_at")


@access.declares(access.Action.ASK)
async def let_go(session: AsyncSession, actor: Actor, *, rules: Rules, now: datetime) -> None:
    """Settle what others wait for: the own request ends, somebody else is asked for whom one was helping."""
    if actor.person_id is None:
        return
    relay = await requests.relay_of(session, actor.person_id)
    if relay is not None and relay.is_helper:
        request = await requests.locked(session, relay.request_id)
        until = await help_outcome.release(session, request, Ending.BUSY, rules=rules, now=now)
        await session.flush()
        word = HelpReoffered(relay.request_id, actor.who, until=until.isoformat(), at=now.isoformat())
        await tell(session, relay.other, word, subject=about(request), now=now, revision=turn(request))
    own = await requests.live_request(session, actor.person_id)
    if own is not None:
        await requests.withdraw(session, actor, own.id or 0, now=now)


@access.declares(access.Action.ASK)
async def forget(session: AsyncSession, actor: Actor, *, rules: Rules, now: datetime) -> bool:
    """Erase whoever the account stands for, with what was said there; the chat goes on as a stranger's."""
    person_id = await person_behind(session, actor)
    if person_id is None:
        return False
    await let_go(session, actor, rules=rules, now=now)
    await session.flush()
    await people.detach_account(session, actor.account_id)
    connection = await session.connection()
    delivery: Any = sa.inspect(Delivery).local_table
    await erasure.erase_person(session, person_id, now=now)
    await connection.execute(sa.delete(delivery).where(delivery.c.account_id == actor.account_id))
    mine = sa.update(Conversation).where(col(Conversation.account_id) == actor.account_id)
    await connection.execute(mine.values(offers=[]))
    return True
