"""What is read once at the start: the guides, the matcher over them, and the lessons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.guides import Library
from services.lessons import Lessons
from services.matching import Matcher
from services.titles import Titles

ROOT = Path(__file__).parent.parent


def load_content(root: Path = ROOT) -> dict[str, Any]:
    """Read guides and lessons, and index the guides: what handlers ask for by name.

    The matcher knows the guides' own phrases; `bot.learned` replaces it for those of the database.
    """
    guides = Library.load(root / "guides")
    lessons = Lessons.load(root / "lessons")
    return {
        "guides": guides,
        "matcher": Matcher(guides.entries()),
        "lessons": lessons,
        "titles": Titles.of(guides, lessons),
    }
