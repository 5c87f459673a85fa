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
from bot.failures import failure_shape
from bot.scheduler import Work
from locales import current, use_locale
from services import units, weekly_chart
from services.counts import Week
from services.reports import weekly
from services.reports.weekly import Weekly
from services.rules import Kind

log = logging.getLogger(__name__)

# A new interpreter takes as long as twenty weeks: up to so many are made in a thread. Otherwise each process
# is given as many as there are, up to a number that is soon made; more of them than cores would only wait.
FEW: Final = 12
MOST: Final = 120
PROCESSES: Final = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Made:
    """An area's week with its picture, None where that was not wanted or could not be drawn."""

    figures: Weekly
    picture: bytes | None


@dataclass(frozen=True, slots=True)
class Order:
    """Which week is wanted, counted by which kinds, as of which moment, said in which language."""

    week: Week
    kinds: Sequence[Kind]
    now: datetime
    language: str
    has_pictures: bool


async def made(
    work: Work, unit_ids: Sequence[int], week: Week, *, has_pictures: bool = True, is_here: bool = False
) -> AsyncIterator[Made]:
    """Give the week of each area as it is made; one that cannot be is left out.

    `is_here` makes them in a thread, however many.
    """
    if not unit_ids:
        return
    url = work.database.url.render_as_string(hide_password=False)
    order = Order(week, work.rules.activity.kinds, work.now, current(), has_pictures)
    limit = asyncio.Semaphore(PROCESSES)
    is_many = len(unit_ids) > FEW and not is_here

    async def part(some: Sequence[int]) -> list[Made]:
        async with limit:
            return await (beside if is_many else asyncio.to_thread)(make, url, some, order)

    tasks = [asyncio.create_task(part(some)) for some in (_parts(unit_ids) if is_many else [unit_ids])]
    try:
        for task in asyncio.as_completed(tasks):
            try:
                found = await task
            except (ChildFailed, OSError) as error:
                log.error("weeks not made beside the program", extra={"failure": failure_shape(error)})  # noqa: TRY400
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


def make(url: str, unit_ids: Sequence[int], order: Order) -> list[Made]:
    """Read and draw some weeks, in the process or thread that was begun for it."""
    with use_locale(order.language):
        return asyncio.run(_make(url, unit_ids, order))


async def _make(url: str, unit_ids: Sequence[int], order: Order) -> list[Made]:
    database = Database(url, pool_size=1)
    found = []
    try:
        for unit_id in unit_ids:
            try:
                async with database.reading() as session:
                    unit = await units.unit_of(session, unit_id)
                    figures = await weekly.make(session, unit, order.week, kinds=order.kinds, now=order.now)
            except Exception as error:  # noqa: BLE001 - the other areas get theirs; no message, no names in the log
                shape = failure_shape(error)
                log.error("a week could not be read", extra={"unit": unit_id, "failure": shape})  # noqa: TRY400
                continue
            found.append(Made(figures, _drawn(figures) if order.has_pictures else None))
    finally:
        await database.close()
    return found


def _drawn(figures: Weekly) -> bytes | None:
    """Draw a week's chart; a summary without its picture is better than none."""
    try:
        return weekly_chart.draw(figures)
    except Exception as error:  # noqa: BLE001 - whatever it is, the words are there
        shape = failure_shape(error)
        log.error("a chart failed", extra={"unit": figures.unit_id, "failure": shape})  # noqa: TRY400
        return None
