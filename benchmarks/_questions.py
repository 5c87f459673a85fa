"""Which questions are asked of which guides: our sets, our phrases left out in turn, and foreign sets."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from services.matching import Entry

NO_GUIDE: Final = "none"
_FOLDS: Final = 5


class Question(NamedTuple):
    """A labelled question; several guides may be right, none where no guide answers it."""

    text: str
    right: frozenset[str]


class Trial(NamedTuple):
    """Questions to ask of a set of guides."""

    entries: Sequence[Entry]
    questions: Sequence[Question]


def ours(file: Path, entries: Sequence[Entry]) -> Trial:
    """Read a set about our guides: those that stand alone, and whose label the guides have."""
    slugs = {entry.slug for entry in entries}
    asked = []
    for row in _rows(file):
        right = frozenset({row.get("label", ""), *row.get("also", ())})
        if "after" not in row and (right & slugs or NO_GUIDE in right):
            asked.append(Question(row["text"], frozenset() if NO_GUIDE in right else right))
    return Trial(entries, asked)


def left_out(entries: Sequence[Entry]) -> Iterator[Trial]:
    """Ask every fifth phrase of the guides of the other four fifths, in turn."""
    for fold in range(_FOLDS):
        kept = [
            entry._replace(phrases=tuple(p for n, p in enumerate(entry.phrases) if n % _FOLDS != fold))
            for entry in entries
        ]
        asked = [
            Question(phrase, frozenset({entry.slug}))
            for entry in entries
            if not entry.is_stub
            for phrase in entry.phrases[fold::_FOLDS]
        ]
        yield Trial(kept, asked)


def foreign(file: Path) -> Iterator[Trial]:
    """Read a set that brings its own guides: rows with `split` train and test, or with `fold`."""
    rows = list(_rows(file))
    if any("fold" in row for row in rows):
        for fold in sorted({row["fold"] for row in rows}):
            yield _trial(
                [row for row in rows if row["fold"] != fold], [row for row in rows if row["fold"] == fold]
            )
    else:
        yield _trial(
            [row for row in rows if row["split"] == "train"], [r for r in rows if r["split"] == "test"]
        )


def many(entries: Sequence[Entry], count: int) -> list[Entry]:
    """Make so many guides of ours, by dealing out their phrases: the words stay real."""
    parts = -(-count // len(entries))
    made = [
        entry._replace(slug=f"{entry.slug}_{part}", phrases=entry.phrases[part::parts] * parts)
        for entry in entries
        for part in range(parts)
    ]
    return made[:count]


def _trial(known: Iterable[dict[str, Any]], asked: Iterable[dict[str, Any]]) -> Trial:
    phrases: defaultdict[str, list[str]] = defaultdict(list)
    for row in known:
        phrases[row["label"]].append(row["text"])
    entries = [Entry(label, texts[0], tuple(texts[1:])) for label, texts in phrases.items()]
    return Trial(entries, [Question(row["text"], frozenset({row["label"]})) for row in asked])


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip())
