"""Whom does a sentence name one by one as helped: "giúp bác Tư cài VNeID" is one person?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.work_sentences import numbers
from services.work_sentences.items import COUPLE, Count, Of
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.persons import JOINTS, Person
from services.work_sentences.pointing import Pointing
from services.work_sentences.words import Word

_BULLETS: Final = "\n.,;:+*•-–"
_OPENING: Final = ("\n", "(", " -", "–", "—", "=", "→")
_LONGEST: Final = 7
_NEAR: Final = 4
_BETWEEN: Final = frozenset({"them", "duoc", "dc", "luon", "lai", "rieng", "xong", "cay"})
_HELPING: Final = frozenset({"chi", "day", "giup", "gium", "cho", "bay", "dan", "hd", "ho"})
_ON_TOP: Final = frozenset({"them", "rieng"})
_UNITS: Final = {"households": "nha"}
_DONE_FOR: Final = frozenset({"ho", "gium", "giup", "dum", "dan", "nhac", "bao", "khuyen"})
_BEGIN: Final = frozenset({"co", "con", "roi", "va", "sang", "trua", "chieu", "toi", "oi"})
_WHO: Final = frozenset({"la", "gom"})
_TRADES: Final = frozenset({"ban", "chu", "tho", "sua", "lai", "nuoi", "trong", "xom", "phong", "o"})
_DONE: Final = frozenset({"xong", "roi", "r", "ok", "oke", "nha", "nhe"})
_ALREADY: Final = frozenset({"da", "vua", "moi", "cung", "co"})
_TELLING: Final = frozenset({"noi", "ke", "khoe", "than"})
_ONLY: Final = frozenset({"moi", "chi", "xong", "duoc"})
# How those call themselves who are older than the others of the team.
_ELDERS: Final = frozenset({"chi", "anh", "bac", "co", "chu", "di"})
_CHILDREN: Final = (["con"], ["chau"], ["be"])


class People(Pointing):
    """The persons that a sentence names as helped; `again` are those it names once more."""

    def __init__(self, words: Sequence[Word], lexicon: Lexicon, taken: set[int]) -> None:
        super().__init__(words, lexicon, taken)
        self.again: list[Count] = []
        self.pointed_at: set[int] = set()

    def counts(self, visited: Sequence[Person] = ()) -> list[Count]:
        """Count the persons of each list of names, `visited` before it: "cho bà Tư và ông Sáu" is two."""
        found: list[Count] = []
        seen = list(visited)
        at = 0
        while at < len(self.words):
            start = self._start(at)
            if start is None and ((found and self._goes_on(at)) or self._is_on_top(at, seen)):
                start = at
            if start is None:
                at += 1
                continue
            persons, end = self.pointed(start) or self.names(start)
            if persons and found and self.is_only_asker(found[-1].end, start):
                seen = [one for one in seen if not found[-1].at <= one.at < found[-1].end]
                found.pop()
            if found and self._holds(persons, found[-1], start):
                seen = [one for one in seen if not found[-1].at <= one.at < found[-1].end]
                found.pop()
            new = [one for one in persons if not one.is_again(seen)]
            if persons and not new and all(one.name for one in persons):
                self.again.append(_count(persons, end))
            if new and self._is_new(new, start, end, seen):
                seen += new
                of: Of = "households" if self.is_house(start - 1) else "persons"
                count = _count(new, end, of)
                is_part = self._is_cut_short(start, seen) or self.is_partly_known(start, end)
                found.append(replace(count, value=None) if is_part else count)
            at = max(end, at + 1)
        return found

    def _holds(self, persons: Sequence[Person], last: Count, at: int) -> bool:
        """Tell whether a list tells more than who asked: "Thầy Năng nhờ tôi, tôi cài cho thầy với cô nhà"."""
        before = self.person(last.at)
        while at > last.end and not self.words[at].gap.strip():
            at -= 1
        is_free = at > last.end and self.taken.isdisjoint(range(last.at, at))
        if before is None or before.end != last.end or not is_free or len(persons) < 2:
            return False
        return any(one.is_again([before]) for one in persons)

    def _is_new(self, persons: Sequence[Person], start: int, end: int, seen: Sequence[Person]) -> bool:
        """Tell whether they count beside those seen; a bare "bà" has to point at somebody named before."""
        if seen and self._is_child(persons[0]):
            return False  # "chị Lý nhờ nộp khai sinh cho cháu nội" is one
        is_helped_kin = self.is_kin(start) and self._was_helped(start)
        if persons[0].name and persons[0].at == start and self.lexicon.he_or_she.at(self.words, start):
            return True
        # "thằng nhỏ", "cô giáo" are somebody; "bố mẹ" may be anybody's.
        is_open = end == start + 1 or bool(self.lexicon.couples.at(self.words, start))
        is_pronoun = len(persons) == 1 and self.form(start) == end and is_open and not is_helped_kin
        return not is_pronoun or (not seen and self._was_said(start) and not self._did_it(start))

    def _is_on_top(self, at: int, seen: Sequence[Person]) -> bool:
        """Tell whether somebody comes on top, or is told of once more: "thêm anh Tòng", "riêng chú Lập"."""
        person = self.person(at) if self.is_kin(at) else self._named(at)
        if person is None:
            return False
        before = self.words[at - 1].text if at else ""
        begins = at > 0 and any(sign in self.words[at].gap for sign in ",;\n.")
        rest = {word.text for word in self._rest(person.end)[:_NEAR]}
        is_alike = bool(seen) and not rest.isdisjoint({"cung", "nua"})
        is_told = bool(person.name) and (is_alike or person.is_again(seen))
        is_only = before in _ONLY and bool(person.name) and person.is_again(seen)
        return (
            is_only
            or (bool(person.name) and self.is_in_sum(person.end))
            or before in _ON_TOP
            or (before == "ca" and (bool(person.name) or self.is_kin(at)) and "nua" in rest)
            or (begins and is_told)
            or (before == "con" and self._is_topic(person.end))
        )

    def is_in_sum(self, at: int) -> bool:
        """Tell whether a sum follows a name: "..., quán dì Lan nữa là 3"."""
        return [word.text for word in self.words[at : at + 2]] == ["nua", "la"]

    def _named(self, at: int) -> Person | None:
        """Read somebody by a form of address and a name, or by a whole name: "Lò Thị Hặc"."""
        if self.has_name(at):
            return self.person(at)
        return self.bare(at) if self.form(at) is None and self.is_whole(at) else None

    def _rest(self, at: int) -> Sequence[Word]:
        """Tell the words up to the next comma or the like."""
        end = at
        while end < len(self.words) and not any(sign in self.words[end].gap for sign in ",;\n."):
            end += 1
        return self.words[at:end]

    def _is_topic(self, at: int) -> bool:
        """Tell whether it goes on with what was done: "còn chú Út thì mình làm giùm cái bhyt"."""
        here = range(at, at + len(self._rest(at)))
        is_topic = any(self.words[place].text == "thi" for place in here)
        return is_topic and not self.taken.isdisjoint(here)

    def _is_cut_short(self, at: int, seen: Sequence[Person]) -> bool:
        """Tell whether somebody else is named before the comma, so that the list may be longer."""
        if "," not in self.words[at].gap:
            return False
        start = at - 1
        while start > 0 and not self.words[start].gap.strip():
            start -= 1
        before = self.person(start) if self.has_name(start) else None
        is_work = any(place in self.taken for place in range(start, at))
        return before is not None and not is_work and not before.is_again(seen)

    def only_ones(self) -> list[Count]:
        """Count those who are named anywhere, if it is one person or one list of them and was helped."""
        groups: list[list[Person]] = []
        at = 0
        while at < len(self.words):
            start = self.after_plural(at)
            persons, end = self.names(start) if start > at or self._may_be_helped(at) else ([], at)
            known = [one for group in groups for one in group]
            new = [one for one in persons if not one.is_again(known)]
            is_house = self.is_house(at - 1) and self._start(at - 1) == at
            if new and not is_house and self._is_somebody(new, at):
                groups.append(new)
            at = max(end, at + 1)
        if len(groups) != 1 or not self._is_help():
            return []
        start, end = groups[0][0].at, groups[0][-1].end
        count = _count(groups[0], end)
        return [replace(count, value=None) if self.is_partly_known(start, end) else count]

    def _may_be_helped(self, at: int) -> bool:
        """Tell whether somebody may begin here who is none of the helpers: not "tôi cùng cô giáo"."""
        if self.form(at) is None:
            return False
        before = self.words[at - 1].text if at else ""
        is_joined = before in JOINTS and at > 1
        end = self.form(at) or at
        if end < len(self.words) and self.lexicon.selves.at(self.words, end):
            return False  # "mẹ em", "vợ chồng tôi"
        if is_joined and self.lexicon.selves.at(self.words, at - 2):
            return False
        person = self.person(at)
        after = person.end if person else at + 1
        is_with_me = after + 1 < len(self.words) and self.words[after].text in JOINTS
        return not (is_with_me and self.lexicon.selves.at(self.words, after + 1))

    def _is_help(self) -> bool:
        """Tell whether the writer says that somebody was helped."""
        ends = [places[-1] + 1 for places, _ in self.lexicon.serving.find(self.words)]
        if any(end < len(self.words) and self.lexicon.selves.at(self.words, end) for end in ends):
            return False  # "cô Hạnh dạy tôi"
        if self.lexicon.helped.has(self.words):
            return True
        myself = [places for places, _ in self.lexicon.selves.find(self.words)]
        return any(self._is_subject(places[0], places[-1] + 1) for places in myself)

    def _is_subject(self, at: int, end: int) -> bool:
        """Tell whether the writer is the one who does something, and none who is served or called."""
        is_last = end >= len(self.words) or bool(self.words[end].gap.strip())
        is_form = (self.form(at) or end) > end  # "con gái bà Năm"
        return not is_last and not is_form and not (at and self._is_served(at))

    def _start(self, at: int) -> int | None:
        """Find where names may begin: after "giúp", "cho", or before "nhờ tôi"."""
        serving = self.lexicon.serving.at(self.words, at)
        is_asker = self.has_name(at) and self._has_asked(at)  # "chi Ut" is no "chỉ"
        is_inside = at in self.taken and not self._is_done_for(at)
        if serving and not is_inside and not is_asker:
            return self._served(serving[0][-1] + 1)
        begins = at > 0 and at - 1 in self.taken
        has = at > 1 and self.words[at - 1].text == "co" and at - 2 in self.taken  # "vneid có bác Tươi"
        is_list = has or (begins and any(sign in self.words[at].gap for sign in _OPENING))
        is_list = is_list or self._is_headed(at)
        if is_list and (self.has_name(at) or self.is_bare_list(at)):
            return at  # "VNeID: bà Tư, ông Năm"
        if (at == 0 or any(sign in self.words[at].gap for sign in _BULLETS)) and self._is_headline(at):
            return at
        is_begin = (
            at == 0
            or bool(self.words[at].gap.strip())
            or (begins and numbers.exact(self.words, at - 1) is None)
            or self.words[at - 1].text in _BEGIN
            or (self.words[at - 1].text in _WHO and self.has_name(at))
        )
        return at if is_begin and not self._is_whose(at) and self._has_asked(at) else None

    def _is_whose(self, at: int) -> bool:
        """Tell whether it only says whose they are: "hai đứa con chị Sen em làm rồi"."""
        before = self.words[at - 1] if at and not self.words[at].gap.strip() else None
        return before is not None and before.typed == "con" and self.is_typed_well

    def _is_headline(self, at: int) -> bool:
        """Tell whether a line is of those it begins with: "- bà Ngọt: VNeID", "Chị H'Nga – BHYT"."""
        end = self.names(at)[1] if self.has_name(at) else len(self.words)
        has_trade = end < len(self.words) and self.words[end].text in _TRADES
        most = min(len(self.words), end + _NEAR * has_trade)
        while end < most and end not in self.taken and not self.words[end].gap.strip():
            end += 1  # "chị Nga bán bún: mã QR"
        if end >= len(self.words):
            return False
        gap = self.words[end].gap
        if end not in self.taken or any(sign in gap for sign in (":", " -", "–", "—", "=", "→")):
            return end in self.taken
        return not has_trade and self.words[end - 1].is_capital and self._is_short(end)

    def _is_short(self, at: int) -> bool:
        """Tell whether nothing but a kind stands up to the next comma: "bà Tư vneid, ông Lộc bhyt xong"."""
        end = at
        while end < len(self.words) and (end == at or not self.words[end].gap.strip()):
            if end not in self.taken and self.words[end].text not in _DONE:
                return False
            end += 1
        return not self._is_verb(at)

    def _is_done_for(self, at: int) -> bool:
        """Tell whether a word of a kind says for whom: "nộp hộ chị Đào"."""
        start = self._served(at + 1) if self.words[at].text in _DONE_FOR else None
        form = None if start is None else self.form(start)
        if start is None or form is None:
            return False  # "nộp hộ bác hàng xóm hồ sơ"
        return form > start + 1 or self.has_name(start)

    def _is_headed(self, at: int) -> bool:
        """Tell whether a colon stands between something known and it: "bán hàng shopee: chị Nga"."""
        if ":" not in self.words[at].gap:
            return False
        before = range(max(0, at - _LONGEST), at)
        return any(place in self.taken for place in before)

    def _served(self, at: int) -> int | None:
        """Find who is meant after a word of serving; a colon may open a list of them."""
        while at < len(self.words) and self.words[at].text in _BETWEEN and self.form(at) is None:
            at += 1
        if self.is_house(at):
            at += 1
        if at >= len(self.words):
            return None
        at = self.after_plural(at)
        gap = self.words[at].gap.strip()
        return at if not gap or (":" in gap and (self.has_name(at) or self.is_bare_list(at))) else None

    def _is_somebody(self, persons: Sequence[Person], at: int) -> bool:
        """Tell whether it is a name as it was typed: "bà Sáu", but not "co chi ba con"."""
        said = [word for one in persons for word in self.words[one.at : one.end]]
        is_typed = any(word.is_marked or word.is_capital for word in said)
        return is_typed and (any(one.name for one in persons) or self._was_helped(at))

    def _was_helped(self, at: int) -> bool:
        """Tell whether a word of help stands before somebody, not only "nói với"."""
        before = self.words[at - 1].text if at else ""
        return before in _HELPING

    def _is_child(self, one: Person) -> bool:
        return one.form.split()[:1] in _CHILDREN and not self.words[one.end - 1].is_capital

    def _did_it(self, at: int) -> bool:
        """Tell whether somebody else is the one who did it: "con gái bà Năm cài VNeID cho bà"."""
        start = at
        while start > 0 and not self.words[start].gap.strip():
            start -= 1
        is_somebody = self.has_name(start) or (self.form(start) or start) > start + 1
        doer = self.person(start) if is_somebody else None
        return (
            doer is not None and doer.end < at and self.lexicon.counting.at(self.words, doer.end) is not None
        )

    def _was_said(self, at: int) -> bool:
        """Tell whether a bare "bà", "dì" points at somebody before; else it may be the writer."""
        return any(word.text == self.words[at].text for word in self.words[:at])

    def _goes_on(self, at: int) -> bool:
        """Tell whether somebody else's turn begins: "giúp bà Năm cài vneid, ông Tư quét mã"."""
        begins = at > 0 and any(sign in self.words[at].gap for sign in ",;\n")
        person = self.person(at) if begins and self.has_name(at) else None
        if person is None:
            return False
        rest = self._rest(person.end)[:_LONGEST]
        has_trade = bool(rest) and rest[0].text in _TRADES
        return any(person.end + at in self.taken for at in range(len(rest) if has_trade else 1))

    def _has_asked(self, at: int) -> bool:
        """Tell whether somebody came and asked for it: "ông Thịnh nhờ tôi"."""
        is_whole = self.form(at) is None and self.is_whole(at)  # "Lò Thị Hặc nhờ em làm"
        if self.form(at) is None and not is_whole:
            return False
        is_named = is_whole or self.has_name(at)
        end = self.after_brackets(self.names(at)[1]) if is_named else (self.form(at) or at) - 1
        if is_named and end < len(self.words) and self.words[end].text in _TELLING:
            return False  # "chị Hiền nói chị đã có VNeID"
        after = range(at + 1, min(len(self.words), end + _LONGEST))
        has_asked = any(
            (self.lexicon.asked_us.at(self.words, place) or self._is_by_me(place))
            and not self._is_served(place)
            for place in after
        )
        return has_asked or self._is_helped_later(at)

    def _is_by_me(self, at: int) -> bool:
        """Tell whether the writer did something: "được cháu hướng dẫn", "bác Hai em đã nộp hồ sơ"."""
        myself = self.lexicon.selves.at(self.words, at)
        if self._is_elder(at):
            return True
        if self.words[at].text == "con" and not self.is_typed_well:
            return False  # còn
        end = myself[0][-1] + 1 if myself else len(self.words)
        while end < len(self.words) and self.words[end].text in _ALREADY:
            end += 1
        is_here = end < len(self.words) and not self.words[end].gap.strip()
        return is_here and self.lexicon.done_by_me.at(self.words, end) is not None

    def _is_elder(self, at: int) -> bool:
        """Tell whether an elder one speaks of oneself behind a name: "bà Lài chị giúp gia hạn BHYT"."""
        is_form = self.words[at].text in _ELDERS and self.has_name(at - 2) and self._end(at - 2) == at
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        if not is_form or following is None or following.gap.strip() or self.words[at].gap.strip():
            return False
        return self.lexicon.done_by_me.at(self.words, at + 1) is not None

    def _is_served(self, at: int) -> bool:
        """Tell whether a word of serving stands before: "cô Hạnh dạy tôi"."""
        return self.lexicon.serving.at(self.words, at - 1) is not None

    def _is_helped_later(self, at: int) -> bool:
        """Tell whether the writer helped, as is said after it: "Chị Lành bán được rồi, tui chỉ cho"."""
        end = at + 1
        while end < len(self.words) and not any(sign in self.words[end].gap for sign in ",;\n."):
            end += 1
        person = self._named(at)
        if person is None or self.lexicon.counting.has(self.words[person.end : end]):
            return False
        myself = [places[-1] for places, _ in self.lexicon.selves.find(self.words[end:])]
        helping = (self.lexicon.helped, self.lexicon.serving)
        helped = [places[0] for words in helping for places, _ in words.find(self.words[end:])]
        return bool(myself and helped) and min(myself) < max(helped)


def _count(persons: Sequence[Person], end: int, of: Of = "persons") -> Count:
    number = sum(one.number for one in persons)
    unit = COUPLE if any(one.number > 1 for one in persons) else _UNITS.get(of, "")
    return Count(persons[0].at, number, of, unit=unit, end=end, is_named=True)
