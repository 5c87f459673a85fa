"""What one person is told because of another: queued by services, said by handlers, sent by delivery."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Conversation
from models.delivery import Delivery, DeliveryState, Lane
from models.people import Account

PAYLOAD_VERSION = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """The base of all notices: plain values only, for they wait in the database as JSON.

    LANE says how urgent; the REPLY lane is also spoken in quiet hours.
    """

    kinds: ClassVar[dict[str, type[Notice]]] = {}
    LANE: ClassVar[Lane] = Lane.NOTICE

    def __init_subclass__(cls, **options: Any) -> None:
        """Remember every kind under its own name."""
        super(Notice, cls).__init_subclass__(**options)
        Notice.kinds[cls.__name__] = cls


async def tell(
    session: AsyncSession,
    person_id: int,
    notice: Notice,
    *,
    subject: str,
    now: datetime,
    revision: int = 0,
    not_before: datetime | None = None,
) -> bool:
    """Queue a notice for a person, on the account they used last; False if nothing could be queued.

    `subject` names what it is about, "join:12": the same notice about the same subject and revision is
    queued once per account, however often it is told.
    """
    account = await _last_used(session, person_id)
    if account is None:
        return False
    table = sa.inspect(Delivery).local_table
    make = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    waits = not_before is not None and not_before > now
    statement = (
        make(table)
        .values(
            account_id=account.id,
            channel_account=account.channel_account,
            chat=account.chat,
            lane=int(notice.LANE),
            kind=type(notice).__name__,
            payload={"v": PAYLOAD_VERSION, "vars": asdict(notice)},
            dedupe_key=f"n:{type(notice).__name__}:{subject}:{account.id}:{revision}",
            state=DeliveryState.WAITING if waits else DeliveryState.PENDING,
            not_before=not_before,
            attempts=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )
    connection = await session.connection()
    result = await connection.execute(statement)
    return result.rowcount == 1


async def _last_used(session: AsyncSession, person_id: int) -> Any:
    """Find the reachable account somebody used last, with the chat it is reached in."""
    statement = (
        select(Account.id, Account.channel_account, Conversation.chat)
        .join(Conversation, col(Conversation.account_id) == col(Account.id))
        .where(Account.person_id == person_id, col(Account.is_reachable))
        .order_by(col(Account.seen_at).desc(), col(Conversation.id))
        .limit(1)
    )
    return (await session.exec(statement)).first()


@dataclass(frozen=True, slots=True)
class GuideReminder(Notice):
    """Yesterday's step is still open, and a reminder was asked for."""

    visit_id: int
    title: str
    step: int
    of: int
