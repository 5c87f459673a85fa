"""How refusals are said: the error's own sentence, with the way on as choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from handlers.reply import Choice, Reply
from locales import pgettext
from services.errors import DomainError

E = TypeVar("E", bound=DomainError)

_sayings: dict[type[DomainError], Callable[[Any], Reply]] = {}
MAIN_MENU = "menu.open"


def refusal(kind: type[E]) -> Callable[[Callable[[E], Reply]], Callable[[E], Reply]]:
    """Register how a refusal is said where its sentence alone is not enough."""

    def register(saying: Callable[[E], Reply]) -> Callable[[E], Reply]:
        _sayings[kind] = saying
        return saying

    return register


def say(error: DomainError) -> Reply:
    """Say a refusal in the current locale."""
    saying = _sayings.get(type(error))
    if saying is not None:
        return saying(error)
    return Reply(str(error), choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])
