"""Where are letters that have every Vietnamese mark, for what is drawn or printed?"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

_FILES = {"regular": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}


@cache
def path(weight: Literal["regular", "bold"] = "regular") -> Path:
    """Find the file of a weight, as matplotlib brings it; matplotlib itself is not loaded."""
    found = find_spec("matplotlib")
    if found is None or not found.submodule_search_locations:
        message = "the letters come with matplotlib, which is not installed: run make setup"
        raise FileNotFoundError(message)
    return Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf" / _FILES[weight]
