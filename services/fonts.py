"""Where do the letters lie that pictures and papers are written with?"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def folder() -> Path:
    """Find the fonts that come with matplotlib, without loading it: they have every Vietnamese letter."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        message = "matplotlib is not installed; run make setup"
        raise RuntimeError(message)
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def regular() -> Path:
    """Name the file of the plain letters."""
    return folder() / "DejaVuSans.ttf"


def bold() -> Path:
    """Name the file of the bold letters."""
    return folder() / "DejaVuSans-Bold.ttf"
