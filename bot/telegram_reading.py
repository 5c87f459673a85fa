"""What does Telegram hand in: is it an update, and whose?"""

from __future__ import annotations

from typing import Any, Final, TypeGuard

from bot import updates
from bot.channels import Incoming

NAME: Final = "telegram"
UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
WORDS: Final = ("text", "caption", "data")
LARGEST_NUMBER: Final = 2**62


def is_update(body: Any) -> bool:
    """Tell whether a body has the shape of an update: a number, and objects beside it."""
    if not isinstance(body, dict):
        return False
    number = body.get("update_id")
    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < LARGEST_NUMBER
    return is_number and all(isinstance(body[key], dict) for key in body if key != "update_id")


def incoming_of(update: dict[str, Any], account: str) -> Incoming | None:
    """Read an update; None for what this program does not take, such as groups."""
    raw = dict(update)
    if "edited_message" in raw:
        # Whoever corrects a message means the new words.
        raw = {"update_id": raw["update_id"], "message": raw["edited_message"]}
    kind = next((kind for kind in UPDATES if kind in raw), None)
    event = raw.get(kind) if kind else None
    if not isinstance(event, dict) or not _is_named(event.get("from")):
        return None
    cleaned = {key: updates.cleaned(event[key]) for key in WORDS if isinstance(event.get(key), str)}
    if kind == "callback_query":
        cleaned["chat_instance"] = event.get("chat_instance", "")
    raw[str(kind)] = event | cleaned
    message = event.get("message") if kind == "callback_query" else event
    chat = message.get("chat") if isinstance(message, dict) else None
    if not _is_named(chat) or chat.get("type", "private") != "private":
        return None
    sender = str(event["from"]["id"])
    return Incoming(account, NAME, str(update["update_id"]), str(chat["id"]), sender, raw)


def seconds_to_wait(answer: dict[str, Any] | None) -> float | None:
    """Tell how long Telegram asks us to wait, if it does."""
    waits = (answer or {}).get("parameters")
    seconds = waits.get("retry_after") if isinstance(waits, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else None


def _is_named(body: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether a body is a person or a chat with an id that can be one."""
    number = body.get("id") if isinstance(body, dict) else None
    return isinstance(number, int) and abs(number) < LARGEST_NUMBER
