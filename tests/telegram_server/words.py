"""How the Bot API reads a text or a caption: the HTML markup, its limits, and what it refuses."""

from __future__ import annotations

import html
import re

from .objects import Json, Words, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "tg-spoiler": "spoiler", "blockquote": "blockquote",
}  # fmt: skip
TOKEN = re.compile(
    r"<(?P<close>/?)(?P<tag>[^\s>]*)(?P<attributes>[^>]*)>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);|<"
)
HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""")


def read_words(
    text: str, parse_mode: str, limit: int, *, too_long: str, given: list[Json] | None = None
) -> Words:
    """Turn what the bot sent into what people see; like Telegram, measure after the markup is gone.

    `given` are entities sent beside the text, which count only without a parse mode.
    """
    if parse_mode.lower() == "html":
        words = _read_html(text)
    elif parse_mode:
        # The real API also knows two Markdowns; nothing of ours may depend on how their escapes are read.
        raise bad_request("unsupported parse_mode")
    else:
        marks = [(mark["type"], mark["offset"], mark["length"], mark.get("url", "")) for mark in given or []]
        words = Words(text, tuple(marks))
    words = _trimmed(words)
    if utf16_length(words.plain) > limit:
        raise bad_request(too_long)
    return words


def utf16_length(text: str) -> int:
    """Count as the Bot API counts: an emoji outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def _trimmed(words: Words) -> Words:
    plain = words.plain.strip()
    gone = utf16_length(words.plain) - utf16_length(words.plain.lstrip())
    end = utf16_length(plain)
    entities = []
    for kind, offset, length, url in words.entities:
        start, stop = max(0, offset - gone), min(end, offset - gone + length)
        if stop > start:
            entities.append((kind, start, stop - start, url))
    return Words(plain, tuple(entities))


def _read_html(text: str) -> Words:
    plain, position = "", 0
    entities: list[tuple[str, int, int, str]] = []
    opened: list[tuple[str, int, str]] = []
    for token in TOKEN.finditer(text):
        plain += text[position : token.start()]
        position = token.end()
        tag = (token["tag"] or "").lower()
        if token[0].startswith("&"):
            plain += html.unescape(token[0])
        elif tag not in TAGS:
            kind, at = ("end" if token["close"] else "start"), len(text[: token.start()].encode())
            raise bad_request(f'can\'t parse entities: Unsupported {kind} tag "{tag}" at byte offset {at}')
        elif not token["close"]:
            link = HREF.search(token["attributes"])
            opened.append((tag, utf16_length(plain), link[1] if link else ""))
        elif not opened or opened[-1][0] != tag:
            at = len(text[: token.start()].encode())
            raise bad_request(
                f'can\'t parse entities: Unmatched end tag at byte offset {at}, found "</{tag}>"'
            )
        else:
            _, start, url = opened.pop()
            entities.append((TAGS[tag], start, utf16_length(plain) - start, url))
    if opened:
        raise bad_request(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1][0]}\""
        )
    return Words(plain + text[position:], tuple(sorted(entities, key=lambda entity: (entity[1], -entity[2]))))
