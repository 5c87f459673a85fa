"""What is taken out of a message at the door, so that no handler, table or other person ever sees it?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from bot.states import HeldStates, context
from handlers.asked_numbers import asked_in
from services import typed_secrets
from services.safety import redact
from services.typed_secrets import Kind

EXPECTED: Final = "expected"
SOON: Final = timedelta(minutes=3)
WORDS: Final = ("text", "caption")


async def without_secrets(
    raw: dict[str, Any], states: HeldStates, *, now: datetime
) -> tuple[dict[str, Any], tuple[Kind, ...]]:
    """Hide the secrets of a typed message or a caption; tell which kinds there were.

    What a message announces ("mã OTP là") is looked for in the next one as well: a secret may come in two
    messages. While an answer is being asked for, bare digits are that answer.
    """
    message = raw.get("message")
    field = next((name for name in WORDS if message and message.get(name)), None)
    if message is None or field is None:
        return raw, ()
    state = context(states, raw)
    asked = await state.get_state()
    data = await state.get_data()
    expected = None if asked else _expected(data, now)
    found = redact(message[field], passing=asked_in(asked), is_whole=asked is None, expected=expected)
    await _expect(state, data, message[field], now)
    if not found.kinds:
        return raw, ()
    return raw | {"message": message | {field: found.text}}, found.kinds


def _expected(data: dict[str, Any], now: datetime) -> Kind | None:
    kind, at = data.get(EXPECTED) or (None, "")
    return kind if kind and now - datetime.fromisoformat(at) < SOON else None


async def _expect(state: Any, data: dict[str, Any], words: str, now: datetime) -> None:
    """Remember which kind comes next, for one message."""
    kind = typed_secrets.announced(words)
    if kind:
        await state.set_data(data | {EXPECTED: [kind, now.isoformat()]})
    elif EXPECTED in data:
        await state.set_data({key: value for key, value in data.items() if key != EXPECTED})
