"""Which stored picture stands beside a lesson's page: its own, or the page in large letters?"""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Media
from services import lesson_cards
from services.lessons import Lesson, Lessons, Page
from services.media import MediaStore

PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Shown:
    """What goes with a page's words: a media id, and how it is said to whoever cannot see it."""

    picture: int | None
    alt: str | None
    is_card: bool


async def shown(
    session: AsyncSession,
    media: MediaStore,
    lessons: Lessons,
    lesson: Lesson,
    number: int,
    *,
    is_large: bool,
    now: datetime,
) -> Shown:
    """Choose the picture of a page for whoever reads it."""
    page = lesson.pages[number - 1]
    if is_large:
        card = await card_of(session, lessons, lesson, number, now=now)
        return Shown(card, "\n".join(filter(None, [page.text, page.alt])), is_card=True)
    picture = await picture_of(session, media, lessons, lesson, page, now=now)
    return Shown(picture, page.alt or None, is_card=False)


async def picture_of(
    session: AsyncSession, media: MediaStore, lessons: Lessons, lesson: Lesson, page: Page, *, now: datetime
) -> int | None:
    """Give the media id of a page's picture, None for a page without one.

    The same picture keeps one row for good, so that a platform that holds it already is not sent it again.
    """
    path = lessons.picture_file(lesson, page)
    if path is None or not path.is_file():
        return None
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    known = await _known(session, digest)
    if known is not None:
        return known
    mime = mimetypes.guess_type(path.name)[0] or PNG
    return await media.keep(session, data, mime=mime, filename=path.name, now=now)


async def card_of(
    session: AsyncSession, lessons: Lessons, lesson: Lesson, number: int, *, now: datetime
) -> int:
    """Give the media id of a page in large letters, the same each time; drawn when somebody fetches it."""
    digest = lesson_cards.card_of(lessons, lesson, number).digest
    known = await _known(session, digest)
    if known is not None:
        return known
    row = Media(token=secrets.token_urlsafe(24), sha256=digest, mime=PNG, size=0, created_at=now)
    session.add(row)
    await session.flush()
    assert row.id is not None  # noqa: S101 - flushed
    return row.id


async def _known(session: AsyncSession, digest: str) -> int | None:
    same = select(Media.id).where(Media.sha256 == digest, col(Media.expires_at).is_(None))
    return (await session.exec(same.order_by(col(Media.id)))).first()
