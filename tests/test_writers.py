"""Sixteen who write at once, from three processes: no deadlock, and every sum is the sum of its rows."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.conversation import Conversation
from models.people import Account, FormOfAddress, Role
from models.units import Level
from services import counts
from tests import factories
from tests.writing import write

ROOT = Path(__file__).parent.parent
ROUNDS = 12
EACH = range(4), range(4, 8), range(8, 16)

account: Any = sa.inspect(Account).local_table
conversation: Any = sa.inspect(Conversation).local_table


async def settle(database) -> None:
    """Make five villages with a leader, two members and two citizens each, all of whom can be written to."""
    async with database.writing() as session:
        province = await factories.make_unit(session, "Gia Lai", level=Level.PROVINCE)
        commune = await factories.make_unit(session, "An Lạc", level=Level.COMMUNE, parent=province)
        for name in ("Hòa Sơn", "Trà Lam", "Gò Dài", "Bến Đò", "Tân An"):
            unit = await factories.make_unit(session, name, parent=commune)
            team = [("Sự", Role.LEADER), ("Bình", Role.MEMBER), ("Lan", Role.MEMBER), ("Hạnh", None)]
            for who, role in [*team, ("Hạnh", None)]:
                await factories.make_person(session, who, form=FormOfAddress.ANH, unit=unit, role=role)
    async with database.transaction() as connection:
        chats = sa.select(
            account.c.channel_account,
            account.c.external_id,
            account.c.id,
            *map(sa.literal, ("{}", "[]", "[]")),
        ).add_columns(sa.literal(0))
        columns = ["channel_account", "chat", "account_id", "states", "choices", "offers", "counter"]
        await connection.execute(sa.insert(conversation).from_select(columns, _as_json(chats)))


def _as_json(chats):
    columns = list(chats.selected_columns)
    return sa.select(*columns[:3], *(sa.cast(column, sa.JSON) for column in columns[3:6]), columns[6])


async def another_process(url: str, seeds: range) -> Counter[str]:
    arguments = [sys.executable, "-m", "tests.writing", url, str(seeds.start), str(seeds.stop), str(ROUNDS)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, stdout=pipe, stderr=pipe)
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()[-2000:]
    return Counter(json.loads(said))


async def side_by_side(*work: Any) -> Counter[str]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in work]
    return sum((task.result() for task in tasks), Counter())


@pytest.mark.databases("postgresql")
async def test_sixteen_writers_in_three_processes_end_with_exact_sums(database, database_url):
    await settle(database)
    first, second, ours = EACH
    did = await side_by_side(
        another_process(database_url, first),
        another_process(database_url, second),
        write(database_url, ours, ROUNDS),
    )
    assert did["record"] > 30
    assert did["correct"] + did["claim"] + did["ask"] > 10
    assert sum(did.values()) == 16 * ROUNDS
    async with database.reading() as session:
        assert await counts.prove(session) == []


@pytest.mark.databases("sqlite")
async def test_on_sqlite_two_processes_wait_for_each_other(database, database_url):
    await settle(database)
    did = await side_by_side(another_process(database_url, range(2)), write(database_url, range(2, 6), 6))
    assert sum(did.values()) == 2 * ROUNDS + 4 * 6
    async with database.reading() as session:
        assert await counts.prove(session) == []
