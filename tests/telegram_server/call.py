"""What did the bot ask, whichever way it wrote the request?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web

from .objects import Json, bad_request


@dataclass(frozen=True)
class Attached:
    """One uploaded part of a multipart request."""

    name: str
    content: bytes
    mime: str


@dataclass(frozen=True)
class Call:
    """One request of the bot; forms and queries carry strings, JSON carries values: the readers take both."""

    method: str
    params: Json
    files: dict[str, Attached] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Read a string; absent is empty, as the real API has it."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Read a number; what is no number is the default, as the real API has it."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def truth(self, name: str) -> bool:
        """Read a boolean: forms write it as a word."""
        return self.text(name).lower() in {"true", "1", "yes"}

    def structure(self, name: str) -> Any:
        """Read an object or a list, sent as itself or as JSON in a string; None if absent."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None


async def read_call(request: web.Request) -> Call:
    """Read the query and the body: JSON, form or multipart."""
    # The real API takes method names in any case.
    params: Json = dict(request.query)
    files: dict[str, Attached] = {}
    if request.content_type == "application/json":
        params |= await _read_json(request)
    elif request.content_type.startswith("multipart/"):
        await _read_parts(await request.multipart(), params, files)
    else:
        params |= dict(await request.post())
    return Call(request.match_info["method"].lower(), params, files)


async def _read_json(request: web.Request) -> Json:
    body = await request.text()
    try:
        values = json.loads(body) if body else {}
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("object expected")
    return values


async def _read_parts(reader: MultipartReader, params: Json, files: dict[str, Attached]) -> None:
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            params[part.name] = content.decode()
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Attached(part.filename, content, mime)
