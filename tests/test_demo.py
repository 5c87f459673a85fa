"""The sample area lets a visitor be each of its people, and nobody's real work is ever touched by it."""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

import bot.clock
from bot import config as settings
from bot import migrations
from bot.app import Program
from bot.commands import Refused, demo, run
from bot.config import Config
from bot.database import Database
from bot.demo import HINTS, Demo, clock_of, places_of
from bot.demo_clock import DemoClock
from bot.library import load_content
from services import counts
from services.sample import CAST, Size
from tests.ports import free_port

SMALL = Size(villages=40, members=150, weeks=6, districts=("Phù Mỹ",))
ZONE = "Asia/Ho_Chi_Minh"
PATIENCE = 60
Frame = dict[str, Any]
_content = cache(load_content)


def config_in(folder: Path) -> Config:
    """Make the demo's settings with everything it writes in a folder of the test."""
    found = settings.load_demo(environ={})
    database = found.database.model_copy(update={"url": f"sqlite:///{folder / 'demo.db'}"})
    return found.model_copy(
        update={
            "database": database,
            "media": found.media.model_copy(update={"folder": folder / "media"}),
            "web": found.web.model_copy(update={"port": free_port()}),
        }
    )


@pytest.fixture(autouse=True)
def content(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read guides and lessons once: every program of this file has the same."""
    monkeypatch.setattr("bot.app.load_content", _content)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample area, made once and copied by each test."""
    folder = tmp_path_factory.mktemp("sample")
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, demo.make(config_in(folder), SMALL)).result()
    return folder


@pytest.fixture
def config(made: Path, tmp_path: Path) -> Config:
    shutil.copytree(made, tmp_path / "demo")
    return config_in(tmp_path / "demo")


class Visitor:
    """A browser at the sample area."""

    def __init__(self, browser: aiohttp.ClientSession, address: str) -> None:
        self.browser = browser
        self.address = address
        self.socket: aiohttp.ClientWebSocketResponse

    async def come(self) -> list[Frame]:
        await (await self.browser.get(self.address)).read()
        origin = {"Origin": self.address}
        self.socket = await self.browser.ws_connect(f"{self.address}/chat/ws", headers=origin)
        return await self.ask({"type": "hello", "after": 0})

    async def ask(self, frame: Frame) -> list[Frame]:
        """Send a frame and give all that was answered: frames are obeyed one after the other."""
        await self.socket.send_json(frame)
        await self.socket.send_str("no frame at all")
        return await self.hear(lambda heard: heard["type"] == "error" and heard["id"] is None)

    async def hear(self, is_last: Callable[[Frame], bool]) -> list[Frame]:
        """Listen up to a frame, which is left out unless it is a reply."""
        frames: list[Frame] = []
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.socket.receive_json()
                if frame["type"] == "reply" or not is_last(frame):
                    frames.append(frame)
                if is_last(frame):
                    return frames

    async def say(self, text: str) -> list[Frame]:
        return await self.ask({"type": "message", "id": str(uuid.uuid4()), "text": text})

    async def become(self, key: str) -> list[Frame]:
        return await self.ask({"type": "become", "key": key})


class Calm(Demo):
    """A sample area that does by itself only what a test waits for."""

    async def _tick(self) -> None:
        """Let nothing come between a visitor's word and its answer."""


@asynccontextmanager
async def opened(config: Config, kind: type[Demo] = Calm) -> AsyncIterator[Demo]:
    first = Database(config.database.url)
    clock, places = await clock_of(first, config.timezone), await places_of(first)
    await first.close()
    area = kind(Program(config, now=clock.now), clock, places)
    async with area.running():
        await area.program.scheduler.run_all()
        yield area


@pytest.fixture
async def area(config: Config) -> AsyncIterator[Demo]:
    async with opened(config) as area:
        yield area


@asynccontextmanager
async def browser(address: str) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # an address without a name counts as unsafe
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(session, address)


@pytest.fixture
async def visitor(area: Demo) -> AsyncIterator[Visitor]:
    async with browser(area.program.config.web.address) as visitor:
        yield visitor


def texts(frames: list[Frame]) -> str:
    return "\n".join(frame["text"] for frame in frames if frame["type"] == "reply")


def people(frames: list[Frame]) -> Frame:
    return next(frame for frame in reversed(frames) if frame["type"] == "people")


