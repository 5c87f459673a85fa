"""What every table shares: keys, references, enums stored by value, JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field

# SQLite only auto-increments INTEGER PRIMARY KEY, PostgreSQL wants room to grow.
KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Village names, paths and codes sort by code point on both databases.
PLAIN = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")

_WHERE = "where"

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def key() -> Any:
    """Make the surrogate primary key of a table."""
    return Field(default=None, primary_key=True, sa_type=KEY)


def refers(to: str, *, index: bool = True, **options: Any) -> Any:
    """Make a foreign key to `table.column`; pass `default=None` for an optional one."""
    return Field(foreign_key=to, index=index, sa_type=KEY, **options)


def stored(enum: type[StrEnum], **options: Any) -> Any:
    """Make an enum column: varchar and CHECK, stored by value."""
    kind = sa.Enum(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=24,
        name=enum.__name__.lower(),
    )
    return Field(sa_type=kind, **options)


def json_column(**options: Any) -> Any:
    """Make a JSON column."""
    return Field(sa_type=sa.JSON, **options)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """Make an index over the rows alone of which `where` is true; `narrow` tells each database."""
    return sa.Index(name, *columns, unique=unique, info={_WHERE: where})


def narrow(metadata: sa.MetaData, *dialects: str) -> None:
    """Say to these dialects which indexes are partial: before tables are made of the models, or compared.

    Said where the index is made, it would load PostgreSQL's dialect on SQLite too.
    """
    for index in (index for table in metadata.tables.values() for index in table.indexes):
        if _WHERE in index.info:
            for dialect in dialects:
                index.dialect_options[dialect]["where"] = sa.text(index.info[_WHERE])


def insert_into(table: Any, dialect: str) -> Any:
    """Make an insert that says what to do where the row is there already: `on_conflict_do_nothing` and so on.

    `dialect` is "sqlite" or "postgresql": SQLAlchemy has no word for both.
    """
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert  # noqa: PLC0415 - 3 MB on SQLite for nothing

        return pg_insert(table)
    return sqlite_insert(table)
