"""toso chat: talk with the program in the terminal, and keep the talk as a golden conversation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import readiness
from bot.app import Program
from bot.channels.terminal import Terminal, read_lines
from bot.config import Config
from locales import dates
from locales import gettext as _


async def run(args: argparse.Namespace, config: Config) -> int:
    """Talk until the input ends."""
    readiness.prepare_database(config)
    program = Program(config)
    talk: list[str] = []
    who = args.person or _("You")

    def write(text: str) -> None:
        talk.append(text)
        print(text, flush=True)

    terminal = Terminal(who, name=args.person or "", now=program.now, write=write)
    program.channels = [terminal]
    sender = program.add_sender(terminal)
    await program.learned.refresh()
    await terminal.start(program.receive)
    lines = await read_lines(f"{who}  ")
    while (line := await lines.get()) is not None:
        if not line.strip():
            continue
        talk.append(f"{who}  {line}")
        if not sys.stdin.isatty():
            print(f"{who}  {line}", flush=True)
        await terminal.type(line)
        await sender.drain()
    await program.database.close()
    if args.save:
        _save(args.save, talk, program)
    return 0


def _save(path: Path, talk: list[str], program: Program) -> None:
    now = program.now()
    day = f"{dates.weekday(now.date())} {dates.long(now.date())} {dates.clock(now)}"
    path.write_text("\n".join([f"# {path.stem}", f"@ {day}", *talk, ""]), encoding="utf-8")
