"""toso export activities: write the entries of a unit's villages to a .xlsx or .csv file."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path

from bot import readiness
from bot.clock import Clock
from bot.commands import Refused
from bot.commands.report import find_unit
from bot.config import Config
from bot.database import Database
from locales import dates, ngettext, use_locale
from locales import gettext as _
from services import activity_export


async def run(args: argparse.Namespace, config: Config) -> int:
    """Write the file and say how many entries it holds."""
    if args.first > args.last:
        sentence = _("The first day {first} comes after the last day {last}; turn --from and --to round.")
        raise Refused(sentence.format(first=dates.long(args.first), last=dates.long(args.last)), code=2)
    readiness.prepare_database(config)
    database = Database(config.database.url)
    now = Clock(config.timezone).now()
    try:
        with use_locale(config.language):
            wrote = await export(database, args.unit, args.first, args.last, args.out, config=config, now=now)
    finally:
        await database.close()
    sentence = ngettext("{file}: {n} entry.", "{file}: {n} entries.", wrote)
    print(sentence.format(file=args.out, n=dates.number(wrote)))
    return 0


async def export(
    database: Database, code: str, first: date, last: date, path: Path, *, config: Config, now: datetime
) -> int:
    """Write the entries of some days, with names, as the operator may see them; tell how many.

    Raises Refused for an unknown unit or a place that takes no file.
    """
    async with database.reading() as session:
        unit = await find_unit(session, code)
        rows = activity_export.entries(
            session,
            unit,
            first,
            last,
            kinds=config.rules().activity.kinds,
            zone=now.tzinfo,
            with_names=True,
        )
        try:
            return await activity_export.write(path, rows)
        except OSError:
            sentence = _("{file}: cannot be written; choose another folder or name, then run again.")
            raise Refused(sentence.format(file=path), code=2) from None
