"""The contract of a channel: what comes in, what goes out, how a send can fail, and how choices degrade."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from locales import gettext as _


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update as a channel received it.

    `key` is the platform's own id of the update, unique per channel account; `update` is the raw dict of an
    aiogram Update; `sender` and `chat` are the platform's ids as strings, because Zalo's are not numbers.
    """

    account: str
    channel: str
    key: str
    chat: str
    sender: str
    update: dict[str, Any]


class Outcome(StrEnum):
    """What became of an update."""

    DONE = "done"
    REPEAT = "repeat"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice on its way out: label, data, and the word to type where there are no buttons."""

    label: str
    data: str
    word: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A picture or document on disk, its public address, and the id a channel already knows it by."""

    media_id: int
    path: Path
    mime: str
    address: str
    filename: str | None = None
    provider_file: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as a channel is asked to send it."""

    text: str
    buttons: tuple[Button, ...] = ()
    picture: File | None = None
    document: File | None = None
    replaces: str | None = None
    is_listed: bool = True
    is_notice: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What the platform said of a message it took."""

    message_id: str | None = None
    provider_file: str | None = None


class Failure(StrEnum):
    """How a send failed; nothing else is asked of a channel."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    IN_DOUBT = "in_doubt"


class SendFailed(Exception):
    """A message was not sent, or may not have been.

    `is_unreachable` marks the account (blocked, kicked, not found). `retry_after` in seconds holds back the
    whole channel account when `is_whole_bot`, else this chat only.
    """

    def __init__(
        self,
        failure: Failure,
        reason: str,
        *,
        is_unreachable: bool = False,
        retry_after: float | None = None,
        is_whole_bot: bool = False,
    ) -> None:
        """Say how it failed and what that means for the next try."""
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.is_unreachable = is_unreachable
        self.retry_after = retry_after
        self.is_whole_bot = is_whole_bot


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can carry; lengths in UTF-16 units, rates in messages a second.

    `window` is how long after somebody's last word one may still write to them. With fewer than
    `scarce_below` of its month's messages left, a channel's messages are saved where that can be done.
    """

    text: int = 4096
    caption: int = 1024
    has_buttons: bool = True
    can_edit: bool = True
    can_upload: bool = True
    sends_files: bool = True
    per_second: float = 25.0
    per_chat_second: float = 1.0
    window: timedelta | None = None
    scarce_below: int = 300


Receive = Callable[[Incoming], Awaitable[Outcome]]


class Channel(Protocol):
    """One way in and out; `account` names the bot or OA behind it.

    A pulled channel has no `send`: its messages are numbered and fetched (the web chat). One whose platform
    sells so many messages a month has a `quota_left: int | None` (None until the platform has said a number).
    """

    name: str
    account: str
    limits: Limits
    is_pulled: bool

    async def start(self, receive: Receive) -> None:
        """Begin to hand in what arrives."""

    async def stop(self) -> None:
        """Stop receiving, and let go of what sending opened; what was handed in is finished first.

        May be called again, or without `start`.
        """

    async def send(self, chat: str, message: Outgoing) -> Sent:
        """Send one message that already fits the limits; raises SendFailed."""


def is_scarce(channel: Channel) -> bool:
    """Tell whether a channel has so few of its month's messages left that they should be saved."""
    left: int | None = getattr(channel, "quota_left", None)
    return left is not None and left < channel.limits.scarce_below


def fit(message: Outgoing, limits: Limits) -> list[Outgoing]:
    """Degrade and split a message to what a channel can carry; buttons stay with the last part."""
    if message.document and not limits.sends_files:
        file = message.document
        named = _("{what}: {address}").format(what=file.filename, address=file.address)
        line = named if file.filename else file.address
        message = replace(message, text=f"{message.text}\n{line}", document=None)
    if not limits.has_buttons:
        message = spelled_out(message)
    if not limits.can_edit:
        message = replace(message, replaces=None)
    has_file = message.picture or message.document
    first = limits.caption if has_file else limits.text
    if length(message.text) <= first:
        return [message]
    head, *rest = split(message.text, first, limits.text)
    parts = [replace(message, text=head, buttons=()), *(Outgoing(text=part) for part in rest)]
    parts[-1] = replace(parts[-1], buttons=message.buttons)
    return parts


def spelled_out(message: Outgoing) -> Outgoing:
    """Write choices as words: a numbered list, or beside a notice the words to type."""
    if not message.buttons:
        return message
    if message.is_notice or not message.is_listed:
        words = [button.word or button.label.upper() for button in message.buttons]
        hint = _("Send {words}.").format(words=_(" or ").join(words))
        text = message.text if any(word in message.text for word in words) else f"{message.text}\n{hint}"
        return replace(message, text=text, buttons=())
    lines = [f"{number}. {button.label}" for number, button in enumerate(message.buttons, 1)]
    hint = _("Send a number to choose. Send 0 for the main menu.")
    return replace(message, text="\n".join([message.text, *lines, hint]), buttons=())


def length(text: str) -> int:
    """Count as the platforms do: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, first: int, most: int) -> list[str]:
    """Cut a long text at line ends, else at spaces, into parts that fit."""
    parts: list[str] = []
    limit = first
    while length(text) > limit:
        cut = _cut(text, limit)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
        limit = most
    return [*parts, text]


def _cut(text: str, limit: int) -> int:
    """Find the last good place to cut among the characters that fit, in their second half."""
    room = len(text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore"))
    for end in ("\n", " "):
        found = text.rfind(end, room // 2, room + 1)
        if found > 0:
            return found
    return room
