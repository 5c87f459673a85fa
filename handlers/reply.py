"""What a handler answers with: words, choices, a picture or a document, whatever the channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiogram.filters import callback_data
from pydantic import ConfigDict

from services.notices import Notice

LABEL_LENGTH = 20


class CallbackData(callback_data.CallbackData, prefix="-"):
    """What a button carries; how to read it is worked out at its first tap, not for all at the start."""

    model_config = ConfigDict(defer_build=True)


@dataclass(frozen=True, slots=True)
class Choice:
    """A label of at most 20 characters and what it stands for.

    `word` is what to type for it where no list is shown, such as "NHẬN 128" beside a notice.
    """

    label: str
    data: CallbackData | str
    word: str | None = None

    def packed(self) -> str:
        """Write the data as a channel carries it, at most 64 bytes."""
        return self.data if isinstance(self.data, str) else self.data.pack()


@dataclass(frozen=True, slots=True)
class Reply:
    """One message back; `picture` and `document` are media ids.

    `is_listed=False` keeps a channel without buttons from numbering the choices: where an amount is asked,
    or where the lines of the text are the choices already. `replaces` names an earlier delivery whose content
    this takes, or TAPPED for the message just tapped. `lines` are choices that stand numbered in the text.
    """

    text: str
    choices: Sequence[Choice] = ()
    picture: int | None = None
    document: int | None = None
    replaces: int | str | None = None
    is_listed: bool = True
    alt: str | None = None
    lines: Sequence[Choice] = field(default=())


@dataclass(frozen=True, slots=True)
class Goto:
    """Go on as if this choice had been tapped, in the same unit of work: how features hand on."""

    data: CallbackData | str

    def packed(self) -> str:
        """Write the data as a tap carries it."""
        return self.data if isinstance(self.data, str) else self.data.pack()


TAPPED = "tapped"

Answer = Reply | Goto | Sequence[Reply | Goto] | None

N = TypeVar("N", bound=Notice)

_renderers: dict[str, Callable[[Any], Reply]] = {}


def notice(kind: type[N]) -> Callable[[Callable[[N], Reply]], Callable[[N], Reply]]:
    """Register how a notice is said; it runs under the receiver's locale, when it is sent."""

    def register(renderer: Callable[[N], Reply]) -> Callable[[N], Reply]:
        _renderers[kind.__name__] = renderer
        return renderer

    return register


def render(kind: str, variables: dict[str, Any]) -> Reply:
    """Say a queued notice in the current locale; raises KeyError for a kind nobody renders."""
    renderer = _renderers[kind]
    return renderer(Notice.kinds[kind](**variables))


def rendered_kinds() -> frozenset[str]:
    """List the notices that have a renderer."""
    return frozenset(_renderers)
