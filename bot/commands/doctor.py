"""toso doctor: is everything this machine must give there?"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from bot import checking, readiness
from bot.checking import Finding
from bot.clock import Clock
from bot.config import Config, load
from bot.config_types import without_password
from bot.database import Database
from locales import gettext as _
from models.conversation import Seen

MEGABYTE = 1_000_000
FULL, NEARLY_FULL = 500 * MEGABYTE, 2_000 * MEGABYTE


async def run(_args: argparse.Namespace) -> int:
    """Look at the machine, then show the settings; 1 if anything is wrong."""
    config = load()
    now = Clock(config.timezone).now()
    findings = [*await _database(config, now), *_disk(config), _port(config), *checking.channels(config)]
    print(checking.shown(findings))
    print(f"\n{config.masked()}")
    return int(any(finding.mark == "wrong" for finding in findings))


async def _database(config: Config, now: datetime) -> list[Finding]:
    tables = await asyncio.to_thread(lambda: checking.tables(config))
    clock = Finding(
        "good", _("clock {time}, {zone}").format(time=f"{now:%H:%M %d/%m/%Y}", zone=config.timezone)
    )
    if tables.mark != "good":
        return [clock, tables]
    database = Database(config.database.url)
    started = time.perf_counter()
    try:
        async with database.reading() as session:
            last: datetime | None = (await session.exec(select(sa.func.max(col(Seen.seen_at))))).one()
    finally:
        await database.close()
    took = (time.perf_counter() - started) * 1000
    address = without_password(config.database.url)
    answer = _("{url} answers in {ms} ms").format(url=address, ms=f"{took:.0f}")
    if last is not None and last > now + timedelta(minutes=5):
        sentence = _("The clock says {time}, but the last update is of {later}; set the clock right.")
        clock = Finding(
            "wrong", sentence.format(time=f"{now:%H:%M %d/%m/%Y}", later=f"{last:%H:%M %d/%m/%Y}")
        )
    return [clock, tables, Finding("good", answer)]


def _disk(config: Config) -> Iterator[Finding]:
    homes = {_nearest(config.media.folder)}
    if config.database.path:
        homes.add(_nearest(config.database.path.parent))
    for folder in sorted({folder.stat().st_dev: folder for folder in sorted(homes)}.values()):
        free = shutil.disk_usage(folder).free
        if free < NEARLY_FULL:
            sentence = _("{folder}: the disk has {free} MB left; make room.")
            mark: checking.Mark = "wrong" if free < FULL else "note"
            yield Finding(mark, sentence.format(folder=folder, free=free // MEGABYTE))
        else:
            yield Finding("good", _("disk {free} GB free").format(free=free // (1000 * MEGABYTE)))


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def _port(config: Config) -> Finding:
    port = config.web.port
    if readiness.is_running(config):
        return Finding("good", _("toso run is running"))
    try:
        is_free = readiness.is_port_free(config.web.host, port)
    except OSError:
        sentence = _('web.host "{host}" is no address of this machine; use 127.0.0.1 or 0.0.0.0.')
        return Finding("wrong", sentence.format(host=config.web.host))
    if not is_free:
        return Finding("wrong", readiness.taken(port))
    return Finding("good", _("port {port} is free").format(port=port))
