"""toso migrate: bring the database to the shape this version needs."""

from __future__ import annotations

import argparse

from bot import migrations, readiness
from bot.config import Config
from locales import gettext as _


async def run(_args: argparse.Namespace, config: Config) -> int:
    """Upgrade, and say what was done and where the copy made beforehand lies."""
    url = config.database.url
    before, head = migrations.current(url), migrations.head()
    if not migrations.pending(url):
        print(_("The database is at {head} already; nothing was changed.").format(head=head))
        return 0
    with readiness.only_one(config):
        copy = migrations.upgrade(url)
    if before == migrations.BASE:
        print(_("The database was made, at {head}.").format(head=head))
    else:
        print(_("The database was brought from {before} to {head}.").format(before=before, head=head))
    if copy:
        print(_("How it was before lies in {file}.").format(file=copy))
    return 0
