"""Where each chat stands: aiogram's state over the conversation row that is already locked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey


class HeldStates(BaseStorage):
    """The states of one conversation during one unit of work; written back only if changed."""

    def __init__(self, states: dict[str, Any]) -> None:
        """Begin with what the row held: "user:thread" to {"state", "data"}."""
        self.states = states
        self.is_changed = False

    def put_back(self, states: dict[str, Any]) -> None:
        """Forget what was changed."""
        self.states = states
        self.is_changed = False

    @staticmethod
    def _name(key: StorageKey) -> str:
        return f"{key.user_id}:{key.thread_id or 0}"

    def _set(self, key: StorageKey, field: str, value: Any) -> None:
        held = self.states.get(self._name(key), {})
        if held.get(field) == value or (not value and field not in held):
            return
        held = {**held, field: value}
        self.states = {**self.states, self._name(key): {k: v for k, v in held.items() if v}}
        if not self.states[self._name(key)]:
            self.states = {name: rest for name, rest in self.states.items() if name != self._name(key)}
        self.is_changed = True

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Remember the state."""
        self._set(key, "state", state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        """Tell the state."""
        value: str | None = self.states.get(self._name(key), {}).get("state")
        return value

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Remember the data."""
        self._set(key, "data", dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Tell the data."""
        return dict(self.states.get(self._name(key), {}).get("data", {}))

    async def close(self) -> None:
        """Leave the writing to the unit of work."""


def context(storage: HeldStates, raw: dict[str, Any]) -> FSMContext:
    """Make the state of whoever sent a raw update, in its thread."""
    event: dict[str, Any] = next((value for key, value in raw.items() if key != "update_id"), {})
    message = event.get("message", event)
    key = StorageKey(
        bot_id=0,
        chat_id=message.get("chat", {}).get("id", 0),
        user_id=event.get("from", {}).get("id", 0),
        thread_id=message.get("message_thread_id"),
    )
    return FSMContext(storage, key)
