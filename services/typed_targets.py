"""Which goal did somebody type: "tháng 12 cài vneid 400 người", "hòa sơn 60, lộc thuận 55"?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.folding import fold, tokens
from services.rules import Kind
from services.targets import Span, month_of, quarter_of, year_of

_MONTH: Final = re.compile(r"\b(?:thang|t) ?(1[0-2]|0?[1-9])(?: ?[/-] ?(\d{4}))?\b")
_QUARTER: Final = re.compile(r"\bquy ?(?:([1-4])|(iv|i{1,3}))\b(?: ?[/-]? ?(\d{4}))?")
_YEAR: Final = re.compile(r"\bnam (\d{4})\b")
_NEAR: Final = {"thang nay": False, "thang sau": True, "thang toi": True}
_NUMBER: Final = re.compile(r"\b\d{1,3}(?:[.,]\d{3})+\b|\b\d{1,8}\b")
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_PART: Final = re.compile(
    r"(?P<name>.*?\S)[\s:=]+(?P<number>\d{1,3}(?:[.,]\d{3})+|\d{1,8})(?:\s*(?:người|lượt|buổi|nguoi|luot|buoi))?"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a goal was said; None for what was not."""

    kind: Kind | None = None
    span: Span | None = None
    goal: int | None = None


def read(text: str, kinds: Sequence[Kind], today: date) -> Wish:
    """Read a goal out of a sentence; a month without a year that is over this year is next year's."""
    words = " ".join(fold(text).split())
    span, rest = _span(words, today)
    numbers = _NUMBER.findall(rest)
    goal = int(re.sub(r"[.,]", "", numbers[0])) if len(numbers) == 1 else None
    return Wish(_kind(rest, kinds), span, goal)


def _span(words: str, today: date) -> tuple[Span | None, str]:
    """Find the days that are meant, and what is left of the sentence."""
    if found := _MONTH.search(words):
        year, month = int(found[2] or today.year), int(found[1])
        if not found[2] and month < today.month:
            year += 1
        return month_of(date(year, month, 1)), _without(words, found)
    if found := _QUARTER.search(words):
        year, quarter = int(found[3] or today.year), int(found[1] or _ROMAN[found[2]])
        if not found[3] and quarter * 3 < today.month:
            year += 1
        return quarter_of(date(year, quarter * 3, 1)), _without(words, found)
    if found := _YEAR.search(words):
        return year_of(date(int(found[1]), 1, 1)), _without(words, found)
    for said, is_later in _NEAR.items():
        if said in words:
            this = month_of(today)
            span = month_of(this.last + timedelta(days=1)) if is_later else this
            return span, words.replace(said, " ")
    return None, words


def _without(words: str, found: re.Match[str]) -> str:
    return f"{words[: found.start()]} {words[found.end() :]}"


def _kind(words: str, kinds: Sequence[Kind]) -> Kind | None:
    """Find the one kind whose label shares the most words; None where none does, or two do equally."""
    said = set(tokens(words))
    shared = {kind: len(said.intersection(tokens(kind.label))) for kind in kinds}
    best = sorted(shared, key=lambda kind: -shared[kind])[:2]
    if not best or not shared[best[0]]:
        return None
    is_alone = len(best) == 1 or shared[best[0]] > shared[best[1]]
    return best[0] if is_alone else None


def read_parts(text: str) -> list[tuple[str, int]]:
    """Read names with their numbers, one after the other: "Hòa Sơn 60, Lộc Thuận 55"."""
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    found = [_PART.fullmatch(part) for part in parts]
    return [
        (match["name"].strip(" :"), int(re.sub(r"[.,]", "", match["number"])))
        for match in found
        if match is not None
    ]
