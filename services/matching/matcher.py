"""How is one guide chosen for a question, or three to ask about, or a person?"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Sequence
from functools import cache, partial
from itertools import chain, takewhile
from typing import Final

from services.folding import fold, tokens
from services.matching import follow_up, matters
from services.matching import lexicon as lexicons
from services.matching.features import Features, features
from services.matching.index import Index
from services.matching.lexicon import Lexicon
from services.matching.match import Candidate, Entry, Match, of_two
from services.matching.normalise import DENIED, Normaliser, Reading
from services.matching.syllables import is_syllable

MOST_CANDIDATES: Final = 3
# (best - second) / best: below it two guides fit about equally well, and the person chooses. Just above the
# gate the best must stand out more than well above it.
_MARGIN: Final = 0.25
_MARGIN_AT_GATE: Final = 0.45
_WELL_ABOVE: Final = 1.4
# How far above the gate another guide must be to be meant rather than the one talked of before.
_ELSEWHERE: Final = 1.5
# Of two guides asked for in one message, the second fits at least so well beside the first.
_BESIDE: Final = 0.4
_LONGEST_NAME: Final = 5
_SHORT: Final = 3
_NEAR_GATE: Final = 0.75
_FAR_AHEAD: Final = 0.3
_SYNONYM: Final = 0.6
# How much evidence a long question must bring compared with a short one.
_LENGTH_POWER: Final = 0.35
# What a word no guide knows counts, about as much as the rarest that one knows.
_UNKNOWN: Final = 5.0
# One line of chatter in twenty may pass the gate.
_CHATTER_KEPT_OUT: Final = 0.95
_RUNS: Final = re.compile(r"[a-z]+|\d+")


class Matcher:
    """Finds guides for questions; built once per set of guides, safe to share."""

    def __init__(self, entries: Iterable[Entry], lexicon: Lexicon | None = None) -> None:
        self._entries = tuple(entries)
        self._at = {entry.slug: at for at, entry in enumerate(self._entries)}
        self._stubs = frozenset(entry.slug for entry in self._entries if entry.is_stub)
        self._lexicon = lexicon or lexicons.load()
        said = [(entry.title, *entry.phrases) for entry in self._entries]
        known = {*self._lexicon.abbreviations, *tokens(" ".join(chain.from_iterable(said)))}
        names = [_named_by(entry.slug, known) for entry in self._entries]
        self._texts = [(*texts, name) for texts, name in zip(said, names, strict=True)]
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
        reading = self._normaliser.together(clauses)
        near = self._candidates(reading)
        going_on = None
        if after is not None and after in self._at and after not in self._stubs:
            going_on = self._following(reading, after, near)
        return going_on or self._two_matters(clauses, near) or self._decide(reading, near)

    def _decide(self, reading: Reading, near: tuple[Candidate, ...]) -> Match:
        candidates = near[:MOST_CANDIDATES]
        best = candidates[0] if candidates else Candidate("", 0.0)
        # Word for word one of our own phrases: it has earned an answer however little it says.
        verbatim = self._phrase_of.get(reading.said) == best.guide
        if not verbatim and not reading.content:
            return Match("menu", candidates=candidates)
        if best.score <= self.gate and not verbatim:
            is_meant = self._is_far_ahead(candidates) or self._is_short_and_known(reading, best)
            return Match("choose" if is_meant else "human", candidates=candidates)
        if not verbatim and not self._stands_out(candidates):
            return Match("choose", candidates=candidates)
        if best.guide in self._stubs:
            return Match("human", candidates=candidates, stub=best.guide)
        return Match("answer", guide=best.guide, candidates=candidates)

    def _is_short_and_known(self, reading: Reading, best: Candidate) -> bool:
        """Tell whether too little was said to pass the gate, but nothing that the best guide does not know.

        Part of its name ("vneid", "khai sinh") is enough to ask which one; else it must be near the gate.
        """
        if not best.guide:
            return False
        at, said = self._at[best.guide], set(reading.content)
        # "Tối nay đội nào đá" is five words of which one is known.
        if len(said) > _SHORT or len(reading.texts) > 2 * len(said) + 1:
            return False
        if said <= self._titles[at]:
            return True
        return best.score > _NEAR_GATE * self.gate and self._index.knows(at, said)

    def _is_far_ahead(self, candidates: Sequence[Candidate]) -> bool:
        """Tell whether a question just below the gate is nearest to one guide by far: it is worth asking."""
        best, second = _first_two(candidates)
        return best > _NEAR_GATE * self.gate and (best - second) / best >= _FAR_AHEAD

    def _stands_out(self, candidates: Sequence[Candidate]) -> bool:
        """Tell whether the best is enough better than the second to be shown unasked."""
        best, second = _first_two(candidates)
        near_gate = max(0.0, 1 - (best / self.gate - 1) / (_WELL_ABOVE - 1)) if self.gate else 0.0
        return (best - second) / best >= _MARGIN + (_MARGIN_AT_GATE - _MARGIN) * near_gate

    def _two_matters(self, clauses: Sequence[Reading], near: Sequence[Candidate]) -> Match | None:
        """Offer both guides, if the two halves of a message each ask for one of their own."""
        places = [self._at[one.guide] for one in near]
        covers = self._entries[places[0]].covers if near else ()
        if not covers and _first_two(near)[1] < _BESIDE * _first_two(near)[0]:
            return None
        may_be_one = partial(_may_be_one_of_two, near=near[:MOST_CANDIDATES], covers=covers)
        for halves in matters.halves(clauses):
            # The second half is not looked at if the first cannot be one of two.
            asked = list(takewhile(may_be_one, (self._half(half, places) for half in halves)))
            if len(asked) < len(halves):
                continue
            best, other = sorted((half.candidates[0].guide for half in asked), key=near[0].guide.__ne__)
            if best != near[0].guide or best == other:
                continue
            if other in covers or all(half.outcome == "answer" for half in asked):
                return of_two(best, other, near, covered=other in covers)
        return None

    def _half(self, half: Reading, among: Sequence[int]) -> Match:
        reading = self._normaliser.together([half])
        return self._decide(reading, self._candidates(reading, among))

    def _following(self, reading: Reading, after: str, near: Sequence[Candidate]) -> Match | None:
        """Read a question as one about the guide talked of before, if it says too little to stand alone."""
        if not follow_up.is_one(reading, self._lexicon):
            return None
        at = self._at[after]
        others = [one for one in near if one.guide != after]
        is_known = self._index.knows(at, reading.content)
        if others and others[0].score > self.gate * (_ELSEWHERE if is_known else 1):
            return None
        here = next((one for one in near if one.guide == after), Candidate(after, self.gate))
        shown = (here, *others[: MOST_CANDIDATES - 1])
        return Match("choose", candidates=shown, follows=after, phrase=self._phrase(at, reading))

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
        # Whose own phrase it is word for word comes first, however much more another guide talks of it.
        own = self._phrase_of.get(reading.said)
        ranked = sorted(scores, key=lambda at: ((slug := self._entries[at].slug) != own, -scores[at], slug))
        return tuple(Candidate(self._entries[at].slug, scores[at] * scale) for at in ranked)

    def _question(self, reading: Reading) -> Features:
        """Weigh what was typed at most once each, and add what it is called officially."""
        asked = {feature: min(weight, 1.0) for feature, weight in features(reading).items()}
        for start, end, meanings in self._lexicon.synonyms.find(reading.texts):
            if max(reading.weights[start:end]) <= DENIED:
                continue
            for meaning in meanings:
                for feature in _features_of(meaning):
                    asked[feature] = max(asked.get(feature, 0.0), _SYNONYM)
        return asked

    def _content(self, reading: Reading) -> float:
        """Add up how rare the question's content words are."""
        return sum([self._index.rarity(text, _UNKNOWN) for text in set(reading.content)])

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


def _first_two(candidates: Sequence[Candidate]) -> tuple[float, float]:
    best, second, *_ = (*(one.score for one in candidates[:2]), 0.0, 0.0)
    return best, second


@cache
def _features_of(meaning: tuple[str, ...]) -> tuple[str, ...]:
    """Name the features of an official name; there are as many as the lexicon has."""
    return tuple(features(Reading(list(meaning), [_SYNONYM] * len(meaning))))


def _may_be_one_of_two(half: Match, near: Sequence[Candidate], covers: Sequence[str]) -> bool:
    """Tell whether half a message asks for a guide near the whole, or for one settled along with it."""
    guide = half.candidates[0].guide if half.candidates else ""
    is_near = any(one.guide == guide for one in near)
    return guide in covers or (is_near and (bool(covers) or half.outcome == "answer"))


def _named_by(slug: str, known: Container[str]) -> str:
    """Read a folder's name as one more phrase, foreign words left out: "mat gplx" of "ask_mat_gplx"."""
    words = _RUNS.findall(slug)
    return " ".join(word for word in words if word in known or is_syllable(word) or word.isdecimal())
