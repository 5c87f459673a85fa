"""The supervisor's week: what is counted, and what matters."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from models.help import HelpState
from models.people import Assignment, Role
from models.units import Level
from services import (
    activity,
    counts,
    errors,
    summary,
    summary_lines,
    summary_text,
    units,
)
from tests.conftest import ZONE
from tests.factories import make_person, make_unit, make_village_with_team
from tests.summary_stage import MONDAY_MORNING, WEEK, ask, brief, read, write


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


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
