"""A volunteer's code proves who they are once, for ten minutes, and to nobody else."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.check_code import CheckCode
from models.people import Assignment
from services import check_codes, errors, retention
from tests.help_stage import Stage, make_stage, told


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("mit 47", "MÍT 47"),
        ("Mít 47.", "MÍT 47"),
        ("MIT47", "MÍT 47"),
        ("ma la sau rieng 20", "SẦU RIÊNG 20"),
        ("mã nhận người mít 47", "MÍT 47"),
        ("mit 4", None),
        ("mit 470", None),
        ("nhan 99", None),
        ("cho hoi mit 47 la gi", None),
        ("AL07", None),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str, code: str | None) -> None:
    assert check_codes.read(typed) == code


def test_every_code_that_is_drawn_can_be_read() -> None:
    for _time in range(200):
        code = check_codes.drawn()
        assert check_codes.read(code) == code


async def test_a_code_is_right_once(session, stage, now):
    made = await check_codes.make(session, await stage.actor(session, "Bình"), now=now)
    holder = await check_codes.check(session, made.code, now=now)
    assert holder is not None
    assert (holder.who, holder.role, holder.place) == ("anh Bình", "member", "thôn Hòa Sơn")
    assert len(await told(session, stage.people["Bình"], "CodeChecked")) == 1
    assert await check_codes.check(session, made.code, now=now) is None


async def test_two_who_send_it_at_once_are_not_both_right(database, now):
    async with database.writing() as session:
        stage = await make_stage(session)
        made = await check_codes.make(session, await stage.actor(session, "Bình"), now=now)

    async def run() -> bool:
        async with database.writing() as session:
            return await check_codes.check(session, made.code, now=now) is not None

    assert sorted(await asyncio.gather(run(), run())) == [False, True]


async def test_a_code_is_over_after_ten_minutes_or_with_the_next(session, stage, now):
    actor = await stage.actor(session, "Bình")
    first = await check_codes.make(session, actor, now=now)
    second = await check_codes.make(session, actor, now=now)
    assert await check_codes.check(session, first.code, now=now) is None or first.code == second.code
    late = now + check_codes.VALID_FOR
    assert await check_codes.check(session, second.code, now=late) is None
    kept = (await session.exec(select(CheckCode))).all()
    assert all(second.code not in row.code_hash for row in kept)


async def test_citizens_and_supervisors_have_no_code(session, stage, now):
    for who in ("Hạnh", "Minh"):
        with pytest.raises(errors.VolunteersOnly):
            await check_codes.make(session, await stage.actor(session, who), now=now)


async def test_whoever_left_the_team_is_nobody(session, stage, now):
    made = await check_codes.make(session, await stage.actor(session, "Bình"), now=now)
    held = await session.exec(select(Assignment).where(col(Assignment.person_id) == stage.id("Bình")))
    held.one().until = now
    await session.flush()
    assert await check_codes.check(session, made.code, now=now) is None


async def test_codes_are_purged_a_day_after_they_are_over(session, stage, now):
    await check_codes.make(session, await stage.actor(session, "Bình"), now=now)
    assert await retention.purge_check_codes(session, now=now + timedelta(hours=24), limit=10) == 0
    assert await retention.purge_check_codes(session, now=now + timedelta(hours=25), limit=10) == 1
