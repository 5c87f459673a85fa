"""Which numbers does a sentence say, in digits or words, and which of them only sound like one?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word, is_meant, known, split

ONES: Final = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SYLLABLES: Final[dict[str, list[tuple[str, int]]]] = {}
for _syllable, _value in ONES.items():
    _word = split(_syllable)[0]
    _SYLLABLES.setdefault(_word.text, []).append((_word.typed, _value))
_TEN_OR_SO: Final = split("mươi")[0].typed
_FIRST: Final = split("mốt")[0].typed
# Typed without marks these are everyday words too: nam, sau (after), bay, tam, ba (she), tu (from).
_BARE: Final = frozenset({"ba", "nam", "sau", "bay", "tam", "tu", "chin", "chuc", "tram", "bon"})
# "sáng 4 tối 3" is no range, as "4 tới 5" is.
_EVENINGS: Final = frozenset(word.typed for word in split("tối tôi"))
_BEFORE_SHARE: Final = frozenset({"duoc", "dc", "qua", "xong", "cho", "dat", "la", "co"})
_SHARED: Final = frozenset({"nguoi", "ng", "ho", "nha", "cu", "bac", "hs", "bo"})
_AFTER_TENS: Final = frozenset({"lam", "nham"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number where it stands: from `start` to before `end`; no value for "mấy", "hơn chục", "5-6"."""

    start: int
    end: int
    value: int | None
    is_bare: bool = False
    is_in_words: bool = False


def find(words: Sequence[Word], lexicon: Lexicon, skip: set[int]) -> list[Number]:
    """Find the numbers outside the places to skip, from left to right."""
    found: list[Number] = []
    at = 0
    while at < len(words):
        number = None if at in skip else _at(words, at, lexicon, skip)
        if number is None:
            at += 1
            continue
        is_share = _is_share(words, number)
        found.append(Number(number.start, number.end, None) if is_share else number)
        at = number.end
    return found


def _is_share(words: Sequence[Word], number: Number) -> bool:
    """Tell whether it is no count: "80%", "-3", "hai người rưỡi"."""
    before = words[number.start].gap
    is_below_zero = before.endswith("-") and len(before) > 1 and "\n" not in before and before[-2].isspace()
    after = words[number.end].gap if number.end < len(words) else ""
    has_half = any(
        word.text == "ruoi" and not word.gap.strip() for word in words[number.end : number.end + 2]
    )
    return is_below_zero or "%" in after or has_half


def _at(words: Sequence[Word], at: int, lexicon: Lexicon, skip: set[int]) -> Number | None:
    vague = lexicon.vague.at(words, at)
    is_name = (
        at > 0 and words[at].is_capital and not words[at].gap.strip()
    )  # "xóm Đông 5 vneid", "xóm Trên 5 người"
    if vague and not is_name and not _is_machine(words, at):
        end = vague[0][-1] + 1
        is_apart = end < len(words) and bool(words[end].gap.strip())
        more = _exact(words, end, skip) if end < len(words) and not is_apart else None
        return Number(at, max(end, more.end if more else 0), None)
    before = None if is_name else lexicon.vague_before.at(words, at)
    if before and before[0][-1] + 1 < len(words):
        number = _exact(words, before[0][-1] + 1, skip)
        return Number(at, number.end, None) if number else None
    number = _exact(words, at, skip)
    if number is None:
        return None
    if is_of_so_many(words, at):
        return replace(number, end=at + 2)
    # "thôn 5 đến 3 người": what names a place is no part of a range.
    is_named = at > 0 and not words[at].gap.strip() and lexicon.before_a_name.ends_at(words, at - 1)
    return number if is_named else _widened(words, number, skip)


def is_of_so_many(words: Sequence[Word], at: int) -> bool:
    """Tell whether it is so many of a whole, and no day: "được 7/9 người", "kết quả 8/10 hộ làm được"."""
    some, whole, unit = [*words[at : at + 3], None, None, None][:3]
    if at == 0 or some is None or whole is None or unit is None or whole.gap != "/":
        return False
    is_share = some.text.isdecimal() and whole.text.isdecimal() and int(some.text) <= int(whole.text)
    return is_share and words[at - 1].text in _BEFORE_SHARE and unit.text in _SHARED and not unit.gap.strip()


def _is_machine(words: Sequence[Word], at: int) -> bool:
    """Tell whether "may" is a telephone, and no number: "tren may 4 cu"."""
    if words[at].text != "may" or words[at].is_marked:
        return False
    before = words[at - 1].text if at else ""
    after = words[at + 1].text if at + 1 < len(words) else ""
    return before in {"tren", "trong", "qua", "bang", "vao", "vo"} or after.isdecimal()


