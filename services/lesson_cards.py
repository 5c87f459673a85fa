"""What does a page of a lesson look like in very large letters, with its own picture below them?"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from locales import gettext as _
from locales import use_locale
from services import guide_cards
from services.lessons import Lesson, Lessons

if TYPE_CHECKING:
    from PIL.Image import Image

# Part of every file's name: a card that is drawn in another way is another file.
LOOK: Final = b"lesson card 1"
GAP: Final = 40


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that is drawn; `digest` names the file it is drawn into."""

    title: str
    place: str
    text: str
    picture: bytes

    @property
    def digest(self) -> str:
        """Name the file by all that is drawn."""
        parts = (LOOK, self.title.encode(), self.place.encode(), self.text.encode(), self.picture)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()


def card_of(lessons: Lessons, lesson: Lesson, number: int) -> Card:
    """Gather what the card of a page shows; pages count from 1."""
    page = lesson.pages[number - 1]
    path = lessons.picture_file(lesson, page)
    with use_locale(lesson.locale):
        place = _("Page {n}/{of}").format(n=number, of=len(lesson.pages))
    picture = path.read_bytes() if path is not None and path.is_file() else b""
    return Card(lesson.title, place, page.text, picture)


def every(lessons: Lessons) -> Iterator[Card]:
    """Give the cards of all pages in all languages."""
    for slug in [lesson.slug for lesson in lessons]:
        for lesson in lessons.versions(slug):
            for number in range(1, len(lesson.pages) + 1):
                yield card_of(lessons, lesson, number)


def draw(card: Card) -> bytes:
    """Draw a PNG as wide as a telephone; takes some tens of milliseconds: never on the loop."""
    from PIL import Image  # noqa: PLC0415 - loaded with the first card

    words = guide_cards.draw(card.title, card.place, [card.text])
    if not card.picture:
        return words
    with Image.open(io.BytesIO(words)) as above, Image.open(io.BytesIO(card.picture)) as below:
        whole = _stacked(above.convert("RGB"), below.convert("RGB"))
    out = io.BytesIO()
    whole.quantize(64, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _stacked(above: Image, below: Image) -> Image:
    from PIL import Image  # noqa: PLC0415 - likewise

    fitted = below.resize((above.width, round(below.height * above.width / below.width)))
    whole = Image.new("RGB", (above.width, above.height + GAP + fitted.height), guide_cards.WHITE)
    whole.paste(above, (0, 0))
    whole.paste(fitted, (0, above.height + GAP))
    return whole
