"""toso run: serve people until stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal

from bot import readiness
from bot.app import Program, Role
from bot.commands import Refused
from bot.config import Config
from bot.loading import loaded, loading
from bot.marker import is_demo
from locales import gettext as _


async def run(args: argparse.Namespace, config: Config) -> int:
    """Run one role of the program until a signal ends it."""
    logging.basicConfig(
        level=config.logging.level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with loading():
        readiness.prepare_database(config)
        if args.role in {"all", "web"}:
            readiness.refuse_taken_port(config)
        with readiness.only_one(config):
            await _serve(args.role, config)
    return 0


async def _serve(role: Role, config: Config) -> None:
    program = Program(config)
    if await is_demo(program.database):
        raise Refused(_("This database holds the sample area; start it with toso demo."), code=2)
    async with program.running(role):
        loaded()
        if role in {"all", "web"}:
            print(_("Tổ Số is ready: {address}").format(address=config.web.address), flush=True)
        await until_stopped()


async def until_stopped() -> None:
    """Wait for SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    await stop.wait()
