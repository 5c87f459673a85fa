"""Who took part beside the one who writes: members of the team that a sentence names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from services.access import given_name
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word, is_meant, known

_NUMBERS: Final = frozenset(
    {"mot", "hai", "ba", "bon", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "chuc"}
)
_NAME_LENGTH: Final = 4
# "chị Lan nhờ em báo 5 người": what she did herself.
_TELLING: Final = frozenset({"bao", "ghi", "gui", "nhan", "nhap", "viet", "luu"})


@dataclass(frozen=True, slots=True)
class Mate:
    """Somebody of the team."""

    id: int
    name: str


@dataclass(slots=True)
class Company:
    """Who took part, which words said so, and whether somebody else seems to have done it alone."""

    ids: list[int] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    is_doubtful: bool = False


def find(words: Sequence[Word], lexicon: Lexicon, team: Sequence[Mate], me: int, days: set[int]) -> Company:
    """Find the members a sentence names as taking part."""
    company = Company()
    at = 0
    while at < len(words):
        whole = lexicon.whole_team.at(words, at)
        if whole:
            company.ids += [mate.id for mate in team if mate.id != me]
            company.places.update(whole[0])
            at = whole[0][-1] + 1
            continue
        at = _chain(words, at, lexicon, team, me, company, days)
    company.ids = list(dict.fromkeys(company.ids))
    return company


def _chain(
    words: Sequence[Word],
    at: int,
    lexicon: Lexicon,
    team: Sequence[Mate],
    me: int,
    company: Company,
    days: set[int],
) -> int:
    """Read names joined by "với", "và", commas: after "cùng", or as those who did it."""
    opening = lexicon.together.at(words, at)
    start = opening[0][-1] + 1 if opening else at
    names, places, end, has_self = _names(words, start, lexicon, team)
    if not names:
        return max(at + 1, start if opening else at + 1)
    is_first = all(place in days for place in range(at))
    others = [mate for mate in names if mate.id != me]
    if opening or (has_self and len(places) > 1) or (is_first and _closes(words, end)):
        company.is_doubtful |= bool(opening) and _is_after_helped(words, at, lexicon)
        company.ids += [mate.id for mate in others]
        company.is_doubtful |= len({known(given_name(mate.name))[-1].typed for mate in names}) < len(names)
        company.places.update(places, opening[0] if opening else ())
        return end
    begins = at == 0 or is_first or _begins(words, at)
    if others and _is_of_a_list(words, at, lexicon):
        return end
    if others and begins and not _receives(words, at, lexicon) and not _has_asked(words, end, lexicon):
        company.is_doubtful = True
        company.places.update(places)
    return end


def _form_before(words: Sequence[Word], at: int, lexicon: Lexicon) -> int | None:
    """Find the form of address of a name that ends before a word."""
    for start in range(at - 2, max(-1, at - 2 - _NAME_LENGTH), -1):
        form = lexicon.one_person.at(words, start)
        if form and form[0][-1] + 1 < at and words[form[0][-1] + 1].is_capital:
            return start
    return None


def _is_after_helped(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Tell whether "với cô Lan" goes on with those who were helped, perhaps: "cho bà Tư với cô Lan"."""
    start = _form_before(words, at, lexicon)
    return start is not None and start > 0 and lexicon.serving.at(words, start - 1) is not None


def _is_of_a_list(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Tell whether a member is in a list of those helped: "giúp bà Tư, cô Lan", "3 người: bà Tư, cô Lan"."""
    while at > 0 and words[at].gap.strip() == ",":
        start = _form_before(words, at, lexicon)
        if not start or not words[at - 1].is_capital:
            return False
        if lexicon.serving.at(words, start - 1) is not None or ":" in words[start].gap:
            return True
        at = start
    return False


def _has_asked(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Tell whether it is somebody who came and asked: "o Lan hàng xóm nhờ em khai tài khoản an sinh"."""
    for place in range(at, min(len(words) - 2, at + _NAME_LENGTH)):
        if words[place].gap.strip():
            return False
        if words[place].text == "nho" and lexicon.selves.at(words, place + 1):
            return words[place + 2].text not in _TELLING
    return False


def _closes(words: Sequence[Word], at: int) -> bool:
    return at < len(words) and words[at].text == "cung"


def _begins(words: Sequence[Word], at: int) -> bool:
    return any(one in words[at].gap for one in ",;\n.")


def _receives(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    return at > 0 and lexicon.receiving.at(words, at - 1) is not None


def _names(
    words: Sequence[Word], at: int, lexicon: Lexicon, team: Sequence[Mate]
) -> tuple[list[Mate], list[int], int, bool]:
    """Read a list of names and selves; tell the members, the places, the end, whether oneself is in it."""
    mates: list[Mate] = []
    places: list[int] = []
    has_self = False
    while at < len(words):
        one = _name(words, at, lexicon, team)
        myself = lexicon.selves.at(words, at)
        if one:
            mates += one[0]
            places += range(at, one[1])
            at = one[1]
        elif (
            myself
            and not _is_form(words, at, lexicon)
            and (mates or _is_joined(words, myself[0][-1] + 1, lexicon, team))
        ):
            has_self = True
            places += myself[0]
            at = myself[0][-1] + 1
        else:
            break
        joined = _joint(words, at, lexicon)
        if joined is None:
            break
        if not (_name(words, joined, lexicon, team) or lexicon.selves.at(words, joined)):
            break
        at = joined
    return mates, places, at, has_self


def _is_form(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Tell whether "em" opens a name, and is not the writer: "anh Nam, em Hà", "bà Nam với con dâu"."""
    form = lexicon.one_person.at(words, at)
    if form and len(form[0]) > 1:
        return True
    following = words[at + 1] if at + 1 < len(words) else None
    return following is not None and following.is_capital and not following.gap.strip()


def _is_joined(words: Sequence[Word], end: int, lexicon: Lexicon, team: Sequence[Mate]) -> bool:
    joined = _joint(words, end, lexicon)
    return joined is not None and _name(words, joined, lexicon, team) is not None


def _joint(words: Sequence[Word], at: int, lexicon: Lexicon) -> int | None:
    """Find where the next name may begin: after "và", "với" or a comma."""
    if at >= len(words):
        return None
    found = lexicon.together.at(words, at)
    if found:
        return found[0][-1] + 1 if found[0][-1] + 1 < len(words) else None
    if words[at].text in {"va", "voi"}:
        return at + 1 if at + 1 < len(words) else None
    return at if words[at].gap.strip() in {",", "&", "+"} else None


def _name(
    words: Sequence[Word], at: int, lexicon: Lexicon, team: Sequence[Mate]
) -> tuple[list[Mate], int] | None:
    form = lexicon.forms.at(words, at)
    start = form[0][-1] + 1 if form else at
    if start >= len(words):
        return None
    if form and words[start].gap.strip():
        return None
    found = [mate for mate in team if _is_called(words[start], mate)]
    if not found or (start + 1 < len(words) and _is_number(words, start, lexicon)):
        return None
    return found, start + 1


_given_name = lru_cache(maxsize=1024)(given_name)


def _is_called(word: Word, mate: Mate) -> bool:
    called = known(_given_name(mate.name))
    return len(called) == 1 and is_meant(word, called[0].text, typed=called[0].typed)


def _is_number(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """Tell whether "nam" counts something: "nam nguoi" is five."""
    is_number = words[at].text in _NUMBERS and not words[at].is_capital
    following = words[at + 1].text
    return is_number and (
        following in {"muoi", "chuc", "tram"} or lexicon.units.at(words, at + 1) is not None
    )
