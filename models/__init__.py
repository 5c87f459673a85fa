"""The facts: every table of the program, one file per feature."""

from __future__ import annotations

from sqlmodel import SQLModel

from models.base import NAMING

SQLModel.metadata.naming_convention = NAMING
SQLModel.model_config["defer_build"] = True

from models import (  # noqa: E402 - the naming convention must stand before the first table
    activity,
    announcement,
    audit,
    certificate,
    check_code,
    conversation,
    delivery,
    duty,
    guides,
    help,  # noqa: A004 - the feature is called help, and nobody asks for the builtin here
    jobs,
    learning,
    nudge,
    people,
    review,
    summary,
    target,
    team,
    training,
    units,
)

__all__ = [
    "activity",
    "announcement",
    "audit",
    "certificate",
    "check_code",
    "conversation",
    "delivery",
    "duty",
    "guides",
    "help",
    "jobs",
    "learning",
    "nudge",
    "people",
    "review",
    "summary",
    "target",
    "team",
    "training",
    "units",
]
