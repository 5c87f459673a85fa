"""Which number belongs to which kind, over the clauses of a sentence, and never by a guess?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from services.work_sentences import listeners
from services.work_sentences.clause_pairs import ClausePairs
from services.work_sentences.clauses import Clause
from services.work_sentences.items import ANYBODY, Count, Pair, level
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.settling import settled

_JUST_BEFORE: Final = 2


def pair(clauses: Sequence[Clause], lexicon: Lexicon, *, is_one_day: bool) -> list[Pair]:
    """Pair numbers and kinds; raises Unclear. A sum over several days tells nothing new: its parts stay."""
    kinds = {work.name for clause in clauses for work in clause.works}
    pairs: list[Pair] = []
    for number, clause in enumerate(_without_echoes(clauses, lexicon)):
        pairs += ClausePairs(clause, number, lexicon, kinds).pairs()
    pairs = _without_twice(_named_before(_at_their_times(pairs), clauses, lexicon))
    pairs = _once_each(_better_inside(pairs, lexicon), lexicon)
    pairs = listeners.at_houses(listeners.heard(pairs, clauses, lexicon), clauses, lexicon)
    pairs = listeners.attended(_without_twice(pairs), clauses, lexicon)
    pairs = listeners.without(_without_twice(pairs), lexicon)
    pairs = _of_those(_of_sorts(pairs, clauses), lexicon)
    return settled(_summed(_joined(pairs, lexicon), is_one_day=is_one_day))


def _of_those(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
    """Give a kind those who are pointed at before it: "ca 5 nguoi no cung gia han the bao hiem y te"."""
    kept: list[Pair] = []
    for each in pairs:
        before = kept[-1] if kept else None
        is_open = each.kind is not None and each.count is None and not each.parts and not each.is_means
        those = before.count if before and before.kind is None and before.clause == each.clause - 1 else None
        is_again = is_open and those is not None and those.is_again and those.of == "persons"
        if is_again and those and level(those, each.kind or "", lexicon) is not None:
            kept[-1] = replace(each, count=those)
        else:
            kept.append(each)
    return kept


def _without_echoes(clauses: Sequence[Clause], lexicon: Lexicon) -> Iterator[Clause]:
    """Leave out a meeting named again beside other work: "họp dân, xong họp em cài cho 9"."""
    held: set[str] = set()
    for clause in clauses:
        again = {work.name for work in clause.works if work.name in held}
        is_beside = any(work.name not in again for work in clause.works)
        left_out = again if is_beside else set()
        kept = [item for item in clause.items if isinstance(item, Count) or item.name not in left_out]
        held |= {work.name for work in clause.works if lexicon.unit_of.get(work.name) == "sessions"}
        yield replace(clause, items=kept)


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
        named = (
            [only]
            if only and not _is_elsewhere(only, each, clauses)
            else [count for count in counts if count.is_named]
        )
        is_sole = (named == [only] or len(named) == 1 == len(counts)) and lexicon.unit_of.get(
            each.kind or ""
        ) != "sessions"
        is_open = each.kind is not None and each.count is None and not each.parts and not each.is_means
        found.append(replace(each, count=named[0]) if is_open and is_sole else each)
    return found


def _at_their_times(pairs: Sequence[Pair]) -> list[Pair]:
    """Give numbers that are told by their times the only kind there is: "cài VNeID: sáng 4, chiều 3"."""
    kinds = {one.kind for one in pairs if one.kind}
    timed = [one for one in pairs if one.count and one.count.is_timed]
    others = [one for one in pairs if one not in timed and (one.count or one.parts)]
    if len(kinds) != 1 or len(timed) < 2 or others or len({one.kind for one in timed}) > 2:
        return list(pairs)
    return [replace(one, kind=next(iter(kinds))) for one in timed]


def _of_sorts(pairs: Sequence[Pair], clauses: Sequence[Clause]) -> list[Pair]:
    """Give people of several sorts in a row the only kind: "làm được 2 bà, 1 ông, 1 cháu cài vneid"."""
    counts = [one.count for one in pairs if one.count]
    kinds = {one.kind for one in pairs if one.kind}
    units = {count.unit for count in counts}
    is_row = 1 < len(counts) == len(units) == len(pairs) and len(kinds) == 1
    is_row = is_row and units.isdisjoint(ANYBODY) and all(count.of == "persons" for count in counts)
    is_last = bool(pairs) and pairs[-1].kind is not None and all(one.kind is None for one in pairs[:-1])
    if not (is_row and is_last) or any(one.is_timed or not one.value for one in pairs):
        return list(pairs)
    here = [clauses[one.clause] for one in pairs]
    begins = all(
        one.count and clause.start == one.count.at for one, clause in zip(pairs[1:], here[1:], strict=True)
    )
    if not begins or not all(clause.is_ended for clause in here[:-1]):
        return list(pairs)
    total = replace(counts[0], value=sum(one.value for one in pairs))
    return [replace(pairs[0], kind=pairs[-1].kind, count=total, parts=tuple(counts))]


def _is_elsewhere(only: Count, each: Pair, clauses: Sequence[Clause]) -> bool:
    """Tell whether somebody named later was helped with something else: "... vneid. Bác Hưng làm bhyt"."""
    place = next(at for at, clause in enumerate(clauses) if only in clause.counts)
    kinds = {work.name for work in clauses[place].works}
    return place > each.clause and bool(kinds) and each.kind not in kinds


def _without_twice(pairs: Sequence[Pair]) -> list[Pair]:
    """Count whom one number tells once for a kind that is named twice."""
    kept: list[Pair] = []
    seen = set()
    for each in pairs:
        of_whom = (each.kind, each.count.at) if each.count else None
        if of_whom is None or of_whom not in seen:
            kept.append(each)
        seen.add(of_whom)
    return kept


def _better_inside(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
    """Take a number in brackets where it suits a kind better: "6 hộ cài VNeID (9 người)"."""
    kept: list[Pair] = []
    for each in pairs:
        before = kept[-1] if kept else None
        is_inside = each.is_inside and each.kind is None and each.count is not None and bool(each.value)
        is_beside = before is not None and before.kind is not None and before.clause == each.clause - 1
        if before and is_inside and is_beside and before.count and _suits_better(each, before, lexicon):
            kept[-1] = replace(before, count=each.count, parts=())
        else:
            kept.append(each)
    return kept


def _suits_better(each: Pair, before: Pair, lexicon: Lexicon) -> bool:
    if each.count is None or before.count is None or before.kind is None:
        return False
    inside, outside = (level(count, before.kind, lexicon) for count in (each.count, before.count))
    is_own = before.count.of == "households" and each.count.of == lexicon.unit_of.get(before.kind)
    return inside is not None and (outside is None or inside < outside or is_own)


def _once_each(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
    """Count persons and what was done for them once: "dắt 3 đứa lên làm giấy đất, nộp hết 3 bộ"."""
    kept: list[Pair] = []
    for each in pairs:
        before = kept[-1] if kept else None
        if before is None or not _counts_the_same(before, each):
            kept.append(each)
        elif (
            before.kind and before.count and each.count and each.count.of == lexicon.unit_of.get(before.kind)
        ):
            kept[-1] = replace(before, count=each.count)
    return kept


def _counts_the_same(before: Pair, each: Pair) -> bool:
    is_one_kind = before.kind is not None and before.kind == each.kind and each.clause == before.clause + 1
    if not is_one_kind or before.count is None or each.count is None or each.is_added or each.is_and:
        return False
    of = {before.count.of, each.count.of}
    is_house = of == {"households", "turns"} and before.count.is_named  # "cho nhà bà Hợi, một bộ"
    return (is_house or of == {"persons", "turns"}) and not each.is_timed


def _summed(pairs: Sequence[Pair], *, is_one_day: bool) -> list[Pair]:
    """Take a sum for its parts: "5 hồ sơ khai sinh, 2 hồ sơ tạm trú, vị chi là 7 hồ sơ"."""
    kept: list[Pair] = []
    for each in pairs:
        same = [one for one in kept if one.kind == each.kind]
        if each.kind is None and each.count and len({one.kind for one in kept}) == 1:
            same = kept if kept[0].kind else []
        says_again = len(same) > 1 or (len(same) == 1 and _points_back(each, same[0], is_one_day=is_one_day))
        told = sum(one.value for one in same)
        is_more = _is_with_one_more(each, told) and is_one_day and len(same) == len(kept)
        is_sum = (says_again and not each.is_timed and each.value == told) or is_more
        if is_sum and not is_one_day and each.kind is None:
            continue
        if is_sum:
            kept = [one for one in kept if one not in same]
            kept.append(replace(each, at=same[0].at, kind=same[0].kind))
        else:
            kept.append(each)
    return kept


def _points_back(each: Pair, before: Pair, *, is_one_day: bool) -> bool:
    """Tell whether one number is said again: "cho 22 phụ huynh đóng học phí, cả 22 đều thanh toán xong"."""
    if each.count is None or not is_one_day or before.count is None or before.count.is_named:
        return each.count is not None and each.count.is_sum
    is_same = each.count.is_again and not each.is_added
    return each.count.is_sum or each.count.is_total or is_same


def _is_with_one_more(each: Pair, told: int) -> bool:
    """Tell whether a sum holds one more than was counted: "2 bà ..., cho quán dì Lan nữa là 3"."""
    return each.count is not None and each.count.is_total and each.is_added and each.value == told + 1 > 1


def _joined(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
    """Join a kind without a number to a number that follows alone: "Làm an sinh cho bà rồi. 1 người"."""
    kept: list[Pair] = []
    kinds = {one.kind for one in pairs if one.kind}
    for each in pairs:
        is_total = each.kind is None and each.count is not None and each.count.is_total
        open_ones = [place for place, one in enumerate(kept) if one.kind and one.count is None]
        is_once = each.kind is None and each.count is not None and each.count.of == "sessions"
        if is_once:
            open_ones = [at for at in open_ones if lexicon.unit_of.get(kept[at].kind or "") == "sessions"]
        place = open_ones[-1] if (is_total or is_once) and open_ones else len(kept) - 1
        before = kept[place] if kept else None
        if before and _continues(before, each, lexicon) and each.count:
            kept[place] = Pair(before.at, before.kind, each.count, each.clause, each.is_bare)
        elif before and _adds(before, each, is_one_kind=len(kinds) == 1):
            kept[-1:] = [replace(one, kind=before.kind or each.kind) for one in (before, each)]
        else:
            kept.append(each)
    return kept


def _adds(before: Pair, each: Pair, *, is_one_kind: bool) -> bool:
    """Tell whether more of the same are counted: "2 cụ xóm Đông và 3 cụ xóm Tây làm VNeID"."""
    is_more = each.is_added and before.kind is not None and is_one_kind
    if each.count is None or before.count is None or not (each.is_and or is_more):
        return False
    is_half = (each.kind is None) != (before.kind is None)
    is_told_once = each.kind is not None or not each.is_help
    is_alike = bool(each.count.unit) and each.count.unit == before.count.unit
    is_alike = is_alike or each.count.of == before.count.of == "persons"
    of_houses = each.count.of == before.count.of == "households"  # "1 doanh nghiệp và 2 hộ kinh doanh"
    is_alike = is_alike or (of_houses and each.is_and and is_one_kind)
    return is_half and is_told_once and is_alike


def _adds_to(each: Pair, before: Pair) -> bool:
    """Tell whether a number is said to come on top, not only again: "cho cô Tám, 1 người thôi"."""
    return before.count is not None and each.is_more and each.value != before.value


def _continues(before: Pair, each: Pair, lexicon: Lexicon) -> bool:
    is_open = before.count is None or before.count.is_named or before.count.value is None
    if before.kind is None or each.kind is not None or not is_open or before.parts:
        return False
    if each.count is not None and (each.count.is_named or _adds_to(each, before)):
        return False
    if before.count is not None and before.count.of == "households":
        return False
    if each.count is not None and each.count.of == "sessions" != lexicon.unit_of.get(before.kind):
        return False  # "bà Thêu loay hoay hai lần mới xong"
    suits = each.count is not None and level(each.count, before.kind, lexicon) is not None
    is_total = each.count is not None and each.count.is_total
    is_again = each.count is not None and each.count.is_again
    return suits and (each.is_bare or is_total or is_again or before.count is not None)
