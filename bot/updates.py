"""How a channel that is not Telegram writes what it received as an aiogram Update."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any


def number_of(external_id: str) -> int:
    """Make the whole number aiogram wants of a string id: stable, positive, below 2**53."""
    return int.from_bytes(hashlib.blake2b(external_id.encode(), digest_size=8).digest(), "big") >> 11


def cleaned(text: str) -> str:
    """Leave out what no database takes: NUL, and halves of characters."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


def _message(sender: str, name: str, at: datetime, key: str) -> dict[str, Any]:
    person = number_of(sender)
    return {
        "message_id": number_of(key) % 2**31,
        "date": int(at.timestamp()),
        "chat": {"id": person, "type": "private", "first_name": name or "?"},
        "from": {"id": person, "is_bot": False, "first_name": name or "?"},
    }


def text_update(sender: str, text: str, *, key: str, at: datetime, name: str = "") -> dict[str, Any]:
    """Write a typed message; "/start ..." carries the command entity as on Telegram."""
    message = _message(sender, name, at, key) | {"text": text}
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    return {"update_id": number_of(key) % 2**31, "message": message}


def tap_update(sender: str, data: str, *, key: str, at: datetime, name: str = "") -> dict[str, Any]:
    """Write a tapped choice."""
    message = _message(sender, name, at, key)
    return {
        "update_id": number_of(key) % 2**31,
        "callback_query": {
            "id": key,
            "from": message["from"],
            "chat_instance": sender,
            "message": message | {"text": ""},
            "data": data,
        },
    }


def photo_update(
    sender: str, file_id: str, *, key: str, at: datetime, name: str = "", caption: str | None = None
) -> dict[str, Any]:
    """Write a received photo; `file_id` is whatever the channel can fetch it by."""
    size = {"file_id": file_id, "file_unique_id": file_id, "width": 1, "height": 1}
    message = _message(sender, name, at, key) | {"photo": [size]}
    if caption:
        message["caption"] = caption
    return {"update_id": number_of(key) % 2**31, "message": message}


def media_update(sender: str, kind: str, *, key: str, at: datetime, name: str = "") -> dict[str, Any]:
    """Write a received voice message, sticker, document or contact card without its content."""
    base = {"file_id": key, "file_unique_id": key}
    bodies: dict[str, dict[str, Any]] = {
        "voice": base | {"duration": 1},
        "sticker": base
        | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False},
        "document": base,
        "contact": {"phone_number": "", "first_name": "?"},
    }
    return {
        "update_id": number_of(key) % 2**31,
        "message": _message(sender, name, at, key) | {kind: bodies[kind]},
    }
