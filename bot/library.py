"""What is read once at the start: the guides, the matcher over them, and the lessons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.guides import Library
from services.lessons import Lessons
from services.matching import Entry, Matcher

ROOT = Path(__file__).parent.parent


def load_content(root: Path = ROOT) -> dict[str, Any]:
    """Read guides and lessons, and index the guides: what handlers ask for by name."""
    guides = Library.load(root / "guides")
    entries = [
        Entry(guide.slug, guide.title, guide.phrases, guide.slug in guides.stubs)
        for guide in guides.matched()
    ]
    lessons = Lessons.load(root / "lessons")
    return {"guides": guides, "matcher": Matcher(entries), "lessons": lessons}
