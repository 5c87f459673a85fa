"""Who was forgotten when: a file of ids beside the database, so that no old backup brings them back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import col, select

from bot.config import PROJECT, Config
from bot.database import Database
from models.audit import Audit
from services.erasure import ERASED, erase_person


def log_of(config: Config) -> Path:
    """Name the log: toso.db has toso.erasures beside it, PostgreSQL has var/toso.erasures."""
    return (config.database.path or PROJECT / "var" / "toso.db").with_suffix(".erasures")


async def write_down(database: Database, log: Path) -> int:
    """Add the erasures the log does not have yet; safe to call again and again."""
    known = set(_read(log))
    async with database.reading() as session:
        # These columns only: a backup is also made just before a migration, when newer ones are not there.
        query = select(Audit.at, Audit.subject_id).where(Audit.action == ERASED).order_by(col(Audit.id))
        rows = [(_whole_second(at), key) for at, key in (await session.exec(query)).all()]
    lines = [f"{at.isoformat()} {key}\n" for at, key in rows if key is not None and (at, key) not in known]
    if lines:
        with log.open("a", encoding="ascii") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def since(log: Path, moment: datetime) -> list[int]:
    """List the ids of people forgotten at or after a moment."""
    return [key for at, key in _read(log) if at >= _whole_second(moment)]


async def repeat(database: Database, people: list[int], *, now: datetime) -> int:
    """Forget people again; return how many were still there."""
    count = 0
    for key in people:
        async with database.writing() as session:
            count += await erase_person(session, key, now=now)
    return count


def _read(log: Path) -> list[tuple[datetime, int]]:
    if not log.exists():
        return []
    lines = [line.split() for line in log.read_text("ascii").splitlines()]
    return [(datetime.fromisoformat(parts[0]), int(parts[1])) for parts in lines if len(parts) == 2]


def _whole_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
