"""What a database is for: people's work, or the sample area of the demo."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.database import Database
from models.audit import Marker

IS_DEMO = "is_demo"


async def is_demo(database: Database) -> bool:
    """Tell whether a database holds the sample area."""
    async with database.reading() as session:
        return (await session.get(Marker, IS_DEMO)) is not None


async def mark_demo(database: Database) -> None:
    """Mark an empty database as the demo's, for good."""
    table: Any = sa.inspect(Marker).local_table
    async with database.transaction() as connection:
        await connection.execute(sa.insert(table).values(name=IS_DEMO, value="1"))
