"""How the facts, the media and the settings become one file that can be trusted later."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bot import migrations
from bot.commands import Refused
from bot.config import Config
from locales import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE = "toso.db"
POSTGRESQL = "toso.pgdump"
SETTINGS = "config.toml"
MEDIA = "media"

# Where a channel remembers tokens that renew themselves, as Zalo's do; the table may not exist.
SECRETS = "channel_token"


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds."""

    file: Path
    size: int
    media: int


def make(config: Config, file: Path, *, settings: Path, now: datetime) -> Made:
    """Write a backup: all of it or, on any failure, nothing; raises Refused.

    The name appears only when the whole archive is on the disk.
    """
    _refuse_overwriting(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".toso-backup-", dir=file.parent) as folder:
            inside = Path(folder)
            name = _copy_sqlite(config, inside) if config.database.path else _dump_postgresql(config, inside)
            files = config.media.folder.rglob("*")
            media = sorted(path for path in files if path.is_file() and path.suffix != ".part")
            _write_settings(config, settings, inside)
            _write_manifest(inside, name, now=now, revision=migrations.current(config.database.url))
            draft = inside / "draft.tar.gz"
            _pack(draft, [MANIFEST, name, SETTINGS], media, config.media.folder)
            draft.replace(file)
            _sync(file.parent)
    except OSError as error:
        free = shutil.disk_usage(next(parent for parent in file.absolute().parents if parent.exists())).free
        sentence = _("{file}: the backup was not made ({reason}); the disk has {free} MB left.")
        raise Refused(sentence.format(file=file, reason=error.strerror, free=free // 1_000_000)) from None
    return Made(file, file.stat().st_size, len(media))


def _refuse_overwriting(file: Path) -> None:
    """Refuse a slip such as `toso backup config.toml`: it must not cost the settings."""
    if file.exists() and not (file.is_file() and tarfile.is_tarfile(file)):
        raise Refused(
            _("{file}: is there already and is no backup; give another name.").format(file=file), code=2
        )


def _copy_sqlite(config: Config, folder: Path) -> str:
    """Copy page by page while the program goes on writing, then prove the copy sound."""
    source_file, target_file = config.database.path, folder / SQLITE
    if source_file is None or not source_file.exists():
        sentence = _("{file}: there is no database here yet; correct database.url.")
        raise Refused(sentence.format(file=source_file))
    with (
        closing(sqlite3.connect(f"{source_file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target_file)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("PRAGMA secure_delete=ON")
        with target:
            if target.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (SECRETS,)).fetchone():
                target.execute(f"DELETE FROM {SECRETS}")  # noqa: S608 - a constant
        refuse_unsound(target, source_file)
    return SQLITE


def refuse_unsound(database: sqlite3.Connection, name: Path) -> None:
    """Refuse a database with broken pages or rows that point at nothing."""
    sound = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if not sound or database.execute("PRAGMA foreign_key_check").fetchone():
        sentence = _("{file}: the database is damaged; keep this file and go back to an earlier backup.")
        raise Refused(sentence.format(file=name))


def _dump_postgresql(config: Config, folder: Path) -> str:
    if shutil.which("pg_dump") is None:
        raise Refused(_("On PostgreSQL a backup needs pg_dump; install PostgreSQL's client programs."))
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-table-data={SECRETS}"]
    call_postgresql(config, ["pg_dump", *options, f"--file={folder / POSTGRESQL}"])
    return POSTGRESQL


def call_postgresql(config: Config, command: list[str]) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where `ps` does not show it."""
    url = sa.make_url(config.database.url)
    settings = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environ = os.environ | {name: str(value) for name, value in settings.items() if value}
    done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        sentence = _("{program} failed (exit code {code}); try it by hand with the address in database.url.")
        raise Refused(sentence.format(program=command[0], code=done.returncode))


def _write_settings(config: Config, settings: Path, folder: Path) -> None:
    """Keep the settings; a secret somebody left in a comment is taken out."""
    text = settings.read_text("utf-8") if settings.exists() else ""
    for secret in config.secrets():
        text = text.replace(secret, "***")
    (folder / SETTINGS).write_text(text, "utf-8")


def _write_manifest(folder: Path, name: str, *, now: datetime, revision: str) -> None:
    with (folder / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    facts = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "database": name,
        "revision": revision,
        "sha256": digest,
    }
    (folder / MANIFEST).write_text(json.dumps(facts, indent=1), "utf-8")


def _pack(draft: Path, names: list[str], media: list[Path], media_folder: Path) -> None:
    draft.touch(mode=0o600)  # it holds people's names
    with tarfile.open(draft, "w:gz", compresslevel=6) as archive:
        for name in names:
            archive.add(draft.parent / name, name)
        for path in media:
            try:
                archive.add(path, f"{MEDIA}/{path.relative_to(media_folder)}")
            except FileNotFoundError:
                continue  # swept since it was listed
    _sync(draft)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
