"""What a payload in the outbox says: a reply as it was written, a notice in the receiver's language."""

from __future__ import annotations

from bot.leases import Leased
from handlers.reply import Choice, Reply, render
from locales import use_locale
from services.notices import PAYLOAD_VERSION


class UnknownPayload(ValueError):
    """A payload written by a later program than this one."""


def spoken(leased: Leased) -> Reply:
    """Turn a payload into the reply it stands for; raises UnknownPayload, or whatever a renderer raises."""
    body = leased.payload
    if body.get("v") != PAYLOAD_VERSION:
        raise UnknownPayload(f"payload version {body.get('v')}")
    if "vars" in body:
        with use_locale(leased.locale):
            return render(leased.kind, body["vars"])
    return Reply(
        body["text"],
        choices=[Choice(label, data, word) for label, data, word in body.get("choices", [])],
        picture=body.get("picture"),
        document=body.get("document"),
        is_listed=body.get("listed", True),
        alt=body.get("alt"),
    )
