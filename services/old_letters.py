"""Which letters do bytes of Vietnamese stand for that are not UTF-8: Windows-1258 or TCVN3 (ABC)?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from services.folding import fold, normalise
from services.matching.syllables import is_syllable

WINDOWS_1258: Final = "Windows-1258"
TCVN3: Final = "TCVN3 (ABC)"

# TCVN 5712:1993, third table: what the .Vn fonts of commune offices show for a byte. Capitals with a tone
# have no place in it: the .VnTimeH fonts draw the small letters large.
_BYTES: Final = (
    "a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae b5 b6 b7 b8 b9 bb bc bd be c6 c7 c8 c9 ca cb cc ce cf d0 d1"
    " d2 d3 d4 d5 d6 d7 d8 dc dd de df e1 e2 e3 e4 e5 e6 e7 e8 e9 ea eb ec ed ee ef f1 f2 f3 f4 f5 f6 f7 f8"
    " f9 fa fb fc fd fe"
)
_LETTERS: Final = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_OF_TCVN3: Final = str.maketrans(
    {int(byte, 16): letter for byte, letter in zip(_BYTES.split(), _LETTERS, strict=True)}
)

_WORD: Final = re.compile(r"[^\s!-@\[-`{-~]+")
_INNER_CAPITAL: Final = re.compile(r"\S[A-Z]")
_SMALL: Final = re.compile(r"[a-z]")
# So many of the words with a mark must be Vietnamese syllables before a reading is believed.
_BELIEVED: Final = 0.9


def decode(content: bytes) -> tuple[str, str] | None:
    """Read Vietnamese bytes that are not UTF-8, and name the encoding; None where neither reading holds.

    Judged by the words that have letters beyond ASCII: read rightly, nearly all are syllables.
    """
    readings = {name: text for name, read in _READINGS.items() if (text := read(content)) is not None}
    best = max(readings, key=lambda name: _share([readings[name]]), default=None)
    if best is None or _share([readings[best]]) < _BELIEVED:
        return None
    return readings[best], best


def _read_1258(content: bytes) -> str | None:
    try:
        return normalise(content.decode("cp1258"))
    except UnicodeDecodeError:
        return None


_READINGS: Final[dict[str, Callable[[bytes], str | None]]] = {
    WINDOWS_1258: _read_1258,
    TCVN3: lambda content: from_tcvn3(content.decode("latin-1")),
}


def from_tcvn3(text: str) -> str:
    """Give the letters of a text that was typed for a .Vn font: "NguyÔn V¨n B×nh" is Nguyễn Văn Bình."""
    is_all_large = _INNER_CAPITAL.search(text) and not _SMALL.search(text)
    read = text.translate(_OF_TCVN3)
    return read.upper() if is_all_large else read


def is_tcvn3(texts: Iterable[str]) -> bool:
    """Tell whether a workbook's cells were typed for .Vn fonts, by those that make sense one way only."""
    typed = [text for text in texts if not text.isascii()]
    read = sum(_says_more(from_tcvn3(text), text) for text in typed if _could_be(text))
    as_it_is = sum(not _could_be(text) or _says_more(text, from_tcvn3(text)) for text in typed)
    return read > as_it_is


def _could_be(text: str) -> bool:
    return all(ord(letter) < 0x100 for letter in text)


def _says_more(one: str, other: str) -> bool:
    return _share([one]) > _share([other])


def _share(texts: Iterable[str]) -> float:
    """Tell which share of the words beyond ASCII are Vietnamese syllables; 0 where there are none."""
    words = [word for text in texts for word in _WORD.findall(text) if not word.isascii()]
    return sum(is_syllable(fold(word)) for word in words) / len(words) if words else 0.0
