"""How the bytes of a card, a page or a recording come to be: in a thread, when somebody first needs them."""

from __future__ import annotations

import asyncio
import logging

from sqlmodel import col, select

from bot.database import Database
from models.delivery import Media
from models.guides import GuideFile
from services import guide_files
from services.guide_files import Sheet
from services.guides import Library
from services.media import MediaStore

log = logging.getLogger(__name__)


class Drawings:
    """Makes files by media id, one at a time: two who ask for the same card get the same one."""

    def __init__(self, database: Database, store: MediaStore, library: Library, public_url: str) -> None:
        """Prepare; `public_url` is where the QR codes lead."""
        self.database = database
        self.store = store
        self.library = library
        self.public_url = public_url
        self._one_at_a_time = asyncio.Lock()

    async def fetch(self, media_id: int) -> bool:
        """Make a file; False if it is none of these, or the guide it shows has changed since."""
        statement = (
            select(GuideFile, Media.sha256)
            .join(Media, col(Media.id) == col(GuideFile.media_id))
            .where(col(GuideFile.media_id) == media_id)
        )
        async with self.database.reading() as session:
            found = (await session.exec(statement)).first()
            if found is None:
                return False
            shown, digest = found
            sheet = guide_files.again(shown, self.library, self.public_url)
        if sheet is None or sheet.digest != digest:
            log.info("a guide has changed since its file was wanted", extra={"media_id": media_id})
            return False
        async with self._one_at_a_time:
            if not (self.store.folder / digest).exists():
                await asyncio.to_thread(self._make, sheet)
        return True

    def _make(self, sheet: Sheet) -> None:
        self.store.put(sheet.digest, sheet.make())
