"""What must be taken out of a message before anyone reads it?"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from locales import gettext as _
from services.folding import fold_in_place, normalise
from services.typed_secrets import Kind, find_secrets

__all__ = ["Redaction", "mask", "redact", "without_names"]

# Longer than any message of ours: what nobody will read need not be searched.
LONGEST_MESSAGE: Final = 8_000


@dataclass(frozen=True, slots=True)
class Redaction:
    """A message with its secrets masked; `kinds` names each kind found once, in the order of the message."""

    text: str
    kinds: tuple[Kind, ...] = ()


def redact(
    text: str,
    *,
    passing: Collection[Kind] = (),
    is_whole: bool = False,
    expected: Kind | None = None,
) -> Redaction:
    """Mask citizen ids, phones, cards, accounts, one-time codes and passwords; steps, sums and dates stay.

    Kinds in `passing` stay too: a number somebody chose to give. `is_whole` is for a whole message that
    answers no question: digits alone are then a code, or what the message before `expected`.
    """
    whole = normalise(text)[:LONGEST_MESSAGE]
    found = find_secrets(whole, is_whole=is_whole, expected=expected)
    secrets = [secret for secret in found if secret.kind not in passing]
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


def without_names(text: str) -> str:
    """Leave out the words that only say which number follows: what is asked is the rest."""
    whole = normalise(text)
    folded = fold_in_place(whole)
    pieces, position = [], 0
    for found in _NAMES.finditer(folded):
        pieces.append(whole[position : found.start()])
        position = found.end()
    return "".join([*pieces, whole[position:]]).strip()


_NAMES: Final = re.compile(
    r"\b(?:so )?(?:cccd|cmnd|cmt|can cuoc|chung minh|dinh danh|sdt|dien thoai|stk|tai khoan|the)"
    r"(?: cua)?(?: (?:toi|tui|minh|em|e))?(?: (?:la|so))?\s*:?\s*(?=••••)"
)
