"""Whatever is thrown at the doors gets its status code or one clear sentence, and nothing is half-written."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType, WSServerHandshakeError

from bot.app import Program
from bot.channels.telegram import PATH, SECRET_HEADER
from bot.config import load
from models.conversation import Quarantine, Seen
from models.delivery import Delivery
from models.people import Account
from tests.telegram_server import TOKEN, TelegramServer

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SECRET = "s3cret-s3cret"
GOOD = {SECRET_HEADER: SECRET}
MIB = 1024 * 1024
HANH = {"id": 7_000_000_001, "is_bot": False, "first_name": "Hạnh"}
CHAT = {"id": HANH["id"], "type": "private"}
DATE = int(NOON.timestamp())
KEY = "6f0c9c3e-8a55-4a3f-9d5e-000000000001"


@dataclass
class Doors:
    """A running program and somebody outside with an HTTP client."""

    program: Program
    url: str
    http: ClientSession

    async def post(self, body: bytes | io.BytesIO, headers: dict[str, str] | None = None) -> int:
        async with self.http.post(self.url + PATH, data=body, headers=GOOD | (headers or {})) as answer:
            return answer.status

    async def post_update(self, number: int = 1, **kinds: Any) -> int:
        return await self.post(json.dumps({"update_id": number, **kinds}).encode())

    async def count(self, table: type) -> int:
        async with self.program.database.reading() as session:
            query = sa.select(sa.func.count()).select_from(sa.inspect(table).local_table)
            return int((await (await session.connection()).execute(query)).scalar_one())

    async def said(self) -> list[str]:
        async with self.program.database.reading() as session:
            found = sa.inspect(Delivery).local_table
            query = sa.select(found.c.payload).order_by(found.c.id)
            return [row.payload["text"] for row in (await (await session.connection()).execute(query)).all()]

    async def nothing_written(self) -> bool:
        return [await self.count(table) for table in (Seen, Account, Delivery, Quarantine)] == [0] * 4


@pytest.fixture
async def doors(quick_content, database_url, unused_tcp_port, tmp_path) -> AsyncIterator[Doors]:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with TelegramServer() as server:
        environ = {
            "TOSO_DATABASE__URL": database_url,
            "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
            "TOSO_WEB__PORT": str(unused_tcp_port),
            "TOSO_WEB__PUBLIC_URL": url,
            "TOSO_TELEGRAM__TOKEN": TOKEN,
            "TOSO_TELEGRAM__API_BASE": server.url,
            "TOSO_TELEGRAM__MODE": "webhook",
            "TOSO_TELEGRAM__WEBHOOK_SECRET": SECRET,
        }
        program = Program(load(environ=environ), now=lambda: NOON)
        async with program.running("web"), ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            yield Doors(program, url, http)


def too_large() -> io.BytesIO:
    return io.BytesIO(b"x" * (MIB + 1))


def message(text: Any = "chao", **more: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": DATE, "chat": CHAT, "from": HANH, "text": text, **more}


def tap(data: Any) -> dict[str, Any]:
    return {"id": "9", "from": HANH, "chat_instance": "1", "message": message(), "data": data}


FORGED = {
    "without a secret": {SECRET_HEADER: ""},
    "with another secret": {SECRET_HEADER: SECRET + "!"},
    "with part of the secret": {SECRET_HEADER: SECRET[:-1]},
    "with letters no header has": {SECRET_HEADER: "bí mật"},
}


@pytest.mark.parametrize("case", FORGED)
@pytest.mark.databases("sqlite")
async def test_whoever_does_not_know_the_secret_is_not_even_read(doors, case):
    for body in (b"{}", b"garbage", too_large()):
        assert await doors.post(body, FORGED[case]) == 401
    assert await doors.nothing_written()


NOT_TELEGRAMS = {
    "nothing": b"",
    "no JSON": b"{update_id: 1}",
    "half of it": b'{"update_id": 1, "message": {',
    "a list": b'[{"update_id": 1}]',
    "a word": b'"update_id"',
    "no number": b'{"message": {}}',
    "a number that is a word": b'{"update_id": "1"}',
    "a number that is a truth": b'{"update_id": true}',
    "a number below zero": b'{"update_id": -1}',
    "a number no column holds": b'{"update_id": 1' + b"0" * 300 + b"}",
    "not a number": b'{"update_id": NaN}',
    "a message that is a word": b'{"update_id": 1, "message": "chao"}',
    "letters that are none": b'{"update_id": 1, "message": {"text": "\xff\xfe"}}',
    "a tower of brackets": b"[" * 200_000,
}


@pytest.mark.parametrize("case", NOT_TELEGRAMS)
@pytest.mark.databases("sqlite")
async def test_what_telegram_never_posts_is_a_bad_request(doors, case):
    assert await doors.post(NOT_TELEGRAMS[case]) == 400
    assert await doors.nothing_written()


@pytest.mark.databases("sqlite")
async def test_a_body_over_a_mebibyte_is_too_large_with_and_without_a_length(doors):
    async def in_pieces() -> AsyncIterator[bytes]:
        for _piece in range(17):
            yield b"x" * (MIB // 16)

    assert await doors.post(too_large()) == 413
    async with doors.http.post(doors.url + PATH, data=in_pieces(), headers=GOOD) as answer:
        assert answer.status == 413
    assert await doors.nothing_written()


NOT_FOR_US: dict[str, dict[str, Any]] = {
    "a kind of a later year": {"hologram": {"from": HANH}},
    "nothing but a number": {},
    "a channel's post": {
        "channel_post": {"message_id": 1, "date": DATE, "chat": {"id": -100, "type": "channel"}}
    },
    "a group": {"message": message() | {"chat": {"id": -5, "type": "group"}}},
    "a message of nobody": {"message": {"message_id": 1, "date": DATE, "chat": CHAT}},
    "a person whose number is a word": {"message": message() | {"from": HANH | {"id": "Hạnh"}}},
    "a chat whose number is too large": {"message": message() | {"chat": CHAT | {"id": 10**30}}},
}


@pytest.mark.parametrize("case", NOT_FOR_US)
@pytest.mark.databases("sqlite")
async def test_what_is_well_formed_but_not_for_us_is_taken_and_forgotten(doors, case):
    assert await doors.post_update(**NOT_FOR_US[case]) == 200
    assert await doors.nothing_written()


@pytest.mark.databases("sqlite")
async def test_a_webhook_is_posted_to_and_never_fetched(doors):
    async with doors.http.get(doors.url + PATH, headers=GOOD) as answer:
        assert answer.status == 405


async def test_repeats_and_swapped_updates_take_effect_once_each(doors):
    for number in (12, 11, 12, 12, 11):
        assert await doors.post_update(number, message=message()) == 200
    assert await doors.count(Seen) == 2
    assert len(await doors.said()) == 2
    assert await doors.count(Account) == 1


ODD: dict[str, dict[str, Any]] = {
    "a NUL": {"message": message("chao\0ba")},
    "half a character": {"message": message("chao \ud83d")},
    "a book": {"message": message("chao " * 100_000)},
    "only signs": {"message": message("\u202e\u200b")},
    "markup and commands": {"message": message("<b>'; DROP TABLE person; --</b> {0} %s")},
    "no words at all": {"message": message() | {"text": None}},
    "a date before all dates": {"message": message(date=-(10**12))},
    "a message without a date": {"message": {key: message()[key] for key in ("message_id", "chat", "from")}},
    "a button of nobody": {"callback_query": tap("rac.rac:1:2:3")},
    "a button with a forged number": {"callback_query": tap("help.take:99999999999999999999")},
    "a button with a word for a number": {"callback_query": tap("guide.next:x:y")},
    "an old button of the menu": {"callback_query": tap("guide.next:vneid:7")},
    "a button with too much on it": {"callback_query": tap("x" * 10_000)},
    "a button with a NUL": {"callback_query": tap("menu.open\0")},
}


@pytest.mark.parametrize("case", ODD)
async def test_what_is_odd_gets_one_sentence_and_is_over(doors, case):
    assert await doors.post_update(1, **ODD[case]) == 200
    (sentence,) = await doors.said()
    assert sentence.strip()
    assert await doors.count(Seen) == 1
    assert await doors.post_update(1, **ODD[case]) == 200
    assert await doors.post_update(2, message=message()) == 200
    assert len(await doors.said()) == 2, "a later message is answered as ever"


# --- the socket of the web chat


@pytest.fixture
async def socket(doors) -> AsyncIterator[ClientWebSocketResponse]:
    async with (
        doors.http.get(doors.url),
        doors.http.ws_connect(f"{doors.url}/chat/ws", origin=doors.url) as open_,
    ):
        await open_.send_json({"type": "hello", "after": 0})
        yield open_


async def answers(socket: ClientWebSocketResponse) -> list[dict[str, Any]]:
    """List all frames up to the acknowledgement of a last, plain message and its reply."""
    last = str(uuid.uuid4())
    await socket.send_json({"type": "message", "id": last, "text": "chao"})
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1] != {"type": "ack", "id": last}:
        frames.append(await socket.receive_json(timeout=5))
    assert (await socket.receive_json(timeout=5))["type"] == "reply"
    return frames[:-1]


@pytest.mark.databases("sqlite")
async def test_a_socket_is_opened_by_our_own_page_only(doors):
    with pytest.raises(WSServerHandshakeError) as stranger:
        await doors.http.ws_connect(f"{doors.url}/chat/ws", origin=doors.url)
    assert stranger.value.status == 401
    async with doors.http.get(doors.url):
        pass
    for origin in ("http://elsewhere.example", "null", ""):
        with pytest.raises(WSServerHandshakeError) as foreign:
            await doors.http.ws_connect(f"{doors.url}/chat/ws", origin=origin)
        assert foreign.value.status == 403


UNREADABLE = {
    "no JSON": "xin chào",
    "half of it": '{"type": "message",',
    "a list": "[1, 2]",
    "a tower of brackets": "[" * 30_000,
    "a kind that is a list": '{"type": ["message"]}',
    "no kind": '{"id": 1}',
    "bytes": b'{"type": "message"}',
}


@pytest.mark.parametrize("case", UNREADABLE)
@pytest.mark.databases("sqlite")
async def test_a_frame_that_cannot_be_read_gets_one_sentence(doors, socket, case):
    frame = UNREADABLE[case]
    await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
    (error,) = await answers(socket)
    assert error["type"] == "error"
    assert error["id"] is None
    assert error["text"] == "Chưa đọc được tin này. Mời tải lại trang ạ."


INCOMPLETE: dict[str, dict[str, Any]] = {
    "no id": {"text": "chao"},
    "an id that is no UUID": {"id": "1", "text": "chao"},
    "an id that is a number": {"id": 1, "text": "chao"},
    "no words": {"id": KEY},
    "words that are none": {"id": KEY, "text": 7},
    "only spaces": {"id": KEY, "text": "  \n"},
    "only a NUL": {"id": KEY, "text": "\0"},
}


@pytest.mark.parametrize("case", INCOMPLETE)
@pytest.mark.databases("sqlite")
async def test_an_incomplete_message_is_refused_for_good(doors, socket, case):
    await socket.send_json({"type": "message", **INCOMPLETE[case]})
    (error,) = await answers(socket)
    given = INCOMPLETE[case].get("id")
    assert error["type"] == "error"
    assert error["id"] == (given if isinstance(given, str) else None)
    assert error["text"]
    assert await doors.count(Seen) == 1


ODD_FRAMES: dict[str, dict[str, Any]] = {
    "a NUL": {"type": "message", "text": "chao\0ba"},
    "half a character": {"type": "message", "text": "chao \ud83d"},
    "too long": {"type": "message", "text": "a " * 6000},
    "a button of nobody": {"type": "tap", "data": "rac.rac:1"},
    "a forged number": {"type": "tap", "data": "team.pending:99999999999999999999999"},
    "a photo that was never uploaded": {"type": "photo", "media": "no-such-token"},
    "a lesson of somebody else": {"type": "tap", "data": "training.open:1"},
}


@pytest.mark.parametrize("case", ODD_FRAMES)
async def test_an_odd_frame_is_taken_once_and_answered_with_one_sentence(doors, socket, case):
    for _time in range(2):
        await socket.send_json({**ODD_FRAMES[case], "id": KEY.upper()})
    ack, *rest = await answers(socket)
    assert ack == {"type": "ack", "id": KEY.upper()}
    assert [frame["type"] for frame in rest if frame != ack] == ["reply"]
    assert await doors.count(Seen) == 2
    assert await doors.count(Quarantine) == 0


@pytest.mark.parametrize("after", [-1, 10**30, "x", None, True, 1.5, {"a": 1}], ids=str)
@pytest.mark.databases("sqlite")
async def test_an_odd_hello_begins_at_the_beginning(doors, socket, after):
    await answers(socket)
    await socket.send_json({"type": "hello", "after": after})
    frames = [frame for frame in await answers(socket) if frame["type"] != "reset"]
    assert [frame["id"] for frame in frames if frame["type"] == "reply"][:1] == [1]


@pytest.mark.databases("sqlite")
async def test_kinds_of_a_later_page_are_passed_over(doors, socket):
    await socket.send_json({"type": "hologram", "id": KEY})
    assert await answers(socket) == []


@pytest.mark.databases("sqlite")
async def test_a_frame_that_is_too_large_ends_the_line_and_nothing_else(doors, socket):
    await socket.send_str("x" * 70_000)
    closed = await socket.receive(timeout=5)
    assert (closed.type, closed.data) == (WSMsgType.CLOSE, 1009)
    assert await doors.nothing_written()


@pytest.mark.databases("sqlite")
async def test_a_database_that_is_away_is_not_acknowledged_and_the_line_is_cut(
    doors, socket, monkeypatch, caplog
):
    async def away(_incoming: Any) -> None:
        raise ConnectionError("bà Hạnh, 0905 123 456")

    async def hang_up(receive: Callable[..., Any]) -> Any:
        monkeypatch.setattr(doors.program.webchat, "_receive", receive)
        await socket.send_json({"type": "message", "id": KEY, "text": "chao"})
        return (await socket.receive(timeout=5)).data

    assert await hang_up(away) == 1013
    assert "Hạnh" not in "".join(str(vars(record)) for record in caplog.records)