async def test_a_visitor_is_the_grandmother_first(visitor):
    heard = await visitor.come()

    assert heard[0]["type"] == "people", "whom one speaks as is said before anything else"
    assert heard[0]["current"] == "citizen"
    assert [one["key"] for one in heard[0]["people"]] == list(HINTS)
    assert all(one["role"] and one["hint"] for one in heard[0]["people"])
    assert "Cài và kích hoạt VNeID" in texts(heard)
    assert "Làm tiếp không ạ?" in texts(heard)


async def test_everybody_but_the_newcomer_has_something_waiting(visitor):
    found = {one["key"]: one["waiting"] for one in people(await visitor.come())["people"]}

    assert found.pop("newcomer") == 0
    assert all(found.values()), found


async def test_how_much_waits_is_told_again_by_itself(config, monkeypatch):
    monkeypatch.setattr("bot.demo.TICK", 0.05)
    async with opened(config, Demo) as area, browser(area.program.config.web.address) as visitor:
        await visitor.come()
        for _time in range(2):
            await visitor.hear(lambda frame: frame["type"] == "people")


async def test_whoever_one_becomes_has_been_told_something(visitor):
    await visitor.come()
    for key, words in {
        "neighbour": "Đã nhờ tổ thôn Hòa Lạc",
        "member": "nhờ giúp",
        "leader": "xin vào tổ",
        "commune": "XÃ MỸ HIỆP · TUẦN",
        "district": "HUYỆN PHÙ MỸ · TUẦN",
        "province": "TỈNH BÌNH ĐỊNH · TUẦN",
    }.items():
        heard = await visitor.become(key)
        assert [frame["type"] for frame in heard[:2]] == ["people", "reset"]
        assert heard[0]["current"] == key
        assert words in texts(heard)


async def test_a_member_takes_the_request_and_the_neighbour_hears_of_it(visitor):
    await visitor.come()
    await visitor.become("member")

    taken = await visitor.say("Tôi giúp")
    told = await visitor.become("neighbour")

    assert "đang nói với chú Lợi" in texts(taken)
    assert "Chị Thủy, thành viên tổ thôn Hòa Lạc, đã nhận giúp" in texts(told)


async def test_the_commune_has_goals_and_an_announcement_that_was_read(visitor):
    await visitor.come()
    told = texts(await visitor.become("commune"))

    assert re.search(r"(Cài VNeID|Nộp hồ sơ qua mạng): [\d.]+/[\d.]+, ", told), "the week has its goal"
    reached = re.search(r"tới (\d+)/(\d+), đã nắm (\d+), vắng (\d+)", told)
    assert reached
    arrived, people_in_all, read, absent = map(int, reached.groups())
    assert people_in_all - 2 == arrived > read > absent > 0
    await visitor.become("member")
    assert "Đã ghi là đã nắm" in texts(await visitor.say("Đã nắm"))


async def test_the_leader_looks_at_a_number_and_it_waits_no_more(visitor):
    await visitor.come()
    heard = await visitor.become("leader")
    assert "45 người cài VNeID" in texts(heard)

    assert "45 người cài VNeID" in texts(await visitor.say("Số đúng"))
    assert _waiting(await visitor.become("leader")) == _waiting(heard) - 1


def _waiting(heard: list[Frame]) -> int:
    found = people(heard)
    waiting: int = next(one["waiting"] for one in found["people"] if one["key"] == found["current"])
    return waiting


async def test_a_newcomer_is_asked_before_anything_is_kept(visitor):
    await visitor.come()
    assert texts(await visitor.become("newcomer")) == ""

    assert "Đồng ý không ạ?" in texts(await visitor.say("chao"))


async def test_a_browser_stays_who_it_was_and_another_begins_anew(visitor):
    await visitor.come()
    await visitor.become("leader")
    await visitor.socket.close()

    assert people(await visitor.come())["current"] == "leader"
    async with browser(visitor.address) as stranger:
        assert people(await stranger.come())["current"] == "citizen"


async def test_who_is_not_in_the_cast_cannot_be_become(visitor):
    await visitor.come()

    for key in ("operator", "sample-leader", None, 7):
        assert await visitor.ask({"type": "become", "key": key}) == []


async def test_monday_brings_the_summary_of_a_week_that_was_lived(area, visitor):
    await visitor.come()
    await visitor.become("commune")
    before = area.clock.now()

    await visitor.socket.send_json({"type": "monday"})
    week = counts.week_of(before.date())
    heard = await visitor.hear(lambda frame: f"TUẦN {week.iso_week} " in frame.get("text", ""))
    monday = area.clock.now()
    await visitor.socket.send_json({"type": "monday"})
    following = counts.week_of(monday.date())
    again = await visitor.hear(lambda frame: f"TUẦN {following.iso_week} " in frame.get("text", ""))

    assert monday.weekday() == 0
    assert (monday.hour, monday.minute) == (7, 30)
    assert timedelta() < monday - before <= timedelta(days=7)
    assert "XÃ MỸ HIỆP" in texts(heard)
    assert "XÃ MỸ HIỆP" in texts(again)
    async with area.program.database.reading() as session:
        assert await counts.prove(session) == []
        for week_ in (week, following):
            assert await counts.entries(session, await _commune(session), week_.monday, week_.sunday)


