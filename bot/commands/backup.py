"""toso backup FILE: copy database, media and settings into one file."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from datetime import datetime
from typing import Final

from bot import backup, erasures
from bot.clock import Clock
from bot.config import Config, settings_file
from bot.database import Database
from locales import dates
from locales import gettext as _
from services import status

PATIENCE: Final = 2.0


async def run(args: argparse.Namespace, config: Config) -> int:
    """Make the backup while the program may be running."""
    now = Clock(config.timezone).now()
    made = await asyncio.to_thread(backup.make, config, args.file, settings=settings_file(), now=now)
    database = Database(config.database.url)
    try:
        await erasures.write_down(database, erasures.log_of(config))
        await _note(database, now)
    finally:
        await database.close()
    sentence = _("{file}: {size} MB, {media} media files, checked. Secrets are not in it: keep .env apart.")
    size = dates.number(max(round(made.size / 1_000_000, 1), 0.1))
    print(sentence.format(file=made.file, size=size, media=made.media))
    return 0


async def _note(database: Database, now: datetime) -> None:
    """Remember it for the operator's status; the backup is made, so a database that stays busy is let be."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE), database.writing() as session:
            await status.note_backup(session, now=now)
