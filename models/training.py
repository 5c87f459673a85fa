"""Which lesson was given to whom, until when, and how far they came."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import json_column, key, refers, stored


class TaskState(StrEnum):
    """Where one member stands with one lesson; LATE is passed after the due date."""

    ASSIGNED = "assigned"
    OPENED = "opened"
    PASSED = "passed"
    FAILED = "failed"
    MISSED = "missed"
    LATE = "late"


class TrainingTask(SQLModel, table=True):
    """A lesson given to roles in a unit's subtree, open from one moment, due on a day."""

    __tablename__ = "training_task"

    id: int | None = key()
    lesson: str = Field(max_length=60, index=True)
    unit_id: int = refers("unit.id")
    roles: list[str] = json_column()
    opens_at: datetime
    due_on: date = Field(index=True)
    assigned_by: int | None = refers("person.id", default=None)
    assigned_at: datetime


class TaskAssignment(SQLModel, table=True):
    """One member's copy of a training task: page, answers, result.

    `page` counts pages then questions from 1; `answers` maps the question's number to the choice's.
    """

    __tablename__ = "task_assignment"
    __table_args__ = (UniqueConstraint("task_id", "person_id"),)

    id: int | None = key()
    task_id: int = refers("training_task.id")
    person_id: int = refers("person.id")
    state: TaskState = stored(TaskState, default=TaskState.ASSIGNED)
    page: int = 0
    answers: dict[str, Any] = json_column(default_factory=dict)
    score: int | None = None
    assigned_at: datetime
    opened_at: datetime | None = None
    finished_at: datetime | None = None
    remind_at: datetime | None = Field(default=None, index=True)
    reminders: int = 0
    is_stuck: bool = False
