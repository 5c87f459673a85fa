"""How a backup becomes a running installation again, without bringing back who asked to be forgotten."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import erasures, migrations
from bot.backup import FORMAT, MANIFEST, MEDIA, POSTGRESQL, SETTINGS, SQLITE, call_postgresql, refuse_unsound
from bot.commands import Refused
from bot.config import Config
from bot.database import Database
from locales import gettext as _

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `settings` is the file of the backup's settings if they differ from today's."""

    made_at: datetime
    media: int
    erased: int
    settings: Path | None


async def fill(config: Config, file: Path, *, settings: Path, log: Path, now: datetime) -> Restored:
    """Fill an empty installation from a backup; raises Refused and then nothing has changed.

    `log` is the log of erasures kept beside the database; hold `readiness.only_one` around it.
    """
    await _refuse_full(config)
    home = (config.database.path or log).parent
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".toso-restore-", dir=home) as folder:
        inside = Path(folder)
        facts = _unpack(file, inside)
        forgotten = erasures.since(log, facts.made_at)
        if (facts.database == SQLITE) != (config.database.path is not None):
            raise Refused(
                _("{file}: is a backup of the other kind of database; correct database.url.").format(
                    file=file
                )
            )
        if config.database.path is None:
            _pg_restore(config, inside / POSTGRESQL)
            erased = await _made_ready(config.database.url, forgotten, now)
            media = _media(inside / MEDIA, config.media.folder)
        else:
            # Everything that can fail happens to the copy; its name appears last.
            erased = await _made_ready(f"sqlite:///{inside / SQLITE}", forgotten, now)
            _make_one_file(inside / SQLITE)
            media = _media(inside / MEDIA, config.media.folder)
            _put_in_place(inside / SQLITE, config.database.path)
        return Restored(facts.made_at, media, erased, _settings(inside / SETTINGS, settings, home))


async def _refuse_full(config: Config) -> None:
    if any(path.is_file() for path in config.media.folder.rglob("*")):
        sentence = _("{folder} is not empty; move it away first, nothing was changed.")
        raise Refused(sentence.format(folder=config.media.folder))
    path = config.database.path
    if path is None or (path.exists() and path.stat().st_size):
        database = Database(config.database.url)
        try:
            async with database.engine.connect() as connection:
                full = await connection.run_sync(_first_full_table)
        finally:
            await database.close()
        if full:
            sentence = _(
                "The database is not empty ({table} has rows); move it away first, nothing was changed."
            )
            raise Refused(sentence.format(table=full))


def _first_full_table(connection: sa.Connection) -> str | None:
    """Name a table with rows, and refuse a database that somebody else is using."""
    if connection.dialect.name == "postgresql" and connection.scalar(sa.text(_OTHERS)):
        raise Refused(
            _("{file} is in use by a program that is running; stop it first.").format(file="PostgreSQL")
        )
    for name in sorted(sa.inspect(connection).get_table_names()):
        if name != "alembic_version" and connection.scalar(sa.select(1).select_from(sa.table(name)).limit(1)):
            return name
    return None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the manifest says of the backup it lies in."""

    made_at: datetime
    database: str


def _unpack(file: Path, folder: Path) -> _Facts:
    """Unpack what is ours, prove it unharmed and of this program's time; raises Refused."""
    if not file.is_file():
        raise Refused(_("{file}: there is no such file.").format(file=file), code=2)
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        known = [migrations.BASE, *migrations.revisions()]
        if manifest["format"] != FORMAT or manifest["revision"] not in known:
            sentence = _("{file}: was made by a newer version of the program; restore it with that version.")
            raise Refused(sentence.format(file=file), code=2)
        return _proven(manifest, folder)
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError):
        sentence = _("{file}: is no backup of Tổ Số, or is damaged; take another one.")
        raise Refused(sentence.format(file=file), code=2) from None


def _proven(manifest: dict[str, Any], folder: Path) -> _Facts:
    """Read the facts; raises ValueError or TypeError for any that are not as they were written."""
    facts = _Facts(datetime.fromisoformat(manifest["made_at"]), manifest["database"])
    if facts.database not in {SQLITE, POSTGRESQL}:
        raise ValueError(facts.database)
    with (folder / facts.database).open("rb") as database:
        digest = hashlib.file_digest(database, "sha256").hexdigest()
    if digest != manifest["sha256"]:
        raise ValueError(digest)
    return facts


def _make_one_file(draft: Path) -> None:
    with closing(sqlite3.connect(draft)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("VACUUM")  # what was erased must not stay in free pages
        refuse_unsound(copy, draft)
    with draft.open("rb") as file:
        os.fsync(file.fileno())


def _put_in_place(draft: Path, target: Path) -> None:
    for leftover in (target, *(target.with_name(f"{target.name}{end}") for end in ("-wal", "-shm"))):
        leftover.unlink(missing_ok=True)  # an empty database, as was made sure
    draft.chmod(0o600)
    draft.replace(target)


def _pg_restore(config: Config, dump: Path) -> None:
    if shutil.which("pg_restore") is None:
        raise Refused(_("On PostgreSQL a restore needs pg_restore; install PostgreSQL's client programs."))
    name = sa.make_url(config.database.url).database or ""
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--clean", "--if-exists"]
    call_postgresql(config, ["pg_restore", *options, f"--dbname={name}", str(dump)])


async def _made_ready(url: str, forgotten: list[int], now: datetime) -> int:
    migrations.upgrade(url)
    database = Database(url)
    try:
        return await erasures.repeat(database, forgotten, now=now)
    finally:
        await database.close()


def _media(source: Path, target: Path) -> int:
    files = [path for path in source.rglob("*") if path.is_file()]
    for path in files:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, place)
    return len(files)


def _settings(kept: Path, settings: Path, home: Path) -> Path | None:
    """Put the backup's settings beside today's, for somebody to compare; today's stay in force."""
    if not kept.exists() or (settings.exists() and settings.read_bytes() == kept.read_bytes()):
        return None
    place = home / "config.restored.toml"
    shutil.move(kept, place)
    return place
