"""Which guide answers a citizen's question, and is it sure enough to be shown?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Literal, NamedTuple, TypeAlias

from services.folding import fold, tokens
from services.matching import follow_up, matters
from services.matching import lexicon as lexicons
from services.matching.index import Features, Index, features
from services.matching.lexicon import Lexicon
from services.matching.normalise import DENIED, Normaliser, Reading, Word
from services.matching.syllables import is_syllable

Outcome: TypeAlias = Literal["answer", "choose", "human", "menu"]

MOST_CANDIDATES: Final = 3
# (best - second) / best: below it two guides fit about equally well, and the person chooses. Just above the
# gate the best must stand out more than well above it.
_MARGIN: Final = 0.2
_MARGIN_AT_GATE: Final = 0.4
_WELL_ABOVE: Final = 1.4
# How far above the gate another guide must be to be meant rather than the one talked of before.
_ELSEWHERE: Final = 1.5
_LONGEST_NAME: Final = 5
_SHORT: Final = 3
_NEAR_GATE: Final = 0.75
_SYNONYM: Final = 0.6
# How much evidence a long question must bring compared with a short one.
_LENGTH_POWER: Final = 0.35
# What a word no guide knows counts, about as much as the rarest that one knows.
_UNKNOWN: Final = 5.0
# One line of chatter in twenty may pass the gate.
_CHATTER_KEPT_OUT: Final = 0.95


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


class Matcher:
    """Finds guides for questions; built once per set of guides, safe to share."""

    def __init__(self, entries: Iterable[Entry], lexicon: Lexicon | None = None) -> None:
        self._entries = tuple(entries)
        self._at = {entry.slug: at for at, entry in enumerate(self._entries)}
        self._stubs = frozenset(entry.slug for entry in self._entries if entry.is_stub)
        self._lexicon = lexicon or lexicons.load()
        self._texts = [(entry.title, *entry.phrases, *_named_by(entry.slug)) for entry in self._entries]
        # Folded once: it is what takes longest about reading, and what is folded folds at no cost.
        folded = [list(map(fold, guide)) for guide in self._texts]
        self._normaliser = Normaliser(self._lexicon, chain.from_iterable(folded))
        read = [list(map(self._normaliser.read, guide)) for guide in folded]
        self._index = Index(read)
        self._titles = [frozenset(readings[0].content) for readings in read]
        self._phrase_of = self._exact(read)
        self.gate = self._chatter_gate()

    def taught(
        self, phrases: Iterable[tuple[str, str]] = (), synonyms: Iterable[tuple[str, str]] = ()
    ) -> Matcher:
        """Build another that knows more: phrases (slug, phrase) and synonyms (what is said, what is meant).

        A phrase of a guide that is not there any more is passed over.
        """
        more: dict[str, tuple[str, ...]] = {}
        for slug, phrase in phrases:
            more[slug] = (*more.get(slug, ()), phrase)
        entries = [
            entry._replace(phrases=(*entry.phrases, *more.get(entry.slug, ()))) for entry in self._entries
        ]
        return Matcher(entries, self._lexicon.taught(synonyms))

    def match(self, text: str, *, after: str | None = None) -> Match:
        """Decide what a question leads to; `after` is the guide that was talked of just before."""
        clauses = self._normaliser.clauses(text)
        reading = self._normaliser.reading([word for clause in clauses for word in clause])
        match = self._decide(reading)
        if (
            after in self._at
            and after not in self._stubs
            and (going_on := self._following(reading, after, match))
        ):
            match = going_on
        elif two := self._two_matters(clauses, match):
            match = two
        return replace(match, candidates=match.candidates[:MOST_CANDIDATES])

    def _decide(self, reading: Reading, among: Sequence[int] | None = None) -> Match:
        candidates = self._candidates(reading, among)
        # Word for word one of our own phrases: it has earned an answer however little it says.
        verbatim = bool(candidates) and self._phrase_of.get(reading.said) == candidates[0].guide
        if not verbatim and not reading.content:
            return Match("menu", candidates=candidates)
        if not candidates or (candidates[0].score <= self.gate and not verbatim):
            is_known = bool(candidates) and self._is_short_and_known(reading, candidates[0])
            return Match("choose" if is_known else "human", candidates=candidates)
        best = candidates[0]
        if not verbatim and not self._stands_out(candidates):
            return Match("choose", candidates=candidates)
        if best.guide in self._stubs:
            return Match("human", candidates=candidates, stub=best.guide)
        return Match("answer", guide=best.guide, candidates=candidates)

    def _is_short_and_known(self, reading: Reading, best: Candidate) -> bool:
        """Tell whether too little was said to pass the gate, but nothing that the best guide does not know.

        Part of its name ("vneid", "khai sinh") is enough to ask which one; else it must be near the gate.
        """
        at, said = self._at[best.guide], set(reading.content)
        # "Tối nay đội nào đá" is five words of which one is known.
        if len(said) > _SHORT or len(reading.words) > 2 * len(said) + 1:
            return False
        if said <= self._titles[at]:
            return True
        return best.score > _NEAR_GATE * self.gate and self._index.knows(at, said)

    def _stands_out(self, candidates: Sequence[Candidate]) -> bool:
        """Tell whether the best is enough better than the second to be shown unasked."""
        best = candidates[0].score
        second = candidates[1].score if len(candidates) > 1 else 0.0
        near_gate = max(0.0, 1 - (best / self.gate - 1) / (_WELL_ABOVE - 1)) if self.gate else 0.0
        return (best - second) / best >= _MARGIN + (_MARGIN_AT_GATE - _MARGIN) * near_gate

    def _two_matters(self, clauses: Sequence[Sequence[Word]], match: Match) -> Match | None:
        """Offer both guides, if the two halves of a message each ask for one of their own."""
        near = [one.guide for one in match.candidates[:MOST_CANDIDATES]]
        among = [self._at[one.guide] for one in match.candidates]
        for halves in matters.halves(clauses):
            decided = [self._decide(self._normaliser.reading(half), among) for half in halves]
            if not all(half.candidates for half in decided):
                continue
            best, other = sorted((half.candidates[0].guide for half in decided), key=near[0].__ne__)
            if best == other or best != near[0]:
                continue
            if other in self._entries[self._at[best]].covers:
                return _both(best, other, match, covered=True)
            if other in near and all(half.outcome == "answer" for half in decided):
                return _both(best, other, match)
        return None

    def _following(self, reading: Reading, after: str | None, match: Match) -> Match | None:
        """Read a question as one about the guide talked of before, if it says too little to stand alone."""
        if after is None or not follow_up.is_one(reading, self._lexicon):
            return None
        at = self._at[after]
        others = [one for one in match.candidates if one.guide != after]
        is_known = self._index.knows(at, reading.content)
        if others and others[0].score > self.gate * (_ELSEWHERE if is_known else 1):
            return None
        here = next((one for one in match.candidates if one.guide == after), Candidate(after, self.gate))
        return Match("choose", candidates=(here, *others), follows=after, phrase=self._phrase(at, reading))

    def _phrase(self, at: int, reading: Reading) -> str:
        """Give the guide's own short name for what is asked ("Mất bằng lái xe"), if it has one."""
        phrases = [self._texts[at][place] for place in self._index.phrases_with(at, reading.content)]
        proper = [
            phrase for phrase in phrases if not phrase.isascii() and len(phrase.split()) <= _LONGEST_NAME
        ]
        return min(proper, key=lambda phrase: (len(phrase.split()), phrase), default="")

    def _exact(self, read: list[list[Reading]]) -> dict[str, str]:
        """Map what is word for word a phrase of one guide, and of one only, to that guide."""
        owners: dict[str, set[str]] = {}
        for entry, phrases in zip(self._entries, read, strict=True):
            for phrase in phrases:
                owners.setdefault(phrase.said, set()).add(entry.slug)
        return {said: slugs.pop() for said, slugs in owners.items() if said and len(slugs) == 1}

    def _candidates(self, reading: Reading, among: Sequence[int] | None = None) -> tuple[Candidate, ...]:
        scale = 1 / (self._content(reading) + 1) ** _LENGTH_POWER
        scores = self._index.scores(self._question(reading), among)
        ranked = sorted(scores, key=lambda at: (-scores[at], self._entries[at].slug))
        return tuple(Candidate(self._entries[at].slug, scores[at] * scale) for at in ranked)

    def _question(self, reading: Reading) -> Features:
        """Weigh what was typed at most once each, and add what it is called officially."""
        asked = {feature: min(weight, 1.0) for feature, weight in features(reading).items()}
        texts = [word.text for word in reading.words]
        for start, end, meanings in self._lexicon.synonyms.find(texts):
            if all(word.weight <= DENIED for word in reading.words[start:end]):
                continue
            for meaning in meanings:
                for feature in features(Reading([Word(syllable, _SYNONYM) for syllable in meaning])):
                    asked[feature] = max(asked.get(feature, 0.0), _SYNONYM)
        return asked

    def _content(self, reading: Reading) -> float:
        """Add up how rare the question's content words are."""
        return sum(self._index.rarity.get(text, _UNKNOWN) for text in set(reading.content))

    def _chatter_gate(self) -> float:
        """Keep chatter from being answered; a stub answers nothing, so how well it fits counts for nothing.

        Else "viết di chúc", chatter as long as nobody knows it, would raise the gate once a stub names it.
        """
        tops = sorted(top for line in self._lexicon.chatter if (top := self._answerable(line)))
        return tops[math.floor((len(tops) - 1) * _CHATTER_KEPT_OUT)] if tops else 0.0

    def _answerable(self, line: str) -> float:
        """Score the guide that would answer a line best, stubs left out."""
        reading = self._normaliser.read(line)
        if not reading.content:
            return 0.0
        return next((one.score for one in self._candidates(reading) if one.guide not in self._stubs), 0.0)


def _both(best: str, other: str, match: Match, *, covered: bool = False) -> Match:
    """Make a choice of the two guides asked for, the nearer first."""
    score = {one.guide: one.score for one in match.candidates}
    asked = tuple(Candidate(slug, score.get(slug, 0.0)) for slug in (best, other))
    others = tuple(one for one in match.candidates if one.guide not in {best, other})
    return Match("choose", candidates=(*asked, *others), matters=(best, other), covered=covered)


def _named_by(slug: str) -> tuple[str, ...]:
    """Read a folder's name as one more phrase, if it is Vietnamese ("cai_chinh_ho_tich")."""
    words = [word for word in tokens(slug.replace("_", " ")) if is_syllable(word)]
    return (" ".join(words),) if len(words) > 1 else ()
