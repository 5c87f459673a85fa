"""Which kinds of work does a sentence name, and where?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.work_sentences.items import Work
from services.work_sentences.lexicon import HARMLESS, NOT_A_KIND, OTHER_WORK, Lexicon
from services.work_sentences.numbers import Number
from services.work_sentences.phrases import Found, Phrases
from services.work_sentences.words import Word

_BREAKS = ",;\n+-"
_HOUSES = frozenset({"nhà", "hộ", "hộ dân", "gia đình", "nhà dân", "hộ gia đình", "nóc nhà"})
_NEAR = 7
_CLOSE = 3
_LONG = 4
_JOINTS = frozenset({"voi", "va", "vs", "roi", "lan"})
# Forms of address that are no other word when typed without marks.
_FORMS = frozenset({"ong", "ba", "bac", "ama", "ami", "anh", "thim", "mo"})
_ENDS = ",;\n."
# The last word of a kind that may be a name when typed without marks: Lụa, Lúa, Hợp.
_NAMES = frozenset({"lua", "hop"})
_WARNING = frozenset({"nhac", "dan", "can", "khuyen", "dung", "canh"})
_TEACHING = frozenset({"day", "tap", "hoc", "cach"})
_THROUGH = frozenset({"tren", "qua", "trong", "bang", "vao", "vo", "de", "theo"})


class Naming:
    """The kinds of a sentence, the words that name them, and whether something else was named too."""

    def __init__(
        self, words: Sequence[Word], lexicon: Lexicon, numbers: Sequence[Number], known: set[int]
    ) -> None:
        self.words, self.lexicon, self.known, self.numbers = words, lexicon, known, numbers
        self.in_numbers = {at for one in numbers for at in range(one.start, one.end)}
        self.has_count = any(one.value is not None for one in numbers)
        may_pass = [at in self.in_numbers or at in known or self._is_filler(at) for at in range(len(words))]
        harmless = {at for places, _ in lexicon.harmless.find(words) for at in places}
        self.innocent = known | harmless | {at for at in range(1, len(words)) if self._is_rice(at)}
        kinds = self._hits(lexicon.kinds, may_pass)
        others = self._unless_longer(self._hits(lexicon.other_work, may_pass), kinds)
        hits = [hit for hit in kinds if not _meets(hit, others)] + others
        hits = [hit for hit in hits if hit[1] != HARMLESS and not self._is_warned_of(hit[0][0], kinds)]
        self.places = {at for hit in hits for at in hit[0]}
        inside = {at for places, _ in hits for at in range(places[0], places[-1])}
        self.places |= {one.start for one in numbers if one.start in inside and self._is_beside(one)}
        named = self._without_topics(
            [self._work(places, name) for places, name in hits if name != NOT_A_KIND]
        )
        named = self._without_trades(self._taught(named))
        named += self._more_houses(named)
        self.is_other = len(named) < len(hits)
        weak = self._weak(named)
        self.places |= {at for work in weak for at in range(work.at, work.end)}
        self.works = sorted([*named, *weak, *self._visits([*named, *weak])], key=lambda work: work.at)

    def _work(self, places: Sequence[int], name: str) -> Work:
        before = self.words[places[0] - 1].text if places[0] else ""
        end = places[-1] + 1
        is_whole = len(places) == end - places[0]
        is_house = name == "home_visit" and is_whole and self._is_at_house(places[-1])
        is_through = before in _THROUGH and places[0] - 1 not in self.known
        is_means = is_through or self._is_topic(places[0])
        return Work(places[0], name, end, is_means=is_means, is_house=is_house)

    def _is_rice(self, at: int) -> bool:
        """Tell whether "Lua" is a part of a name and no fraud: "qua nha anh Tu Lua"."""
        before, word = self.words[at - 1], self.words[at]
        is_name = word.text == "lua" and word.is_capital and not word.gap.strip()
        return is_name and (before.is_capital or self.lexicon.one_person.at(self.words, at - 1) is not None)

    def _is_warned_of(self, at: int, kinds: Sequence[Found[str]]) -> bool:
        """Tell whether people are only warned of it: "nhắc 5 bác đừng chuyển tiền cho nick lạ trên zalo"."""
        for places, name in kinds:
            end = places[-1] + 1
            if name != "scam_prevention" or at < end or self.words[places[0]].text not in _WARNING:
                continue
            between = range(end, at + 1)
            is_cut = any(self._begins_anew(place) for place in between)
            if not is_cut and not any(one.start in self._clause_from(end) for one in self.numbers):
                return True
        return False

    def _begins_anew(self, at: int) -> bool:
        is_joint = self.words[at].text in _JOINTS or self.lexicon.cuts.at(self.words, at) is not None
        return is_joint or any(sign in self.words[at].gap for sign in _ENDS)

    def _clause_from(self, at: int) -> range:
        end = at
        while end < len(self.words) and not any(sign in self.words[end].gap for sign in _ENDS):
            end += 1
        return range(at, end)

    def _taught(self, named: Sequence[Work]) -> list[Work]:
        """Mark what a class is about: "mở lớp kỹ năng số cho chị em tập livestream bán hàng"."""
        ends = [work.end for work in named if work.name == "digital_class"]
        return [
            replace(work, is_means=True) if any(self._is_lesson(work, end) for end in ends) else work
            for work in named
        ]

    def _is_lesson(self, work: Work, end: int) -> bool:
        """Tell whether nobody is counted with it, and it is in the words on the class or after "dạy"."""
        here = self._clause_from(work.at)
        if work.at < end or any(one.value is not None and one.start in here for one in self.numbers):
            return False
        before = self.words[max(end, work.at - _CLOSE) : work.at]
        is_taught = any(word.text in _TEACHING for word in before)
        return is_taught or not any(self._begins_anew(at) for at in range(end, work.at + 1))

    def _without_trades(self, named: list[Work]) -> list[Work]:
        """Leave out what somebody does for a living: "làm mã QR cho 4 hộ bán hàng ở chợ"."""
        kinds = {work.name for work in named}
        return [work for work in named if not (len(kinds) > 1 and self._is_trade(work))]

    def _is_trade(self, work: Work) -> bool:
        before = self.words[max(0, work.at - 1) : work.at]
        is_plain = [word.text for word in self.words[work.at : work.end]] == ["ban", "hang"]
        return is_plain and bool(before) and self.lexicon.units.at(before, 0) is not None

    def _is_topic(self, at: int) -> bool:
        """Tell whether it is what was talked of: "họp thôn bàn việc đóng tiền nước qua mạng"."""
        for back in range(1, _CLOSE + 1):
            if at - back < 0 or self.words[at - back + 1].gap.strip():
                return False
            if self.lexicon.about.at(self.words, at - back):
                return True
        return False

    def _without_topics(self, named: Sequence[Work]) -> list[Work]:
        """Leave out other work that a meeting only talks of: "khu phố họp bàn vụ camera"."""
        talks = [self._clause_from(work.end) for work in named if work.name == "village_meeting"]
        topics = [work for work in named if work.is_means and work.name == OTHER_WORK]
        return [work for work in named if work not in topics or not any(work.at in talk for talk in talks)]

    def _more_houses(self, named: Sequence[Work]) -> list[Work]:
        """Find "với nhà ama Thu" after "qua nhà ami Lan"."""
        begin = next((work.at for work in named if work.is_house), len(self.words))
        return [
            Work(at, "home_visit", at + 1, is_house=True)
            for at in range(begin + 1, len(self.words))
            if (self.words[at - 1].text in _JOINTS or "," in self.words[at].gap)
            and at not in self.places
            and self._is_at_house(at)
        ]

    def _is_at_house(self, at: int) -> bool:
        """Tell whether it is somebody's house: "qua nhà bà Sáu"."""
        form = at + 1
        if self.words[at].text != "nha" or form + 1 >= len(self.words) or self.words[form].gap.strip():
            return False
        if self.lexicon.many.at(self.words, form) or self.lexicon.not_a_name.at(self.words, form + 1):
            return False
        if form in self.in_numbers:
            return False  # "nhà ba mệ"
        is_form = self.lexicon.one_person.at(self.words, form) is not None
        return is_form and (self.words[form].is_marked or self.words[form].text in _FORMS)

    def _is_beside(self, one: Number) -> bool:
        """Tell whether a vague number inside a way of saying counts nobody: "coi chừng mấy cuộc gọi"."""
        unit = self.lexicon.units.at(self.words, one.end) if one.end < len(self.words) else None
        return one.value is None and (unit is None or unit[1][0] not in {"persons", "households"})

    def _hits(self, phrases: Phrases[str], may_pass: Sequence[bool]) -> list[Found[str]]:
        """Find ways of saying whose words are not those of a day, a member or a number."""
        return [
            hit
            for hit in phrases.find(self.words, may_pass=may_pass, without=self.innocent)
            if not (self._is_name(hit[0][-1]) or (len(hit[0]) == 1 and hit[0][0] in self.in_numbers))
        ]

    def _is_name(self, at: int) -> bool:
        """Tell whether a word is somebody's name: "anh Tu Lua", "chi Lua" typed without marks."""
        word = self.words[at]
        return word.is_capital and word.text in _NAMES and at > 0 and not (word.gap.strip() or word.is_marked)

    @staticmethod
    def _unless_longer(others: Sequence[Found[str]], kinds: Sequence[Found[str]]) -> list[Found[str]]:
        """Take other work where no kind of ours says as much: "app" but not "app ngân hàng"."""
        return [
            other
            for other in others
            if not any(len(kind[0]) >= len(other[0]) and _meets(other, [kind]) for kind in kinds)
        ]

    def _weak(self, named: Sequence[Work]) -> list[Work]:
        """Take "hồ sơ 3" for a kind where its own clause names no other."""
        if self.is_other or not (self.has_count or self.lexicon.online.has(self.words)):
            return []
        weak = [
            Work(places[0], name, places[-1] + 1, is_means=True)
            for places, name in self.lexicon.weak.find(self.words)
            if not {*self.places, *self.known}.intersection(places) and not self._is_unit(places[0], name)
        ]
        if not named:
            return weak[:1]
        return [one for one in weak if self._is_alone(one, named)]

    def _visits(self, named: Sequence[Work]) -> list[Work]:
        """Take houses that are counted alone for visits, after a verb of going: "đi với bạn: 12 nhà"."""
        if "home_visit" not in self.lexicon.unit_of:
            return []
        found = []
        for one in self.numbers:
            unit = self.lexicon.units.at(self.words, one.end) if one.end < len(self.words) else None
            is_house = unit is not None and unit[1][1] in _HOUSES and one.value is not None
            visit = Work(one.start, "home_visit", one.end)
            listens = any(
                self.lexicon.attending.at(self.words, at)
                for at in range(one.end, min(len(self.words), one.end + _CLOSE))
            )
            if is_house and not listens and self._goes_before(one.start) and self._is_alone(visit, named):
                found.append(visit)
        return found

    def _goes_before(self, at: int) -> bool:
        """Tell whether somebody goes somewhere in the clause before a colon, or in its own."""
        start = max(0, at - _NEAR)
        here = self.words[start:at]
        going = [
            places[-1] for places, _ in self.lexicon.going.find(here) if start + places[0] not in self.known
        ]
        serving = [places[-1] for places, _ in self.lexicon.serving.find(here)]
        return bool(going) and max(going) > max(serving, default=-1)

    def _is_unit(self, at: int, name: str) -> bool:
        """Tell whether a number counts it or is its name: "1 lớp 22 người", "lớp 4"."""
        is_counted = at - 1 in self.in_numbers and not self.words[at].gap.strip()
        is_numbered = at + 1 in self.in_numbers and not self.words[at + 1].gap.strip()
        return (is_counted or is_numbered) and self.lexicon.unit_of[name] == "sessions"

    def _is_alone(self, weak: Work, named: Sequence[Work]) -> bool:
        cuts = [
            at for at, word in enumerate(self.words) if at == 0 or any(one in word.gap for one in _BREAKS)
        ]
        start = max(one for one in cuts if one <= weak.at)
        end = min((one for one in cuts if one > weak.at), default=len(self.words))
        return not any(start <= work.at < end for work in named)

    def _is_filler(self, at: int) -> bool:
        if self.lexicon.fillers.at(self.words, at):
            return True
        if at and self.words[at].is_capital and self.lexicon.one_person.at(self.words, at - 1):
            return True  # "nộp giúp em Lan hồ sơ"
        return any(self._is_of_unit(at, start) for start in range(at, max(-1, at - _LONG), -1))

    def _is_of_unit(self, at: int, start: int) -> bool:
        """Tell whether it is in a word for persons that begins there: "người cao tuổi"."""
        unit = self.lexicon.units.at(self.words, start)
        return unit is not None and unit[1][0] == "persons" and at in unit[0]


def _meets(hit: Found[str], others: Sequence[Found[str]]) -> bool:
    return any(set(hit[0]).intersection(other[0]) for other in others)
