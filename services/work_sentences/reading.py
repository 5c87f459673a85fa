"""What does one sentence report: which kinds, how many, on which day, with whom, and what must be asked?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from services.rules import Kind
from services.work_sentences import clauses, dating, repeated, signs
from services.work_sentences.companions import Mate
from services.work_sentences.items import Count, Work, fits
from services.work_sentences.lexicon import OTHER_WORK, Lexicon
from services.work_sentences.marking import Sentence
from services.work_sentences.pairing import Pair, Unclear, pair
from services.work_sentences.words import split

LONGEST: Final = 120
BOT_HELP: Final = "bot_help"
_FEW_WORDS: Final = 3
_SHORT: Final = 10
_PARTS_OF_DAY: Final = frozenset({"sang", "trua", "chieu", "toi"})
_OVER: Final = frozenset({"sang", "trua", "hoi"})

Outcome = Literal["entries", "ask", "zero", "none"]
Doubt = Literal["", "kind", "number", "unit", "day", "to_come", "who", "pairs", "question", "undone"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work as far as it was said; what is None must be asked. `said` quotes a vague number."""

    kind: str | None
    count: int | None
    day: date | None
    said: str = ""
    is_other_unit: bool = False


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
        sentence = Sentence(words, text, self.lexicon, today, team, me)
        if is_report:
            sentence.signs = replace(sentence.signs, is_asking=False, is_wishing=False)
        return _Judgement(sentence).reading()


@lru_cache(maxsize=4)
def reader_for(kinds: tuple[Kind, ...]) -> Reader:
    """Make the reader of an installation's kinds, once."""
    return Reader(kinds)


