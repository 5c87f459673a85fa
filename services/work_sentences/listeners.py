"""Who came, listened or was at home, and for which kinds do those count?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.work_sentences.clauses import Clause
from services.work_sentences.items import Count, Pair, attends, level
from services.work_sentences.lexicon import Lexicon

_WARNING: Final = "scam_prevention"
_VISIT: Final = "home_visit"
_MOST_MEETINGS: Final = 5


def heard(pairs: Sequence[Pair], clauses: Sequence[Clause], lexicon: Lexicon) -> list[Pair]:
    """Count those who listened for warnings: "tuyên truyền lừa đảo, 80 lượt người nghe"."""
    found: list[Pair] = []
    used: set[int] = set()
    for each in pairs:
        is_open = each.kind == _WARNING and each.count is None and not each.parts
        those = _those_who_heard(clauses[each.clause + 1 :]) or _at_meeting(each, clauses, lexicon)
        total = sum(count.value or 0 for count in those) if is_open else 0
        used |= {count.at for count in those if total}
        found.append(
            replace(each, count=replace(those[0], value=total), parts=tuple(those)) if total else each
        )
    return [each for each in found if each.kind or each.count is None or each.count.at not in used]


def _those_who_heard(clauses: Sequence[Clause]) -> list[Count]:
    """Find those who listened, right after a warning."""
    found: list[Count] = []
    for clause in clauses:
        if clause.works or not clause.counts or not all(attends(count) for count in clause.counts):
            break
        found += clause.counts
    return found


def _at_meeting(each: Pair, clauses: Sequence[Clause], lexicon: Lexicon) -> list[Count]:
    """Find those who came to a meeting where people were warned: "họp dân, 62 người dự, tui có nhắc ..."."""
    held = [clause for clause in clauses[: each.clause + 1] if _is_meeting(clause, lexicon)]
    if len(held) != 1:
        return []
    came = _audience(held[0])
    for clause in clauses[clauses.index(held[0]) + 1 : each.clause + 1]:
        if came or (clause.works and clause.start != clauses[each.clause].start):
            break
        came = [count for count in clause.counts if _may_listen(count)]
    return came if len(came) == 1 else []


def _is_only_meeting(clause: Clause, lexicon: Lexicon) -> bool:
    return bool(clause.works) and all(lexicon.unit_of.get(work.name) == "sessions" for work in clause.works)


def _is_meeting(clause: Clause, lexicon: Lexicon) -> bool:
    return any(lexicon.unit_of.get(work.name) == "sessions" for work in clause.works)


def _may_listen(count: Count) -> bool:
    return bool(count.value) and count.of in {"persons", "households"} and not count.is_named


def _audience(clause: Clause) -> list[Count]:
    """Find those who are said to have come in the clause of the meeting itself: "họp xóm 60 người"."""
    start = clause.works[0].at
    return [count for count in clause.counts if count.at > start and _may_listen(count)]


def at_houses(pairs: Sequence[Pair], clauses: Sequence[Clause], lexicon: Lexicon) -> list[Pair]:
    """Count the houses for what was done at each: "đi 9 nhà, nhà nào cũng dặn chuyện lừa đảo"."""
    visits = [each for each in pairs if each.kind == _VISIT and each.value and each.count]
    if len(visits) != 1 or sum(each.count is not None for each in pairs) > 1:
        return list(pairs)
    visited = visits[0].count
    others = {each.kind for each in pairs} - {_VISIT, _WARNING}
    return [
        replace(each, count=visited)
        if each.count is None
        and each.kind
        and (each.clause > visits[0].clause or _is_of_every_house(each, visits[0], clauses))
        and (clauses[each.clause].is_each or (each.kind == _WARNING and not others))
        and visited is not None
        and level(visited, each.kind, lexicon) is not None
        else each
        for each in pairs
    ]


def _is_of_every_house(each: Pair, visit: Pair, clauses: Sequence[Clause]) -> bool:
    """Tell whether their sum follows: "đến từng nhà nhắc phòng lừa đảo, tất cả hai mươi ba nhà"."""
    is_visited = any(work.name == _VISIT for work in clauses[each.clause].works)
    return is_visited and visit.count is not None and visit.count.is_total


def attended(pairs: Sequence[Pair], clauses: Sequence[Clause], lexicon: Lexicon) -> list[Pair]:
    """Take a meeting for one where it is said who came: "mở lớp số, 25 chị tới học"."""
    who_came = [count for clause in clauses for count in clause.counts if attends(count)]
    if any(each.kind == _WARNING and each.count for each in pairs):
        who_came += [
            count for clause in clauses if _is_only_meeting(clause, lexicon) for count in _audience(clause)
        ]
    if not who_came:
        return list(pairs)
    one = Count(who_came[0].at, 1, "sessions", is_named=True)
    counted = {each.kind for each in pairs if each.count}
    return [each if each.kind in counted else _once(each, one, lexicon) for each in pairs]


def without(pairs: Sequence[Pair], lexicon: Lexicon) -> list[Pair]:
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
    are_persons = each.count is not None and each.count.of in {"persons", "households"}
    are_many = each.count is not None and not each.count.of and each.value > _MOST_MEETINGS
    are_persons = are_persons or (are_many and not each.is_timed)  # "Họp tối qua. Dân đi 40"
    return is_meeting and each.kind is None and are_persons and each.is_bare


def _once(each: Pair, one: Count, lexicon: Lexicon) -> Pair:
    is_session = lexicon.unit_of.get(each.kind or "") == "sessions"
    return replace(each, count=one) if is_session and each.count is None and not each.parts else each
