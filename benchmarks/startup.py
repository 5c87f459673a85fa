"""How long until it is ready, and how much memory does that take, beside a process that only imports aiogram?

Every run is a process of its own with a database of its own; the runs take turns. "ready" is the moment the
program prints that it is: the socket listens, jobs and senders run. Computing is processor time up to there,
for a machine that is busy with other things; memory is what is resident then. "above" is what one round's run
takes beyond that round's import of aiogram. Medians, with the lowest and the highest ratio behind them.

The sample area is made as `toso demo` makes it at first use: the tables, a province and its twelve weeks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import _load

AIOGRAM: Final = "import aiogram"
READY: Final = "toso run, to ready"
SAMPLE: Final = "the sample area, made"
SAYS: Final = "import sys; print(1, flush=True); sys.stdin.read()"
TICKS: Final = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds of the clock, seconds of computing, and megabytes, up to the first line a process prints."""

    clock: float
    computing: float
    memory: float


def main() -> int:
    """Run everything in turns and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        return asyncio.run(_make_sample())
    print(f"{args.rounds} rounds, {os.cpu_count()} cores")
    costs: defaultdict[str, list[Cost]] = defaultdict(list)
    for _round in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name, command in _commands().items():
                costs[name].append(_cost(command, Path(folder)))
    _print(costs)
    return 0


def _commands() -> dict[str, list[str]]:
    """List what is run, in its order: the second start finds the database the first one made."""
    python = [sys.executable, "-P"]
    toso = [*python, "-m", "bot"]
    return {
        "python": [*python, "-c", SAYS],
        AIOGRAM: [*python, "-c", f"import aiogram; {SAYS}"],
        "toso run, first start": [*toso, "run"],
        READY: [*toso, "run"],
        "toso ask --help": [*toso, "ask", "--help"],
        SAMPLE: [*python, __file__, "--alone"],
    }


def _cost(command: Sequence[str], folder: Path) -> Cost:
    """Start a process, look at it when it prints its first line, and end it.

    Compiled modules are kept between runs, as on any machine the program is installed on.
    """
    settings = {
        "PYTHONPATH": str(_load.ROOT),
        "TOSO_DATABASE__URL": f"sqlite:///{folder}/toso.db",
        "TOSO_MEDIA__FOLDER": f"{folder}/media",
        "TOSO_WEB__PORT": str(_free_port()),
        "TMPDIR": str(folder),
    }
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=inherited | settings, stdin=pipe, stdout=pipe) as process:
        assert process.stdout
        line = process.stdout.readline()
        spent = time.perf_counter() - begun
        assert line, f"{command} said nothing"
        cost = Cost(spent, *_used(process.pid))
        process.terminate()
    return cost


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _used(pid: int) -> tuple[float, float]:
    """Read what a process has used so far: seconds of computing, and megabytes. Only Linux tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return float("nan"), float("nan")
    ticks, pages = int(fields[11]) + int(fields[12]), int(fields[21])
    return ticks / TICKS, pages * resource.getpagesize() / 2**20


async def _make_sample() -> int:
    from bot import config as settings
    from bot.commands import demo

    folder = Path(tempfile.mkdtemp())
    found = settings.load_demo(environ={})
    database = found.database.model_copy(update={"url": f"sqlite:///{folder}/demo.db"})
    media = found.media.model_copy(update={"folder": folder / "media"})
    quiet, sys.stdout = sys.stdout, sys.stderr
    await demo.make(found.model_copy(update={"database": database, "media": media}))
    sys.stdout = quiet
    print("made", flush=True)
    await asyncio.Event().wait()
    return 0


def _print(costs: dict[str, list[Cost]]) -> None:
    print(f"{'':24}{'seconds':>9}{'÷ aiogram':>22}{'computing':>11}{'÷ aiogram':>22}{'MB':>7}")
    for name, found in costs.items():
        clock, computing, memory = (statistics.median(one[at] for one in found) for at in range(3))
        ratios = [
            _ratio([one[at] / base[at] for one, base in zip(found, costs[AIOGRAM], strict=True)])
            for at in (0, 1)
        ]
        print(f"{name:24}{clock:9.2f}{ratios[0]:>22}{computing:11.2f}{ratios[1]:>22}{memory:7.0f}")
    above = [
        [ready[at] - base[at] for ready, base in zip(costs[READY], costs[AIOGRAM], strict=True)]
        for at in range(3)
    ]
    clock, computing, memory = (statistics.median(differences) for differences in above)
    print(f"{READY}, above {AIOGRAM}: {clock:.2f} s, {computing:.2f} s of computing, {memory:.0f} MB")


def _ratio(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f})"


if __name__ == "__main__":
    sys.exit(main())
