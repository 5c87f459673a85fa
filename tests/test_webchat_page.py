"""Does the web chat page lose or double nothing, and can it be used by keyboard alone?"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.webchat_double import STATIC, ProtocolDouble

CHROMIUM = shutil.which("chromium")
LOST = "Mất mạng, đang nối lại. Tin chưa gửi vẫn giữ ở đây."
BACK = "Đã nối lại."


@pytest.fixture
async def server() -> AsyncIterator[ProtocolDouble]:
    double = ProtocolDouble()
    await double.start()
    yield double
    await double.stop()


@asynccontextmanager
async def phone(**options: Any) -> AsyncIterator[Any]:
    """One old phone's screen: 360 × 640."""
    api = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed, so the page cannot be opened")
    arguments = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    async with api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        context = await browser.new_context(viewport={"width": 360, "height": 640}, **options)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        yield page
        await browser.close()
        assert broken == []


@pytest.fixture
async def page(server: ProtocolDouble) -> AsyncIterator[Any]:
    async with phone() as screen:
        await screen.goto(server.url)
        yield screen


async def write(page: Any, text: str) -> None:
    await page.fill("#text", text)
    await page.press("#text", "Enter")


async def see(page: Any, text: str) -> None:
    await page.get_by_text(text, exact=True).first.wait_for()


async def read_log(page: Any) -> list[str]:
    words: list[str] = await page.eval_on_selector_all("#log .text", "all => all.map(one => one.textContent)")
    return words


