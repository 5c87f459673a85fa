"""The page that says whether a certificate's code is right, and to nobody who tries codes out."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Final

from locales import current

HOUR: Final = 3600.0
GUESSES_PER_HOUR: Final = 30
MOST_ADDRESSES: Final = 10_000

_PAGE: Final = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Tổ Số</title>
<link rel="stylesheet" href="/static/chat.css">
<link rel="stylesheet" href="/static/join.css">
</head>
<body class="join">
<main>
<h1>Tổ Số</h1>
<p>{sentence}</p>
</main>
</body>
</html>
"""


def page(sentence: str) -> str:
    """Write a page of one sentence."""
    return _PAGE.format(lang=current(), sentence=escape(sentence))


@dataclass(slots=True)
class Guesses:
    """Counts codes that were not right, by address: papers may be checked all day, codes not tried out."""

    per_hour: int = GUESSES_PER_HOUR
    clock: Callable[[], float] = time.monotonic
    _wrong: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def is_too_many(self, address: str) -> bool:
        """Tell whether an address has guessed wrongly too often within an hour."""
        moments = self._wrong.get(address)
        while moments and moments[0] < self.clock() - HOUR:
            moments.popleft()
        return moments is not None and len(moments) >= self.per_hour

    def count(self, address: str) -> None:
        """Note a code that was not right; a flood of addresses fills no memory."""
        if len(self._wrong) >= MOST_ADDRESSES:
            self._wrong.clear()
        self._wrong[address].append(self.clock())
