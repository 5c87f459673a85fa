"""Which words does a sentence hold, and is a typed word the one that is meant, marks or none?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.folding import fold, normalise

_TOKEN: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)|\d+|[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_RARE: Final = 7
_HORN: Final = "\u031b"
_TILDE: Final = "\u0303"
_HOOK: Final = "\u0309"
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


@dataclass(frozen=True, slots=True)
class Word:
    """A typed word: folded, with its marks in one order, what stood before it, and as it was typed."""

    text: str
    typed: str
    gap: str
    is_capital: bool = False
    as_typed: str = ""
    is_partial: bool = False

    @property
    def is_marked(self) -> bool:
        """Tell whether it was typed with marks: then it is this word and no other, unless it is partial."""
        return self.text != self.typed

    @property
    def has_tone(self) -> bool:
        """Tell whether it was typed with the mark of a tone."""
        return not _TONES.isdisjoint(self.typed)

    def may_be(self, typed: str) -> bool:
        """Tell whether it is a syllable, or one whose tone was left off: "hô" for hồ."""
        return self.typed == typed or (
            self.is_partial
            and typed.startswith(self.text)
            and not Counter(self.typed[len(self.text) :]) - Counter(typed[len(self.text) :])
        )


def split(text: str) -> list[Word]:
    """Split a sentence; digits and letters that stick together come apart: "5ng" is "5" and "ng"."""
    whole = normalise(text)
    is_shouted = whole.isupper()
    found = list(_TOKEN.finditer(whole))
    typed = [ordered(one[0]) for one in found]
    is_toneless = _leaves_tones_off(typed)
    words: list[Word] = []
    end = 0
    for one, letters in zip(found, typed, strict=True):
        raw, gap = one[0], whole[end : one.start()]
        heard = BY_EAR.get(letters, "")
        is_capital = raw[:1].isupper() and not is_shouted
        is_name = is_capital and bool(words) and not any(sign in gap for sign in ".:\n")
        is_partial = not is_name and _is_marked(letters) and _TONES.isdisjoint(letters)
        is_partial = is_partial and (is_toneless or letters not in LEVEL)
        text = fold(heard or raw).replace(".", "")
        typed_as = ordered(heard) if heard else letters
        words.append(Word(text, typed_as, gap, is_capital, raw.lower(), is_partial and not heard))
        end = one.end()
    return words


def _leaves_tones_off(typed: Sequence[str]) -> bool:
    """Tell whether somebody types no tones at all: then even "tôi" may be tối."""
    toned = sum(not _TONES.isdisjoint(one) for one in typed)
    partial = sum(_is_marked(one) and _TONES.isdisjoint(one) and one not in LEVEL for one in typed)
    return partial > (0 if not toned else 1) and toned * _RARE <= len(typed)


def _is_marked(typed: str) -> bool:
    return any(unicodedata.combining(one) for one in typed)


@lru_cache(maxsize=4096)
def ordered(word: str) -> str:
    """Write a word so that "hòa" and "hoà" are one: its letters first, then its marks."""
    apart = unicodedata.normalize("NFD", word.lower().replace("đ", "d\u0335"))
    letters = "".join(one for one in apart if not unicodedata.combining(one))
    marks = [_HOOK if one == _TILDE else one for one in apart if unicodedata.combining(one)]
    if "uo" in letters and marks.count(_HORN) == 1 and len(letters) > letters.index("uo") + 2:
        marks.append(_HORN)  # "nguời" and "ngưòi" are người
    return letters + "".join(sorted(marks))


@lru_cache(maxsize=4096)
def known(name: str) -> tuple[Word, ...]:
    """Split a word or name that is asked for again and again."""
    return tuple(split(name))


def is_meant(word: Word, syllable: str, *, typed: str) -> bool:
    """Tell whether a typed word may be a syllable of the lexicon."""
    return word.may_be(typed) if word.is_marked else word.text == syllable


# Everyday words that have no tone mark and are not others whose tone was left off.
LEVEL: Final = frozenset(
    map(
        ordered,
        """
        aduôn ayông buôn bên chê chăng chơ chưa cân câu cây cô công căn cơ cư diêm dân dâu
        dăm hôm hôn hông hơn hư hưu khuyên không kê kêu luôn lâu lên lô lưu lương mô mơi
        nguyên ngân ngăn ngư nhiêu nhân như niên nuôi nây nê nên nông năm năng nơi phiên
        phây quân quê quên rông răng rơi sông sơ sư thuê thân thêm thôi thôn thông thăm thơ
        thư thương tiêu trên trăm trưa tuyên tôi tư viên vô văn xây xưng yă ê ô ôm ôn ông ăn
        đai đang đi đinh đâu đây đê đêm đôi đông đăng đơn đưa ơi biên băng chiên chuyên châu
        chăn chưng câm cưa dê dư dưng giây gân hiên huân hăng khăng kiên kiêu lân lê lôi lăm
        mê môi mông mươi ngôi nhâm nhăn nhưng nêu phân rê săn thiên thăng tiêm trông trương
        tuân tâm tân tông tưng vân vây vươn yên ân đa đam đao đan đoan đong đu đương ưng
        chơi cơm bê bôi dâng khâu mưa nhơn sân trâu tây
        """.split(),
    )
)

# Small words as they are written by ear: "nộp hồ sơ dới ông Tám", "zô xóm chài", "zúp 2 bà".
BY_EAR: Final = {
    ordered(heard): meant
    for meant, each in {
        "với": "zới dzới dới dzí zứi zoi dzoi",
        "vô": "zô dzô dô zo dzo",
        "vừa": "zừa dzừa zua dzua",
        "về": "zề dzề dìa zìa zia zìa",
        "vậy": "zậy dzậy zay dzay zị",
        "vợ": "zợ dzợ dợ",
        "vui": "zui dzui",
        "vài": "zài dzài",
        "việc": "ziệc dziệc",
        "và": "zà dzà",
        "giúp": "zúp zup dzúp",
        "giùm": "zùm zum dzùm",
        "dạy": "zạy dzạy",
        "rồi": "gồi gòi ròi rầu rùi roài rùii rồii",
        "luôn": "lun luông",
        "xong": "sog xog",
    }.items()
    for heard in each.split()
}
