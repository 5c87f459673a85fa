"""Which version of Tổ Số is this? Raised by hand with the changelog."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
