"""What does one sentence report: which kinds, how many, on which day, with whom, and what must be asked?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from services.rules import Kind
from services.work_sentences import clauses, companions, days, numbers, signs
from services.work_sentences.clauses import Clause, Count, Of, Pair, Unclear, Work
from services.work_sentences.companions import Company, Mate
from services.work_sentences.days import Day
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.numbers import Number
from services.work_sentences.words import Word, split

LONGEST: Final = 120
BOT_HELP: Final = "bot_help"
# Typed without marks, these forms of address are everyday words as well: "chi" is also "chỉ", "co" is "có".
_ALSO_SMALL_WORDS: Final = frozenset({"chi", "co", "o", "em", "e", "a", "c", "anh"})
_NAME_LENGTH: Final = 6
_LAST_WORDS: Final = 2
_SHE: Final = frozenset({"cu", "bac", "co", "chu", "di", "nam", "nu", "gia"})

Outcome = Literal["entries", "ask", "zero", "none"]
Doubt = Literal["", "kind", "number", "unit", "day", "to_come", "who", "pairs", "question", "undone"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work as far as it was said; what is None must be asked. `said` quotes a vague number."""

    kind: str | None
    count: int | None
    day: date | None
    said: str = ""
    is_other_unit: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood: nothing is written of it before the writer says yes."""

    outcome: Outcome
    pieces: tuple[Piece, ...] = ()
    mates: tuple[int, ...] = ()
    doubt: Doubt = ""
    day: date | None = None
    is_week: bool = False


NOTHING: Final = Reading("none")


class Reader:
    """Reads sentences with the kinds of this installation."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.lexicon = Lexicon([kind for kind in kinds if kind.name != BOT_HELP])

    def read(
        self, text: str, *, today: date, team: Sequence[Mate] = (), me: int = 0, is_report: bool = False
    ) -> Reading:
        """Read a message; `none` is for everything that is no report.

        With `is_report` its writer has said that it is none of a question.
        """
        words = split(text)
        if not words or len(words) > LONGEST or all(word.text.isdecimal() for word in words):
            return NOTHING
        sentence = _Sentence(words, text, self.lexicon, today, team, me)
        if is_report:
            sentence.signs = replace(sentence.signs, is_asking=False, is_wishing=False)
        return sentence.reading()


@lru_cache(maxsize=4)
def reader_for(kinds: tuple[Kind, ...]) -> Reader:
    """Make the reader of an installation's kinds, once."""
    return Reader(kinds)


