"""Is a unit of work whole or nothing, for its own readers and for others, on both databases?"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import traceback
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlmodel import col, func, select

from bot import database as module
from bot.database import Database, NestedUnitOfWork, is_passing
from models.people import Account, Person
from models.units import Level, Unit
from tests import factories

SECRET = "Hạnh nhờ hỏi số 0912345678"


async def test_leaving_a_unit_commits_it(database, look):
    async with database.writing() as session:
        person = await factories.make_person(session)
    assert (await look.get(Person, person.id)).name == "Hạnh"


async def test_raising_in_a_unit_keeps_nothing_of_it(database, look):
    async def begin_and_fail():
        async with database.writing() as session:
            await factories.make_person(session)
            raise LookupError

    with pytest.raises(LookupError):
        await begin_and_fail()
    assert await _count(look, Person) == 0


async def test_a_cancelled_unit_keeps_nothing_and_lets_go(database, look):
    entered = asyncio.Event()

    async def stay():
        async with database.writing() as session:
            await factories.make_person(session)
            entered.set()
            await asyncio.Event().wait()

    staying = asyncio.create_task(stay())
    await entered.wait()
    staying.cancel()
    await asyncio.wait([staying])
    async with database.writing() as session:
        await factories.make_person(session, "Vy")
    assert (await look.exec(select(Person.name))).all() == ["Vy"]


async def test_unwritten_changes_of_a_session_are_committed_too(database, look):
    async with database.writing() as session:
        session.add(Person(name="Vy", created_at=factories.LONG_AGO))
    assert await _count(look, Person) == 1


async def test_a_savepoint_rolls_back_its_own_part_only(database, look):
    async with database.writing() as session:
        await factories.make_person(session, "Hạnh")
        inner = await session.begin_nested()
        await factories.make_person(session, "Vy")
        await inner.rollback()
        await factories.make_person(session, "Bình")
    assert set((await look.exec(select(Person.name))).all()) == {"Hạnh", "Bình"}


async def test_a_refused_row_inside_a_savepoint_spares_the_unit(database, look):
    async with database.writing() as session:
        await factories.make_unit(session, "Hòa Sơn", code="AL-01")
        savepoint = await session.begin_nested()
        session.add(Unit(level=Level.VILLAGE, kind="thôn", name="Trà Lam", folded="tra lam", code="AL-01"))
        with pytest.raises(exc.IntegrityError):
            await session.flush()
        await savepoint.rollback()
    assert await _count(look, Unit) == 1


async def test_a_unit_inside_a_unit_is_refused(database):
    async with database.writing():
        with pytest.raises(NestedUnitOfWork, match="pass its session on"):
            async with database.writing():
                pass


async def test_the_refusal_of_an_inner_unit_leaves_the_outer_one_whole(database, look):
    async with database.writing() as session:
        with pytest.raises(NestedUnitOfWork):
            async with database.transaction():
                pass
        await factories.make_person(session)
    assert await _count(look, Person) == 1


@pytest.mark.databases("sqlite")
async def test_a_unit_whose_task_has_gone_is_reported_instead_of_waited_for(database, session):
    # The fixture's unit was opened in a task that has ended: waiting for it would hang.
    with pytest.raises(NestedUnitOfWork):
        async with database.writing():
            pass


async def test_units_of_different_tasks_lose_nothing(database, look):
    async with database.writing() as session:
        unit = await factories.make_unit(session, households=0)

    async def add_one():
        async with database.transaction() as connection:
            before = await connection.scalar(select(Unit.households).with_for_update())
            await asyncio.sleep(0)
            await connection.execute(sa.update(Unit).values(households=before + 1))

    await asyncio.gather(*(add_one() for _ in range(20)))
    assert (await look.get(Unit, unit.id)).households == 20


async def test_a_reader_sees_one_moment(database):
    async with database.reading() as reader:
        assert await _count(reader, Person) == 0
        async with database.writing() as session:
            await factories.make_person(session)
        assert await _count(reader, Person) == 0
    async with database.reading() as reader:
        assert await _count(reader, Person) == 1


async def test_a_reader_sees_nothing_uncommitted(database):
    async with database.writing() as session:
        await factories.make_person(session)
        async with database.reading() as reader:
            assert await _count(reader, Person) == 0


async def test_a_reader_cannot_write(database, look):
    with pytest.raises(exc.DBAPIError, match=r"readonly|read-only"):
        async with database.reading() as reader:
            await factories.make_account(reader)
    assert await _count(look, Account) == 0


async def test_a_session_that_outlives_its_unit_does_nothing(database, look):
    async with database.writing() as session:
        pass
    with pytest.raises(exc.InvalidRequestError, match="closed"):
        await factories.make_person(session)
    assert await _count(look, Person) == 0


async def test_foreign_keys_hold(database):
    with pytest.raises(exc.IntegrityError):
        async with database.writing() as session:
            session.add(Person(name="Vy", unit_id=404, created_at=factories.LONG_AGO))


async def test_moments_come_back_aware_and_the_same(database, look, now):
    async with database.writing() as session:
        person = await factories.make_person(session)
        person.created_at = now
    seen = (await look.get(Person, person.id)).created_at
    assert isinstance(seen, datetime)
    assert seen == now
    assert seen.tzinfo is not None


REFUSED = {
    "a unique key": "INSERT INTO unit (level, kind, name, folded, code, path) "
    "SELECT level, kind, name, folded, :secret, path FROM unit",
    "a missing value": "INSERT INTO unit (level, name) VALUES ('village', :secret)",
    "a check": "UPDATE unit SET name = :secret, level = 'hamlet'",
    "a nonsense number": "UPDATE unit SET parent_id = CAST(:secret AS INTEGER)",
    "an unknown column": "UPDATE unit SET nickname = :secret",
}


@pytest.mark.parametrize("case", REFUSED)
async def test_no_error_says_what_people_wrote(database, case):
    async with database.writing() as session:
        await factories.make_unit(session, SECRET, code=SECRET)

    async def be_refused():
        async with database.transaction() as connection:
            await connection.execute(sa.text(REFUSED[case]), {"secret": SECRET})

    with pytest.raises(exc.DBAPIError) as caught:
        await be_refused()
    assert "0912345678" not in "".join(traceback.format_exception(caught.value))


async def test_a_wrong_kind_of_value_is_not_quoted_either(database):
    with pytest.raises(exc.StatementError) as caught:
        async with database.transaction() as connection:
            await connection.execute(sa.update(Person).values(unit_id=[SECRET]))
    assert "0912345678" not in "".join(traceback.format_exception(caught.value))


HOLD_THE_FILE = """
import select, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
select.select([sys.stdin], [], [], float(sys.argv[2]))
connection.execute("COMMIT")
"""


@pytest.fixture
def neighbour(database):
    """Start another process that holds SQLite's write lock for some seconds, or until it is spoken to."""
    started = []

    def start(seconds: float) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD_THE_FILE, str(database.url.database), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        with process:
            """Close its input, which lets it go, and wait for it."""


