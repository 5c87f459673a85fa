"""toso people import: bring in a whole commune's team members at once."""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot import importing, readiness
from bot.clock import Clock
from bot.commands import Refused
from bot.commands.invite import bot_name
from bot.config import Config
from bot.database import Database
from locales import dates, ngettext
from locales import gettext as _
from services import errors, people_import, people_invites, table_errors, tables


async def run(args: argparse.Namespace, config: Config) -> int:
    """Import a table of people."""
    readiness.prepare_database(config)
    database = Database(config.database.url)
    links = await invite_links(config)
    now = Clock(config.timezone).now()
    try:
        return await import_people(
            database,
            args.file,
            dry_run=args.dry_run,
            sheet=args.sheet,
            invites=args.invites,
            links=links,
            now=now,
        )
    finally:
        await database.close()


async def invite_links(config: Config) -> dict[str, str]:
    """Name an address for each channel that takes invites by link, with a place for the invite."""
    links = {"Web": f"{config.web.address}/join/{{token}}"}
    name = await bot_name(config.telegram) if config.telegram.is_on else ""
    return links | ({"Telegram": f"https://t.me/{name}?start={{payload}}"} if name else {})


async def import_people(
    database: Database,
    path: Path,
    *,
    dry_run: bool,
    invites: Path | None,
    links: Mapping[str, str],
    now: datetime,
    sheet: str | None = None,
) -> int:
    """Import a table of people, and write their invites into a workbook; give the exit code.

    `links` maps a channel's name to an invite address holding "{token}". Every row is checked before the
    first is written; what is written comes in portions, so that a run that is cut off is finished by running
    it again. Raises Refused.
    """
    try:
        with _staged(None if dry_run else invites) as staged:
            table = importing.read(path, people_import.COLUMNS, sheet)
            async with database.reading() as session:
                plan = await people_import.plan(session, table, dry_run=dry_run)
            if plan.outcome.is_refused:
                raise Refused(tables.describe_problems(table), code=2)
            people: list[people_import.Brought] = []
            for some in importing.in_portions(plan.rows, table.file):
                async with database.writing() as session:
                    people += await people_import.write(session, some, now=now)
            print(people_import.describe(plan.outcome))
            if staged and invites:
                # After the commit, in small transactions: thousands of codes and pictures must not hold up
                # the running program, and a second run makes new invites if this fails.
                made = await _invite(database, people, now=now)
                staged.write_bytes(people_invites.invites_workbook(made, links=links))
                staged.replace(invites)
                print(_say_invites(invites, made))
    except errors.DomainError as refusal:
        raise Refused(str(refusal), code=2) from None
    return 0


async def _invite(
    database: Database, people: Sequence[people_import.Brought], *, now: datetime
) -> list[people_invites.PersonalInvite]:
    made: list[people_invites.PersonalInvite] = []
    for start in range(0, len(people), people_invites.AT_ONCE):
        some = people[start : start + people_invites.AT_ONCE]
        async with database.writing() as session:
            made += await people_invites.invite_people(session, some, now=now)
    return made


@contextmanager
def _staged(target: Path | None) -> Iterator[Path | None]:
    """Hold a private empty file beside the target, proving before the import that it can be written."""
    if target is None:
        yield None
        return
    staged = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        if target.suffix.lower() != ".xlsx" or target.is_dir():
            raise table_errors.WorkbookUnwritable(file=target.name)
        os.close(os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        raise table_errors.WorkbookUnwritable(file=target.name) from None
    try:
        yield staged
    finally:
        staged.unlink(missing_ok=True)


def _say_invites(target: Path, made: Sequence[people_invites.PersonalInvite]) -> str:
    if not made:
        return _("{file}: everybody has come in already, no invite was made.").format(file=target.name)
    n, until = len(made), made[0].issued.last_day
    return ngettext(
        "{file}: {n} invite, for one use until {day}. Keep this file private: it opens the way in.",
        "{file}: {n} invites, each for one use until {day}. Keep this file private: it opens the way in.",
        n,
    ).format(file=target.name, n=dates.number(n), day=dates.long(until))
