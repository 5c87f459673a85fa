"""Several processes on one PostgreSQL: one polls, sends and keeps the clock, and all hear of commits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import sqlalchemy as sa

from bot.app import Program
from bot.config import load
from bot.leadership import Leadership
from bot.posts import Alone, posts_at
from bot.statements import NOTIFY
from tests.telegram_server import TOKEN, TelegramServer
from tests.way import Clock, Way, until

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
pytestmark = pytest.mark.databases("postgresql")


@pytest.fixture(autouse=True)
def hurry(monkeypatch) -> None:
    for module in ("posts", "leadership"):
        monkeypatch.setattr(f"bot.{module}.TRY_EVERY", 0.1)


class Worker:
    """Work under a post, counted."""

    def __init__(self) -> None:
        self.begun = self.ended = 0

    @property
    def is_working(self) -> bool:
        return self.begun > self.ended

    async def __call__(self) -> None:
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.ended += 1


@pytest.fixture
async def join(database_url) -> AsyncIterator[Callable[..., Any]]:
    """Let processes come and go: each with one worker for the post "sender"."""
    async with AsyncExitStack() as stack:

        async def come(work: Callable[[], Any], *, until_left: AsyncExitStack | None = None) -> Leadership:
            here = until_left or stack
            posts = Leadership(database_url)
            await here.enter_async_context(posts.listening())
            holding = asyncio.create_task(posts.hold("sender", work))

            async def leave() -> None:
                holding.cancel()
                await asyncio.gather(holding, return_exceptions=True)

            here.push_async_callback(leave)
            return posts

        yield come


async def test_of_two_processes_one_works_and_the_other_follows_when_it_leaves(join):
    first, second = Worker(), Worker()
    async with AsyncExitStack() as life:
        await join(first, until_left=life)
        await until(lambda: first.is_working)
        await join(second)
        await asyncio.sleep(0.4)
        assert not second.is_working
    await until(lambda: second.is_working)
    assert (first.begun, first.ended) == (1, 1)


async def test_a_lost_connection_ends_the_work_at_once_and_another_takes_over(join, database):
    workers = Worker(), Worker()
    await join(workers[0])
    await until(lambda: workers[0].is_working)
    await join(workers[1])
    for begun in range(1, 4):
        await kill_holders(database)
        await until(partial(_has_ended, workers, begun), seconds=1)
        await until(lambda: any(worker.is_working for worker in workers))
        assert sum(worker.is_working for worker in workers) == 1


def _has_ended(workers: tuple[Worker, ...], times: int) -> bool:
    return sum(worker.ended for worker in workers) == times


async def test_different_posts_are_held_side_by_side(join, database_url):
    sender, poller = Worker(), Worker()
    posts = await join(sender)
    holding = asyncio.create_task(posts.hold("poller", poller))
    await until(lambda: sender.is_working and poller.is_working)
    holding.cancel()


async def test_work_that_fails_is_begun_again(join, caplog):
    tries: list[int] = []

    async def fail() -> None:
        tries.append(1)
        raise ValueError("bà Hạnh")

    await join(fail)
    await until(lambda: len(tries) >= 2)
    assert "Hạnh" not in "".join(str(vars(record)) for record in caplog.records)


async def roll_back(database) -> None:
    async with database.transaction() as connection:
        await connection.execute(NOTIFY)
        raise LookupError


async def test_a_commit_is_heard_and_a_rollback_is_not(database, database_url):
    heard = asyncio.Event()
    posts = Leadership(database_url, woken=heard.set)
    async with posts.listening():
        heard.clear()
        with pytest.raises(LookupError):
            await roll_back(database)
        await asyncio.sleep(0.2)
        assert not heard.is_set()
        async with database.transaction() as connection:
            await connection.execute(NOTIFY)
            assert not heard.is_set()
        await asyncio.wait_for(heard.wait(), 1)


async def test_every_update_is_announced_with_its_commit(database, database_url, now):
    heard = asyncio.Event()
    posts = Leadership(database_url, woken=heard.set)
    way = Way(database, Clock(now))
    async with posts.listening():
        heard.clear()
        await way.say("chào")
        await asyncio.wait_for(heard.wait(), 1)


async def test_whoever_was_deaf_for_a_while_looks_at_once_when_back(database, database_url):
    heard = asyncio.Event()
    posts = Leadership(database_url, woken=heard.set)
    async with posts.listening():
        heard.clear()
        await kill_all(database)
        await asyncio.wait_for(heard.wait(), 2)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running


@pytest.fixture
def make_program(
    quick_content, database_url, server, tmp_path, unused_tcp_port_factory
) -> Callable[..., Program]:
    def make(**extra: str) -> Program:
        environ = {
            "TOSO_DATABASE__URL": database_url,
            "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
            "TOSO_WEB__PORT": str(unused_tcp_port_factory()),
            "TOSO_TELEGRAM__TOKEN": TOKEN,
            "TOSO_TELEGRAM__API_BASE": server.url,
            **extra,
        }
        return Program(load(environ=environ), now=lambda: NOON)

    return make


async def test_of_two_programs_one_polls_and_sends_and_the_other_takes_over(make_program, server, database):
    hanh = server.person("Hạnh")
    async with make_program().running("worker"), make_program().running("worker"):
        for round_ in range(3):
            server.say(hanh, f"chao {round_}")
            await server.hear(hanh, 10)
            await server.all_confirmed(10)
            holders = await kill_holders(database)
            assert len(holders) == 1, "two processes shared the posts of one bot"
    assert len([message for message in server.messages(hanh) if message.is_from_bot]) == 3


async def test_a_web_process_takes_what_telegram_posts_and_a_worker_answers(
    make_program, server, unused_tcp_port_factory
):
    port = str(unused_tcp_port_factory())
    hook = {
        "TOSO_TELEGRAM__MODE": "webhook",
        "TOSO_TELEGRAM__WEBHOOK_SECRET": "s3cret-s3cret",
        "TOSO_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    web, worker = make_program(**hook, TOSO_WEB__PORT=port), make_program(**hook)
    hanh = server.person("Hạnh")
    async with worker.running("worker"), web.running("web"):
        await until(lambda: bool(server.calls_of("setWebhook")))
        server.say(hanh, "chao")
        assert (await server.hear(hanh, 1.5)).text.startswith("Xin chào ạ!")
    assert not server.calls_of("getUpdates")


def test_sqlite_needs_none_of_this(tmp_path):
    assert isinstance(posts_at(f"sqlite:///{tmp_path}/x.db", woken=lambda: None), Alone)


async def test_alone_work_that_fails_is_begun_again():
    tries: list[int] = []

    async def fail() -> None:
        tries.append(1)
        raise ValueError

    holding = asyncio.create_task(Alone().hold("sender", fail))
    await until(lambda: len(tries) == 3)
    holding.cancel()


async def kill_holders(database: Any) -> list[int]:
    """End the connections that hold posts; tell their numbers."""
    return await _kill(database, "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")


async def kill_all(database: Any) -> list[int]:
    return await _kill(database, "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")


async def _kill(database: Any, whose: str) -> list[int]:
    mine = f"pid IN ({whose}) AND datname = current_database()"
    kill = sa.text(f"SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
    async with database.engine.connect() as connection:
        return [row.pid for row in (await connection.execute(kill)).all()]


async def test_a_server_that_is_away_at_the_start_is_said_at_once(tmp_path):
    posts = Leadership(f"postgresql+asyncpg://postgres@/x?host={tmp_path}")
    with pytest.raises((OSError, asyncpg.PostgresError)):
        async with posts.listening():
            pytest.fail("there was nothing to listen to")
