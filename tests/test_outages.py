"""What is said to whoever wrote while the machine was down."""

from __future__ import annotations

from datetime import timedelta

from bot.outages import Outage, find_outage
from models.jobs import JobRun


async def test_who_wrote_while_the_machine_was_down_hears_sorry_once(make_way, now):
    way = make_way()
    down = Outage(now - timedelta(minutes=35), now)
    way.conversations.outage = down
    asked = now - timedelta(minutes=28)
    way.clock.moment = now + timedelta(minutes=1)
    await way.say("câu hỏi", at=asked)
    await way.say("câu nữa", at=asked + timedelta(minutes=1))
    await way.say("vừa mới hỏi", chat="vy", at=now - timedelta(minutes=5))
    assert await way.said() == [
        "Xin lỗi, máy nghỉ từ 7h35 đến 8h10. Câu hỏi lúc 7h42 nay trả lời đây ạ. Đã ghi câu hỏi",
        "Đã ghi câu nữa",
    ]
    assert await way.said("vy") == ["Đã ghi vừa mới hỏi"]


async def test_how_long_the_machine_was_down_is_told_by_the_last_job(database, now):
    assert await find_outage(database, now=now) is None
    async with database.writing() as session:
        for minutes in (90, 35):
            at = now - timedelta(minutes=minutes)
            session.add(JobRun(job="keep_help_promises", due_at=at, finished_at=at))
    assert await find_outage(database, now=now) == Outage(now - timedelta(minutes=35), now)
    assert await find_outage(database, now=now - timedelta(minutes=30)) is None
