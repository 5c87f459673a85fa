"""What happens to one update, whatever goes wrong: it takes effect once, whole, or not at all."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from aiogram import Bot
from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import conversation
from bot.channels import Outcome
from bot.database import Database
from handlers.reply import Choice, Reply
from models.conversation import Conversation, Quarantine, Seen
from models.delivery import Delivery
from models.people import Person
from services.errors import DomainError
from tests.factories import LONG_AGO
from tests.way import Way, incoming, note

SECRET = "số căn cước 052099001234"
SORRY = "Xin lỗi, Tổ Số vừa vấp lỗi và chưa ghi gì. Nhờ nhắn lại sau ít phút ạ."
STILL = "Vẫn đang lỗi, Tổ Số đã báo người quản trị. Cần gấp thì hỏi trưởng thôn ạ."


class TooEarly(DomainError):
    pass


async def people(way: Way) -> list[str]:
    return [row.name for row in await way.rows(Person, "name")]


async def test_a_repeated_update_changes_nothing_and_says_nothing(make_way):
    way = make_way()
    outcomes = [await way.say("chào", key="7") for _ in range(3)]
    assert outcomes == [Outcome.DONE, Outcome.REPEAT, Outcome.REPEAT]
    assert await people(way) == ["chào"]
    assert await way.said() == ["Đã ghi chào"]


async def test_the_same_number_from_another_bot_is_no_repeat(make_way):
    way = make_way()
    await way.say("chào", key="7")
    assert await way.say("chào", key="7", account="recorder:2") is Outcome.DONE
    assert len(await people(way)) == 2


async def test_an_update_given_to_two_processes_at_once_takes_effect_in_one(make_way, database_url):
    way, other = make_way(), make_way()
    other.conversations.database = Database(database_url)
    for number in range(5):
        update = incoming("chào", key=f"both-{number}")
        both = [each.conversations.receive(update) for each in (way, other)]
        assert sorted(await asyncio.gather(*both)) == [Outcome.DONE, Outcome.REPEAT]
    await other.conversations.database.close()
    assert len(await people(way)) == len(await way.said()) == 5


async def test_two_processes_meet_a_stranger_at_once_and_make_one_conversation(make_way, database_url):
    way, other = make_way(), make_way()
    other.conversations.database = Database(database_url)
    await asyncio.gather(way.say("một"), other.say("hai"))
    await other.conversations.database.close()
    assert len(await way.rows(Conversation)) == 1
    assert sorted(await people(way)) == ["hai", "một"]


async def test_one_chat_is_answered_in_the_order_it_spoke(make_way):
    async def remember(message: Message, state: FSMContext) -> Reply:
        heard = (await state.get_data()).get("heard", [])
        await asyncio.sleep(0)
        await state.update_data(heard=[*heard, message.text])
        return Reply(str(message.text))

    way = make_way(remember, messages_per_minute=1000)
    words = [str(number) for number in range(30)]
    chats = ("hanh", "vy")
    await asyncio.gather(*(way.say(word, chat=chat) for word in words for chat in chats))
    for chat in chats:
        assert await way.said(chat) == words
    for row in await way.rows(Conversation, "states"):
        (held,) = row.states.values()
        assert held["data"]["heard"] == words


@pytest.mark.databases("postgresql")
async def test_a_slow_chat_holds_up_nobody_else(make_way):
    is_let_go = asyncio.Event()

    async def wait(message: Message) -> Reply:
        if message.text == "chậm":
            await is_let_go.wait()
        return Reply("Rồi ạ")

    way = make_way(wait)
    slow = asyncio.create_task(way.say("chậm"))
    await way.say("nhanh", chat="vy")
    assert not slow.done()
    is_let_go.set()
    assert await slow is Outcome.DONE


async def test_a_refusal_takes_back_what_the_handler_wrote_and_nothing_else(make_way):
    async def refuse(message: Message, session: AsyncSession, state: FSMContext) -> Reply:
        await state.update_data(step=message.text)
        session.add(Person(name="nửa chừng", created_at=LONG_AGO))
        await session.flush()
        if message.text == "không":
            raise TooEarly
        return Reply("Được ạ")

    way = make_way(refuse)
    await way.say("được")
    before = await way.rows(Conversation, "states")
    assert await way.say("không", key="refused") is Outcome.DONE
    assert await people(way) == ["nửa chừng"]
    assert await way.rows(Conversation, "states") == before
    assert (await way.said())[1] == "Việc này chưa làm được ở đây ạ. Mời chọn trong mục chính."
    assert await way.say("không", key="refused") is Outcome.REPEAT


async def test_an_unchanged_chat_is_not_written(make_way):
    async def settle(message: Message, state: FSMContext) -> Reply:
        await state.update_data(step=message.text)
        return Reply("Bước này", choices=[Choice("Tiếp", "next")])

    way = make_way(settle)
    begun = way.clock.moment
    for minutes, (text, written) in enumerate([("một", 0), ("một", 0), ("một", 0), ("hai", 3)]):
        way.clock.moment = begun + timedelta(minutes=minutes)
        await way.say(text)
        assert await way.rows(Conversation, "said_at") == [(begun + timedelta(minutes=written),)]


async def test_a_bug_is_tried_twice_then_set_aside_with_one_apology(make_way, caplog):
    tried: list[str] = []

    async def stumble(message: Message, session: AsyncSession) -> Reply:
        tried.append(str(message.text))
        session.add(Person(name="nửa chừng", created_at=LONG_AGO))
        await session.flush()
        raise ValueError(message.text)

    way = make_way(stumble)
    assert await way.say(SECRET, key="9") is Outcome.SET_ASIDE
    assert await way.say(SECRET, key="9") is Outcome.REPEAT
    assert len(tried) == 2
    assert await people(way) == []
    assert await way.said() == [SORRY]
    (aside,) = await way.rows(Quarantine)
    assert (aside.channel_account, aside.external_id, aside.attempts) == ("recorder:1", "9", 2)
    assert aside.failure.startswith("ValueError\n")
    assert "stumble" in aside.handler
    assert SECRET not in str(aside)
    assert SECRET not in "".join(str(vars(record)) for record in caplog.records)


async def test_a_refused_statement_is_set_aside_without_the_words_it_carried(make_way, caplog):
    async def break_a_rule(message: Message, session: AsyncSession) -> Reply:
        session.add(Person(name=message.text or "", unit_id=404, created_at=LONG_AGO))
        await session.flush()
        return Reply("Không tới đây")

    way = make_way(break_a_rule)
    assert await way.say(SECRET) is Outcome.SET_ASIDE
    (aside,) = await way.rows(Quarantine)
    assert aside.failure.startswith("IntegrityError")
    assert SECRET not in str(aside)
    assert SECRET not in "".join(str(vars(record)) for record in caplog.records)


async def test_a_second_bug_within_the_hour_is_owned_up_to_for_that_person_only(make_way):
    async def stumble(_message: Message) -> Reply:
        raise ZeroDivisionError

    way = make_way(stumble)
    await way.say("một")
    await way.say("hai")
    await way.say("một", chat="vy")
    way.clock.moment += timedelta(hours=1, minutes=1)
    await way.say("ba")
    assert await way.said("hanh") == [SORRY, STILL, SORRY]
    assert await way.said("vy") == [SORRY]


async def test_a_bug_that_does_not_come_back_is_no_apology(make_way):
    failing = [True]

    async def stumble_once(message: Message, session: AsyncSession) -> Reply:
        if failing:
            failing.clear()
            raise KeyError
        return await note(message, session)

    way = make_way(stumble_once)
    assert await way.say("chào") is Outcome.DONE
    assert await way.said() == ["Đã ghi chào"]
    assert [row.attempts for row in await way.rows(Quarantine, "attempts")] == [1]


async def test_what_is_open_stays_open_through_a_bug(make_way):
    async def ask(message: Message) -> Reply:
        if message.text == "lỗi":
            raise KeyError
        return Reply("Chọn ạ", choices=[Choice("Tiếp", "next")])

    way = make_way(ask)
    await way.say("chào")
    await way.say("lỗi")
    (row,) = await way.rows(Conversation, "choices")
    assert [data for _names, data, *_rest in row.choices] == ["next"]


@pytest.mark.parametrize("failures", [1, 4])
async def test_a_passing_failure_is_tried_again_and_never_set_aside(make_way, failures):
    left = [failures]

    async def away(message: Message, session: AsyncSession) -> Reply:
        reply = await note(message, session)
        await session.flush()
        if left[0]:
            left[0] -= 1
            raise ConnectionError("the database went away")
        return reply

    way = make_way(away)
    assert await way.say("chào") is Outcome.DONE
    assert await people(way) == ["chào"]
    assert await way.rows(Quarantine) == []


async def test_a_database_that_stays_away_gives_the_update_back_to_the_platform(make_way):
    is_away = [True]

    async def away(message: Message, session: AsyncSession) -> Reply:
        if is_away:
            raise ConnectionError("the database went away")
        return await note(message, session)

    way = make_way(away)
    with pytest.raises(ConnectionError):
        await way.say("chào", key="3")
    assert await way.rows(Seen) == await way.rows(Quarantine) == []
    is_away.clear()
    assert await way.say("chào", key="3") is Outcome.DONE
    assert await people(way) == ["chào"]


@pytest.mark.databases("postgresql")
async def test_a_connection_killed_in_the_middle_is_only_another_try(make_way, database):
    killed: list[int] = []

    async def lose(message: Message, session: AsyncSession) -> Reply:
        reply = await note(message, session)
        await session.flush()
        if not killed:
            connection = await session.connection()
            killed.append((await connection.execute(sa.text("SELECT pg_backend_pid()"))).scalar_one())
            async with database.engine.connect() as other:
                await other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": killed[0]})
            await session.exec(select(Person))
        return reply

    way = make_way(lose)
    assert await way.say("chào") is Outcome.DONE
    assert await people(way) == ["chào"]
    assert await way.rows(Quarantine) == []


async def test_a_handler_that_speaks_by_itself_is_refused(make_way):
    async def speak(message: Message, bot: Bot, session: AsyncSession) -> Reply:
        await note(message, session)
        await bot.send_message(1, "chào")
        return Reply("Không tới đây")

    way = make_way(speak)
    assert await way.say("chào") is Outcome.SET_ASIDE
    (aside,) = await way.rows(Quarantine)
    assert aside.failure.startswith("SpokeInsideUnitOfWork")
    assert await people(way) == []


async def test_a_handler_that_opens_a_unit_of_its_own_is_refused(make_way, database):
    async def nest(_message: Message) -> Reply:
        async with database.writing():
            return Reply("Không tới đây")

    way = make_way(nest)
    assert await way.say("chào") is Outcome.SET_ASIDE
    (aside,) = await way.rows(Quarantine)
    assert aside.failure.startswith("NestedUnitOfWork")


async def test_what_aiogram_cannot_read_is_set_aside_like_any_bug(make_way):
    way = make_way()
    odd = incoming("chào")
    del odd.update["message"]["date"]
    assert await way.conversations.receive(odd) is Outcome.SET_ASIDE
    assert await way.said() == [SORRY]


async def test_even_an_apology_that_fails_does_not_stop_the_chat(make_way, monkeypatch):
    async def stumble(message: Message) -> Reply:
        if message.text == "lỗi":
            raise KeyError
        return Reply("Nghe ạ")

    async def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError

    way = make_way(stumble)
    with monkeypatch.context() as patch:
        patch.setattr(conversation.Conversations, "_keep", broken)
        assert await way.say("lỗi", key="1") is Outcome.SET_ASIDE
    assert await way.say("lỗi", key="1") is Outcome.REPEAT
    assert await way.say("chào") is Outcome.DONE
    assert await way.said() == ["Nghe ạ"]


async def test_too_many_words_in_a_minute_are_stopped_once_and_repeats_do_not_count(make_way):
    way = make_way(messages_per_minute=3)
    await way.say("1", key="a")
    for _ in range(10):
        await way.say("1", key="a")
    for word in ("2", "3", "4", "5"):
        await way.say(word)
    said = await way.said()
    assert said[:3] == ["Đã ghi 1", "Đã ghi 2", "Đã ghi 3"]
    assert len(said) == 4
    assert len(await people(way)) == 3


async def test_an_earlier_message_that_was_not_sent_yet_gets_the_new_words(make_way, database):
    async def correct(message: Message, session: AsyncSession) -> Reply:
        first = (await session.exec(select(Delivery.id))).first()
        return Reply(str(message.text), replaces=first)

    way = make_way(correct)
    await way.say("một")
    await way.say("hai")
    assert await way.said() == ["hai"]
    async with database.transaction() as connection:
        await connection.execute(sa.text("UPDATE delivery SET state = 'sent'"))
    await way.say("ba")
    assert await way.said() == ["hai", "ba"]
    latest = (await way.rows(Delivery, "payload"))[1].payload
    assert latest["replaces"] == {"delivery": (await way.rows(Delivery, "id"))[0].id}
