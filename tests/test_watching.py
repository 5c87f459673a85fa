"""What somebody who watches the program is told: does it live, is it ready, what waits?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from bot.app import Program
from bot.config import load
from bot.web import metrics
from models.delivery import Lane

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FAR_AWAY = {"X-Forwarded-For": "203.0.113.9"}
TOKEN = {"Authorization": "Bearer hunter2-metrics"}


@pytest.fixture
async def program(quick_content, sqlite_database, unused_tcp_port, tmp_path) -> AsyncIterator[Program]:
    environ = {
        "TOSO_DATABASE__URL": f"sqlite:///{sqlite_database.engine.url.database}",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_WEB__PORT": str(unused_tcp_port),
        "TOSO_WEB__METRICS_TOKEN": "hunter2-metrics",
        "TOSO_WEB__TRUSTED_PROXIES": '["127.0.0.1"]',
    }
    running = Program(load(environ=environ), now=lambda: NOON)
    async with running.running("web"):
        yield running


@pytest.fixture
async def browser(unused_tcp_port) -> AsyncIterator[ClientSession]:
    async with ClientSession(f"http://127.0.0.1:{unused_tcp_port}") as session:
        yield session


def samples(body: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(value for _label, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


async def test_a_process_that_lives_says_so(program, browser):
    async with browser.get("/healthz", headers=FAR_AWAY) as answer:
        assert answer.status == 200
        assert await answer.json() == {"ok": True}


async def test_this_machine_hears_which_parts_are_ready(program, browser):
    async with browser.get("/readyz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ok": True, "parts": {"webchat": True, "database": True}}


async def test_others_hear_only_whether_all_of_it_is_ready(program, browser):
    async with browser.get("/readyz", headers=FAR_AWAY) as answer:
        assert await answer.json() == {"ok": True}


async def test_a_database_that_does_not_answer_is_not_ready(program, browser, monkeypatch):
    def away():
        raise ConnectionError("the database is away")

    monkeypatch.setattr(program.database, "reading", away)
    async with browser.get("/readyz") as answer:
        assert answer.status == 503
        assert (await answer.json())["parts"]["database"] is False
    async with browser.get("/healthz") as answer:
        assert answer.status == 200, "the process itself lives on"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="this machine"),
        pytest.param(FAR_AWAY, 403, id="another machine"),
        pytest.param(FAR_AWAY | {"Authorization": "Bearer guessed"}, 403, id="another, guessing"),
        pytest.param(FAR_AWAY | TOKEN, 200, id="another, with the token"),
    ],
)
async def test_metrics_are_for_this_machine_or_the_token(program, browser, headers, status):
    async with browser.get("/metrics", headers=headers) as answer:
        assert answer.status == status
        if status == 200:
            found = samples(await answer.text())
            assert found["toso_channel_up", ("webchat",)] == 1
            assert found["toso_quarantine", ()] == 0


async def test_what_waits_is_counted_by_state_and_lane(outbox, database):
    await outbox.queue("chào", lane=Lane.REPLY)
    for number in range(2):
        await outbox.queue(f"báo {number}", lane=Lane.NOTICE)
    found = samples((await metrics.measured(database, {"telegram": False})).decode())
    assert found["toso_outbox", ("reply", "pending")] == 1
    assert found["toso_outbox", ("notice", "pending")] == 2
    assert found["toso_channel_up", ("telegram",)] == 0
