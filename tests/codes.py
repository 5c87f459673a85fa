"""Check codes that a script can know beforehand."""

from __future__ import annotations

from itertools import cycle

import pytest

from services import check_codes

CODES = ("MÍT 47", "XOÀI 12")


def known_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let codes be drawn in a known order."""
    drawn = cycle(CODES)
    monkeypatch.setattr(check_codes, "drawn", lambda: next(drawn))
