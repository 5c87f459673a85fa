"""`toso people import`: how do a whole commune's team members come in at once?"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.commands import Refused
from bot.database import Database
from locales import dates, ngettext
from locales import gettext as _
from services import errors, importing, people_import, people_invites


async def import_people(
    database: Database,
    path: Path,
    *,
    dry_run: bool,
    invites: Path | None,
    links: Mapping[str, str],
    now: datetime,
) -> int:
    """Import a table of people, and write their invites into a workbook; give the exit code.

    `links` maps a channel's name to an invite address holding "{token}". Raises Refused.
    """
    try:
        with _staged(None if dry_run else invites) as staged:
            table = importing.read_table(path, people_import.COLUMNS)
            async with database.writing() as session:
                outcome = await people_import.import_people(
                    session, table, dry_run=dry_run, now=now, with_invites=staged is not None
                )
            if outcome.is_refused:
                raise Refused(importing.describe_problems(outcome.table), code=2)
            print(people_import.describe(outcome))
            if staged and invites:
                # Written after the commit: thousands of QR codes must not hold up the running program, and a
                # second run makes new invites if this fails.
                staged.write_bytes(people_invites.invites_workbook(outcome.invites, links=links))
                staged.replace(invites)
                print(_say_invites(invites, outcome.invites))
    except errors.DomainError as refusal:
        raise Refused(str(refusal), code=2) from None
    return 0


@contextmanager
def _staged(target: Path | None) -> Iterator[Path | None]:
    """Hold a private empty file beside the target, proving before the import that it can be written."""
    if target is None:
        yield None
        return
    staged = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        if target.suffix.lower() != ".xlsx" or target.is_dir():
            raise errors.WorkbookUnwritable(file=target.name)
        os.close(os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        raise errors.WorkbookUnwritable(file=target.name) from None
    try:
        yield staged
    finally:
        staged.unlink(missing_ok=True)


def _say_invites(target: Path, invites: tuple[people_import.PersonalInvite, ...]) -> str:
    n = len(invites)
    until = max((invite.expires_at.date() for invite in invites), default=None)
    if until is None:
        return _("{file}: everybody has come in already, no invite was made.").format(file=target.name)
    return ngettext(
        "{file}: {n} invite, for one use until {day}. Keep this file private: it opens the way in.",
        "{file}: {n} invites, each for one use until {day}. Keep this file private: it opens the way in.",
        n,
    ).format(file=target.name, n=dates.number(n), day=dates.long(until))
