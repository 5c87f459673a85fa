"""Are there secrets in what is kept? Nightly, every text and JSON column is read again and masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Assignment, Role
from services import audit
from services.help_relay import FORGOTTEN
from services.notices import tell
from services.safety import redact
from services.safety_notices import SecretsFound

# Two nights: one that was missed is made up for. Only big tables carry a mark of when a row was written.
LOOKED_BACK: Final = timedelta(days=2)
NUMBER_KEPT: Final = timedelta(hours=1)
SINCE: Final = {"delivery": "created_at", "conversation": "said_at", "audit": "at"}
# Numbers that are kept on purpose, and names only the program reads.
EXEMPT: Final = frozenset(
    {
        "person.phone",
        "account.external_id",
        "account.channel_account",
        "conversation.chat",
        "conversation.channel_account",
        "delivery.chat",
        "delivery.channel_account",
        "delivery.dedupe_key",
        "delivery.provider_message_id",
        "provider_file.file_id",
        "provider_file.channel_account",
        "seen.external_id",
        "seen.channel_account",
        "quarantine.external_id",
        "quarantine.channel_account",
        "media.token",
        "media.sha256",
        "unit.path",
        "unit.code",
    }
)
_HASHES: Final = ("_hash", "token", "code")
# What cannot be a secret need not be read closely: no digits to speak of, and no word for a password.
_WORTH_IT: Final = re.compile(r"\d(?:\D{0,6}\d){3}|m[aậ]t kh|\bmk\b|pass|\bpin\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A table, and its columns that hold words."""

    table: sa.Table
    columns: tuple[sa.Column[Any], ...]


def places() -> Iterator[Place]:
    """List where words are kept, by the models themselves: a table added later is not forgotten."""
    for table in SQLModel.metadata.sorted_tables:
        columns = tuple(column for column in table.columns if _holds_words(column))
        if columns and "id" in table.c:
            yield Place(table, columns)


def _holds_words(column: sa.Column[Any]) -> bool:
    name = f"{column.table.name}.{column.name}"
    if name in EXEMPT or column.name.endswith(_HASHES) or column.primary_key:
        return False
    kind: Any = column.type
    plain = kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
    return isinstance(plain, sa.JSON | sa.String) and not isinstance(plain, sa.Enum)


async def scan(
    session: AsyncSession, place: Place, *, after: int, limit: int, now: datetime
) -> tuple[int, int, int]:
    """Mask the secrets of a stretch of rows; tell the last id, how many were read and how many masked."""
    table = place.table
    wanted = [table.c.id, *place.columns]
    rows = sa.select(*wanted).where(table.c.id > after).order_by(table.c.id).limit(limit)
    if since := SINCE.get(table.name):
        rows = rows.where(sa.or_(table.c[since] >= now - LOOKED_BACK, table.c[since].is_(None)))
    if table.name == "delivery":
        rows = rows.where(~_given_number(table, now))
    connection = await session.connection()
    last, read, masked = after, 0, 0
    for row in (await connection.execute(rows.with_for_update(skip_locked=True))).all():
        last, read = row.id, read + 1
        changed = {
            column.name: clean
            for column in place.columns
            if (clean := cleaned(row._mapping[column.name])) != row._mapping[column.name]  # noqa: SLF001
        }
        if changed:
            masked += 1
            await connection.execute(sa.update(table).where(table.c.id == row.id).values(changed))
            fields = ",".join(changed)
            audit.record(session, None, "secret_masked", table.name, row.id, now=now, fields=fields)
    return last, read, masked


def _given_number(table: sa.Table, now: datetime) -> sa.ColumnElement[bool]:
    """Tell a telephone number somebody chose to give and that is about to be forgotten."""
    is_kept = table.c.error.is_distinct_from(FORGOTTEN) & (table.c.created_at > now - NUMBER_KEPT)
    return sa.and_(table.c.kind == "RelayedNumber", is_kept)


def cleaned(value: Any) -> Any:
    """Mask the secrets in a value of any shape; anything without one comes back as it is."""
    if isinstance(value, str):
        return redact(value).text if _WORTH_IT.search(value) and redact(value).kinds else value
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    if isinstance(value, dict):
        return {key: cleaned(one) for key, one in value.items()}
    return value


async def tell_operators(session: AsyncSession, found: int, *, now: datetime) -> None:
    """Tell the operators how many places held a secret."""
    held = select(Assignment.person_id).where(
        Assignment.role == Role.OPERATOR, col(Assignment.until).is_(None)
    )
    for person_id in set((await session.exec(held)).all()):
        await tell(session, person_id, SecretsFound(found), subject=f"secrets:{now.date()}", now=now)
