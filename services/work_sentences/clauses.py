"""Which number belongs to which kind of work: clause by clause, and never by a guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from services.rules import CountUnit
from services.work_sentences.lexicon import NOT_A_KIND, Lexicon
from services.work_sentences.words import Word

# A clause of so few words says a number and nothing else: "được 3 người thôi".
_BARE: Final = 5

Of = Literal["persons", "turns", "households", "sessions", "strange", ""]
_FITS: Final[dict[CountUnit, tuple[tuple[Of, ...], ...]]] = {
    # What is counted best, then what will do.
    "persons": (("persons", ""),),
    "turns": (("turns", "households"), ("persons", "", "sessions")),
    "sessions": (("sessions",), ("",)),
}


@dataclass(frozen=True, slots=True)
class Count:
    """A number with what it counts; no value for a vague one, which `said` quotes."""

    at: int
    value: int | None
    of: Of
    said: str = ""
    is_negated: bool = False
    is_detail: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work where it is named."""

    at: int
    name: str


@dataclass(slots=True)
class Clause:
    """What stands between two cuts, in order."""

    start: int
    items: list[Count | Work] = field(default_factory=list)
    is_attendance: bool = False
    is_bare: bool = False

    @property
    def counts(self) -> list[Count]:
        """List its numbers."""
        return [item for item in self.items if isinstance(item, Count)]

    @property
    def works(self) -> list[Work]:
        """List its kinds."""
        return [item for item in self.items if isinstance(item, Work)]


@dataclass(frozen=True, slots=True)
class Pair:
    """A kind and its number, either of which may still be missing."""

    at: int
    kind: str | None
    count: Count | None
    is_bare: bool = False


class Unclear(Exception):
    """It cannot be told which number belongs to what."""


def cut(
    words: Sequence[Word], items: Sequence[Count | Work], lexicon: Lexicon, taken: set[int]
) -> list[Clause]:
    """Cut a sentence into clauses; a colon after a total begins its details."""
    starts = {0, *_cuts(words, lexicon, taken, items)}
    clauses: list[Clause] = []
    for at in range(len(words)):
        is_dash = " - " in words[at].gap and clauses and clauses[-1].counts and clauses[-1].works
        if (
            at in starts
            or is_dash
            or (":" in words[at].gap and clauses and clauses[-1].counts and not clauses[-1].works)
        ):
            clauses.append(Clause(at))
        clauses[-1].items += [item for item in items if item.at == at]
    clauses = _rejoined(clauses, words, lexicon)
    has_session = any(lexicon.unit_of[work.name] == "sessions" for clause in clauses for work in clause.works)
    for clause, end in zip(clauses, [one.start for one in clauses[1:]] + [len(words)], strict=True):
        clause.is_bare = end - clause.start <= _BARE
        clause.is_attendance = has_session and lexicon.attending.has(words[clause.start : end])
    return clauses


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
    for at, word in enumerate(words):
        is_mark = any(one in word.gap for one in ",;\n•+/") or ". " in word.gap
        if is_mark:
            yield at
        if at in taken:
            continue
        found = lexicon.cuts.at(words, at)
        if found and _is_cut(words, at, found[0][-1] + 1):
            yield at
        together = lexicon.together.at(words, at)
        if together and together[0][-1] + 1 in begins:
            yield at


def _is_cut(words: Sequence[Word], at: int, end: int) -> bool:
    """Tell whether a small word begins something new: "ba con", "cong dan" do not, a last "rồi" ends."""
    if end >= len(words):
        return False
    if words[at].text == "con" and not words[at].is_marked:
        return words[end].text.isdecimal() and (at == 0 or words[at - 1].text != "ba")
    if words[at].text == "cong" and not words[at].is_marked:
        return words[end].text != "dan"
    return words[at].text != "lai" or words[at].is_marked


def pair(clauses: Sequence[Clause], lexicon: Lexicon) -> list[Pair]:
    """Pair numbers and kinds; raises Unclear."""
    pairs: list[Pair] = []
    for clause in clauses:
        pairs += _pairs(clause, lexicon)
    return _settled(pairs)