def _widened(words: Sequence[Word], number: Number, skip: set[int]) -> Number:
    """See whether it is one of two: "5-6", "5 hay 6", "năm sáu"; "5 (năm)" is one."""
    end = number.end
    if end >= len(words) or end in skip:
        return number
    is_more = words[end].text in {"hon", "ruoi"} or _is(words[end], "mấy")  # "một máy" is one
    if is_more and not words[end].gap.strip():
        return Number(number.start, end + 1, None)
    is_to = words[end].text in {"den", "toi", "hay", "hoac"} and words[end].typed not in _EVENINGS
    start = end + 1 if is_to and end + 1 < len(words) else end
    if words[start].text == "la":
        start += 1
    other = _exact(words, start, skip) if start < len(words) else None
    if other is None:
        return number
    gap = words[end].gap.strip()
    if gap == "(" and other.value == number.value:
        return Number(number.start, other.end, number.value)
    is_pair = (start > end and gap != ",") or gap in {"", "-", "–", "~"}  # "chieu 2, toi 1" are two
    is_alike = number.is_in_words == other.is_in_words
    if is_pair and is_alike and not (other.is_bare and words[start].text == "ba"):
        return Number(number.start, other.end, None)
    return number


def exact(words: Sequence[Word], at: int) -> Number | None:
    """Read one number that begins here, in digits or words."""
    return _exact(words, at, set())


def _exact(words: Sequence[Word], at: int, skip: set[int]) -> Number | None:
    if at in skip:
        return None
    if words[at].text.isdecimal():
        return _digits(words, at)
    return _in_words(words, at)


def _digits(words: Sequence[Word], at: int) -> Number:
    value, end = int(words[at].text[:9]), at + 1
    if end < len(words) and not words[end].gap.strip():
        for name, times in (("chục", 10), ("trăm", 100)):
            if _is(words[end], name):
                value, end = value * times, end + 1
                break
    return Number(at, end, value)


def _in_words(words: Sequence[Word], at: int) -> Number | None:
    tens = _tens_at(words, at)
    hundred = _one(words, at)
    if hundred and _is_next(words, at + 1, "trăm"):
        rest, end = _after_hundred(words, at + 2)
        return Number(at, end, None if rest is None else hundred * 100 + rest, is_in_words=True)
    if _is(words[at], "trăm"):
        return Number(at, at + 1, None, is_bare=not words[at].is_marked, is_in_words=True)
    if tens:
        value, end = tens
        is_bare = end == at + 1 and words[at].text in _BARE and not words[at].is_marked
        return Number(at, end, value, is_bare=is_bare, is_in_words=True)
    one = _one(words, at)
    if one is None or words[at].text in _AFTER_TENS or words[at].text == "tu":
        return None  # four alone is bốn: "khai tu ong Hien" is tử
    return Number(
        at, at + 1, one, is_bare=words[at].text in _BARE and not words[at].is_marked, is_in_words=True
    )


def _tens_at(words: Sequence[Word], at: int) -> tuple[int | None, int] | None:
    """Read "mười hai", "hai mươi mốt", "hai chục", "chục"; alone, "mươi" is about ten."""
    if _is(words[at], "mười") or _is(words[at], "chục"):
        first, end = 1, at + 1
    elif words[at].typed == _TEN_OR_SO and not words[at].is_partial:
        return None, at + 1
    else:
        one = _one(words, at)
        if one is None or not any(_is_next(words, at + 1, name) for name in ("mươi", "chục", "mười")):
            return None
        first, end = one, at + 2
    ones = _one(words, end) if end < len(words) and not words[end].gap.strip() else None
    is_ones = ones is not None and not _counts_itself(words, end)
    return first * 10 + (ones or 0 if is_ones else 0), end + 1 if is_ones else end


def _counts_itself(words: Sequence[Word], at: int) -> bool:
    """Tell whether "ba" is of "bà con": "chục ba con" is ten."""
    return (
        words[at].text == "ba"
        and at + 1 < len(words)
        and words[at + 1].text == "con"
        and not words[at].is_marked
    )


def _after_hundred(words: Sequence[Word], at: int) -> tuple[int | None, int]:
    if at >= len(words):
        return 0, at
    if words[at].text in {"linh", "le"} and at + 1 < len(words):
        one = _one(words, at + 1)
        return (one, at + 2) if one else (None, at + 1)
    if words[at].text in {"ruoi", "may", "hon"}:
        return None, at + 1
    return _tens_at(words, at) or (0, at)


def _one(words: Sequence[Word], at: int) -> int | None:
    if at >= len(words):
        return None
    word = words[at]
    for typed, value in _SYLLABLES.get(word.text, ()):
        if is_meant(word, word.text, typed=typed):
            return None if typed == _FIRST and not word.is_marked else value
    return None


def _is(word: Word, name: str) -> bool:
    meant = known(name)[0]
    return is_meant(word, meant.text, typed=meant.typed)


def _is_next(words: Sequence[Word], at: int, name: str) -> bool:
    return at < len(words) and not words[at].gap.strip() and _is(words[at], name)
