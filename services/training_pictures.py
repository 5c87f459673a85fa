"""Which stored picture stands for the picture beside a lesson's page?"""

from __future__ import annotations

import hashlib
import mimetypes
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Media
from services.lessons import Lesson, Lessons, Page
from services.media import MediaStore


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
    statement = select(Media.id).where(Media.sha256 == digest, col(Media.expires_at).is_(None))
    known = (await session.exec(statement.order_by(col(Media.id)))).first()
    if known is not None:
        return known
    mime = mimetypes.guess_type(path.name)[0] or "image/png"
    return await media.keep(session, data, mime=mime, filename=path.name, now=now)
