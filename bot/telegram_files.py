"""By which of Telegram's methods does a file go out, and by which id is it known afterwards?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiogram import Bot
from aiogram.types import FSInputFile, Message

from bot.channels import File

ENDINGS: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "application/pdf": "pdf",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
}
# Some people let nobody send them voice messages; a file they take.
NO_VOICE: Final = "voice_messages_forbidden"


def method_of(bot: Bot, file: File, *, is_picture: bool) -> Callable[..., Awaitable[Message]]:
    """Choose how a file is shown: a picture, a voice to play in the chat, a piece of sound, or a document."""
    if is_picture:
        return bot.send_photo
    if file.mime == "audio/ogg":
        return bot.send_voice
    return bot.send_audio if file.mime.startswith("audio/") else bot.send_document


def ways(file: File) -> Sequence[str | FSInputFile]:
    """Name a file by the id Telegram knows, then, should that be gone, by its bytes."""
    name = file.filename or f"{file.media_id}.{ENDINGS.get(file.mime, 'bin')}"
    upload = FSInputFile(file.path, filename=name)
    return [file.provider_file, upload] if file.provider_file else [upload]


def id_of(sent: Message) -> str | None:
    """Tell the id by which Telegram knows the file it took."""
    if sent.photo:
        return sent.photo[-1].file_id
    found = sent.document or sent.voice or sent.audio
    return found.file_id if found else None
