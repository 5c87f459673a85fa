"""How often and how fast does the matcher find the right guide, beside searches taken off a shelf?"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import bm25s
from rapidfuzz import fuzz, process

from services.folding import tokens
from services.guides import Guide, Library
from services.matching import Entry, Match, Matcher

ROOT: Final = Path(__file__).resolve().parent.parent
QUESTIONS: Final = ROOT / "tests" / "data" / "questions_dev.jsonl"
NO_GUIDE: Final = "none"
BEST: Final = 3


class Question(NamedTuple):
    """A labelled question; several guides may be right, none where no guide answers it."""

    text: str
    right: frozenset[str]


class Figures(NamedTuple):
    """What one way of searching scored."""

    first: float
    among_three: float
    median_ms: float
    p99_ms: float


def main() -> int:
    """Print one table: ours, then the others on the same guides, questions and machine."""
    args = _arguments()
    if not args.questions.is_file():
        sys.stdout.write(f"{args.questions}: no such file, nothing measured; name one with --questions.\n")
        return 0
    library = Library.load(args.guides)
    guides = library.matched()
    questions = _questions(args.questions, frozenset(library.slugs))
    answerable = [question for question in questions if question.right]
    if not answerable or not guides:
        sys.stdout.write("No question has a guide here, nothing measured.\n")
        return 0

    start = time.perf_counter()
    matcher = Matcher(
        Entry(guide.slug, guide.title, guide.phrases, guide.slug in library.stubs) for guide in guides
    )
    building = time.perf_counter() - start
    sys.stdout.write(
        f"{len(answerable)} questions, {len(guides)} guides; index built in {building * 1000:.0f} ms\n"
    )
    _print_rankings(matcher, guides, answerable)
    _print_decisions(matcher, questions)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--questions", type=Path, default=QUESTIONS, help="JSON lines with text, label and also"
    )
    parser.add_argument("--guides", type=Path, default=ROOT / "guides", help="a folder of guides")
    return parser.parse_args()


def _questions(file: Path, slugs: frozenset[str]) -> list[Question]:
    """Read the labels that the guides have; a question about a guide that is not there measures nothing."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    asked = []
    for row in rows:
        right = frozenset({row["label"], *row.get("also", ())})
        if right & slugs or NO_GUIDE in right:
            asked.append(Question(row["text"], frozenset() if NO_GUIDE in right else right))
    return asked


def _print_rankings(matcher: Matcher, guides: Sequence[Guide], questions: Sequence[Question]) -> None:
    ways: dict[str, Callable[[str], list[str]]] = {
        "ours": lambda text: [one.guide for one in matcher.match(text).candidates],
        "bm25s, folded": _bm25(guides),
        "SQLite FTS5, folded": _full_text(guides),
        "rapidfuzz token_set": _fuzzy(guides),
    }
    figures = {name: _measure(way, questions) for name, way in ways.items()}
    ours = figures["ours"]
    sys.stdout.write(f"{'':22}{'R@1':>7}{'R@3':>7}{'p50 ms':>9}{'p99 ms':>9}{'ours ÷ it, R@1':>17}\n")
    for name, one in figures.items():
        ratio = ours.first / one.first if one.first else float("inf")
        sys.stdout.write(
            f"{name:22}{one.first:7.3f}{one.among_three:7.3f}{one.median_ms:9.2f}{one.p99_ms:9.2f}{ratio:17.2f}\n"
        )


def _print_decisions(matcher: Matcher, questions: Sequence[Question]) -> None:
    matches: list[tuple[Question, Match]] = [
        (question, matcher.match(question.text)) for question in questions
    ]
    within = [(question, match) for question, match in matches if question.right]
    outside = [match for question, match in matches if not question.right]
    answered = [(question, match) for question, match in within if match.outcome == "answer"]
    wrong = sum(match.guide not in question.right for question, match in answered)
    chosen = sum(match.outcome == "choose" for _, match in within)
    sys.stdout.write(
        f"answered directly {_share(len(answered), within)}, wrongly {_share(wrong, within)};"
        f" asked which {_share(chosen, within)}\n"
    )
    astray = sum(match.outcome == "answer" for match in outside)
    sys.stdout.write(f"off topic: {len(outside)} questions, answered directly {_share(astray, outside)}\n")


def _share(part: int, whole: Sequence[Any]) -> str:
    return f"{part / len(whole):.1%}" if whole else "-"


def _measure(way: Callable[[str], list[str]], questions: Sequence[Question]) -> Figures:
    first = among = 0
    spent: list[float] = []
    for question in questions:
        start = time.perf_counter()
        found = way(question.text)
        spent.append((time.perf_counter() - start) * 1000)
        first += bool(question.right.intersection(found[:1]))
        among += bool(question.right.intersection(found))
    p99 = statistics.quantiles(spent, n=100)[-1] if len(spent) > 1 else spent[0]
    return Figures(first / len(questions), among / len(questions), statistics.median(spent), p99)


def _folded(guide: Guide) -> str:
    return " ".join(tokens(" ".join((guide.title, *guide.phrases))))


def _bm25(guides: Sequence[Guide]) -> Callable[[str], list[str]]:
    searcher = bm25s.BM25()
    searcher.index([_folded(guide).split() for guide in guides], show_progress=False)

    def search(text: str) -> list[str]:
        found, _scores = searcher.retrieve(
            [tokens(text) or ["-"]], k=min(BEST, len(guides)), show_progress=False
        )
        return [guides[int(at)].slug for at in found[0]]

    return search


def _full_text(guides: Sequence[Guide]) -> Callable[[str], list[str]]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE guide USING fts5(slug UNINDEXED, words)")
    database.executemany(
        "INSERT INTO guide VALUES (?, ?)", [(guide.slug, _folded(guide)) for guide in guides]
    )

    def search(text: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in tokens(text)) or '""'
        rows = database.execute(
            "SELECT slug FROM guide WHERE guide MATCH ? ORDER BY rank LIMIT ?", (asked, BEST)
        )
        return [slug for (slug,) in rows]

    return search


def _fuzzy(guides: Sequence[Guide]) -> Callable[[str], list[str]]:
    phrases = [
        (guide.slug, " ".join(tokens(phrase))) for guide in guides for phrase in (guide.title, *guide.phrases)
    ]
    texts = [text for _, text in phrases]

    def search(text: str) -> list[str]:
        found = process.extract(" ".join(tokens(text)), texts, scorer=fuzz.token_set_ratio, limit=10 * BEST)
        return list(dict.fromkeys(phrases[at][0] for _, _, at in found))[:BEST]

    return search


if __name__ == "__main__":
    sys.exit(main())
