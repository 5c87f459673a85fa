"""toso export: write the entries of a unit's villages, or who did what in a month, to a file."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path
from typing import Final

from bot import readiness
from bot.clock import Clock
from bot.commands import Refused
from bot.commands.report import find_unit
from bot.config import Config
from bot.database import Database
from locales import dates, ngettext, use_locale
from locales import gettext as _
from services import activity_export, ledger, ledger_workbook

OPTIONS: Final = {"activities": {"first": "--from", "last": "--to"}, "ledger": {"month": "--month"}}


async def run(args: argparse.Namespace, config: Config) -> int:
    """Write the file and say how much it holds."""
    now = Clock(config.timezone).now()
    check(args, now)
    readiness.prepare_database(config)
    database = Database(config.database.url)
    try:
        with use_locale(config.language):
            if args.what == "ledger":
                wrote = await export_ledger(database, args.unit, args.month, args.out, config=config, now=now)
                sentence = ngettext("{file}: {n} member.", "{file}: {n} members.", wrote)
            else:
                wrote = await export(
                    database, args.unit, args.first, args.last, args.out, config=config, now=now
                )
                sentence = ngettext("{file}: {n} entry.", "{file}: {n} entries.", wrote)
    finally:
        await database.close()
    print(sentence.format(file=args.out, n=dates.number(wrote)))
    return 0


def check(args: argparse.Namespace, now: datetime) -> None:
    """Raise Refused where options are missing, belong to the other export or contradict each other."""
    command = f"toso export {args.what}"
    for what, options in OPTIONS.items():
        for name, option in options.items():
            if what == args.what and getattr(args, name) is None:
                sentence = _("{command}: {what} is missing; {command} --help shows how.")
                raise Refused(sentence.format(command=command, what=option), code=2)
            if what != args.what and getattr(args, name) is not None:
                sentence = _('{command}: "{what}" is too much; {command} --help shows how.')
                raise Refused(sentence.format(command=command, what=option), code=2)
    if args.what == "ledger":
        _check_ledger(args, now)
    elif args.first > args.last:
        sentence = _("The first day {first} comes after the last day {last}; turn --from and --to round.")
        raise Refused(sentence.format(first=dates.long(args.first), last=dates.long(args.last)), code=2)


def _check_ledger(args: argparse.Namespace, now: datetime) -> None:
    if args.out.suffix.lower() != ".xlsx":
        sentence = _('{command}: the name after --out must end in .xlsx, not "{value}".')
        raise Refused(sentence.format(command="toso export ledger", value=args.out), code=2)
    if args.month > now.date():
        sentence = _("This period has not begun yet; it begins on {day}.")
        raise Refused(sentence.format(day=dates.long(args.month)), code=2)


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
            raise _unwritable(path) from None


async def export_ledger(
    database: Database, code: str, month: date, path: Path, *, config: Config, now: datetime
) -> int:
    """Write the ledger of a month with its entries, and note that it left; tell how many lines.

    Raises Refused for an unknown unit or a place that takes no file.
    """
    limits = config.rules().activity
    async with database.reading() as session:
        unit = await find_unit(session, code)
        made = await ledger.gather(session, unit, month, limits=limits, with_entries=True, now=now)
    data = ledger_workbook.write(made)
    async with database.writing() as session:
        ledger.note_export(session, None, made, now=now)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise _unwritable(path) from None
    return len(made.lines)


def _unwritable(path: Path) -> Refused:
    sentence = _("{file}: cannot be written; choose another folder or name, then run again.")
    return Refused(sentence.format(file=path), code=2)
