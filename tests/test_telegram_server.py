"""Is our pretended Telegram the Bot API? Every case is judged by two independent clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.telegram_clients import CLIENTS, Client
from tests.telegram_server import TOKEN, Person, TelegramServer

PICTURE = b"\xff\xd8\xff\xe0 first picture \xff\xd9"
OTHER_PICTURE = b"\xff\xd8\xff\xe0 second picture \xff\xd9"


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


async def test_the_bot_learns_its_own_name(server, client):
    me = await client.bot.get_me()
    assert (me.id, me.username, me.is_bot) == (server.bot.id, server.bot.username, True)


async def test_a_text_reaches_the_person_as_written(server, client, lan):
    sent = await client.bot.send_message(lan.id, "Chào chị Lan 👋")
    assert (sent.text, sent.chat.id) == ("Chào chị Lan 👋", lan.id)
    assert [message.text for message in server.messages(lan)] == ["Chào chị Lan 👋"]


async def test_html_is_read_as_bold_and_escapes_as_signs(server, client, lan):
    sent = await client.bot.send_message(lan.id, "<b>Thôn</b> A &lt; B", parse_mode="HTML")
    assert sent.text == "Thôn A < B"
    assert [(mark.type, mark.offset, mark.length) for mark in sent.entities] == [("bold", 0, 4)]


async def test_buttons_arrive_in_rows(server, client, lan):
    await client.bot.send_message(
        lan.id, "Chọn", reply_markup=client.buttons([[("Có", "y"), ("Không", "n")], [("Thôi", "x")]])
    )
    (message,) = server.messages(lan)
    assert [[button.label for button in row] for row in message.rows] == [["Có", "Không"], ["Thôi"]]
    assert [button.data for button in message.buttons] == ["y", "n", "x"]


async def test_a_reply_names_the_message_it_answers(server, client, lan):
    question = server.say(lan, "Làm sao?")
    sent = await client.bot.send_message(lan.id, "Thế này.", reply_parameters=client.answering(question.id))
    assert sent.reply_to_message.text == "Làm sao?"


async def test_a_photo_is_uploaded_and_downloaded_whole(server, client, lan):
    sent = await client.bot.send_photo(lan.id, client.upload(PICTURE, "a.jpg"), caption="Bước 1")
    (message,) = server.messages(lan)
    assert (message.photo, message.text, sent.caption) == (PICTURE, "Bước 1", "Bước 1")
    assert await client.download(sent.photo[-1].file_id) == PICTURE


async def test_the_smallest_photo_size_is_another_file(client, lan):
    sent = await client.bot.send_photo(lan.id, client.upload(PICTURE, "a.jpg"))
    assert await client.download(sent.photo[0].file_id) != PICTURE


async def test_a_known_photo_is_sent_again_by_its_id(server, client, lan):
    first = await client.bot.send_photo(lan.id, client.upload(PICTURE, "a.jpg"))
    await client.bot.send_photo(lan.id, first.photo[-1].file_id)
    assert [message.photo for message in server.messages(lan)] == [PICTURE, PICTURE]


async def test_a_document_keeps_its_name(server, client, lan):
    sent = await client.bot.send_document(
        lan.id, client.upload(b"PK workbook", "báo cáo.xlsx"), caption="Tuần 47"
    )
    assert sent.document.file_name == "báo cáo.xlsx"
    assert [message.document for message in server.messages(lan)] == [b"PK workbook"]


async def test_an_album_is_several_messages_of_one_group(server, client, lan):
    album = [client.picture(PICTURE, "Hai ảnh"), client.picture(OTHER_PICTURE)]
    sent = await client.bot.send_media_group(lan.id, album)
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.photo for message in server.messages(lan)] == [PICTURE, OTHER_PICTURE]
    assert [message.text for message in server.messages(lan)] == ["Hai ảnh", ""]


async def test_an_edited_text_replaces_the_old_and_its_buttons(server, client, lan):
    sent = await client.bot.send_message(lan.id, "Một", reply_markup=client.buttons([[("Tiếp", "next")]]))
    edited = await client.bot.edit_message_text(text="Hai", chat_id=lan.id, message_id=sent.message_id)
    (message,) = server.messages(lan)
    assert (edited.text, message.text, message.labels) == ("Hai", "Hai", [])
    assert [old.words.plain for old in message.edits] == ["Một"]


async def test_buttons_are_edited_alone(server, client, lan):
    sent = await client.bot.send_message(lan.id, "Một", reply_markup=client.buttons([[("Tiếp", "next")]]))
    place = {"chat_id": lan.id, "message_id": sent.message_id}
    await client.bot.edit_message_reply_markup(**place, reply_markup=client.buttons([[("Xong", "done")]]))
    assert [(message.text, message.labels) for message in server.messages(lan)] == [("Một", ["Xong"])]


async def test_a_caption_is_edited_below_the_same_photo(server, client, lan):
    sent = await client.bot.send_photo(lan.id, client.upload(PICTURE, "a.jpg"), caption="Cũ")
    await client.bot.edit_message_caption(chat_id=lan.id, message_id=sent.message_id, caption="Mới")
    assert [(message.text, message.photo) for message in server.messages(lan)] == [("Mới", PICTURE)]


async def test_a_photo_is_replaced_in_place(server, client, lan):
    sent = await client.bot.send_photo(lan.id, client.upload(PICTURE, "a.jpg"), caption="Bước 1")
    changed = client.picture(OTHER_PICTURE, "Bước 2")
    await client.bot.edit_message_media(media=changed, chat_id=lan.id, message_id=sent.message_id)
    assert [(message.text, message.photo) for message in server.messages(lan)] == [("Bước 2", OTHER_PICTURE)]


async def test_a_deleted_message_is_gone(server, client, lan):
    sent = await client.bot.send_message(lan.id, "Một")
    assert await client.bot.delete_message(lan.id, sent.message_id) is True
    assert server.messages(lan) == []


async def test_a_tap_is_answered_with_a_toast(server, client, lan):
    await client.bot.send_message(lan.id, "Chọn", reply_markup=client.buttons([[("Có", "y")]]))
    tap = server.tap(lan, "Có")
    (update,) = await client.updates()
    query = update.callback_query
    assert (query.data, query.message.text, query.chat_instance) == (
        "y",
        "Chọn",
        tap.as_json()["chat_instance"],
    )
    assert await client.bot.answer_callback_query(query.id, text="Đã nhận") is True
    assert (tap.is_answered, tap.toast, tap.is_alert) == (True, "Đã nhận", False)


async def test_a_deep_link_comes_as_start_with_its_payload(server, client, lan):
    server.start(lan, "v_00123")
    (update,) = await client.updates()
    (mark,) = update.message.entities
    assert (update.message.text, mark.type, mark.length) == ("/start v_00123", "bot_command", 6)
    assert update.message.from_user.language_code == "vi"


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document", "contact", "location"])
async def test_what_people_send_is_understood(server, client, lan, kind):
    {
        "photo": lambda: server.send_photo(lan, PICTURE, "Máy tôi thế này"),
        "voice": lambda: server.send_voice(lan),
        "sticker": lambda: server.send_sticker(lan),
        "document": lambda: server.send_document(lan, b"...", "đơn.pdf", "application/pdf"),
        "contact": lambda: server.share_contact(lan, "+84000000000"),
        "location": lambda: server.share_location(lan, 21.0, 105.8),
    }[kind]()
    (update,) = await client.updates()
    assert getattr(update.message, kind)


async def test_an_album_of_a_person_is_one_update_a_picture(server, client, lan):
    server.send_album(lan, [PICTURE, OTHER_PICTURE], "Đây ạ")
    updates = await client.updates()
    assert len({update.message.media_group_id for update in updates}) == 1
    assert [await client.download(update.message.photo[-1].file_id) for update in updates] == [
        PICTURE,
        OTHER_PICTURE,
    ]


async def test_a_correction_comes_as_an_edited_message(server, client, lan):
    server.edit(server.say(lan, "5 ngừoi"), "5 người")
    _, update = await client.updates()
    assert update.edited_message.text == "5 người"
    assert update.edited_message.edit_date is not None


async def test_a_block_is_told_once(server, client, lan):
    server.start(lan)
    server.block(lan)
    _, update = await client.updates()
    assert update.my_chat_member.new_chat_member.status == "kicked"


async def test_an_update_comes_again_until_the_offset_confirms_it(server, client, lan):
    server.say(lan, "một")
    server.say(lan, "hai")
    first, second = await client.updates()
    assert [update.update_id for update in await client.updates()] == [first.update_id, second.update_id]
    (left,) = await client.updates(offset=first.update_id + 1)
    assert left.message.text == "hai"
    assert list(await client.updates(offset=second.update_id + 1)) == []


async def test_a_limit_hands_over_the_oldest_first(server, client, lan):
    for word in ("một", "hai", "ba"):
        server.say(lan, word)
    assert [update.message.text for update in await client.updates(limit=2)] == ["một", "hai"]


async def test_a_negative_offset_forgets_all_but_the_last(server, client, lan):
    for word in ("một", "hai", "ba"):
        server.say(lan, word)
    assert [update.message.text for update in await client.updates(offset=-1)] == ["ba"]
    assert [update.message.text for update in await client.updates()] == ["ba"]


async def test_a_long_poll_ends_when_somebody_speaks(server, client, lan):
    poll = asyncio.create_task(client.updates(timeout=20))
    await server.until(lambda: server.calls_of("getUpdates"))
    server.say(lan, "alo")
    (update,) = await asyncio.wait_for(poll, 2)
    assert update.message.text == "alo"


async def test_a_long_poll_ends_empty_in_its_own_time(client):
    assert list(await client.updates(timeout=1)) == []


async def test_a_second_poller_ends_the_first(server, client, lan):
    first = asyncio.create_task(client.updates(timeout=20))
    await server.until(lambda: server.calls_of("getUpdates"))
    second = asyncio.create_task(client.updates(timeout=20))
    with pytest.raises(client.conflict, match=r"(?i)terminated by other getUpdates"):
        await first
    server.say(lan, "alo")
    assert [update.message.text for update in await second] == ["alo"]


async def test_only_the_kinds_asked_for_are_made(server, client, lan):
    await client.updates(allowed_updates=["callback_query"])
    await client.bot.send_message(lan.id, "Chọn", reply_markup=client.buttons([[("Có", "y")]]))
    server.say(lan, "không ai nghe")
    server.tap(lan, "Có")
    assert [update.callback_query.data for update in await client.updates()] == ["y"]


async def test_commands_and_descriptions_are_kept_by_language(server, client):
    await client.bot.set_my_commands([client.command("start", "Bắt đầu")], language_code="vi")
    await client.bot.set_my_description("Hỏi gì cũng được", language_code="vi")
    assert [command.command for command in await client.bot.get_my_commands(language_code="vi")] == ["start"]
    assert list(await client.bot.get_my_commands()) == []
    assert (await client.bot.get_my_description(language_code="vi")).description == "Hỏi gì cũng được"


async def test_typing_is_seen(server, client, lan):
    await client.bot.send_chat_action(lan.id, "typing")
    assert server.actions == [(lan, "typing")]


async def test_a_chat_tells_who_it_is_with(client, lan):
    chat = await client.bot.get_chat(lan.id)
    assert (chat.id, chat.type, chat.first_name) == (lan.id, "private", "Lan")


SECRET = "a_secret-of-this-test"


class Listener:
    """The webhook of a bot: keeps what it gets, and answers with the statuses waiting in `answers`."""

    def __init__(self) -> None:
        self.got: list[tuple[str | None, dict[str, Any]]] = []
        self.answers: list[int] = []
        self.unwanted = ""
        self.url = ""

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["message"]["text"] == self.unwanted:
            return web.Response(status=500)
        self.got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), body))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener, app = Listener(), web.Application()
    app.router.add_post("/hook", listener.receive)
    async with TestServer(app) as http:
        listener.url = str(http.make_url("/hook"))
        yield listener


async def test_a_webhook_gets_updates_with_the_secret(server, client, lan, listener):
    await client.bot.set_webhook(listener.url, secret_token=SECRET)
    server.say(lan, "alo")
    await server.all_confirmed()
    ((secret, body),) = listener.got
    assert secret == SECRET
    assert client.update(body).message.text == "alo"


async def test_a_webhook_is_retried_until_it_accepts(server, client, lan, listener):
    listener.answers = [500, 401]
    await client.bot.set_webhook(listener.url)
    server.say(lan, "một")
    server.say(lan, "hai")
    await server.until(lambda: len(listener.got) == 4)
    assert [body["message"]["text"] for _, body in listener.got] == ["một", "một", "một", "hai"]
    assert "401" in (await client.bot.get_webhook_info()).last_error_message


async def test_one_chat_in_trouble_holds_up_only_itself(server, client, lan, listener):
    listener.unwanted = "một"
    await client.bot.set_webhook(listener.url)
    server.say(lan, "một")
    server.say(lan, "hai")
    server.say(server.person("Bình"), "ba")
    await server.until(lambda: listener.got)
    assert [body["message"]["text"] for _, body in listener.got] == ["ba"]
    listener.unwanted = ""
    await server.all_confirmed()
    assert [body["message"]["text"] for _, body in listener.got] == ["ba", "một", "hai"]


async def test_updates_wait_for_a_webhook_and_polling_is_refused_meanwhile(server, client, lan, listener):
    server.say(lan, "trước khi có webhook")
    await client.bot.set_webhook(listener.url)
    await server.until(lambda: listener.got)
    with pytest.raises(client.conflict, match=r"(?i)webhook is active"):
        await client.updates()
    await client.bot.delete_webhook()
    assert (await client.bot.get_webhook_info()).url == ""
    server.say(lan, "sau đó")
    assert [update.message.text for update in await client.updates()] == ["sau đó"]
