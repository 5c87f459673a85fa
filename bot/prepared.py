"""How do the few statements that run at every update avoid being prepared anew each time?"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.compiler import SQLCompiler

PREPARED = "prepared"
"""The execution option that marks a statement as a constant: `statement.execution_options(prepared=True)`."""

Process = Callable[[Any], Any] | None


class PreparedConnection(AsyncConnection):
    """A connection to SQLite that runs constant statements straight on the driver.

    SQLAlchemy's own way (context, cursor, result, two changes of greenlet) costs 40 µs a statement where
    SQLite itself takes 3; ten statements an update made that half of everything. What is not marked, or not
    so simple, goes SQLAlchemy's way, and so does everything on PostgreSQL, where the network costs more.
    """

    known: dict[Any, Prepared | None] = {}  # noqa: RUF012 - shared on purpose: constants and a handful of shapes

    def write(self) -> None:
        """Begin a writing transaction; raises OperationalError while another process holds the file."""
        self._sync.begin()
        self.tell("BEGIN IMMEDIATE")

    def tell(self, command: str) -> None:
        """Tell SQLite what belongs to no transaction, or begins one."""
        _run(self._sync, command, ())

    def keep(self) -> None:
        """Commit at once, as nothing in SQLite is waited for."""
        self._sync.commit()

    @property
    def _sync(self) -> sa.Connection:
        assert self.sync_connection is not None, "connected by the engine"  # noqa: S101
        return self.sync_connection

    async def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """Execute as ever; a marked statement with named parameters takes the short way."""
        if execution_options is None and statement.get_execution_options().get(PREPARED):
            parameters = parameters or {}
            first = parameters[0] if isinstance(parameters, list) else parameters
            found = self._prepared(statement, first) if self.in_transaction() else None
            if found is not None:
                return found.run(self._sync, parameters)
        return await super().execute(statement, parameters, execution_options=execution_options)

    def _prepared(self, statement: Any, parameters: Mapping[str, Any]) -> Prepared | None:
        shape = (statement, tuple(parameters))
        if shape not in self.known:
            compiled = statement.compile(dialect=self.dialect, column_keys=list(parameters))
            simple = _is_simple(compiled)
            self.known[shape] = Prepared(statement, compiled, self.dialect, parameters) if simple else None
        return self.known[shape]


class PreparedEngine(AsyncEngine):
    """An engine with such connections."""

    _connection_cls = PreparedConnection


class Prepared:
    """A statement's text, and how its values are written for the driver and read from it."""

    def __init__(
        self, statement: Any, compiled: SQLCompiler, dialect: Dialect, named: Collection[str]
    ) -> None:
        self._text = str(compiled)
        self._values: list[tuple[str | None, Process, Any]] = []
        for name in compiled.positiontup or ():
            bind = compiled.binds[name]
            write = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required or name in named:
                self._values.append((name, write, None))
            else:
                self._values.append((None, None, write(bind.value) if write else bind.value))
        columns = list(_columns(statement))
        self._read = [
            (at, read)
            for at, column in enumerate(columns)
            if (read := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        keys = [column.key for column in columns]
        shape: Any = namedtuple("Row", keys, rename=True)  # type: ignore[misc]  # noqa: PYI024 - known only here
        self._row: Callable[[Iterable[Any]], Any] = shape._make

    def run(self, connection: sa.Connection, parameters: Any) -> Rows:
        """Run it once, or once for each of a list of parameters."""
        rows: Sequence[Any] = ()
        count = 0
        for one in parameters if isinstance(parameters, list) else (parameters,):
            rows, touched = _run(connection, self._text, self._written(one))
            count += touched
        return Rows([self._as_read(row) for row in rows], count)

    def _written(self, parameters: Mapping[str, Any]) -> list[Any]:
        written = []
        for name, write, constant in self._values:
            value = constant if name is None else parameters[name]
            written.append(write(value) if write else value)
        return written

    def _as_read(self, row: tuple[Any, ...]) -> Any:
        if not self._read:
            return self._row(row)
        values = list(row)
        for at, read in self._read:
            values[at] = read(values[at])
        return self._row(values)


class Rows:
    """What is asked of SQLAlchemy's results here, over rows that are there already."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """List them."""
        return self._rows

    def first(self) -> Any:
        """Give the first, None if there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """Give the only one; raises NoResultFound or MultipleResultsFound."""
        if not self._rows:
            raise exc.NoResultFound("No row was found when one was required")
        return self._only()

    def scalar_one(self) -> Any:
        """Give the first column of the only one; raises as `one` does."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """Give the first column of the only one, None if there is none; raises MultipleResultsFound."""
        return self._only()[0] if self._rows else None

    def _only(self) -> Any:
        if len(self._rows) > 1:
            raise exc.MultipleResultsFound("Multiple rows were found when exactly one was required")
        return self._rows[0]


def _run(connection: sa.Connection, text: str, values: Sequence[Any]) -> tuple[Sequence[Any], int]:
    driver: Any = connection.connection.dbapi_connection
    try:
        found: tuple[Sequence[Any], int] = driver.run(text, values)
    except sqlite3.Error as error:
        raise _wrapped(text, error) from error
    return found


def _columns(statement: Any) -> Iterable[Any]:
    if isinstance(statement, sa.TextClause):
        return ()
    found: Iterable[Any] = statement.exported_columns if statement.is_dml else statement.selected_columns
    return found


def _is_simple(compiled: SQLCompiler) -> bool:
    """Tell whether the text is final: no lists to spell out, no defaults to compute."""
    return not (
        compiled.post_compile_params
        or compiled.literal_execute_params
        or compiled.insert_prefetch
        or compiled.update_prefetch
        or compiled.escaped_bind_names
        or any(bind.callable for bind in compiled.binds.values())
    )


def _wrapped(text: str, error: sqlite3.Error) -> BaseException:
    """Raise what SQLAlchemy would: callers tell passing errors by it; no values in it."""
    return exc.DBAPIError.instance(text, None, error, sqlite3.Error, hide_parameters=True)


def engine_over(engine: sa.Engine | AsyncEngine) -> PreparedEngine:
    """Make the engine of an ordinary one."""
    return PreparedEngine(engine.sync_engine if isinstance(engine, AsyncEngine) else engine)
