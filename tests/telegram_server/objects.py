"""What is the pretended Telegram made of, and how does the Bot API write it as JSON?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """The Bot API says no; `description` is the sentence the real one uses."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> Refusal:
    """Build the commonest refusal."""
    return Refusal(400, f"Bad Request: {reason}")


@dataclass(eq=False)
class Person:
    """Somebody with Telegram; their private chat with the bot has the same id."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "vi"
    is_bot: bool = False
    has_started: bool = False
    has_blocked: bool = False
    is_deactivated: bool = False

    def as_user(self) -> Json:
        """Write the person as a User."""
        names = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            **{key: value for key, value in names.items() if value and not self.is_bot},
        } | ({"username": self.username} if self.is_bot else {})

    def as_chat(self) -> Json:
        """Write the person's private chat as a Chat."""
        names = {"last_name": self.last_name, "username": self.username}
        given = {key: value for key, value in names.items() if value}
        return {"id": self.id, "type": "private", "first_name": self.first_name, **given}


@dataclass(eq=False)
class File:
    """Bytes that Telegram keeps, sent by a person or by the bot."""

    id: str
    kind: str
    content: bytes
    name: str
    mime: str
    thumbnail: File | None = None

    @property
    def path(self) -> str:
        """Where `/file/bot<token>/` serves it."""
        return f"{self.kind}s/{self.id}{PurePath(self.name).suffix}"

    def as_file(self) -> Json:
        """Write the fields every kind of file has."""
        return {"file_id": self.id, "file_unique_id": f"unique-{self.id}", "file_size": len(self.content)}

    def as_attachment(self) -> Any:
        """Write it as the field of a message named after its kind; a photo is a list of sizes, best last."""
        if self.kind == "photo":
            small = self.thumbnail or self
            return [
                small.as_file() | {"width": 90, "height": 67},
                self.as_file() | {"width": 1280, "height": 960},
            ]
        named = {"file_name": self.name, "mime_type": self.mime}
        fields: dict[str, Json] = {
            "document": named,
            "audio": named | {"duration": 3},
            "voice": {"mime_type": self.mime, "duration": 3},
            "video": named | {"duration": 3, "width": 640, "height": 480},
            "sticker": dict.fromkeys(("is_animated", "is_video"), False)
            | {"type": "regular", "width": 512, "height": 512, "emoji": "👍"},
        }
        return self.as_file() | fields[self.kind]


@dataclass(frozen=True)
class Button:
    """A button under a message: it sends `data`, or opens `url`, or (neither) says its own label."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Words:
    """A text or a caption after its markup was read: what people see, and where it is bold."""

    plain: str = ""
    entities: tuple[tuple[str, int, int, str], ...] = ()  # type, UTF-16 offset and length, address of a link

    def as_entities(self) -> list[Json]:
        """Write the markup as MessageEntity objects."""
        return [
            {"type": kind, "offset": offset, "length": length} | ({"url": url} if url else {})
            for kind, offset, length, url in self.entities
        ]


@dataclass(frozen=True)
class Content:
    """Everything an edit can change; "message is not modified" compares exactly this."""

    words: Words = Words()
    file: File | None = None
    markup: Json = field(default_factory=dict)


@dataclass(eq=False)
class Message:
    """One line of a private chat, as the transcript keeps it; `sender` is None for the bot."""

    id: int
    chat: Person
    sender: Person
    date: int
    content: Content
    album: str | None = None
    reply_to: Message | None = None
    extra: Json = field(default_factory=dict)
    edits: list[Content] = field(default_factory=list)
    edited_at: int | None = None
    is_deleted: bool = False

    @property
    def text(self) -> str:
        """What is read: the text, or the caption below a file."""
        return self.content.words.plain

    @property
    def is_from_bot(self) -> bool:
        """Whether the bot said it."""
        return self.sender.is_bot

    @property
    def photo(self) -> bytes | None:
        """The picture's bytes."""
        return self._bytes_of("photo")

    @property
    def document(self) -> bytes | None:
        """The document's bytes."""
        return self._bytes_of("document")

    @property
    def rows(self) -> list[list[Button]]:
        """The buttons as drawn, row by row."""
        markup = self.content.markup
        rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
        return [[_button(button) for button in row] for row in rows]

    @property
    def buttons(self) -> list[Button]:
        """The buttons in reading order."""
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        """The buttons' labels in reading order."""
        return [button.label for button in self.buttons]

    def change(self, content: Content, at: int) -> None:
        """Put the new content in place of the old, which stays readable in `edits`."""
        self.edits.append(self.content)
        self.content = content
        self.edited_at = at

    def as_json(self) -> Json:
        """Write it as a Message; like the real one, without its reply keyboard."""
        content, body = self.content, dict(self.extra)
        file, markup = content.file, content.markup
        if file:
            body[file.kind] = file.as_attachment()
        if content.words.plain:
            body["caption" if file else "text"] = content.words.plain
        if content.words.entities:
            body["caption_entities" if file else "entities"] = content.words.as_entities()
        if "inline_keyboard" in markup:
            body["reply_markup"] = {"inline_keyboard": markup["inline_keyboard"]}
        optional = {"edit_date": self.edited_at, "media_group_id": self.album}
        body |= {key: value for key, value in optional.items() if value}
        if self.reply_to:
            body["reply_to_message"] = dataclasses.replace(self.reply_to, reply_to=None).as_json()
        head = {
            "message_id": self.id,
            "date": self.date,
            "chat": self.chat.as_chat(),
            "from": self.sender.as_user(),
        }
        return head | body

    def _bytes_of(self, kind: str) -> bytes | None:
        file = self.content.file
        return file.content if file and file.kind == kind else None


@dataclass(eq=False)
class Tap:
    """A person touched a button; the fields from `is_answered` on are what the bot did about it."""

    id: str
    person: Person
    message: Message
    data: str
    is_too_old: bool = False
    is_answered: bool = False
    toast: str = ""
    is_alert: bool = False

    def as_json(self) -> Json:
        """Write it as a CallbackQuery."""
        return {
            "id": self.id,
            "from": self.person.as_user(),
            "message": self.message.as_json(),
            "chat_instance": str(self.person.id * 7919),
            "data": self.data,
        }


def _button(drawn: Json | str) -> Button:
    if isinstance(drawn, str):
        return Button(drawn)
    return Button(drawn["text"], drawn.get("callback_data"), drawn.get("url"))
