"""How are lessons and guides called, wherever only their slugs are known?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from locales import current
from services.guides import Library
from services.lessons import Lessons

Title = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Titles:
    """How each is called, by its slug."""

    lesson: Title = str
    guide: Title = str

    @classmethod
    def of(cls, guides: Library, lessons: Lessons) -> Titles:
        """Read titles from the content; what is not there any more keeps its slug."""
        return cls(
            lesson=lambda slug: lessons.get(slug, current()).title if slug in lessons else slug,
            guide=lambda slug: guides.get(slug).title if slug in guides else slug,
        )
