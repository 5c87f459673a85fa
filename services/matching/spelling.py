"""Which known word did somebody mean by a run of letters that is no Vietnamese syllable?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from services.matching.syllables import decode_keystrokes, is_syllable

# Sounds as the young write them; each is tried alone and together with one ending.
_ONSETS: Final = (
    ("dz", "d"), ("z", "d"), ("z", "gi"), ("z", "v"), ("j", "gi"), ("j", "ch"), ("f", "ph"), ("w", "qu"),
    ("kw", "qu"), ("q", "qu"), ("k", "c"), ("k", "kh"), ("c", "k"), ("g", "gh"), ("gh", "g"), ("ng", "ngh"),
    ("ngh", "ng"), ("p", "ph"),
)  # fmt: skip
_ENDINGS: Final = (("g", "ng"), ("h", "nh"), ("k", "c"), ("k", "ch"), ("ck", "ch"), ("nk", "nh"), ("ie", "i"))
# What the thumb hits for each key of a telephone.
_BESIDE: Final = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk",
    "o": "ipkl", "p": "ol", "a": "qwsz", "s": "weadzx", "d": "ersfxc", "f": "rtdgcv", "g": "tyfhvb",
    "h": "yugjbn", "j": "uihknm", "k": "iojlm", "l": "opk", "z": "asx", "x": "sdzc", "c": "dfxv",
    "v": "fgcb", "b": "ghvn", "n": "hjbm", "m": "jkn",
}  # fmt: skip
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
_LETTERS_THEN_DIGITS: Final = re.compile(r"([a-z]{2,})(\d{1,2})")
_SHORTEST_REPAIRED = 4
_SHORTEST_SPLIT = 5
_MOST_PIECES = 4


class Spelling:
    """Reads unknown runs of letters with the guides' own words as the dictionary."""

    def __init__(self, words: Iterable[str], *, kept: frozenset[str] = frozenset()) -> None:
        """Take every word of the guides, with repeats (the commoner wins a tie), and words to let be."""
        self.known = Counter(words)
        self._kept = kept
        self._one_off: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.known:
            if len(word) >= _SHORTEST_REPAIRED:
                for shorter in _with_one_left_out(word):
                    self._one_off[shorter].append(word)
        self._foreign = frozenset(
            word for word in self.known if len(word) >= _SHORTEST_REPAIRED and not is_syllable(word)
        )
        self._heads = frozenset(word[:cut] for word in self._foreign for cut in range(1, len(word)))
        self._read: dict[str, tuple[str, ...]] = {}

    def read(self, token: str) -> tuple[str, ...]:
        """Give the words meant; a word of the guides, a valid syllable and a riddle are left as they are."""
        if token in self.known or token in self._kept or is_syllable(token):
            return (token,)
        if token not in self._read:
            if len(self._read) > 10_000:
                self._read.clear()
            self._read[token] = self._guess(token)
        return self._read[token]

    def join(self, tokens: list[str]) -> list[str]:
        """Put together a foreign name typed in two ("vne id", "e tax")."""
        if self._heads.isdisjoint(tokens):
            return tokens
        joined: list[str] = []
        for token in tokens:
            if joined and joined[-1] + token in self._foreign:
                joined[-1] += token
            else:
                joined.append(token)
        return joined

    def _guess(self, token: str) -> tuple[str, ...]:
        if token.isdigit():
            return (token,)
        if plain := decode_keystrokes(token):
            return (plain,)
        short = _DRAWN_OUT.sub(r"\1", token)
        if short in self.known or is_syllable(short):
            return (short,)
        if sounded := self._by_sound(short):
            return (sounded,)
        if parts := _LETTERS_THEN_DIGITS.fullmatch(short):
            return (*self.read(parts[1]), parts[2])
        return self._split(short) or (self._repair(short) or short,)

    def _by_sound(self, token: str) -> str:
        candidates = [word for word in _soundings(token) if word in self.known or is_syllable(word)]
        return max(candidates, key=lambda word: self.known[word], default="")

    def _split(self, token: str) -> tuple[str, ...]:
        """Cut "dichvucong" into words of the guides, the fewest that fit; () if they do not."""
        if len(token) < _SHORTEST_SPLIT:
            return ()
        best: list[tuple[str, ...] | None] = [(), *[None] * len(token)]
        for end in range(1, len(token) + 1):
            for start in range(max(0, end - 7), end - 1):
                head, piece = best[start], token[start:end]
                if head is None or len(head) == _MOST_PIECES or piece not in self.known:
                    continue
                tail = best[end]
                if tail is None or len(head) + 1 < len(tail):
                    best[end] = (*head, piece)
        return best[-1] or ()

    def _repair(self, token: str) -> str:
        """Find the guides' word one slip away: a letter too many, too few, another, or two swapped.

        Of three letters too much is one slip away; only two swapped ("htu") or one key beside the right one
        ("kji") are put right. Of several words the one whose key lies beside the typed one is meant.
        """
        if len(token) < _SHORTEST_REPAIRED - 1:
            return ""
        if len(token) < _SHORTEST_REPAIRED:
            near = {word for word in _with_two_swapped(token) | _with_key_beside(token) if word in self.known}
        else:
            near = set(self._one_off.get(token, ()))
            for shorter in _with_one_left_out(token):
                if shorter in self.known and len(shorter) >= _SHORTEST_REPAIRED - 1:
                    near.add(shorter)
                near.update(word for word in self._one_off.get(shorter, ()) if _one_slip(token, word))
        beside = _with_key_beside(token)
        return max(
            near,
            key=lambda word: (word[0] == token[0], word in beside, self.known[word], word),
            default="",
        )


def _soundings(token: str) -> Iterator[str]:
    heads = [token, *(new + token[len(old) :] for old, new in _ONSETS if token.startswith(old))]
    for head in heads:
        if head != token:
            yield head
        for old, new in _ENDINGS:
            if head.endswith(old):
                yield head.removesuffix(old) + new


def _with_one_left_out(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _with_two_swapped(word: str) -> set[str]:
    return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}


def _with_key_beside(word: str) -> set[str]:
    return {
        word[:at] + beside + word[at + 1 :] for at, key in enumerate(word) for beside in _BESIDE.get(key, "")
    }


def _one_slip(typed: str, word: str) -> bool:
    """Tell whether two words that share a shortened form differ by one slip (and not by two lost letters)."""
    if len(typed) != len(word):
        return False
    differing = [at for at, (one, other) in enumerate(zip(typed, word, strict=True)) if one != other]
    if len(differing) == 1:
        return True
    if len(differing) != 2:
        return False
    first, second = differing
    return second == first + 1 and typed[first] == word[second] and typed[second] == word[first]
