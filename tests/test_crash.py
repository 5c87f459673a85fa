"""The real program, killed in the middle of talk: what was acknowledged took effect once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from bot.database import Database
from models.conversation import Conversation, Quarantine, Seen
from models.delivery import Delivery
from models.people import Consent, Person
from tests.way import until

ROOT = Path(__file__).parent.parent
# Imports once and forks for every start: the talk is what is tested, not how long aiogram takes to load.
LAUNCHER = """
import os, signal, sys
import bot.app, bot.commands.run, bot.__main__ as program
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _line in sys.stdin:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os._exit(program.main(["run"]))
    print(child, flush=True)
"""
# A talk has twelve messages: five of them outlast five cuts after at most six more messages each,
# with one of each phone on its way.
PHONES = 5
KILLS = 5
# What to choose, whichever of these is offered.
WAY = ("Đồng ý", "Bỏ qua", "Bắt đầu", "Tiếp", "Xong rồi", "Được rồi")


class Machine:
    """The program as a process of its own, which can lose its power."""

    def __init__(self, launcher: asyncio.subprocess.Process) -> None:
        self.launcher = launcher
        self.pid = 0

    async def start(self) -> None:
        assert self.launcher.stdin
        assert self.launcher.stdout
        self.launcher.stdin.write(b"start\n")
        while not (line := await self.launcher.stdout.readline()).strip().isdigit():
            assert line, "the program ended"
        self.pid = int(line)

    async def kill(self) -> None:
        """Cut the power; until the system has cleared up, its port is still taken."""
        os.kill(self.pid, signal.SIGKILL)
        await self._is_gone()

    async def stop(self) -> float:
        """Ask it to end; tell the seconds it took."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        os.kill(self.pid, signal.SIGTERM)
        await self._is_gone()
        return loop.time() - begun

    async def _is_gone(self) -> None:
        await until(lambda: not Path(f"/proc/{self.pid}").exists(), 15)


class Phone:
    """A web chat client by the book: resends until acknowledged, and asks for what it has not seen."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http
        self.outbox: dict[str, dict[str, Any]] = {}
        self.sent: list[str] = []
        self.acks: list[str] = []
        self.seen: list[dict[str, Any]] = []
        self.answered = self.resent = 0
        self.is_met = False
        self.is_done = False

    async def talk(self) -> None:
        """Go through a guide to its end, however often the line is cut."""
        await self._load_page()
        self._write({"type": "message", "text": "lam sao cai vneid"})
        while not self.is_done:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async with self.http.ws_connect(f"{self.url}/chat/ws", origin=self.url) as socket:
                    await self._converse(socket)
            await asyncio.sleep(0.02)

    async def _load_page(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async with self.http.get(self.url):
                    return
            await asyncio.sleep(0.02)

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_json({"type": "hello", "after": len(self.seen)})
        for frame in self.outbox.values():
            self.resent += self.is_met
            await socket.send_json(frame)
        self.is_met = True
        async for message in socket:
            self._take(json.loads(message.data))
            if not self.outbox and self.answered < len(self.seen) and not self.is_done:
                await self._choose(socket)
            if self.is_done:
                return

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "ack":
            self.acks.append(frame["id"])
            self.outbox.pop(frame["id"], None)
        elif frame["type"] == "reply":
            self.seen.append(frame)
            assert frame["id"] == len(self.seen), "a reply is missing, or came twice"
        else:
            pytest.fail(f"the program said {frame}")

    async def _choose(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.answered = len(self.seen)
        offered = {choice["label"]: choice["data"] for choice in self.seen[-1]["choices"]}
        chosen = next((offered[label] for label in WAY if label in offered), None)
        self.is_done = chosen is None
        if chosen:
            await socket.send_json(self._write({"type": "tap", "data": chosen}))

    def _write(self, frame: dict[str, Any]) -> dict[str, Any]:
        key = str(uuid.uuid4())
        self.outbox[key] = frame | {"id": key}
        self.sent.append(key)
        return self.outbox[key]


@pytest.fixture
async def machine(sqlite_template, tmp_path, unused_tcp_port) -> AsyncIterator[Machine]:
    shutil.copy(sqlite_template, tmp_path / "toso.db")
    settings = {
        "TOSO_DATABASE__URL": f"sqlite:///{tmp_path}/toso.db",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_WEB__PORT": str(unused_tcp_port),
    }
    pipe = asyncio.subprocess.PIPE
    launcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LAUNCHER, cwd=ROOT, env=os.environ | settings, stdin=pipe, stdout=pipe
    )
    machine = Machine(launcher)
    yield machine
    with contextlib.suppress(ProcessLookupError):
        await machine.kill()
    launcher.kill()
    await launcher.communicate()


async def test_what_was_acknowledged_took_effect_once_however_often_the_power_went(
    machine, tmp_path, unused_tcp_port
):
    dice = random.Random(17)
    await machine.start()
    async with contextlib.AsyncExitStack() as stack:
        phones = [
            Phone(f"http://127.0.0.1:{unused_tcp_port}", await stack.enter_async_context(browser()))
            for _number in range(PHONES)
        ]
        async with asyncio.TaskGroup() as group:
            for phone in phones:
                group.create_task(phone.talk())
            for _power_cut in range(KILLS):
                before = acknowledged(phones)
                wanted = before + dice.randint(2, 6)
                await until(partial(_have_acknowledged, phones, wanted), 30)
                await asyncio.sleep(dice.random() * 0.01)
                await machine.kill()
                await machine.start()
    assert await machine.stop() < 5
    assert sum(phone.resent for phone in phones), "nobody was interrupted"
    for phone in phones:
        assert set(phone.acks) == set(phone.sent)
        steps = [reply["text"].split(".")[0] for reply in phone.seen if reply["text"].startswith("Bước")]
        assert steps == [f"Bước {number}/8" for number in range(1, 9)]
        assert len(phone.seen) == len(phone.sent)
    await check_tables(Database(f"sqlite:///{tmp_path}/toso.db"), phones)


def browser() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


def _have_acknowledged(phones: list[Phone], wanted: int) -> bool:
    return acknowledged(phones) >= wanted


def acknowledged(phones: list[Phone]) -> int:
    return sum(len(phone.acks) for phone in phones)


async def check_tables(database: Database, phones: list[Phone]) -> None:
    async with database.reading() as session:
        connection = await session.connection()

        async def rows(table: type) -> list[Any]:
            return list((await connection.execute(sa.select(sa.inspect(table).local_table))).all())

        keys = sorted(row.external_id.split(":")[1] for row in await rows(Seen))
        assert keys == sorted(key for phone in phones for key in phone.sent)
        assert len(await rows(Person)) == len(await rows(Consent)) == PHONES
        assert not await rows(Quarantine)
        numbers: dict[str, list[int]] = {}
        for row in await rows(Delivery):
            numbers.setdefault(row.chat, []).append(row.number)
        counters = {row.chat: row.counter for row in await rows(Conversation)}
        assert counters == {chat: len(found) for chat, found in numbers.items()}
        assert all(sorted(found) == list(range(1, len(found) + 1)) for found in numbers.values())
    await database.close()
