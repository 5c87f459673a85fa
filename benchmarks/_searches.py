"""The searches taken off a shelf, and ours, each built over the same guides: a question in, slugs out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import bm25s
from rapidfuzz import fuzz, process

from services.folding import tokens
from services.matching import Entry, Matcher

BEST: Final = 3
Search: TypeAlias = Callable[[str], list[str]]


def ours(entries: Sequence[Entry]) -> Search:
    """Search with the matcher of this project."""
    matcher = Matcher(entries)
    return lambda text: [one.guide for one in matcher.match(text).candidates]


def bm25(entries: Sequence[Entry]) -> Search:
    """Search with bm25s over folded words, a guide being one document."""
    searcher = bm25s.BM25()
    searcher.index([_folded(entry).split() for entry in entries], show_progress=False)

    def search(text: str) -> list[str]:
        found, _scores = searcher.retrieve(
            [tokens(text) or ["-"]], k=min(BEST, len(entries)), show_progress=False
        )
        return [entries[int(at)].slug for at in found[0]]

    return search


def full_text(entries: Sequence[Entry]) -> Search:
    """Search with SQLite's FTS5 over folded words."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE guide USING fts5(slug UNINDEXED, words)")
    rows = [(entry.slug, _folded(entry)) for entry in entries]
    database.executemany("INSERT INTO guide VALUES (?, ?)", rows)

    def search(text: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in tokens(text)) or '""'
        found = database.execute(
            "SELECT slug FROM guide WHERE guide MATCH ? ORDER BY rank LIMIT ?", (asked, BEST)
        )
        return [slug for (slug,) in found]

    return search


def fuzzy(entries: Sequence[Entry]) -> Search:
    """Search with rapidfuzz over folded phrases."""
    phrases = [
        (entry.slug, " ".join(tokens(phrase)))
        for entry in entries
        for phrase in (entry.title, *entry.phrases)
    ]
    texts = [text for _, text in phrases]

    def search(text: str) -> list[str]:
        found = process.extract(" ".join(tokens(text)), texts, scorer=fuzz.token_set_ratio, limit=10 * BEST)
        return list(dict.fromkeys(phrases[at][0] for _, _, at in found))[:BEST]

    return search


SEARCHES: Final[dict[str, Callable[[Sequence[Entry]], Search]]] = {
    "ours": ours,
    "bm25s, folded": bm25,
    "SQLite FTS5, folded": full_text,
    "rapidfuzz token_set": fuzzy,
}


def _folded(entry: Entry) -> str:
    return " ".join(tokens(" ".join((entry.title, *entry.phrases))))
