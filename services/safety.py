"""What must be taken out of a message before anyone reads it, and does it sound like a scam?"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from locales import gettext as _
from services.folding import normalise, tokens
from services.typed_secrets import Kind, find_secrets

__all__ = ["Redaction", "mask", "redact", "smells_of_scam"]

# Longer than any message of ours: what nobody will read need not be searched.
LONGEST_MESSAGE: Final = 8_000


@dataclass(frozen=True, slots=True)
class Redaction:
    """A message with its secrets masked; `kinds` names each kind found once, in the order of the message."""

    text: str
    kinds: tuple[Kind, ...] = ()


def redact(text: str, *, passing: Collection[Kind] = ()) -> Redaction:
    """Mask citizen ids, phones, cards, accounts, one-time codes and passwords; steps, sums and dates stay.

    Kinds in `passing` stay too: a number somebody chose to give.
    """
    whole = normalise(text)[:LONGEST_MESSAGE]
    secrets = [secret for secret in find_secrets(whole) if secret.kind not in passing]
    pieces: list[str] = []
    position = 0
    for secret in secrets:
        pieces += [whole[position : secret.start], mask(secret.kind)]
        position = secret.end
    return Redaction(
        "".join([*pieces, whole[position:]]), tuple(dict.fromkeys(secret.kind for secret in secrets))
    )


def mask(kind: Kind) -> str:
    """Say what stood here, in the reader's language, without half of it.

    Always dots, then words in brackets: the matcher passes over exactly that.
    """
    names: dict[Kind, str] = {
        "citizen_id": _("citizen ID hidden"),
        "phone": _("phone number hidden"),
        "card": _("card number hidden"),
        "account": _("account number hidden"),
        "otp": _("OTP code hidden"),
        "password": _("password hidden"),
    }
    return f"•••• ({names[kind]})"


def smells_of_scam(text: str) -> bool:
    """Tell whether a message describes somebody being talked into something, or asks if it is a scam.

    A stranger and a demand together, or one sign that is enough alone. Worth a warning, never a refusal:
    a false alarm costs one tap.
    """
    said = " ".join(tokens(text))
    return bool(_ALONE.search(said) or (_STRANGER.search(said) and _DEMAND.search(said)))


def _any_of(*signs: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(signs) + r")\b")


_ALONE: Final = _any_of(
    "lua dao",
    "(?:bi|so|dang|co phai|phai|la) lua",
    "lua (?:minh|toi|tui|em|e|tien|mat|khong|ko|k|het|chuyen)",
    "(?:file|tep) apk",
    "apk",
    "(?:gia danh|gia mao|mao danh|gia) (?:cong an|can bo|dien luc|ngan hang|toa an|thue|nhan vien)",
    "(?:xung|tu xung|noi) (?:la |ben )?(?:cong an|can bo|dien luc|toa an|vien kiem sat|nhan vien ngan hang)",
    "trung thuong",
    "link la",
    "duong dan la",
    "lo (?:bam|an|cai|tai|doc|dua|gui|chuyen|nhan)",
    "viec nhe luong cao",
    "chuan hoa thue bao",
)
_STRANGER: Final = _any_of(
    r"(?:nguoi|dua|thang|con|ong|ba|ai|so|cuoc)(?: \w+){0,3} (?:goi|nhan tin|ket ban|den nha|toi nha|vo nha)",
    "so la",
    "nguoi la",
    r"(?:cong an|dien luc|ngan hang|toa an|thue|buu dien|nha mang)"
    r"(?: \w+){0,2} (?:goi|nhan tin|ket ban|keu|bao|bat|doi)",
    "(?:goi|nhan) (?:dien |tin )?(?:keu|bao|bat|doi|noi)",
)
_DEMAND: Final = _any_of(
    r"(?:gui|bam|an|nhan|vao|vo|mo|tai)(?: \w+){0,2} (?:link|file|duong dan|duong link|tep)",
    "cai (?:file|app|ung dung|phan mem|vo may|vao may)",
    "cai (?:cai )?(?:app|ung dung)",
    r"(?:doc|dua|cho|xin|hoi|doi|gui|cung cap)(?: \w+){0,2} (?:ma|otp|mat khau|mk|pass|passcode)",
    r"(?:chuyen|nop|dong|gui|dat coc)(?: \w+){0,2} tien",
    "chuyen khoan",
    "ket ban zalo",
    "cat dien",
    "khoa (?:sim|tai khoan|tk)",
    "no tien",
    "cap nhat (?:vneid|dinh danh|thong tin|can cuoc|cccd|dia chi|sinh trac)",
    "nhan (?:qua|thuong|tien|ho tro)",
)