async def settle(condition: Any) -> None:
    """Wait for something the server sees."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail("the server never saw it")


async def test_a_message_written_while_the_server_is_down_arrives_once_after_its_restart(server, page):
    await write(page, "lam sao cai vneid")
    await see(page, "Nghe: lam sao cai vneid")
    await server.stop()
    await see(page, LOST)
    await write(page, "quen mat khau")
    await server.start()
    await see(page, "Nghe: quen mat khau")
    await see(page, BACK)
    assert [frame["text"] for frame in server.received] == ["lam sao cai vneid", "quen mat khau"]
    assert await read_log(page) == [
        "lam sao cai vneid", "Nghe: lam sao cai vneid", "quen mat khau", "Nghe: quen mat khau",
    ]  # fmt: skip


async def test_a_lost_acknowledgement_resends_the_same_id_and_shows_one_answer(server, page):
    await write(page, "chao")
    await see(page, "Nghe: chao")
    server.acknowledges = False
    await write(page, "cai vneid")
    await settle(lambda: len(server.received) == 2)
    server.acknowledges = True
    await see(page, "Nghe: cai vneid")
    await settle(lambda: len(server.received) >= 3)
    assert len({frame["id"] for frame in server.received if frame["text"] == "cai vneid"}) == 1
    assert server.texts == ["Nghe: chao", "Nghe: cai vneid"]
    assert await read_log(page) == ["chao", "Nghe: chao", "cai vneid", "Nghe: cai vneid"]


async def test_an_unsent_message_survives_closing_the_page(server, page):
    await see(page, "Xin chào")
    await server.stop()
    await write(page, "giu lai giup")
    await page.wait_for_function("localStorage.getItem('toso:outbox').includes('giu lai giup')")
    await page.close()
    reopened = await page.context.new_page()
    await server.start()
    await reopened.goto(server.url)
    await reopened.get_by_text("Nghe: giu lai giup").wait_for()
    assert len(server.received) == 1
    assert await reopened.evaluate("localStorage.getItem('toso:outbox')") == "[]"


async def test_a_reload_shows_the_talk_in_its_order(server, page):
    for text in ("mot", "hai"):
        await write(page, text)
        await see(page, f"Nghe: {text}")
    await page.reload()
    await see(page, "Nghe: hai")
    assert await read_log(page) == ["mot", "Nghe: mot", "hai", "Nghe: hai"]


async def test_long_numbers_do_not_stay_in_the_phone_once_they_were_received(server, page):
    await write(page, "ma otp 482913 day")
    await see(page, "Nghe: ma otp 482913 day")
    await page.wait_for_function("localStorage.getItem('toso:outbox') === '[]'")
    assert "482913" not in await page.evaluate("JSON.stringify(localStorage)")


async def test_a_refused_message_says_why_and_is_not_sent_again(server, page):
    server.refuses = True
    await write(page, "tin thu 21")
    await see(page, "Chờ 1 phút rồi nhắn lại giúp ạ.")
    await server.stop()
    await see(page, LOST)
    await server.start()
    await see(page, BACK)
    assert len(server.received) == 1


async def test_everything_can_be_done_by_keyboard_alone(server, page):
    await see(page, "Xin chào")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # the first stop is the way to the message box
    await page.keyboard.type("2")  # a number is a text, never a shortcut
    await page.keyboard.press("Enter")
    await see(page, "Nghe: 2")
    await server.say("Đủ rồi, bắt đầu ạ?", "Bắt đầu", "Câu khác")
    await page.get_by_role("button", name="Câu khác").wait_for()
    await page.keyboard.press("Shift+Tab")  # the photo button
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    ring = "one => [one.textContent, getComputedStyle(one).outlineWidth]"
    assert await page.locator(":focus").evaluate(ring) == ["Bắt đầu", "3px"]
    await page.keyboard.press("Enter")
    await see(page, "Nghe: pick:Bắt đầu")
    assert [frame["type"] for frame in server.received] == ["message", "tap"]


async def test_old_choices_stay_usable_and_only_the_newest_stand_out(server, page):
    await server.say("Bước 1/8. Mở CH Play.", "Tiếp")
    await server.say("Bước 2/8. Mở VNeID.", "Tiếp", "Chưa làm được")
    await page.get_by_role("button", name="Chưa làm được").wait_for()
    quiet = "all => all.map(row => row.classList.contains('old'))"
    rows = await page.eval_on_selector_all("#log .choices", quiet)
    assert rows == [True, False]
    await page.get_by_role("button", name="Tiếp").first.click()
    await see(page, "Nghe: pick:Tiếp")


async def test_a_double_tap_is_one_tap(server, page):
    await server.say("Ghi thế này, đúng không ạ?", "Đúng, ghi")
    await page.get_by_role("button", name="Đúng, ghi").evaluate("one => { one.click(); one.click(); }")
    await write(page, "het")
    await see(page, "Nghe: het")
    assert [frame["type"] for frame in server.received] == ["tap", "message"]


async def test_two_tabs_show_the_same_talk(server, page):
    other = await page.context.new_page()
    await other.goto(server.url)
    await see(other, "Xin chào")
    await write(page, "chao tu the khac")
    await see(other, "Nghe: chao tu the khac")
    assert await read_log(other) == ["chao tu the khac", "Nghe: chao tu the khac"]


async def test_texts_are_never_markup_and_only_our_own_addresses_are_links(server, page):
    await server.say(f"<b>Xem</b> {server.url}verify/AL26 hoặc https://example.com/x nhé.")
    await page.get_by_text("<b>Xem</b>").wait_for()
    links = await page.eval_on_selector_all("#log a", "all => all.map(link => link.href)")
    assert links == [f"{server.url}verify/AL26"]


async def test_a_missed_reply_is_asked_for_before_the_next_is_shown(server, page):
    await server.say("một")
    await see(page, "một")
    server.keep("hai")  # committed, but its push was lost
    await server.say("ba")
    await see(page, "ba")
    assert await read_log(page) == ["một", "hai", "ba"]


async def test_a_photo_is_uploaded_and_then_named_in_a_frame(server, page):
    await page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    await see(page, "Nghe: m1")
    assert [(frame["type"], frame["media"]) for frame in server.received] == [("photo", "m1")]


async def test_the_qr_code_of_a_printed_guide_opens_it_once(server):
    async with phone() as page:
        await page.goto(f"{server.url}?start=g_tam_tru")
        await see(page, "Nghe: /start g_tam_tru")
        await see(page, "Đã quét mã QR")
        assert page.url == server.url
        await page.reload()
        await see(page, "Nghe: /start g_tam_tru")
        await page.goto(f"{server.url}?start=m_secret")  # an invite has a page of its own, with a button
        await see(page, "Nghe: /start g_tam_tru")
    assert [frame["text"] for frame in server.received] == ["/start g_tam_tru"]


async def test_a_recording_is_played_in_the_page_and_other_files_are_not(server, page):
    await server.say("Tiếng Ba Na, bước 2.", document="/media/s", filename="bai-2-bdq.mp3")
    await see(page, "bai-2-bdq.mp3")
    await server.say("Bản in", document="/media/p", filename="bai.pdf")
    await see(page, "bai.pdf")
    sounds = await page.eval_on_selector_all("#log audio", "all => all.map(one => one.src)")
    assert sounds == [f"{server.url}media/s"]


async def test_in_the_demo_each_person_has_their_own_talk(server):
    server.people = [
        {"key": "hanh", "name": "Hạnh", "role": "bà con", "waiting": 0, "hint": "Hỏi một câu."},
        {"key": "binh", "name": "Anh Bình", "role": "thành viên", "waiting": 2, "hint": "Nhận giúp bà con."},
    ]
    server.replies = {"hanh": [], "binh": []}
    server.current = "hanh"
    async with phone() as page:
        await page.goto(server.url)
        await page.locator("#welcome-text", has_text="Hỏi một câu.").wait_for()
        await write(page, "chao")
        await see(page, "Nghe: chao")
        await page.get_by_role("button", name=re.compile("Anh Bình.*2 việc chờ", re.DOTALL)).click()
        await page.locator("#welcome-text", has_text="Nhận giúp bà con.").wait_for()
        assert await read_log(page) == []
        await write(page, "ghi")
        await see(page, "Nghe: ghi")
        await page.get_by_role("button", name="Hạnh").click()
        await see(page, "Nghe: chao")
        assert await read_log(page) == ["chao", "Nghe: chao"]


@pytest.mark.parametrize("size", ["106.25%", "160%"])
async def test_nothing_sticks_out_of_a_small_phone_and_every_button_fits_a_thumb(server, page, size):
    await server.say("Bước 3/8. Nhập số căn cước 12 số.", "Tiếp", "Chưa làm được", "Không, chỉ hỏi nhanh")
    await page.get_by_role("button", name="Không, chỉ hỏi nhanh").wait_for()
    await page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
    assert await page.evaluate("document.querySelector('#scroll').scrollWidth") <= 360
    measure = "all => all.map(one => one.getBoundingClientRect().toJSON())"
    boxes = await page.eval_on_selector_all("button", measure)
    for box in [box for box in boxes if box["height"]]:  # the hidden ones have none
        assert box["left"] >= 0
        assert box["right"] <= 360
        assert box["height"] >= 48


def static_texts() -> Iterator[tuple[str, str]]:
    for path in sorted(STATIC.iterdir()):
        yield path.name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "text"), list(static_texts()))
def test_the_page_asks_no_other_host_for_anything(name, text):
    strangers = re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]\S*", text)
    assert [address for address in strangers if not address.startswith("http://www.w3.org/2000/svg")] == []


def test_the_page_holds_no_inline_script_or_style_which_its_policy_would_refuse():
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", text) == []


@pytest.mark.parametrize(("name", "text"), [pair for pair in static_texts() if pair[0].endswith(".js")])
def test_scripts_use_nothing_a_phone_of_2017_does_not_know(name, text):
    code = re.sub(r"//.*", "", text)
    syntax = r"\?\.[a-z_(\[]|\?\?|catch \{|\{ ?\.\.\."
    library = r"\.flat\(|\.at\(|\.matchAll|replaceChildren|randomUUID|fromEntries"
    assert re.findall(f"{syntax}|{library}", code) == []


def test_every_word_of_the_page_exists_in_both_languages():
    text = (STATIC / "words.js").read_text(encoding="utf-8")
    vietnamese, english = text.split("const en = ")
    keys = [re.findall(r"^    (\w+): ", part, re.MULTILINE) for part in (vietnamese, english)]
    assert keys[0] == keys[1]
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'data-(?:word|label|say|placeholder)="(\w+)"', page)
    assert set(named) <= set(keys[0])
