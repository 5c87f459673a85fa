"""The sample area is a whole province: invented, always the same, and true to the product's own rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, func, select

from bot import migrations, retention
from bot.database import Database
from bot.library import load_content
from models.activity import Activity
from models.help import HelpRequest, HelpState
from models.people import Account, Assignment, Person, Role
from models.target import Target
from models.training import TaskAssignment, TaskState
from models.units import Level, Unit
from services import counts, errors, sample, targets, training, units, units_official
from services.activity import BOT_HELP
from services.reports import weekly
from services.rules import Rules
from services.sample import CAST, Size
from services.sample.rhythm import Temper

CONTENT = {key: value for key, value in load_content().items() if key in {"guides", "lessons"}}
RULES = Rules()
SMALL = Size(villages=70, members=270, weeks=3, districts=("Phù Mỹ", "Vân Canh"))
NOW = datetime(2026, 11, 17, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


async def load(database: Database, size: Size = SMALL, now: datetime = NOW) -> sample.Loaded:
    async with database.writing() as session:
        return await sample.load(session, **CONTENT, rules=RULES, size=size, now=now)


async def live_on(database: Database, now: datetime) -> int:
    async with database.writing() as session:
        return await sample.live_on(session, guides=CONTENT["guides"], rules=RULES, now=now)


async def test_what_is_asked_for_is_there(database):
    loaded = await load(database)

    assert (loaded.villages, loaded.members) == (70, 270)
    async with database.reading() as session:
        held = (await session.exec(select(Assignment.unit_id, Assignment.role))).all()
        levels = Counter(unit.level for unit in (await session.exec(select(Unit))).all())
    leaders = Counter(unit_id for unit_id, role in held if role is Role.LEADER)
    members = Counter(unit_id for unit_id, role in held if role in {Role.LEADER, Role.MEMBER})
    supervised = Counter(unit_id for unit_id, role in held if role is Role.SUPERVISOR)
    assert levels == {Level.PROVINCE: 1, Level.DISTRICT: 11, Level.COMMUNE: 155, Level.VILLAGE: 70}
    assert len(leaders) == 70
    assert set(leaders.values()) == {1}
    assert members.total() == 270
    assert min(members.values()) >= 3
    assert len(supervised) == 1 + 2 + loaded.communes
    assert set(supervised.values()) == {1}


async def test_every_daily_sum_is_the_sum_of_its_rows(database):
    await load(database)

    async with database.reading() as session:
        assert await counts.prove(session) == []
        wrote = (await session.exec(select(func.count()).select_from(Activity))).one()
        outside = select(func.count()).where(col(Activity.recorded_at) > NOW)
        assert (await session.exec(outside)).one() == 0
    assert wrote > 200


async def test_each_request_that_was_answered_counts_once(database):
    await load(database)

    async with database.reading() as session:
        closed = select(HelpRequest.id).where(HelpRequest.state == HelpState.CLOSED)
        counted = select(Activity.help_request_id).where(Activity.kind == BOT_HELP)
        asked = (await session.exec(closed)).all()
        assert asked
        assert sorted((await session.exec(counted)).all()) == sorted(asked)


async def test_somebody_in_the_shown_commune_has_waited_for_over_a_day(database):
    await load(database)

    async with database.reading() as session:
        commune = (await session.exec(select(Unit).where(Unit.name == "Mỹ Hiệp"))).one()
        week = counts.week_of(NOW.date() - timedelta(days=7))
        seen = await weekly.make(session, commune, week, kinds=RULES.activity.kinds, now=NOW)
    assert len(seen.rows) == 12
    assert len({row.name for row in seen.rows}) == 12, "two villages with one name are told apart"
    assert seen.help.waiting == 2
    assert sum(row.is_silent for row in seen.rows) >= 1


async def test_lessons_stand_where_their_answers_say(database):
    await load(database)

    lessons = CONTENT["lessons"]
    async with database.reading() as session:
        rows = (await session.exec(select(TaskAssignment))).all()
        progress = await training.progress(
            session, (await session.exec(select(Unit).where(Unit.level == Level.PROVINCE))).one(), now=NOW
        )
    states = Counter(row.state for row in rows)
    assert {TaskState.PASSED, TaskState.FAILED, TaskState.OPENED, TaskState.ASSIGNED} <= set(states)
    assert all(row.score is not None for row in rows if row.state in {TaskState.PASSED, TaskState.FAILED})
    for one in progress:
        assert one.people == 270
        assert one.lesson in lessons


async def goals_of(database: Database, level: Level, kind: str) -> dict[str, Target]:
    held = select(Unit.code, Target).join(Target, col(Target.unit_id) == col(Unit.id))
    running = held.where(
        Unit.level == level, Target.kind == kind, Target.first_on <= NOW.date(), Target.last_on >= NOW.date()
    )
    async with database.reading() as session:
        return dict((await session.exec(running)).all())


async def test_goals_fall_down_the_tree_without_a_remainder(database):
    await load(database)

    sums = []
    for level in Level:
        goals = await goals_of(database, level, "vneid")
        assert all(goal.goal > 0 and goal.set_by for goal in goals.values())
        sums.append(sum(goal.goal for goal in goals.values()))
    assert len(set(sums)) == 1, "each level adds up to the province's round number"
    assert sums[0] % 10 == 0
    assert await goals_of(database, Level.COMMUNE, "online_filing")
    assert not await goals_of(database, Level.VILLAGE, "online_filing"), "that one is shared down to communes"


async def test_some_are_ahead_of_their_goal_some_behind_and_some_have_none(database):
    await load(database)

    async with database.reading() as session:
        commune = (await session.exec(select(Unit).where(Unit.name == "Mỹ Hiệp"))).one()
        below = await targets.progress_below(session, commune, NOW.date(), limits=RULES.activity)
        villages = await units.subtree(session, commune, Level.VILLAGE)
    assert any(one.is_early for one in below)
    assert any(one.is_behind for one in below)
    assert 0 < len(below) < len(villages)


async def test_the_next_month_brings_its_own_goals_once(database):
    await load(database)
    december = datetime(2026, 12, 2, 9, 0, tzinfo=NOW.tzinfo)

    await live_on(database, december)
    await live_on(database, december + timedelta(hours=1))

    async with database.reading() as session:
        begun = select(func.count()).where(col(Target.first_on) == december.date().replace(day=1))
        of_province = begun.where(col(Target.unit_id) == (await session.exec(_province())).one())
        assert (await session.exec(of_province)).one() == 1


def _province():
    return select(Unit.id).where(Unit.level == Level.PROVINCE)


async def test_the_cast_can_be_reached_and_nobody_has_a_phone_number(database):
    await load(database)

    async with database.reading() as session:
        chats = (await session.exec(select(Account.external_id))).all()
        phones = select(func.count()).where(col(Person.phone).is_not(None))
        assert (await session.exec(phones)).one() == 0
        for figure in CAST:
            person = (
                await session.exec(select(Person).where(Person.id == await sample.person_of(session, figure)))
            ).one()
            assert person.name == figure.name
    assert {figure.chat for figure in CAST} <= set(chats)


async def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    async with database.reading() as session:
        connection = await session.connection()
        found = {}
        for table in SQLModel.metadata.sorted_tables:
            rows = (await connection.execute(sa.select(table))).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
        return found


@pytest.fixture
async def another(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path / 'another.db'}"
    migrations.upgrade(url)
    database = Database(url)
    yield database
    await database.close()


async def test_the_same_moment_gives_the_same_sample(sqlite_database, another):
    await load(sqlite_database)
    await load(another)

    one, other = await everything(sqlite_database), await everything(another)
    assert one == other
    assert len(one["activity"]) > 200


async def test_life_goes_on_from_where_it_was_written(database):
    await load(database)
    later = NOW + timedelta(days=6)

    written = await live_on(database, later)
    again = await live_on(database, later)

    assert written > 100
    assert again == 0
    async with database.reading() as session:
        assert await counts.prove(session) == []
        since = select(func.count()).where(col(Activity.recorded_at) > NOW)
        assert (await session.exec(since)).one() == written


async def test_the_week_is_the_same_whether_it_is_lived_in_one_go_or_in_two(sqlite_database, another):
    for database, stops in ((sqlite_database, (26,)), (another, (3, 26))):
        await load(database)
        for hours in stops:
            await live_on(database, NOW + timedelta(hours=hours))

    async def sums(database: Database) -> list[tuple[object, ...]]:
        async with database.reading() as session:
            rows = await (await session.connection()).execute(sa.select(counts.rollup))
            return sorted(tuple(row) for row in rows)

    assert await sums(sqlite_database) == await sums(another)


async def test_the_whole_province_has_the_villages_and_people_of_the_newspaper(sqlite_database):
    loaded = await load(sqlite_database, Size(weeks=0))

    assert (loaded.communes, loaded.villages, loaded.members) == (155, 1116, 4353)
    async with sqlite_database.reading() as session:
        villages = (await session.exec(select(Unit).where(Unit.level == Level.VILLAGE))).all()
    namesakes = Counter((unit.parent_id, unit.folded) for unit in villages)
    assert {unit.kind for unit in villages} == {"thôn", "làng", "khu phố"}
    assert sum(count > 1 for count in namesakes.values()) >= 2


async def test_nobody_in_it_is_so_old_as_to_be_forgotten(database, tmp_path):
    await load(database)

    purged = await retention.purge(database, media=tmp_path, keep_months=RULES.privacy.keep_months, now=NOW)
    assert not any(purged.values()), purged


async def test_without_the_list_of_places_it_says_what_to_do(sqlite_database, monkeypatch):
    def missing(_file: str) -> Path:
        raise errors.OfficialListMissing

    monkeypatch.setattr(units_official, "_data", missing)
    units_official._rows.cache_clear()
    with pytest.raises(errors.OfficialListMissing):
        await load(sqlite_database)
    units_official._rows.cache_clear()


def test_feasts_are_quiet_and_saturdays_are_not():
    temper = Temper(pace=1.0, market=9)
    start = datetime(2026, 8, 3, tzinfo=NOW.tzinfo).date()
    wednesday, feast, saturday = (start + timedelta(days=days) for days in (37, 30, 40))

    assert (feast.day, feast.month) == (2, 9)
    assert temper.on(feast, start) < temper.on(wednesday, start) / 3
    assert temper.on(saturday, start) > temper.on(wednesday, start)
