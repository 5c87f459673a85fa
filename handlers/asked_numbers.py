"""Which states ask for a number that is hidden anywhere else?"""

from __future__ import annotations

from typing import Final

from aiogram.fsm.state import State

from services.typed_secrets import Kind

_ASKED: Final[dict[str, frozenset[Kind]]] = {}


def asks_for(state: State, *kinds: Kind) -> None:
    """Let such numbers reach the handlers of a state, which see to it that they are not kept."""
    assert state.state is not None  # noqa: S101 - a state of a group has a name
    _ASKED[state.state] = frozenset(kinds)


def asked_in(state: str | None) -> frozenset[Kind]:
    """List the kinds of numbers a state asks for."""
    return _ASKED.get(state or "", frozenset())
