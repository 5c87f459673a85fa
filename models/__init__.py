"""The facts: every table of the program, one file per feature."""

from __future__ import annotations

from sqlmodel import SQLModel

from models.base import NAMING

SQLModel.metadata.naming_convention = NAMING

from models import (  # noqa: E402 - the naming convention must stand before the first table
    activity,
    audit,
    conversation,
    delivery,
    duty,
    guides,
    help,  # noqa: A004 - the feature is called help, and nobody asks for the builtin here
    jobs,
    people,
    summary,
    team,
    training,
    units,
)

__all__ = [
    "activity",
    "audit",
    "conversation",
    "delivery",
    "duty",
    "guides",
    "help",
    "jobs",
    "people",
    "summary",
    "team",
    "training",
    "units",
]
