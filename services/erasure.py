"""How is somebody forgotten: which rows go with them, and which stay without their name?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.delivery import DeliveryState
from models.people import Person
from services.notices import PAYLOAD_VERSION

ERASED = "person.erased"

# These could stay without the person, and must not: an account is an address, an invite a door, a file
# made of their data is their data.
_THEIRS = {("account", "person_id"), ("invite", "person_id"), ("media", "person_id")}
ERASED_WORDS = "…"
_UNSENT = (DeliveryState.PENDING, DeliveryState.WAITING)
_GONE = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.IN_DOUBT, DeliveryState.CANCELLED)


async def erase_person(session: AsyncSession, person_id: int, *, now: datetime) -> bool:
    """Forget a person: what is theirs is deleted, counts stay without a name; False if they are not there.

    The audit row it leaves (an id, no name) is what a later restore repeats the erasure from.
    """
    person = _table("person")
    if await session.get(Person, person_id) is None:
        return False
    await _expire_pictures(session, person_id, now=now)
    await _forget_words(session, person_id)
    certificate = _table("certificate")
    printed = select(certificate.c.sha256).where(certificate.c.person_id == person_id)
    await delete_files(session, list((await session.exec(printed)).all()))
    await delete_rows(session, person, [person_id])
    session.add(Audit(action=ERASED, subject="person", subject_id=person_id, at=now))
    await session.flush()
    return True


async def _expire_pictures(session: AsyncSession, person_id: int, *, now: datetime) -> None:
    """Let the pictures somebody added to entries go with the next purge, not at the end of their days."""
    media, photo = _table("media"), _table("activity_photo")
    theirs = sa.select(photo.c.media_id).where(photo.c.person_id == person_id)
    await session.exec(sa.update(media).where(media.c.id.in_(theirs)).values(expires_at=now))


async def _forget_words(session: AsyncSession, person_id: int) -> None:
    """Take what was said in their talks, and their name, out of the messages the other one was sent.

    What only has to be said yet, such as that nobody needs help any more, is still said.
    """
    request, delivery = _table("help_request"), _table("delivery")
    theirs = select(request.c.id).where(
        (request.c.person_id == person_id) | (request.c.helper_id == person_id)
    )
    for key in (await session.exec(theirs)).all():
        about = delivery.c.dedupe_key.like(f"n:%:help:{key}:%")
        erased = sa.update(delivery).values(payload={"v": PAYLOAD_VERSION, "text": ERASED_WORDS})
        words = delivery.c.dedupe_key.like(f"n:Relayed%:help:{key}:%")
        unsent = erased.where(words, delivery.c.state.in_(_UNSENT))
        await session.exec(unsent.values(state=DeliveryState.CANCELLED))
        await session.exec(erased.where(about, delivery.c.state.in_(_GONE)))


async def delete_files(session: AsyncSession, digests: Sequence[str]) -> None:
    """Let files be fetched no longer, by the names their bytes go by; the sweep deletes the bytes."""
    media = _table("media")
    keys = await session.exec(select(media.c.id).where(media.c.sha256.in_(digests)))
    await delete_rows(session, media, list(keys.all()))


async def delete_rows(session: AsyncSession, table: sa.Table, keys: list[int]) -> None:
    """Delete rows by id with everything that cannot stand without them; other references become empty.

    It follows the foreign keys, so that a table added later is not forgotten here.
    """
    if not keys:
        return
    for column in _references(table):
        if column.nullable and (column.table.name, column.name) not in _THEIRS:
            await session.exec(sa.update(column.table).where(column.in_(keys)).values({column.name: None}))
        else:
            found = await session.exec(select(column.table.c.id).where(column.in_(keys)))
            await delete_rows(session, _table(column.table.name), list(found.all()))
    await session.exec(sa.delete(table).where(table.c.id.in_(keys)))


def _references(table: sa.Table) -> list[sa.Column[Any]]:
    keys = [key for other in SQLModel.metadata.sorted_tables for key in other.foreign_keys]
    return [key.parent for key in keys if key.column.table is table]


def _table(name: str) -> sa.Table:
    return SQLModel.metadata.tables[name]
