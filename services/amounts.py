"""How is a count said with its unit, and which count did somebody type?"""

from __future__ import annotations

import re
from typing import Final

from locales import dates, ngettext, pgettext
from locales import gettext as _
from services.folding import fold, tokens
from services.rules import CountUnit, Kind

_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)*")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_DATE: Final = re.compile(r"\d\s*/\s*\d")
MOST_WORDS: Final = 6

_DIGITS: Final = dict(
    zip("mot hai ba bon nam sau bay tam chin muoi".split(), range(1, 11), strict=True),
    tu=4, lam=5, chuc=10,
)  # fmt: skip
# What may stand around a number without changing it, longest first.
_AFTER: Final = ("ba con", "nguoi dan", "nguoi", "ng", "luot", "buoi", "ho so", "a", "nha", "nhe")
_BEFORE: Final = ("khoang", "duoc", "co", "chi", "da", "so", "la")


def said(count: int, unit: CountUnit) -> str:
    """Say a count with its unit: "1.204 người"."""
    number = dates.number(count)
    if unit == "persons":
        return ngettext("{n} person", "{n} persons", count).format(n=number)
    if unit == "turns":
        return ngettext("{n} turn", "{n} turns", count).format(n=number)
    return ngettext("{n} session", "{n} sessions", count).format(n=number)


def label(kind: Kind) -> str:
    """Say a kind as its button does, in the current locale."""
    return pgettext("kind of work", kind.label)


def work(count: int, kind: Kind) -> str:
    """Say what was done: "5 người cài VNeID"."""
    return _("{amount}: {kind}").format(amount=said(count, kind.unit), kind=inner(kind))


def question(kind: Kind) -> str:
    """Ask how many of a kind there were; a template with {kind} and {day}."""
    questions: dict[CountUnit, str] = {
        "persons": _("{kind} {day}: how many persons? Send a number, for example 5. Send THÔI to stop."),
        "turns": _("{kind} {day}: how many turns? Send a number, for example 5. Send THÔI to stop."),
        "sessions": _("{kind} {day}: how many sessions? Send a number, for example 1. Send THÔI to stop."),
    }
    return questions[kind.unit]


def inner(kind: Kind) -> str:
    """Say a kind inside a sentence: "cài VNeID"; a short form such as BHYT keeps its capitals."""
    name = label(kind)
    return name[:1].lower() + name[1:]


def read(text: str) -> int | None:
    """Read the one number of a short answer: "5", "5 nguoi", "nam", "1.204"; None for none or two."""
    if _DATE.search(text) or len(tokens(text)) > MOST_WORDS:
        return None
    found = _NUMBER.findall(text)
    if not found:
        return _in_words(" ".join(tokens(text)))
    if len(found) > 1:
        return None
    number: str = found[0]
    if _GROUPED.fullmatch(number):
        number = re.sub(r"[.,]", "", number)
    begins = fold(text).strip().startswith(number)
    if not re.fullmatch(r"-?\d{1,9}", number) or not (begins or len(tokens(text)) <= 3):
        return None
    return int(number) * (10 if "chuc" in tokens(text) else 1)


def _in_words(words: str) -> int | None:
    for unit in _AFTER:
        words = words.removesuffix(f" {unit}")
    for filler in _BEFORE:
        words = words.removeprefix(f"{filler} ")
    parts = words.split()
    if len(parts) == 1:
        return _DIGITS.get(parts[0])
    return _tens(parts)


def _tens(parts: list[str]) -> int | None:
    """Read "muoi hai", "hai muoi", "hai muoi lam", "hai chuc"."""
    if parts[:1] == ["muoi"]:
        parts = ["mot", *parts]
    if not 2 <= len(parts) <= 3 or parts[1] not in {"muoi", "chuc"}:
        return None
    tens, ones = _DIGITS.get(parts[0]), _DIGITS.get(parts[2]) if len(parts) == 3 else 0
    if tens is None or ones is None or max(tens, ones) > 9:
        return None
    return tens * 10 + ones
