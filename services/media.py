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

from models.delivery import Media, ProviderFile


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
        person_id: int | None = None,
    ) -> int:
        """Keep bytes and tell the media id; they are on disk before the transaction commits.

        With `person_id` they are about somebody, and go with them.
        """
        digest = hashlib.sha256(data).hexdigest()
        self.put(digest, data)
        row = Media(
            token=secrets.token_urlsafe(24),
            sha256=digest,
            mime=mime,
            filename=filename,
            size=len(data),
            person_id=person_id,
            created_at=now,
            expires_at=now + keep_for if keep_for else None,
        )
        session.add(row)
        await session.flush()
        assert row.id is not None  # noqa: S101 - flushed
        return row.id

    def put(self, digest: str, data: bytes) -> None:
        """Write bytes under a name, whole or not at all."""
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


async def received(
    session: AsyncSession, *, channel_account: str, file: str, now: datetime, keep_for: timedelta
) -> int:
    """Find what the web chat uploaded, which names its files by token; else name the platform's own file."""
    is_there = col(Media.expires_at).is_(None) | (col(Media.expires_at) > now)
    kept = (await session.exec(select(Media.id).where(Media.token == file, is_there))).first()
    if kept is not None:
        return kept
    return await remember_far(
        session, channel_account=channel_account, file_id=file, now=now, keep_for=keep_for
    )


async def remember_far(
    session: AsyncSession,
    *,
    channel_account: str,
    file_id: str,
    now: datetime,
    keep_for: timedelta,
    mime: str = "image/jpeg",
    person_id: int | None = None,
) -> int:
    """Name a file that lies with a platform, and tell its media id; it is fetched when somebody needs it.

    Such a row has size 0. On the same channel account the platform's own id is enough, nothing is fetched.
    """
    row = Media(
        token=secrets.token_urlsafe(24),
        sha256=hashlib.sha256(f"{channel_account}:{file_id}".encode()).hexdigest(),
        mime=mime,
        size=0,
        person_id=person_id,
        created_at=now,
        expires_at=now + keep_for,
    )
    session.add(row)
    await session.flush()
    assert row.id is not None  # noqa: S101 - flushed
    session.add(ProviderFile(media_id=row.id, channel_account=channel_account, file_id=file_id))
    return row.id