async def _commune(session: Any) -> Any:
    from sqlmodel import select

    from models.units import Unit

    return (await session.exec(select(Unit).where(Unit.name == "Mỹ Hiệp"))).one()


async def test_the_clock_goes_on_where_it_was_left(config):
    async with opened(config) as area, browser(config.web.address) as visitor:
        await visitor.come()
        await visitor.ask({"type": "monday"})
        left = area.clock.now()

    database = Database(config.database.url)
    clock = await clock_of(database, config.timezone)
    await database.close()
    assert left < clock.now() < left + timedelta(days=1)


async def test_in_the_program_itself_nobody_becomes_anybody(config):
    async with Program(config).running(), browser(config.web.address) as visitor:
        assert await visitor.come() == []
        assert await visitor.become("leader") == []
        assert await visitor.ask({"type": "monday"}) == []


async def test_run_refuses_the_sample_area(config):
    with pytest.raises(Refused, match="toso demo") as refused:
        await run.run(argparse.Namespace(role="all"), config)

    assert refused.value.code == 2


@pytest.mark.parametrize("fresh", [False, True])
async def test_demo_refuses_a_database_that_is_not_its_own(tmp_path, fresh):
    config = config_in(tmp_path)
    migrations.upgrade(config.database.url)
    path = config.database.path
    assert path is not None
    before = path.read_bytes()

    with pytest.raises(Refused, match=r"demo\.db") as refused:
        await demo.run(argparse.Namespace(port=None, fresh=fresh), config)

    assert refused.value.code == 2
    assert path.read_bytes() == before


async def test_demo_refuses_a_port_that_is_taken(tmp_path):
    config = config_in(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", config.web.port))
        other.listen()
        with pytest.raises(Refused, match=f"--port {config.web.port + 1}"):
            await demo.run(argparse.Namespace(port=config.web.port, fresh=False), config)


def test_demo_listens_to_this_machine_only_and_uses_no_token():
    environ = {
        "TOSO_TELEGRAM__TOKEN": "123456:ABCdefGhIJKlmNoPQRsTUVwxyZ1234567890",
        "TOSO_WEB__HOST": "0.0.0.0",
        "TOSO_WEB__PUBLIC_URL": "https://toso.example.vn",
        "TOSO_DATABASE__URL": "postgresql+asyncpg://h/work",
    }
    program = Program(settings.load_demo(environ=environ))

    assert [channel.name for channel in program.channels] == ["webchat"]
    assert program.config.web.address == "http://127.0.0.1:8080"
    assert Path(program.config.database.url).name == "demo.db"


@pytest.mark.parametrize(
    ("machine", "shown"),
    [
        ("2026-11-24 03:15", "2026-11-24 08:40"),
        ("2026-11-24 09:15", "2026-11-24 09:15"),
        ("2026-11-24 16:45", "2026-11-25 08:40"),
        ("2026-11-24 23:59", "2026-11-25 08:40"),
    ],
)
def test_it_is_always_a_working_hour_and_never_earlier_than_it_is(monkeypatch, machine, shown):
    zone = ZoneInfo(ZONE)
    at = datetime.fromisoformat(machine).replace(tzinfo=zone)
    monkeypatch.setattr(bot.clock.Clock, "now", lambda _clock: at)

    assert DemoClock(ZONE).now() == datetime.fromisoformat(shown).replace(tzinfo=zone)


def test_the_next_monday_is_never_the_present_moment(monkeypatch):
    monday = datetime(2026, 11, 23, 7, 30, tzinfo=ZoneInfo(ZONE))
    monkeypatch.setattr(bot.clock.Clock, "now", lambda _clock: monday + timedelta(hours=2))
    clock = DemoClock(ZONE)

    clock.run_from(monday)
    assert clock.next_monday(time(7, 30)) == monday + timedelta(days=7)
    clock.run_from(monday - timedelta(seconds=1))
    assert clock.next_monday(time(7, 30)) == monday


def test_the_cast_has_chats_that_no_browser_can_have():
    assert all(len(figure.chat) < 40 for figure in CAST)
    assert len({figure.chat for figure in CAST}) == len(CAST)
