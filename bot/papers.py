"""How certificates and lesson cards are drawn: beside the loop, when somebody first needs them."""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import Any

from sqlmodel import col, select

from bot.beside import beside
from bot.database import Database
from locales import use_locale
from models.certificate import Certificate
from models.delivery import Media
from services import certificate_pdf, certificates, lesson_cards
from services.lesson_cards import Card
from services.lessons import Lessons
from services.media import MediaStore
from services.rules import Rules

log = logging.getLogger(__name__)


class Papers:
    """Makes files by media id, one at a time: two who ask for the same card get the same one."""

    def __init__(self, database: Database, store: MediaStore, lessons: Lessons, rules: Rules) -> None:
        """Prepare; certificates are printed in the installation's language."""
        self.database = database
        self.store = store
        self.lessons = lessons
        self.rules = rules
        self._one_at_a_time = asyncio.Lock()

    @cached_property
    def _cards(self) -> dict[str, Card]:
        return {card.digest: card for card in lesson_cards.every(self.lessons)}

    async def fetch(self, media_id: int) -> bool:
        """Make a file; False if it is none of these, or what it showed has changed since."""
        statement: Any = (
            select(Media.sha256, Certificate)
            .outerjoin(Certificate, col(Certificate.sha256) == col(Media.sha256))
            .where(Media.id == media_id, Media.size == 0)
        )
        async with self.database.reading() as session:
            found = (await session.exec(statement)).first()
        if found is None:
            return False
        digest, certificate = found
        async with self._one_at_a_time:
            if (self.store.folder / digest).exists():
                return True
            if certificate is not None:
                await self._put(digest, await self._printed(certificate))
            elif digest in self._cards:
                await self._put(digest, await asyncio.to_thread(lesson_cards.draw, self._cards[digest]))
            else:
                return False
        return True

    async def _printed(self, certificate: Certificate) -> bytes:
        with use_locale(self.rules.language):
            paper = certificates.paper_of(certificate, self.rules.public_url)
        return await beside(certificate_pdf.draw, paper)

    async def _put(self, digest: str, data: bytes) -> None:
        await asyncio.to_thread(self.store.put, digest, data)
        log.info("paper drawn", extra={"bytes": len(data)})
