"""Does the reader of sentences write what was said, ask what is doubtful, and leave questions alone?

Beside it, on the same sentences, a plain regular expression: a number, then the kinds' own words.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from services.folding import fold
from services.rules import DEFAULT_KINDS
from services.work_sentences import Mate, Reader, Reading

ROOT: Final = Path(__file__).resolve().parents[1]
SENTENCES: Final = ROOT / "tests" / "data" / "work_sentences.jsonl"
SPLITS: Final = (
    "tuning",
    "held_out",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
TODAY: Final = date(2026, 11, 17)
NAMES: Final = ("Lê Văn Bình", "Trần Văn Sự", "Nguyễn Thị Lan", "Võ Thảo", "Phạm Nam")
TEAM: Final = tuple(Mate(number, name) for number, name in enumerate(NAMES, 1))
ME: Final = 1
HEADS: Final = ("right", "entries", "asked", "missed", "wrong", "p50 ms", "p99 ms")
WORDS: Final = {
    "vneid": "vneid",
    "bhyt": "health_insurance",
    "ho so": "online_filing",
    "chu ky so": "digital_signature",
    "an sinh": "social_account",
    "lua dao": "scam_prevention",
    "hop": "village_meeting",
    "lop": "digital_class",
    "nha": "home_visit",
    "thanh toan": "online_payment",
    "ban hang": "online_selling",
}
_EITHER: Final = "|".join(WORDS)
_PLAIN: Final = re.compile(rf"(\d+)\D{{0,25}}?\b({_EITHER})\b|\b({_EITHER})\b\D{{0,25}}?(\d+)")

Said = tuple[str, frozenset[tuple[str, int, str, frozenset[str]]]]
"""An outcome, and for entries the kind, count, day and companions of each."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what it may be read as; the first is meant, the others will do."""

    text: str
    right: tuple[Said, ...]
    split: str
    voice: str


def sentences(file: Path = SENTENCES) -> list[Sentence]:
    """Read the file of sentences."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [
        Sentence(row["text"], tuple(map(_said, [row, *row.get("also", ())])), row["split"], row["voice"])
        for row in rows
    ]


def _said(row: dict[str, Any]) -> Said:
    entries = row.get("entries", ())
    return row["outcome"], frozenset(
        (one["kind"], one["count"], one["day"], frozenset(one.get("with", ()))) for one in entries
    )


def of_reading(reading: Reading) -> Said:
    """Write a reading as the file does."""
    if reading.outcome != "entries":
        return reading.outcome, frozenset()
    names = {mate.id: mate.name.split()[-1] for mate in TEAM}
    mates = frozenset(names[one] for one in reading.mates)
    return "entries", frozenset(
        (piece.kind or "", piece.count or 0, piece.day.isoformat() if piece.day else "", mates)
        for piece in reading.pieces
    )


def judge(said: Said, sentence: Sentence) -> str:
    """Tell what a reading is: right, asked or missed for nothing, or wrong without asking."""
    if said in sentence.right:
        return "right"
    if said[0] in {"entries", "zero"}:
        return "wrong"
    return "asked" if said[0] == "ask" else "missed"


def plain(text: str) -> Said:
    """Read as a first attempt would: each number before or after a kind's own words, else nothing."""
    folded = fold(text)
    day = TODAY.replace(day=16) if "hom qua" in folded else TODAY
    found = {
        (WORDS[one[2] or one[3]], int(one[1] or one[4]), day.isoformat(), frozenset[str]())
        for one in _PLAIN.finditer(folded)
    }
    return ("entries", frozenset(found)) if found else ("none", frozenset())


def main() -> int:
    """Print one table for each half of the sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument(
        "--show",
        choices=SPLITS,
        help="list what is not right of this half",
    )
    args = parser.parse_args()
    start = time.perf_counter()
    reader = Reader(DEFAULT_KINDS)
    sys.stdout.write(f"lexicon read in {(time.perf_counter() - start) * 1000:.0f} ms\n")
    ways: dict[str, Callable[[str], Said]] = {
        "ours": lambda text: of_reading(reader.read(text, today=TODAY, team=TEAM, me=ME)),
        "regular expression": plain,
    }
    every = sentences(args.sentences)
    for split in SPLITS:
        half = [one for one in every if one.split == split]
        _print(split, half, ways)
    if args.show:
        _list([one for one in every if one.split == args.show], ways["ours"])
    return 0


def _print(split: str, half: Sequence[Sentence], ways: dict[str, Callable[[str], Said]]) -> None:
    sys.stdout.write(f"\n{split}: {len(half)} sentences\n")
    heads = "".join(f"{head:>9}" for head in HEADS)
    sys.stdout.write(f"{'':20}{heads}\n")
    for name, way in ways.items():
        verdicts, spent = [], []
        for sentence in half:
            start = time.perf_counter()
            said = way(sentence.text)
            spent.append((time.perf_counter() - start) * 1000)
            verdicts.append((judge(said, sentence), sentence.right[0][0]))
        tally = Counter(verdict for verdict, _ in verdicts)
        right = tally["right"] / len(half)
        entries = _share(verdict == "right" for verdict, meant in verdicts if meant == "entries")
        p99 = statistics.quantiles(spent, n=100)[-1]
        sys.stdout.write(
            f"{name:20}{right:9.1%}{entries:9.1%}{tally['asked']:9}{tally['missed']:9}{tally['wrong']:9}"
            f"{statistics.median(spent):9.2f}{p99:9.2f}\n"
        )


def _share(found: Iterable[bool]) -> float:
    each = list(found)
    return sum(each) / len(each) if each else 0.0


def _list(half: Sequence[Sentence], way: Callable[[str], Said]) -> None:
    for sentence in half:
        said = way(sentence.text)
        verdict = judge(said, sentence)
        if verdict != "right":
            sys.stdout.write(
                f"{verdict:7} {sentence.text!r}\n        read {said}\n        meant {sentence.right[0]}\n"
            )


if __name__ == "__main__":
    sys.exit(main())
