"""What takes long is done with nothing locked: others write meanwhile, and it takes effect once."""

from __future__ import annotations

import asyncio
import threading

import pytest
from aiogram.types import Message
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.channels import Outcome
from handlers.reply import Reply
from locales import gettext as _
from models.conversation import Quarantine
from models.people import Person
from services.apart import Apart, making
from services.errors import DomainError
from tests.factories import LONG_AGO
from tests.way import Way


class TooLong(DomainError):
    pass


async def names(way: Way) -> list[str]:
    return [row.name for row in await way.rows(Person, "name")]


@pytest.fixture
def gate() -> threading.Event:
    """Hold a read back until it is set; a thread waits for it."""
    return threading.Event()


async def test_others_write_while_something_long_is_read(make_way, gate):
    async def handler(message: Message, session: AsyncSession, apart: Apart) -> Reply:
        if message.text == "báo cáo":
            assert await apart(making(lambda: gate.wait(10))), "the other one was held up"
        session.add(Person(name=message.text or "", created_at=LONG_AGO))
        return Reply("xong")

    way = make_way(handler)
    report = asyncio.create_task(way.say("báo cáo", chat="minh"))
    await asyncio.sleep(0.1)
    assert await way.say("chào", chat="hanh") is Outcome.DONE
    gate.set()
    assert await report is Outcome.DONE
    assert await names(way) == ["chào", "báo cáo"]


async def test_what_was_written_before_the_read_is_written_once(make_way):
    async def handler(message: Message, session: AsyncSession, apart: Apart) -> Reply:
        session.add(Person(name=message.text or "", created_at=LONG_AGO))
        first = await apart(making(lambda: "một"))
        second = await apart(making(lambda: f"{first}, hai"))
        return Reply(second)

    way = make_way(handler)
    assert await way.say("chào") is Outcome.DONE
    assert await names(way) == ["chào"]
    assert await way.said() == ["một, hai"]


async def test_the_read_sees_what_was_committed_before(make_way):
    async def count(session: AsyncSession) -> int:
        return len((await session.exec(select(Person))).all())

    async def handler(message: Message, session: AsyncSession, apart: Apart) -> Reply:
        session.add(Person(name=message.text or "", created_at=LONG_AGO))
        return Reply(str(await apart(count)))

    way = make_way(handler)
    await way.say("một")
    await way.say("hai")
    assert await way.said() == ["0", "1"]


async def test_it_is_made_in_the_reader_s_own_language(make_way):
    async def handler(_message: Message, apart: Apart) -> Reply:
        return Reply(await apart(making(lambda: _("today"))))

    way = make_way(handler)
    await way.say("chào")
    assert await way.said() == ["hôm nay"]


async def test_a_refusal_of_the_read_is_said_like_any_other(make_way):
    def refuse() -> str:
        raise TooLong

    async def handler(message: Message, session: AsyncSession, apart: Apart) -> Reply:
        session.add(Person(name=message.text or "", created_at=LONG_AGO))
        return Reply(await apart(making(refuse)))

    way = make_way(handler)
    assert await way.say("chào") is Outcome.DONE
    assert await way.said() == ["Việc này chưa làm được ở đây ạ. Mời chọn trong mục chính."]
    assert await names(way) == []


async def test_a_bug_in_the_read_is_tried_twice_and_set_aside(make_way):
    tried: list[int] = []

    def stumble() -> str:
        tried.append(1)
        raise ZeroDivisionError

    async def handler(_message: Message, apart: Apart) -> Reply:
        return Reply(await apart(making(stumble)))

    way = make_way(handler)
    assert await way.say("chào") is Outcome.SET_ASIDE
    assert len(tried) == 2
    assert len(await way.rows(Quarantine)) == 1
