"""Which addresses may be shown to citizens? Those of the state and of what its guides send people to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from services.folding import fold

_FILE: Final = Path(__file__).with_name("official_domains.txt")
# Endings that name a site wherever they stand; a file name (thon.csv) or a sentence's end is none of them.
_ENDINGS: Final = (
    "vn|com|net|org|info|biz|edu|gov|io|me|app|dev|xyz|top|site|online|shop|store|vip|club|live|link|click|page|"
    "asia|cc|co|ly|gl|gg|tk|ml|ru|cn|tv|to|example"
)
_ADDRESS: Final = re.compile(
    rf"(?:https?://|www\.)[^\s/?#\"'<>)\]]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})(?![\w-])", re.ASCII
)
_LOCAL: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\{\w*\})(?::\d+)?")


@cache
def domains() -> frozenset[str]:
    """List the domains that may be shown, with everything below them."""
    lines = _FILE.read_text("utf-8").splitlines()
    return frozenset(line.split("#")[0].strip() for line in lines if line.split("#")[0].strip())


def strangers(text: str) -> Iterator[str]:
    """Find the addresses in a text that are on no list; our own, which carry no name yet, are not meant."""
    for found in _ADDRESS.finditer(fold(text)):
        name = re.sub(r"^(?:https?://)?(?:www\.)?", "", found[0]).rstrip(".,;:")
        host = name.split(":")[0]
        if host and not _LOCAL.fullmatch(name) and not _is_official(host):
            yield host


def without_strangers(text: str) -> str:
    """Leave out every word that holds an address on no list."""
    lines = [
        " ".join(word for word in line.split(" ") if not any(strangers(word))) for line in text.split("\n")
    ]
    return "\n".join(lines).strip()


def _is_official(host: str) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in domains() for at in range(len(labels)))
