"""Which places exist, which one lies in which, and what they were called before."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from models.base import PLAIN, json_column, key, refers, stored


class Level(StrEnum):
    """How high a unit stands; a district is any cluster between commune and province."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    VILLAGE = "village"


class ChangeKind(StrEnum):
    """What happened to a unit on a day."""

    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    RENAME = "rename"


class Unit(SQLModel, table=True):
    """A province, district or cluster, commune or village; its id never changes.

    `path` holds the ids from the root, "/7/431/9021/", so that a subtree is one range of paths. A commune
    that `needs_approval` looks at every count its members write.
    """

    id: int | None = key()
    level: Level = stored(Level)
    kind: str = Field(max_length=40)
    name: str = Field(max_length=120)
    folded: str = Field(max_length=120, index=True)
    code: str = Field(max_length=40, unique=True)
    parent_id: int | None = refers("unit.id", default=None)
    path: str = Field(default="", sa_type=PLAIN, index=True)
    households: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    needs_approval: bool = False


class UnitAlias(SQLModel, table=True):
    """A former or spoken name under which a unit is still found."""

    __tablename__ = "unit_alias"

    id: int | None = key()
    unit_id: int = refers("unit.id")
    name: str = Field(max_length=120)
    folded: str = Field(max_length=120, index=True)
    until: date | None = None


class UnitChange(SQLModel, table=True):
    """A dated merge, split, move or rename; reversible through `before`."""

    __tablename__ = "unit_change"

    id: int | None = key()
    kind: ChangeKind = stored(ChangeKind)
    happened_on: date
    unit_id: int = refers("unit.id")
    into_id: int | None = refers("unit.id", default=None)
    before: dict[str, Any] = json_column(default_factory=dict)
    recorded_at: datetime
    undone_at: datetime | None = None
