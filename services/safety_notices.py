"""What people are told about scams, check codes, harassment and secrets that were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from models.delivery import Lane
from services.notices import Notice


@dataclass(frozen=True, slots=True)
class ScamFollowUp(Notice):
    """Half an hour without a word on what was done already: help is still there, said once."""

    LANE: ClassVar[Lane] = Lane.REPLY


@dataclass(frozen=True, slots=True)
class HelpUrgent(Notice):
    """Money has just gone to a cheat: offered at any hour."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    village: str
    topic: str


@dataclass(frozen=True, slots=True)
class CodeChecked(Notice):
    """A citizen typed the volunteer's check code, and it was right."""

    LANE: ClassVar[Lane] = Lane.REPLY
    who: str


@dataclass(frozen=True, slots=True)
class CodesWrong(Notice):
    """Somebody in the village typed three wrong check codes: a stranger may be going round."""

    LANE: ClassVar[Lane] = Lane.REPLY
    village: str


@dataclass(frozen=True, slots=True)
class TalkPaused(Notice):
    """The talk was closed because of how the citizen wrote; the supervisor looks at it tomorrow."""

    LANE: ClassVar[Lane] = Lane.REPLY
    supervisor: str


@dataclass(frozen=True, slots=True)
class HarassmentReported(Notice):
    """A helper ended a talk because of how somebody wrote; no words and no citizen's name."""

    request_id: int
    helper: str
    village: str
    is_supervisor: bool


@dataclass(frozen=True, slots=True)
class SecretsFound(Notice):
    """The nightly scan found and hid secrets in what is kept."""

    places: int
