"""The page behind an invite's link: a press of its button, and nothing else, opens the invite in the chat."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, CookieJar

from bot.app import Program
from bot.config import load
from models.conversation import Seen
from models.people import Role
from services import invites
from tests.factories import make_village_with_team

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HERE = "http://127.0.0.1"
CHROMIUM = shutil.which("chromium")


@dataclass
class Door:
    """A running program, and the link of an invite to thôn Hòa Sơn."""

    program: Program
    url: str
    link: str

    async def is_untouched(self) -> bool:
        async with self.program.database.reading() as session:
            query = sa.select(sa.func.count()).select_from(sa.inspect(Seen).local_table)
            return (await (await session.connection()).execute(query)).scalar_one() == 0


@pytest.fixture
async def door(quick_content, sqlite_database, unused_tcp_port, tmp_path) -> AsyncIterator[Door]:
    async with sqlite_database.writing() as session:
        village = await make_village_with_team(session)
        issued = await invites.issue(session, village.unit, role=Role.MEMBER, now=NOON)
    environ = {
        "TOSO_DATABASE__URL": f"sqlite:///{sqlite_database.engine.url.database}",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_WEB__PORT": str(unused_tcp_port),
        "TOSO_WEB__NEW_ACCOUNTS_PER_HOUR": "2",
    }
    program = Program(load(environ=environ), now=lambda: NOON)
    async with program.running("web"):
        url = f"{HERE}:{unused_tcp_port}"
        yield Door(program, url, f"{url}/join/{issued.token}")


def browser() -> ClientSession:
    return ClientSession(cookie_jar=CookieJar(unsafe=True))


async def test_a_press_of_the_button_opens_the_invite_in_a_real_browser(door):
    api = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed, so the page cannot be opened")
    async with api.async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM)
        page = await chromium.new_page(viewport={"width": 360, "height": 640})
        page.set_default_timeout(15_000)
        await page.goto(door.link)
        assert await door.is_untouched()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.get_by_text("vào tổ công nghệ số thôn Hòa Sơn").wait_for()
        assert page.url == f"{door.url}/"
        await chromium.close()


async def test_fetching_a_link_as_previews_do_uses_nothing_up(door):
    async with browser() as http:
        for _time in range(3):
            async with http.get(door.link) as answer:
                assert answer.status == 200
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert "Đồng ý" not in await answer.text()
    assert await door.is_untouched()


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 303), ("null", 303), ("itself", 303), ("https://elsewhere.example", 403)],
)
async def test_only_our_own_page_can_press_the_button(door, origin, status):
    async with browser() as http:
        await (await http.get(door.link)).read()
        headers = {"Origin": door.url if origin == "itself" else origin} if origin else {}
        async with http.post(door.link, headers=headers, allow_redirects=False) as answer:
            assert answer.status == status
    assert await door.is_untouched() is (status == 403)


async def test_a_form_of_another_site_carries_no_cookie_and_opens_nothing(door):
    async with browser() as http, http.post(door.link, headers={"Origin": "null"}) as answer:
        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers, "whoever was here before would no longer be themselves"
    assert await door.is_untouched()


async def test_too_many_new_browsers_of_one_address_are_told_so(door):
    statuses = []
    for _time in range(3):
        async with browser() as http, http.get(door.link) as answer:
            statuses.append(answer.status)
    assert statuses == [200, 200, 429]
