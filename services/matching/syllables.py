"""Is a folded run of letters a Vietnamese syllable, and if it is keystrokes, which one was meant?"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# Every rime, folded. "oong" and "ooc" (xoong, soóc) are left out: in a chat "oo" is Telex for ô.
_RIMES: Final = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay
    e ec em en eng enh eo ep et eu ech
    i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oem oen oeo oet oi om on ong op ot
    u ua uac uan uang uanh uat uay uc ue uech uen uenh ui um un ung
    uo uoc uoi uom uon uong uop uot uou up ut uu
    uy uya uych uyen uyet uynh uyt uyu
    y yem yen yeng yet yeu
    """.split()
)
_ONSETS: Final = frozenset("b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split())
_AFTER_QU: Final = frozenset(
    "a ac ach ai an ang anh ao at au ay e en eo et eu ech enh i it inh o oc on y yen yet ynh yt ych".split()
)
_FRONT: Final = ("e", "i", "y")
_ONLY_BEFORE_FRONT: Final = frozenset({"k", "gh", "ngh"})
_NEVER_BEFORE_FRONT: Final = frozenset({"c", "g", "ng"})

_TELEX_DOUBLED: Final = re.compile(r"aa|ee|oo|dd")
_TELEX_HORN: Final = re.compile(r"(?<=[uoa])w")
_TELEX_TONE: Final = re.compile(r"[sfrxjz]")
_VOWEL: Final = re.compile(r"[aeiouy]")
_VNI_MARK: Final = re.compile(r"(?<=[a-z])[1-9]{1,2}(?=[a-z])")


@cache
def is_syllable(token: str) -> bool:
    """Tell whether a folded token can be written in Vietnamese."""
    return any(_fits(token[:cut], token[cut:]) for cut in range(min(3, len(token) - 1) + 1))


def _fits(onset: str, rime: str) -> bool:
    if onset == "qu" or rime not in _RIMES:
        return onset == "qu" and rime in _AFTER_QU
    if rime.startswith(("ie", "ye")) and (onset == "") != rime.startswith("ye"):
        return False  # "yêu" has no onset, "tiêu" and "tiên" have one
    front = rime.startswith(_FRONT)
    if onset == "gi":
        return not rime.startswith(("i", "y"))
    if onset in _ONLY_BEFORE_FRONT:
        return front
    if onset in _NEVER_BEFORE_FRONT:
        # "gì", "gìn" and "giếng" are spelled g + i.
        return not front or (onset == "g" and rime.startswith("i"))
    return not onset or onset in _ONSETS


def decode_keystrokes(token: str) -> str:
    """Read raw Telex or VNI keystrokes ("dduowcj", "d9u7o75c") as the folded syllable; "" if they spell none.

    Only for a token that is no syllable as it stands: in those, s, f, r, x and j are letters.
    """
    for plain in (_VNI_MARK.sub("", token), _without_telex(token)):
        if plain != token and is_syllable(plain):
            return plain
    return ""


def _without_telex(token: str) -> str:
    plain = _TELEX_DOUBLED.sub(lambda pair: pair[0][0], token)
    plain = _TELEX_HORN.sub("", plain)
    vowel = _VOWEL.search(plain)
    if vowel is None:
        return plain.replace("w", "u", 1)
    # A tone key comes after the vowel it marks; the same letter before it is the syllable's own first letter.
    head, tail = plain[: vowel.end()], plain[vowel.end() :]
    tail = _TELEX_TONE.sub("", tail, count=1)
    return _TELEX_DOUBLED.sub(lambda pair: pair[0][0], head + _split_circumflex(head, tail))


def _split_circumflex(head: str, tail: str) -> str:
    # "laama" style: the second a, e or o may be typed at the end ("cana" for cân), after the last consonant.
    vowel = head[-1]
    return tail[:-1] if vowel in "aeo" and tail.endswith(vowel) and not _VOWEL.search(tail[:-1]) else tail
