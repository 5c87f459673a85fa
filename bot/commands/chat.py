"""toso chat: talk with the program in the terminal, and keep the talk as a golden conversation."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from bot import readiness
from bot.app import Program
from bot.channels.terminal import Terminal, read_lines
from bot.config import Config
from bot.notation import Notebook
from locales import gettext as _


async def run(args: argparse.Namespace, config: Config) -> int:
    """Talk until the input ends."""
    readiness.prepare_database(config)
    program = Program(config)
    who = args.person or _("You")
    notebook = Notebook(args.save.stem if args.save else "", who)
    terminal = Terminal(
        who,
        name=args.person or "",
        now=program.now,
        write=partial(print, flush=True),
        note=lambda message: notebook.receive(message, at=program.now()),
    )
    program.channels = [terminal]
    sender = program.add_sender(terminal)
    await program.learned.refresh()
    await terminal.start(program.receive)
    lines = await read_lines(f"{who}  ")
    while (line := await lines.get()) is not None:
        if not line.strip():
            continue
        if not sys.stdin.isatty():
            print(f"{who}  {line}", flush=True)
        notebook.type(line, at=program.now())
        await terminal.type(line)
        await sender.drain()
    await program.database.close()
    if args.save:
        args.save.write_text(notebook.text, encoding="utf-8")
    return 0
