"""Which number belongs to which kind: clause by clause, then what is left over, and never by a guess."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from services.work_sentences.clauses import Clause
from services.work_sentences.items import Count, Work, level
from services.work_sentences.lexicon import OTHER_WORK, Lexicon


_JUST_BEFORE: Final = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """A kind and its number, either of which may still be missing; `parts` are numbers that make up one."""

    at: int
    kind: str | None
    count: Count | None
    clause: int = 0
    is_bare: bool = False
    is_inside: bool = False
    is_help: bool = False
    is_more: bool = False
    is_means: bool = False
    parts: tuple[Count, ...] = ()

    @property
    def value(self) -> int:
        """Tell its number, 0 where there is none."""
        return (self.count.value or 0) if self.count else 0


class Unclear(Exception):
    """It cannot be told which number belongs to what."""


def pair(clauses: Sequence[Clause], lexicon: Lexicon) -> list[Pair]:
    """Pair numbers and kinds; raises Unclear."""
    kinds = {work.name for clause in clauses for work in clause.works}
    pairs: list[Pair] = []
    for number, clause in enumerate(clauses):
        pairs += _Pairing(clause, number, lexicon, kinds).pairs()
    pairs = _without_twice(_named_before(pairs, clauses, lexicon))
    pairs = _without_listeners(_attended(pairs, clauses), lexicon)
    return _settled(_summed(_joined(pairs, lexicon)))


def _named_before(pairs: Sequence[Pair], clauses: Sequence[Clause], lexicon: Lexicon) -> list[Pair]:
    """Count who was named just before: "có bà Bảy lên nhờ, tôi nộp giúp bà hồ sơ"."""
    found = []
    everyone = [
        count
        for clause in clauses
        for count in clause.counts
        if count.value is not None or count.of not in {"", "unknown"}
    ]
    only = everyone[0] if len(everyone) == 1 and everyone[0].is_named else None
    for each in pairs:
        before = clauses[max(0, each.clause - _JUST_BEFORE) : each.clause + 1]
        counts = [count for clause in before for count in clause.counts]
        named = [only] if only else [count for count in counts if count.is_named]
        is_sole = (only or len(named) == 1 == len(counts)) and lexicon.unit_of.get(
            each.kind or ""
        ) != "sessions"
        is_open = each.kind is not None and each.count is None and not each.parts and not each.is_means
        found.append(replace(each, count=named[0]) if is_open and is_sole else each)
    return found


def _without_twice(pairs: Sequence[Pair]) -> list[Pair]:
    """Count a person once for a kind that is named twice."""
    kept: list[Pair] = []
    seen = set()
    for each in pairs:
        of_whom = (each.kind, each.count.at) if each.count and each.count.is_named else None
        if of_whom is None or of_whom not in seen:
            kept.append(each)
        seen.add(of_whom)
    return kept


def _without_listeners(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
    """Leave out who listened, said right after a meeting: "1 buổi lớp học số, 20 chị"."""
    kept: list[Pair] = []
    for each in pairs:
        before = kept[-1] if kept else None
        is_meeting = before is not None and (
            lexicon.unit_of.get(before.kind or "") == "sessions"
            or (before.count is not None and before.count.of == "sessions")
        )
        listens = each.kind is None and each.count is not None and each.count.of in {"persons", "households"}
        if not (is_meeting and before and listens and each.is_bare):
            kept.append(each)
        elif before and each.count:
            kept[-1] = _once(before, replace(each.count, value=1, of="sessions"))
    return kept


def _summed(pairs: Sequence[Pair]) -> list[Pair]:
    """Take a sum for its parts: "5 hồ sơ khai sinh, 2 hồ sơ tạm trú, vị chi là 7 hồ sơ"."""
    kept: list[Pair] = []
    for each in pairs:
        same = [one for one in kept if one.kind == each.kind]
        if each.kind is None and each.count and len({one.kind for one in kept}) == 1:
            same = kept if kept[0].kind else []
        if len(same) > 1 and each.value == sum(one.value for one in same):
            each = replace(each, at=same[0].at, kind=same[0].kind)
            kept = [one for one in kept if one.kind != each.kind]
        kept.append(each)
    return kept


def _is_session(work: Work, lexicon: Lexicon) -> bool:
    return lexicon.unit_of.get(work.name) == "sessions"


class _Pairing:
    """The pairs of one clause."""

    def __init__(self, clause: Clause, number: int, lexicon: Lexicon, kinds: Collection[str]) -> None:
        self.clause, self.number, self.lexicon, self.kinds = clause, number, lexicon, kinds
        has_session = any(lexicon.unit_of.get(kind) == "sessions" for kind in kinds)
        self.houses = [work for work in clause.works if work.is_house]
        self.works = _different([work for work in clause.works if not work.is_house])
        is_class = any(_is_session(work, lexicon) for work in self.works)
        self.named = [count for count in clause.counts if count.is_named]
        counts = [count for count in clause.counts if not count.is_detail and not count.is_named]
        self.works = self._ours(self.works, counts)
        if is_class or (has_session and not self.works):
            has_once = any(count.of == "sessions" for count in counts)
            counts = [count for count in counts if not _attends(count, is_beside=has_once)]
        if len(self.works) > 1 or len(counts) > 1:
            counts = [count for count in counts if not count.is_negated]
        self.counts = _without_again(counts)

    @staticmethod
    def _ours(works: list[Work], counts: Sequence[Count]) -> list[Work]:
        """Leave other work out where a kind of ours takes the number: "tài khoản an sinh nhận lương hưu"."""
        ours = [work for work in works if work.name != OTHER_WORK]
        ours = ours if ours and len(counts) <= len(ours) else works
        warned = next((work for work in ours if work.name == "scam_prevention"), None)
        if warned and len(counts) == 1 < len(ours):
            # What frauds are about is no work: "lừa đảo giả danh ngân hàng".
            return [work for work in ours if work.at <= warned.at]
        return ours

    def pairs(self) -> Iterator[Pair]:
        """Pair what can be paired; raises Unclear."""
        works, counts = self.works, self.counts
        for work in self.houses:
            yield self._pair(work.at, work.name, Count(work.at, 1, "households", is_named=True))
        if not works:
            for count in counts or (self.named if self.clause.is_more else []):
                kind = self.lexicon.unit_kinds.get(count.unit)
                yield self._pair(count.at, kind if kind in self.kinds else None, count)
        elif not counts:
            yield from self._uncounted()
        elif len(works) == 1:
            yield self._of_one(works[0], counts)
        elif self._warns_at_houses():
            yield from (self._pair(work.at, work.name, counts[0]) for work in works)
        else:
            yield from self._in_turn()

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
            parts=tuple(parts),
        )

    def _uncounted(self) -> Iterator[Pair]:
        """Count the persons that are named; one person may be helped with several kinds."""
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
        if len(best) == 1 or (
            len({one.of for one in best}) == len(best) and len({one.value for one in best}) == 1
        ):
            return self._pair(at, work.name, best[0])
        for total, parts in ((best[0], best[1:]), (best[-1], best[:-1])):
            if len(parts) > 1 and total.value == sum(count.value or 0 for count in parts):
                return self._pair(at, work.name, total)
        if self._are_in_turn(best):
            total = replace(best[0], value=sum(count.value or 0 for count in best))
            return self._pair(at, work.name, total, best)
        return self._pair(at, work.name, None, best)

    def _are_in_turn(self, counts: Sequence[Count]) -> bool:
        """Tell whether a kind is named anew for each number: "tiền điện 5 người, tiền nước 2 người"."""
        items = sorted([*counts, *self.clause.works], key=lambda item: item.at)
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


def _without_again(counts: Sequence[Count]) -> list[Count]:
    """Take those who are counted twice once: "một cụ ... chỉ có một cụ đó thôi"."""
    kept: list[Count] = []
    for count in counts:
        if not (count.is_again and any(one.value == count.value for one in kept)):
            kept.append(count)
    return kept


def _attends(count: Count, *, is_beside: bool = False) -> bool:
    """Tell whether it says who was there, or only that there were many; beside "1 buổi" it must."""
    if count.value is None and count.of in {"", "unknown"}:
        return True
    return (count.is_attending or is_beside) and count.of in {"persons", "households", "unknown", ""}


def _different(works: Sequence[Work]) -> list[Work]:
    """Take a kind that is named twice in a clause once."""
    kept: dict[str, Work] = {}
    for work in works:
        kept.setdefault(work.name, work)
    return list(kept.values())


def _attended(pairs: Sequence[Pair], clauses: Sequence[Clause]) -> list[Pair]:
    """Take a meeting for one where it is said who came: "mở lớp số, 25 chị tới học"."""
    who_came = [count for clause in clauses for count in clause.counts if _attends(count)]
    if not who_came:
        return list(pairs)
    one = Count(who_came[0].at, 1, "sessions", is_named=True)
    counted = {each.kind for each in pairs if each.count}
    return [each if each.kind in counted else _once(each, one) for each in pairs]


def _once(each: Pair, one: Count) -> Pair:
    is_open = each.kind in {"village_meeting", "digital_class"} and each.count is None and not each.parts
    return Pair(each.at, each.kind, one, each.clause, each.is_bare) if is_open else each


def _joined(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
    """Join a kind without a number to a number that follows alone: "Làm an sinh cho bà rồi. 1 người"."""
    kept: list[Pair] = []
    for each in pairs:
        is_total = each.kind is None and each.count is not None and each.count.is_total
        open_ones = [place for place, one in enumerate(kept) if one.kind and one.count is None]
        place = open_ones[-1] if is_total and open_ones else len(kept) - 1
        before = kept[place] if kept else None
        if before and _continues(before, each, lexicon) and each.count:
            kept[place] = Pair(before.at, before.kind, each.count, each.clause, each.is_bare)
        else:
            kept.append(each)
    return kept


def _continues(before: Pair, each: Pair, lexicon: Lexicon) -> bool:
    is_open = before.count is None or before.count.is_named or before.count.value is None
    if before.kind is None or each.kind is not None or not is_open or before.parts:
        return False
    if each.count is not None and (each.count.is_named or (before.count and each.is_more)):
        return False
    if before.count is not None and before.count.of == "households":
        return False
    suits = each.count is not None and level(each.count, before.kind, lexicon) is not None
    is_total = each.count is not None and each.count.is_total
    return suits and (each.is_bare or is_total or before.count is not None)


def _settled(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out sums and their parts; raises Unclear where halves are left that might belong together."""
    whole = [one for one in pairs if one.count and one.kind]
    known = {one.kind for one in whole}
    total = sum(one.value for one in whole)
    counted = {one.kind for one in whole if one.count and not one.count.is_named}
    kept: list[Pair] = []
    for one in _without_parts(pairs):
        is_beside = any(each.kind and not each.is_means for each in pairs if each is not one)
        is_idle = one.kind in known or (known and one.kind == OTHER_WORK) or (one.is_means and is_beside)
        if one.count is None and not one.parts and is_idle:
            continue
        is_named = one.count is not None and one.count.is_named and one.count.of == "persons"
        if is_named and (one.kind in counted or (one.kind == OTHER_WORK and len(known) > 1)):
            continue
        if one.kind is None and whole and one.count and one.count.value is None and not one.is_help:
            continue  # "mấy bác khen quá"
        if one.kind is None and one.count and _says_again(one.count, whole, total):
            continue
        kept.append(one)
    if any(one.parts and one.count is None for one in kept):
        raise Unclear
    numbers = [one for one in kept if one.kind is None]
    if numbers and any(one.count is None for one in kept):
        return _of_two(kept)
    return kept


