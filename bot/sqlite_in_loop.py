"""How does SQLite run in the event loop? SQLAlchemy's own dialect, without a thread hop per statement."""

from __future__ import annotations

import sqlite3
from collections import deque
from typing import Any

import sqlalchemy as sa
from sqlalchemy import pool
from sqlalchemy.connectors.asyncio import (
    AsyncAdapt_dbapi_connection,
    AsyncAdapt_dbapi_cursor,
    AsyncAdapt_dbapi_module,
)
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util.concurrency import await_

_NAMES = ("PARSE_COLNAMES", "PARSE_DECLTYPES", "Binary", "sqlite_version", "sqlite_version_info")
_ERRORS = (
    "Warning",
    "Error",
    "InterfaceError",
    "DatabaseError",
    "DataError",
    "IntegrityError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
)


class TransactionLost(sqlite3.OperationalError):
    """SQLite ended the transaction by itself: nothing of this unit was kept."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


async def _finished() -> None:
    """Be awaited: SQLAlchemy's async engine insists that each execute awaits something."""


class _Cursor(AsyncAdapt_dbapi_cursor):
    """A sqlite3 cursor that runs in the loop."""

    __slots__ = ()
    _adapt_connection: _Connection
    _awaitable_cursor_close = False

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        await_(_finished())
        result = self._adapt_connection.watched(self._cursor.execute, operation, parameters or ())
        if self._cursor.description:
            self._rows = deque(self._adapt_connection.watched(self._cursor.fetchall))
        return result

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        await_(_finished())
        return self._adapt_connection.watched(self._cursor.executemany, operation, seq_of_parameters)


class _Connection(AsyncAdapt_dbapi_connection):
    """A sqlite3 connection behind the interface of SQLAlchemy's async drivers."""

    __slots__ = ("is_lost",)
    _cursor_cls = _Cursor
    _connection: Any

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.is_lost = False

    def watched(self, call: Any, *arguments: Any) -> Any:
        """Notice when an error ended the transaction: what followed would be kept statement by statement."""
        if self.is_lost:
            raise TransactionLost
        was_open = self.in_transaction
        try:
            return call(*arguments)
        except sqlite3.Error:
            self.is_lost = was_open and not self.in_transaction
            raise

    def run(self, operation: str, parameters: Any) -> tuple[list[Any], int]:
        """Run a statement without a greenlet; tell its rows, and how many rows it touched."""
        return self.watched(self._run, operation, parameters)  # type: ignore[no-any-return]

    def _run(self, operation: str, parameters: Any) -> tuple[list[Any], int]:
        cursor = self._connection.execute(operation, parameters)
        return cursor.fetchall(), cursor.rowcount

    @property
    def in_transaction(self) -> bool:
        """Ask SQLite itself."""
        return bool(self._connection.in_transaction)

    def commit(self) -> None:
        if self.is_lost:
            raise TransactionLost
        self._connection.commit()

    def rollback(self) -> None:
        self.is_lost = False
        self._connection.rollback()

    def close(self) -> None:
        self._connection.close()

    def create_function(self, *args: Any, **options: Any) -> None:
        self._connection.create_function(*args, **options)


class _Module(AsyncAdapt_dbapi_module):
    """The sqlite3 module, connecting through the adapter above."""

    def __init__(self) -> None:
        super().__init__(sqlite3, dbapi_module=sqlite3)
        self.paramstyle = "qmark"
        for name in (*_NAMES, *_ERRORS):
            setattr(self, name, getattr(sqlite3, name))

    def connect(self, *args: Any, **options: Any) -> _Connection:
        return _Connection(self, sqlite3.connect(*args, **options))


class SQLiteInLoop(SQLiteDialect_pysqlite):
    """SQLite in the event loop: a statement takes microseconds, a thread hop a hundred."""

    driver = "inloop"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """Hand out the adapted module."""
        return _Module()

    @classmethod
    def get_pool_class(cls, url: sa.URL) -> type[pool.Pool]:  # noqa: ARG003 - the parent's signature
        """Queue for connections as asynchronous engines do."""
        return pool.AsyncAdaptedQueuePool

    def get_driver_connection(self, connection: Any) -> Any:
        """Hand out sqlite3's own connection."""
        return connection._connection  # noqa: SLF001 - the adapter's own name for it
