"""`toso ask`: what would the program answer to these questions, and how sure is it?"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from locales import gettext as _
from services import safety
from services.guides import Library
from services.matching import Match, Matcher

FINE: Final = 0
BAD_INPUT: Final = 2
STDIN: Final = "-"
OUR_GUIDES: Final = Path(__file__).resolve().parent.parent / "guides"


class _Asked(NamedTuple):
    """One question, masked, with its match and the milliseconds both took."""

    question: str
    kinds: tuple[str, ...]
    match: Match
    ms: float


def run(question: str | None, *, guides: Path | None, as_json: bool) -> int:
    """Answer one question, or every line of stdin for "-", from a folder of guides (ours if None)."""
    folder = guides or OUR_GUIDES
    if not folder.is_dir():
        return _complain(
            _("{folder}: there is no such folder; name one that holds guides.").format(folder=folder)
        )
    library = Library.load(folder)
    for problem in library.problems:
        _complain(problem)
    if not len(library):
        return _complain(
            _("{folder}: no guide here; a guide is a file like tam_tru/vi.md.").format(folder=folder)
        )
    matcher = Matcher(library.entries())
    for line in _lines() if question in {None, STDIN} else [question or ""]:
        asked = _ask(matcher, line)
        sys.stdout.write((_as_json(asked) if as_json else _as_text(asked, library)) + "\n")
        sys.stdout.flush()
    return FINE


def _lines() -> Iterator[str]:
    # Bytes: one line in another encoding, among thousands, should spoil itself only.
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def _ask(matcher: Matcher, question: str) -> _Asked:
    start = time.perf_counter()
    redaction = safety.redact(question)
    match = matcher.match(redaction.text)
    if redaction.kinds:
        match = match.asked_first()
    return _Asked(redaction.text, redaction.kinds, match, (time.perf_counter() - start) * 1000)


def _as_json(asked: _Asked) -> str:
    line = {
        "question": asked.question,
        "outcome": asked.match.outcome,
        "guide": asked.match.guide,
        "candidates": [{"guide": one.guide, "score": round(one.score, 4)} for one in asked.match.candidates],
        "redacted": list(asked.kinds),
        "ms": round(asked.ms, 3),
    }
    return json.dumps(line, ensure_ascii=False)


def _as_text(asked: _Asked, library: Library) -> str:
    names = [f"{library.get(one.guide).title} ({one.guide})" for one in asked.match.candidates]
    if asked.match.stub:
        stub = library.get(asked.match.stub).title
        return _("“{question}”: no guide yet for {stub}, a person answers.").format(
            question=asked.question, stub=stub
        )
    sentences = {
        "answer": _("“{question}”: shows {guide}."),
        "choose": _("“{question}”: asks which of these is meant: {nearest}."),
        "human": _("“{question}”: a person answers; nearest: {nearest}."),
        "menu": _("“{question}”: asks for nothing, the menu is shown."),
    }
    sentence = sentences[asked.match.outcome]
    return sentence.format(question=asked.question, guide="".join(names[:1]), nearest=", ".join(names) or "-")


def _complain(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return BAD_INPUT
