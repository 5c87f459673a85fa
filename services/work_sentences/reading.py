"""What does one sentence report: which kinds, how many, on which day, with whom, and what must be asked?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from services.rules import Kind
from services.work_sentences import clauses, repeated, shared, tallies, times
from services.work_sentences.accounts import Accounts
from services.work_sentences.companions import Mate
from services.work_sentences.items import Count, Unclear, Work
from services.work_sentences.lexicon import OTHER_WORK, Lexicon
from services.work_sentences.marking import Sentence
from services.work_sentences.openings import without_greetings
from services.work_sentences.pairing import pair
from services.work_sentences.pieces import Doubt, Piece, pieces_of
from services.work_sentences.reports import Report
from services.work_sentences.words import split

LONGEST: Final = 120
BOT_HELP: Final = "bot_help"
# Whoever told more at once is quicker with another sentence than with so many answers.
MOST_ASKED: Final = 4

Outcome = Literal["entries", "ask", "zero", "none"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood: nothing is written of it before the writer says yes."""

    outcome: Outcome
    pieces: tuple[Piece, ...] = ()
    mates: tuple[int, ...] = ()
    doubt: Doubt = ""
    day: date | None = None
    is_week: bool = False


NOTHING: Final = Reading("none")


class Reader:
    """Reads sentences with the kinds of this installation."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.lexicon = Lexicon([kind for kind in kinds if kind.name != BOT_HELP])

    def read(
        self, text: str, *, today: date, team: Sequence[Mate] = (), me: int = 0, is_report: bool = False
    ) -> Reading:
        """Read a message; `none` is for everything that is no report.

        With `is_report` its writer has said that it is none of a question.
        """
        words = split(text)
        if not words or len(words) > LONGEST or all(word.text.isdecimal() for word in words):
            return NOTHING
        words = without_greetings(words, self.lexicon)
        sentence = Sentence(words, text, self.lexicon, today, team, me)
        if is_report:
            sentence.signs = replace(sentence.signs, is_asking=False, is_wishing=False, is_sure=True)
        return _reading(sentence)


@lru_cache(maxsize=4)
def reader_for(kinds: tuple[Kind, ...]) -> Reader:
    """Make the reader of an installation's kinds, once."""
    return Reader(kinds)


def _reading(sentence: Sentence) -> Reading:
    """Decide what a sentence is, once its words are marked."""
    report = Report(sentence)
    if report.is_nothing():
        return _nothing(report)
    if not report.is_told():
        return NOTHING
    doubt = _doubt(report)
    if doubt == "pairs":
        return _one_by_one(report)
    return Reading("ask", doubt=doubt) if doubt else _entries(report)


def _nothing(report: Report) -> Reading:
    """Write a day without work."""
    sentence = report.sentence
    if any(count.value or (count.is_negated and count.value is None) for count in report.counts):
        return Reading("ask", doubt="undone")
    if report.signs.is_wishing:
        return NOTHING
    week = any(day.is_week for day in sentence.days)
    said = [day.on for day in sentence.days if not day.is_week]
    return Reading("zero", day=said[0] if said and said[0] else sentence.today, is_week=week)


def _doubt(report: Report) -> Doubt:
    """Name what is doubtful about the whole."""
    sentence = report.sentence
    if not report.affirmed and report.counts and not sentence.named:
        return "undone"
    if report.signs.is_asking and (report.works or report.affirmed):
        return "question"
    if report.may_be_helped():
        return "question"
    is_alone = report.lexicon.alone.has(report.words) or len({day.on for day in sentence.days}) > 1
    if sentence.company.is_doubtful or (sentence.company.ids and is_alone):
        return "who"
    is_more = any(repeated.is_one_more(sentence, count) for count in report.affirmed)
    return "pairs" if is_more or repeated.is_rate(sentence) else ""


def _entries(report: Report) -> Reading:
    """Pair what was done with its numbers and days."""
    sentence = report.sentence
    counts = tallies.settled(report.affirmed, sentence)
    works, both = shared.join(report.not_denied(), [*counts, *sentence.named], report.words)
    items: list[Count | Work] = [
        *counts,
        *works,
        *sentence.named,
        *sentence.only,
    ]
    begins = {day.start for day in sentence.days}
    own = times.cuts(report.affirmed, sentence)
    cut = clauses.cut(report.words, items, report.lexicon, sentence.taken, begins, own)
    try:
        pairs = pair(cut, report.lexicon, is_one_day=len({day.on for day in sentence.days}) < 2)
        pairs = shared.told_of_both(pairs, both)
    except Unclear:
        return _one_by_one(report)
    if not pairs:
        return Reading("ask", doubt="undone")
    pieces, doubt = pieces_of(pairs, sentence)
    if not doubt and Accounts(report, pairs).is_left():
        return Reading("ask", doubt="pairs")
    return Reading("ask" if doubt else "entries", pieces, tuple(sentence.company.ids), doubt)


def _one_by_one(report: Report) -> Reading:
    """Keep the kinds of one day where their numbers cannot be told apart: each is asked for."""
    sentence = report.sentence
    days = {day.on for day in sentence.days} or {sentence.today}
    kinds = dict.fromkeys(work.name for work in report.not_denied())
    if len(days) > 1 or OTHER_WORK in kinds or not 0 < len(kinds) <= MOST_ASKED:
        return Reading("ask", doubt="pairs")
    on = days.pop()
    pieces = tuple(Piece(kind, None, on) for kind in kinds)
    return Reading("ask", pieces, tuple(sentence.company.ids), "pairs")