class _Sentence:
    """One sentence while it is read: each step marks the words it has understood."""

    def __init__(
        self, words: list[Word], text: str, lexicon: Lexicon, today: date, team: Sequence[Mate], me: int
    ) -> None:
        self.words, self.text, self.lexicon, self.today = words, text, lexicon, today
        self.days = self._meant(days.find(words, today))
        in_days = {at for day in self.days for at in range(day.start, day.end)}
        self.company: Company = companions.find(words, lexicon, team, me, in_days)
        self.noise = self._noise()
        known = in_days | self.company.places | self.noise
        self.known = known
        found = numbers.find(words, lexicon, known)
        self.works, in_works, self.is_other = self._works(found, known)
        counted = [one for one in found if not in_works.intersection(range(one.start, one.end))]
        self.counts = self._counts([one for one in counted if not self._is_named(one, in_works)])
        in_counts = {at for one in found if one.value is not None for at in range(one.start, one.end)}
        self.taken = known | in_works | in_counts
        self.signs = signs.read(words, text, lexicon, self.taken)

    def _meant(self, found: list[Day]) -> list[Day]:
        """Leave out a day that is taken back: "hôm qua à quên hôm kia"."""
        slips = [places for places, _ in self.lexicon.slip.find(self.words)]
        taken_back = {
            day.start
            for day, following in zip(found, found[1:], strict=False)
            if any(day.end <= slip[0] <= day.end + 1 and slip[-1] + 1 == following.start for slip in slips)
        }
        return [day for day in found if day.start not in taken_back]

    def _noise(self) -> set[int]:
        """Find the clock times: "8h30", "chín giờ"."""
        found: set[int] = set()
        for at in range(len(self.words) - 1):
            number = numbers.find(self.words[at : at + 1], self.lexicon, set())
            if number and self.words[at + 1].text in {"h", "g", "gio"}:
                found.update((at, at + 1))
                if (
                    at + 2 < len(self.words)
                    and self.words[at + 2].text.isdecimal()
                    and not self.words[at + 2].gap
                ):
                    found.add(at + 2)
        return found

    def _is_named(self, one: Number, in_works: set[int]) -> bool:
        """Tell whether a number is a name: "tổ 3", "mức 2", "dì Bảy", "bà Nguyễn Thị Tám"."""
        word = self.words[one.start]
        before_place = one.start - 1
        if one.start == 0 or word.gap.strip() or before_place in in_works | self.company.places:
            return False
        if before_place and self.words[before_place - 1].text.isdecimal():
            return False
        if not one.is_in_words:
            return self.lexicon.before_a_name.at(self.words, one.start - 1) is not None
        if word.is_capital and not self.text.isupper():
            return True
        before = self.words[one.start - 1]
        if self.lexicon.forms.at(self.words, one.start - 1) is None:
            return False
        may_be_verb = before.text in _ALSO_SMALL_WORDS and not before.is_marked
        return not (may_be_verb and self._unit_after(one))

    def _works(self, found: Sequence[Number], known: set[int]) -> tuple[list[Work], set[int], bool]:
        in_numbers = {at for one in found for at in range(one.start, one.end)}
        may_pass = [at in in_numbers or at in known or self._is_filler(at) for at in range(len(self.words))]
        hits = [
            hit
            for hit in self.lexicon.kinds.find(self.words, may_pass=may_pass)
            if not known.intersection(hit[0])
        ]
        hits = [hit for hit in hits if len(hit[0]) > 1 or hit[0][0] not in in_numbers]
        places = {at for hit in hits for at in hit[0]}
        works = [Work(hit[0][0], hit[1]) for hit in hits if clauses.is_work(hit[1])]
        is_other = len(works) < len(hits)
        if not works:
            weak = [hit for hit in self.lexicon.weak.find(self.words) if not known.intersection(hit[0])]
            works = [] if is_other else [Work(hit[0][0], hit[1]) for hit in weak[:1]]
        elif not is_other:
            works += self._weak_alone(works, places, known)
        return sorted(works, key=lambda work: work.at), places, is_other

    def _weak_alone(self, works: Sequence[Work], places: set[int], known: set[int]) -> list[Work]:
        """Take "hồ sơ 3" for a kind where its own clause names no other."""
        cuts = [
            at for at, word in enumerate(self.words) if at == 0 or any(one in word.gap for one in ",;\n+-")
        ]
        found = []
        for hit in self.lexicon.weak.find(self.words):
            at = hit[0][0]
            start = max(one for one in cuts if one <= at)
            end = min((one for one in cuts if one > at), default=len(self.words))
            is_alone = not any(start <= work.at < end for work in works)
            if is_alone and not {*places, *known}.intersection(hit[0]):
                found.append(Work(at, hit[1]))
        return found

    def _is_filler(self, at: int) -> bool:
        if self.lexicon.fillers.at(self.words, at):
            return True
        unit = self.lexicon.units.at(self.words, at)
        if unit is not None and unit[1][0] == "persons":
            return True
        back = self.lexicon.units.at(self.words, at - 1) if at else None
        return back is not None and len(back[0]) > 1 and back[1][0] == "persons"

    def _counts(self, found: Sequence[Number]) -> list[Count]:
        counts = []
        of_these = [places[0] for places, _ in self.lexicon.of_these.find(self.words)]
        for one in found:
            of = self._unit_after(one)
            if of == "never" or (one.is_bare and not self._is_sure(one, of)):
                continue
            if one.is_in_words and of in {"", "strange"} and not self._stands_free(one):
                continue
            if self._is_of_the_team(one):
                continue
            end = one.end + (len(self._unit_words(one)) if of else 0)
            said = self._quoted(one, end)
            counts.append(
                Count(
                    one.start,
                    one.value,
                    of,  # type: ignore[arg-type]
                    said,
                    is_negated=self._is_negated(one, end),
                    is_detail=any(at < one.start for at in of_these)
                    and not any(work.at > max(of_these) for work in self.works),
                )
            )
        return counts

    def _quoted(self, one: Number, end: int) -> str:
        """Quote a number as it was meant, with its marks where the lexicon knows them: "mấy người"."""
        vague = self.lexicon.vague.at(self.words, one.start)
        unit = self.lexicon.units.at(self.words, one.end) if one.end < end else None
        if vague and vague[0][-1] + 1 == one.end:
            return f"{vague[1]} {unit[1][1]}" if unit else vague[1]
        return " ".join(word.as_typed for word in self.words[one.start : end])

    def _unit_words(self, one: Number) -> list[int]:
        at = one.end
        unit = self.lexicon.units.at(self.words, at) if at < len(self.words) else None
        return unit[0] if unit else []

    def _unit_after(self, one: Number) -> str:
        at = one.end
        if at >= len(self.words) or self.words[at].gap.strip(" )"):
            return ""
        unit = self.lexicon.units.at(self.words, at)
        if unit is None:
            return "" if self._is_known(at) else "strange"
        return "" if self._is_particle(one) else unit[1][0]

    def _is_known(self, at: int) -> bool:
        """Tell whether what follows a number is not what it counts: the kind itself, a day, a small word."""
        words = self.lexicon
        small = (
            words.fillers,
            words.cuts,
            words.particles,
            words.slip,
            words.not_but,
            words.negations,
            words.wishing,
        )
        is_small = any(phrases.at(self.words, at) for phrases in small)
        return is_small or at in self.known or any(work.at == at for work in self.works)

    def _is_particle(self, one: Number) -> bool:
        """Tell whether "nha" ends the sentence like "nhé": "vneid 3 nha chi"; "cho 3 nha" is houses."""
        word = self.words[one.end]
        is_last = len(self.words) - one.end <= _LAST_WORDS
        is_after_kind = any(work.at < one.start for work in self.works)
        for_whom = one.start > 0 and self.lexicon.serving.at(self.words, one.start - 1) is not None
        return word.text == "nha" and not word.is_marked and is_last and is_after_kind and not for_whom

    def _is_of_the_team(self, one: Number) -> bool:
        """Tell whether it counts those who helped: "hai chị em tôi", "tổ có 5 người"."""
        end = one.end + len(self._unit_words(one))
        after = end < len(self.words) and end not in self.known and self.lexicon.selves.at(self.words, end)
        before = [word.text for word in self.words[max(0, one.start - 2) : one.start]]
        is_ours = bool(self._unit_words(one) and after) and not self.words[end].gap.strip()
        return is_ours or before[-1:] == ["to"] or before in (["to", "co"], ["to", "gom"])

    def _is_sure(self, one: Number, of: str) -> bool:
        """Tell whether a word without marks is a number here: "nam nguoi" is, "ba cu" may be one old lady."""
        if not of:
            return any(work.at == one.end for work in self.works) and self.words[one.start].text in {"chuc"}
        return self.words[one.end].text not in _SHE

    def _stands_free(self, one: Number) -> bool:
        """Tell whether a number in words without a unit is one: "vneid năm, bhyt ba"; "một mình" is not."""
        if one.value is None:
            return True
        at_end = one.end >= len(self.words) or bool(self.words[one.end].gap.strip())
        before_work = any(work.at == one.end for work in self.works)
        return before_work or (at_end and one.start > 0)

    def _is_negated(self, one: Number, end: int) -> bool:
        """Tell whether it is said of these that it was not done."""
        for at in range(end, min(len(self.words), end + 5)):
            word = self.words[at]
            if any(sign in word.gap for sign in ",;\n.") or (word.text.isdecimal() and at > end):
                return False
            if self.lexicon.negations.at(self.words, at) and not self.lexicon.not_but.at(self.words, at):
                is_last = at == len(self.words) - 1
                before_comma = not is_last and bool(self.words[at + 1].gap.strip(" "))
                return not (is_last and word.text in {"k", "ko"}) and not (before_comma and word.text == "k")
        return False

    def reading(self) -> Reading:
        """Decide what the sentence is."""
        items: list[Count | Work] = clauses.without_refused(
            sorted([*self.counts, *self.works], key=lambda item: item.at), self.words, self.lexicon
        )
        counts = [item for item in items if isinstance(item, Count)]
        works = [item for item in items if isinstance(item, Work)]
        affirmed = [count for count in counts if not count.is_negated and not self._is_planned(count)]
        if any(count.value is not None for count in affirmed):
            affirmed = [count for count in affirmed if count.value is not None or count.of]
        has_plan = len(affirmed) < len([count for count in counts if not count.is_negated])
        if not affirmed and self.signs.is_nothing and not self.signs.is_asking:
            return self._nothing(counts)
        if not self._is_report(affirmed, counts, works, has_plan=has_plan):
            return NOTHING
        doubt = self._doubt(affirmed, works)
        if doubt:
            return Reading("ask", doubt=doubt)
        try:
            cut = clauses.cut(self.words, [*affirmed, *self._not_denied(works)], self.lexicon, self.taken)
            pairs = clauses.pair(cut, self.lexicon)
        except Unclear:
            return Reading("ask", doubt="pairs")
        if not pairs:
            return Reading("ask", doubt="undone")
        return self._of_pairs(pairs)

    def _not_denied(self, works: Sequence[Work]) -> list[Work]:
        """Leave out kinds of which it is said that there was none: "bhyt thì chưa", "không có ai làm bhyt"."""
        return [work for work in works if not self._is_denied(work)]

    def _is_denied(self, work: Work) -> bool:
        start, end = self._border_before(work.at), self._border_after(work.at)
        here = self.words[start:end]
        has_count = any(start <= count.at < end and not count.is_negated for count in self.counts)
        return not has_count and self.lexicon.negations.has(here)

    def _is_border(self, at: int) -> bool:
        return any(sign in self.words[at].gap for sign in ",;\n.")

    def _nothing(self, counts: Sequence[Count]) -> Reading:
        if counts:
            return Reading("ask", doubt="undone")
        if self.signs.is_wishing:
            return NOTHING
        week = any(day.is_week for day in self.days)
        said = [day.on for day in self.days if not day.is_week]
        return Reading("zero", day=said[0] if said and said[0] else self.today, is_week=week)

    def _is_past(self) -> bool:
        return any(day.on is None or day.on <= self.today for day in self.days)

    def _is_planned(self, count: Count) -> bool:
        """Tell whether it is beside others that were done: "5 người, còn 2 người hẹn mai"."""
        start = self._border_before(count.at)
        if start == 0:
            return False
        end = self._border_after(count.at)
        return self.lexicon.wishing.has(self.words[start:end])

    def _border_before(self, at: int) -> int:
        while at > 0 and not self._is_border(at):
            at -= 1
        return at

    def _border_after(self, at: int) -> int:
        at += 1
        while at < len(self.words) and not self._is_border(at):
            at += 1
        return at

    def _is_report(
        self, affirmed: Sequence[Count], counts: Sequence[Count], works: Sequence[Work], *, has_plan: bool
    ) -> bool:
        """Tell whether there is enough to take it for work that was done."""
        is_plan = self.signs.is_wishing and not (has_plan and affirmed)
        if is_plan and not any(day.on and day.on > self.today for day in self.days):
            return False
        if not affirmed and counts:
            return bool(works) and any(count.of == "persons" for count in counts) and not self.signs.is_asking
        # "mấy" asks as often as it tells; "vài", "hơn chục" only tell.
        vague = bool(affirmed) and all(count.said.startswith(("mấy", "may")) for count in affirmed)
        if self.signs.is_asking:
            return bool(works and affirmed and self._is_past() and not vague)
        if works and affirmed:
            return not vague or self._is_past() or self.signs.is_helping
        if works:
            is_told = self._is_past() or self._helps_somebody() or self.signs.is_done
            return is_told and bool(self._not_denied(works))
        return bool(affirmed) and self._counts_work(affirmed)

    def _counts_work(self, affirmed: Sequence[Count]) -> bool:
        """Tell whether numbers without any kind are work: somebody was helped, or nothing else is said."""
        is_bare = len(self.words) - len(self.taken) <= 3
        is_counted = any(count.of in {"persons", "turns", "sessions"} for count in affirmed)
        if is_bare and self.signs.is_helping:
            return True
        return is_counted and (is_bare or self.is_other or self.signs.is_helping or self._is_past())

    def _helps_somebody(self) -> bool:
        """Tell whether it says for whom: "cài vneid cho ông Ba" was done, "giúp tôi" was not."""
        for places, _ in self.lexicon.serving.find(self.words):
            at = places[-1] + 1
            if at < len(self.words) and not self.lexicon.selves.at(self.words, at):
                unit = self.lexicon.units.at(self.words, at)
                if unit is not None and unit[1][0] == "persons":
                    return True
        return False

    def _doubt(self, affirmed: Sequence[Count], works: Sequence[Work]) -> Doubt:
        if not affirmed and self.counts:
            return "undone"
        if self.signs.is_asking and (works or affirmed):
            return "question"
        is_alone = self.lexicon.alone.has(self.words) or len({day.on for day in self.days}) > 1
        if self.company.is_doubtful or (self.company.ids and is_alone):
            return "who"
        if self._is_rate():
            return "pairs"
        return "pairs" if any(self._is_one_more(count) for count in affirmed) else ""

    def _is_rate(self) -> bool:
        """Tell whether a number is meant several times over: "mỗi buổi 20 người", "3 người x 2 ngày"."""
        for places, _ in self.lexicon.each.find(self.words):
            is_times = self.words[places[0]].text in {"x", "nhan"}
            if not is_times or any(count.at < places[0] for count in self.counts):
                return True
        return False

    def _is_one_more(self, count: Count) -> bool:
        """Tell whether somebody is named beside the number: "cho chị Lan và 3 bà con"."""
        if count.at < 3 or self.words[count.at - 1].text not in {"va", "voi", "cung"}:
            return False
        for places, _ in self.lexicon.serving.find(self.words[: count.at - 1]):
            at = places[-1] + 1
            is_close = count.at - at <= _NAME_LENGTH
            form = self.lexicon.forms.at(self.words, at) if at < count.at - 1 else None
            between = any(at <= other.at < count.at for other in self.counts)
            if is_close and form and not between:
                return True
        return False

    def _of_pairs(self, pairs: Sequence[Pair]) -> Reading:
        pieces = []
        doubt: Doubt = ""
        if self.is_other and all(one.kind is None for one in pairs):
            doubt = "kind"
        for one, day in zip(pairs, self._days_of(pairs), strict=True):
            on = day.on if day else self.today
            count = one.count.value if one.count else None
            said = one.count.said if one.count and one.count.value is None else ""
            here: Doubt = ""
            if one.kind is None:
                here = "kind"
            elif one.count and not clauses.fits(one.count, self.lexicon.unit_of[one.kind]):
                here, count = "unit", None
            elif count is None:
                here = "number"
            elif count < 1:
                here = "number"
                count = None
            if on is None:
                here = here or "day"
            elif on > self.today:
                here = here if here == "unit" else "to_come"
            doubt = doubt or here
            pieces.append(Piece(one.kind, count, on, said, is_other_unit=here == "unit"))
        mates = tuple(self.company.ids)
        return Reading("ask" if doubt else "entries", tuple(pieces), mates, doubt)

    def _days_of(self, pairs: Sequence[Pair]) -> list[Day | None]:
        """Give each piece its day: the one before it where a day leads, the one after where days trail."""
        if not self.days:
            return [None] * len(pairs)
        if len(self.days) == 1:
            day = self.days[0]
            is_between = pairs[0].at < day.start < pairs[-1].at
            vague = Day(day.start, day.end, None)
            if is_between and day.on != self.today:
                return [day if self._is_near(one, day, pairs) else vague for one in pairs]
            return [day] * len(pairs)
        is_leading = self.days[0].start < pairs[0].at
        found: list[Day | None] = []
        for one in pairs:
            before = [day for day in self.days if day.start < one.at]
            after = [day for day in self.days if day.start > one.at]
            if is_leading:
                found.append(before[-1] if before else None)
            else:
                found.append(after[0] if after else Day(0, 0, None))
        return self._without_unused(found)

    def _without_unused(self, found: list[Day | None]) -> list[Day | None]:
        """Two days for one piece of work leave it open which one is meant."""
        used = {day.start for day in found if day}
        if all(day.start in used or day.on is None for day in self.days):
            return found
        same = {day.on for day in self.days}
        return found if len(same) == 1 else [Day(0, 0, None) for _ in found]

    def _is_near(self, one: Pair, day: Day, pairs: Sequence[Pair]) -> bool:
        before = [pair for pair in pairs if pair.at < day.start]
        return one is before[-1] and not any(sign in self.words[day.start].gap for sign in ",;\n.")


__all__ = ["Clause", "Mate", "Of", "Piece", "Reader", "Reading"]
