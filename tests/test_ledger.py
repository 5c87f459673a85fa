"""Whose is what of a month: what is verified, what several did, solved requests once, lessons, rates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from models.activity import Activity
from models.audit import Audit
from models.help import HelpState
from models.people import Assignment, Role
from models.review import CountReview, ReviewState
from models.training import TaskState
from services import activity, counts, erasure, errors, ledger, ledger_workbook
from services.rules import Rules
from tests.conftest import ZONE
from tests.factories import actor_for, make_person, make_unit, make_village_with_team
from tests.ledger_stage import (
    LIMITS,
    MONTH,
    OVER,
    RUNNING,
    TENTH,
    TWELFTH,
    doubt,
    made,
    of,
    passed,
    share,
    solve,
    write,
)


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def test_everybody_of_the_teams_has_a_line_and_is_paid_by_the_rates(session, village):
    await write(session, village, "Bình", 7)
    await write(session, village, "Bình", 2, kind="online_filing")
    await write(session, village, "Bình", 4, kind="health_insurance")
    await solve(session, village, "Bình")
    await passed(session, village, "Bình", "nhan_ra_lua_dao", TENTH)
    found = await made(session, village.commune)
    assert [(line.name, line.role) for line in found.lines] == [
        ("Trần Văn Sự", Role.LEADER),
        ("Lê Văn Bình", Role.MEMBER),
        ("Nguyễn Thị Lan", Role.MEMBER),
        ("Phạm Nam", Role.MEMBER),
        ("Võ Thảo", Role.MEMBER),
    ]
    binh = of(found, "Bình")
    assert binh.kinds == {"vneid": 7, "online_filing": 2, "health_insurance": 4}
    assert (binh.solved, binh.lessons) == (1, 1)
    assert binh.amount == 7 * 5000 + 2 * 3000 + 10_000 + 20_000
    assert of(found, "Lan").amount == 0
    assert [kind.name for kind in found.kinds] == ["vneid", "online_filing", "health_insurance"]


async def test_a_kind_is_a_column_if_it_is_paid_or_was_used(session, village):
    await write(session, village, "Bình", 3, kind="gone_from_the_settings")
    found = await made(session, village.commune)
    assert [kind.name for kind in found.kinds] == ["vneid", "online_filing", "gone_from_the_settings"]
    assert of(found, "Bình").amount == 0


async def test_only_days_of_the_month_count_and_never_a_spoken_zero(session, village):
    await write(session, village, "Bình", 1, day=date(2026, 10, 31))
    await write(session, village, "Bình", 2, day=date(2026, 11, 1))
    await write(session, village, "Bình", 4, day=date(2026, 11, 30))
    await write(session, village, "Bình", 8, day=date(2026, 12, 1))
    await write(session, village, "Bình", 0, kind=counts.SPOKEN_ZERO)
    found = await made(session, village.commune)
    assert of(found, "Bình").kinds == {"vneid": 6}
    assert len(found.entries or ()) == 2


async def test_in_the_month_that_runs_only_locked_weeks_count(session, village):
    await write(session, village, "Bình", 5, day=date(2026, 11, 15))
    await write(session, village, "Bình", 7, day=date(2026, 11, 16))
    running = await made(session, village.commune, now=RUNNING)
    assert running.until == date(2026, 11, 15)
    assert of(running, "Bình").kinds == {"vneid": 5}
    assert (running.waiting, running.unlocked) == (0, 1)
    over = await made(session, village.commune)
    assert of(over, "Bình").kinds == {"vneid": 12}
    assert (over.until, over.changes_until) == (date(2026, 11, 30), date(2026, 12, 13))
    much_later = await made(session, village.commune, now=OVER + timedelta(days=12))
    assert much_later.changes_until is None


async def test_before_the_first_week_is_locked_nothing_counts(session, village):
    await write(session, village, "Bình", 5, day=date(2026, 11, 1))
    found = await made(session, village.commune, now=datetime(2026, 11, 8, 9, 0, tzinfo=ZONE))
    assert found.until == date(2026, 10, 31)
    assert of(found, "Bình").kinds == {}
    assert "chưa có tuần nào khóa số" in ledger_workbook.note(found)


async def test_what_waits_for_a_look_does_not_count_until_somebody_lets_it_stand(session, village):
    doubted = await write(session, village, "Bình", 90)
    await write(session, village, "Bình", 2)
    await doubt(session, village, doubted, ReviewState.WAITING)
    waiting = await made(session, village.commune)
    assert of(waiting, "Bình").kinds == {"vneid": 2}
    assert (waiting.waiting, waiting.unlocked) == (1, 0)
    assert "Chưa tính: 1 lần ghi chờ xem." in ledger_workbook.note(waiting)
    review = (await session.exec(select(CountReview))).one()
    review.state = ReviewState.RIGHT
    session.add(review)
    await session.flush()
    right = await made(session, village.commune)
    assert of(right, "Bình").kinds == {"vneid": 92}
    assert [entry.seen for entry in right.entries or ()] == ["right", "plain"]


async def test_what_was_corrected_counts_once_and_what_was_undone_not_at_all(session, village):
    first = await write(session, village, "Bình", 9)
    second = await write(session, village, "Bình", 4)
    leader = await actor_for(session, village.leader)
    await activity.correct(session, leader, first, 6, limits=LIMITS, now=TWELFTH)
    await activity.undo(session, leader, second, limits=LIMITS, now=TWELFTH)
    assert of(await made(session, village.commune), "Bình").kinds == {"vneid": 6}


@pytest.mark.parametrize(
    ("count", "mates", "own", "part"),
    [(12, ("Lan",), 6, 6), (11, ("Lan", "Nam"), 5, 3), (2, ("Lan", "Nam"), 2, 0), (1, ("Lan",), 1, 0)],
)
async def test_a_shared_entry_is_divided_and_what_is_left_over_is_the_writer_s(
    session, village, count, mates, own, part
):
    entry = await write(session, village, "Bình", count)
    await share(session, village, entry, *mates)
    found = await made(session, village.commune)
    assert of(found, "Bình").kinds == {"vneid": own}
    assert [of(found, who).kinds["vneid"] for who in mates] == [part] * len(mates)
    assert [of(found, who).together for who in ("Bình", *mates)] == [1] * (len(mates) + 1)
    assert sum(line.kinds.get("vneid", 0) for line in found.lines) == count
    assert of(found, "Lan").amount == part * 5000


async def test_who_said_that_it_was_not_them_has_no_part(session, village):
    entry = await write(session, village, "Bình", 10)
    await share(session, village, entry, "Lan")
    await share(session, village, entry, "Nam", declined=OVER)
    found = await made(session, village.commune)
    assert [of(found, who).kinds.get("vneid", 0) for who in ("Bình", "Lan", "Nam")] == [5, 5, 0]
    assert [entry.mates for entry in found.entries or ()] == [("Nguyễn Thị Lan",)]


async def test_a_solved_request_counts_once_and_in_no_other_column(session, village):
    await solve(session, village, "Bình")
    await solve(session, village, "Bình")
    found = await made(session, village.commune)
    assert (of(found, "Bình").solved, of(found, "Bình").kinds) == (2, {})
    assert of(found, "Bình").amount == 20_000
    assert "bot_help" not in [kind.name for kind in found.kinds]


async def test_a_solved_request_that_was_made_more_by_hand_is_still_one(session, village):
    await solve(session, village, "Bình")
    entry = (await session.exec(select(Activity))).one()
    leader = await actor_for(session, village.leader)
    await activity.correct(session, leader, entry.id or 0, 50, limits=LIMITS, now=TWELFTH)
    found = await made(session, village.commune)
    assert of(found, "Bình").solved == 1
    assert [one.count for one in found.entries or ()] == [1]


@pytest.mark.parametrize("state", [HelpState.OPEN, HelpState.CLAIMED, HelpState.WITHDRAWN])
async def test_a_request_that_was_opened_again_is_not_solved(session, village, state):
    await solve(session, village, "Bình", state=state)
    found = await made(session, village.commune)
    assert of(found, "Bình").solved == 0
    assert [entry.seen for entry in found.entries or ()] == ["reopened"]


async def test_a_request_is_of_whoever_closed_it_last(session, village):
    await solve(session, village, "Bình", helper="Lan")
    found = await made(session, village.commune)
    assert [of(found, who).solved for who in ("Bình", "Lan")] == [0, 1]
    assert [entry.who for entry in found.entries or ()] == ["Nguyễn Thị Lan"]


async def test_a_request_stays_solved_when_its_citizen_is_forgotten(session, village):
    citizen, _request = await solve(session, village, "Bình")
    await erasure.erase_person(session, citizen.id or 0, now=OVER)
    assert of(await made(session, village.commune), "Bình").solved == 1


async def test_a_lesson_is_paid_in_the_month_it_was_passed_first(session, village):
    await passed(session, village, "Lan", "a", date(2026, 10, 30))
    await passed(session, village, "Lan", "a", TENTH)
    await passed(session, village, "Lan", "b", TENTH, state=TaskState.LATE)
    await passed(session, village, "Lan", "c", TENTH, state=TaskState.FAILED)
    await passed(session, village, "Lan", "d", date(2026, 12, 1))
    assert of(await made(session, village.commune), "Lan").lessons == 1
    assert of(await made(session, village.commune, month=date(2026, 10, 1)), "Lan").lessons == 1


async def test_a_member_of_two_villages_has_a_line_in_each_and_lessons_in_one(session, village):
    other = await make_unit(session, "Lộc Thuận", parent=village.commune)
    lan = village.members["Lan"].id or 0
    session.add(
        Assignment(person_id=lan, unit_id=other.id or 0, role=Role.LEADER, since=OVER - timedelta(30))
    )
    await session.flush()
    await write(session, village, "Lan", 3)
    await write(session, village, "Lan", 4, unit=other)
    await passed(session, village, "Lan", "a", TENTH)
    found = await made(session, village.commune)
    lines = [
        (one.place, one.role, one.kinds["vneid"], one.lessons) for one in found.lines if one.person_id == lan
    ]
    assert lines == [("Hòa Sơn", Role.MEMBER, 3, 1), ("Lộc Thuận", Role.LEADER, 4, 0)]
    assert [line.lessons for line in (await made(session, other)).lines] == [0]


async def test_who_left_before_the_month_has_no_line_and_who_left_in_it_has(session, village):
    for who, until in (("Lan", date(2026, 10, 30)), ("Nam", TENTH)):
        held = (
            await session.exec(select(Assignment).where(Assignment.person_id == village.members[who].id))
        ).one()
        held.until = datetime.combine(until, datetime.min.time(), ZONE)
        session.add(held)
    await session.flush()
    names = [line.name for line in (await made(session, village.commune)).lines]
    assert "Phạm Nam" in names
    assert "Nguyễn Thị Lan" not in names


async def test_the_forgotten_are_one_line_without_a_name_that_nobody_is_paid_for(session, village):
    await write(session, village, "Bình", 5)
    await write(session, village, "Lan", 7)
    await write(session, village, "Nam", 1)
    for who in ("Bình", "Lan"):
        await erasure.erase_person(session, village.members[who].id or 0, now=OVER)
    found = await made(session, village.commune)
    last = found.lines[-1]
    assert (last.person_id, last.name, last.kinds, last.amount) == (None, "", {"vneid": 12}, 0)
    assert len(found.lines) == 4
    assert [entry.who for entry in found.entries or ()] == ["", "", "Phạm Nam"]


async def test_the_lines_add_up_to_what_the_village_counted(session, village):
    other = await make_unit(session, "Lộc Thuận", parent=village.commune)
    for number, who in enumerate(("Bình", "Lan", "Nam", "Bình", None), 3):
        entry = await write(
            session, village, who, number * 7, kind="vneid" if number % 2 else "online_filing"
        )
        await share(session, village, entry, "Thảo")
    await write(session, village, "Lan", 5, unit=other)
    await solve(session, village, "Nam")
    for unit in (village.unit, other, village.commune, village.province):
        found = await made(session, unit)
        kept = await counts.by_kind(session, unit, MONTH, date(2026, 11, 30))
        summed = {
            kind.name: sum(line.kinds.get(kind.name, 0) for line in found.lines) for kind in found.kinds
        }
        solved = sum(line.solved for line in found.lines)
        assert {name: n for name, n in (summed | {"bot_help": solved}).items() if n} == kept
        rows: dict[str, int] = {}
        for entry in found.entries or ():
            rows[entry.kind.name] = rows.get(entry.kind.name, 0) + entry.count
        assert rows == kept


async def test_another_commune_s_work_is_in_its_own_ledger_only(session, village):
    far = await make_unit(session, "Xa", parent=village.province)
    await write(session, village, "Lan", 5, unit=far)
    assert "vneid" not in of(await made(session, village.commune), "Lan").kinds
    assert of(await made(session, far), "Lan").kinds == {"vneid": 5}


async def test_only_who_may_export_gets_names_and_it_is_written_down(session, village):
    supervisor = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    actor = await actor_for(session, supervisor)
    rules = Rules(activity=LIMITS)

    async def take(actor, unit, month=MONTH):
        async def here(read):
            return await read(session)

        return await ledger.take(session, actor, unit.id or 0, month, apart=here, rules=rules, now=OVER)

    found = await take(actor, village.commune)
    await session.flush()
    assert len(found.lines) == 5
    (row,) = (await session.exec(select(Audit).where(Audit.action == "ledger_exported"))).all()
    assert (row.actor_id, row.subject, row.subject_id, row.fields) == (
        supervisor.id,
        "unit",
        village.commune.id,
        "2026-11",
    )
    for person in (village.leader, village.members["Lan"]):
        outsider = await actor_for(session, person)
        with pytest.raises(errors.OutsideArea):
            await take(outsider, village.unit)
    with pytest.raises(errors.OutsideArea):
        await take(actor, village.province)
    with pytest.raises(errors.NotYours):
        await take(actor, village.commune, date(2027, 1, 1))
