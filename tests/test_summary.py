"""The supervisor's week: what is counted, what matters, who gets it, once, and who may look."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, func, select

from bot.jobs import revise_weekly_summary, send_weekly_summary
from bot.scheduler import Work
from models.conversation import Conversation
from models.delivery import Delivery
from models.help import HelpRequest, HelpState
from models.people import Account, Assignment, Role
from models.summary import Summary
from models.units import Level, Unit
from services import (
    activity,
    counts,
    errors,
    summary,
    summary_actions,
    summary_lines,
    summary_text,
    units,
    weekly_chart,
)
from services.reports import weekly
from services.rules import Rules
from tests.conftest import ZONE
from tests.factories import actor_for, make_person, make_unit, make_village_with_team

RULES = Rules()
KINDS = RULES.activity.kinds
WEEK = counts.week_of(date(2026, 11, 16))
MONDAY_MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def write(session, unit, count, *, kind="vneid", day=WEEK.monday, person=None):
    return await activity.record(
        session,
        unit_id=units.unit_id(unit),
        person_id=person.id if person else None,
        kind=kind,
        count=count,
        happened_on=day,
        now=datetime.combine(day, datetime.min.time(), ZONE),
    )


async def read(session, unit, *, week=WEEK, now=MONDAY_MORNING):
    return await weekly.make(session, unit, week, kinds=KINDS, now=now)


def brief(figures):
    return summary_lines.brief(figures, title=lambda slug: slug)


async def ask(session, unit, asked_at, *, state=HelpState.OPEN, **facts):
    person = await make_person(session, unit=unit)
    request = HelpRequest(person_id=person.id or 0, unit_id=unit.id, asked_at=asked_at, state=state, **facts)
    session.add(request)
    await session.flush()
    return request


async def supervisor_of(session, unit, name="Võ Thị Minh"):
    person = await make_person(session, name, unit=unit, role=Role.SUPERVISOR)
    account = (await session.exec(select(Account).where(Account.person_id == person.id))).one()
    chat = Conversation(channel_account=account.channel_account, chat=f"c{account.id}", account_id=account.id)
    session.add(chat)
    await session.flush()
    return person


async def test_persons_turns_and_sessions_are_never_added_together(session, village):
    await write(session, village.unit, 5)
    await write(session, village.unit, 3, kind="online_filing")
    await write(session, village.unit, 1, kind="village_meeting")
    found = await read(session, village.commune)
    assert found.now == {"persons": 5, "turns": 3, "sessions": 1}
    assert "9" not in summary_text.message(brief(found)).split("\n", 1)[1]


async def test_without_an_earlier_week_it_says_so_instead_of_a_change(session, village):
    await write(session, village.unit, 5)
    found = await read(session, village.commune)
    said = summary_text.message(brief(found))
    assert found.before is None
    assert "5 người, 0 lượt, 0 buổi." in said
    assert "Tuần 46: chưa có." in said
    assert "+" not in said


async def test_a_spoken_zero_is_an_earlier_week(session, village):
    await write(session, village.unit, 0, kind="none", day=date(2026, 11, 10))
    await write(session, village.unit, 5)
    assert "5 người (+5)" in summary_text.message(brief(await read(session, village.commune)))


async def test_week_53_comes_before_week_1_of_the_next_year(session, village):
    await write(session, village.unit, 4, day=date(2027, 1, 3))
    await write(session, village.unit, 9, day=date(2027, 1, 4))
    last = summary.finished_week(date(2027, 1, 4))
    assert (last.iso_year, last.iso_week, last.monday) == (2026, 53, date(2026, 12, 28))
    assert summary.week_numbered(summary.number_of(last)) == last
    first = summary.finished_week(date(2027, 1, 11))
    found = await read(session, village.commune, week=first, now=datetime(2027, 1, 11, 8, tzinfo=ZONE))
    assert (found.iso_year, found.iso_week) == (2027, 1)
    assert (found.now["persons"], found.before["persons"]) == (9, 4)
    assert [point.iso_week for point in found.weeks][-2:] == [53, 1]


def test_a_week_that_does_not_exist_is_refused():
    with pytest.raises(errors.NotYours):
        summary.week_numbered(202699)


async def test_a_request_belongs_to_the_week_of_its_local_clock(session, village):
    midnight = datetime(2026, 11, 23, 0, 0, tzinfo=ZONE)  # 17h on Sunday in UTC
    await ask(session, village.unit, midnight - timedelta(seconds=1), state=HelpState.CLOSED)
    await ask(session, village.unit, midnight, state=HelpState.CLOSED)
    assert (await read(session, village.commune)).help.asked == 1


async def test_who_waits_over_a_day_is_counted_whenever_they_asked(session, village):
    await ask(session, village.unit, MONDAY_MORNING - timedelta(days=20))
    await ask(session, village.unit, MONDAY_MORNING - timedelta(hours=23))
    await ask(session, village.unit, MONDAY_MORNING - timedelta(days=2), state=HelpState.WITHDRAWN)
    found = await read(session, village.commune)
    assert found.help.waiting == 1
    assert brief(found).worries[0].kind == "waiting"


async def test_the_answer_time_is_the_median_of_the_week(session, village):
    asked = datetime(2026, 11, 17, 8, 0, tzinfo=ZONE)
    for minutes in (5, 18, 400):
        answered = asked + timedelta(minutes=minutes)
        await ask(session, village.unit, asked, state=HelpState.CLOSED, answered_at=answered)
    found = await read(session, village.commune)
    assert (found.help.asked, found.help.done, found.help.minutes) == (3, 3, 18)


class TestSilence:
    async def test_a_team_without_a_word_for_14_days_is_silent(self, session, village):
        await write(session, village.unit, 5, day=WEEK.monday - timedelta(days=8))
        found = await read(session, village.commune)
        assert [row.is_silent for row in found.rows] == [True]
        assert brief(found).worries[0].kind == "silent"

    async def test_an_entry_of_the_week_before_is_a_word(self, session, village):
        await write(session, village.unit, 5, day=WEEK.monday - timedelta(days=7))
        assert not (await read(session, village.commune)).rows[0].is_silent

    async def test_a_spoken_zero_is_a_word(self, session, village):
        await write(session, village.unit, 0, kind="none")
        assert not (await read(session, village.commune)).rows[0].is_silent

    async def test_taking_a_request_is_a_word(self, session, village):
        at = datetime(2026, 11, 18, 8, 0, tzinfo=ZONE)
        helper = village.members["Bình"].id
        await ask(session, village.unit, at, state=HelpState.CLOSED, helper_id=helper, claimed_at=at)
        assert not (await read(session, village.commune)).rows[0].is_silent

    async def test_a_team_that_is_new_is_not_silent_yet(self, session, village):
        held = (await session.exec(select(Assignment).where(Assignment.unit_id == village.unit.id))).all()
        for one in held:
            one.since = datetime(2026, 11, 12, 8, 0, tzinfo=ZONE)
            session.add(one)
        await session.flush()
        assert not (await read(session, village.commune)).rows[0].is_silent

    async def test_a_village_without_a_team_is_not_called_silent(self, session, village):
        empty = await make_unit(session, "Gò Dài", parent=village.commune)
        found = await read(session, village.commune)
        row = next(row for row in found.rows if row.unit_id == empty.id)
        assert (row.teams, row.is_silent) == (0, False)

    async def test_a_running_week_judges_nobody(self, session, village):
        wednesday = datetime(2026, 11, 18, 9, 0, tzinfo=ZONE)
        assert not (await read(session, village.commune, now=wednesday)).rows[0].is_silent


class TestWhatMatters:
    async def test_a_rise_of_10_over_the_own_mean_is_praised(self, session, village):
        for back in range(1, 5):
            await write(session, village.unit, 20, day=WEEK.monday - timedelta(weeks=back))
        await write(session, village.unit, 30)
        praised = brief(await read(session, village.commune)).praises
        assert [(place.name, place.n, place.of) for place in praised] == [("Hòa Sơn", 30, 10)]

    async def test_a_smaller_rise_is_not(self, session, village):
        await write(session, village.unit, 20, day=WEEK.monday - timedelta(weeks=1))
        await write(session, village.unit, 29)
        assert brief(await read(session, village.commune)).praises == ()

    async def test_the_largest_fall_is_named_last(self, session, village):
        await write(session, village.unit, 40, day=WEEK.monday - timedelta(weeks=1))
        await write(session, village.unit, 12)
        await ask(session, village.unit, MONDAY_MORNING - timedelta(days=3))
        kinds = [worry.kind for worry in brief(await read(session, village.commune)).worries]
        assert kinds == ["waiting", "fall"]

    async def test_only_the_two_worst_are_said(self, session, village):
        other = await make_unit(session, "Gò Dài", parent=village.commune)
        await make_person(session, "Lê Dài", unit=other, role=Role.LEADER)
        await write(session, village.unit, 40, day=WEEK.monday - timedelta(weeks=1))
        await write(session, village.unit, 12)
        await ask(session, village.unit, MONDAY_MORNING - timedelta(days=3))
        kinds = [worry.kind for worry in brief(await read(session, village.commune)).worries]
        assert kinds == ["waiting", "silent"]

    async def test_answers_twice_as_fast_as_usual_are_praised(self, session, village):
        other = await make_unit(session, "Gò Dài", parent=village.commune)
        asked = datetime(2026, 11, 17, 8, 0, tzinfo=ZONE)
        for unit, minutes in ((village.unit, 5), (other, 40)):
            for hour in range(4):
                begun = asked + timedelta(hours=hour)
                answered = begun + timedelta(minutes=minutes)
                await ask(session, unit, begun, state=HelpState.CLOSED, answered_at=answered)
        made = brief(await read(session, village.commune))
        assert [(one.kind, one.name, one.n) for one in made.praises] == [("fast", "Hòa Sơn", 5)]
        assert "Đáng khen: Hòa Sơn đáp sau 5 phút." in summary_text.message(made)

    async def test_a_team_back_from_silence_is_praised(self, session, village):
        other = await make_unit(session, "Gò Dài", parent=village.commune)
        for back in range(1, 5):
            await write(session, other, 10, day=WEEK.monday - timedelta(weeks=back))
        await write(session, village.unit, 4)
        made = brief(await read(session, village.commune))
        assert [(one.kind, one.name) for one in made.praises] == [("back", "Hòa Sơn")]

    async def test_each_line_has_a_number_and_each_number_its_rule(self, session, village):
        await ask(session, village.unit, MONDAY_MORNING - timedelta(days=3))
        made = brief(await read(session, village.commune))
        assert summary_text.message(made).split("\n")[1].startswith("1. ")
        assert summary_text.why(made).startswith("Tổ Số chọn theo luật: một là bà con chờ quá 24 giờ")

    async def test_a_calm_week_says_so(self, session, village):
        await write(session, village.unit, 12)
        assert "Tuần này không có việc đáng lo." in summary_text.message(
            brief(await read(session, village.commune))
        )

    async def test_a_brief_survives_the_outbox(self, session, village):
        await write(session, village.unit, 40, day=WEEK.monday - timedelta(weeks=1))
        await ask(session, village.unit, MONDAY_MORNING - timedelta(days=3))
        made = brief(await read(session, village.commune))
        assert summary_text.message(summary_lines.read(made.plain())) == summary_text.message(made)


async def test_a_village_merged_lately_says_of_what(session, village):
    await units.add_aliases(
        session,
        village.unit,
        [("Hòa Đông", WEEK.monday), ("Sơn Tây", WEEK.monday), ("Cũ Xưa", date(2020, 1, 1))],
    )
    await write(session, village.unit, 5)
    found = await read(session, village.commune)
    assert [row.note for row in found.rows] == ["gồm Hòa Đông, Sơn Tây cũ"]
    later = counts.week_of(WEEK.monday + timedelta(weeks=12))
    found = await read(session, village.commune, week=later, now=MONDAY_MORNING + timedelta(weeks=12))
    assert [row.note for row in found.rows] == [""]


async def test_on_time_is_before_the_week_is_over(session, village):
    await write(session, village.unit, 5)
    assert (await read(session, village.commune)).rows[0].on_time == 1
    other = await make_unit(session, "Gò Dài", parent=village.commune)
    await activity.record(
        session,
        unit_id=units.unit_id(other),
        person_id=None,
        kind="vneid",
        count=3,
        happened_on=WEEK.monday,
        now=MONDAY_MORNING,
    )
    rows = {row.name: row.on_time for row in (await read(session, village.commune)).rows}
    assert rows == {"Hòa Sơn": 1, "Gò Dài": 0}


async def test_every_row_has_its_eight_weeks(session, village):
    await write(session, village.unit, 4, day=WEEK.monday - timedelta(weeks=7))
    await write(session, village.unit, 0, kind="none", day=WEEK.monday - timedelta(weeks=1))
    await write(session, village.unit, 9)
    row = (await read(session, village.commune)).rows[0]
    assert row.weeks == (4, None, None, None, None, None, 0, 9)


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


async def test_a_cluster_has_its_communes_as_rows(session, village):
    await write(session, village.unit, 7)
    found = await read(session, village.district)
    assert [(row.name, row.level, row.now["persons"]) for row in found.rows] == [("An Lạc", "commune", 7)]
    assert found.rows[0].teams == 1


async def test_a_neighbouring_area_adds_nothing(session, village):
    other = await make_unit(session, "Vân Hội", level=Level.COMMUNE, parent=village.district)
    await write(session, await make_unit(session, "Đồng Dài", parent=other), 50)
    await write(session, village.unit, 7)
    assert (await read(session, village.commune)).now["persons"] == 7


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
