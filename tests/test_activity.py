"""What was done is written down once; slips are put right by new rows, and the sums always agree."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from models.activity import Activity
from models.people import Role
from models.units import Level
from services import activity, counts, errors, units
from services.rules import ActivityLimits
from tests.factories import actor_for, make_person, make_unit, make_village_with_team

LIMITS = ActivityLimits()
VNEID = LIMITS.kinds[0]
FILING = LIMITS.kinds[1]
TUESDAY = date(2026, 11, 17)


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


@pytest.fixture
async def binh(session, village):
    return await actor_for(session, village.members["Bình"])


async def log(session, actor, unit, count=5, *, now, kind=VNEID, day=None):
    return await activity.log_work(
        session, actor, unit, kind, count, happened_on=day or now.date(), limits=LIMITS, now=now
    )


async def persons(session, unit, first=TUESDAY, last=TUESDAY):
    return (await counts.totals(session, unit, first, last, kinds=LIMITS.kinds))["persons"]


async def test_an_entry_counts_in_its_village_and_in_all_above(session, village, binh, now):
    await log(session, binh, village.unit, now=now)
    for unit in (village.unit, village.commune, village.district, village.province):
        assert await persons(session, unit) == 5
    assert await counts.prove(session) == []


async def test_persons_turns_and_sessions_are_never_added_together(session, village, binh, now):
    await log(session, binh, village.unit, 5, now=now)
    await log(session, binh, village.unit, 3, now=now, kind=FILING)
    found = await counts.totals(session, village.commune, TUESDAY, TUESDAY, kinds=LIMITS.kinds)
    assert found == {"persons": 5, "turns": 3, "sessions": 0}
    assert await counts.by_kind(session, village.unit, TUESDAY, TUESDAY) == {"vneid": 5, "online_filing": 3}


async def test_a_correction_is_a_new_row_and_the_old_one_stays(session, village, binh, now):
    entry = await log(session, binh, village.unit, 45, now=now)
    old, new = await activity.correct(session, binh, entry.id or 0, 4, limits=LIMITS, now=now)
    assert (old.count, new.count, new.corrects_id) == (45, 4, old.id)
    assert old.corrected_at == now
    assert await persons(session, village.unit) == 4
    assert await counts.prove(session) == []


async def test_the_day_can_be_put_right_too(session, village, binh, now):
    entry = await log(session, binh, village.unit, now=now)
    monday = TUESDAY - timedelta(days=1)
    await activity.correct(session, binh, entry.id or 0, 5, happened_on=monday, limits=LIMITS, now=now)
    assert await persons(session, village.unit) == 0
    assert await persons(session, village.unit, monday, monday) == 5
    assert await counts.prove(session) == []


async def test_an_undone_entry_no_longer_counts_and_can_be_written_again(session, village, binh, now):
    entry = await log(session, binh, village.unit, now=now)
    await activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=now)
    assert await persons(session, village.unit) == 0
    assert await counts.entries(session, village.unit, TUESDAY, TUESDAY) == 0
    again, is_new = await activity.redo(session, binh, entry.id or 0, limits=LIMITS, now=now)
    assert is_new
    assert await activity.redo(session, binh, entry.id or 0, limits=LIMITS, now=now) == (again, False)
    assert await persons(session, village.unit) == 5
    assert await counts.prove(session) == []


async def test_an_entry_is_undone_once(session, village, binh, now):
    entry = await log(session, binh, village.unit, now=now)
    await activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=now)
    assert await activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=now) is None
    later = now + timedelta(minutes=5)
    with pytest.raises(errors.EntryUndone):
        await activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=later)
    with pytest.raises(errors.EntryUndone):
        await activity.correct(session, binh, entry.id or 0, 3, limits=LIMITS, now=later)
    assert await persons(session, village.unit) == 0


async def test_an_old_button_means_the_corrected_entry(session, village, binh, now):
    entry = await log(session, binh, village.unit, 45, now=now)
    await activity.correct(session, binh, entry.id or 0, 4, limits=LIMITS, now=now)
    gone = await activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=now)
    assert gone is not None
    assert gone.count == 4
    assert await counts.prove(session) == []


async def test_the_author_has_a_day_from_the_first_writing_and_then_the_leader_has_to(
    session, village, binh, now
):
    entry = await log(session, binh, village.unit, now=now)
    _, entry = await activity.correct(
        session, binh, entry.id or 0, 6, limits=LIMITS, now=now + timedelta(hours=23)
    )
    later = now + timedelta(hours=25)
    with pytest.raises(errors.UndoTooLate):
        await activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=later)
    leader = await actor_for(session, village.leader)
    _, new = await activity.correct(session, leader, entry.id or 0, 7, limits=LIMITS, now=later)
    assert (new.count, new.person_id) == (7, binh.person_id)
    assert await persons(session, village.unit) == 7


@pytest.mark.parametrize(
    ("role", "is_inside", "may_log", "may_correct"),
    [
        (Role.MEMBER, True, True, False),
        (Role.MEMBER, False, False, False),
        (Role.LEADER, True, True, True),
        (Role.LEADER, False, False, False),
        (Role.SUPERVISOR, True, False, True),
        (Role.SUPERVISOR, False, False, False),
        (Role.OPERATOR, True, False, False),
        (None, True, False, False),
    ],
)
async def test_who_may_write_and_who_may_correct(
    session, village, binh, now, role, is_inside, may_log, may_correct
):
    entry = await log(session, binh, village.unit, now=now)
    above = role in {Role.SUPERVISOR, Role.OPERATOR}
    unit = village.commune if above else village.unit
    if not is_inside:
        level = Level.COMMUNE if above else Level.VILLAGE
        unit = await make_unit(session, "Nơi khác", level=level, parent=village.district)
    person = await make_person(session, "Võ Hai", unit=unit, role=role)
    actor = await actor_for(session, person)
    wrote = corrected = True
    try:
        await log(session, actor, village.unit, now=now)
    except errors.OutsideArea:
        wrote = False
    try:
        await activity.correct(session, actor, entry.id or 0, 4, limits=LIMITS, now=now)
    except errors.OutsideArea:
        corrected = False
    assert (wrote, corrected) == (may_log, may_correct)
    with pytest.raises(errors.NotYours):
        await activity.entry_of(session, actor, entry.id or 0, now=now)


@pytest.mark.parametrize(
    ("count", "error"), [(0, errors.CountTooSmall), (-3, errors.CountTooSmall), (501, errors.CountTooLarge)]
)
async def test_an_entry_holds_one_to_five_hundred(session, village, binh, now, count, error):
    with pytest.raises(error):
        await log(session, binh, village.unit, count, now=now)
    for bound in (1, 500):
        await log(session, binh, village.unit, bound, now=now)
    assert await persons(session, village.unit) == 501


async def test_nothing_is_written_for_a_day_to_come(session, village, binh, now):
    with pytest.raises(errors.DayToCome):
        await log(session, binh, village.unit, now=now, day=TUESDAY + timedelta(days=3))


async def test_a_week_is_locked_a_week_after_its_sunday(session, village, binh, now):
    sunday = date(2026, 10, 25)
    open_still = now.replace(month=11, day=1, hour=23)
    entry = await log(session, binh, village.unit, now=open_still, day=sunday)
    locked = now.replace(month=11, day=2, hour=0)
    with pytest.raises(errors.WeekLocked) as refusal:
        await log(session, binh, village.unit, now=locked, day=sunday)
    assert str(refusal.value).startswith("Tuần 43 (19–25/10) đã khóa số từ 2/11.")
    for change in (
        activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=locked),
        activity.correct(session, binh, entry.id or 0, 3, limits=LIMITS, now=locked),
    ):
        with pytest.raises(errors.WeekLocked):
            await change


async def test_the_same_entry_is_noticed_until_it_is_undone(session, village, binh, now):
    entry = await log(session, binh, village.unit, now=now)
    said: dict[str, Any] = entry.model_dump(include={"unit_id", "kind", "count", "happened_on"})
    within = now - activity.TWICE
    assert await activity.same_entry(session, binh, **said, since=within) == entry
    assert await activity.same_entry(session, binh, **{**said, "count": 6}, since=within) is None
    assert await activity.same_entry(session, binh, **said, since=now + timedelta(minutes=1)) is None
    assert await activity.same_entry(session, binh, **said, since=within, after_id=entry.id or 0) is None
    await activity.undo(session, binh, entry.id or 0, limits=LIMITS, now=now)
    assert await activity.same_entry(session, binh, **said, since=within) is None


async def test_the_last_entry_is_ones_own_and_of_the_last_day(session, village, binh, now):
    entry = await log(session, binh, village.unit, now=now)
    lan = await actor_for(session, village.members["Lan"])
    await log(session, lan, village.unit, 2, now=now)
    assert await activity.last_entry(session, binh, limits=LIMITS, now=now) == entry
    later = now + timedelta(hours=24)
    assert await activity.last_entry(session, binh, limits=LIMITS, now=later) is None


async def test_help_through_the_program_is_written_without_a_button(session, village, now):
    entry_id = await activity.record(
        session,
        unit_id=units.unit_id(village.unit),
        person_id=village.members["Bình"].id,
        kind=activity.BOT_HELP,
        count=1,
        happened_on=TUESDAY,
        now=now,
        source="help",
    )
    row = (await session.exec(select(Activity).where(col(Activity.id) == entry_id))).one()
    assert (row.kind, row.count, row.source) == ("bot_help", 1, "help")
    assert await counts.prove(session) == []


async def test_two_at_once_add_up_and_one_undo_takes_effect(database, now):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        actors = [await actor_for(session, person) for person in village.members.values()]

    async def write(actor):
        async with database.writing() as session:
            return await log(session, actor, village.unit, 2, now=now)

    first, *_ = await asyncio.gather(*(write(actor) for actor in actors))

    async def undo():
        async with database.writing() as session:
            return await activity.undo(session, actors[0], first.id, limits=LIMITS, now=now) is not None

    assert sorted(await asyncio.gather(undo(), undo())) == [False, True]
    async with database.reading() as session:
        assert await persons(session, village.unit) == 2 * (len(actors) - 1)
        assert await counts.prove(session) == []
