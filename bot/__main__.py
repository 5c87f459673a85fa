"""The command line of Tổ Số: finds the command, runs it, and turns whatever goes wrong into a sentence."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from bot import command_line
from bot.commands import Refused
from bot.loading import loading
from locales import gettext as _

if TYPE_CHECKING:
    from bot.config import Config

FINE, FAILED, MISUSED = 0, 1, 2
PROJECT = Path(__file__).resolve().parent.parent
LOG = PROJECT / "var" / "toso.log"
# These look at the settings themselves, or need none.
_WITHOUT_CONFIG = {"ask", "check", "doctor"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 (fine), 1 (failed) or 2 (bad usage or bad input)."""
    try:
        args = command_line.parse(list(sys.argv[1:] if argv is None else argv))
        return _obey(args)
    except command_line.UsageWrong as wrong:
        return _complain(MISUSED, str(wrong))
    except Refused as refused:
        return _complain(refused.code, *refused.sentences)
    except (SystemExit, KeyboardInterrupt) as end:
        return FINE if isinstance(end, SystemExit) and not end.code else FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain again while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last door: no traceback reaches a person
        return _explain(error)


def _obey(args: argparse.Namespace) -> int:
    if args.command == "ask":
        return _ask(args)
    import asyncio

    with loading():
        module = import_module(f"bot.commands.{args.command}")
        given = () if args.command in _WITHOUT_CONFIG else (_settings(args.command),)
    return int(asyncio.run(module.run(args, *given)))


def _settings(command: str) -> Config:
    from bot import config

    return config.load_demo() if command == "demo" else config.load()


def _ask(args: argparse.Namespace) -> int:
    from bot import ask

    question = " ".join(args.question) if args.question else None
    return int(ask.run(question, guides=args.guides, as_json=args.as_json))


def _explain(error: Exception) -> int:
    """Say an error that has a sentence; log one that has none."""
    from services.errors import DomainError

    if isinstance(error, DomainError):
        return _complain(FAILED, str(error))
    if type(error).__name__ == "ConfigError":
        return _complain(MISUSED, *getattr(error, "sentences", [str(error)]))
    if type(error).__name__ in {"UnknownDatabase", "OrphansFound"}:
        return _complain(FAILED, str(error))
    if _is_unreachable(error):
        return _complain(FAILED, _("The database does not answer; check database.url, then try toso doctor."))
    return _complain(FAILED, _logged(error))


def _is_unreachable(error: Exception) -> bool:
    """Tell whether the database could not be reached, without loading SQLAlchemy to ask."""
    exc = sys.modules.get("sqlalchemy.exc")
    is_refused = exc is not None and isinstance(error, exc.OperationalError | exc.InterfaceError)
    return is_refused or isinstance(error, ConnectionError)


def _logged(error: Exception) -> str:
    """Write down the kind of error and the way to it; its message may hold somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)
    way = [f"{_short(frame.filename)}:{frame.lineno}" for frame in frames]
    kind = type(error).__name__
    try:
        LOG.parent.mkdir(exist_ok=True)
        with LOG.open("a", encoding="utf-8") as file:
            file.write(
                f"{datetime.now(UTC).isoformat(timespec='seconds')} unexpected {kind} at {' > '.join(way)}\n"
            )
    except OSError:
        sentence = _(
            "An unexpected error stopped this ({kind} at {place}); the log {log} cannot be written either."
        )
    else:
        sentence = _(
            "An unexpected error stopped this ({kind} at {place}); send the last line of {log} to the makers."
        )
    return sentence.format(kind=kind, place=way[-1] if way else "?", log=LOG)


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else path.name


def _complain(code: int, *sentences: str) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
