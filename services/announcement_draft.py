"""What is an announcement while it is being written, and how is it kept for a day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from locales import gettext as _
from models.announcement import Audience
from models.units import Level, Unit
from services import units

KEPT: Final = timedelta(days=1)
SHORT: Final = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """The words, to whom and when; `villages` are unit ids, none for the whole area."""

    text: str
    written_at: datetime
    audience: Audience | None = None
    villages: tuple[int, ...] = ()
    send_at: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """Write the draft as a conversation's state can hold it."""
        return {
            "text": self.text,
            "at": self.written_at.isoformat(),
            "audience": self.audience.value if self.audience else "",
            "villages": list(self.villages),
            "send_at": self.send_at.isoformat() if self.send_at else "",
        }

    @property
    def short(self) -> str:
        """Give the beginning of the words, to know the draft by."""
        return self.text if len(self.text) <= SHORT else self.text[:SHORT].rsplit(" ", 1)[0] + "…"


def read(plain: dict[str, Any] | None, *, now: datetime) -> Draft | None:
    """Read what was kept; None if there is nothing, or nothing of the last day."""
    if not plain:
        return None
    draft = Draft(
        plain["text"],
        datetime.fromisoformat(plain["at"]),
        Audience(plain["audience"]) if plain["audience"] else None,
        tuple(plain["villages"]),
        datetime.fromisoformat(plain["send_at"]) if plain["send_at"] else None,
    )
    return draft if now - draft.written_at < KEPT else None


def said(issuer: str, by: str, text: str) -> str:
    """Say an announcement as its receivers see it."""
    sentence = _("ANNOUNCEMENT · {issuer} ({by}): {text}") if by else _("ANNOUNCEMENT · {issuer}: {text}")
    return sentence.format(issuer=issuer, by=by, text=text)


def issuer_of(unit: Unit) -> str:
    """Say in whose name an area announces: "UBND xã An Lạc", "Cụm Sông Côn"."""
    name = units.display_name(unit)
    return f"UBND {name}" if unit.level in {Level.COMMUNE, Level.PROVINCE} else name[:1].upper() + name[1:]
