"""How are the weeks of a whole province read and drawn? Some at a time, in processes beside the program."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.beside import ChildFailed, beside
from bot.database import Database
from bot.scheduler import Work
from locales import current, use_locale
from services import units, weekly_chart
from services.counts import Week
from services.reports import weekly
from services.reports.weekly import Weekly
from services.rules import Kind

log = logging.getLogger(__name__)

# A new interpreter takes as long as twenty weeks, so each is given as many as there are, up to a number that
# is soon made; more processes than cores would only wait for each other.
MOST: Final = 120
PROCESSES: Final = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Made:
    """An area's week with its picture, None where that could not be drawn."""

    figures: Weekly
    picture: bytes | None


async def made(work: Work, unit_ids: Sequence[int], week: Week) -> AsyncIterator[Made]:
    """Give the week of each area as it is made; one that cannot be is left out."""
    url = work.database.url.render_as_string(hide_password=False)
    limit = asyncio.Semaphore(PROCESSES)

    async def part(some: Sequence[int]) -> list[Made]:
        async with limit:
            return await beside(make, url, some, week, work.rules.activity.kinds, work.now, current())

    tasks = [asyncio.create_task(part(some)) for some in _parts(unit_ids)]
    try:
        for task in asyncio.as_completed(tasks):
            try:
                found = await task
            except ChildFailed:
                log.exception("weeks could not be made beside the program")
                continue
            for one in found:
                yield one
    finally:
        for each in tasks:
            each.cancel()


def _parts(unit_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Deal the areas out, so that large and small ones fall to each."""
    parts = max(PROCESSES, -(-len(unit_ids) // MOST))
    return (unit_ids[first::parts] for first in range(min(parts, len(unit_ids))))


def make(
    url: str, unit_ids: Sequence[int], week: Week, kinds: Sequence[Kind], now: datetime, language: str
) -> list[Made]:
    """Read and draw some weeks, in the process that was begun for it."""
    with use_locale(language):
        return asyncio.run(_make(url, unit_ids, week, kinds, now))


async def _make(
    url: str, unit_ids: Sequence[int], week: Week, kinds: Sequence[Kind], now: datetime
) -> list[Made]:
    database = Database(url, pool_size=1)
    found = []
    try:
        for unit_id in unit_ids:
            try:
                async with database.reading() as session:
                    unit = await units.unit_of(session, unit_id)
                    figures = await weekly.make(session, unit, week, kinds=kinds, now=now)
            except Exception:
                log.exception("a week could not be read", extra={"unit": unit_id})
                continue
            found.append(Made(figures, draw(figures)))
    finally:
        await database.close()
    return found


def draw(figures: Weekly) -> bytes | None:
    """Draw a week's chart; a summary without its picture is better than none."""
    try:
        return weekly_chart.draw(figures)
    except Exception:
        log.exception("a chart failed", extra={"unit": figures.unit_id})
        return None