def _of_two(pairs: Sequence[Pair]) -> list[Pair]:
    """Put two halves together where there is nothing else: "giúp 4 bác, cài vneid hết"."""
    if len(pairs) == 2 and pairs[0].kind is None and pairs[1].clause == pairs[0].clause + 1:
        return [Pair(pairs[0].at, pairs[1].kind, pairs[0].count)]
    raise Unclear


def _without_parts(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out what only takes the number before apart: "3 hồ sơ: 2 khai sinh, 1 tạm trú"."""
    kept: list[Pair] = []
    place = 0
    while place < len(pairs):
        one = pairs[place]
        kept.append(one)
        place += 1
        end = _end_of_parts(one, pairs, place)
        place = end or place
    return kept


def _end_of_parts(whole: Pair, pairs: Sequence[Pair], start: int) -> int | None:
    if whole.kind is None or not whole.value:
        return None
    inside = start
    while inside < len(pairs) and pairs[inside].is_inside and pairs[inside].kind in {None, whole.kind}:
        inside += 1
    if inside > start:
        return inside
    if whole.value < 2:
        return None
    total = 0
    for place in range(start, len(pairs)):
        part = pairs[place]
        if part.kind not in {None, whole.kind}:
            return None
        total += sum(count.value or 0 for count in part.parts) or part.value
        if total == whole.value and (place > start or part.parts):
            return place + 1
    return None


def _says_again(count: Count, whole: Sequence[Pair], total: int) -> bool:
    """Tell whether a number only says again what the others add up to; households are something else."""
    if count.is_again and any(one.value == count.value for one in whole):
        return True
    return len(whole) > 1 and count.value == total and count.of != "households"
