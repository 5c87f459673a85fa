"""A photo sent on one channel reaches somebody on another: fetched when it is needed, cleaned, kept a day."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession
from PIL import Image

from bot.app import Program
from bot.config import load
from services import media
from tests.telegram_server import TOKEN, TelegramServer

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
PLACE = 0x8825


def photo_with_a_place() -> bytes:
    image = Image.new("RGB", (40, 30), "orange")
    exif = image.getexif()
    exif.get_ifd(PLACE)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
async def server():
    async with TelegramServer() as running:
        yield running


async def test_a_telegram_photo_is_shown_on_the_web_without_its_place(
    server, sqlite_database, unused_tcp_port, tmp_path
) -> None:
    environ = {
        "TOSO_DATABASE__URL": f"sqlite:///{sqlite_database.url.database}",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_WEB__PORT": str(unused_tcp_port),
        "TOSO_TELEGRAM__TOKEN": TOKEN,
        "TOSO_TELEGRAM__API_BASE": server.url,
    }
    program = Program(load(environ=environ), now=lambda: NOON)
    hanh = server.person("Hạnh")
    sent = server.send_photo(hanh, photo_with_a_place())
    assert sent.content.file
    telegram = next(channel for channel in program.channels if channel.name == "telegram")
    async with program.running(), ClientSession() as http:
        async with program.database.writing() as session:
            media_id = await media.remember_far(
                session,
                channel_account=telegram.account,
                file_id=sent.content.file.id,
                now=NOON,
                keep_for=timedelta(hours=24),
            )
            token = await program.media.token_of(session, media_id)
        async with http.get(f"http://127.0.0.1:{unused_tcp_port}/media/{token}") as answer:
            assert answer.status == 200
            shown = await answer.read()
        async with http.get(f"http://127.0.0.1:{unused_tcp_port}/media/{'x' * 32}") as answer:
            assert answer.status == 404
    with Image.open(io.BytesIO(shown)) as image:
        assert image.size == (40, 30)
        assert not image.getexif().get_ifd(PLACE)


async def test_a_file_nobody_can_fetch_is_told_plainly(sqlite_database, tmp_path, unused_tcp_port) -> None:
    environ = {
        "TOSO_DATABASE__URL": f"sqlite:///{sqlite_database.url.database}",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_WEB__PORT": str(unused_tcp_port),
    }
    program = Program(load(environ=environ), now=lambda: NOON)
    async with program.database.writing() as session:
        media_id = await media.remember_far(
            session, channel_account="telegram:1", file_id="gone", now=NOON, keep_for=timedelta(hours=24)
        )
    assert not await program.far_files.fetch(media_id)
    await program.database.close()
