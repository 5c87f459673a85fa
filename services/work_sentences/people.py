"""Whom does a sentence name one by one as helped: "giúp bác Tư cài VNeID" is one person?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.work_sentences.items import Count
from services.work_sentences.lexicon import Lexicon
from services.work_sentences.words import Word

_LONGEST: Final = 7
_NAME_LENGTH: Final = 4
_MANY_OF: Final = 3
_BETWEEN: Final = frozenset({"them", "duoc", "dc", "luon", "lai", "rieng", "xong"})
_JOINTS: Final = frozenset({"va", "voi", "vs", "cung", "lan", "ca"})


class People:
    """The persons that a sentence names as helped."""

    def __init__(self, words: Sequence[Word], lexicon: Lexicon, taken: set[int]) -> None:
        self.words, self.lexicon, self.taken = words, lexicon, taken
        self.is_typed_well = sum(word.has_tone for word in words) * _MANY_OF >= len(words)

    def counts(self) -> list[Count]:
        """Count the persons of each list of names: "cho bà Tư và ông Sáu" is two."""
        found: list[Count] = []
        at = 0
        while at < len(self.words):
            start = self._start(at)
            if start is None and found and self._goes_on(at):
                start = at
            if start is None:
                at += 1
                continue
            number, end = self._list(start)
            is_pronoun = number == 1 and self._form(start) == end
            if number and not (is_pronoun and (found or not self._was_said(start))):
                found.append(Count(start, number, "persons", end=end, is_named=True))
            at = max(end, at + 1)
        return found

    def _start(self, at: int) -> int | None:
        """Find where names may begin: after "giúp", "cho", or before "nhờ tôi"."""
        serving = self.lexicon.serving.at(self.words, at)
        if serving and at not in self.taken:
            start = serving[0][-1] + 1
            while start < len(self.words) and self.words[start].text in _BETWEEN:
                start += 1
            return start if start < len(self.words) and not self.words[start].gap.strip() else None
        if ":" in self.words[at].gap and at - 1 in self.taken and self._has_name(at):
            return at  # "VNeID: bà Tư, ông Năm"
        is_begin = (
            at == 0
            or bool(self.words[at].gap.strip())
            or at - 1 in self.taken
            or self.words[at - 1].text in {"co", "con", "roi", "va"}
        )
        return at if is_begin and self._has_asked(at) else None

    def _was_said(self, at: int) -> bool:
        """Tell whether a bare "bà", "dì" points at somebody before; else it may be the writer."""
        return any(word.text == self.words[at].text for word in self.words[:at])

    def _goes_on(self, at: int) -> bool:
        """Tell whether somebody else's turn begins: "giúp bà Năm cài vneid, ông Tư quét mã"."""
        begins = at > 0 and any(sign in self.words[at].gap for sign in ",;\n")
        if not begins or not self._has_name(at):
            return False
        end = self._person(at)
        return end is not None and end in self.taken

    def _has_asked(self, at: int) -> bool:
        """Tell whether somebody came and asked for it: "ông Thịnh nhờ tôi"."""
        if self._form(at) is None:
            return False
        after = range(at + 1, min(len(self.words), at + _LONGEST))
        has_asked = any(self.lexicon.asked_us.at(self.words, place) for place in after)
        return has_asked or self._is_helped_later(at)

    def _is_helped_later(self, at: int) -> bool:
        """Tell whether the writer helped, as is said after it: "Chị Lành bán được rồi, tui chỉ cho"."""
        end = at + 1
        while end < len(self.words) and not any(sign in self.words[end].gap for sign in ",;\n."):
            end += 1
        if not self._has_name(at) or self.lexicon.counting.has(self.words[at:end]):
            return False
        myself = [places[-1] for places, _ in self.lexicon.selves.find(self.words[end:])]
        helped = [places[0] for places, _ in self.lexicon.helped.find(self.words[end:])]
        return bool(myself and helped) and min(myself) < max(helped)

    def _list(self, at: int) -> tuple[int, int]:
        """Count names joined by "và", "với", commas; tell where they end."""
        number = 0
        while at < len(self.words):
            end = self._person(at)
            if end is None:
                break
            number += self._how_many(at)
            at = end
            joined = self._joined(at)
            if joined is None:
                break
            at = joined
        return number, at

    def _how_many(self, at: int) -> int:
        return 2 if self.lexicon.couples.at(self.words, at) else 1

    def _joined(self, at: int) -> int | None:
        """Find the next name: after a comma or "và", a few words further at most."""
        for place in range(at, min(len(self.words) - 1, at + _LONGEST)):
            word = self.words[place]
            if word.text in _JOINTS and self._form(place + 1) is not None:
                return place + 1
            if any(sign in word.gap for sign in ",&+") and self._form(place) is not None:
                return place if self._has_name(place) else None
            if place in self.taken or word.gap.strip() or self._is_verb(place):
                return None
        return None

    def _has_name(self, at: int) -> bool:
        """Tell whether it is a name after a comma: "bà Sáu", not "bà mừng lắm"."""
        end, after = self._form(at), self._person(at)
        if end is None or after is None or end >= len(self.words):
            return False
        is_plain = not any(word.is_marked or word.is_capital for word in self.words[1:])
        return is_plain or self.words[end].is_capital or self.lexicon.born.at(self.words, end) is not None

    def _form(self, at: int) -> int | None:
        """Find the end of a form of address for one person."""
        if at >= len(self.words) or at in self.taken:
            return None
        couple = self.lexicon.couples.at(self.words, at)
        if couple:
            return couple[0][-1] + 1
        if self.words[at].text == "ba" and self.is_typed_well and not self.words[at].is_marked:
            return None  # three, or one's father
        many = self.lexicon.many.at(self.words, at)
        form = self.lexicon.one_person.at(self.words, at)
        is_many = many is not None and not self.words[many[0][-1]].is_capital
        if form is None or (is_many and many and len(many[0]) >= len(form[0])):
            return None
        return form[0][-1] + 1

    def _person(self, at: int) -> int | None:
        """Find the end of one person's name: a form of address, and who it is."""
        end = self._form(at)
        if end is None or self._is_me(at):
            return None
        if end >= len(self.words) or end in self.taken or self.words[end].gap.strip():
            return end if self.words[at].is_marked else None
        if self._is_verb(end) and not self.words[end].is_capital:
            is_joined = self.words[end].text in _JOINTS and self._form(end + 1) is not None
            return end if self.words[at].is_marked and (end > at + 1 or is_joined) else None
        return end + self._name_length(end)

    def _is_me(self, at: int) -> bool:
        """Tell whether it may be the writer: "ghi cho bà", "giúp con"."""
        before = self.words[at - 1].text if at else ""
        form = self.lexicon.one_person.at(self.words, at)
        is_form = self.lexicon.selves.at(self.words, at) is not None and (not form or len(form[0]) == 1)
        is_telling = before == "cho" and at > 1 and self.words[at - 2].text in {"ghi", "bao"}
        return is_telling or (is_form and not (at + 1 < len(self.words) and self.words[at + 1].is_capital))

    def _name_length(self, at: int) -> int:
        length = 1
        while (
            length < _NAME_LENGTH
            and at + length < len(self.words)
            and self.words[at + length].is_capital
            and not self.words[at + length].gap.strip()
            and at + length not in self.taken
        ):
            length += 1
        return length

    def _is_verb(self, at: int) -> bool:
        """Tell whether a word goes on with what was done, and names nobody."""
        return self.lexicon.not_a_name.at(self.words, at) is not None
