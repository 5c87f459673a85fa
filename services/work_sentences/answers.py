"""Was somebody's need met, as a later clause says: "ông Tám xin mai táng phí, nộp online giùm ổng xong"?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word

_BORDERS: Final = ",;\n."
_FEW: Final = 3


def answered_at(words: Sequence[Word], lexicon: Lexicon) -> int:
    """Find where the last clause begins that says something was done for somebody; 0 where none does.

    What was wished or asked before it is no longer open.
    """
    if _has_own_people(words, lexicon):
        return 0
    starts = [at for at in range(1, len(words)) if any(sign in words[at].gap for sign in _BORDERS)]
    for start, end in reversed([*pairwise([*starts, len(words)])]):
        if lexicon.saved.has(words[start:end]):
            return start
        if _is_done_for(words[start:end], lexicon):
            is_over = _is_over(words[start:end], lexicon) or not _is_to_come(words[:start], lexicon)
            return start if is_over and not _is_open(words[start:], lexicon) else 0
    return 0


def _has_own_people(words: Sequence[Word], lexicon: Lexicon) -> bool:
    """Tell whether it is about somebody of the writer's own; the third of "ông Ba" is not."""
    found = [places for places, _ in lexicon.own_people.find(words)]
    return any(len(places) > 1 or not _is_ranked(words, places[0], lexicon) for places in found)


def _is_ranked(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    return at > 0 and not words[at].gap.strip() and lexicon.ranked.at(words, at - 1) is not None


def _is_done_for(clause: Sequence[Word], lexicon: Lexicon) -> bool:
    """Tell whether it says "tôi cài cho bà", or "nộp giùm ổng xong"."""
    is_mine = lexicon.selves.at(clause, 0) is not None or lexicon.selves.has(clause[:_FEW])
    is_over = _is_over(clause, lexicon)
    if is_mine and lexicon.helped.has(clause) and is_over:
        return True
    return (is_mine or is_over) and any(
        _is_other(clause, places[-1] + 1, lexicon) for places, _ in lexicon.serving.find(clause)
    )


def _is_over(clause: Sequence[Word], lexicon: Lexicon) -> bool:
    return lexicon.over.has(clause) or lexicon.then.has(clause)


def _is_other(clause: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Tell whether somebody else is meant: "ổng", "bà", "cả hai", but not "em", "tôi"."""
    if at >= len(clause):
        return False
    if lexicon.pronouns.at(clause, at):
        return True
    is_named = at + 1 < len(clause) and clause[at + 1].is_capital
    is_self = lexicon.selves.at(clause, at) is not None and not is_named
    is_form = lexicon.one_person.at(clause, at) or lexicon.many.at(clause, at)
    return is_form is not None and not is_self


def _is_to_come(words: Sequence[Word], lexicon: Lexicon) -> bool:
    innocent = {at for places, _ in lexicon.not_wishing.find(words) for at in places}
    return any(innocent.isdisjoint(places) for places, _ in lexicon.to_come.find(words))


def _is_open(rest: Sequence[Word], lexicon: Lexicon) -> bool:
    """Tell whether something is still wrong, wished or asked: "tôi cài cho bà rồi mà báo lỗi"."""
    warned = {at for places, _ in lexicon.no_denial.find(rest) for at in places}
    unmet = (lexicon.trouble, lexicon.wishing, lexicon.to_come, lexicon.asking)
    found = [places for phrases in unmet for places, _ in phrases.find(rest)]
    return bool(lexicon.denials(rest)) or any(warned.isdisjoint(places) for places in found)
