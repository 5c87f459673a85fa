"""Is a message a report at all, or a question, a wish, a plan, a "there was nothing"?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from services.work_sentences import answers
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word

NEAR: Final = 7
_ONLY: Final = frozenset({"khong", "ko", "k", "hong", "thoi"})
_LOGGED: Final = frozenset({"ghi", "nhap"})
_FOR: Final = frozenset({"giup", "gium", "dum", "ho"})
FEW: Final = 2
_BORDERS: Final = ",;\n."


@dataclass(frozen=True, slots=True)
class Signs:
    """What the small words of a message say about it; `is_sure` if its writer has said that it is work."""

    is_asking: bool
    is_wishing: bool
    is_done: bool
    is_over: bool
    is_helping: bool
    is_nothing: bool
    nothing: frozenset[int]
    answered_at: int
    is_sure: bool = False


def read(
    words: Sequence[Word],
    text: str,
    lexicon: Lexicon,
    taken: set[int],
    core: set[int],
    counted: Collection[int],
    *,
    has_day: bool,
) -> Signs:
    """Weigh the small words outside the places that belong to names, days, numbers and kinds.

    Where something is counted, plans and complaints weigh in its own clauses only: the `core`.
    """
    nothing = _nothing(words, lexicon, has_day=has_day)
    known = taken | nothing
    is_told = has_day or lexicon.idle.has(words)
    is_nothing = bool(nothing) and (is_told or _is_about_work(words, lexicon, known))
    if is_nothing and not core:
        core = {at for place in nothing for at in _clause(words, place)}
    answered_at = answers.answered_at(words, lexicon)
    met = set(range(answered_at))
    return Signs(
        is_asking=_is_asking(words, text, lexicon, known | met, core),
        is_wishing=_is_wishing(words, lexicon, known | met, core, counted),
        is_done=any(taken.isdisjoint(places) for places, _ in lexicon.done.find(words)),
        is_over=_is_over(words, lexicon, taken),
        is_helping=lexicon.helping.has(words),
        is_nothing=is_nothing,
        nothing=frozenset(nothing),
        answered_at=answered_at,
    )


def _is_wishing(
    words: Sequence[Word], lexicon: Lexicon, known: set[int], core: set[int], counted: Collection[int]
) -> bool:
    """Tell whether it is a plan: "mai", or "muốn" beside the work."""
    last = max(core, default=len(words))
    near = [places for places in wishes(words, lexicon, known) if not core or places[0] in core]
    ahead = [places for places, _ in lexicon.to_come.find(words) if places[0] <= last]
    near = [places for places in near if not _is_of_the_rest(places[0], counted)]
    ahead = [places for places in ahead if not _is_of_the_rest(places[0], counted)]
    return bool(near) or any(_is_meant(words, lexicon, places, known) for places in ahead)


def _is_of_the_rest(at: int, counted: Collection[int]) -> bool:
    """Tell whether only what follows is planned: "nay cài 2 người mai cài tiếp 3 người"."""
    return any(place < at for place in counted) and any(place > at for place in counted)


def _is_over(words: Sequence[Word], lexicon: Lexicon, taken: set[int]) -> bool:
    """Tell whether it is over and done: "đã", "xong", or "rồi" at the end of something."""
    if any(taken.isdisjoint(places) for places, _ in lexicon.over.find(words)):
        return True
    return any(_ends(words, lexicon, places[-1] + 1) for places, _ in lexicon.then.find(words))


def _ends(words: Sequence[Word], lexicon: Lexicon, at: int) -> bool:
    while at < len(words) and not words[at].gap.strip() and lexicon.particles.at(words, at):
        at += 1
    return at >= len(words) or any(one in words[at].gap for one in _BORDERS)


def wishes(words: Sequence[Word], lexicon: Lexicon, known: set[int]) -> list[list[int]]:
    """Find the words of wishes and plans."""
    found = [*lexicon.wishing.find(words), *lexicon.to_come.find(words)]
    return [places for places, _ in found if _is_meant(words, lexicon, places, known)]


def _is_meant(words: Sequence[Word], lexicon: Lexicon, places: Sequence[int], known: set[int]) -> bool:
    """Tell whether it is a wish by its first word: the "cài" of "đang cài VNeID" may belong to a kind."""
    innocent = {at for said, _ in lexicon.not_wishing.find(words) for at in said}
    is_free = innocent.isdisjoint(places) and places[0] not in known
    return is_free and not _of_logging(words, places[-1]) and not _is_name(words, places[0])


def _of_logging(words: Sequence[Word], at: int) -> bool:
    """Tell whether what is wanted is to write down: "muốn ghi 5 người"."""
    return at + 1 < len(words) and words[at + 1].text in {"ghi", "bao", "khai", "gui"}


def _is_name(words: Sequence[Word], at: int) -> bool:
    """Tell whether a word is a name in the midst of a sentence: "o Mai", "ông Cần"."""
    is_shouted = at + 1 < len(words) and words[at + 1].is_capital and not words[at + 1].gap.strip()
    return at > 0 and words[at].is_capital and not words[at].gap.strip() and not is_shouted


def _is_asking(words: Sequence[Word], text: str, lexicon: Lexicon, known: set[int], core: set[int]) -> bool:
    for_me = lexicon.asking_for_me.find(words)
    if "?" in text or any(not _is_for_the_log(words, places) for places, _ in for_me):
        return True
    asked = [places for places, _ in lexicon.asking.find(words) if not _is_for_the_log(words, places)]
    innocent = _harmless(words, lexicon, asked)
    asked += _troubles(words, lexicon, known, core)
    if any(innocent.isdisjoint(places) and not known.issuperset(places) for places in asked):
        return True
    known = known | innocent
    last = len(words) - 1
    is_last = (
        last not in known
        and not _is_name(words, last)
        and (not core or last in core)
        and not _is_only(words, lexicon)
    )
    return (0 not in known and _is_asking_first(words, lexicon, core)) or (
        is_last and lexicon.asking_last.at(words, last) is not None
    )


def _troubles(words: Sequence[Word], lexicon: Lexicon, known: set[int], core: set[int]) -> list[list[int]]:
    """Find words of trouble beside the work, not done after all: "báo lỗi, em cài lại cho xong"."""
    helped = max((places[0] for places, _ in lexicon.helped.find(words)), default=-1)
    is_over = _is_over(words, lexicon, known)
    return [
        places
        for places, _ in lexicon.troubled.find(words)
        if (not core or places[0] in core)
        and not (is_over and places[0] < helped)
        and not _is_name(words, places[0])
    ]


def _harmless(words: Sequence[Word], lexicon: Lexicon, asked: Sequence[list[int]]) -> set[int]:
    """Find what only sounds like a question, unless more is said before: "cho tôi hỏi cách nộp hồ sơ"."""
    found = [places for places, _ in lexicon.not_asking.find(words)]
    return {
        at
        for places in found
        for at in places
        if not any(each[0] < places[0] <= each[-1] and len(each) > len(places) for each in asked)
    }


def _is_only(words: Sequence[Word], lexicon: Lexicon) -> bool:
    """Tell whether "à" says that it was only this: "toàn cài ví điện tử không à"."""
    ends = [word.text for word in words[-2:]]
    is_only = len(ends) == 2 and ends[0] in _ONLY and ends[1] in {"a", "ha"}
    return is_only and lexicon.of_all.has(words)


def _is_asking_first(words: Sequence[Word], lexicon: Lexicon, core: set[int]) -> bool:
    """Tell whether it begins as a question does; "mấy mệ hỏi miết, mình giảng được 12 người" does not."""
    if lexicon.asking_first.at(words, 0) is None:
        return False
    unit = lexicon.units.at(words, 1) if core and words[0].text == "may" and len(words) > 1 else None
    return unit is None or unit[1][0] != "persons"


def _is_for_the_log(words: Sequence[Word], places: Sequence[int]) -> bool:
    """Tell whether nothing is asked but to write down: "ghi giúp em"; nor is anything of "giúp cháu Linh"."""
    at = places[-1] + 1
    is_named = at < len(words) and words[at].is_capital and not words[at].gap.strip()
    before = {words[places[0] - 1].text} if places[0] else set()
    clause = {words[place].text for place in _clause(words, places[0]) if place < places[0]}
    if words[places[0]].text in _FOR:
        before |= clause & _LOGGED  # "ghi 4 vneid giúp em", "báo 0 giúp em"
    if "0" in before or "khong" in before:
        before |= clause
    is_again = places[-1] > 0 and _was_named(words, places[-1])
    return (
        is_named
        or is_again
        or not before.isdisjoint({"ghi", "luu", "nhap", "nhan", "bao", "sua", "cong", "lai", "danh"})
    )


def _was_named(words: Sequence[Word], at: int) -> bool:
    """Tell whether a name was told with a form of address before: "cháu Quân ..., tôi nộp giúp cháu"."""
    return any(
        words[place].text == words[at].text
        and words[place + 1].is_capital
        and not words[place + 1].gap.strip()
        for place in range(at - 1)
    )


def _clause(words: Sequence[Word], at: int) -> range:
    """Tell the places between the borders around a word."""
    start = at
    while start > 0 and not any(one in words[start].gap for one in _BORDERS):
        start -= 1
    return range(start, _end_of_clause(words, at + 1))


def _nothing(words: Sequence[Word], lexicon: Lexicon, *, has_day: bool) -> set[int]:
    """Find the words that say there was nothing to do, or that nobody came."""
    is_broken = lexicon.broken.has(words) and not lexicon.counting.has(words)
    if is_broken or lexicon.not_resting.has(words):
        return set()
    found: set[int] = set()
    for places in lexicon.denials(words):
        for at in range(places[-1] + 1, min(len(words), places[-1] + 1 + NEAR)):
            if any(one in words[at].gap for one in _BORDERS) or lexicon.not_nothing.at(words, at):
                break
            nobody = lexicon.nobody.at(words, at)
            if nobody and not _is_called(words, nobody[0][-1]):
                found.update(range(places[0], _end_of_clause(words, nobody[0][-1] + 1)))
                break
    if has_day and ":" in words[-1].gap and lexicon.negations.at(words, len(words) - 1):
        found.add(len(words) - 1)  # "17/11: không"
    if has_day:
        found.update(at for places, _ in lexicon.idle.find(words) for at in places)
    return found | _rest(words, lexicon, has_day=has_day) if found or has_day else found


def _is_called(words: Sequence[Word], at: int) -> bool:
    """Tell whether it is somebody's form of address: "tổng hợp chưa chị Lan", typed "chua chi Lan"."""
    is_called = at + 1 < len(words) and words[at + 1].is_capital and not words[at + 1].gap.strip()
    return is_called and words[at].text == "chi"


def _rest(words: Sequence[Word], lexicon: Lexicon, *, has_day: bool) -> set[int]:
    """Find a day off; without a day it might be anything: "nghi" is also nghĩ, "ranh" a place."""
    if not has_day:
        return set()
    found = lexicon.resting.find(words)
    return {at for places, _ in found for at in places if words[at].is_marked or words[at].text != "ranh"}


def _is_about_work(words: Sequence[Word], lexicon: Lexicon, known: set[int]) -> bool:
    """Tell whether "nobody", "nothing" without any day is about the team's work, not small talk."""
    free = [at for at in range(len(words)) if at not in known and not lexicon.particles.at(words, at)]
    return len(free) <= FEW or (lexicon.counting.has(words) and len(free) <= 2 * FEW)


def _end_of_clause(words: Sequence[Word], at: int) -> int:
    while at < len(words) and not any(one in words[at].gap for one in _BORDERS):
        at += 1
    return at
