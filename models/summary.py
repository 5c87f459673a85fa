"""Which weekly summary went to which supervisor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from models.base import json_column, key, refers


class Summary(SQLModel, table=True):
    """One summary: unique by supervisor, unit, ISO year, ISO week and revision."""

    __table_args__ = (UniqueConstraint("person_id", "unit_id", "iso_year", "iso_week", "revision"),)

    id: int | None = key()
    person_id: int = refers("person.id")
    unit_id: int = refers("unit.id")
    iso_year: int
    iso_week: int
    revision: int = 0
    figures: dict[str, Any] = json_column(default_factory=dict)
    made_at: datetime
    opened_at: datetime | None = None
