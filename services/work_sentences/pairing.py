"""Which number belongs to which kind, over the clauses of a sentence, and never by a guess?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.work_sentences.clause_pairs import ClausePairs
from services.work_sentences.clauses import Clause
from services.work_sentences.items import Count, Pair, Unclear, attends, level
from services.work_sentences.lexicon import OTHER_WORK, Lexicon

_JUST_BEFORE: Final = 2


def pair(clauses: Sequence[Clause], lexicon: Lexicon, *, is_one_day: bool) -> list[Pair]:
    """Pair numbers and kinds; raises Unclear. A sum over several days tells nothing new: its parts stay."""
    kinds = {work.name for clause in clauses for work in clause.works}
    pairs: list[Pair] = []
    for number, clause in enumerate(clauses):
        pairs += ClausePairs(clause, number, lexicon, kinds).pairs()
    pairs = _without_twice(_named_before(pairs, clauses, lexicon))
    pairs = _warned_there(pairs)
    pairs = _without_listeners(_without_twice(_attended(pairs, clauses, lexicon)), lexicon)
    return _settled(_summed(_joined(pairs, lexicon), is_one_day=is_one_day))


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


def _is_elsewhere(only: Count, each: Pair, clauses: Sequence[Clause]) -> bool:
    """Tell whether somebody named later was helped with something else: "... vneid. Bác Hưng làm bhyt"."""
    place = next(at for at, clause in enumerate(clauses) if only in clause.counts)
    kinds = {work.name for work in clauses[place].works}
    return place > each.clause and bool(kinds) and each.kind not in kinds


def _without_twice(pairs: Sequence[Pair]) -> list[Pair]:
    """Count a person, or a meeting by those who came, once for a kind that is named twice."""
    kept: list[Pair] = []
    seen = set()
    for each in pairs:
        of_whom = (each.kind, each.count.at) if each.count and each.count.is_named else None
        if of_whom is None or of_whom not in seen:
            kept.append(each)
        seen.add(of_whom)
    return kept


def _warned_there(pairs: Sequence[Pair]) -> list[Pair]:
    """Count the houses for warnings too: "đi 9 nhà, nhà nào cũng dặn chuyện lừa đảo"."""
    visits = [each for each in pairs if each.kind == "home_visit" and each.value and each.count]
    others = {each.kind for each in pairs} - {"home_visit", "scam_prevention"}
    if len(visits) != 1 or others or sum(each.count is not None for each in pairs) > 1:
        return list(pairs)
    return [
        replace(each, count=visits[0].count)
        if each.kind == "scam_prevention" and each.count is None and each.clause > visits[0].clause
        else each
        for each in pairs
    ]


def _without_listeners(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
    """Leave out who listened, said right after a meeting: "1 buổi lớp học số, 20 chị"."""
    kept: list[Pair] = []
    for each in pairs:
        before = kept[-1] if kept else None
        if before is None or each.count is None or not _listens(each, before, lexicon):
            kept.append(each)
        else:
            kept[-1] = _once(before, replace(each.count, value=1, of="sessions"), lexicon)
    return kept


def _listens(each: Pair, before: Pair, lexicon: Lexicon) -> bool:
    is_meeting = lexicon.unit_of.get(before.kind or "") == "sessions" or (
        before.count is not None and before.count.of == "sessions"
    )
    listeners = each.count is not None and each.count.of in {"persons", "households"}
    return is_meeting and each.kind is None and listeners and each.is_bare


def _summed(pairs: Sequence[Pair], *, is_one_day: bool) -> list[Pair]:
    """Take a sum for its parts: "5 hồ sơ khai sinh, 2 hồ sơ tạm trú, vị chi là 7 hồ sơ"."""
    kept: list[Pair] = []
    for each in pairs:
        same = [one for one in kept if one.kind == each.kind]
        if each.kind is None and each.count and len({one.kind for one in kept}) == 1:
            same = kept if kept[0].kind else []
        says_again = len(same) > 1 or (len(same) == 1 and each.count is not None and each.count.is_sum)
        is_sum = says_again and each.value == sum(one.value for one in same)
        if is_sum and not is_one_day and each.kind is None:
            continue
        if is_sum:
            kept = [one for one in kept if one not in same]
            kept.append(replace(each, at=same[0].at, kind=same[0].kind))
        else:
            kept.append(each)
    return kept


def _attended(pairs: Sequence[Pair], clauses: Sequence[Clause], lexicon: Lexicon) -> list[Pair]:
    """Take a meeting for one where it is said who came: "mở lớp số, 25 chị tới học"."""
    who_came = [count for clause in clauses for count in clause.counts if attends(count)]
    if not who_came:
        return list(pairs)
    one = Count(who_came[0].at, 1, "sessions", is_named=True)
    counted = {each.kind for each in pairs if each.count}
    return [each if each.kind in counted else _once(each, one, lexicon) for each in pairs]


def _once(each: Pair, one: Count, lexicon: Lexicon) -> Pair:
    is_session = lexicon.unit_of.get(each.kind or "") == "sessions"
    return replace(each, count=one) if is_session and each.count is None and not each.parts else each


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
        elif before and _adds(before, each):
            kept[-1:] = [replace(one, kind=before.kind or each.kind) for one in (before, each)]
        else:
            kept.append(each)
    return kept


def _adds(before: Pair, each: Pair) -> bool:
    """Tell whether more of the same are counted: "2 cụ xóm Đông và 3 cụ xóm Tây làm VNeID"."""
    if each.count is None or before.count is None or not each.is_and:
        return False
    is_one_kind = (each.kind is None) != (before.kind is None)
    is_told_once = each.kind is not None or not each.is_help
    is_alike = bool(each.count.unit) and each.count.unit == before.count.unit
    is_alike = is_alike or each.count.of == before.count.of == "persons"
    return is_one_kind and is_told_once and is_alike


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
    suits = each.count is not None and level(each.count, before.kind, lexicon) is not None
    is_total = each.count is not None and each.count.is_total
    is_again = each.count is not None and each.count.is_again
    return suits and (each.is_bare or is_total or is_again or before.count is not None)


def _settled(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out sums and their parts; raises Unclear where halves are left that might belong together."""
    whole = [one for one in pairs if one.count and one.kind]
    known = {one.kind for one in whole}
    total = sum(one.value for one in whole)
    kept: list[Pair] = []
    if total:
        pairs = [one for one in pairs if one.count is None or one.count.value != 0]
    for one in _without_parts(pairs):
        is_beside = any(each.kind and not each.is_means for each in pairs if each is not one)
        is_idle = one.kind in known or (known and one.kind == OTHER_WORK) or (one.is_means and is_beside)
        if one.count is None and not one.parts and is_idle:
            continue
        if _names_again(one, whole):
            continue
        if one.kind is None and whole and one.count and one.count.value is None and not one.is_help:
            continue  # "mấy bác khen quá"
        if one.kind is None and one.count and _says_again(one.count, whole, total):
            continue
        kept.append(one)
    if any(one.parts and one.count is None for one in kept):
        raise Unclear
    kept = _of_all(kept)
    numbers = [one for one in kept if one.kind is None]
    if numbers and any(one.count is None for one in kept):
        return _of_two(kept)
    return kept


def _of_all(pairs: list[Pair]) -> list[Pair]:
    """Give all numbers the kind that is said of all: "hôm qua 3 bà, hôm nay 2 ông, đều làm bhyt"."""
    kinds = [one for one in pairs if one.kind]
    if len(kinds) != 1 or kinds[0].count or not kinds[0].is_all or len(pairs) < 2:
        return pairs
    return [replace(one, kind=kinds[0].kind) for one in pairs if one is not kinds[0]]


def _names_again(one: Pair, whole: Sequence[Pair]) -> bool:
    """Tell whether names only say who was counted: "bhyt 2: ông Sáu, bà Bảy"."""
    if one.count is None or not one.count.is_named or one.count.of != "persons":
        return False
    if one.kind is None:
        return any(each.value == one.value for each in whole)
    return any(each.kind == one.kind and each.count and not each.count.is_named for each in whole)


def _of_two(pairs: Sequence[Pair]) -> list[Pair]:
    """Put two halves together where there is nothing else: "giúp 4 bác, cài vneid hết"."""
    if len(pairs) == 2 and pairs[0].kind is None and pairs[1].clause > pairs[0].clause:
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
        if part.kind not in {None, whole.kind} or part.is_more:
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
