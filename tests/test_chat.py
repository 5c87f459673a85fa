"""A talk at the terminal, written down, plays again on every channel."""

from __future__ import annotations

import argparse
import io
from datetime import datetime

import pytest

from bot.commands import chat
from bot.config import load
from services.media import MediaStore
from tests import golden
from tests.talk import Clock, Talk
from tests.test_conversations import CHANNELS
from tests.world import RULES

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=golden.ZONE)
TYPED = [
    "lam sao cai vneid",
    "2",
    "cam on",
    "chao",
    "dong y",
    "Bỏ qua",
    "dk tam tru sao z",
    "1",
    "tiếp",
    "menu",
]


@pytest.fixture
async def saved(quick_content, tmp_path, monkeypatch, capsys):
    """Type at the terminal, over a database of its own, and keep the talk."""
    environ = {
        "TOSO_DATABASE__URL": f"sqlite:///{tmp_path / 'chat.db'}",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_PRIVACY__CONTROLLER": RULES.privacy.controller,
    }
    monkeypatch.setattr("bot.clock.Clock.now", lambda _clock: NOON)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(TYPED)))
    file = tmp_path / "talk.txt"
    assert await chat.run(argparse.Namespace(person="Vy", save=file), load(environ=environ)) == 0
    assert "      2. Không, chỉ hỏi nhanh\n" in capsys.readouterr().out
    return file


async def test_choices_are_printed_as_a_list_and_saved_by_their_labels(saved):
    text = saved.read_text("utf-8")
    assert text.startswith("# talk\n@ thứ Ba 17/11/2026 12h\nVy    lam sao cai vneid\nBot   Xin chào ạ!")
    assert "      [Đồng ý] [Không, chỉ hỏi nhanh] [Xem kỹ]\nVy    [Không, chỉ hỏi nhanh]\nBot   " in text
    assert "Nhắn số để chọn" not in text
    assert "Vy    [Đồng ý]\n" in text, "a label may be typed without its marks"


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_saved_talk_is_a_golden_conversation(saved, channel, content, sqlite_database, tmp_path):
    media = tmp_path / "media"
    given = {**content, "media": MediaStore(media)}
    talk = Talk(sqlite_database, CHANNELS[channel](), Clock(NOON), RULES, given, media)
    await golden.play(golden.read(saved), talk)
