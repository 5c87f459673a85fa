"""At the door secrets are taken out of words and captions, and a secret in two messages is still one."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot import updates as make
from bot.conversation import Conversations, Flood, Turn
from bot.door import without_secrets
from bot.states import HeldStates, context
from handlers.activity_amounts import Log
from handlers.relay import Talk


def typed(text: str, now):
    return make.text_update("hanh", text, key=text, at=now)


async def put(states: HeldStates, state, now) -> None:
    await context(states, typed("x", now)).set_state(state)


async def test_no_handler_sees_a_secret(now):
    states = HeldStates({})
    raw, hidden = await without_secrets(typed("ma otp 482913 nhap o dau", now), states, now=now)
    assert hidden == ("otp",)
    assert "482913" not in str(raw)


async def test_a_caption_is_read_as_well(now):
    photo = make.photo_update("hanh", "f", key="1", at=now, caption="the cccd 052058001234")
    raw, hidden = await without_secrets(photo, HeldStates({}), now=now)
    assert hidden == ("citizen_id",)
    assert "052058001234" not in str(raw)


async def test_the_other_half_is_hidden_for_a_few_minutes(now):
    states = HeldStates({})
    await without_secrets(typed("cccd 052058", now), states, now=now)
    _raw, hidden = await without_secrets(typed("0012", now), states, now=now + timedelta(minutes=1))
    assert hidden == ("citizen_id",)
    _raw, hidden = await without_secrets(typed("0012", now), states, now=now + timedelta(minutes=2))
    assert hidden == ()


async def test_where_a_number_is_asked_for_it_is_the_answer(now):
    states = HeldStates({})
    await put(states, Log.amount, now)
    assert (await without_secrets(typed("171126", now), states, now=now))[1] == ()
    await put(states, Talk.number, now)
    assert (await without_secrets(typed("0905123456", now), states, now=now))[1] == ()
    assert (await without_secrets(typed("cccd 052058001234", now), states, now=now))[1] == ("citizen_id",)


def test_a_flood_is_mentioned_once_a_minute(monkeypatch: pytest.MonkeyPatch):
    clock = SimpleNamespace(moment=0.0)
    loop = SimpleNamespace(time=lambda: clock.moment)
    monkeypatch.setattr("bot.conversation.asyncio.get_running_loop", lambda: loop)
    conversations = object.__new__(Conversations)
    conversations.messages_per_minute = 3
    turn = Turn()

    def say(moment: float) -> Flood:
        clock.moment = moment
        return conversations._flood(turn)

    assert [say(second) for second in (0, 1, 2)] == [Flood.NONE] * 3
    assert [say(second) for second in (3, 4)] == [Flood.TOLD, Flood.SILENT]
    assert [say(second) for second in range(5, 63)] == [Flood.SILENT] * 58
    assert [say(second) for second in (63, 64)] == [Flood.TOLD, Flood.SILENT]
    assert say(200) is Flood.NONE
