"""Which names follow each other as one list: "bà Tư và ông Sáu", "các bác: Hùng, Thắng, Lợi"?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.work_sentences import numbers
from services.work_sentences.persons import JOINTS, Person, Persons, is_joint
from services.work_sentences.words import Word

_LONGEST: Final = 7
_FEW: Final = 3
_PLURAL: Final = frozenset({"cac", "may", "hai", "ca"})
_MORE: Final = frozenset({"roi", "cay", "ca", "va", "voi", "luon", "them", "lan", "toi", "den"})
_TO: Final = frozenset({"toi", "den"})
_OTHERS: Final = frozenset("gia ai con chau em ca moi bon tui dam nguoi nhieu may vai cac".split())
_DETAILS: Final = frozenset({"tuoi", "t", "sinh", "nam", "sn", "sdt", "dt", "cccd", "so"})
_AGAIN: Final = frozenset({"cho", "ca", "giup", "luon", "them"})
_HOUSES: Final = frozenset({"nha", "ho", "quan", "sap", "tiem", "vuon", "quay"})


class NameLists(Persons):
    """The lists of persons in a sentence."""

    def is_house(self, at: int) -> bool:
        """Tell whether it is somebody's house or stall that is helped: "nộp giúp nhà bà Hoa hồ sơ"."""
        if not 0 <= at < len(self.words) - 1 or self.words[at + 1].gap.strip():
            return False  # "tôi nhờ cháu gõ hộ: cụ Bảo, cụ Nhạn"
        return self.words[at].text in _HOUSES and self.has_name(at + 1)

    def after_plural(self, at: int) -> int:
        """Go on to the names after "các cụ", "hai chị": "các cụ Lan, Cúc, Trúc"."""
        end = self.form(at + 1) if self.words[at].text in _PLURAL and at + 1 < len(self.words) else None
        return end if end is not None and self.is_bare_list(end) else at

    def is_bare_list(self, at: int) -> bool:
        """Tell whether names follow each other without any form of address."""
        first = self.bare(at)
        if first is None:
            return False
        following = self.words[first.end] if first.end < len(self.words) else None
        is_more = following is not None and any(sign in following.gap for sign in ",\n")
        is_and = following is not None and following.text in JOINTS
        second = self.bare(first.end + is_and) if is_more or is_and else None
        return second is not None or first.end - first.at > 2

    def names(self, at: int) -> tuple[list[Person], int]:
        """Read names joined by "và", "với", commas; tell where they end."""
        found: list[Person] = []
        end = at
        is_bare = self.is_bare_list(at)
        while at < len(self.words):
            person = self.person(at) or (self.bare(at) if is_bare or self.is_whole(at) else None)
            if person is None:
                break
            if not (person.name and person.is_again(found)):
                found.append(person)
            end = person.end
            joined = self._joined(end, is_bare=is_bare)
            if joined is None:
                break
            at = joined
        return found, end

    def _is_room(self, at: int) -> bool:
        """Tell whether it is where somebody lives: "bác Tuyên phòng 2, anh Cường phòng 7"."""
        is_numbered = at + 1 < len(self.words) and self.words[at + 1].text.isdecimal()
        return is_numbered and self.lexicon.before_a_name.at(self.words, at) is not None

    def is_partly_known(self, start: int, end: int) -> bool:
        """Tell whether somebody unknown stands before or behind: "u Thơm với bác Khoan" if "u" is unknown."""
        if self._is_after_stranger(start):
            return True
        end = self._after_age(self.after_brackets(end))
        if end >= len(self.words):
            return False
        is_joined = self.words[end].text in JOINTS
        is_more = is_joined and end + 1 < len(self.words) and self._is_others(end + 1)
        if is_more or self._goes_on_somehow(end):
            return True  # "chị Thúy và con": hers, or the writer; "bà Sáu và cả xóm"
        is_list = is_joined or "," in self.words[end].gap
        if not self.words[end].gap.strip() and self.has_name(end):
            return self._is_beside(end)
        return is_list and self._is_before_stranger(end + is_joined, self.words[start:end])

    def _is_beside(self, at: int) -> bool:
        """Tell whether another name stands right behind without "và": "chu Sau thim Sau lam vneid"."""
        after = self.form(at)
        return after is not None and after < len(self.words) and self.words[after].is_capital

    def _is_after_stranger(self, start: int) -> bool:
        before = self.words[start - 1] if start else None
        is_joined = before is not None and before.text in JOINTS
        last = start - 1 - is_joined
        is_list = last > 0 and (is_joined or "," in self.words[start].gap)
        return is_list and self._is_stranger(last) and not self._is_counted(last)

    def _is_before_stranger(self, at: int, names: Sequence[Word]) -> bool:
        if at < len(self.words) and self.lexicon.he_or_she.at(self.words, at):
            return False  # "cháu bà Sáu, bả không biết"
        form = self.form(at) if at < len(self.words) else None
        if form == at + 1 and self._may_be_name(form):
            return True
        is_somebody = form is not None and form > at + 1 and not self._is_of_list(at, names)
        return is_somebody or any(self._is_stranger(place) for place in self._called(at))

    def _may_be_name(self, at: int) -> bool:
        """Tell whether a verb before what was done may be a name: "hd bac nam, bac lam nop hs"."""
        is_plain = not any(word.is_marked or word.is_capital for word in self.words[1:])
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        is_last = following is not None and not following.gap.strip()
        return is_plain and is_last and self._is_verb(at) and (at + 1 in self.taken or self._is_verb(at + 1))

    def _is_others(self, at: int) -> bool:
        """Tell whether nobody knows how many they are: "và gia đình", "cùng một số chị em"."""
        said = [word.text for word in self.words[at : at + 2]]
        is_some = len(said) > 1 and said[0] in {"mot", "1"} and said[1] in {"so", "vai", "it"}
        return said[0] in _OTHERS or is_some

    def _goes_on_somehow(self, at: int) -> bool:
        """Tell whether others are left out: "cụ Tằm, cụ... quên tên", "bà Tư, ông Sáu, v.v."."""
        last = at + 1 < len(self.words) and self.form(at) == at + 1 and "," in self.words[at].gap
        is_left = last and ("..." in self.words[at + 1].gap or "…" in self.words[at + 1].gap)
        said = [word.text for word in self.words[at : at + 2]]
        return is_left or said[:1] in (["vv"], ["v"]) or said in (["van", "van"], ["va", "ai"], ["voi", "ai"])

    def _is_counted(self, at: int) -> bool:
        """Tell whether a number stands for somebody already: "hai vợ chồng nhà Hạnh, cụ Đễ"."""
        while at > 0 and not self.words[at].gap.strip() and at not in self.taken:
            at -= 1
        return numbers.exact(self.words, at) is not None and at in self.taken

    def _is_of_list(self, at: int, names: Sequence[Word]) -> bool:
        """Tell whether it points back at the list: "bà Sáu, bà cụ mừng lắm"."""
        said = {word.text for word in names}
        return self.words[at].text in said or self.words[at + 1].text in said

    def _called(self, at: int) -> range:
        """Tell where a name may be behind a comma: right there, or after a few words that nobody knows."""
        start = at
        while at < min(len(self.words), start + _FEW) and self._is_unknown(at):
            if self.words[at].is_capital or (at > start and self.words[at].gap.strip()):
                break
            at += 1
        return range(at, at + 1)

    def _is_unknown(self, at: int) -> bool:
        known = (*self.lexicon.small, self.lexicon.places, self.lexicon.before_a_name, self.lexicon.selves)
        return (
            self._is_free(at) and not self._is_verb(at) and not any(one.at(self.words, at) for one in known)
        )

    def _is_stranger(self, at: int) -> bool:
        """Tell whether a word with a capital letter is most likely somebody, and no place."""
        if at >= len(self.words) or not self.words[at].is_capital or not self._is_unknown(at):
            return False
        while at > 0 and self.words[at].is_capital and not self.words[at].gap.strip():
            at -= 1
        places = (self.lexicon.places, self.lexicon.before_a_name)
        return not any(one.at(self.words, at) for one in places)

    def after_brackets(self, at: int) -> int:
        """Go on behind what is said of somebody in brackets: "bác Quynh (80 tuổi), bác Tảo"."""
        if at >= len(self.words) or "(" not in self.words[at].gap:
            return at
        end = next((place for place in range(at, len(self.words)) if ")" in self.words[place].gap), at)
        return end if self.taken.isdisjoint(range(at, end)) else at  # "bà Đào (vneid); ông Lê (bhyt)"

    def _after_joint(self, at: int) -> int:
        """Go on to somebody behind "và": "cho chị và cho mẹ chị", "bà Nhàn với nhà chú Thuỵ"."""
        while at < len(self.words) - 1 and self.words[at].text in _AGAIN and self.form(at) is None:
            at += 1
        return at + self.is_house(at)

    def _after_age(self, at: int) -> int:
        """Go on behind an age or the like: "cụ Vịnh 78 tuổi và cháu dâu cụ", "bà Hoa, sinh 1950; ông Lộc"."""
        end = at
        while end < len(self.words) and end not in self.taken and self._is_detail(end):
            end += 1
        return end if any(word.text.isdecimal() for word in self.words[at:end]) else at

    def _is_detail(self, at: int) -> bool:
        return self.words[at].text.isdecimal() or self.words[at].text in _DETAILS

    def _after_comma(self, at: int, *, is_bare: bool) -> int | None:
        """Find the next name behind a comma: "thím Ba, rồi cả bà nội"."""
        start = at
        while start < len(self.words) - 1 and self.words[start].text in _MORE and self.form(start) is None:
            start += 1
        if start > at and self.words[start - 1].text in _TO and self.is_house(start):
            return None  # "..., tới nhà ông Đinh làm bhyt"
        is_more = start > at and self.person(start) is not None
        start += self.is_house(start)
        is_name = (
            self.has_name(start)
            or self._is_of_the_house(start)
            or (is_bare and self.bare(start) is not None)
            or self.is_whole(start)
        )
        return start if is_name or is_more else None

    def _is_of_the_house(self, at: int) -> bool:
        """Tell whether it is somebody of the family, whose name is not needed: "giúp mẹ, bà nội, chú út"."""
        person = (
            self.person(at)
            if self.is_kin(at) and any(one.is_marked for one in self.words[at : at + 2])
            else None
        )
        after = person.end if person else len(self.words)
        is_last = after >= len(self.words) or after in self.taken or bool(self.words[after].gap.strip())
        return person is not None and (is_last or self._is_verb(after) or self.words[after].text in JOINTS)

    def is_whole(self, at: int) -> bool:
        """Tell whether a name stands whole without a form of address: "chị Mỵ, Sùng A Páo, Sáu Dần"."""
        bare = self.bare(at)
        if bare is None or not self.words[at].text.isalpha():
            return bare is not None  # "H'Lan"
        if bare.end - at < 2:
            return False
        names = (self.lexicon.surnames, self.lexicon.born)
        return any(one.at(self.words, at) for one in names)

    def _joined(self, at: int, *, is_bare: bool) -> int | None:
        """Find the next name: after a comma or "và", a few words further at most."""
        at = self._after_age(self.after_brackets(at))
        for place in range(at, min(len(self.words) - 1, at + _LONGEST)):
            word = self.words[place]
            if is_joint(word):
                following = self._after_joint(place + 1)
                is_next = self.form(following) is not None or self.is_whole(following)
                if is_next or (is_bare and self.bare(following)):
                    return following
            if any(sign in word.gap for sign in ",&+\n;"):
                return self._after_comma(place, is_bare=is_bare)
            is_border = bool(word.gap.strip("() "))
            if place in self.taken or is_border or (self._is_verb(place) and not self._is_room(place)):
                return None
        if is_bare and at == len(self.words) - 1 and self.bare(at):
            return at
        last = len(self.words) - 1
        return last if at == last and self.form(last) is not None and "," in self.words[last].gap else None
