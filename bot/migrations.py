"""How do the tables reach the shape the program needs, on both databases, without losing a row?"""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import models  # noqa: F401 - SQLModel.metadata is empty before the models are read
from models.base import narrow

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
HEAD = "head"
BASE = "base"
_VERSION = sa.Table(  # as Alembic would make it
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_LOCK = 7_046_081  # any number will do, as long as every process of this program takes the same
_PATIENCE = 30.0


class UnknownDatabase(RuntimeError):
    """The database is not one that this version of the program can read."""


class OrphansFound(RuntimeError):
    """A migration would have left rows that point at nothing; none of it was kept."""


def revisions() -> list[str]:
    """List every revision, oldest first; the file names say it, so Alembic need not be loaded."""
    return sorted(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """Tell the newest revision."""
    return (revisions() or [BASE])[-1]


def current(url: str) -> str:
    """Tell a database's revision, "base" for an empty one; a missing SQLite file is not made.

    Raises UnknownDatabase for tables that are not ours or for a revision of a newer program.
    """
    path = _file(url)
    if path is not None and not path.exists():
        return BASE
    return _inside(url, _revision)


def pending(url: str) -> int:
    """Count the revisions a database still needs."""
    known = [BASE, *revisions()]
    return len(known) - 1 - known.index(current(url))


def upgrade(url: str, revision: str = HEAD) -> Path | None:
    """Bring a database up to a revision; return the copy made of an existing SQLite file beforehand.

    An empty database is made from the models and marked as up to date, because Alembic takes half a second to
    load and a first start should not wait for it; a test holds that both ways lead to the same tables.
    """

    def work(connection: sa.Connection) -> None:
        at = _revision(connection)
        if at == BASE and revision == HEAD and revisions():
            _create(connection)
        elif at != (head() if revision == HEAD else revision):
            _alembic(connection, "upgrade", revision)

    return _migrate(url, work, is_needed=pending(url) > 0)


def downgrade(url: str, revision: str) -> Path | None:
    """Take a database back to a revision, or to "base"; return the copy of an SQLite file made beforehand."""

    def work(connection: sa.Connection) -> None:
        _alembic(connection, "downgrade", revision)

    return _migrate(url, work, is_needed=current(url) not in {BASE, revision})


def revision(message: str, features: Collection[str] = ()) -> Path:
    """Write the next revision: what the models (of some features, or all) have and the revisions do not."""
    from alembic import command  # noqa: PLC0415 - as in `_alembic`

    number = f"{len(revisions()) + 1:04}"
    with tempfile.TemporaryDirectory() as folder, _sqlite(f"sqlite:///{folder}/scratch.db") as connection:
        if revisions():
            _alembic(connection, "upgrade", HEAD)
        settings = config(connection)
        settings.attributes["tables"] = _tables(features)
        command.revision(settings, message, autogenerate=True, rev_id=number)
    made = next((SCRIPTS / "versions").glob(f"{number}_*.py"))
    for tool in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(made)], check=False)
    return made


def _tables(features: Collection[str]) -> set[str]:
    """Name the tables of models/<feature>.py."""
    modules = {f"models.{feature}" for feature in features}
    mappers = [mapper for mapper in SQLModel._sa_registry.mappers if mapper.class_.__module__ in modules]  # noqa: SLF001
    return {str(mapper.local_table) for mapper in mappers}


def config(connection: sa.Connection) -> Config:
    """Make Alembic's settings for one open connection; there is no alembic.ini to keep in step."""
    from alembic.config import Config  # noqa: PLC0415 - as in `_alembic`

    settings = Config(stdout=io.StringIO())
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.attributes["connection"] = connection
    return settings


def _alembic(connection: sa.Connection, direction: str, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - loaded only when there is something to migrate

    getattr(command, direction)(config(connection), revision)


def _create(connection: sa.Connection) -> None:
    narrow(SQLModel.metadata, connection.dialect.name)
    SQLModel.metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection, checkfirst=True)
    connection.execute(sa.insert(_VERSION).values(version_num=head()))


def _revision(connection: sa.Connection) -> str:
    tables = sa.inspect(connection).get_table_names()
    at: str | None = None
    if _VERSION.name in tables:
        at = connection.scalar(sa.select(_VERSION.c.version_num))
    if at is None and set(tables) <= {_VERSION.name}:
        return BASE
    if at is None:
        raise UnknownDatabase("The database holds tables of something else: give Tổ Số one of its own.")
    if at not in revisions():
        raise UnknownDatabase(
            f"The database is at revision {at}, which this version does not know: run the newer program."
        )
    return at


def _file(url: str) -> Path | None:
    parts = sa.make_url(url)
    return Path(parts.database or "") if parts.get_backend_name() == "sqlite" else None


def _migrate(url: str, work: Callable[[sa.Connection], None], *, is_needed: bool) -> Path | None:
    if not is_needed:
        return None
    path = _file(url)
    if path is None:
        _inside(url, work)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    copy = _copied(path, current(url)) if path.exists() and current(url) != BASE else None
    with _sqlite(url) as connection:
        work(connection)
    return copy


def _copied(path: Path, at: str) -> Path:
    """Copy a SQLite file, whoever has it open, beside itself as "toso.at-0001.db"."""
    copy = path.with_name(f"{path.stem}.at-{at}{path.suffix}")
    draft = copy.with_name(f"{copy.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=path.stat().st_mode & 0o777)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    return draft.replace(copy)


def _inside(url: str, work: Callable[[sa.Connection], T]) -> T:
    """Do something in one transaction; on SQLite it only reads, and waits for no writer."""
    if _file(url) is not None:
        with _engine(url).connect() as connection:
            return work(connection)
    # A thread of its own, so that it may be called from inside a running event loop too.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _postgresql(url, work)).result()


async def _postgresql(url: str, work: Callable[[sa.Connection], T]) -> T:
    engine = create_async_engine(url, poolclass=sa.NullPool, hide_parameters=True)
    async with engine.begin() as connection:
        # Several processes may start at once: one migrates, the others then find nothing left to do.
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        return await connection.run_sync(work)


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(
        sa.make_url(url).set(drivername="sqlite"),
        poolclass=sa.NullPool,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": _PATIENCE},
    )


@contextmanager
def _sqlite(url: str) -> Iterator[sa.Connection]:
    """Hold one transaction in which tables may be rebuilt without their children's rows being deleted."""
    with _engine(url).connect() as connection:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"):
            connection.exec_driver_sql(statement)
        yield connection
        _refuse_orphans(connection)
        connection.commit()


def _refuse_orphans(connection: sa.Connection) -> None:
    tables = sorted({row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
    if tables:
        raise OrphansFound(f"Rows of {', '.join(tables)} would point at nothing: the migration was undone.")


if __name__ == "__main__":
    words, *features = sys.argv[1:] or [""]
    if not words.strip():
        sys.exit('Say what changes: make migration m="add the village bell"')
    revision(words.strip(), features)
