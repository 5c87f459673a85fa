"""What does Alembic compare, how does it write it down, and over which connection does it run?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

import models  # noqa: F401 - SQLModel.metadata is empty before the models are read
from models.base import narrow


def written(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write a type by the names at the top of every revision, SQLModel's own as what the database sees."""
    if kind != "type":
        return False
    if isinstance(item, sa.Enum):
        values = ", ".join(repr(value) for value in item.enums)
        return f"sa.Enum({values}, name={item.name!r}, **STORED)"
    if isinstance(item, sa.BigInteger):
        return "KEY"
    if isinstance(item, UTCDateTime):
        return "AT"
    if isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


def tidied(_: MigrationContext, __: object, directives: list[ops.MigrationScript]) -> None:
    """Leave out batches around indexes, which SQLite can do alone, and indexes that go with their table."""
    for script in directives:
        up, down = script.upgrade_ops, script.downgrade_ops
        if up is None or down is None:
            return
        gone = {step.table_name for step in down.ops if isinstance(step, ops.DropTableOp)}
        up.ops = list(_flat(up.ops))
        down.ops = [
            step
            for step in _flat(down.ops)
            if not (isinstance(step, ops.DropIndexOp) and step.table_name in gone)
        ]


def _flat(steps: Iterable[ops.MigrateOperation]) -> Iterable[ops.MigrateOperation]:
    for step in steps:
        if isinstance(step, ops.ModifyTableOps):
            indexes = [part for part in step.ops if isinstance(part, ops.CreateIndexOp | ops.DropIndexOp)]
            step.ops = [part for part in step.ops if part not in indexes]
            yield from (step, *indexes) if step.ops else indexes
        else:
            yield step


def wanted(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Keep to the tables that were asked for, if any were."""
    tables = context.config.attributes.get("tables")
    return kind != "table" or not tables or name in tables


connection: sa.Connection = context.config.attributes["connection"]
narrow(SQLModel.metadata, "sqlite", "postgresql")
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=written,
    include_object=wanted,
    process_revision_directives=tidied,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
