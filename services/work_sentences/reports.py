"""Is a sentence a report of work that was done, and which of its numbers are?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.work_sentences import clauses, signs
from services.work_sentences.items import Count, Work
from services.work_sentences.lexicon import OTHER_WORK
from services.work_sentences.marking import Sentence
from services.work_sentences.words import split

_FEW_WORDS: Final = 3
_NEAR: Final = 4
_OURS: Final = frozenset({"chung", "tui", "toi", "em", "minh", "chau"})
_BUT: Final = frozenset({"ma", "nhung"})
_SHORT: Final = 10
_FORBIDDING: Final = frozenset(word.typed for word in split("đừng khoan chớ cấm"))
_FRAUDS: Final = frozenset({"lua", "gat"})
_LONG: Final = 10
_WITH: Final = frozenset({"hop", "cung", "voi", "vs"})
_GLAD: Final = frozenset({"mung", "vui", "khen", "thich", "phan", "me", "khoai", "cam"})
_DOING: Final = frozenset("lam cai nop mo dang ky giup kip tao lap duoc dc man".split())
_COUNTED: Final = frozenset({"persons", "turns", "households"})


class Report:
    """What a sentence tells as done: its kinds, its numbers, and those of them that are affirmed."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.words, self.lexicon, self.signs = sentence.words, sentence.lexicon, sentence.signs
        items: list[Count | Work] = clauses.without_refused(
            sorted([*sentence.counts, *sentence.works], key=lambda item: item.at), self.words, self.lexicon
        )
        self.works = [item for item in items if isinstance(item, Work) and not self._is_forbidden(item)]
        self.counts = self._sure([item for item in items if isinstance(item, Count)])
        done = [count for count in self.counts if not count.is_negated]
        self.affirmed = [count for count in done if not self._is_planned(count)]
        self.has_plan = len(self.affirmed) < len(done)

    def is_nothing(self) -> bool:
        """Tell whether it says that nothing was done."""
        helps = bool(self.sentence.named) or self.lexicon.helped.has(self.words)
        if self.signs.is_asking or (helps and self._works_elsewhere()):
            return False
        if self.signs.is_nothing and all(count.value == 0 for count in self._told()):
            return True
        return bool(self.affirmed) and all(self._is_zero(count) for count in self.counts)

    def _told(self) -> list[Count]:
        """Leave out crowds that are no work: "nay đông cô dâu quá, em không giúp được ai"."""
        return [
            count
            for count in self.affirmed
            if count.value is not None or self.works or self._is_counting(count)
        ]

    def _works_elsewhere(self) -> bool:
        """Tell whether work is named beside "nothing": "không đi đâu, chỉ giúp chị Ngân gia hạn bhyt"."""
        idle = {at for place in self.signs.nothing for at in range(*self.sentence.around(place))}
        return any(work.at not in idle for work in self.not_denied())

    def is_told(self) -> bool:
        """Tell whether there is enough to take it for work that was done."""
        is_part = self.has_plan and any(count.value is not None for count in self.affirmed)
        if (
            self._is_thanks()
            or self._is_of_others()
            or self._is_complaint()
            or (self.signs.is_wishing and not is_part)
        ):
            return False
        if not self.affirmed and self.counts:
            is_counted = any(count.of in _COUNTED for count in self.counts)
            return bool(self.works) and is_counted and not self.signs.is_asking
        if self.signs.is_asking:
            return bool(self.works and self.affirmed and self._is_past()) and not self._is_how_many()
        if self.works and self.affirmed:
            return self._is_told_with_number()
        if self.works:
            return self._is_told_without_number() and bool(self.not_denied())
        return bool(self.affirmed) and self._counts_work()

    def not_denied(self) -> list[Work]:
        """Leave out kinds of which it is said that there was none: "bhyt thì chưa"."""
        return [work for work in self.works if not self.is_denied(work)]

    def _is_forbidden(self, work: Work) -> bool:
        """Tell whether it is what somebody was kept from: "cảnh báo kịp nên không chuyển tiền"."""
        start = self.sentence.around(work.at)[0]
        if work.name == "online_payment" and self.lexicon.saved.has(self.words[start : work.at]):
            return True  # "em cản được bà Thu chuyển khoản"
        before = self.words[work.at - 1] if work.at and not self.words[work.at].gap.strip() else None
        if before is None or work.name in {"scam_prevention", OTHER_WORK}:
            return False
        is_account = work.at > 1 and self.words[work.at - 2].text == "tai"  # "tai khoan dinh danh"
        is_told_not_to = before.typed in _FORBIDDING and not is_account
        return is_told_not_to or (self._is_about_fraud() and bool(self.lexicon.denials([before])))

    def _is_about_fraud(self) -> bool:
        is_kind = any(work.name == "scam_prevention" for work in self.sentence.works)
        return is_kind or self.lexicon.saved.has(self.words) or bool(_FRAUDS & {w.text for w in self.words})

    def _sure(self, counts: Sequence[Count]) -> list[Count]:
        """Leave out "nhiều", "đông" beside what is counted or named."""
        is_known = bool(self.sentence.named) or any(
            count.value is not None and not count.is_negated for count in counts
        )
        return [
            count
            for count in counts
            if not is_known or count.value is not None or not self._is_vague_again(count, counts)
        ]

    def _is_vague_again(self, vague: Count, counts: Sequence[Count]) -> bool:
        """Tell whether "nhiều" is beside what is counted, or "mấy đứa" before it: "mấy đứa nhỏ, 5 đứa"."""
        if vague.of in {"", "unknown"} or self._are_glad(vague):
            return True
        end = self.sentence.around(vague.at)[1]
        return any(vague.at < count.at < end and count.value and count.unit == vague.unit for count in counts)

    def _are_glad(self, vague: Count) -> bool:
        """Tell whether it is only said how they liked it: "cài cho 3 ông, mấy ông mừng lắm"."""
        at = vague.at + len(vague.said.split())
        start = self.sentence.around(vague.at)[0]
        return start == vague.at and at < len(self.words) and self.words[at].text in _GLAD

    def _is_zero(self, count: Count) -> bool:
        return count.value == 0 and len(self.words[count.at].text) <= len("00")

    def is_denied(self, work: Work) -> bool:
        """Tell whether it is said of a kind that there was none: "bhyt thì chưa"."""
        start, end = self.sentence.around(work.at)
        denials = [places[0] for places in self.lexicon.denials(self.words) if start <= places[0] < end]
        if any(at < work.at <= at + _NEAR and self._is_of_doing(at + 1, work.at) for at in denials):
            return True  # whoever is named: "chưa làm được VNeID cho cụ Tẹo"
        has_count = any(start <= count.at < end and not count.is_negated for count in self.sentence.counts)
        has_count = has_count or any(start <= count.at < end for count in self.sentence.named)
        has_none = not has_count and any(at not in self.sentence.taken for at in denials)
        return has_none and not self.lexicon.finished.has(self.words[end:])

    def _is_of_doing(self, start: int, end: int) -> bool:
        """Tell whether only verbs of doing stand between: "chưa làm được", but not "không ngờ cài được"."""
        return start < end and all(word.text in _DOING for word in self.words[start:end])

    def _is_complaint(self) -> bool:
        """Tell whether somebody was cheated, or tried again and again: "nộp 3 lần đều bị trả lại"."""
        is_saved = self.lexicon.saved.has(self.words) or self.lexicon.helped.has(self.words)
        told = [places for places, _ in self.lexicon.cheated.find(self.words)]
        if not is_saved and any(not self._is_warned_of(places[0]) for places in told):
            return True
        tries = bool(self.affirmed) and all(count.unit == "lan" for count in self.affirmed)
        return tries and self.lexicon.trouble.has(self.words)

    def _is_warned_of(self, at: int) -> bool:
        """Tell whether it is told in a warning: "nhắc 5 cụ đừng nghe ai xưng công an"."""
        warnings = [work for work in self.works if work.name == "scam_prevention"]
        return any(work.at < at < self.sentence.around(work.at)[1] for work in warnings)

    def _is_thanks(self) -> bool:
        """Tell whether somebody only thanks for help: "cảm ơn các cháu đã dạy cho chúng tôi"."""
        if self.lexicon.wishing_well.at(self.words, 0) and any(
            count.at < self.sentence.around(0)[1] for count in self.affirmed
        ):
            return True  # "chúc mừng tổ mình đạt 100 vneid"
        is_thanks = self.lexicon.thanks.at(self.words, 0) is not None
        if is_thanks and self._was_helped():
            return True
        return is_thanks and not any(count.value for count in self.affirmed) and not self.sentence.days

    def may_be_helped(self) -> bool:
        """Tell whether others may have helped the writer: "em được 2 cháu đoàn viên cài vneid cho"."""
        many = {at for places, _ in self.lexicon.many.find(self.words) for at in places}  # "bà con được"
        for places, _ in self.lexicon.helped_us.find(self.words[: self.sentence.around(0)[1]]):
            if not many.isdisjoint(places):
                continue
            after = range(places[-1] + 1, min(self.sentence.around(0)[1], places[-1] + 1 + _LONG))
            persons = [at for at in after if self._is_person(at)]
            verbs = [at for at in after if persons and at > persons[0] and self._serves(at)]
            if verbs:
                return True
        return False

    def _serves(self, at: int) -> bool:
        """Tell whether somebody is served there who is not named: "chỉ cách", "cài cho", not "giúp bà Tư"."""
        is_named = any(one.at == at + 1 for one in self.sentence.named)
        return not is_named and self.lexicon.serving.at(self.words, at) is not None

    def _is_person(self, at: int) -> bool:
        unit = self.lexicon.units.at(self.words, at)
        return unit is not None and unit[1][0] == "persons"

    def _was_helped(self) -> bool:
        """Tell whether help came to the writer's own people: "đã về giúp bà con chúng tôi"."""
        end = self.sentence.around(0)[1]
        for places, _ in self.lexicon.serving.find(self.words[:end]):
            after = range(places[-1] + 1, min(end, places[-1] + 1 + _NEAR))
            before = self.words[: places[0]]
            if any(self.words[at].text in _OURS for at in after) and not self.lexicon.selves.has(before):
                return True
        return False

    def _is_of_others(self) -> bool:
        """Tell whether it is news of another team: "bên thôn 3 làm được 12 người"."""
        first = min([*(count.at for count in self.counts), *(work.at for work in self.works)], default=0)
        if self.lexicon.hearsay.has(self.words[:first]):
            return True
        places = [found for found, _ in self.lexicon.others.find(self.words) if not self._is_place(found)]
        if self.lexicon.urging.has(self.words):
            if places and not self.lexicon.selves.has(self.words[: first + 1]):
                return True  # "bên bon Chàm báo họ làm được 30 vneid, mình cố gắng lên"
            places += [[count.at] for count in self.affirmed[:1]]
        return any(self._is_news(found) for found in places[:1])

    def _is_place(self, others: Sequence[int]) -> bool:
        """Tell whether it is where the work was, behind its verb: "chiều họp nốt bên xóm trại".

        Whoever is worked with is no other: "phối hợp công an xã kích hoạt cho 15 em".
        """
        start, end = self.sentence.around(others[0])
        if others[0] > start and self.words[others[0] - 1].text in _WITH:
            return True
        if self.lexicon.reporting.has(self.words[end:]):
            return False  # "..., bên tôi chưa đi"
        is_behind = any(start <= work.at < others[0] for work in self.works)
        return is_behind and not self.lexicon.counting.has(self.words[others[-1] + 1 : end])

    def _is_news(self, others: Sequence[int]) -> bool:
        """Tell whether the writer has no part in what a clause tells, up to its first number or kind.

        "Tổ bên báo được 22 hồ sơ" is news; "bên tổ 3 báo được 22 hồ sơ" is told by one of them.
        """
        start, end = self.sentence.around(others[0])
        items = [*(count.at for count in self.affirmed), *(work.at for work in self.works)]
        end = min((at for at in items if others[-1] < at < end), default=end)
        if self.words[others[-1]].text == "ben" and len(others) > 1:
            return not self.lexicon.selves.has(self.words[start : others[0]])
        here = self.words[start:end]
        known = [*self.lexicon.others.find(here), *self.lexicon.many.find(here)]
        theirs = {at for places, _ in known for at in places}
        selves = [places for places, _ in self.lexicon.selves.find(here) if theirs.isdisjoint(places)]
        return not selves and not self.lexicon.reporting.has(here)

    def _is_past(self) -> bool:
        return any(day.on is None or day.on <= self.sentence.today for day in self.sentence.days)

    def _is_planned(self, count: Count) -> bool:
        """Tell whether it is beside others that were done: "còn 2 người hẹn mai", "định 5 mà được 3"."""
        start, end = self.sentence.around(count.at)
        planned = [places[0] for places in signs.wishes(self.words, self.lexicon, self.sentence.taken)]
        here = [at for at in planned if start <= at < end]
        turns = [at for at in range(start, end) if here and at > min(here) and self.words[at].text in _BUT]
        if turns:
            return min(here) < count.at < turns[0]
        before = any(one.at < count.at for one in self.sentence.counts)
        after = any(count.at < one.at < end for one in self.sentence.counts)
        return bool(here) and ((start > 0 and not after) or (before and min(here) < count.at))

    def _is_how_many(self) -> bool:
        """Tell whether "mấy" may be a question: it asks as often as it tells; "vài" only tells."""
        return bool(self.affirmed) and all(count.said.startswith(("mấy", "may")) for count in self.affirmed)

    def _is_told_with_number(self) -> bool:
        if self._is_family():
            return False
        is_open = all(count.value is None and not count.of for count in self.affirmed)
        if self._is_past() or self._helps_somebody() or self.signs.is_done:
            return True
        return not is_open and (self.signs.is_helping or not self._is_how_many())

    def _is_family(self) -> bool:
        """Tell whether it only says what one's own people have: "nhà em có 4 người đã có bhyt"."""
        verbs = (self.lexicon.helped, self.lexicon.counting, self.lexicon.serving)
        ends = [places[-1] + 1 for places, _ in self.lexicon.own_people.find(self.words)]
        has = any(end < len(self.words) and self.words[end].text == "co" for end in ends)
        return has and not any(one.has(self.words) for one in verbs)

    def _is_told_without_number(self) -> bool:
        """Tell whether work was done although nobody was counted: "đã nộp hồ sơ cho dân"."""
        helped = min((places[0] for places, _ in self.lexicon.helped.find(self.words)), default=0)
        is_mine = self.lexicon.selves.has(self.words[: min(helped, _FEW_WORDS)])
        if self.lexicon.unsure.has(self.words):
            return True
        is_over = self._is_past() or self.signs.is_over or bool(self.signs.answered_at) or is_mine
        if self.sentence.named or any(work.is_house for work in self.works):
            start = min(work.at for work in self.sentence.works)
            is_ours = self.lexicon.helped.has(self.words) or self.lexicon.selves.has(self.words[:start])
            return is_over or is_ours or not self._is_own_people()
        return is_over and (bool(self.signs.answered_at) or not self._is_trouble())

    def _is_own_people(self) -> bool:
        """Tell whether it is about somebody of the writer's own; "ba Man" has a name and is bà."""
        named = {at for one in self.sentence.named for at in range(one.at, one.end)}
        hits = [places for places, _ in self.lexicon.own_people.find(self.words)]
        return any(
            len(places) > 1 or not (self._is_named(places[0], named) or self._is_of_others_kin(places[0]))
            for places in hits
        )

    def _is_of_others_kin(self, at: int) -> bool:
        """Tell whether it is said whose they are: "mẹ ảnh", "bố mẹ chị Lan" are none of the writer's."""
        end = at + 1
        while end < len(self.words) and self.lexicon.own_people.at(self.words, end):
            end += 1  # "bố mẹ"
        if end >= len(self.words) or self.words[end].gap.strip():
            return False
        is_form = self.lexicon.one_person.at(self.words, end) or self.lexicon.pronouns.at(self.words, end)
        is_named = end + 1 < len(self.words) and self.words[end + 1].is_capital  # "má con Bích"
        return is_form is not None and (is_named or self.lexicon.selves.at(self.words, end) is None)

    def _is_named(self, at: int, named: set[int]) -> bool:
        if at in self.sentence.names():
            return True  # "chú Ba"
        following = self.words[at + 1] if at in named and at + 1 in named else None
        return following is not None and following.is_capital and not following.gap.strip()

    def _is_trouble(self) -> bool:
        """Tell whether something went wrong; "mất có 10 phút" did not."""
        innocent = {at for places, _ in self.lexicon.no_trouble.find(self.words) for at in places}
        return any(innocent.isdisjoint(places) for places, _ in self.lexicon.trouble.find(self.words))

    def _helps_somebody(self) -> bool:
        """Tell whether it says for whom: "cài vneid cho ông Ba" was done, "giúp tôi" was not."""
        for places, _ in self.lexicon.serving.find(self.words):
            at = places[-1] + 1
            if at < len(self.words) and not self.lexicon.selves.at(self.words, at):
                unit = self.lexicon.units.at(self.words, at)
                if unit is not None and unit[1][0] == "persons":
                    return True
        return False

    def _counts_work(self) -> bool:
        """Tell whether numbers without any kind are work: somebody was helped, or nothing else is said."""
        is_bare = len(self.words) - len(self.sentence.taken) <= _FEW_WORDS
        if self.sentence.is_other:
            return any(count.of in {"persons", "turns", "sessions"} for count in self.affirmed)
        is_told = self._is_past() and self.signs.is_done and len(self.words) <= _SHORT
        if is_told and any(count.of in _COUNTED and count.value for count in self.affirmed):
            return True
        if self._is_past() and self.signs.is_helping and any(map(self._names_a_kind, self.affirmed)):
            return True
        is_over = self.words[0].text in {"xong", "xog"} and len(self.words) <= _SHORT
        if is_over and any(count.of in _COUNTED and count.value for count in self.affirmed):
            return True
        if any(self._is_counting(count) for count in self.affirmed):
            is_told = self.signs.is_over or self._is_past()
            is_bare = is_bare or (len(self.words) <= _SHORT and is_told and self._is_bare_number())
            return is_bare or any(count.of in _COUNTED for count in self.affirmed)
        return is_bare and any(count.of == "persons" for count in self.affirmed)

    def _names_a_kind(self, count: Count) -> bool:
        """Tell whether what is counted is work by itself: "một lớp thôi, dạy mấy bác bên kia, hôm thứ 6"."""
        return bool(count.value) and count.unit in self.lexicon.unit_kinds

    def _is_bare_number(self) -> bool:
        """Tell whether a number stands for whoever was helped: "em làm được 2 rồi nha chị"."""
        return all(not count.unit and not count.of for count in self.affirmed)

    def _is_counting(self, count: Count) -> bool:
        """Tell whether a verb of helping stands right before a number: "giúp được 5 bà con".

        What is over may say for whom in between: "làm cho anh em cựu chiến binh được 4 người rồi".
        """
        start = self.sentence.around(count.at)[0]
        found = self.lexicon.counting.find(self.words[: count.at])
        return any(
            count.at - places[-1] <= _NEAR or (self.signs.is_over and places[0] >= start)
            for places, _ in found
        )
