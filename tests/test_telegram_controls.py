"""Do the hands and the failures of the pretended Telegram do what a test orders?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram.exceptions import ClientDecodeError

from tests.telegram_clients import CLIENTS, Client
from tests.telegram_server import TOKEN, Person, TelegramServer


class Wire:
    """A bot without a client library: it sees statuses and bodies as they are."""

    def __init__(self, server: TelegramServer, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.http = http

    async def call(self, method: str, *, token: str = TOKEN, **params: Any) -> tuple[int, Any]:
        async with self.http.post(f"{self.server.url}/bot{token}/{method}", json=params) as response:
            return (
                response.status,
                await response.json() if "json" in response.content_type else await response.text(),
            )

    async def result(self, method: str, **params: Any) -> Any:
        _, body = await self.call(method, **params)
        return body["result"]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def wire(server: TelegramServer) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as http:
        yield Wire(server, http)


@pytest.fixture
def lan(server: TelegramServer) -> Person:
    return server.person("Lan")


async def test_a_name_is_one_person(server):
    assert server.person("Lan") is server.person("Lan")
    assert server.person("Lan").id != server.person("Bình").id


async def test_ids_of_people_do_not_fit_in_32_bits(lan):
    assert lan.id > 2**32


async def test_waiting_sees_what_changes_outside(server):
    done: list[str] = []
    asyncio.get_running_loop().call_later(0.05, done.append, "a row in the database")
    await server.until(lambda: done, seconds=2)


async def test_all_is_confirmed_once_the_offset_passed_it(server, wire, lan):
    server.say(lan, "alo")
    with pytest.raises(AssertionError, match="still waiting"):
        await server.all_confirmed(seconds=0.01)
    (update,) = await wire.result("getUpdates")
    await wire.call("getUpdates", offset=update["update_id"] + 1)
    await server.all_confirmed()


async def test_the_same_call_is_read_from_query_form_and_json(server, wire, lan):
    url = f"{server.url}/bot{TOKEN}/sendMessage"
    keyboard = '{"inline_keyboard": [[{"text": "Có", "callback_data": "y"}]]}'
    written = {"chat_id": str(lan.id), "text": "Chọn", "reply_markup": keyboard}
    await wire.http.get(url, params=written)
    await wire.http.post(url, data=written)
    await wire.http.post(url, json=written)
    assert [(message.text, message.labels) for message in server.messages(lan)] == [("Chọn", ["Có"])] * 3


async def test_an_unknown_method_is_404_and_a_wrong_token_401(wire):
    status, body = await wire.call("sendFlowers")
    assert (status, body) == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found: method not found"},
    )
    status, body = await wire.call("getMe", token="1:wrong")
    assert (status, body) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})


async def test_somebody_who_never_started_is_not_found(server, wire):
    stranger = server.person("Hạnh", has_started=False)
    assert (await wire.call("sendMessage", chat_id=stranger.id, text="Chào"))[0] == 400
    server.start(stranger)
    assert (await wire.call("sendMessage", chat_id=stranger.id, text="Chào"))[0] == 200


async def test_a_tap_finds_the_newest_button_by_label_or_data(server, wire, lan):
    for data in ("old", "new"):
        await _ask(wire, lan, "Có", data)
    assert server.tap(lan, "Có").data == "new"
    assert server.tap(lan, "old").message is server.messages(lan)[0]
    assert server.tap(lan, "Có", server.messages(lan)[0]).data == "old"


async def test_a_tap_on_nothing_says_what_there_is(server, wire, lan):
    await _ask(wire, lan, "Có", "y")
    with pytest.raises(AssertionError, match=r"no button 'Không' in front of Lan; there are \[\['Có'\]\]"):
        server.tap(lan, "Không")


async def test_hear_gives_each_message_once_in_order(server, wire, lan):
    for text in ("một", "hai"):
        await wire.call("sendMessage", chat_id=lan.id, text=text)
    assert [(await server.hear(lan)).text, (await server.hear(lan)).text] == ["một", "hai"]
    with pytest.raises(AssertionError, match="still waiting"):
        await server.hear(lan, seconds=0.01)


async def test_waiting_in_vain_shows_what_was_said(server, lan):
    server.say(lan, "alo")
    with pytest.raises(AssertionError, match="Lan: 'alo'"):
        await server.until(lambda: False, seconds=0.01)


async def test_a_payload_that_no_link_can_carry_fails_the_test(server, lan):
    with pytest.raises(AssertionError, match="no deep link"):
        server.start(lan, "thôn 3")


async def test_a_person_who_blocked_cannot_speak(server, lan):
    server.block(lan)
    with pytest.raises(AssertionError, match="only Start is on the screen"):
        server.say(lan, "alo")


async def test_an_ordered_refusal_is_given_once_and_does_nothing(server, wire, lan):
    server.fail_next("sendMessage", 400, "Bad Request: chat not found")
    statuses = [(await wire.call("sendMessage", chat_id=lan.id, text="Chào"))[0] for _ in range(2)]
    assert statuses == [400, 200]
    assert len(server.messages(lan)) == 1


async def test_a_refusal_can_be_ordered_several_times(server, wire, lan):
    server.fail_next("sendMessage", 500, "Internal Server Error", times=2)
    statuses = [(await wire.call("sendMessage", chat_id=lan.id, text="Chào"))[0] for _ in range(3)]
    assert statuses == [500, 500, 200]


async def test_a_refusal_for_a_while_says_how_long(server, wire, lan):
    server.fail_next("sendMessage", retry_after=3)
    status, body = await wire.call("sendMessage", chat_id=lan.id, text="Chào")
    assert (status, body["parameters"]) == (429, {"retry_after": 3})


async def test_a_gateway_in_trouble_answers_html(server, wire):
    server.fail_next("getMe", 502)
    status, body = await wire.call("getMe")
    assert status == 502
    assert body.startswith("<html>")


async def test_a_failure_of_an_unknown_method_cannot_be_ordered(server):
    with pytest.raises(AssertionError, match="there is no method"):
        server.fail_next("sendMesage")


@pytest.mark.parametrize(("done", "arrived"), [(True, 1), (False, 0)])
async def test_a_dropped_connection_leaves_the_sender_in_doubt(server, wire, lan, done, arrived):
    server.drop_next("sendMessage", done=done)
    with pytest.raises(aiohttp.ClientError):
        await wire.call("sendMessage", chat_id=lan.id, text="Chào")
    assert len(server.messages(lan)) == arrived
    assert len(server.calls_of("sendMessage")) == 1


async def test_a_slow_answer_comes_after_the_message(server, wire, lan):
    server.slow_next("sendMessage", 30)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wire.call("sendMessage", chat_id=lan.id, text="Chào"), 0.2)
    assert len(server.messages(lan)) == 1


async def test_a_duplicate_update_has_one_id_and_is_confirmed_once(server, wire, lan):
    server.duplicate_next_update()
    server.say(lan, "một")
    server.say(lan, "hai")
    ids = [update["update_id"] for update in await wire.result("getUpdates")]
    assert ids[0] == ids[1] == ids[2] - 1
    assert len(await wire.result("getUpdates", offset=ids[0] + 1)) == 1


async def test_an_offset_from_another_life_confirms_nothing(server, wire, lan):
    server.say(lan, "một")
    assert len(await wire.result("getUpdates", offset=2_000_000_000)) == 1


async def test_an_outage_ends_on_the_same_address_with_nothing_forgotten(server, wire, lan):
    address = server.url
    server.say(lan, "trước")
    await server.close()
    with pytest.raises(aiohttp.ClientError):
        await wire.call("getMe")
    server.say(lan, "trong lúc mất mạng")
    await server.open()
    assert server.url == address
    assert len(await wire.result("getUpdates")) == 2


async def test_a_message_with_a_reply_keyboard_cannot_be_edited(server, wire, lan):
    keyboard = {"keyboard": [["Có", "Không"]]}
    sent = await wire.result("sendMessage", chat_id=lan.id, text="Chọn", reply_markup=keyboard)
    assert server.messages(lan)[0].labels == ["Có", "Không"]
    edit = {"chat_id": lan.id, "message_id": sent["message_id"], "text": "Xong"}
    _, body = await wire.call("editMessageText", **edit)
    assert body["description"] == "Bad Request: message can't be edited"


@pytest.mark.parametrize("url", ["http://localhost:8080/", "toso://x"])
async def test_a_button_cannot_open_what_no_phone_reaches(wire, lan, url):
    keyboard = {"inline_keyboard": [[{"text": "Mở", "url": url}]]}
    status, body = await wire.call("sendMessage", chat_id=lan.id, text="Chọn", reply_markup=keyboard)
    assert (status, "Wrong HTTP URL" in body["description"]) == (400, True)


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("  <b>a</b> &amp; b\n", "a & b"),
        ('<a href="https://example.vn/">trang</a>', "trang"),
        ("&nbsp;", "&nbsp;"),
        ("&#39;x&#39;", "'x'"),
    ],
)
async def test_html_is_read_as_telegram_reads_it(wire, lan, html, plain):
    sent = await wire.result("sendMessage", chat_id=lan.id, text=html, parse_mode="HTML")
    assert sent["text"] == plain


@pytest.fixture(params=CLIENTS)
async def poor_client(request: pytest.FixtureRequest) -> AsyncIterator[tuple[TelegramServer, Client]]:
    async with TelegramServer(poor=True) as server:
        client: Client = CLIENTS[request.param](server, TOKEN)
        yield server, client
        await client.close()


async def test_a_poor_server_still_carries_texts_and_buttons(poor_client):
    server, client = poor_client
    lan = server.person("Lan")
    await client.bot.send_message(lan.id, "Chọn", reply_markup=client.buttons([[("Có", "y")]]))
    server.say(lan, "alo")
    (update,) = await client.updates(timeout=20)
    assert update.message.text == "alo"


@pytest.mark.parametrize("method", ["send_chat_action", "send_photo", "set_my_commands", "get_webhook_info"])
async def test_a_poor_server_answers_optional_methods_without_ok(poor_client, method):
    server, client = poor_client
    lan = server.person("Lan")
    ask = {
        "send_chat_action": lambda: client.bot.send_chat_action(lan.id, "typing"),
        "send_photo": lambda: client.bot.send_photo(lan.id, client.upload(b"\xff\xd8\xff", "a.jpg")),
        "set_my_commands": lambda: client.bot.set_my_commands([client.command("start", "Bắt đầu")]),
        "get_webhook_info": client.bot.get_webhook_info,
    }[method]
    with pytest.raises(client.unreachable):
        await ask()


async def test_a_poor_server_leaves_fields_out():
    async with TelegramServer(poor=True) as server, aiohttp.ClientSession() as http:
        wire, lan = Wire(server, http), server.person("Lan")
        assert await wire.result("getMe") == {
            "id": server.bot.id,
            "first_name": server.bot.first_name,
            "username": server.bot.username,
        }
        await _ask(wire, lan, "Có", "y")
        server.tap(lan, "Có")
        (update,) = await wire.result("getUpdates")
        assert set(update["callback_query"]) == {"id", "from", "message", "data"}


async def test_aiogram_takes_the_name_of_a_poor_bot_for_no_name():
    async with TelegramServer(poor=True) as server:
        client = CLIENTS["aiogram"](server, TOKEN)
        with pytest.raises(ClientDecodeError):
            await client.bot.get_me()
        await client.close()


async def _ask(wire: Wire, person: Person, label: str, data: str) -> None:
    keyboard = {"inline_keyboard": [[{"text": label, "callback_data": data}]]}
    await wire.call("sendMessage", chat_id=person.id, text="Chọn", reply_markup=keyboard)
