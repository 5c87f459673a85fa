"""What operators are told about the ways people ask, and about guides that need somebody's eyes."""

from __future__ import annotations

from dataclasses import dataclass

from services.notices import Notice


@dataclass(frozen=True, slots=True)
class ProposalsWait(Notice):
    """So many ways of asking wait for a yes or a no."""

    count: int


@dataclass(frozen=True, slots=True)
class GuideMissing(Notice):
    """A service without a guide was asked for so often within a month."""

    slug: str
    title: str
    times: int


@dataclass(frozen=True, slots=True)
class ScreensDiffer(Notice):
    """People's screens differ from some guides; the lists go in step, `steps` says "2, 5"."""

    titles: list[str]
    steps: list[str]
    owners: list[str]
