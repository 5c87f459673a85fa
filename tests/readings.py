"""How the tests read a sentence, and what it looks like without marks."""

from __future__ import annotations

from typing import Final

from benchmarks import sentences
from services.folding import fold
from services.rules import DEFAULT_KINDS
from services.work_sentences import Reader, Reading

TODAY: Final = sentences.TODAY
READER: Final = Reader(DEFAULT_KINDS)


def read(text: str, **options: bool) -> Reading:
    """Read a sentence as Bình of the team would send it on Tuesday 17/11/2026."""
    return READER.read(text, today=TODAY, team=sentences.TEAM, me=sentences.ME, **options)


def unmarked(text: str) -> str:
    """Type it as on a telephone without Vietnamese letters."""
    return "".join(fold(one).upper() if one.isupper() else fold(one) for one in text)