def _pairs(clause: Clause, lexicon: Lexicon) -> list[Pair]:
    counts = [count for count in clause.counts if not count.is_detail]
    works = _different(clause.works)
    if len(works) > 1 or len(counts) > 1:
        counts = [count for count in counts if not count.is_negated]
    if len(works) == 1 and len(counts) > 1:
        return [Pair(works[0].at, works[0].name, _best(counts, lexicon.unit_of[works[0].name]))]
    if not works:
        return [
            Pair(count.at, None, count, clause.is_bare)
            for count in counts
            if not (clause.is_attendance and _may_attend(count))
        ]
    if not counts:
        return [Pair(work.at, work.name, None) for work in works]
    items: list[Count | Work] = sorted([*counts, *works], key=lambda item: item.at)
    if len(items) % 2:
        raise Unclear
    return [_of_two(first, second) for first, second in zip(items[::2], items[1::2], strict=True)]


def _may_attend(count: Count) -> bool:
    return count.value is None or count.of in {"persons", "households", ""}


def _different(works: Sequence[Work]) -> list[Work]:
    """Take a kind that is named twice in a clause once."""
    kept: dict[str, Work] = {}
    for work in works:
        kept.setdefault(work.name, work)
    return list(kept.values())


def _best(counts: Sequence[Count], unit: CountUnit) -> Count:
    """Choose among several numbers of one kind the one in its own unit of count; raises Unclear."""
    if any(count.of == "strange" for count in counts):
        raise Unclear
    for level in _FITS[unit]:
        fitting = [count for count in counts if count.of in level]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            break
    raise Unclear


def _of_two(first: Count | Work, second: Count | Work) -> Pair:
    work, count = (first, second) if isinstance(first, Work) else (second, first)
    if not isinstance(work, Work) or not isinstance(count, Count):
        raise Unclear
    return Pair(min(work.at, count.at), work.name, count)


def _settled(pairs: Sequence[Pair]) -> list[Pair]:
    """Put halves together where only one way is possible, and leave out sums that the rest adds up to."""
    halves = [one for one in pairs if one.count is None or one.kind is None]
    if len(pairs) == len(halves) == 2 and pairs[0].kind and pairs[1].count and pairs[1].is_bare:
        return [Pair(pairs[0].at, pairs[0].kind, pairs[1].count)]
    whole = [one for one in pairs if one.count and one.kind]
    known = {one.kind for one in whole}
    total = sum(one.count.value or 0 for one in whole if one.count)
    kept = []
    for one in pairs:
        if one.count is None and one.kind in known:
            continue
        if one.kind is None and one.count and len(whole) > 1 and _is_sum(one.count, total):
            continue
        kept.append(one)
    if any(one.kind is None for one in kept) and any(one.count is None for one in kept):
        raise Unclear
    return kept


def _is_sum(count: Count, total: int) -> bool:
    """Tell whether a number only says again what the others add up to; households are something else."""
    return count.value == total and count.of != "households"


def fits(count: Count, unit: CountUnit) -> bool:
    """Tell whether what was counted can stand for the kind's own unit."""
    return any(count.of in level for level in _FITS[unit])


def without_refused(
    items: Sequence[Count | Work], words: Sequence[Word], lexicon: Lexicon
) -> list[Count | Work]:
    """Leave out what a slip of the tongue takes back: "5 à nhầm 4", "4 chứ không phải 5"."""
    kept = list(items)
    for places, _ in lexicon.not_but.find(words):
        kept = _take_back_after(kept, words, places, lexicon)
    for places, _ in lexicon.slip.find(words):
        before = [item for item in kept if item.at < places[0]]
        after = [item for item in kept if item.at > places[-1]]
        if not before or not after:
            continue
        first = after[0]
        same = [item for item in before if type(item) is type(first)]
        if same:
            lost = same[-1]
            kept.remove(lost)
            if isinstance(first, Count) and isinstance(lost, Count):
                new = replace(first, at=lost.at, of=first.of or lost.of)
                kept[kept.index(first)] = new
                kept.sort(key=lambda item: item.at)
    return kept


def _take_back_after(
    items: list[Count | Work], words: Sequence[Word], places: Sequence[int], lexicon: Lexicon
) -> list[Count | Work]:
    """Drop what follows "không phải", where there is something else of its sort to hold."""
    after = [item for item in items if item.at > places[-1]]
    before = [item for item in items if item.at < places[0]]
    if not after:
        return items
    first = after[0]
    if lexicon.but.has(words[places[-1] + 1 :]) or any(type(item) is type(first) for item in before):
        return [item for item in items if item is not first]
    return items


def is_work(name: str) -> bool:
    """Tell whether a way of saying names a kind at all."""
    return name != NOT_A_KIND
