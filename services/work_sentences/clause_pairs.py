"""Which number belongs to which kind within one clause?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from services.work_sentences.clauses import Clause
from services.work_sentences.items import ANYBODY, Count, Pair, Unclear, Work, attends, level
from services.work_sentences.lexicon import OTHER_WORK, Lexicon


def _is_session(work: Work, lexicon: Lexicon) -> bool:
    return lexicon.unit_of.get(work.name) == "sessions"


def _is_audience(count: Count, works: Sequence[Work], lexicon: Lexicon) -> bool:
    """Tell whether those counted came to a meeting, where it is all that is told: "họp thôn 50 bà con"."""
    is_only = bool(works) and all(_is_session(work, lexicon) for work in works)
    return is_only and count.of in {"persons", "households"} and works[0].at < count.at


class ClausePairs:
    """The pairs of one clause."""

    def __init__(self, clause: Clause, number: int, lexicon: Lexicon, kinds: Collection[str]) -> None:
        self.clause, self.number, self.lexicon, self.kinds = clause, number, lexicon, kinds
        has_session = any(lexicon.unit_of.get(kind) == "sessions" for kind in kinds)
        self.houses = [work for work in clause.works if work.is_house]
        self.works = _different([work for work in clause.works if not work.is_house])
        is_class = any(_is_session(work, lexicon) for work in self.works)
        self.named = [count for count in clause.counts if count.is_named]
        counts = [count for count in clause.counts if not count.is_named]
        is_house = any(count.of == "households" for count in self.named)
        counts = [count for count in counts if is_house or not count.is_detail]
        self.works = self._ours(self.works, counts)
        if is_class:
            counts = _without_audience(counts, self.works)
            counts = [count for count in counts if not _is_audience(count, self.works, lexicon)]
        if is_class or (has_session and not self.works):
            has_once = any(count.of == "sessions" for count in counts)
            counts = [count for count in counts if not attends(count, is_beside=has_once)]
        if len(self.works) > 1 or len(counts) > 1:
            counts = [count for count in counts if not count.is_negated]
        self.counts = _without_again(counts)

    @staticmethod
    def _ours(works: list[Work], counts: Sequence[Count]) -> list[Work]:
        """Leave other work out where a kind of ours takes the number: "tài khoản an sinh nhận lương hưu"."""
        ours = [work for work in works if work.name != OTHER_WORK]
        ours = ours if ours and len(counts) <= len(ours) else works
        direct = [work for work in ours if not work.is_means]
        if direct and len(counts) <= len(direct) < len(ours):
            ours = direct  # "chữ ký số trên VNeID"
        warned = next((work for work in ours if work.name == "scam_prevention"), None)
        if warned and len(counts) <= 1 < len(ours):
            # What frauds are about is no work: "lừa đảo giả danh ngân hàng".
            return [work for work in ours if work.at <= warned.at]
        return ours

    def pairs(self) -> Iterator[Pair]:
        """Pair what can be paired; raises Unclear."""
        works, counts = self.works, self.counts
        if 0 < len(works) < len(counts):
            yield from self._of_their_own()
            counts = self.counts
        for work in self.houses:
            yield self._pair(work.at, work.name, Count(work.at, 1, "households", is_named=True))
        if not works:
            for count in counts or (self.named if self.clause.is_more else []):
                yield self._pair(count.at, self._kind_by_unit(count), count)
        elif not counts:
            yield from self._uncounted()
        elif len(works) == 1:
            yield self._of_one(works[0], counts)
        elif self._warns_at_houses():
            yield from (self._pair(work.at, work.name, counts[0]) for work in works)
        else:
            yield from self._in_turn()

    def _kind_by_unit(self, count: Count) -> str | None:
        """Tell the kind a number names by its unit alone in a list: "2 VNeID, 1 BHYT, 3 nhà"."""
        kind = self.lexicon.unit_kinds.get(count.unit)
        if kind in self.kinds:
            return kind
        return self.lexicon.listed_kinds.get(count.unit) if self.clause.is_listed else None

    def _of_their_own(self) -> Iterator[Pair]:
        """Pair the numbers that name another kind, and leave the others for what is named."""
        own = [count for count in self.counts if self._names_another(count)]
        self.counts = [count for count in self.counts if count not in own]
        yield from (self._pair(count.at, self.lexicon.unit_kinds[count.unit], count) for count in own)

    def _names_another(self, count: Count) -> bool:
        """Tell whether a number says by its unit that it is of another kind: "1vneid 1bhyt 1hs"."""
        kind = self.lexicon.unit_kinds.get(count.unit)
        return kind is not None and kind not in {work.name for work in self.works}

    def _pair(self, at: int, kind: str | None, count: Count | None, parts: Sequence[Count] = ()) -> Pair:
        clause = self.clause
        return Pair(
            at,
            kind,
            count,
            self.number,
            is_bare=clause.is_bare,
            is_inside=clause.is_inside,
            is_help=clause.is_help,
            is_more=clause.is_more,
            is_added=clause.is_added,
            is_and=clause.is_and,
            is_all=clause.is_all,
            parts=tuple(parts),
        )

    def _uncounted(self) -> Iterator[Pair]:
        """Count the persons that are named; one person may be helped with several kinds."""
        if len(self.named) == len(self.works) > 1 and self._are_in_turn(self.named):
            for count, work in zip(self.named, self.works, strict=True):
                yield self._pair(min(count.at, work.at), work.name, count)
            return
        named = self.named[0] if len(self.named) == 1 else None
        is_shared = named is not None and (len(self.works) == 1 or named.value == 1)
        for work in self.works:
            suits = is_shared and named and self.lexicon.unit_of.get(work.name) != "sessions"
            pair = self._pair(work.at, work.name, named if suits else None)
            yield replace(pair, is_means=work.is_means)

    def _warns_at_houses(self) -> bool:
        """Tell whether people were warned at each house: "đi 15 hộ nhắc bà con coi chừng lừa đảo"."""
        names = {work.name for work in self.works}
        is_alone = len(self.counts) == 1 and self.counts[0].of == "households"
        return names == {"home_visit", "scam_prevention"} and is_alone

    def _of_one(self, work: Work, counts: Sequence[Count]) -> Pair:
        """Choose among several numbers of one kind the one in its own unit of count."""
        at = min(work.at, counts[0].at)
        counts = [count for count in counts if count.value is not None] or counts
        if len(counts) == 1:
            return self._pair(at, work.name, counts[0])
        levels = [level(count, work.name, self.lexicon) for count in counts]
        known = [one for one in levels if one is not None]
        odd = [count for count in counts if count.of in {"strange", "unknown"}]
        if not known or any(level(count, work.name, self.lexicon) in {None, 1} for count in odd):
            raise Unclear
        best = [count for count, one in zip(counts, levels, strict=True) if one == min(known)]
        if len(best) == 1 or _say_one_thing(best):
            return self._pair(at, work.name, best[0])
        for total, parts in ((best[0], best[1:]), (best[-1], best[:-1])):
            if len(parts) > 1 and total.value == sum(count.value or 0 for count in parts):
                return self._pair(at, work.name, total)
        is_between = any(best[0].at < one.at < best[-1].at for one in self.clause.works)
        if self._are_in_turn(best) or (_are_of_two_sorts(best) and not is_between):
            total = replace(best[0], value=sum(count.value or 0 for count in best))
            return self._pair(at, work.name, total, best)
        return self._pair(at, work.name, None, best)

    def _are_in_turn(self, counts: Sequence[Count]) -> bool:
        """Tell whether a kind is named anew for each number: "tiền điện 5 người, tiền nước 2 người"."""
        items: list[Count | Work] = sorted([*counts, *self.clause.works], key=lambda item: item.at)
        kinds = [isinstance(item, Work) for item in items]
        return len(items) == 2 * len(counts) and all(one != two for one, two in pairwise(kinds))

    def _in_turn(self) -> Iterator[Pair]:
        """Pair numbers and kinds that follow each other by turns."""
        items: list[Count | Work] = sorted([*self.counts, *self.works], key=lambda item: item.at)
        if len(items) % 2:
            raise Unclear
        for first, second in zip(items[::2], items[1::2], strict=True):
            work, count = (first, second) if isinstance(first, Work) else (second, first)
            if not isinstance(work, Work) or not isinstance(count, Count):
                raise Unclear
            yield self._pair(min(work.at, count.at), work.name, count)


def _say_one_thing(counts: Sequence[Count]) -> bool:
    """Tell whether equal numbers count one thing twice: "5 lượt 5 người", "1 lớp 1 buổi"."""
    is_apart = len({one.of for one in counts}) == len(counts)
    are_once = all(count.of == "sessions" and count.value == 1 for count in counts)
    return len({one.value for one in counts}) == 1 and (is_apart or are_once)


def _are_of_two_sorts(counts: Sequence[Count]) -> bool:
    """Tell whether each number counts people of its own: "1 bác sĩ với 2 điều dưỡng"."""
    units = {count.unit for count in counts}
    is_each = len(units) == len(counts) and all(count.of == "persons" for count in counts)
    is_apart = all(two.at > one.at + len(one.unit.split()) for one, two in pairwise(counts))  # no "6 ba ban"
    return is_each and is_apart and units.isdisjoint(ANYBODY)


def _without_audience(counts: Sequence[Count], works: Sequence[Work]) -> list[Count]:
    """Leave out those who are said right after the session: "1 buổi 50 người"."""
    items: list[Count | Work] = sorted([*counts, *works], key=lambda item: item.at)
    audience = [
        after
        for before, after in pairwise(items)
        if isinstance(before, Count)
        and isinstance(after, Count)
        and before.of == "sessions"
        and after.of in {"persons", "households"}
    ]
    return [count for count in counts if count not in audience]


def _without_again(counts: Sequence[Count]) -> list[Count]:
    """Take those who are counted twice once: "một cụ ... chỉ có một cụ đó thôi"."""
    kept: list[Count] = []
    for count in counts:
        if not (count.is_again and any(one.value == count.value for one in kept)):
            kept.append(count)
    return kept


def _different(works: Sequence[Work]) -> list[Work]:
    """Take a kind that is named twice in a clause once."""
    kept: dict[str, Work] = {}
    for work in works:
        kept.setdefault(work.name, work)
    return list(kept.values())
