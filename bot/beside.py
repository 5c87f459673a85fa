"""How is a long calculation kept from holding up the loop? In a process of its own, gone when it is done."""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

ROOT: Final = Path(__file__).parent.parent
# A thread would not do: seconds of plain Python and the collector's pauses are felt by whoever waits.
NICENESS: Final = 10


async def beside(function: Callable[..., T], *arguments: object) -> T:
    """Call a module's function in a fresh interpreter; cancelling ends it at once. Raises ChildFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE, cwd=ROOT, start_new_session=True
    )
    try:
        said, _errors = await process.communicate(pickle.dumps((function, arguments)))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise ChildFailed(process.returncode)
    answer: T = pickle.loads(said)  # noqa: S301 - written by ourselves, two lines below
    return answer


class ChildFailed(RuntimeError):
    """The calculation ended without an answer."""


def _answer() -> None:
    """Read a call from stdin and write what it gives to stdout."""
    os.nice(NICENESS)
    function, arguments = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by `beside`
    sys.stdout.buffer.write(pickle.dumps(function(*arguments)))


if __name__ == "__main__":
    _answer()
