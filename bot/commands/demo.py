"""toso demo: a sample area to try everything in, on this machine only."""

from __future__ import annotations

import argparse
import logging
import shutil
import time
from pathlib import Path
from typing import Any

from sqlalchemy import exc

from bot import migrations, readiness
from bot.app import Program
from bot.commands import Refused
from bot.commands.run import until_stopped
from bot.config import Config
from bot.database import Database
from bot.demo import Demo, clock_of, places_of, remember_clock, said
from bot.demo_clock import DemoClock
from bot.demo_story import Story
from bot.loading import loading
from bot.marker import is_demo, mark_demo
from locales import dates, use_locale
from locales import gettext as _
from services import sample
from services.sample import Size


async def run(args: argparse.Namespace, config: Config) -> int:
    """Make the sample area at first use, then serve it until a signal ends it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if args.port:
        config = config.model_copy(update={"web": config.web.model_copy(update={"port": args.port})})
    if not readiness.is_port_free(config.web.host, config.web.port):
        sentence = _("Another program is using port {port}; choose one: toso demo --port {other}.")
        raise Refused(sentence.format(port=config.web.port, other=config.web.port + 1), code=2)
    with readiness.only_one(config):
        await _refuse_others(config)
        if args.fresh or not _is_current(config):
            await make(config)
        await _serve(config)
    return 0


async def _refuse_others(config: Config) -> None:
    """Raise Refused where somebody's work is, so that nothing is ever made over it."""
    path = _path(config)
    if path.exists() and not await holds_sample(config.database.url):
        sentence = _("{file} does not hold the sample area; move it away, then start toso demo again.")
        raise Refused(sentence.format(file=path), code=2)


def _is_current(config: Config) -> bool:
    """Tell whether a sample area of this very version is there; an older one is made anew."""
    try:
        return _path(config).exists() and migrations.pending(config.database.url) == 0
    except migrations.UnknownDatabase:
        return False


async def holds_sample(url: str) -> bool:
    """Tell whether a database is marked as the sample area; one that cannot be read is not."""
    database = Database(url)
    try:
        return await is_demo(database)
    except exc.DBAPIError:
        return False
    finally:
        await database.close()


async def make(config: Config, size: Size | None = None) -> None:
    """Make the sample area beside the old one and put it in its place when it is whole."""
    path = _path(config)
    began = time.monotonic()
    shape = size or Size()
    text = _("Making the sample area: {villages} villages, {people} people in teams, {weeks} weeks ...")
    numbers = {"villages": dates.number(shape.villages), "people": dates.number(shape.members)}
    print(text.format(weeks=shape.weeks, **numbers), flush=True)
    draft = path.with_name(f"{path.stem}-new.db")
    _remove(draft)
    shutil.rmtree(config.media.folder, ignore_errors=True)
    url = f"sqlite:///{draft}"
    migrations.upgrade(url)
    moved = config.database.model_copy(update={"url": url})
    clock = DemoClock(config.timezone)
    await _fill(Program(config.model_copy(update={"database": moved}), now=clock.now), clock, shape)
    _remove(path)
    draft.rename(path)
    print(_("Done in {n} seconds.").format(n=round(time.monotonic() - began)), flush=True)


async def _fill(program: Program, clock: DemoClock, size: Size) -> None:
    now = clock.now()
    given: dict[str, Any] = program.given
    try:
        await mark_demo(program.database)
        async with program.database.writing() as session:
            content = {"guides": given["guides"], "lessons": given["lessons"]}
            await sample.load(session, **content, rules=program.rules, now=now, size=size)
        await Story(program, clock, now).tell()
        async with program.database.writing() as session:
            await remember_clock(session, clock)
    finally:
        await program.database.close()


async def _serve(config: Config) -> None:
    first = Database(config.database.url)
    try:
        clock, places = await clock_of(first, config.timezone), await places_of(first)
    finally:
        await first.close()
    with loading():
        program = Program(config, now=clock.now)
    demo = Demo(program, clock, places)
    await demo.live_on()
    async with demo.running():
        with use_locale(config.language):
            text = _("The sample area is open: {address} (its clock says {moment})")
            print(text.format(address=config.web.address, moment=said(clock.now())), flush=True)
        await until_stopped()


def _path(config: Config) -> Path:
    path = config.database.path
    assert path is not None  # noqa: S101 - the demo's settings name a file
    return path


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
