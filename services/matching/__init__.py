"""Which guide answers a citizen's question, and is it sure enough to be shown?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from services.matching import lexicon as lexicons
from services.matching.index import Index, features
from services.matching.lexicon import Lexicon
from services.matching.normalise import Normaliser, Word

Outcome: TypeAlias = Literal["answer", "choose", "human", "menu"]

MOST_CANDIDATES: Final = 3
# (best - second) / best: below it two guides fit about equally well, and the person chooses.
_MARGIN: Final = 0.2
_SYNONYM: Final = 0.7
# How much evidence a long question must bring compared with a short one.
_LENGTH_POWER: Final = 0.35
# What a word no guide knows counts, about as much as the rarest that one knows.
_UNKNOWN: Final = 5.0
# One line of chatter in twenty may pass the gate.
_CHATTER_KEPT_OUT: Final = 0.95


class Entry(NamedTuple):
    """What the matcher needs to know of a guide. A stub is known by name only, and never the answer."""

    slug: str
    title: str
    phrases: tuple[str, ...] = ()
    is_stub: bool = False


class Candidate(NamedTuple):
    """A guide, and how well it fits: comparable between questions, with the gate at `Matcher.gate`."""

    guide: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """What to do with a question.

    answer: show `guide`. choose: ask which of the candidates. human: a person answers, with the candidates;
    `stub` names the service if we know it and have no guide for it yet. menu: nothing was asked.
    """

    outcome: Outcome
    guide: str | None = None
    candidates: tuple[Candidate, ...] = ()
    stub: str | None = None

    def asked_first(self) -> Match:
        """Turn an answer into a choice: who has just typed a secret is asked before anything is shown."""
        return Match("choose", candidates=self.candidates) if self.outcome == "answer" else self


class Matcher:
    """Finds guides for questions; built once per set of guides, safe to share."""

    def __init__(self, entries: Iterable[Entry], lexicon: Lexicon | None = None) -> None:
        self._entries = tuple(entries)
        self._stubs = frozenset(entry.slug for entry in self._entries if entry.is_stub)
        self._lexicon = lexicon or lexicons.load()
        texts = [(entry.title, *entry.phrases) for entry in self._entries]
        self._normaliser = Normaliser(self._lexicon, (text for guide in texts for text in guide))
        read = [[self._normaliser.words(text) for text in guide] for guide in texts]
        self._index = Index(read)
        self._phrase_of = self._exact(read)
        self.gate = self._chatter_gate()

    def match(self, text: str) -> Match:
        """Decide what a question leads to."""
        words = self._normaliser.words(text)
        candidates = self._candidates(words)
        # Word for word one of our own phrases: it has earned an answer however little it says.
        verbatim = bool(candidates) and self._phrase_of.get(_said(words)) == candidates[0].guide
        if not verbatim and not any(word.is_content for word in words):
            return Match("menu", candidates=candidates)
        if not candidates or (candidates[0].score <= self.gate and not verbatim):
            return Match("human", candidates=candidates)
        best = candidates[0]
        second = candidates[1].score if len(candidates) > 1 else 0.0
        if (best.score - second) / best.score < _MARGIN:
            return Match("choose", candidates=candidates)
        if best.guide in self._stubs:
            return Match("human", candidates=candidates, stub=best.guide)
        return Match("answer", guide=best.guide, candidates=candidates)

    def _exact(self, read: list[list[list[Word]]]) -> dict[str, str]:
        """Map what is word for word a phrase of one guide, and of one only, to that guide."""
        owners: dict[str, set[str]] = {}
        for entry, phrases in zip(self._entries, read, strict=True):
            for phrase in phrases:
                owners.setdefault(_said(phrase), set()).add(entry.slug)
        return {said: slugs.pop() for said, slugs in owners.items() if said and len(slugs) == 1}

    def _candidates(self, words: list[Word]) -> tuple[Candidate, ...]:
        return self._ranked(words, MOST_CANDIDATES)[:MOST_CANDIDATES]

    def _ranked(self, words: list[Word], *most: int) -> tuple[Candidate, ...]:
        scale = 1 / (self._content(words) + 1) ** _LENGTH_POWER
        scores = self._index.scores(self._question(words), *most)
        ranked = sorted(scores, key=lambda at: (-scores[at], self._entries[at].slug))
        return tuple(Candidate(self._entries[at].slug, scores[at] * scale) for at in ranked)

    def _question(self, words: list[Word]) -> dict[str, float]:
        """Weigh what was typed at most once each, and add what it is called officially."""
        asked = {feature: min(weight, 1.0) for feature, weight in features(words).items()}
        for _start, _end, meanings in self._lexicon.synonyms.find([word.text for word in words]):
            for meaning in meanings:
                for feature in features([Word(syllable, _SYNONYM) for syllable in meaning]):
                    asked[feature] = max(asked.get(feature, 0.0), _SYNONYM)
        return asked

    def _content(self, words: list[Word]) -> float:
        """Add up how rare the question's content words are."""
        return sum(
            self._index.rarity.get(text, _UNKNOWN)
            for text in {word.text for word in words if word.is_content}
        )

    def _chatter_gate(self) -> float:
        """Keep chatter from being answered; a stub answers nothing, so how well it fits counts for nothing.

        Else "viết di chúc", chatter as long as nobody knows it, would raise the gate once a stub names it.
        """
        tops = sorted(top for line in self._lexicon.chatter if (top := self._answerable(line)))
        return tops[math.floor((len(tops) - 1) * _CHATTER_KEPT_OUT)] if tops else 0.0

    def _answerable(self, line: str) -> float:
        """Score the guide that would answer a line best, stubs left out."""
        words = self._normaliser.words(line)
        if not any(word.is_content for word in words):
            return 0.0
        return next((one.score for one in self._ranked(words) if one.guide not in self._stubs), 0.0)


def _said(words: list[Word]) -> str:
    return " ".join(word.text for word in words)
