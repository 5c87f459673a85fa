"""toso units official, toso units import: bring in the places."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from bot import importing, readiness
from bot.clock import Clock
from bot.commands import Refused
from bot.config import Config
from bot.database import Database
from locales import dates, ngettext
from services import tables, units, units_import, units_official
from services.errors import DomainError


async def run(args: argparse.Namespace, config: Config) -> int:
    """Load official units or import a table of units."""
    readiness.prepare_database(config)
    database = Database(config.database.url)
    now = Clock(config.timezone).now()
    try:
        if args.action == "official":
            return await load_official(database, args.provinces, now=now)
        return await import_units(database, args.file, dry_run=args.dry_run, sheet=args.sheet, now=now)
    finally:
        await database.close()


async def load_official(
    database: Database,
    provinces: list[str],
    *,
    map: units_official.Map = "today",  # noqa: A002 - the field's own word
    now: datetime,
) -> int:
    """Load provinces and their units with official codes; give the exit code. Raises Refused."""
    try:
        async with database.writing() as session:
            loaded = await units_official.load_official(session, provinces, map=map, now=now)
            names = ", ".join(units.display_name(province) for province in loaded.provinces)
    except DomainError as refusal:
        raise Refused(str(refusal), code=2) from None
    sentence = ngettext(
        "{provinces}: {communes} commune; {added} units added, {renamed} renamed.",
        "{provinces}: {communes} communes; {added} units added, {renamed} renamed.",
        loaded.communes,
    )
    print(
        sentence.format(
            provinces=names,
            communes=dates.number(loaded.communes),
            added=dates.number(loaded.added),
            renamed=dates.number(loaded.renamed),
        )
    )
    return 0


async def import_units(
    database: Database, path: Path, *, dry_run: bool, now: datetime, sheet: str | None = None
) -> int:
    """Import a table of units; give the exit code. Raises Refused.

    Every row is checked before the first is written; what is written comes in portions, so that a run that is
    cut off is finished by running it again.
    """
    try:
        table = importing.read(path, units_import.COLUMNS, sheet)
        async with database.reading() as session:
            plan = await units_import.plan(session, table, dry_run=dry_run)
        if plan.outcome.is_refused:
            raise Refused(tables.describe_problems(table), code=2)
        for some in importing.in_portions(plan.rows, table.file):
            async with database.writing() as session:
                await units_import.write(session, some, now=now)
    except DomainError as refusal:
        raise Refused(str(refusal), code=2) from None
    print(units_import.describe(plan.outcome))
    return 0
