"""Telegram as people meet it: polling, webhooks, sends and their failures, against our own Bot API server."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession, web
from sqlmodel import select

from bot.app import Program
from bot.channels import Button, Failure, Outgoing, SendFailed
from bot.channels.telegram import PATH, SECRET_HEADER, Telegram
from bot.config import load
from models.people import Account
from tests.telegram_server import TOKEN, TelegramServer

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(params=[False, True], ids=["full", "poor"])
async def server(request) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(poor=request.param) as running:
        yield running


@pytest.fixture
async def full() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running


@pytest.fixture
def make_program(quick_content, sqlite_database, unused_tcp_port, tmp_path):
    def make(server: TelegramServer, **extra: str) -> Program:
        environ = {
            "TOSO_DATABASE__URL": f"sqlite:///{sqlite_database.url.database}",
            "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
            "TOSO_WEB__PORT": str(unused_tcp_port),
            "TOSO_TELEGRAM__TOKEN": TOKEN,
            "TOSO_TELEGRAM__API_BASE": server.url,
            **extra,
        }
        return Program(load(environ=environ), now=lambda: NOON)

    return make


async def test_a_stranger_is_greeted_and_answered(server, make_program) -> None:
    async with make_program(server).running():
        hanh = server.person("Hạnh")
        server.start(hanh)
        hello = await server.hear(hanh)
        assert hello.text.startswith("Xin chào ạ!")
        server.tap(hanh, "Không, chỉ hỏi nhanh")
        await server.hear(hanh)
        server.say(hanh, "dk tam tru sao z")
        answer = await server.hear(hanh)
        assert answer.text.startswith("Đăng ký tạm trú (cả bài, 6 bước)")


async def test_a_poster_code_in_a_deep_link_is_understood(full, make_program) -> None:
    async with make_program(full).running():
        vy = full.person("Vy")
        full.start(vy, "v_AL-404")
        assert "Đồng ý không ạ?" in (await full.hear(vy)).text


async def test_a_repeated_update_is_answered_once(full, make_program) -> None:
    async with make_program(full).running():
        hanh = full.person("Hạnh")
        full.duplicate_next_update()
        full.say(hanh, "chao")
        await full.hear(hanh)
        await full.all_confirmed()
        await asyncio.sleep(0.2)
        assert len([m for m in full.messages(hanh) if m.is_from_bot]) == 1


async def test_a_batch_is_acknowledged_only_after_the_commit(full, make_program) -> None:
    program = make_program(full)
    committed: list[int] = []
    real = program.conversations.receive

    async def slowly(incoming):
        await asyncio.sleep(0.3)
        assert full.updates.pending, "the update was acknowledged before it was committed"
        outcome = await real(incoming)
        committed.append(int(incoming.key))
        return outcome

    program.receive = slowly
    async with program.running():
        full.say(full.person("Hạnh"), "chao")
        await full.all_confirmed()
    assert committed


async def test_who_blocked_the_bot_is_marked_and_comes_back_by_writing(full, make_program) -> None:
    program = make_program(full)
    async with program.running():
        hanh = full.person("Hạnh")
        full.say(hanh, "chao")
        await full.hear(hanh)
        full.block(hanh)
        await _until(program, is_reachable=False)
        full.start(hanh)
        await _until(program, is_reachable=True)


async def _until(program: Program, *, is_reachable: bool) -> None:
    for _attempt in range(100):
        async with program.database.reading() as session:
            account = (await session.exec(select(Account))).one()
        if account.is_reachable is is_reachable:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the account never became reachable={is_reachable}")


@pytest.mark.parametrize(
    ("method", "failing", "failure", "is_unreachable"),
    [
        (
            "sendMessage",
            {"status": 403, "description": "Forbidden: bot was blocked by the user"},
            "permanent",
            True,
        ),
        ("sendMessage", {"status": 400, "description": "Bad Request: chat not found"}, "permanent", True),
        (
            "sendMessage",
            {"status": 400, "description": "Bad Request: message is too long"},
            "permanent",
            False,
        ),
        (
            "sendMessage",
            {"status": 429, "description": "Too Many Requests", "retry_after": 7},
            "temporary",
            False,
        ),
        ("sendMessage", {"status": 500, "description": "Internal Server Error"}, "temporary", False),
        ("sendMessage", {"status": 502}, "in_doubt", False),
    ],
    ids=["blocked", "not found", "too long", "flood", "server error", "gateway page"],
)
async def test_a_failed_send_is_permanent_temporary_or_in_doubt(
    full, method, failing, failure, is_unreachable
) -> None:
    channel = Telegram(TOKEN, api_base=full.url)
    hanh = full.person("Hạnh")
    full.fail_next(method, **failing)
    with pytest.raises(SendFailed) as raised:
        await channel.send(str(hanh.id), Outgoing("Chào ạ"))
    await channel.stop()
    assert raised.value.failure is Failure(failure)
    assert raised.value.is_unreachable is is_unreachable
    assert raised.value.retry_after == failing.get("retry_after")


async def test_a_connection_lost_after_the_request_is_in_doubt(full) -> None:
    channel = Telegram(TOKEN, api_base=full.url)
    full.drop_next("sendMessage")
    with pytest.raises(SendFailed) as raised:
        await channel.send(str(full.person("Hạnh").id), Outgoing("Chào ạ"))
    await channel.stop()
    assert raised.value.failure is Failure.IN_DOUBT


async def test_a_refused_connection_is_temporary() -> None:
    channel = Telegram(TOKEN, api_base="http://127.0.0.1:9")
    with pytest.raises(SendFailed) as raised:
        await channel.send("1", Outgoing("Chào ạ"))
    await channel.stop()
    assert raised.value.failure is Failure.TEMPORARY


async def test_an_edit_replaces_and_an_impossible_one_becomes_a_new_message(full) -> None:
    channel = Telegram(TOKEN, api_base=full.url)
    hanh = full.person("Hạnh")
    chat = str(hanh.id)
    first = await channel.send(chat, Outgoing("Một", buttons=(Button("Tiếp", "x"),)))
    again = await channel.send(chat, Outgoing("Hai", replaces=first.message_id))
    same = await channel.send(chat, Outgoing("Hai", replaces=first.message_id))
    other = await channel.send(chat, Outgoing("Ba", replaces="999999"))
    await channel.stop()
    assert first.message_id == again.message_id == same.message_id != other.message_id
    assert [message.text for message in full.messages(hanh)] == ["Hai", "Ba"]


async def test_webhook_wants_the_secret_the_right_body_and_commits_first(
    full, make_program, unused_tcp_port
) -> None:
    program = make_program(
        full,
        TOSO_TELEGRAM__MODE="webhook",
        TOSO_TELEGRAM__WEBHOOK_SECRET="s3cret-s3cret",
        TOSO_WEB__PUBLIC_URL=f"http://127.0.0.1:{unused_tcp_port}",
    )
    address = f"http://127.0.0.1:{unused_tcp_port}{PATH}"
    good = {SECRET_HEADER: "s3cret-s3cret"}
    async with program.running(), ClientSession() as http:

        async def post(body: bytes | io.BytesIO, headers: dict[str, str]) -> int:
            async with http.post(address, data=body, headers=headers) as answer:
                return answer.status

        assert await post(b"{}", {}) == web.HTTPUnauthorized.status_code
        assert await post(b"{}", {SECRET_HEADER: "wrong"}) == web.HTTPUnauthorized.status_code
        assert await post(b"not json", good) == web.HTTPBadRequest.status_code
        assert await post(b'{"message": {}}', good) == web.HTTPBadRequest.status_code
        assert await post(b'{"update_id": 1, "poll": {}}', good) == web.HTTPOk.status_code
        assert (
            await post(io.BytesIO(b"x" * (1024 * 1024 + 1)), good)
            == web.HTTPRequestEntityTooLarge.status_code
        )
        hanh = full.person("Hạnh")
        full.say(hanh, "chao")
        assert (await full.hear(hanh)).text.startswith("Xin chào ạ!")
