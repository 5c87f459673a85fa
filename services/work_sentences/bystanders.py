"""Who stands beside those that were counted, and was not counted?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from services.work_sentences import numbers
from services.work_sentences.items import Count, Pair
from services.work_sentences.reports import Report

_JOINTS: Final = frozenset({"va", "voi", "vs", "lan", "them", "rieng", "cong", "co", "theo", "ru"})
_PLURAL: Final = frozenset({"cac", "may", "nhung"})
_SPEAKING: Final = frozenset({"noi", "bao", "nhan", "gioi", "ke", "nhac", "dan"})
_AND: Final = frozenset({"va", "voi", "vs", "cung"})
# "gia đình chú Lực", "mẹ con chị Nết": one is named and several are meant.
_GROUPS: Final = (
    ["gia", "dinh"],
    ["ca", "nha"],
    ["nguyen", "nha"],
    ["me", "con"],
    ["ma", "con"],
    ["cha", "con"],
    ["bo", "con"],
    ["ba", "chau"],
    ["ong", "chau"],
    ["anh", "em"],
    ["chi", "em"],
)
_NAME: Final = 2


class Bystanders:
    """The persons of a report, held against what was read of it."""

    def __init__(self, report: Report, pairs: Sequence[Pair]) -> None:
        self.report, self.sentence, self.pairs = report, report.sentence, pairs
        self.words, self.lexicon = report.words, report.lexicon
        used = self._all_used()
        self.used = {count.at for count in used}
        self.totals = [count for count in used if count.is_total or count.is_sum]
        self.in_names = self._in_names()

    def is_anybody(self) -> bool:
        """Tell whether somebody was left out."""
        beside = (self._unnamed, self._unread, self._unvisited, self._did_too)
        finders = (*beside, self._mistold, self._beside, self._others, self._families, self._served)
        return any(any(True for _ in find()) for find in finders)

    def _in_names(self) -> set[int]:
        """Find the places of those who were counted by their names, or beside a number."""
        counts = [*self.sentence.named, *self.sentence.only, *self._all_used()]
        return self.sentence.pointed_at | {at for count in counts for at in range(count.at, count.end)}

    def _unnamed(self) -> Iterator[int]:
        """Find somebody beside those who were counted by name, who was not: "u Nhài với bác Tư"."""
        for count in (*self.sentence.named, *self.sentence.only):
            if count.at not in self.used or count.of != "persons":
                continue
            if self._is_joined(count.end):
                yield from self._somebody(count.end + (self.words[count.end].text in _JOINTS))
            yield from self._aged(count)
            yield from self._small(count)
            if count.at > 1 and self._is_joined(count.at - (self.words[count.at - 1].text in _JOINTS)):
                last = count.at - 1 - (self.words[count.at - 1].text in _JOINTS)
                while last > 0 and self.words[last].is_capital:
                    last -= 1
                yield from self._somebody(last)

    def _small(self, count: Count) -> Iterator[int]:
        """Find two words in a list of names that nobody wrote large: "u thơm, u nhài với bác khoan"."""
        if any(word.is_capital for word in self.words[1:]):
            return
        before, after = count.at - 1, count.end
        if before > 0 and self.words[before].text in _JOINTS:
            start = self.sentence.around(before)[0]
            yield from self._two(start, before)
        if after < len(self.words) and "," in self.words[after].gap:
            end = self.sentence.around(after)[1]
            joint = next((at for at in range(after, end) if self.words[at].text in _JOINTS), end)
            yield from self._two(after, joint)

    def _two(self, start: int, end: int) -> Iterator[int]:
        free = range(start, end)
        known = self.sentence.taken | self.in_names
        small = (
            self.lexicon.not_a_name,
            self.lexicon.before_a_name,
            self.lexicon.selves,
            self.lexicon.counting,
        )
        is_small = any(phrases.at(self.words, at) for phrases in small for at in free)
        if len(free) == _NAME and start > 0 and known.isdisjoint(free) and not is_small:
            yield start

    def _beside(self) -> Iterator[int]:
        """Find a name joined to a number, that was not counted: "ông Hai với 1 bà nữa"."""
        for count in self._all_used():
            joint = count.at - 1
            is_joined = joint > 0 and self.words[joint].text in _AND and not self.words[count.at].gap.strip()
            if count.is_named or count.of != "persons" or not is_joined or joint - 1 in self.in_names:
                continue
            first = joint
            while first > 0 and self.words[first - 1].is_capital and not self.words[first].gap.strip():
                first -= 1
            form = self.lexicon.one_person.at(self.words, first - 1) if 0 < first < joint else None
            if form and self.words[first - 1].text not in _JOINTS and not self._is_with_me(first - 1):
                yield first - 1

    def _mistold(self) -> Iterator[int]:
        """Find a sum that is less than what was read: "2 bà, thêm quán dì Lan nữa là 3" is no five."""
        for one in self.totals:
            kinds = {pair.kind for pair in self.pairs if one in (pair.count, *pair.parts)}
            whole = sum(pair.value for pair in self.pairs if pair.kind in kinds)
            if one.at > 1 and self.words[one.at - 2].text == "nua" and (one.value or 0) < whole:
                yield one.at

    def _aged(self, count: Count) -> Iterator[int]:
        """Find somebody with an age before "và" who was not counted: "cụ ông 82 tuổi và cụ bà nhờ em"."""
        start, _ = self.sentence.around(count.at)
        if count.at < 1 or self.words[count.at - 1].text not in _JOINTS:
            return
        for at in range(start, count.at - 1):
            form = self.lexicon.one_person.at(self.words, at)
            end = form[0][-1] + 1 if form else at
            if form and at not in self.in_names and self.words[end].text.isdecimal():
                yield at

    def _is_joined(self, at: int) -> bool:
        if not 0 < at < len(self.words):
            return False
        return "," in self.words[at].gap or (
            self.words[at].text in _JOINTS and not self.words[at].gap.strip()
        )

    def _somebody(self, at: int) -> Iterator[int]:
        """Find a name after a word that is no known form of address: "dượng Mười", "u Nhài"."""
        if at + 1 >= len(self.words) or not {at, at + 1}.isdisjoint(self.sentence.taken | self.in_names):
            return
        is_name = self.words[at + 1].is_capital and not self.words[at + 1].gap.strip()
        small = (self.lexicon.not_a_name, self.lexicon.before_a_name, self.lexicon.selves)
        if is_name and not self.words[at].is_capital and not any(one.at(self.words, at) for one in small):
            yield at

    def _unread(self) -> Iterator[int]:
        """Find somebody after "thêm", "với", "và" who was not counted: "thêm anh Tòng bán quế nữa"."""
        known = self.sentence.taken | self.in_names
        for at in range(1, len(self.words) - 1):
            is_joint = self.words[at].text in _JOINTS and at not in known and not self.totals
            if not is_joint or at + 1 in known or self.words[at + 1].gap.strip():
                continue
            is_told_to = self.words[at - 1].text in {"chuyen", "noi"}  # "nói chuyện với mấy ông bà, 18 người"
            if (
                self._is_person(at + 1)
                and not is_told_to
                and not self._is_with_me(at)
                and not self._lists_those_counted(at)
            ):
                yield at

    def _is_with_me(self, at: int) -> bool:
        """Tell whether somebody came along with the writer: "tôi với cô Hiền", "sáng nay chị với cô Hiền"."""
        start, _ = self.sentence.around(at)
        before = [word.text for word in self.words[start:at] if word.text not in {"cung", "da", "co"}]
        free = [place for place in range(start, at) if place not in self.sentence.known]
        is_bare = len(free) == 1 and self.lexicon.forms.at(self.words, free[0]) is not None
        selves = (self.lexicon.selves.at(self.words, back) for back in range(max(start, at - 2), at))
        return any(selves) or is_bare or before[-1:] == ["t"]

    def _lists_those_counted(self, at: int) -> bool:
        """Tell whether names say who was counted: "2 quán o Lanh với o Bé", "ông Năm với cháu ba người"."""
        end = self.sentence.around(at)[1]
        is_list = self.words[at - 1].is_capital and at - 1 not in self.sentence.taken | self.in_names
        counts = [one.count for one in self.pairs if one.count and not one.count.is_named]
        first = at - 1
        while first > 0 and self.words[first - 1].is_capital:
            first -= 1
        if any(count.at + 1 + len(count.unit.split()) == first for count in counts):
            return False  # "2 ông bà Lực và cháu nội"
        several = [count.at for count in counts if (count.value or 0) > 1]
        return (is_list and bool(several)) or any(at < one < end for one in several)

    def _is_person(self, at: int) -> bool:
        house = self.lexicon.units.at(self.words, at)
        if house and house[1][0] == "households" and house[0][-1] + 1 < len(self.words):
            at = house[0][-1] + 1  # "và cơ sở cô Chín"
        if self.words[at].text in _PLURAL and at + 1 < len(self.words):
            return self.lexicon.one_person.at(self.words, at + 1) is not None  # "và các con"
        form = self.lexicon.one_person.at(self.words, at)
        if self.lexicon.selves.at(self.words, at) and not (form and len(form[0]) > 1):
            return False
        end = form[0][-1] + 1 if form else at
        if form is None or end >= len(self.words) or end in self.sentence.known:
            return bool(form and end - at > 1)
        is_name = self.words[end].is_capital or self.lexicon.born.at(self.words, end) is not None
        while end < len(self.words) and self.words[end].is_capital:
            end += 1
        has_work = end in self.sentence.taken  # whose own work it is
        return not has_work and (end - at > 1 or (is_name and not self.words[end].gap.strip()))

    def _unvisited(self) -> Iterator[int]:
        """Find somebody after the name of one whose house was visited: "ghé nhà bà Bảy, ông Mười"."""
        houses = [work.at for work in self.report.works if work.is_house]
        if not houses or any(count.of == "households" and count.value for count in self.report.counts):
            return
        _, end = self.sentence.around(houses[-1])
        is_comma = end < len(self.words) - 1 and "," in self.words[end].gap
        said = {word.text for word in self.words[houses[-1] : end]}
        is_again = end + 1 < len(self.words) and self.words[end + 1].text in said
        is_name = is_comma and (self.words[end + 1].is_capital or self.lexicon.born.at(self.words, end + 1))
        is_named = is_name and self.words[end].is_marked
        if is_named and not is_again and self.lexicon.one_person.at(self.words, end):
            yield end

    def _did_too(self) -> Iterator[int]:
        """Find somebody who got the same and was not counted: "con gái cô cũng cài luôn"."""
        used = {
            place for count in self._all_used() for place in range(count.at, max(count.end, count.at + 1))
        }
        for places, _ in self.lexicon.too.find(self.words):
            start, end = self.sentence.around(places[0])
            forms = [at for at in range(start, places[0]) if self.lexicon.one_person.at(self.words, at)]
            is_free = used.isdisjoint(range(start, end)) and not self._names_seen(forms)
            form = self.lexicon.one_person.at(self.words, forms[0]) if forms else None
            is_me = bool(forms) and self.lexicon.selves.at(self.words, forms[0]) is not None
            if form and is_free and (len(form[0]) > 1 or not is_me):
                yield places[0]

    def _others(self) -> Iterator[int]:
        """Find somebody else beside a kind that took a name from before: "..., con trai cụ thì cài VNeID"."""
        for one in self.pairs:
            if one.count is None or not one.count.is_named or one.count.of != "persons":
                continue
            start, end = self.sentence.around(one.at)
            if start <= one.count.at < end:
                continue
            for at in range(start, one.at):
                form = self.lexicon.one_person.at(self.words, at)
                is_new = (
                    form is not None
                    and at not in self.in_names
                    and not (self._names_seen([at]) and not self._is_one_of_several(at, one.count))
                )
                is_new = is_new and not (form and self._only_told(form[0][-1] + 1))
                is_new = is_new and not (self.words[at - 1].text in _JOINTS and self._is_with_me(at - 1))
                if form and is_new and (len(form[0]) > 1 or self._has_large_name(form[0][-1] + 1)):
                    yield at

    def _only_told(self, at: int) -> bool:
        """Tell whether somebody only spoke: "trưởng thôn nói nhà anh Quý cần làm"."""
        return at < len(self.words) and self.words[at].text in _SPEAKING

    def _is_one_of_several(self, at: int, count: Count) -> bool:
        """Tell whether only one of those named is told of: "BHYT cho bà nội với bà Tư, bà nội còn ..."."""
        is_counted = numbers.exact(self.words, at - 1) is not None if at else False
        return (count.value or 0) > 1 and not is_counted and not self.lexicon.many.at(self.words, at)

    def _has_large_name(self, at: int) -> bool:
        return at < len(self.words) and self.words[at].is_capital and not self.words[at].gap.strip()

    def _families(self) -> Iterator[int]:
        """Find a name that stands for several: "gia đình chú Lực", "ông bà Lực"."""
        for count in (*self.sentence.named, *self.sentence.only):
            if count.at not in self.used or count.at == 0 or self.words[count.at].gap.strip():
                continue
            before = [word.text for word in self.words[max(0, count.at - 2) : count.at]]
            at = count.at - 1
            is_form = self.lexicon.one_person.at(self.words, at) is not None and self.words[at].is_marked
            is_pair = is_form and not self.lexicon.serving.at(self.words, at) and at not in self.in_names
            here = [word.text for word in self.words[count.at : count.at + 2]]
            if here == ["gia", "dinh"] or (before in _GROUPS and count.value == 1) or is_pair:
                yield count.at

    def _served(self) -> Iterator[int]:
        """Find a name after "cho" that was not counted: "..., còn ví cho em Lan"."""
        known = self.sentence.taken | self.in_names
        for at in range(1, len(self.words) - 2):
            form = self.lexicon.one_person.at(self.words, at + 1) if self.words[at].text == "cho" else None
            end = form[0][-1] + 1 if form else at
            is_free = form is not None and bool(self.in_names) and known.isdisjoint({at + 1, end})
            if is_free and self._has_large_name(end) and not self._names_seen([at + 1]):
                yield at + 1

    def _names_seen(self, forms: Sequence[int]) -> bool:
        """Tell whether it was said before of whom: "cô Hoa ..., cô cũng"."""
        at = forms[0] if forms else 0
        form = self.lexicon.one_person.at(self.words, at)
        said = [self.words[place].text for place in form[0]] if form else []
        texts = [word.text for word in self.words[:at]]
        return bool(said) and any(texts[place : place + len(said)] == said for place in range(at))

    def _all_used(self) -> list[Count]:
        return [count for one in self.pairs for count in (one.count, *one.parts) if count]
