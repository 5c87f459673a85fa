"""Which scheduled run was due when, who holds it, and what it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import json_column, key


class JobRun(SQLModel, table=True):
    """A due run: happens once, however many processes try."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "due_at"),)

    id: int | None = key()
    job: str = Field(max_length=60)
    due_at: datetime
    lease_until: datetime | None = None
    attempts: int = 0
    finished_at: datetime | None = None
    counts: dict[str, Any] = json_column(default_factory=dict)
