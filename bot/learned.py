"""How does every process answer with what operators accepted, without a restart and without a pause?"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterable
from typing import Any, Final

from bot.database import Database
from bot.failures import failure_shape
from bot.loading import loading
from services import learning
from services.matching import Entry, Matcher

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 2.0


class Learned:
    """Keeps `given["matcher"]`, which handlers ask for by name, in step with what was accepted."""

    def __init__(self, database: Database, given: dict[str, Any]) -> None:
        """Prepare; the matcher there is knows the guides' own phrases alone."""
        self.database = database
        self.given = given
        self._version = ""

    async def refresh(self) -> bool:
        """Look whether something else is accepted than before; if so, change the matcher and say so."""
        async with self.database.reading() as session:
            version = await learning.version(session)
            if version == self._version:
                return False
            phrases = await learning.accepted(session)
        known = learning.entries(self.given["guides"], phrases)
        # Whoever is being answered keeps the old matcher; the next question has the new one.
        self.given["matcher"] = await asyncio.to_thread(_build, known)
        self._version = version
        log.info("matcher changed", extra={"phrases": sum(map(len, phrases.values()))})
        return True

    async def run(self) -> None:
        """Look every two seconds, until cancelled; a database that is away is asked again."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001 - whatever it is, people are answered as before
                log.error("matcher not changed", extra={"failure": failure_shape(error)})  # noqa: TRY400


def _build(known: Iterable[Entry]) -> Matcher:
    """Build without the collector, which would stop the loop for 0.2 s to walk what is just being made.

    What is there afterwards stays, so the collector need not walk it later either.
    """
    with loading():
        built = Matcher(known)
        gc.freeze()
    return built
