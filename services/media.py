"""Where pictures and documents lie: a row in the database, the bytes on disk by their hash."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Media


@dataclass(frozen=True, slots=True)
class MediaStore:
    """Files under one folder; the same bytes are kept once."""

    folder: Path

    async def keep(
        self,
        session: AsyncSession,
        data: bytes,
        *,
        mime: str,
        now: datetime,
        filename: str | None = None,
        keep_for: timedelta | None = None,
    ) -> int:
        """Keep bytes and tell the media id; they are on disk before the transaction commits."""
        digest = hashlib.sha256(data).hexdigest()
        self._write(digest, data)
        row = Media(
            token=secrets.token_urlsafe(24),
            sha256=digest,
            mime=mime,
            filename=filename,
            size=len(data),
            created_at=now,
            expires_at=now + keep_for if keep_for else None,
        )
        session.add(row)
        await session.flush()
        assert row.id is not None  # noqa: S101 - flushed
        return row.id

    def _write(self, digest: str, data: bytes) -> None:
        path = self.folder / digest
        if path.exists():
            path.touch()  # the sweep leaves young files alone until their row is committed
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    async def find(self, session: AsyncSession, token: str, *, now: datetime) -> tuple[Media, Path] | None:
        """Find a file by the token in its address, unless it has expired."""
        media = (await session.exec(select(Media).where(col(Media.token) == token))).first()
        if media is None or (media.expires_at is not None and media.expires_at < now):
            return None
        return media, self.folder / media.sha256

    async def token_of(self, session: AsyncSession, media_id: int) -> str:
        """Tell the name a file has in its address."""
        return (await session.exec(select(Media.token).where(Media.id == media_id))).one()
