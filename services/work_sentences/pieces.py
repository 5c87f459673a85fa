"""What does each pair of a kind and a number become, and what of it must be asked?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from services.work_sentences import dating
from services.work_sentences.items import Pair, fits
from services.work_sentences.lexicon import OTHER_WORK
from services.work_sentences.marking import Sentence

_OVER: Final = frozenset({"sang", "trua", "hoi"})
_PARTS_OF_DAY: Final = frozenset({"sang", "trua", "chieu", "toi"})
_PLACES: Final = frozenset({"thon", "xom", "ap", "ngo", "khu", "ban", "buon", "cum", "doi", "nhom"})
_ON_TOP: Final = frozenset({"them", "nua", "tiep"})
_FEW: Final = 4

Doubt = Literal["", "kind", "number", "unit", "day", "to_come", "who", "pairs", "question", "undone"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work as far as it was said; what is None must be asked. `said` quotes a vague number."""

    kind: str | None
    count: int | None
    day: date | None
    said: str = ""
    is_other_unit: bool = False


def pieces_of(pairs: Sequence[Pair], sentence: Sentence) -> tuple[tuple[Piece, ...], Doubt]:
    """Write pairs as pieces of work, and name the first thing that is to be asked."""
    return _Pieces(sentence).of(pairs)


