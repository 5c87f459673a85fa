"""toso restore FILE: fill an empty database from a backup."""

from __future__ import annotations

import argparse

from bot import erasures, readiness, restore
from bot.clock import Clock
from bot.config import Config, settings_file
from locales import gettext as _


async def run(args: argparse.Namespace, config: Config) -> int:
    """Restore, repeat the erasures since, and say what came back."""
    now = Clock(config.timezone).now()
    log = erasures.log_of(config)
    with readiness.only_one(config):
        done = await restore.fill(config, args.file, settings=settings_file(), log=log, now=now)
    made_at = done.made_at.astimezone(now.tzinfo)
    sentence = _("Restored as of {day}: {media} media files. Erasures since then repeated: {erased}.")
    print(sentence.format(day=f"{made_at:%H:%M %d/%m/%Y}", media=done.media, erased=done.erased))
    if done.settings:
        print(
            _("The backup's settings differ; they lie in {file}, those here stay in force.").format(
                file=done.settings
            )
        )
    return 0
