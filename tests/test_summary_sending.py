"""The supervisor's week: who gets it, once, who may look, and what they can do about it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, func, select

from bot import weeks_apart
from bot.beside import ChildFailed
from bot.jobs import revise_weekly_summary, send_weekly_summary
from bot.scheduler import Work
from models.conversation import Conversation
from models.delivery import Delivery, Media
from models.people import Account, Role
from models.summary import Summary
from models.units import Level, Unit
from services import (
    counts,
    errors,
    summary,
    summary_actions,
    summary_text,
    units,
    weekly_chart,
)
from services.media import MediaStore
from services.reports import weekly
from tests.factories import actor_for, make_person, make_unit, make_village_with_team
from tests.summary_stage import MONDAY_MORNING, RULES, WEEK, ask, read, supervisor_of, write


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def sent(session, kind="WeeklySummary"):
    return (await session.exec(select(func.count()).where(col(Delivery.kind) == kind))).one()


async def send(session, unit, person_ids, now=MONDAY_MORNING):
    figures = await read(session, unit, now=now)
    made = await summary.make_brief(session, figures, title=str)
    return await summary.send(session, figures, made, person_ids, now=now)


async def test_each_supervisor_gets_a_week_once(session, village):
    minh = await supervisor_of(session, village.commune)
    khoa = await supervisor_of(session, village.commune, "Hồ Khoa")
    readers = await summary.readers(session)
    assert readers == {village.commune.id: [minh.id, khoa.id]}
    assert await send(session, village.commune, readers[village.commune.id]) == 2
    assert await send(session, village.commune, readers[village.commune.id]) == 0
    assert await sent(session) == 2


async def test_two_processes_send_it_once(database):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        minh = await supervisor_of(session, village.commune)

    async def one_process():
        async with database.writing() as session:
            return await send(session, village.commune, [minh.id])

    assert sum(await asyncio.gather(*(one_process() for _ in range(3)))) == 1
    async with database.reading() as session:
        assert await sent(session) == 1
        assert (await session.exec(select(func.count()).select_from(Summary))).one() == 1


async def test_a_summary_nobody_opened_is_reminded_of_once(session, village):
    minh = await supervisor_of(session, village.commune)
    khoa = await supervisor_of(session, village.commune, "Hồ Khoa")
    await send(session, village.commune, [minh.id, khoa.id])
    await ask(session, village.unit, MONDAY_MORNING - timedelta(days=3))
    actor = await actor_for(session, khoa)
    await summary.see(session, actor, village.commune.id, WEEK, rules=RULES, now=MONDAY_MORNING)
    assert await summary.unopened(session, WEEK) == [(minh.id, village.commune.id, 1)]
    assert await summary.remind_unopened(session, WEEK, now=MONDAY_MORNING) == 1
    assert await summary.remind_unopened(session, WEEK, now=MONDAY_MORNING) == 0


class TestRevision:
    @pytest.fixture
    async def told(self, session, village):
        self.minh = await supervisor_of(session, village.commune)
        await write(session, village.unit, 200)
        await send(session, village.commune, [self.minh.id])
        return village

    async def revise(self, session, village, *, days):
        now = MONDAY_MORNING + timedelta(days=days)
        figures = await read(session, village.commune, now=now)
        return await summary.revise(session, figures, rules=RULES, now=now)

    async def test_below_3_percent_nothing_is_said(self, session, told):
        await write(session, told.unit, 5)
        assert await self.revise(session, told, days=1) == 0

    async def test_from_3_percent_on_it_is_and_once(self, session, told):
        await write(session, told.unit, 6)
        assert await self.revise(session, told, days=1) == 1
        assert await self.revise(session, told, days=1) == 0
        assert await self.revise(session, told, days=2) == 0

    async def test_revisions_are_numbered(self, session, told):
        for day in (1, 2):
            await write(session, told.unit, 20)
            assert await self.revise(session, told, days=day) == 1
        numbers = (await session.exec(select(Summary.revision).order_by(col(Summary.revision)))).all()
        assert numbers == [0, 1, 2]

    async def test_not_on_the_day_of_the_summary(self, session, told):
        await write(session, told.unit, 50)
        assert await self.revise(session, told, days=0) == 0

    async def test_a_silent_team_that_is_back_is_told_without_any_change(self, session, told):
        other = await make_unit(session, "Gò Dài", parent=told.commune)
        await make_person(session, "Lê Dài", unit=other, role=Role.LEADER)
        now = MONDAY_MORNING + timedelta(days=1)
        khoa = await supervisor_of(session, told.commune, "Hồ Khoa")
        await send(session, told.commune, [khoa.id], now=now)
        await write(session, other, 0, kind="none")
        assert await self.revise(session, told, days=2) == 1

    async def test_the_next_summary_says_what_the_week_before_is_now(self, session, told):
        await write(session, told.unit, 2)
        later = MONDAY_MORNING + timedelta(days=7)
        figures = await read(session, told.commune, week=counts.week_of(date(2026, 11, 23)), now=later)
        said = summary_text.message(await summary.make_brief(session, figures, title=str))
        assert "Tuần 47 nay là 202 người." in said


class TestAccess:
    @pytest.mark.parametrize(
        ("role", "where", "may"),
        [
            (Role.SUPERVISOR, "commune", True),
            (Role.SUPERVISOR, "district", True),
            (Role.SUPERVISOR, "other", False),
            (Role.OPERATOR, "province", True),
            (Role.LEADER, "unit", False),
            (Role.MEMBER, "unit", False),
        ],
    )
    async def test_who_may_look_at_a_commune(self, session, village, role, where, may):
        village_places = {
            "other": await make_unit(session, "Vân Hội", level=Level.COMMUNE, parent=village.district),
            "commune": village.commune,
            "district": village.district,
            "province": village.province,
            "unit": village.unit,
        }
        person = await make_person(session, "Võ Minh", unit=village_places[where], role=role)
        actor = await actor_for(session, person)
        look = summary.see(session, actor, village.commune.id, WEEK, rules=RULES, now=MONDAY_MORNING)
        if may:
            assert (await look).unit_id == village.commune.id
        else:
            with pytest.raises(errors.OutsideArea):
                await look

    async def test_an_area_that_does_not_exist_is_outside(self, session, village):
        actor = await actor_for(session, await supervisor_of(session, village.commune))
        with pytest.raises(errors.OutsideArea):
            await summary.see(session, actor, 9_999_999, WEEK, rules=RULES, now=MONDAY_MORNING)

    async def test_looking_marks_the_summary_as_opened(self, session, village):
        minh = await supervisor_of(session, village.commune)
        await send(session, village.commune, [minh.id])
        actor = await actor_for(session, minh)
        await summary.see(session, actor, village.commune.id, WEEK, rules=RULES, now=MONDAY_MORNING)
        assert (await session.exec(select(Summary.opened_at))).one() == MONDAY_MORNING


class TestNudging:
    @pytest.fixture
    async def actor(self, session, village):
        account = (await session.exec(select(Account).where(Account.person_id == village.leader.id))).one()
        session.add(
            Conversation(channel_account=account.channel_account, chat="leader", account_id=account.id)
        )
        return await actor_for(session, await supervisor_of(session, village.commune))

    async def test_a_leader_is_asked_once_by_whomever(self, session, village, actor):
        khoa = await actor_for(session, await supervisor_of(session, village.commune, "Hồ Khoa"))
        figures = await read(session, village.commune)
        assert await summary_actions.nudge(session, actor, figures, now=MONDAY_MORNING) == 1
        assert await summary_actions.nudge(session, actor, figures, now=MONDAY_MORNING) == 0
        assert await summary_actions.nudge(session, khoa, figures, now=MONDAY_MORNING) == 0
        plan = await summary_actions.plan_nudge(session, khoa, figures, now=MONDAY_MORNING)
        assert plan.before is not None

    async def test_a_supervisor_of_another_area_asks_nobody(self, session, village, actor):
        other = await make_unit(session, "Vân Hội", level=Level.COMMUNE, parent=village.district)
        stranger = await actor_for(session, await supervisor_of(session, other))
        with pytest.raises(errors.OutsideArea):
            await summary_actions.nudge(
                session, stranger, await read(session, village.commune), now=MONDAY_MORNING
            )

    async def test_what_is_in_the_way_goes_to_a_supervisor_of_the_team_only(self, session, village, actor):
        leader = await actor_for(session, village.leader)
        unit_id, lan = units.unit_id(village.unit), village.members["Lan"].id or 0

        async def tell(to_id):
            return await summary_actions.report_stuck(
                session, leader, unit_id, to_id, summary_actions.Why.FEW, now=MONDAY_MORNING
            )

        assert await tell(actor.person_id) == "Minh"
        with pytest.raises(errors.NotYours):
            await tell(lan)


class TestTheJob:
    """The run itself, on a database of its own: it reads in a thread and writes in short transactions."""

    @pytest.fixture
    async def work(self, database):
        async with database.writing() as session:
            village = await make_village_with_team(session)
            await supervisor_of(session, village.commune)
            await supervisor_of(session, village.district, "Hồ Khoa")
        return Work(database, due_at=MONDAY_MORNING, now=MONDAY_MORNING, rules=RULES)

    async def test_everybody_is_sent_to_once_however_often_it_runs(self, work, monkeypatch):
        monkeypatch.setattr(weekly_chart, "draw", lambda _figures: b"png")
        assert await send_weekly_summary.run(work) == {"sent": 2, "failed": 0}
        assert await send_weekly_summary.run(work) == {"sent": 0, "failed": 0}

    async def test_many_are_made_beside_the_program_with_their_pictures_and_sent_once(
        self, work, monkeypatch, tmp_path
    ):
        monkeypatch.setattr(weeks_apart, "FEW", 1)
        work = replace(work, given={"media": MediaStore(tmp_path)})
        assert await send_weekly_summary.run(work) == {"sent": 2, "failed": 0}
        assert await send_weekly_summary.run(work) == {"sent": 0, "failed": 0}
        async with work.database.reading() as session:
            briefs = (await session.exec(select(Delivery.payload))).all()
            pictures = (await session.exec(select(Media.mime))).all()
        assert {one["vars"]["brief"]["name"] for one in briefs} == {"xã An Lạc", "cụm Sông Côn"}
        assert pictures == ["image/png"] * 2

    async def test_what_cannot_be_made_beside_the_program_is_made_in_it(self, work, monkeypatch):
        async def failing(*_arguments):
            raise ChildFailed(1)

        monkeypatch.setattr(weeks_apart, "FEW", 1)
        monkeypatch.setattr("bot.weeks_apart.beside", failing)
        assert await send_weekly_summary.run(work) == {"sent": 2, "failed": 0}

    async def test_a_chart_that_fails_keeps_nobody_waiting(self, work, monkeypatch):
        def broken(_figures):
            raise OSError

        monkeypatch.setattr(weekly_chart, "draw", broken)
        assert await send_weekly_summary.run(work) == {"sent": 2, "failed": 0}

    async def test_a_unit_that_fails_is_tried_again_after_the_others(self, work, monkeypatch):
        monkeypatch.setattr(weekly_chart, "draw", lambda _figures: b"png")
        make = weekly.make
        broken: list[int | None] = []

        async def once_broken(session, unit, *rest, **options):
            if unit.level is Level.COMMUNE and not broken:
                broken.append(unit.id)
                raise OSError
            return await make(session, unit, *rest, **options)

        monkeypatch.setattr(weekly, "make", once_broken)
        assert await send_weekly_summary.run(work) == {"sent": 2, "failed": 0}
        assert broken

    async def test_a_week_nobody_waits_for_any_more_is_not_sent(self, work):
        late = replace(work, now=MONDAY_MORNING + timedelta(days=7))
        assert await send_weekly_summary.run(late) == {}

    async def test_a_revision_goes_out_until_the_week_is_locked(self, work, monkeypatch):
        monkeypatch.setattr(weekly_chart, "draw", lambda _figures: b"png")
        await send_weekly_summary.run(work)
        async with work.database.writing() as session:
            village = (await session.exec(select(Unit).where(Unit.level == Level.VILLAGE))).one()
            await write(session, village, 9)
        sunday, monday = (MONDAY_MORNING + timedelta(days=days) for days in (6, 7))
        assert await revise_weekly_summary.run(replace(work, now=monday)) == {"revised": 0}
        assert await revise_weekly_summary.run(replace(work, now=sunday)) == {"revised": 2}
