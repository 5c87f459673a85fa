"""toso purge: delete what need not be kept any longer."""

from __future__ import annotations

import argparse

from bot import erasures, readiness, retention
from bot.clock import Clock
from bot.config import Config
from bot.database import Database
from locales import gettext as _


async def run(_args: argparse.Namespace, config: Config) -> int:
    """Delete in small batches, while the program may be running, and say how much went."""
    readiness.prepare_database(config)
    database = Database(config.database.url)
    try:
        counts = await retention.purge(
            database,
            media=config.media.folder,
            keep_months=config.privacy.keep_months,
            now=Clock(config.timezone).now(),
        )
        await erasures.write_down(database, erasures.log_of(config))
    finally:
        await database.close()
    sentence = _(
        "Deleted: {seen} marks of updates, {deliveries} messages, {quarantine} failures, "
        "{accounts} nameless accounts, {people} people, {media} media and {files} files."
    )
    print(sentence.format(**counts))
    return 0
