"""Goals and counts that wait in the supervisor's week: when they matter, and how they are said."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from handlers.reply import LABEL_LENGTH
from handlers.summary import say_summary
from models.activity import Activity
from models.help import HelpRequest
from models.people import Role
from models.review import CountReview, ReviewReason, ReviewState
from models.target import Target
from models.training import TaskAssignment, TaskState, TrainingTask
from services import (
    activity,
    counts,
    summary_goals,
    summary_lines,
    summary_text,
    targets,
    units,
    weekly_workbook,
)
from services.notices import WeeklySummary
from services.reports import weekly
from services.rules import Rules
from services.targets import Progress, Span
from services.titles import Titles
from tests.conftest import ZONE
from tests.factories import make_person, make_unit, make_village_with_team

KINDS = Rules().activity.kinds
WEEK = counts.week_of(date(2026, 11, 16))
MONDAY_MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)
NOVEMBER = targets.month_of(WEEK.monday)


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def write(session, unit, count, *, kind="vneid", day=WEEK.monday):
    return await activity.record(
        session,
        unit_id=units.unit_id(unit),
        person_id=None,
        kind=kind,
        count=count,
        happened_on=day,
        now=datetime.combine(day, datetime.min.time(), ZONE),
    )


async def aim(session, unit, goal, *, kind="vneid", span=NOVEMBER):
    session.add(
        Target(
            unit_id=units.unit_id(unit),
            kind=kind,
            first_on=span.first,
            last_on=span.last,
            goal=goal,
            set_at=MONDAY_MORNING,
        )
    )
    await session.flush()


async def let_wait(session, unit, made_at, state=ReviewState.WAITING):
    entry = await write(session, unit, 1, kind="home_visit")
    session.add(
        CountReview(
            activity_id=entry,
            unit_id=units.unit_id(unit),
            reason=ReviewReason.HIGH,
            state=state,
            made_at=made_at,
        )
    )
    await session.flush()
    return entry


async def ask(session, unit, *, is_urgent=False):
    person = await make_person(session, unit=unit)
    asked_at = MONDAY_MORNING - timedelta(days=3)
    request = HelpRequest(person_id=person.id or 0, unit_id=unit.id, asked_at=asked_at, is_urgent=is_urgent)
    session.add(request)
    await session.flush()


async def miss_a_lesson(session, village):
    task = TrainingTask(
        lesson="nhan_ra_lua_dao",
        unit_id=village.unit.id,
        roles=[Role.MEMBER, Role.LEADER],
        opens_at=MONDAY_MORNING - timedelta(days=14),
        due_on=WEEK.sunday,
        assigned_at=MONDAY_MORNING - timedelta(days=14),
    )
    session.add(task)
    await session.flush()
    for person in village.members.values():
        missed = TaskAssignment(
            task_id=task.id or 0,
            person_id=person.id or 0,
            state=TaskState.MISSED,
            assigned_at=task.assigned_at,
        )
        session.add(missed)
    await session.flush()


async def read(session, unit, *, week=WEEK, now=MONDAY_MORNING):
    return await weekly.make(session, unit, week, kinds=KINDS, now=now)


def brief(figures):
    return summary_lines.brief(figures, title=lambda slug: slug)


def said(made):
    return say_summary(WeeklySummary(brief=made.plain(), picture=None, at=MONDAY_MORNING.isoformat()))


class TestTheOrder:
    @pytest.fixture
    async def everything(self, session, village):
        """A week with one of every worry there is."""
        silent = await make_unit(session, "Gò Dài", parent=village.commune)
        await make_person(session, "Lê Dài", unit=silent, role=Role.LEADER)
        await ask(session, village.unit, is_urgent=True)
        await aim(session, village.commune, 400)
        await miss_a_lesson(session, village)
        await let_wait(session, village.unit, MONDAY_MORNING - timedelta(days=4))
        await write(session, village.unit, 40, day=WEEK.monday - timedelta(weeks=1))
        await write(session, village.unit, 12)
        return await read(session, village.commune)

    def test_of_all_worries_is_the_script_s(self, everything, monkeypatch):
        monkeypatch.setattr(summary_lines, "WORRIES", 9)
        kinds = [worry.kind for worry in brief(everything).worries]
        assert kinds == ["scam", "waiting", "silent", "target", "lesson", "looks", "fall"]

    def test_each_has_its_line_its_rule_and_its_button(self, everything, monkeypatch):
        monkeypatch.setattr(summary_lines, "WORRIES", 9)
        made = brief(everything)
        worries = made.worries
        monkeypatch.setattr(summary_lines, "WORRIES", 2)
        for worry in worries:
            one = replace(made, worries=(worry,))
            reply = said(one)
            assert len(reply.text) < 400
            first = reply.choices[0]
            assert len(first.label) <= LABEL_LENGTH
            assert len(first.packed().encode()) <= 64
            assert summary_text.why(one).startswith("Tổ Số chọn theo luật: một là ")

    async def test_of_target_and_lesson_both_are_said_if_nothing_is_worse(self, session, village):
        await aim(session, village.commune, 400)
        await miss_a_lesson(session, village)
        await let_wait(session, village.unit, MONDAY_MORNING - timedelta(days=4))
        await write(session, village.unit, 248)
        made = brief(await read(session, village.commune))
        assert [worry.kind for worry in made.worries] == ["target", "lesson"]
        reply = said(made)
        assert "1. Cài VNeID chậm chỉ tiêu: 248/400, đúng đà là 293." in reply.text
        assert "\nCài VNeID: 248/400, còn 8 ngày, cần 19 người mỗi ngày.\n" in reply.text
        assert reply.choices[0].label == "Xem chỉ tiêu"
        assert reply.choices[0].packed() == f"summary.part:{village.commune.id}:202647:goals"

    async def test_what_waits_for_a_look_names_where_most_is(self, session, village):
        other = await make_unit(session, "Bến Đò", parent=village.commune)
        for unit, days in ((village.unit, 5), (village.unit, 4), (other, 4)):
            await let_wait(session, unit, MONDAY_MORNING - timedelta(days=days))
        figures = await read(session, village.commune)
        assert figures.looks == 3
        reply = said(brief(figures))
        assert "1. 3 số chờ xem quá 3 ngày, Hòa Sơn 2." in reply.text
        assert (reply.choices[0].label, reply.choices[0].packed()) == ("Xem 3 số", "review.list")


class TestGoals:
    async def test_nine_tenths_of_the_pace_are_no_worry(self, session, village):
        await aim(session, village.commune, 300)  # 220 by the 22nd
        await write(session, village.unit, 198)
        figures = await read(session, village.commune)
        assert [worry.kind for worry in brief(figures).worries] == []
        await aim(session, village.commune, 300, kind="health_insurance")
        await write(session, village.unit, 197, kind="health_insurance")
        assert [worry.kind for worry in brief(await read(session, village.commune)).worries] == ["target"]

    async def test_the_first_days_of_a_goal_are_not_judged(self, session, village):
        week = counts.week_of(date(2026, 11, 1))  # a Sunday
        await write(session, village.unit, 0, kind="none", day=week.monday)
        await aim(session, village.commune, 400)
        figures = await read(session, village.commune, week=week, now=MONDAY_MORNING - timedelta(weeks=3))
        assert figures.goals[0].is_behind
        assert [worry.kind for worry in brief(figures).worries] == []

    async def test_the_message_names_one_goal_the_furthest_behind(self, session, village):
        await aim(session, village.commune, 400)
        await aim(session, village.commune, 40, kind="online_filing")
        await write(session, village.unit, 248)
        await write(session, village.unit, 10, kind="online_filing")
        text = summary_text.message(brief(await read(session, village.commune)))
        assert "Nộp hồ sơ qua mạng: 10/40, còn 8 ngày, cần 4 lượt mỗi ngày." in text
        assert "Cài VNeID: 248/400" not in text

    async def test_a_goal_whose_last_day_has_passed_says_so(self, session, village):
        january = Span(date(2027, 1, 1), date(2027, 1, 31))  # ends on a Sunday
        await aim(session, village.commune, 400, span=january)
        await write(session, village.unit, 380, day=date(2027, 1, 20))
        week = counts.week_of(january.last)
        monday = datetime(2027, 2, 1, 7, 30, tzinfo=ZONE)
        figures = await read(session, village.commune, week=week, now=monday)
        assert "Cài VNeID: 380/400, đã hết hạn." in summary_text.message(brief(figures))
        assert summary_goals.goals_text(figures).endswith("Đã hết hạn.")
        sunday = monday - timedelta(days=1)
        figures = await read(session, village.commune, week=week, now=sunday)
        running = summary_lines.brief(figures, title=str, until=sunday.date())
        assert "Cài VNeID: 380/400, hôm nay hết hạn." in summary_text.message(running)

    async def test_a_running_week_reads_goals_as_of_today(self, session, village):
        await aim(session, village.commune, 400)
        wednesday = datetime(2026, 11, 18, 9, 0, tzinfo=ZONE)
        figures = await read(session, village.commune, now=wednesday)
        assert (figures.goals[0].days_left, figures.goals[0].on_pace) == (12, 240)

    async def test_who_is_early_and_who_behind(self, session, village):
        await aim(session, village.commune, 400)
        await aim(session, village.unit, 62)
        await write(session, village.unit, 61)
        for name, done in (("Trà Lam", 5), ("Kon Rơ", 15), ("Gò Dài", 3), ("An Phú", 0), ("Tân An", 1)):
            other = await make_unit(session, name, parent=village.commune)
            await aim(session, other, 22)
            await write(session, other, done)
        text = summary_goals.goals_text(await read(session, village.commune))
        assert text == (
            "Cài VNeID tháng 11: 85/400 (21%), đúng đà là 293. Đủ sớm: Hòa Sơn 61/62."
            " Chậm: An Phú 0/22, Tân An 1/22, Gò Dài 3/22 và 1 nơi khác. Mỗi ngày cần 40 người."
        )

    async def test_a_cluster_sees_its_communes(self, session, village):
        await aim(session, village.district, 400)
        await aim(session, village.commune, 100)
        await aim(session, village.unit, 50)
        await write(session, village.unit, 30)
        figures = await read(session, village.district)
        assert [(goal.place, goal.done) for goal in figures.goals] == [("cụm Sông Côn", 30)]
        assert [(goal.place, goal.goal) for goal in figures.goals_below] == [("An Lạc", 100)]

    async def test_the_list_of_a_large_area_is_cut_and_ends_with_who_has_none(self, session, village):
        await aim(session, village.commune, 400)
        for number in range(summary_goals.MOST_ROWS + 2):
            await aim(session, await make_unit(session, f"Thôn {number:02}", parent=village.commune), 10)
        await make_unit(session, "Tân Hội", parent=village.commune)
        lines = summary_goals.rows_text(await read(session, village.commune)).split("\n")
        assert lines[:2] == ["Cài VNeID tháng 11, đã làm trên chỉ tiêu:", "• thôn 00 0/10"]
        assert len(lines) == summary_goals.MOST_ROWS + 3
        assert lines[-2:] == ["và 2 nơi khác", "Còn 2 thôn chưa có chỉ tiêu."]

    async def test_a_goal_survives_the_outbox_and_an_older_brief_has_none(self, session, village):
        await aim(session, village.commune, 400)
        plain = brief(await read(session, village.commune)).plain()
        assert summary_lines.read(plain).plain() == plain
        del plain["goal"]
        assert summary_lines.read(plain).goal is None

    async def test_json_holds_the_goals(self, session, village):
        await aim(session, village.commune, 400)
        (goal,) = (await read(session, village.commune)).as_json()["goals"]
        assert (goal["goal"], goal["span"]["last"], goal["days_left"]) == (400, "2026-11-30", 8)


@pytest.mark.parametrize(
    ("done", "on_pace", "is_early", "is_behind"),
    [
        (0, 0, False, False),
        (61, 45, True, False),
        (50, 45, True, False),
        (49, 45, False, False),
        (40, 45, False, True),
        (62, 60, True, False),
    ],
)
def test_early_is_as_far_before_the_pace_as_behind_is_after_it(done, on_pace, is_early, is_behind):
    one = Progress(1, "vneid", NOVEMBER, goal=62, done=done, days_left=8, on_pace=on_pace)
    assert (one.is_early, one.is_behind) == (is_early, is_behind)


async def test_counts_that_wait_shortly_or_were_looked_at_are_no_worry(session, village):
    await let_wait(session, village.unit, MONDAY_MORNING - timedelta(days=3) + timedelta(minutes=1))
    await let_wait(session, village.unit, MONDAY_MORNING - timedelta(days=9), ReviewState.RIGHT)
    assert (await read(session, village.commune)).looks == 0
    await let_wait(session, village.unit, MONDAY_MORNING - timedelta(days=9))
    assert (await read(session, village.commune)).looks == 1
    long_after = MONDAY_MORNING + timedelta(weeks=4)
    assert (await read(session, village.commune, now=long_after)).looks == 0


async def test_the_workbook_has_the_goals_and_marks_what_to_look_at(session, village):
    await aim(session, village.commune, 400)
    await aim(session, village.unit, 62)
    await write(session, village.unit, 61)
    waits = await let_wait(session, village.unit, MONDAY_MORNING - timedelta(days=4))
    sheets = await weekly_workbook.gather(
        session, village.commune, WEEK, kinds=KINDS, titles=Titles(), now=MONDAY_MORNING
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparkline Group extension")
        book = load_workbook(io.BytesIO(weekly_workbook.write(sheets)))
    assert book.sheetnames[2:4] == ["Từng loại việc", "Chỉ tiêu"]
    assert [[cell.value for cell in row] for row in book["Chỉ tiêu"].rows] == [
        ["Thôn", "Loại việc", "Kỳ", "Chỉ tiêu", "Đã làm", "Tỷ lệ", "Còn ngày", "Cần mỗi ngày"],
        ["xã An Lạc", "Cài VNeID", "tháng 11", 400, 61, 61 / 400, 8, 43],
        ["Hòa Sơn", "Cài VNeID", "tháng 11", 62, 61, 61 / 62, 8, 1],
    ]
    entry = (await session.exec(select(Activity).where(Activity.id == waits))).one()
    rows = [[cell.value for cell in row] for row in book["Số ghi"].rows]
    assert rows[0][-2:] == ["Đã sửa", "Cần xem"]
    assert {(row[4], row[-1]) for row in rows[1:]} == {(61, "Không"), (entry.count, "Có")}
