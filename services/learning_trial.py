"""Which known questions would go astray if one more phrase were learnt?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from services.folding import tokens
from services.matching import Entry, Match, Matcher

# A phrase is asked of a matcher that has not seen it. Leaving out one in five at a time instead of one alone
# makes five matchers do for all phrases, where one each would take minutes.
FOLDS: Final = 5
# Below this share of the gate hardly a word is known: such a guide is near by chance.
NEAR: Final = 0.25


class _Known(NamedTuple):
    """A question whose guide is known, and the part of the phrases it is left out with."""

    text: str
    words: frozenset[str]
    entry: Entry
    part: int


class Trial:
    """The guides' own phrases as known questions, and which of them are answered right as things stand."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Ask every known question once: takes seconds, so make it beside the loop."""
        self._entries = tuple(entries)
        self._matcher: Matcher | None = None
        known = [
            _Known(phrase, frozenset(tokens(phrase)), entry, at % FOLDS)
            for entry in self._entries
            for at, phrase in enumerate(entry.phrases)
        ]
        matchers = self._matchers()
        self._right = [one for one in known if _is_right(matchers[one.part].match(one.text), one.entry)]

    def nearest(self, words: str) -> str:
        """Find the guide that fits words best as things stand; "" if none does."""
        self._matcher = self._matcher or Matcher(self._entries)
        candidates = self._matcher.match(words).candidates
        is_near = bool(candidates) and candidates[0].score > self._matcher.gate * NEAR
        return candidates[0].guide if is_near else ""

    def costs(self, words: str, slug: str) -> int:
        """Count the questions answered right now that would not be, if these words stood for this guide.

        Only questions that share a word are asked: the others hardly notice.
        """
        said = frozenset(tokens(words))
        near = [one for one in self._right if said & one.words]
        matchers = self._matchers(words, slug)
        return sum(not _is_right(matchers[one.part].match(one.text), one.entry) for one in near)

    def _matchers(self, words: str = "", slug: str = "") -> list[Matcher]:
        """Make a matcher for each part of the phrases, without that part, with the words added if given."""
        return [
            Matcher(_without(entry, part, words if entry.slug == slug else "") for entry in self._entries)
            for part in range(FOLDS)
        ]


def _without(entry: Entry, part: int, words: str) -> Entry:
    kept = [phrase for at, phrase in enumerate(entry.phrases) if at % FOLDS != part]
    return entry._replace(phrases=(*kept, words) if words else tuple(kept))


def _is_right(match: Match, entry: Entry) -> bool:
    """Tell whether the guide is shown, or for a service without one, whether it is recognised."""
    return (match.stub if entry.is_stub else match.guide) == entry.slug


def try_all(entries: Sequence[Entry], asked: Sequence[tuple[str, str]]) -> list[tuple[str, int]]:
    """Try each pair of words and guide; tell the guide (the nearest, where none was named) and its cost."""
    trial = Trial(entries)
    placed = [(words, slug or trial.nearest(words)) for words, slug in asked]
    return [(slug, trial.costs(words, slug) if slug else 0) for words, slug in placed]
