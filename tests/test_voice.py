"""A voice is sent as what it is: Telegram's id for it is good for nothing else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiogram.exceptions import TelegramNotFound
from aiogram.methods import SendVoice

from bot.channels import File, Outgoing
from bot.channels.telegram import Telegram
from tests.telegram_server import TOKEN

VOICE = File(7, Path("voice"), "audio/ogg", "http://x/media/abc", provider_file="voice-1")
SPOKEN = Outgoing(text="Hạnh gửi lời nói.", document=VOICE)


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> Telegram:
    return Telegram(TOKEN)


async def test_a_voice_goes_by_its_own_id(telegram, monkeypatch):
    sent: list[Any] = []

    async def send(chat: int, voice: Any, **more: Any) -> Any:
        sent.append((chat, voice, more["caption"]))
        return SimpleNamespace(
            message_id=5, photo=None, document=None, voice=SimpleNamespace(file_id="voice-2")
        )

    monkeypatch.setattr(
        telegram, "bot", SimpleNamespace(send_voice=send, send_photo=None, send_document=None)
    )
    answer = await telegram.send("123", SPOKEN)
    assert sent == [(123, "voice-1", "Hạnh gửi lời nói.")]
    assert (answer.message_id, answer.provider_file) == ("5", "voice-2")


async def test_where_voices_are_unknown_the_words_still_arrive(telegram, monkeypatch):
    async def refuse(*_given: Any, **_more: Any) -> Any:
        raise TelegramNotFound(SendVoice(chat_id=1, voice="x"), "Not Found")

    async def say(chat: int, text: str, **_more: Any) -> Any:
        return SimpleNamespace(message_id=chat, text=text)

    bot = SimpleNamespace(send_voice=refuse, send_message=say, send_photo=None, send_document=None)
    monkeypatch.setattr(telegram, "bot", bot)
    assert (await telegram.send("123", SPOKEN)).message_id == "123"