@pytest.mark.databases("sqlite")
async def test_a_file_held_by_another_process_does_not_stop_the_loop(database, look, neighbour):
    held_for = 1.0
    stalls = []

    async def feel_the_loop():
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            stalls.append(time.perf_counter() - before)

    neighbour(held_for)
    feeling = asyncio.create_task(feel_the_loop())
    began = time.perf_counter()
    async with database.writing() as session:
        await factories.make_person(session)
    waited = time.perf_counter() - began
    feeling.cancel()
    assert waited > held_for / 2, "the lock was not held at all"
    assert max(stalls) < held_for / 2
    assert await _count(look, Person) == 1


@pytest.mark.databases("sqlite")
async def test_a_file_held_for_too_long_is_an_error_that_passes(database, neighbour, monkeypatch):
    monkeypatch.setattr(module, "BUSY_PATIENCE", 0.1)
    other = neighbour(60.0)
    with pytest.raises(exc.OperationalError) as caught:
        async with database.writing():
            pass
    assert is_passing(caught.value)
    other.communicate("go\n")
    monkeypatch.undo()
    async with database.writing() as session:
        await factories.make_person(session)


@pytest.mark.databases("sqlite")
async def test_reading_goes_on_while_another_process_writes(database, neighbour):
    neighbour(60.0)
    async with database.reading() as reader:
        assert await _count(reader, Person) == 0


@pytest.mark.databases("sqlite")
async def test_what_sqlite_rolled_back_by_itself_fails_the_whole_unit(database, look):
    async with database.transaction() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON marker BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END"
        )

    async def go_on_after_it():
        async with database.writing() as session:
            await factories.make_person(session, "Hạnh")
            with pytest.raises(exc.IntegrityError, match="disk full"):
                await (await session.connection()).exec_driver_sql("INSERT INTO marker VALUES ('a', 'b')")
            # Outside any transaction by now: this must not be kept either.
            await factories.make_person(session, "Vy")

    with pytest.raises(exc.OperationalError, match="ended the transaction by itself") as caught:
        await go_on_after_it()
    assert is_passing(caught.value)
    assert await _count(look, Person) == 0
    async with database.writing() as session:
        await factories.make_person(session, "Bình")
    assert await _count(look, Person) == 1


@pytest.mark.databases("sqlite")
async def test_a_transaction_ended_behind_our_back_is_not_called_committed(database):
    with pytest.raises(exc.OperationalError, match="ended the transaction by itself"):
        async with database.transaction() as connection:
            await connection.exec_driver_sql("ROLLBACK")


@pytest.mark.databases("sqlite")
def test_sqlite_in_memory_is_refused():
    with pytest.raises(ValueError, match="needs a file"):
        Database("sqlite://")


@pytest.mark.databases("postgresql")
async def test_a_deadlock_passes(database):
    async with database.writing() as session:
        first = await factories.make_unit(session, "Hòa Sơn")
        second = await factories.make_unit(session, "Trà Lam")
    both_hold = asyncio.Barrier(2)

    async def lock(one, other):
        async with database.transaction() as connection:
            await connection.execute(sa.update(Unit).where(col(Unit.id) == one).values(households=1))
            await both_hold.wait()
            await connection.execute(sa.update(Unit).where(col(Unit.id) == other).values(households=1))

    outcomes = await asyncio.gather(
        lock(first.id, second.id), lock(second.id, first.id), return_exceptions=True
    )
    [error] = [outcome for outcome in outcomes if outcome is not None]
    assert is_passing(error)


@pytest.mark.databases("postgresql")
async def test_a_lost_connection_passes(database):
    with pytest.raises(exc.DBAPIError) as caught:
        async with database.transaction() as connection:
            await connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_passing(caught.value)


async def test_a_bug_does_not_pass(database):
    with pytest.raises(exc.DBAPIError) as caught:
        async with database.transaction() as connection:
            await connection.execute(sa.text("SELECT nothing FROM nowhere"))
    assert not is_passing(caught.value)
    assert not is_passing(KeyError("a bug of ours"))


async def _count(session, model):
    return (await session.exec(select(func.count()).select_from(model))).one()
