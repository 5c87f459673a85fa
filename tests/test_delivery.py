"""How messages leave: in which order, how often, and what becomes of them when sending fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels import Failure, Limits
from bot.database import Database
from bot.leases import BATCH, MOST_ATTEMPTS, SLOTS
from bot.statements import account
from models.delivery import DeliveryState, Lane
from services.rules import Hours
from tests.outbox_double import Platform
from tests.way import until

MINUTE = timedelta(minutes=1)
PERMANENT, TEMPORARY, IN_DOUBT = Failure.PERMANENT, Failure.TEMPORARY, Failure.IN_DOUBT
NOTICE, BULK = Lane.NOTICE, Lane.BULK


async def test_replies_leave_before_notices_and_notices_before_broadcasts(outbox):
    for lane in (BULK, NOTICE, Lane.REPLY):
        await outbox.queue(lane.name, to=f"chat-{lane}", lane=lane)
    await outbox.drain()
    assert outbox.platform.texts == ["REPLY", "NOTICE", "BULK"]


async def test_a_broadcast_that_hangs_leaves_room_for_answers(outbox):
    for number in range(BATCH + 10):
        await outbox.queue("Thông báo", to=f"xã-{number}", lane=BULK)
    gate = outbox.platform.hold("Thông báo")
    running = asyncio.create_task(outbox.sender.run())
    await until(lambda: "Thông báo" in outbox.platform.tried)
    await outbox.queue("Trả lời", to="hanh")
    outbox.sender.wake()
    await until(lambda: "Trả lời" in outbox.platform.texts)
    gate.set()
    await until(lambda: len(outbox.platform.texts) == BATCH + 11)
    await stop(running)


async def test_one_account_gets_one_message_at_a_time_in_their_order(outbox):
    words = [str(number) for number in range(8)]
    for word in words:
        await outbox.queue(word, to="hanh")
        await outbox.queue(word, to="vy")
    await outbox.drain()
    for chat in ("hanh", "vy"):
        assert [message.text for to, message in outbox.platform.sent if to == chat] == words
    assert outbox.platform.most_flying == 1


async def test_what_is_tried_again_is_not_overtaken_in_its_lane(outbox):
    outbox.platform.fail("một", TEMPORARY)
    for word in ("một", "hai"):
        await outbox.queue(word)
    await outbox.drain()
    assert outbox.platform.texts == []
    await outbox.drain(after=timedelta(seconds=5))
    assert outbox.platform.texts == ["một", "hai"]


async def test_a_notice_that_fails_does_not_hold_up_an_answer(outbox):
    outbox.platform.fail("báo", TEMPORARY)
    await outbox.queue("báo", lane=NOTICE)
    await outbox.drain()
    await outbox.queue("trả lời")
    await outbox.drain()
    assert outbox.platform.texts == ["trả lời"]


# lane, what the tries meet -> how often it is tried, and where it ends
DOUBTS = {
    "a reply in doubt is sent once more": (Lane.REPLY, [IN_DOUBT], 2, "sent"),
    "a reply in doubt twice is left": (Lane.REPLY, [IN_DOUBT, IN_DOUBT], 2, "in_doubt"),
    "a reply in doubt stays so through a refusal": (
        Lane.REPLY,
        [IN_DOUBT, TEMPORARY, IN_DOUBT],
        3,
        "in_doubt",
    ),
    "a notice in doubt is not said again": (NOTICE, [IN_DOUBT], 1, "in_doubt"),
    "a broadcast in doubt is not said again": (BULK, [IN_DOUBT], 1, "in_doubt"),
    "what fails for a while is sent later": (NOTICE, [TEMPORARY, TEMPORARY], 3, "sent"),
    "what fails for good is not tried again": (Lane.REPLY, [PERMANENT], 1, "failed"),
    "what fails too often is given up": (NOTICE, [TEMPORARY] * 20, MOST_ATTEMPTS, "failed"),
}


@pytest.mark.parametrize("case", DOUBTS)
async def test_a_failure_is_permanent_temporary_or_in_doubt(outbox, case):
    lane, failures, tries, end = DOUBTS[case]
    for failure in failures:
        outbox.platform.fail("chào", failure)
    message = await outbox.queue("chào", lane=lane)
    for _attempt in range(len(failures) + 1):
        await outbox.drain(after=10 * MINUTE)
    assert len(outbox.platform.tried) == tries
    assert await outbox.states(message) == [end]


# what a vanished sender held, and how long ago it took it -> where it stands now
LEASED: dict[str, Any] = {"state": DeliveryState.LEASED, "attempts": 1}
VANISHED = {
    "a reply is sent once more": (Lane.REPLY, None, -1, "sent"),
    "a reply that was in doubt already is left": (Lane.REPLY, "in doubt", -1, "in_doubt"),
    "a notice may have been said and is left": (NOTICE, None, -1, "in_doubt"),
    "a lease that runs is respected": (Lane.REPLY, None, 20, "leased"),
}


@pytest.mark.parametrize("case", VANISHED)
async def test_what_a_vanished_sender_held_is_taken_over_after_its_lease(outbox, case):
    lane, error, seconds, end = VANISHED[case]
    until_then = outbox.clock.moment + timedelta(seconds=seconds)
    message = await outbox.queue("chào", lane=lane, error=error, lease_until=until_then, **LEASED)
    await outbox.drain()
    assert await outbox.states(message) == [end]


async def test_a_platform_that_says_wait_holds_the_whole_bot_and_loses_nothing(outbox):
    outbox.platform.fail("một", TEMPORARY, retry_after=0.3, is_whole_bot=True)
    first = await outbox.queue("một", to="hanh")
    await outbox.drain()
    await outbox.queue("hai", to="vy")
    await outbox.drain(after=timedelta(seconds=1))
    assert outbox.platform.tried == ["một"]
    await asyncio.sleep(0.35)
    await outbox.drain()
    assert sorted(outbox.platform.texts) == ["hai", "một"]
    assert await outbox.states(first) == ["sent"]


async def test_an_account_that_has_to_wait_holds_nobody_else(outbox):
    outbox.platform.fail("một", TEMPORARY, retry_after=0.3)
    for who, word in (("hanh", "một"), ("hanh", "hai"), ("vy", "ba")):
        await outbox.queue(word, to=who)
    await outbox.queue("báo", to="hanh", lane=NOTICE)
    await outbox.drain()
    await outbox.drain()
    assert outbox.platform.texts == ["ba"]
    await asyncio.sleep(0.35)
    await outbox.drain(after=timedelta(seconds=1))
    assert outbox.platform.texts == ["ba", "một", "hai", "báo"]


async def test_being_told_to_wait_is_no_failed_try(outbox):
    outbox.platform.fail("chào", TEMPORARY, times=MOST_ATTEMPTS + 3, retry_after=0.0)
    message = await outbox.queue("chào")
    for _attempt in range(MOST_ATTEMPTS + 4):
        await outbox.drain(after=MINUTE)
    assert await outbox.states(message) == ["sent"]


@pytest.mark.parametrize("is_gone", [True, False])
async def test_only_who_cannot_be_written_to_any_more_is_unreachable(outbox, database, is_gone):
    outbox.platform.fail("chào", PERMANENT, is_unreachable=is_gone)
    await outbox.queue("chào")
    await outbox.drain()
    async with database.reading() as session:
        found = await (await session.connection()).execute(sa.select(account.c.is_reachable))
        assert found.scalars().all() == [not is_gone]


async def test_what_was_not_begun_when_the_sender_stops_is_left_for_the_next(make_outbox):
    slow = Limits(per_second=1e6, per_chat_second=0.001)
    outbox = make_outbox(Platform(slow))
    gate = outbox.platform.hold("đang gửi")
    begun = await outbox.queue("đang gửi", to="vy")
    waiting = [await outbox.queue(f"chờ {number}", to="hanh") for number in range(7)]
    running = asyncio.create_task(outbox.sender.run())
    await until(lambda: len(outbox.platform.sent) == 5 and "đang gửi" in outbox.platform.tried)
    await until(lambda: not outbox.platform.flying["hanh"])
    await asyncio.sleep(0.2)  # the sixth is taken up now and waits for its chat's turn
    running.cancel()
    gate.set()
    await stop(running)
    assert await outbox.states(begun) == ["sent"]
    assert await outbox.states(*waiting) == ["sent"] * 5 + ["pending"] * 2
    assert (await outbox.row(waiting[5])).attempts == 0


async def test_two_senders_at_once_say_everything_once(outbox, database_url):
    for number in range(40):
        await outbox.queue(f"tin {number}", to=f"chat-{number % 7}")
    other = Database(database_url)
    second = outbox.another_sender(other)
    await asyncio.gather(outbox.sender.drain(), second.drain())
    await other.close()
    assert sorted(outbox.platform.texts) == sorted(f"tin {number}" for number in range(40))
    assert outbox.platform.most_flying == 1
    for chat in range(7):
        texts = [message.text for to, message in outbox.platform.sent if to == f"chat-{chat}"]
        assert texts == [f"tin {number}" for number in range(chat, 40, 7)]


async def test_quiet_hours_hold_back_everything_but_replies(make_outbox, now):
    outbox = make_outbox(is_quiet=Hours().is_quiet)
    outbox.clock.moment = now.replace(hour=22)
    for lane in (Lane.REPLY, NOTICE, BULK):
        await outbox.queue(lane.name, to=f"chat-{lane}", lane=lane)
    await outbox.drain()
    assert outbox.platform.texts == ["REPLY"]
    outbox.clock.moment = now.replace(hour=7) + timedelta(days=1)
    await outbox.drain()
    assert outbox.platform.texts == ["REPLY", "NOTICE", "BULK"]


async def test_the_morning_rings_one_tenth_of_the_telephones_after_the_other(make_outbox, now):
    outbox = make_outbox(is_quiet=Hours().is_quiet, spread=10 * MINUTE)
    for number in range(SLOTS):
        await outbox.queue(f"tin {number}", to=f"chat-{number}", lane=NOTICE)
    arrived = []
    for minute in range(-1, 11):
        outbox.clock.moment = now.replace(hour=7, minute=0) + minute * MINUTE
        await outbox.drain()
        arrived.append(len(outbox.platform.texts))
    assert arrived == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]


async def test_a_message_due_later_waits_for_its_time(outbox):
    later = outbox.clock.moment + 5 * MINUTE
    waiting = DeliveryState.WAITING
    await outbox.queue("nhắc", lane=NOTICE, state=waiting, not_before=later)
    await outbox.drain(after=4 * MINUTE)
    assert outbox.platform.texts == []
    await outbox.drain(after=2 * MINUTE)
    assert outbox.platform.texts == ["nhắc"]


async def test_an_edit_names_the_message_that_was_tapped_or_sent_earlier(outbox):
    first = await outbox.queue("một")
    await outbox.queue_payload({"v": 1, "text": "hai", "replaces": {"message": "77"}})
    await outbox.queue_payload({"v": 1, "text": "ba", "replaces": {"delivery": first}})
    await outbox.drain()
    assert [message.replaces for _chat, message in outbox.platform.sent] == [None, "77", "m1"]


async def test_where_nothing_can_be_edited_a_new_message_is_sent(make_outbox):
    outbox = make_outbox(Platform(Limits(can_edit=False, per_second=1e6, per_chat_second=1e6)))
    await outbox.queue_payload({"v": 1, "text": "hai", "replaces": {"message": "77"}})
    await outbox.drain()
    assert outbox.platform.sent[0][1].replaces is None


async def test_a_long_message_goes_on_where_it_stopped(make_outbox):
    outbox = make_outbox(Platform(Limits(text=20, per_second=1e6, per_chat_second=1e6)))
    text = "Dòng thứ nhất dài.\nDòng thứ hai dài.\nDòng thứ ba dài."
    outbox.platform.fail("Dòng thứ hai dài.", TEMPORARY)
    message = await outbox.queue(text)
    await outbox.drain()
    await outbox.drain(after=MINUTE)
    assert outbox.platform.texts == text.split("\n")
    assert await outbox.states(message) == ["sent"]


async def test_a_message_that_takes_too_long_is_in_doubt(outbox, monkeypatch):
    monkeypatch.setattr("bot.delivery.SEND_PATIENCE", 0.05)
    gate = outbox.platform.hold("báo")
    message = await outbox.queue("báo", lane=NOTICE)
    await outbox.drain()
    assert await outbox.states(message) == ["in_doubt"]
    assert not gate.is_set()


async def test_words_without_their_lost_picture_are_better_than_nothing(outbox):
    await outbox.queue_payload({"v": 1, "text": "Xem hình ạ", "picture": 404})
    await outbox.drain()
    assert outbox.platform.sent[0][1].picture is None


async def test_nobody_waits_for_the_next_look_when_woken(outbox):
    running = asyncio.create_task(outbox.sender.run())
    await asyncio.sleep(0.05)
    await outbox.queue("chào")
    outbox.sender.wake()
    await until(lambda: outbox.platform.texts == ["chào"], seconds=1)
    await stop(running)


async def stop(running: asyncio.Task[None]) -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
