"""What is read once at the start: the guides, and the matcher over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.guides import Library
from services.matching import Entry, Matcher

ROOT = Path(__file__).parent.parent


def load_content(root: Path = ROOT) -> dict[str, Any]:
    """Read guides and index them: what handlers ask for by name."""
    guides = Library.load(root / "guides")
    entries = [Entry(guide.slug, guide.title, guide.phrases, guide.slug in guides.stubs) for guide in guides.matched()]
    return {"guides": guides, "matcher": Matcher(entries)}
