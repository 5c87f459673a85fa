"""Does our pretended Telegram refuse what the real one refuses, and do both clients name it alike?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.telegram_clients import CLIENTS, Client
from tests.telegram_server import TOKEN, Person, TelegramServer

PICTURE = b"\xff\xd8\xff\xe0 first picture \xff\xd9"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture(params=CLIENTS)
async def client(request: pytest.FixtureRequest, server: TelegramServer) -> AsyncIterator[Client]:
    client: Client = CLIENTS[request.param](server, TOKEN)
    yield client
    await client.close()


@pytest.fixture
def lan(server: TelegramServer) -> Person:
    return server.person("Lan")


REFUSALS: dict[str, tuple[str, Any]] = {
    "empty text": ("message text is empty", lambda c, lan, _: c.bot.send_message(lan, "")),
    "blank text": ("text must be non-empty", lambda c, lan, _: c.bot.send_message(lan, " \n ")),
    "long text": ("message is too long", lambda c, lan, _: c.bot.send_message(lan, "ạ" * 4097)),
    "broken markup": (
        "can't parse entities",
        lambda c, lan, _: c.bot.send_message(lan, "<b>", parse_mode="HTML"),
    ),
    "loose sign": (
        "can't parse entities",
        lambda c, lan, _: c.bot.send_message(lan, "A<B", parse_mode="HTML"),
    ),
    "stranger": ("chat not found", lambda c, _, __: c.bot.send_message(42, "Ai đó?")),
    "long caption": (
        "caption is too long",
        lambda c, lan, _: c.bot.send_photo(lan, c.upload(PICTURE, "a.jpg"), caption="ạ" * 1025),
    ),
    "no picture": (
        "IMAGE_PROCESS_FAILED",
        lambda c, lan, _: c.bot.send_photo(lan, c.upload(b"%PDF", "a.jpg")),
    ),
    "unknown file": (
        "wrong file identifier",
        lambda c, lan, _: c.bot.send_photo(lan, "photo-of-another-bot"),
    ),
    "unknown download": ("invalid file_id", lambda c, _, __: c.bot.get_file("nothing")),
    "long button data": (
        "BUTTON_DATA_INVALID",
        lambda c, lan, _: c.bot.send_message(lan, "Chọn", reply_markup=c.buttons([[("Có", "ộ" * 22)]])),
    ),
    "same text": (
        "message is not modified",
        lambda c, lan, sent: c.bot.edit_message_text(text="Một", chat_id=lan, message_id=sent),
    ),
    "edit of nothing": (
        "message to edit not found",
        lambda c, lan, _: c.bot.edit_message_text(text="Hai", chat_id=lan, message_id=999_999),
    ),
    "caption of a text": (
        "there is no caption in the message to edit",
        lambda c, lan, sent: c.bot.edit_message_caption(chat_id=lan, message_id=sent, caption="Hai"),
    ),
    "deletion of nothing": (
        "message to delete not found",
        lambda c, lan, _: c.bot.delete_message(lan, 999_999),
    ),
    "unknown tap": ("query is too old", lambda c, _, __: c.bot.answer_callback_query("123")),
    "unknown action": ("wrong parameter action", lambda c, lan, _: c.bot.send_chat_action(lan, "singing")),
    "bad secret": (
        "secret token contains unallowed characters",
        lambda c, _, __: c.bot.set_webhook("http://127.0.0.1:1/", secret_token="có dấu"),
    ),
    "bad command": (
        "BOT_COMMAND_INVALID",
        lambda c, _, __: c.bot.set_my_commands([c.command("Bắt-đầu", "x")]),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_what_telegram_refuses_is_refused_in_its_words(client, lan, case):
    words, ask = REFUSALS[case]
    sent = await client.bot.send_message(lan.id, "Một")
    with pytest.raises(client.bad_request, match=rf"(?i){words}"):
        await ask(client, lan.id, sent.message_id)


async def test_button_data_of_64_bytes_still_fits(client, lan):
    await client.bot.send_message(lan.id, "Chọn", reply_markup=client.buttons([[("Có", "x" * 64)]]))


async def test_the_words_of_a_person_cannot_be_edited(server, client, lan):
    said = server.say(lan, "Của tôi")
    with pytest.raises(client.bad_request, match=r"(?i)message can't be edited"):
        await client.bot.edit_message_text(text="Của bot", chat_id=lan.id, message_id=said.id)


async def test_a_tap_too_old_cannot_be_answered(server, client, lan):
    await client.bot.send_message(lan.id, "Chọn", reply_markup=client.buttons([[("Có", "y")]]))
    tap = server.tap(lan, "Có")
    server.forget_taps()
    with pytest.raises(client.bad_request, match=r"(?i)query is too old"):
        await client.bot.answer_callback_query(tap.id)


async def test_a_block_forbids_writing_until_start(server, client, lan):
    server.block(lan)
    with pytest.raises(client.forbidden, match=r"(?i)bot was blocked by the user"):
        await client.bot.send_message(lan.id, "Có ai không?")
    server.start(lan)
    await client.bot.send_message(lan.id, "Chào lại")


async def test_a_deleted_account_is_forbidden(server, client, lan):
    server.delete_account(lan)
    with pytest.raises(client.forbidden, match=r"(?i)user is deactivated"):
        await client.bot.send_message(lan.id, "Có ai không?")


async def test_a_wrong_token_opens_nothing(server, client):
    stranger: Client = type(client)(server, "990000002:another-token")
    with pytest.raises(client.unauthorized, match=r"(?i)Unauthorized"):
        await stranger.bot.get_me()
    await stranger.close()


async def test_too_many_requests_say_how_long_to_wait(server, client, lan, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    server.fail_next("sendMessage", retry_after=7)
    with pytest.raises(client.retry_after) as refused:
        await client.bot.send_message(lan.id, "Nhanh quá")
    assert refused.value.retry_after in {7, timedelta(seconds=7)}
    assert server.messages(lan) == []
