"""Which choice a typed word means: a number, a label with or without marks, or a notice's own word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from aiogram.types import CallbackQuery, Message, TelegramObject

from handlers.reply import Choice, Reply
from services.folding import tokens

KEPT_OFFERS = 12
_NUMBER = re.compile(r"(?:so )?(\d{1,2})")


@lru_cache(maxsize=512)
def _label(label: str) -> str:
    """Fold a label once: there are a few hundred, and every reply is full of them."""
    return said(label)


def said(text: str) -> str:
    """Write words as they are compared: folded, one space between, no punctuation."""
    return " ".join(tokens(text))


def remembered(reply: Reply) -> list[list[Any]]:
    """Write a reply's open list: the names of each choice, its data, whether a number picks it, its label."""
    rows = [_row(choice, is_numbered=True) for choice in reply.lines]
    is_numbered = reply.is_listed and not reply.lines
    return rows + [_row(choice, is_numbered=is_numbered) for choice in reply.choices]


def _row(choice: Choice, *, is_numbered: bool) -> list[Any]:
    return [[_label(choice.label), *_word(choice.word)], choice.packed(), is_numbered, choice.label]


def with_notice(reply: Reply, open_list: Sequence[Any], offers: Sequence[Any]) -> dict[str, Any]:
    """Tell what can be chosen after a notice, as the conversation's columns hold it.

    Its words can be typed from now on and the open list stays; but lines numbered in its text are what a
    number means from now on, for they are what the person sees.
    """
    new = remembered(reply)
    kept = [*new, *offers][:KEPT_OFFERS]
    return {"offers": kept, "choices": new if reply.lines else list(open_list)}


def _word(word: str | None) -> list[str]:
    return [said(word)] if word else []


def meant(text: str, open_list: Sequence[Any], offers: Sequence[Any]) -> str | None:
    """Find the data of the choice a text stands for, if it stands for one.

    The open list answers to numbers and names, what came with notices to names alone, the newest first.
    """
    typed = said(text)
    if not typed:
        return None
    number = _NUMBER.fullmatch(typed)
    numbered = [row for row in open_list if row[2]]
    if number and 1 <= int(number[1]) <= len(numbered):
        return str(numbered[int(number[1]) - 1][1])
    for names, data, *_rest in [*open_list, *offers]:
        if typed in names:
            return str(data)
    return None


def tapped(event: TelegramObject, data: str) -> CallbackQuery:
    """Go on from a message or a tap as if a choice had been tapped: the person and the message stay."""
    assert isinstance(event, Message | CallbackQuery), "nothing else is pointed on from"  # noqa: S101
    message = event if isinstance(event, Message) else event.message
    assert event.from_user is not None, "no handler answers a channel's post"  # noqa: S101
    return CallbackQuery(
        id="typed", from_user=event.from_user, chat_instance="typed", message=message, data=data
    )


def resolved(raw: dict[str, Any], row: Any) -> dict[str, Any]:
    """Read a typed number or label as the tap it stands for in a conversation's row."""
    if not (row.choices or row.offers):
        return raw
    text = raw.get("message", {}).get("text")
    data = meant(text, row.choices, row.offers) if text else None
    return as_tap(raw, data) if data else raw


def as_tap(raw: dict[str, Any], data: str) -> dict[str, Any]:
    """Turn a raw message into the tap it stands for."""
    message = raw["message"]
    return {
        "update_id": raw["update_id"],
        "callback_query": {
            "id": "typed",
            "from": message["from"],
            "chat_instance": "typed",
            "message": message,
            "data": data,
        },
    }