class _Pieces:
    """The pieces of one sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence, self.words, self.lexicon = sentence, sentence.words, sentence.lexicon
        self.today = sentence.today
        self.is_unsure = self.lexicon.unsure.has(self.words)

    def of(self, pairs: Sequence[Pair]) -> tuple[tuple[Piece, ...], Doubt]:
        """Give each pair its day, and add up what is of one kind and day."""
        dates = dating.dates_of(pairs, self.sentence)
        told = list(zip(self._same_work(pairs, dates), dates, strict=True))
        found = [self._piece(one, on) for at, (one, on) in enumerate(told) if not self._is_echo(at, told)]
        doubt: Doubt = next((here for _, here in found if here), "")
        pieces = _merged([piece for piece, _ in found])
        each = self.sentence.each_day.dates
        if not doubt and any(on > self.today for on in each):
            doubt = "to_come"
        if not each:
            return tuple(pieces), doubt
        return tuple(replace(piece, day=on) for on in each for piece in pieces), doubt

    def _is_echo(self, at: int, told: Sequence[tuple[Pair, date | None]]) -> bool:
        """Tell whether a meeting is only named again: "họp thôn tối qua, họp xong hướng dẫn 9 người"."""
        pair, on = told[at]
        if pair.count or self.lexicon.unit_of.get(pair.kind or "") != "sessions":
            return False
        same = [place for place, (one, day) in enumerate(told) if (one.kind, day) == (pair.kind, on)]
        return any(place < at or told[place][0].count for place in same if place != at)

    def _same_work(self, pairs: Sequence[Pair], dates: Sequence[date | None]) -> list[Pair]:
        """Give a number of another day the kind before it: "hôm qua cài vneid 2 người, nay thêm 3"."""
        kinds = {one.kind for one in pairs if one.kind}
        parts = [one for one in pairs if self._is_part(one)]
        kept: list[Pair] = []
        for place, one in enumerate(pairs):
            is_next = place > 0 and (self._comes_on_top(one) or self._is_next_day(one, pairs[place - 1]))
            before = pairs[place - 1].kind if is_next else None
            kind = min(kinds) if len(kinds) == 1 else before
            is_new = all(dates[place] != dates[at] for at, other in enumerate(pairs) if other.kind == kind)
            is_listed = one in parts and (len(parts) > 1 or self._says_more(one))
            is_same = one.kind is None and kind and (is_new or is_listed)
            kept.append(replace(one, kind=kind) if is_same and self._goes_on(one) else one)
        return kept

    def _says_more(self, one: Pair) -> bool:
        start, end = self.sentence.around(one.at)
        return self.lexicon.more.has(self.words[start:end])

    def _comes_on_top(self, one: Pair) -> bool:
        """Tell whether it comes on top of what was just said; "còn 2 người tư vấn thôi" does not."""
        start, end = self.sentence.around(one.at)
        return any(word.text in _ON_TOP for word in self.words[start:end])

    def _is_next_day(self, one: Pair, before: Pair) -> bool:
        """Tell whether a bare number of its own day follows a kind: "t7 bhyt 4 bác, cn 2 bác, nay ví 1"."""
        is_led = before.count is not None and self._named_at(before) < before.count.at
        start, end = self.sentence.around(one.at)
        days = [day for day in self.sentence.days if start <= day.start < end]
        is_bare = one.count is not None and one.count.is_timed and len(days) == 1
        known = (days[0].end - days[0].start if days else 0) + 1
        unit = one.count.unit.split() if one.count else []
        return is_led and is_bare and end - start <= known + len(unit)

    def _named_at(self, one: Pair) -> int:
        """Tell where the kind of a pair is named."""
        at = one.count.at if one.count else one.at
        start, end = self.sentence.around(at)
        places = [work.at for work in self.sentence.works if work.name == one.kind and start <= work.at < end]
        return min(places, default=at)

    def _goes_on(self, one: Pair) -> bool:
        """Tell whether nothing else is said to have been done: "hôm nay thêm 3", "hôm nay 3"."""
        start, end = self.sentence.around(one.at)
        return self._says_more(one) or not self.lexicon.counting.has(self.words[start:end])

    def _is_part(self, one: Pair) -> bool:
        """Tell whether it is of a list of times or places: "sáng 3 bác, chiều 2 bác làm vneid"."""
        start, _ = self.sentence.around(one.at)
        before = [word.text for word in self.words[start : one.at]]
        is_place = len(before) <= _FEW and before[-1:] != ["co"] and not _PLACES.isdisjoint(before)
        return self.words[start].text in _PARTS_OF_DAY or is_place or self._is_item(one)

    def _is_item(self, one: Pair) -> bool:
        """Tell whether it is of a list behind its kind: "quét mã: hàng cá 3 người, hàng rau 4 người"."""
        start, _ = self.sentence.around(one.at if one.kind is None or not one.count else one.count.at)
        if one.at - start > _FEW:
            return False
        while start > 0 and "," in self.words[start].gap:
            start = self.sentence.around(start - 1)[0]
        return start > 0 and ":" in self.words[start].gap

    def _piece(self, one: Pair, on: date | None) -> tuple[Piece, Doubt]:
        """Write a pair as a piece of work, and name what is to be asked about it."""
        kind = one.kind if one.kind != OTHER_WORK else None
        count = one.count.value if one.count else self._once(kind, on)
        if self.is_unsure:
            count = None
        said = one.count.said if one.count and count is None else ""
        doubt: Doubt = ""
        if kind is None:
            doubt = "kind"
        elif one.count and not fits(one.count, kind, self.lexicon):
            doubt, count = "unit", None
        elif count is None and not one.count and self._is_of_listeners(kind):
            doubt = "unit"
        elif count is None or count < 1:
            doubt, count = "number", None
        if on is None:
            doubt = doubt or "day"
        elif on > self.today:
            doubt = doubt if doubt == "unit" else "to_come"
        return Piece(kind, count, on, said, is_other_unit=doubt == "unit"), doubt

    def _is_of_listeners(self, kind: str) -> bool:
        """Tell whether those who came to a meeting are all that was counted of it: "họp thôn 40 người"."""
        came = any(count.value and count.of in {"persons", "households"} for count in self.sentence.counts)
        return came and self.lexicon.unit_of[kind] == "sessions"

    def _once(self, kind: str | None, on: date | None) -> int | None:
        """Take a meeting of one day that is over for one, where no number is said: "tối qua họp thôn"."""
        is_session = kind is not None and self.lexicon.unit_of[kind] == "sessions"
        if not is_session or on is None or not self.sentence.days:
            return None
        starts = [self.words[day.start].text for day in self.sentence.days]
        is_over = on < self.today or self.sentence.signs.is_done or any(one in _OVER for one in starts)
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
