"""Which keyboards does the Bot API accept under a message?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .call import Call
from .objects import Json, bad_request

DATA_LIMIT = 64  # bytes, not letters: a Vietnamese letter takes up to three
BUTTONS_LIMIT = 100
INLINE_KINDS = ("url", "callback_data", "web_app", "copy_text", "login_url", "switch_inline_query", "pay")


def read_markup(call: Call, *, only_inline: bool = False) -> Json:
    """Read `reply_markup`; absent or empty is no keyboard. An edit takes an inline keyboard only."""
    markup = call.structure("reply_markup") or {}
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if inline := markup.get("inline_keyboard"):
        return {"inline_keyboard": [[_inline_button(button) for button in row] for row in _rows(inline)]}
    others = {key: markup[key] for key in ("keyboard", "remove_keyboard", "force_reply") if markup.get(key)}
    if others and only_inline:
        raise bad_request("inline keyboard expected")
    if "keyboard" in others:
        _rows(others["keyboard"])
    return others


def _rows(rows: Any) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    if sum(len(row) for row in rows) > BUTTONS_LIMIT:
        raise bad_request("reply markup is too long")
    return [row for row in rows if row]


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text, data, url = button.get("text"), button.get("callback_data"), button.get("url")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    kept = {kind: button[kind] for kind in INLINE_KINDS if button.get(kind) not in (None, "")}
    if not kept:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if data and len(data.encode()) > DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    if url and not _is_public(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return {"text": text, **kept}


def _is_public(url: str) -> bool:
    # Telegram opens links on the person's phone: "localhost" and names without a dot are refused.
    parts = urlsplit(url)
    return parts.scheme == "tg" or (
        parts.scheme in {"http", "https", ""} and "." in (parts.hostname or parts.path)
    )
