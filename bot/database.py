"""How does the program reach its database? The engine, the unit of work, and which errors pass."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import registry
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.prepared import PreparedConnection, engine_over
from bot.sqlite_in_loop import TransactionLost

T = TypeVar("T")

BUSY_PAUSE = 0.02
BUSY_PATIENCE = 30.0
ATTEMPTS = 5
# Whoever connects can only read; the one writing connection lifts that for itself.
_PRAGMAS = (
    "busy_timeout=0",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16000",
    "query_only=ON",
)
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# SQLSTATE classes: transaction rolled back, connection, out of resources, operator intervention.
_PASSING = ("40", "08", "53", "57")
_LOCK_NOT_AVAILABLE = "55P03"
_DATA_EXCEPTION = "22"

registry.register("sqlite.inloop", "bot.sqlite_in_loop", "SQLiteInLoop")


class NestedUnitOfWork(RuntimeError):
    """A unit of work was opened inside another: both would hold, and wait for, the same locks."""


class Database:
    """The one door to the facts: short writing transactions, and readers."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Prepare an engine for "sqlite:///path" or "postgresql+asyncpg://..."; nothing is opened yet."""
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._lock = asyncio.Lock()
        self._holders: set[asyncio.Task[Any] | None] = set()
        self._writer: PreparedConnection | None = None
        self.engine = self._make_engine(pool_size)

    def _make_engine(self, pool_size: int) -> AsyncEngine:
        if not self.is_sqlite:
            engine = create_async_engine(
                self.url, hide_parameters=True, pool_size=pool_size, pool_pre_ping=True
            )
            sa.event.listen(engine.sync_engine, "handle_error", _leave_out_values)
            return engine
        if self.url.database in {None, "", ":memory:"}:
            raise ValueError("SQLite needs a file: sqlite:///var/toso.db")
        Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            self.url.set(drivername="sqlite+inloop"),
            hide_parameters=True,
            connect_args={"isolation_level": None, "timeout": 0},
            pool_size=pool_size,
        )
        sa.event.listen(engine.sync_engine, "connect", _set_pragmas)
        return engine_over(engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Hold one writing transaction: leaving commits, raising rolls back; raises NestedUnitOfWork."""
        with self._holding():
            if not self.is_sqlite:
                async with aclosing(await self._reach()) as connection, connection.begin():
                    yield connection
                return
            async with self._lock:
                connection = await self._begin_writing()
                try:
                    yield connection
                    _ensure_alive(connection)
                    connection.keep()
                except BaseException:
                    await self._abandon(connection)
                    raise

    @contextmanager
    def _holding(self) -> Iterator[None]:
        """Remember which task holds a unit; one whose task has ended would never let go of SQLite's lock."""
        task = asyncio.current_task()
        if task in self._holders or (self.is_sqlite and any(held and held.done() for held in self._holders)):
            raise NestedUnitOfWork("A unit of work is already open here: pass its session on instead.")
        self._holders.add(task)
        try:
            yield
        finally:
            self._holders.discard(task)

    async def _begin_writing(self) -> PreparedConnection:
        writer = self._writer
        if writer is None:
            connection = await _patiently(self._connect)
            assert isinstance(connection, PreparedConnection), "SQLite's engine makes no others"  # noqa: S101
            writer = connection
            writer.tell("PRAGMA query_only=OFF")
            self._writer = writer
        await _patiently(lambda: _begin_at_once(writer))
        return writer

    async def _reach(self) -> AsyncConnection:
        """Connect; a server that is away raises ConnectionError, which passes; no other OSError does."""
        try:
            return await self.engine.connect()
        except OSError as error:
            raise ConnectionError(f"the database is away: {type(error).__name__}") from error

    async def _connect(self) -> AsyncConnection:
        return await self.engine.connect()

    async def _abandon(self, connection: AsyncConnection) -> None:
        try:
            await connection.rollback()
        except exc.DBAPIError:
            await connection.invalidate()
        if connection.invalidated:
            self._writer = None
            await connection.close()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Hold one unit of work with a session: leaving commits, raising rolls back."""
        async with self.transaction() as connection, session_over(connection) as session:
            yield session
            await session.flush()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Hold a read-only view of one moment; writing in it is an error."""
        connection = await _patiently(self._connect)
        try:
            if self.is_sqlite:
                # The moment is that of the first read; a file another process is just opening is busy then.
                await _patiently(lambda: _begin(connection, "BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1"))
            else:
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            async with session_over(connection) as session:
                yield session
        finally:
            await connection.close()

    async def close(self) -> None:
        """Let go of every connection."""
        if self._writer is not None:
            await self._writer.close()
            self._writer = None
        await self.engine.dispose()


class UnitSession(AsyncSession):
    """A session over a connection that is there already, so that nothing is left to wait for."""

    has_ended = False

    async def connection(self, *_arguments: Any, **_options: Any) -> AsyncConnection:
        """Hand out the unit's connection; raises InvalidRequestError once the session has ended."""
        if self.has_ended:
            raise exc.InvalidRequestError("This unit of work is over: nothing would be kept any more.")
        assert isinstance(self.bind, AsyncConnection), "made by session_over"  # noqa: S101
        return self.bind

    def end(self) -> None:
        """Let go of every object within a writing unit, whose transaction stays: nothing is awaited."""
        self.has_ended = True
        self.sync_session.close()

    async def close(self) -> None:
        """End it, and whatever it only read through."""
        self.has_ended = True
        await super().close()

    async def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what changed; a session that has met no object holds none."""
        if self.new or self.deleted or self.identity_map:
            await super().flush(objects)


def session_over(connection: AsyncConnection) -> UnitSession:
    """Make a session that writes through a transaction it neither begins nor ends.

    Once closed it stays closed: on SQLite a late statement would otherwise take effect outside any unit.
    """
    return UnitSession(
        bind=connection,
        expire_on_commit=False,
        autoflush=True,
        join_transaction_mode="rollback_only",
        close_resets_only=False,
    )


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def _begin(connection: AsyncConnection, *statements: str) -> None:
    try:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    except BaseException:
        await connection.rollback()
        raise


async def _begin_at_once(writer: PreparedConnection) -> None:
    try:
        writer.write()
    except BaseException:
        await writer.rollback()
        raise


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again while another process holds the SQLite file; the loop goes on meanwhile."""
    deadline = asyncio.get_running_loop().time() + BUSY_PATIENCE
    while True:
        try:
            return await attempt()
        except exc.OperationalError as error:
            if not is_busy(error) or asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(BUSY_PAUSE)


def _ensure_alive(connection: AsyncConnection) -> None:
    """Refuse to commit what was ended on the way, by SQLite itself or by a statement."""
    driver = connection.sync_connection.connection.driver_connection  # type: ignore[union-attr]
    if not driver.in_transaction:  # type: ignore[union-attr]
        lost = TransactionLost()
        raise exc.OperationalError(str(lost), None, lost, hide_parameters=True)


def _leave_out_values(context: ExceptionContext) -> None:
    """Keep what people wrote out of PostgreSQL's errors, whose details quote the row that was refused."""
    error: Any = context.original_exception
    driver = getattr(error, "orig", None)
    if driver is None:
        return
    state = getattr(driver, "sqlstate", None) or ""
    said = f"{type(driver).__name__} {state}" if state.startswith(_DATA_EXCEPTION) else str(driver.args[0])
    driver.detail = driver.hint = error.detail = None
    driver.args = error.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {said}",)


def is_busy(error: exc.DBAPIError) -> bool:
    """Tell whether another process held the SQLite file."""
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF in _BUSY


def is_passing(error: BaseException) -> bool:
    """Tell whether a database error is worth another try: busy, deadlock, serialisation, connection lost."""
    if not isinstance(error, exc.DBAPIError):
        # While connecting, asyncpg's own errors come through as they are.
        state = getattr(error, "sqlstate", None) or ""
        return isinstance(error, ConnectionError | exc.TimeoutError) or state.startswith(_PASSING)
    if isinstance(error.orig, TransactionLost):
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    is_listed = state.startswith(_PASSING) or state == _LOCK_NOT_AVAILABLE
    return error.connection_invalidated or is_busy(error) or is_listed
