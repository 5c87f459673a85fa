"""How old rows and files leave the machine: one short transaction per batch."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.database import Database
from services import retention

BATCH = 500
# A file is written before its row is committed: younger ones may still get theirs.
YOUNG = timedelta(days=1)


async def purge(database: Database, *, media: Path, keep_months: int, now: datetime) -> dict[str, int]:
    """Delete everything that need not be kept; return how much of each went."""
    counts = {name: await _in_batches(database, step, now) for name, step in retention.ROWS.items()}
    people = partial(retention.purge_people, keep_months=keep_months)
    counts["people"] = await _in_batches(database, people, now)
    counts["files"] = await _sweep(database, media, now)
    return counts


async def _in_batches(database: Database, step: retention.Purge, now: datetime) -> int:
    total = 0
    while True:
        async with database.writing() as session:
            count = await step(session, now=now, limit=BATCH)
        total += count
        if count < BATCH:
            return total
        await asyncio.sleep(0)  # let a citizen's message go first


async def _sweep(database: Database, folder: Path, now: datetime) -> int:
    """Delete files that no row names."""
    old = {path.name: path for path in _files(folder) if _is_old(path, now)}
    # What a crash left half-written is called HASH.PID.part, and is nobody's.
    total = sum(_unlink(path) for path in old.values() if path.suffix == ".part")
    names = [name for name, path in old.items() if not path.suffix]
    for start in range(0, len(names), BATCH):
        async with database.reading() as session:
            unnamed = await retention.unnamed(session, names[start : start + BATCH])
        for name in unnamed:
            # Looked at again: the same picture may have been stored anew meanwhile.
            if _is_old(old[name], now):
                total += _unlink(old[name])
    return total


def _files(folder: Path) -> list[Path]:
    """Find the stored files; each is named by the hash of what is in it."""
    return [path for path in folder.rglob("*") if path.is_file()]


def _is_old(path: Path, now: datetime) -> bool:
    return path.exists() and path.stat().st_mtime < (now - YOUNG).timestamp()


def _unlink(path: Path) -> int:
    path.unlink(missing_ok=True)
    return 1
