"""How a picture or voice that lies with one platform is brought here, when another channel needs it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from bot.channels import Channel
from bot.database import Database
from bot.leases import media, provider_file
from bot.web import photos
from services.media import MediaStore

log = logging.getLogger(__name__)


class FarFiles:
    """Fetches by media id: through the channel that received it; a picture is cleaned like an upload."""

    def __init__(
        self, database: Database, store: MediaStore, channels: Callable[[], Iterable[Channel]]
    ) -> None:
        """Prepare; channels are asked for when a file is wanted."""
        self.database = database
        self.store = store
        self.channels = channels

    async def fetch(self, media_id: int) -> bool:
        """Bring a file here; False if no channel of this process can, or it is gone."""
        statement = (
            sa.select(media.c.sha256, media.c.mime, provider_file.c.channel_account, provider_file.c.file_id)
            .join(provider_file, provider_file.c.media_id == media.c.id)
            .where(media.c.id == media_id)
        )
        async with self.database.reading() as session:
            rows = (await (await session.connection()).execute(statement)).all()
        for row in rows:
            holders = (one for one in self.channels() if one.account == row.channel_account)
            fetch: Any = getattr(next(holders, None), "fetch", None)
            data = await fetch(row.file_id) if fetch else None
            if data and len(data) <= photos.LARGEST:
                return await self._put(row.sha256, row.mime, data)
        return False

    async def _put(self, name: str, mime: str, data: bytes) -> bool:
        if mime.startswith("audio/"):
            await asyncio.to_thread(self.store.put, name, data)
            return True
        try:
            clean = await asyncio.to_thread(photos.cleaned, data)
        except photos.NotAPicture:
            log.warning("a far file is no picture")
            return False
        await asyncio.to_thread(self.store.put, name, clean)
        return True
