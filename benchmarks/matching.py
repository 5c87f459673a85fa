"""How often and how fast does the matcher find the right guide, beside searches taken off a shelf?"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks import _questions as sets
from benchmarks._questions import Question, Trial
from benchmarks._searches import SEARCHES
from services import safety
from services.guides import Library
from services.matching import Entry, Match, Matcher

ROOT: Final = Path(__file__).resolve().parent.parent
DATA: Final = ROOT / "tests" / "data"
# What was looked at last comes first: the others were read while phrases and words were written.
OURS: Final = ("held_out", "strangers", "tuning", "dev")
# Guides of other domains with questions on them, both written by strangers.
FOREIGN: Final = ("procedures", "desks")
MANY: Final = 300


def main() -> int:
    """Print a table for each set: ours, then the others on the same guides, questions and machine."""
    args = _arguments()
    library = Library.load(args.guides)
    entries = library.entries()
    if not entries:
        sys.stdout.write(f"{args.guides}: no guide here, nothing measured.\n")
        return 1
    stubs = len(library.stubs)
    _say(f"{datetime.now(UTC):%Y-%m-%d}: {len(entries) - stubs} guides, {stubs} stubs")
    for file in args.questions or [DATA / f"questions_{name}.jsonl" for name in OURS]:
        if file.is_file():
            _measure(file.stem, [sets.ours(file, entries)])
        else:
            _say(f"\n{file}: no such file, nothing measured.")
    if not args.questions:
        _measure("phrases of our guides, a fifth left out in turn", list(sets.left_out(entries)))
    for file in [*(DATA / f"foreign_{name}.jsonl" for name in FOREIGN), *args.foreign]:
        if file.is_file():
            _measure(f"foreign: {file.stem}", list(sets.foreign(file)))
        else:
            _say(f"\n{file}: no such file, nothing measured.")
    _measure_many(entries)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=Path, default=ROOT / "guides", help="a folder of guides")
    parser.add_argument(
        "--questions", type=Path, nargs="*", default=[], help="JSON lines with text, label and also"
    )
    parser.add_argument(
        "--foreign", type=Path, nargs="*", default=[], help="JSON lines with text, label and split or fold"
    )
    return parser.parse_args()


def _measure(name: str, trials: Sequence[Trial]) -> None:
    asked = sum(len(trial.questions) for trial in trials)
    _say(f"\n{name}: {asked} questions, {len(trials[0].entries)} guides")
    if any(question.right for trial in trials for question in trial.questions):
        _print_rankings(trials)
    _print_decisions(trials)


def _print_rankings(trials: Sequence[Trial]) -> None:
    _say(f"{'':22}{'R@1':>7}{'R@3':>7}{'p50 ms':>9}{'p99 ms':>9}{'build ms':>10}{'ours ÷ it, R@1':>17}")
    ours = 0.0
    for name, build in SEARCHES.items():
        ranks: list[list[bool]] = []
        spent: list[float] = []
        built = 0.0
        for trial in trials:
            start = time.thread_time()
            search = build(trial.entries)
            built += time.thread_time() - start
            for question in filter(lambda one: one.right, trial.questions):
                start = time.thread_time()
                found = search(question.text)
                spent.append((time.thread_time() - start) * 1000)
                ranks.append([slug in question.right for slug in found])
        first = sum(rank[:1] == [True] for rank in ranks) / len(ranks)
        ours = ours or first
        row = f"{name:22}{first:7.3f}{sum(map(any, ranks)) / len(ranks):7.3f}{statistics.median(spent):9.2f}"
        _say(f"{row}{_p99(spent):9.2f}{built / len(trials) * 1000:10.0f}{ours / first if first else 0:17.2f}")


def _print_decisions(trials: Sequence[Trial]) -> None:
    matches: list[tuple[Question, Match]] = []
    stubs: set[str] = set()
    for trial in trials:
        matcher = Matcher(trial.entries)
        stubs |= {entry.slug for entry in trial.entries if entry.is_stub}
        matches += [(question, _asked(matcher, question.text)) for question in trial.questions]
    within = [(question, match) for question, match in matches if question.right - stubs]
    unguided = [match for question, match in matches if question.right and question.right <= stubs]
    outside = [match for question, match in matches if not question.right]
    answered = [(question, match) for question, match in within if match.outcome == "answer"]
    wrong = sum(match.guide not in question.right for question, match in answered)
    chosen = sum(match.outcome == "choose" for _, match in within)
    _say(
        f"ours: answered directly {_share(len(answered), within)}, wrongly {_share(wrong, within)};"
        f" asked which {_share(chosen, within)}"
    )
    for what, found in (("services without a guide", unguided), ("off topic", outside)):
        if found:
            astray = sum(match.outcome == "answer" for match in found)
            _say(f"ours: {what}: {len(found)} questions, answered directly {_share(astray, found)}")


def _asked(matcher: Matcher, text: str) -> Match:
    """Ask as `toso ask` does: what should not have been typed is masked, and then nothing shown unasked."""
    redaction = safety.redact(text)
    match = matcher.match(redaction.text)
    return match.asked_first() if redaction.kinds else match


def _measure_many(entries: Sequence[Entry]) -> None:
    made = sets.many(entries, MANY)
    asked = [phrase for entry in entries for phrase in entry.phrases]
    _say(f"\n{len(made)} guides, {sum(len(entry.phrases) for entry in made)} phrases, {len(asked)} questions")
    _say(f"{'':22}{'p50 ms':>9}{'p99 ms':>9}{'build ms':>10}")
    for name, build in SEARCHES.items():
        start = time.thread_time()
        search = build(made)
        built = time.thread_time() - start
        spent = [_timed(search, text) for text in asked]
        _say(f"{name:22}{statistics.median(spent):9.2f}{_p99(spent):9.2f}{built * 1000:10.0f}")


def _timed(search: Any, text: str) -> float:
    start = time.thread_time()
    search(text)
    return (time.thread_time() - start) * 1000


def _p99(spent: Sequence[float]) -> float:
    return statistics.quantiles(spent, n=100)[-1] if len(spent) > 1 else spent[0]


def _share(part: int, whole: Sequence[Any] | Iterable[Any]) -> str:
    size = len(list(whole))
    return f"{part / size:.1%}" if size else "-"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
