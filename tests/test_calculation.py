"""Does a calculation beside the loop give its answer, fail loudly, and end when nobody waits for it?"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from bot.beside import ChildFailed, beside
from services.learning_trial import try_all
from services.matching import Entry

KNOWN = [Entry("a", "Tạm trú", ("ở trọ", "khai tạm trú")), Entry("b", "Hộ chiếu", ("passport",))]


async def test_the_answer_comes_from_another_process():
    assert await beside(os.getpid) != os.getpid()
    assert await beside(try_all, KNOWN, [("di o tro", "a")]) == [("a", 0)]


async def test_a_failure_is_told(capfd):
    with pytest.raises(ChildFailed, match="3"):
        await beside(sys.exit, 3)
    with pytest.raises(ChildFailed):
        await beside(os.strerror, "no number")
    assert "TypeError" in capfd.readouterr().err


async def test_the_loop_goes_on_meanwhile():
    task = asyncio.create_task(beside(time.sleep, 0.3))
    turns = 0
    while not task.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 10


async def test_cancelling_ends_the_process():
    task = asyncio.create_task(beside(time.sleep, 60))
    await asyncio.sleep(0.3)
    (child,) = _children()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not Path(f"/proc/{child}").exists()


def _children() -> list[int]:
    found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not found.exists():
        pytest.skip("this system does not list a process's children")
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found.read_text().split()}
    return [pid for pid, command in commands.items() if b"bot.beside" in command]
