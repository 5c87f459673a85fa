"""Where does a sentence begin something new, and what of it was taken back?"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from services.work_sentences.items import Count, Work
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word, ordered

_OH: Final = ordered("à")
_ADDED: Final = frozenset({"them", "nua"})
# A clause of so few words says a number and nothing else: "được 3 người thôi".
_BARE: Final = 5
EACH: Final = frozenset({"nao", "ai", "mo"})  # before "cũng"
_SELVES: Final = frozenset({"tui", "toi", "em", "minh", "con", "chau", "tao", "tau", "choa"})
_TELLING: Final = frozenset({"bao", "ghi", "gui", "ke", "nhan", "noi", "khai", "chua"})
_FEW: Final = 2
_DOING: Final = frozenset({"lam", "man", "cai", "mo", "nop", "khai", "lap", "ky", "tao"})
_AFTER_BUT: Final = frozenset({"hom", "bua", "nay", "sang", "chieu", "toi", "hqua", "hnay", "thu", "lai"})


@dataclass(slots=True)
class Clause:
    """What stands between two cuts, in order."""

    start: int
    items: list[Count | Work] = field(default_factory=list)
    is_bare: bool = False
    is_inside: bool = False
    is_more: bool = False
    is_added: bool = False
    is_help: bool = False
    is_and: bool = False
    is_all: bool = False
    is_each: bool = False
    is_listed: bool = False
    is_ended: bool = False

    @property
    def counts(self) -> list[Count]:
        """List its numbers."""
        return [item for item in self.items if isinstance(item, Count)]

    @property
    def works(self) -> list[Work]:
        """List its kinds."""
        return [item for item in self.items if isinstance(item, Work)]


def cut(
    words: Sequence[Word],
    items: Sequence[Count | Work],
    lexicon: Lexicon,
    taken: set[int],
    days: Collection[int] = (),
    own: Collection[int] = (),
) -> list[Clause]:
    """Cut a sentence into clauses, also where something of an own time begins."""
    names = {at for item in items for at in range(item.at + 1, item.end)}
    starts = {0, *own, *_cuts(words, lexicon, taken, items)}.difference(names)
    clauses: list[Clause] = []
    is_inside = False
    for at, word in enumerate(words):
        is_inside = word.gap.rfind("(") > word.gap.rfind(")") or (is_inside and ")" not in word.gap)
        is_day = at in days and bool(clauses and clauses[-1].counts and clauses[-1].works)
        if at in starts or is_day or _is_after_pair(word.gap, clauses):
            clauses.append(Clause(at, is_inside=is_inside))
        clauses[-1].items += [item for item in items if item.at == at]
    clauses = _rejoined(clauses, words, lexicon)
    for clause, end in zip(clauses, [one.start for one in clauses[1:]] + [len(words)], strict=True):
        here = words[clause.start : end]
        clause.is_bare = len(here) <= _BARE or not lexicon.counting.has(here)
        clause.is_and = here[0].text == "va"
        clause.is_help = lexicon.counting.has(here)
        clause.is_all = lexicon.of_all.has(here)
        clause.is_added = any(word.text in _ADDED for word in here)
        clause.is_more = lexicon.more.has(here)
        clause.is_each = is_of_each(here)
        clause.is_listed = _is_item(clause, here)
        last = clause.counts[-1:]
        clause.is_ended = any(one.at + 1 + len(one.unit.split()) >= end for one in last)
    _mark_list(clauses)
    return clauses


def _is_item(clause: Clause, words: Sequence[Word]) -> bool:
    """Tell whether it holds a number with its unit and nothing else, or who came: "1 lớp 25 người"."""
    counts = clause.counts
    if not counts or clause.works or len(counts) > 1 + (counts[0].of == "sessions"):
        return False
    start = next((at for at in reversed(range(len(words))) if ":" in words[at].gap), 0)
    return len(words) - start <= sum(1 + len(count.unit.split()) for count in counts)


def _mark_list(clauses: Sequence[Clause]) -> None:
    """Keep the mark of an item where at least two others are told with their kinds, each in a few words."""
    whole = [one for one in clauses if one.counts and (one.works or one.is_listed)]
    told = [one for one in whole if one.works or one.counts[0].of == "sessions"]
    is_list = len(whole) > _FEW and len(told) > 1
    for clause in clauses:
        clause.is_listed = clause.is_listed and is_list


def is_of_each(words: Sequence[Word]) -> bool:
    """Tell whether something is said of each of them: "nhà nào cũng", "ai cũng"."""
    texts = [word.text for word in words]
    own = [text for text in texts if text not in _SELVES]  # "ai tui cũng nói", "nhà nào em cũng dặn"
    return any(two == "cung" and one in EACH for one, two in pairwise(own))


def _is_after_pair(gap: str, clauses: Sequence[Clause]) -> bool:
    """Tell whether a dash or a bracket parts what is whole from what follows, or a colon a total."""
    if not clauses or not clauses[-1].counts:
        return False
    if clauses[-1].works:
        return any(sign in gap for sign in (" - ", "(", ")", "=", ":"))
    return ":" in gap and not all(count.is_named for count in clauses[-1].counts)


def _rejoined(clauses: Sequence[Clause], words: Sequence[Word], lexicon: Lexicon) -> list[Clause]:
    """Put together again what "với" only seemed to part: "nói chuyện với 7 bà con" is one thing."""
    kept: list[Clause] = []
    for clause in clauses:
        if (
            kept
            and not clause.works
            and lexicon.together.at(words, clause.start)
            and not words[clause.start].gap.strip()
        ):
            kept[-1].items += clause.items
        else:
            kept.append(clause)
    return kept


def _cuts(
    words: Sequence[Word], lexicon: Lexicon, taken: set[int], items: Sequence[Count | Work]
) -> Iterator[int]:
    begins = {item.at for item in items}
    counts = [item for item in items if isinstance(item, Count)]
    ends = {one.end if one.is_named else one.at + 1 + len(one.unit.split()) for one in counts}
    for at, word in enumerate(words):
        is_inner = word.gap == "/" and (_is_short_form(words, at) or word.text.isdecimal())  # "7/9 người"
        if is_mark(word.gap) and not is_inner:
            yield at
        if at in taken:
            continue
        found = lexicon.cuts.at(words, at)
        is_still = word.text == "con" and at in ends and not _begins_anew(words, at + 1, begins, lexicon)
        is_still = is_still or _goes_on(words, at)
        if found and not is_still and _is_cut(words, at, found[0][-1] + 1):
            yield at
        together = lexicon.together.at(words, at)
        if together and together[0][-1] + 1 in begins:
            yield at


def _begins_anew(words: Sequence[Word], at: int, begins: set[int], lexicon: Lexicon) -> bool:
    """Tell whether others follow "còn": "3 bác còn cô Tư thì"; "một cụ còn đăng ký an sinh" goes on."""
    if at >= len(words) or at in begins or words[at].text.isdecimal():
        return True
    return lexicon.one_person.at(words, at) is not None or words[at].text in _AFTER_BUT


def _goes_on(words: Sequence[Word], at: int) -> bool:
    """Tell whether "thêm" says what else was done for the same: "1 mệ làm thêm bhyt"."""
    if words[at].text != "them" or at == 0 or words[at].gap.strip() or at + 1 >= len(words):
        return False
    return words[at - 1].text in _DOING and not words[at + 1].text.isdecimal()


def is_mark(gap: str) -> bool:
    """Tell whether a sign parts what stands before it from what follows; ticks and faces do as well."""
    is_sign = any(one in gap for one in ",;\n•+/") or ". " in gap
    return is_sign or any(unicodedata.category(one) == "So" for one in gap)


def _is_short_form(words: Sequence[Word], at: int) -> bool:
    """Tell whether a slash is in a word: "4 đ/c"."""
    return len(words[at].text) == 1 == len(words[at - 1].text) and words[at].text.isalpha()


def _is_cut(words: Sequence[Word], at: int, end: int) -> bool:
    """Tell whether a small word begins something new: "ba con", "cong dan" do not, a last "rồi" ends."""
    if end >= len(words):
        return False
    if words[at].text == "con" and not words[at].is_marked:
        is_new = words[end].text.isdecimal() or words[end].text in _AFTER_BUT
        return is_new and (at == 0 or words[at - 1].text != "ba")
    if words[at].text == "con" and words[at + 1].text == "lai" and not words[at].gap.strip():
        return words[at + 2 : at + 3] != [] and words[at + 2].text.isdecimal()  # "2 người còn lại"
    if words[at].text == "cong" and not words[at].is_marked:
        return words[end].text != "dan"
    if words[at].text == "lai":
        return words[at].is_marked and (words[end].text.isdecimal() or bool(words[at].gap.strip()))
    return True


def without_refused(
    items: Sequence[Count | Work], words: Sequence[Word], lexicon: Lexicon
) -> list[Count | Work]:
    """Leave out what a slip of the tongue takes back: "5 à nhầm 4", "4 chứ không phải 5"."""
    kept = list(items)
    for places, _ in lexicon.not_but.find(words):
        kept = _take_back_after(kept, words, places, lexicon)
    units = {at for item in kept if isinstance(item, Count) for at in _places(item)}
    slips = [places for places, _ in lexicon.slip.find(words) if not _is_forgotten(words, places[-1])]
    slips = [places for places in slips if units.isdisjoint(places)]
    for places in [*slips, *_after_a_pause(kept, words)]:
        before = [item for item in kept if item.at < places[0]]
        after = [item for item in kept if item.at > places[-1]]
        if not before or not after:
            continue
        first = after[0]
        if isinstance(first, Count) and first.value is None:
            continue
        same = [item for item in before if type(item) is type(first)]
        if same:
            lost = same[-1]
            kept.remove(lost)
            if isinstance(first, Count) and isinstance(lost, Count):
                new = replace(first, at=lost.at, of=first.of or lost.of)
                kept[kept.index(first)] = new
                kept.sort(key=lambda item: item.at)
    return kept


def _places(count: Count) -> range:
    """List where a number and its unit stand, which are no slip: "6 gia dinh chinh sach"."""
    return range(count.at, count.at + 1 + len(count.unit.split()))


def _is_forgotten(words: Sequence[Word], at: int) -> bool:
    """Tell whether it was forgotten to be told, and no slip: "hôm qua quên báo 2 ca"."""
    following = words[at + 1].text if at + 1 < len(words) else ""
    return words[at].text == "quen" and following in {
        "bao",
        "ghi",
        "gui",
        "ke",
        "nhan",
        "noi",
        "khai",
        "chua",
    }


def _after_a_pause(items: Sequence[Count | Work], words: Sequence[Word]) -> Iterator[list[int]]:
    """Find where "à" puts the number right that was just said: "3 người, à 4 người cài VNeID"."""
    counts = [item for item in items if isinstance(item, Count)]
    for one, two in pairwise(counts):
        at = two.at - 1
        is_pause = words[at].typed == _OH and bool(words[at].gap.strip())
        if is_pause and one.of == two.of and not any(one.at < item.at < at for item in items):
            yield [at]


def _take_back_after(
    items: list[Count | Work], words: Sequence[Word], places: Sequence[int], lexicon: Lexicon
) -> list[Count | Work]:
    """Drop what follows "không phải", where there is something else of its sort to hold."""
    start = places[-1] + 1
    but = next((at for at in range(start, len(words)) if lexicon.but.at(words, at)), None)
    if but is not None:
        return _put_right(items, places[0], but)
    after = [item for item in items if item.at >= start]
    before = [item for item in items if item.at < places[0]]
    if after and any(type(item) is type(after[0]) for item in before):
        return [item for item in items if item is not after[0]]
    return items


def _put_right(items: list[Count | Work], start: int, but: int) -> list[Count | Work]:
    """Take what follows "mà" for what stands before: "3 người, không phải 3 mà là 4"."""
    said = next((item for item in items if item.at > but), None)
    if said is None:
        return items
    kept = [item for item in items if not start < item.at < but]
    same = [item for item in kept if item.at < start and type(item) is type(said)]
    refused = len(kept) < len(items)
    lost = same[-1] if same and (not refused or isinstance(said, Count)) else None
    return [item for item in kept if item is not lost]
