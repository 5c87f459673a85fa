"""What is known of a guide, and what may a question lead to?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["answer", "choose", "human", "menu"]


class Entry(NamedTuple):
    """What the matcher needs to know of a guide. A stub is known by name only, and never the answer.

    `covers` names the guides whose matter is settled along with this one.
    """

    slug: str
    title: str
    phrases: tuple[str, ...] = ()
    is_stub: bool = False
    covers: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A guide, and how well it fits: comparable between questions, with the gate at `Matcher.gate`."""

    guide: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """What to do with a question.

    answer: show `guide`. choose: ask which of the candidates. human: a person answers, with the candidates;
    `stub` names the service if we know it and have no guide for it yet. menu: nothing was asked.
    Two kinds of choice say more. `matters`: two guides are asked for in one message, the nearer first; with
    `covered` it settles both. `follows`: the question goes on about the guide talked of before, `phrase`
    being how that guide itself puts it.
    """

    outcome: Outcome
    guide: str | None = None
    candidates: tuple[Candidate, ...] = ()
    stub: str | None = None
    matters: tuple[str, ...] = ()
    covered: bool = False
    follows: str | None = None
    phrase: str = ""

    def asked_first(self) -> Match:
        """Turn an answer into a choice: who has just typed a secret is asked before anything is shown."""
        return Match("choose", candidates=self.candidates) if self.outcome == "answer" else self


def of_two(best: str, other: str, near: Sequence[Candidate], *, covered: bool = False) -> Match:
    """Make a choice of the two guides asked for, the nearer first, with the next nearest."""
    score = {one.guide: one.score for one in near}
    asked = tuple(Candidate(slug, score.get(slug, 0.0)) for slug in (best, other))
    others = (one for one in near if one.guide not in {best, other})
    return Match("choose", candidates=(*asked, *islice(others, 1)), matters=(best, other), covered=covered)
