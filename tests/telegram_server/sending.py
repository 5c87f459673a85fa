"""The methods by which a bot speaks: sending, editing and deleting messages."""

from __future__ import annotations

import struct
from collections.abc import Callable

from .call import Call
from .markup import read_markup
from .objects import Content, File, Json, Message, Person, Refusal, Words, bad_request
from .words import CAPTION_LIMIT, TEXT_LIMIT, read_words
from .world import World

UPLOAD_LIMIT = 50_000_000
PHOTO_LIMIT = 10_000_000
PHOTO_SIDES = 10_000  # width and height together
PHOTO_RATIO = 20
ALBUM_LIMIT = 10
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
BAD_FILE = "wrong file identifier/HTTP URL specified"


def chat_of(world: World, call: Call) -> Person:
    """Find the chat named by `chat_id`: only people who started the bot are known to it."""
    name = call.text("chat_id")
    if not name:
        raise bad_request("chat_id is empty")
    person = world.people.get(call.integer("chat_id"))
    if person is None or not person.has_started:
        raise bad_request("chat not found")
    return person


def open_chat_of(world: World, call: Call) -> Person:
    """Find the chat and make sure that the bot may write in it."""
    person = chat_of(world, call)
    if person.is_deactivated:
        raise Refusal(403, "Forbidden: user is deactivated")
    if person.has_blocked:
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    return person


def send_message(world: World, call: Call) -> Json:
    """Say a text."""
    content = Content(_text(call), None, read_markup(call))
    return _send(world, call, content)


def send_file(kind: str) -> Callable[[World, Call], Json]:
    """Make the method that sends that kind of file."""

    def send(world: World, call: Call) -> Json:
        file = _file(world, call, kind, call.text(kind) or f"attach://{kind}")
        words = _caption(call.params, "message caption is too long")
        return _send(world, call, Content(words, file, read_markup(call)))

    return send


def send_media_group(world: World, call: Call) -> list[Json]:
    """Send an album: messages of their own that are shown as one."""
    items = call.structure("media") or []
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > ALBUM_LIMIT:
        raise bad_request("too many messages to send as an album")
    contents = [_media(world, call, item) for item in items]
    kinds = {content.file.kind for content in contents if content.file}
    if len(kinds & {"document", "audio"}) and len(kinds) > 1:
        raise bad_request("media of this type can't be mixed with other media types")
    chat, album = open_chat_of(world, call), str(world.now() * 1000 + len(world.calls))
    return [world.write(chat, world.bot, content, album=album).as_json() for content in contents]


def edit_message_text(world: World, call: Call) -> Json:
    """Put another text in place."""
    words = _text(call, too_long="MESSAGE_TOO_LONG")
    message = _message_to_edit(world, call)
    if message.content.file:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, message, Content(words, None, read_markup(call, only_inline=True)))


def edit_message_caption(world: World, call: Call) -> Json:
    """Put another caption below the same file."""
    words = _caption(call.params, "MEDIA_CAPTION_TOO_LONG")
    message = _message_to_edit(world, call)
    if not message.content.file:
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, message, Content(words, message.content.file, read_markup(call, only_inline=True)))


def edit_message_media(world: World, call: Call) -> Json:
    """Put another file, with its caption, in place."""
    changed = _media(world, call, call.structure("media") or {})
    message = _message_to_edit(world, call)
    return _edit(world, message, Content(changed.words, changed.file, read_markup(call, only_inline=True)))


def edit_message_reply_markup(world: World, call: Call) -> Json:
    """Change only the buttons; without `reply_markup` they are taken away."""
    message = _message_to_edit(world, call)
    content = message.content
    return _edit(world, message, Content(content.words, content.file, read_markup(call, only_inline=True)))


def delete_message(world: World, call: Call) -> bool:
    """Take a message away, the bot's or (in a private chat) the person's."""
    message = world.find(chat_of(world, call), call.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    message.is_deleted = True
    world.has_changed()
    return True


def delete_messages(world: World, call: Call) -> bool:
    """Take several messages away; those not found are skipped."""
    chat = chat_of(world, call)
    for message_id in call.structure("message_ids") or []:
        if message := world.find(chat, int(message_id)):
            message.is_deleted = True
    world.has_changed()
    return True


def _send(world: World, call: Call, content: Content) -> Json:
    chat = open_chat_of(world, call)
    return world.write(chat, world.bot, content, reply_to=_replied(world, chat, call)).as_json()


def _replied(world: World, chat: Person, call: Call) -> Message | None:
    asked = call.structure("reply_parameters") or {"message_id": call.integer("reply_to_message_id")}
    if not asked.get("message_id"):
        return None
    message = world.find(chat, int(asked["message_id"]))
    if message is None and not asked.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def _message_to_edit(world: World, call: Call) -> Message:
    message = world.find(chat_of(world, call), call.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    # A message that came with a reply keyboard is fixed for ever, as are the person's own.
    if not message.is_from_bot or message.content.markup.keys() - {"inline_keyboard"}:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, message: Message, content: Content) -> Json:
    if content == message.content:
        raise bad_request(NOT_MODIFIED)
    message.change(content, world.now())
    world.has_changed()
    return message.as_json()


def _text(call: Call, too_long: str = "message is too long") -> Words:
    text = call.text("text")
    if not text:
        raise bad_request("message text is empty")
    words = read_words(
        text, call.text("parse_mode"), TEXT_LIMIT, too_long=too_long, given=call.structure("entities")
    )
    if not words.plain:
        raise bad_request("text must be non-empty")
    return words


def _caption(params: Json, too_long: str) -> Words:
    caption, mode = params.get("caption") or "", params.get("parse_mode") or ""
    return read_words(caption, mode, CAPTION_LIMIT, too_long=too_long, given=params.get("caption_entities"))


def _media(world: World, call: Call, item: Json) -> Content:
    kind, source = item.get("type", ""), item.get("media") or ""
    if kind not in {"photo", "document", "audio", "video"}:
        raise bad_request("can't parse InputMedia: type must be a String")
    return Content(_caption(item, "MEDIA_CAPTION_TOO_LONG"), _file(world, call, kind, source))


def _file(world: World, call: Call, kind: str, source: str) -> File:
    if not source.startswith("attach://"):
        return _known_file(world, kind, source)
    upload = call.files.get(source.removeprefix("attach://"))
    if upload is None:
        raise bad_request(f"there is no {kind} in the request")
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > UPLOAD_LIMIT:
        raise Refusal(413, "Request Entity Too Large")
    if kind == "photo":
        _check_picture(upload.content)
    return world.keep(kind, upload.content, upload.name, upload.mime)


def _known_file(world: World, kind: str, source: str) -> File:
    # Telegram would fetch a public address itself; from a test nothing leaves the machine.
    if source.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = world.files.get(source)
    if file is None:
        raise bad_request(BAD_FILE)
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def _check_picture(content: bytes) -> None:
    if len(content) > PHOTO_LIMIT:
        raise bad_request("file is too big")
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
        if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
    elif not content.startswith((b"\xff\xd8\xff", b"GIF8")) and content[8:12] != b"WEBP":
        raise bad_request("IMAGE_PROCESS_FAILED")
