"""Which stored file shows a step in large letters, a guide on paper, or a step aloud?

Its row is written when it is wanted, its bytes are made when somebody fetches it: drawing takes too long for
a unit of work. The row is named by the hash of all that is drawn, so the same card is made once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from locales import use_locale
from models.delivery import Media
from models.guides import GuideFile, GuideFileKind
from services import guide_cards, guide_pages
from services.guides import Guide, Library, Recording, Step

# Part of every name: a card that is drawn in another way is another card.
LOOK = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be made: what it shows, the name its bytes go by, and how they are made."""

    shows: GuideFile
    digest: str
    mime: str
    filename: str | None
    make: Callable[[], bytes]


def card(guide: Guide, first: int, step: int) -> Sheet:
    """Show the steps from `first` to `step` as a picture in large letters."""
    steps = guide.steps[first - 1 : step]
    with use_locale(guide.locale):
        place = place_of(first, step, len(guide.steps))
    texts = [one.text for one in steps]
    return Sheet(
        _shows(GuideFileKind.CARD, guide, first, step),
        _digest("card", guide.title, place, *texts),
        "image/png",
        None,
        lambda: guide_cards.draw(guide.title, place, texts),
    )


def place_of(first: int, step: int, of: int) -> str:
    """Say which step this is, of how many, or which steps."""
    if first == step:
        return _("Step {n}/{of}").format(n=step, of=of)
    return _("Steps {first} to {n}/{of}").format(first=first, n=step, of=of)


def page(guide: Guide, public_url: str) -> Sheet:
    """Show the whole guide on one page of paper."""
    address = guide_pages.link(public_url, guide.slug)

    def make() -> bytes:
        with use_locale(guide.locale):
            return guide_pages.draw(guide, address)

    return Sheet(
        _shows(GuideFileKind.PAGE, guide, 0, 0),
        _digest("page", *_on_paper(guide), address),
        "application/pdf",
        f"toso-{guide.slug.replace('_', '-')}.pdf",
        make,
    )


def _on_paper(guide: Guide) -> Sequence[str]:
    facts = (guide.needs, guide.fee, guide.takes, guide.where, guide.hotline, guide.official, guide.worked)
    steps = (step.text for step in guide.steps)
    return (guide.locale, guide.title, *facts, str(guide.checked_on), *steps)


def recording(found: Recording) -> Sheet:
    """Show a step aloud."""
    shows = GuideFile(
        media_id=0,
        kind=GuideFileKind.RECORDING,
        slug=found.slug,
        locale=found.locale,
        first=found.step,
        step=found.step,
    )
    name = f"{found.slug.replace('_', '-')}-{found.path.name.replace('.', '-', 1)}"
    return Sheet(shows, found.digest, found.mime, name, found.path.read_bytes)


def _shows(kind: GuideFileKind, guide: Guide, first: int, step: int) -> GuideFile:
    return GuideFile(media_id=0, kind=kind, slug=guide.slug, locale=guide.locale, first=first, step=step)


def _digest(*parts: str) -> str:
    # No part holds a zero byte, so no two lists of parts are written alike.
    return hashlib.sha256("\0".join([str(LOOK), *parts]).encode()).hexdigest()


async def keep(session: AsyncSession, sheet: Sheet, *, now: datetime) -> int:
    """Give the media id of a file, the same one each time."""
    same = select(Media.id).where(Media.sha256 == sheet.digest, col(Media.expires_at).is_(None))
    known = (await session.exec(same.order_by(col(Media.id)))).first()
    if known is not None:
        return known
    row = Media(
        token=secrets.token_urlsafe(24),
        sha256=sheet.digest,
        mime=sheet.mime,
        filename=sheet.filename,
        size=0,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    assert row.id is not None  # noqa: S101 - flushed
    shows = sheet.shows
    shows.media_id = row.id
    session.add(shows)
    return row.id


def again(shown: GuideFile, library: Library, public_url: str) -> Sheet | None:
    """Tell how to make what a row shows; None for a guide or a recording that is not there any more."""
    if shown.kind is GuideFileKind.RECORDING:
        found = library.recordings(shown.slug, shown.step)
        return next((recording(one) for one in found if one.locale == shown.locale), None)
    if shown.slug not in library:
        return None
    guide = library.get(shown.slug, shown.locale)
    if shown.kind is GuideFileKind.PAGE:
        return page(guide, public_url)
    return card(guide, shown.first, shown.step) if shown.step <= len(guide.steps) else None


def alt(steps: Sequence[Step]) -> str:
    """Say a card to whoever cannot see it."""
    return "\n".join(step.text for step in steps)
