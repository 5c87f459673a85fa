"""Which pairs of a kind and a number tell something new, and which are sums, parts or asides?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from services.work_sentences.items import Count, Pair, Unclear
from services.work_sentences.lexicon import OTHER_WORK

PLACES: Final = frozenset({"xa", "thon", "ap", "xom", "to", "cho", "dia diem", "diem truong", "ban", "khu"})


def settled(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out sums and their parts; raises Unclear where halves are left that might belong together."""
    whole = [one for one in pairs if one.count and one.kind]
    known = {one.kind for one in whole}
    is_open = any(one.kind and one.count is None and not one.is_means for one in pairs)
    kept: list[Pair] = []
    if any(one.value for one in whole):
        pairs = [one for one in pairs if one.count is None or one.count.value != 0]
    for one in _without_parts(pairs):
        is_beside = any(each.kind and not each.is_means for each in pairs if each is not one)
        is_idle = one.kind in known or (known and one.kind == OTHER_WORK) or (one.is_means and is_beside)
        if one.count is None and not one.parts and is_idle:
            continue
        if _names_again(one, whole):
            continue
        if one.kind is None and one.count and _counts_nothing(one, one.count, whole, is_open=is_open):
            continue
        kept.append(one)
    if any(one.parts and one.count is None for one in kept):
        raise Unclear
    kept = _of_all(kept)
    numbers = [one for one in kept if one.kind is None]
    if numbers and any(one.count is None for one in kept):
        return _of_two(kept)
    return kept


def _counts_nothing(one: Pair, count: Count, whole: Sequence[Pair], *, is_open: bool) -> bool:
    """Tell whether a number beside what is whole tells nothing new: "đi 3 xóm", "mấy bác khen quá"."""
    is_place = bool(whole) and (count.unit in PLACES or _are_visited(one, count, whole))
    is_vague = bool(whole) and count.value is None and not one.is_help
    is_known = not (one.is_help or is_open) and is_background(count, whole)
    is_known = is_known or (not one.is_help and is_giver(count, whole))
    return is_place or is_vague or is_known or _says_again(count, whole)


def _are_visited(one: Pair, count: Count, whole: Sequence[Pair]) -> bool:
    """Tell whether it is only told of some of the houses: "đi 10 nhà: 6 nhà có người già"."""
    visits = [each.value for each in whole if each.kind == "home_visit" and each.at < count.at]
    return count.of == "households" and not one.is_help and any((count.value or 0) < most for most in visits)


def is_background(count: Count, whole: Sequence[Pair]) -> bool:
    """Tell whether it only says how many there are: "dãy trọ có 14 đứa, tối qua chỉ được 8 đứa"."""
    if not count.value or len(whole) != 1 or whole[0].count is None:
        return False
    helped = whole[0].count
    is_fewer = 0 < (helped.value or 0) <= count.value and count.at < helped.at
    return is_fewer and bool(count.unit) and count.unit.split()[:1] == helped.unit.split()[:1]


def is_giver(count: Count, whole: Sequence[Pair]) -> bool:
    """Tell whether they only brought what was counted: "có một o đem giấy tờ tới, tui nộp giùm 2 hồ sơ"."""
    if len(whole) != 1 or whole[0].count is None or whole[0].count.of != "turns":
        return False
    return count.of == "persons" and count.value == 1 and count.at < whole[0].at


def _of_all(pairs: list[Pair]) -> list[Pair]:
    """Give all numbers the kind that is said of all: "hôm qua 3 bà, hôm nay 2 ông, đều làm bhyt"."""
    kinds = [one for one in pairs if one.kind]
    if len(kinds) != 1 or kinds[0].count or not kinds[0].is_all or len(pairs) < 2:
        return pairs
    return [replace(one, kind=kinds[0].kind) for one in pairs if one is not kinds[0]]


def _names_again(one: Pair, whole: Sequence[Pair]) -> bool:
    """Tell whether names only say who was counted: "bhyt 2: ông Sáu, bà Bảy"; "thêm 2 chị" are others."""
    if one.count is None or not one.count.is_named or one.count.of != "persons":
        return False
    if one.kind is None:
        return any(each.value == one.value for each in whole)
    others = [each for each in whole if each.kind == one.kind and each.count and not each.count.is_named]
    return any(
        not each.is_added or each.clause <= one.clause or (each.count and each.count.is_total)
        for each in others
    )


def _of_two(pairs: Sequence[Pair]) -> list[Pair]:
    """Put two halves together where there is nothing else: "giúp 4 bác, cài vneid hết".

    Who was met is warned, whatever else is told: "gặp 5 cô, dặn coi chừng lừa đảo, chỉ 2 cô quét mã".
    """
    for one, two in pairwise(pairs):
        halves = [each for each in pairs if each.kind is None or each.count is None]
        is_warning = two.kind == "scam_prevention" and one.count is not None and bool(one.value)
        if is_warning and halves == [one, two] and two.clause > one.clause:
            joined = Pair(one.at, two.kind, one.count, two.clause)
            return [joined if each is one else each for each in pairs if each is not two]
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
    if whole.kind is None or not whole.value or whole.is_timed:
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


def _says_again(count: Count, whole: Sequence[Pair]) -> bool:
    """Tell whether a number only says again what the others add up to; households are something else."""
    if (count.is_again or count.is_total) and any(one.value == count.value for one in whole):
        return True
    total = sum(one.value for one in whole)
    if count.of == "strange" and [one.value for one in whole] == [count.value]:
        return True  # "lập 3 tài khoản momo cho 3 tiểu thương"
    return (len(whole) > 1 or count.is_total) and count.value == total and count.of != "households"
