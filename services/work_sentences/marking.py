"""What stands where in a sentence: days, members, kinds of work, and the numbers that count something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from services.work_sentences import clauses, companions, days, numbers, signs
from services.work_sentences.clauses import Count, Work
from services.work_sentences.companions import Company, Mate
from services.work_sentences.days import Day
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.numbers import Number
from services.work_sentences.words import Word

# Typed without marks, these forms of address are everyday words as well: "chi" is also "chỉ", "co" is "có".
_ALSO_SMALL_WORDS: Final = frozenset({"chi", "co", "o", "em", "e", "a", "c", "anh"})
_SHE: Final = frozenset({"cu", "bac", "co", "chu", "di", "nam", "nu", "gia"})
_LAST_WORDS: Final = 2
_BORDERS: Final = ",;\n."


class Sentence:
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
        self.signs = signs.read(words, text, lexicon, self.taken, has_day=bool(self.days))

    def _meant(self, found: list[Day]) -> list[Day]:
        """Leave out a day that is taken back: "hôm qua à quên hôm kia"."""
        slips = [places for places, _ in self.lexicon.slip.find(self.words)]
        taken_back = {
            day.start
            for day, following in pairwise(found)
            if any(day.end <= slip[0] <= day.end + 1 and slip[-1] + 1 == following.start for slip in slips)
        }
        return [day for day in found if day.start not in taken_back]

    def _noise(self) -> set[int]:
        """Find the clock times: "8h30", "chín giờ"."""
        found: set[int] = set()
        for at, following in enumerate(self.words[1:]):
            number = numbers.find(self.words[at : at + 1], self.lexicon, set())
            if number and following.text in {"h", "g", "gio"}:
                minutes = self.words[at + 2 : at + 3]
                has_minutes = bool(minutes) and minutes[0].text.isdecimal() and not minutes[0].gap
                found.update(range(at, at + 3 if has_minutes else at + 2))
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
            has_count = any(one.value is not None for one in found)
            works = [] if is_other or not has_count else [Work(hit[0][0], hit[1]) for hit in weak[:1]]
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
                    is_negated=self._is_negated(end),
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
        if unit and self.known.intersection(unit[0]):
            unit = self.lexicon.units.at(self.words[: at + 1], at)  # "1 buổi tối qua" is a session
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
            return any(work.at == one.end for work in self.works) and self.words[one.start].text == "chuc"
        return self.words[one.end].text not in _SHE

    def _stands_free(self, one: Number) -> bool:
        """Tell whether a number in words without a unit is one: "vneid năm, bhyt ba"; "một mình" is not."""
        if one.value is None:
            return True
        at_end = one.end >= len(self.words) or bool(self.words[one.end].gap.strip())
        before_work = any(work.at == one.end for work in self.works)
        return before_work or (at_end and one.start > 0)

    def _is_negated(self, end: int) -> bool:
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

    def is_border(self, at: int) -> bool:
        """Tell whether a comma or the like stands before a word."""
        return any(sign in self.words[at].gap for sign in _BORDERS)

    def around(self, at: int) -> tuple[int, int]:
        """Find the stretch between commas that a word stands in."""
        start, end = at, at + 1
        while start > 0 and not self.is_border(start):
            start -= 1
        while end < len(self.words) and not self.is_border(end):
            end += 1
        return start, end