class _Judgement:
    """What a sentence is taken for, once its words are marked."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.words, self.lexicon = sentence.words, sentence.lexicon
        self.signs, self.today = sentence.signs, sentence.today

    def reading(self) -> Reading:
        """Decide what the sentence is."""
        items: list[Count | Work] = clauses.without_refused(
            sorted([*self.sentence.counts, *self.sentence.works], key=lambda item: item.at),
            self.words,
            self.lexicon,
        )
        counts = self._sure([item for item in items if isinstance(item, Count)])
        works = [item for item in items if isinstance(item, Work)]
        affirmed = [count for count in counts if not count.is_negated and not self._is_planned(count)]
        has_plan = len(affirmed) < len([count for count in counts if not count.is_negated])
        if self.signs.is_nothing and not self.signs.is_asking and not any(one.value != 0 for one in affirmed):
            return self._nothing([count for count in counts if count.value != 0])
        if affirmed and all(self._is_zero(count) for count in counts) and not self.signs.is_asking:
            return self._nothing([])
        if self._is_of_others() or not self._is_report(affirmed, counts, works, has_plan=has_plan):
            return NOTHING
        doubt = self._doubt(affirmed, counts, works)
        if doubt:
            return Reading("ask", doubt=doubt)
        try:
            cut = clauses.cut(
                self.words,
                [*affirmed, *self._not_denied(works), *self.sentence.named],
                self.lexicon,
                self.sentence.taken,
                {day.start for day in self.sentence.days},
            )
            pairs = pair(cut, self.lexicon)
        except Unclear:
            return Reading("ask", doubt="pairs")
        if not pairs:
            return Reading("ask", doubt="undone")
        return self._of_pairs(pairs)

    def _sure(self, counts: Sequence[Count]) -> list[Count]:
        """Leave out "nhiều", "đông" beside what is counted or named."""
        is_known = bool(self.sentence.named) or any(
            count.value is not None and not count.is_negated for count in counts
        )
        return [
            count
            for count in counts
            if not is_known or count.value is not None or count.of not in {"", "unknown"}
        ]

    def _is_zero(self, count: Count) -> bool:
        return count.value == 0 and len(self.words[count.at].text) <= len("00")

    def _not_denied(self, works: Sequence[Work]) -> list[Work]:
        """Leave out kinds of which it is said that there was none: "bhyt thì chưa"."""
        return [work for work in works if not self._is_denied(work)]

    def _is_denied(self, work: Work) -> bool:
        start, end = self.sentence.around(work.at)
        denials = [places[0] + start for places in self.lexicon.denials(self.words[start:end])]
        has_count = any(start <= count.at < end and not count.is_negated for count in self.sentence.counts)
        has_count = has_count or any(start <= count.at < end for count in self.sentence.named)
        has_none = not has_count and any(at not in self.sentence.taken for at in denials)
        return has_none and not self.lexicon.finished.has(self.words[end:])

    def _nothing(self, counts: Sequence[Count]) -> Reading:
        if counts:
            return Reading("ask", doubt="undone")
        if self.signs.is_wishing:
            return NOTHING
        week = any(day.is_week for day in self.sentence.days)
        said = [day.on for day in self.sentence.days if not day.is_week]
        return Reading("zero", day=said[0] if said and said[0] else self.today, is_week=week)

    def _is_of_others(self) -> bool:
        """Tell whether it is news of another team: "bên thôn 3 làm được 12 người"."""
        found = self.lexicon.others.find(self.words)
        if not found:
            return False
        start, end = self.sentence.around(found[0][0][0])
        here = self.words[start:end]
        others = {at for places, _ in self.lexicon.others.find(here) for at in places}
        selves = [places for places, _ in self.lexicon.selves.find(here) if others.isdisjoint(places)]
        return not selves and not self.lexicon.reporting.has(here)

    def _is_past(self) -> bool:
        return any(day.on is None or day.on <= self.today for day in self.sentence.days)

    def _is_planned(self, count: Count) -> bool:
        """Tell whether it is beside others that were done: "5 người, còn 2 người hẹn mai"."""
        start, end = self.sentence.around(count.at)
        planned = [places[0] for places in signs.wishes(self.words, self.lexicon, self.sentence.taken)]
        here = [at for at in planned if start <= at < end]
        before = any(one.at < count.at for one in self.sentence.counts)
        after = any(count.at < one.at < end for one in self.sentence.counts)
        return bool(here) and ((start > 0 and not after) or (before and min(here) < count.at))

    def _is_report(
        self, affirmed: Sequence[Count], counts: Sequence[Count], works: Sequence[Work], *, has_plan: bool
    ) -> bool:
        """Tell whether there is enough to take it for work that was done."""
        is_part = has_plan and any(count.value is not None for count in affirmed)
        is_plan = self.signs.is_wishing and not is_part
        if is_plan:
            return False
        if not affirmed and counts:
            return bool(works) and any(count.of == "persons" for count in counts) and not self.signs.is_asking
        # "mấy" asks as often as it tells; "vài", "hơn chục" only tell.
        vague = bool(affirmed) and all(count.said.startswith(("mấy", "may")) for count in affirmed)
        if self.signs.is_asking:
            return bool(works and affirmed and self._is_past() and not vague)
        if works and affirmed:
            is_open = all(count.value is None and not count.of for count in affirmed)
            is_told = self._is_past() or self._helps_somebody() or self.signs.is_done
            return is_told or not (vague or is_open) or (self.signs.is_helping and not is_open)
        if works:
            return self._is_told_without_number() and bool(self._not_denied(works))
        return bool(affirmed) and self._counts_work(affirmed)

    def _counts_work(self, affirmed: Sequence[Count]) -> bool:
        """Tell whether numbers without any kind are work: somebody was helped, or nothing else is said."""
        is_bare = len(self.words) - len(self.sentence.taken) <= _FEW_WORDS
        if self.sentence.is_other:
            return any(count.of in {"persons", "turns", "sessions"} for count in affirmed)
        is_told = self._is_past() and self.signs.is_done and len(self.words) <= _SHORT
        if is_told and any(count.of in {"persons", "turns"} and count.value for count in affirmed):
            return True
        if any(self._is_counting(count) for count in affirmed):
            return is_bare or any(count.of in {"persons", "turns"} for count in affirmed)
        return is_bare and any(count.of == "persons" for count in affirmed)

    def _is_counting(self, count: Count) -> bool:
        """Tell whether a verb of helping stands right before a number: "giúp được 5 bà con"."""
        found = self.lexicon.counting.find(self.words[: count.at])
        return any(count.at - places[-1] <= _FEW_WORDS for places, _ in found)

    def _is_told_without_number(self) -> bool:
        """Tell whether work was done although nobody was counted: "đã nộp hồ sơ cho dân"."""
        helped = min((places[0] for places, _ in self.lexicon.helped.find(self.words)), default=0)
        is_mine = self.lexicon.selves.has(self.words[: min(helped, _FEW_WORDS)])
        is_over = self._is_past() or self.signs.is_over or is_mine
        if self.sentence.named:
            start = min(work.at for work in self.sentence.works)
            is_ours = self.lexicon.helped.has(self.words) or self.lexicon.selves.has(self.words[:start])
            return is_over or is_ours or not self.lexicon.own_people.has(self.words)
        return is_over and not self.lexicon.trouble.has(self.words)

    def _helps_somebody(self) -> bool:
        """Tell whether it says for whom: "cài vneid cho ông Ba" was done, "giúp tôi" was not."""
        for places, _ in self.lexicon.serving.find(self.words):
            at = places[-1] + 1
            if at < len(self.words) and not self.lexicon.selves.at(self.words, at):
                unit = self.lexicon.units.at(self.words, at)
                if unit is not None and unit[1][0] == "persons":
                    return True
        return False

    def _doubt(self, affirmed: Sequence[Count], counts: Sequence[Count], works: Sequence[Work]) -> Doubt:
        if not affirmed and counts:
            return "undone"
        if self.signs.is_asking and (works or affirmed):
            return "question"
        is_alone = self.lexicon.alone.has(self.words) or len({day.on for day in self.sentence.days}) > 1
        if self.sentence.company.is_doubtful or (self.sentence.company.ids and is_alone):
            return "who"
        if repeated.is_rate(self.sentence):
            return "pairs"
        return "pairs" if any(repeated.is_one_more(self.sentence, count) for count in affirmed) else ""

    def _same_work(self, pairs: Sequence[Pair], dates: Sequence[date | None]) -> list[Pair]:
        """Give a number of another day the kind before it: "hôm qua cài vneid 2 người, nay thêm 3"."""
        kinds = {one.kind for one in pairs if one.kind}
        kept: list[Pair] = []
        for place, one in enumerate(pairs):
            before = pairs[place - 1].kind if place and self._says_more(one) else None
            kind = min(kinds) if len(kinds) == 1 else before
            is_new = all(dates[place] != dates[at] for at, other in enumerate(pairs) if other.kind == kind)
            is_same = one.kind is None and kind and (is_new or self._is_part_of_day(one))
            kept.append(replace(one, kind=kind) if is_same and self._goes_on(one) else one)
        return kept

    def _says_more(self, one: Pair) -> bool:
        start, end = self.sentence.around(one.at)
        return self.lexicon.more.has(self.words[start:end])

    def _goes_on(self, one: Pair) -> bool:
        """Tell whether nothing else is said to have been done: "hôm nay thêm 3", "hôm nay 3"."""
        start, end = self.sentence.around(one.at)
        return self._says_more(one) or not self.lexicon.counting.has(self.words[start:end])

    def _is_part_of_day(self, one: Pair) -> bool:
        """Tell whether it stands in a list of the parts of a day: "sáng 3 bác, chiều 2 bác làm vneid"."""
        start, _ = self.sentence.around(one.at)
        return self.words[start].text in _PARTS_OF_DAY

    def _of_pairs(self, pairs: Sequence[Pair]) -> Reading:
        dates = dating.dates_of(pairs, self.sentence)
        found = [self._piece(one, on) for one, on in zip(self._same_work(pairs, dates), dates, strict=True)]
        doubt: Doubt = next((here for _, here in found if here), "")
        pieces = tuple(_merged([piece for piece, _ in found]))
        return Reading("ask" if doubt else "entries", pieces, tuple(self.sentence.company.ids), doubt)

    def _piece(self, one: Pair, on: date | None) -> tuple[Piece, Doubt]:
        """Write a pair as a piece of work, and name what is to be asked about it."""
        kind = one.kind if one.kind != OTHER_WORK else None
        count = one.count.value if one.count else self._once(kind, on)
        if self.lexicon.unsure.has(self.words):
            count = None
        said = one.count.said if one.count and count is None else ""
        doubt: Doubt = ""
        if kind is None:
            doubt = "kind"
        elif one.count and not fits(one.count, kind, self.lexicon):
            doubt, count = "unit", None
        elif count is None or count < 1:
            doubt, count = "number", None
        if on is None:
            doubt = doubt or "day"
        elif on > self.today:
            doubt = doubt if doubt == "unit" else "to_come"
        return Piece(kind, count, on, said, is_other_unit=doubt == "unit"), doubt

    def _once(self, kind: str | None, on: date | None) -> int | None:
        """Take a meeting of one day that is over for one, where no number is said: "tối qua họp thôn"."""
        is_session = kind is not None and self.lexicon.unit_of[kind] == "sessions"
        if not is_session or on is None or not self.sentence.days:
            return None
        starts = [self.words[day.start].text for day in self.sentence.days]
        is_over = on < self.today or self.signs.is_done or any(one in _OVER for one in starts)
        return 1 if is_over and on <= self.today else None


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Add up what is of one kind and day: "3 người trả tiền điện, 2 người trả tiền nước"."""
    kept: list[Piece] = []
    for piece in pieces:
        same = [one for one in kept if (one.kind, one.day) == (piece.kind, piece.day)]
        if same and piece.kind and piece.count and same[0].count:
            kept[kept.index(same[0])] = replace(piece, count=piece.count + same[0].count)
        else:
            kept.append(piece)
    return kept
