"""What do a province's weekly summaries cost, beside a plain GROUP BY over the raw rows?"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks._province import Size, fill
from bot import migrations
from bot.database import Database
from bot.jobs import send_weekly_summary
from bot.scheduler import Work
from locales import use_locale
from services import counts, units, weekly_chart, weekly_workbook
from services.media import MediaStore
from services.reports import weekly
from services.rules import Rules
from services.titles import Titles

ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
NOW: Final = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)
WEEK: Final = counts.week_of(date(2026, 11, 16))
KINDS: Final = Rules().activity.kinds
LOOKS: Final = 40
CORES: Final = 2
GOAL_ONE_MS: Final = 50
GOAL_ALL_S: Final = 90
TICK: Final = 0.005
# A peer without daily sums: what a report would ask of the rows themselves.
PLAIN: Final = """
    SELECT a.unit_id, a.happened_on, a.kind, sum(a.count), count(*)
    FROM activity a JOIN unit u ON u.id = a.unit_id
    WHERE u.path >= ? AND u.path < ? AND a.corrected_at IS NULL AND a.happened_on BETWEEN ? AND ?
    GROUP BY 1, 2, 3
"""
PLAIN_UNINDEXED: Final = PLAIN.replace("activity a", "activity a NOT INDEXED")


def main() -> None:
    """Fill a province twice, with one year and with three, and print what its summaries cost."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--small", action="store_true", help="a tenth of the province, for a quick run")
    size = Size.small() if arguments.parse_args().small else Size()
    print(f"{size.villages} villages, {size.communes} communes, {size.people} members; load {_load()}")
    with tempfile.TemporaryDirectory() as folder:
        one = _measured(Path(folder) / "one.db", size, years=1)
        three = _measured(Path(folder) / "three.db", size, years=3)
        print(f"growth with history, 1 to 3 years: one summary x{three / one:.2f} (goal: about 1)")
        _all(Path(folder) / "three.db")
        asyncio.run(_monday(Path(folder) / "three.db"))


def _load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def _measured(path: Path, size: Size, *, years: int) -> float:
    """Fill a province and measure one commune's data; tell its median in ms."""
    start = time.perf_counter()
    migrations.upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        rows = fill(connection, size, years=years, until=WEEK.sunday)
    seconds = time.perf_counter() - start
    size_mb = path.stat().st_size >> 20
    print(f"\n{years} years: {rows:,} rows of activity, filled in {seconds:.0f} s, {size_mb} MB")
    times, busy = asyncio.run(_one(path))
    print(
        f"  data of one commune's summary  median {statistics.median(times):6.1f} ms"
        f"  worst {max(times):6.1f} ms  of it CPU {statistics.median(busy):6.1f} ms  (goal {GOAL_ONE_MS})"
    )
    for name, statement in (
        ("plain GROUP BY, by the index", PLAIN),
        ("plain GROUP BY, unindexed", PLAIN_UNINDEXED),
    ):
        plain = _plain(path, statement, looks=5 if statement == PLAIN_UNINDEXED else LOOKS)
        print(f"  {name:30} median {plain:6.1f} ms")
    return statistics.median(times)


async def _one(path: Path) -> tuple[list[float], list[float]]:
    """Read communes one after the other: how long it took, and how long a core was busy, in ms."""
    database = Database(f"sqlite:///{path}")
    times: list[float] = []
    busy: list[float] = []
    try:
        async with database.reading() as session:
            communes = await _communes(database)
            for code in [communes[0], *communes[:: max(1, len(communes) // LOOKS)]]:
                unit = await units.unit_by_code(session, code)
                assert unit is not None
                start, core = time.perf_counter(), time.process_time()
                figures = await weekly.make(session, unit, WEEK, kinds=KINDS, now=NOW)
                times.append((time.perf_counter() - start) * 1000)
                busy.append((time.process_time() - core) * 1000)
                assert figures.now["persons"] > 0
                assert len(figures.rows) > 1
    finally:
        await database.close()
    return times[1:], busy[1:]  # the first one compiles the statements


async def _communes(database: Database) -> list[str]:
    async with database.reading() as session:
        connection = await session.connection()
        found = await connection.exec_driver_sql("SELECT code FROM unit WHERE level = 'commune' ORDER BY id")
        return [code for (code,) in found]


def _plain(path: Path, statement: str, *, looks: int) -> float:
    first = (WEEK.monday - timedelta(days=49)).isoformat()
    times = []
    with closing(sqlite3.connect(path)) as connection:
        paths = [row[0] for row in connection.execute("SELECT path FROM unit WHERE level = 'commune'")]
        for of in paths[: looks + 1]:
            start = time.perf_counter()
            connection.execute(
                statement, (of, units.successor(of), first, WEEK.sunday.isoformat())
            ).fetchall()
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])


def _all(path: Path) -> None:
    """Make every summary of the province, with chart and workbook, on two cores."""
    database = Database(f"sqlite:///{path}")
    codes = asyncio.run(_all_codes(database))
    start, before = time.perf_counter(), _load()
    with ProcessPoolExecutor(CORES) as pool:
        parts = [codes[core::CORES] for core in range(CORES)]
        sizes = list(pool.map(_some, [str(path)] * CORES, parts))
    seconds = time.perf_counter() - start
    made = sum(n for n, _size, _busy in sizes)
    written = sum(size for _n, size, _busy in sizes) >> 20
    busy = max(busy for _n, _size, busy in sizes)
    print(
        f"\nall {made} summaries with charts and workbooks on {CORES} cores: {seconds:.1f} s"
        f" (a core was busy for {busy:.1f} s; goal {GOAL_ALL_S}), {written} MB; load {before} -> {_load()}"
    )


async def _monday(path: Path) -> None:
    """Run Monday's job itself: every summary made with its picture and queued, while the loop is watched."""
    database = Database(f"sqlite:///{path}")
    media = MediaStore(path.parent / "media")
    lags: list[float] = []
    watching = asyncio.create_task(_watch(lags))
    start, core = time.perf_counter(), time.process_time()
    with use_locale("vi"):
        work = Work(database, NOW, NOW, rules=Rules(), given={"media": media})
        found = await send_weekly_summary.run(work)
    seconds, busy = time.perf_counter() - start, time.process_time() - core
    watching.cancel()
    await database.close()
    print(
        f"Monday's job: {found['sent']} summaries queued with charts, {found['failed']} failed:"
        f" {seconds:.1f} s, the program itself busy for {busy:.1f} s, loop late by"
        f" {statistics.quantiles(lags, n=100)[98] * 1000:.0f} ms (p99); load {_load()}"
    )


async def _watch(lags: list[float]) -> None:
    while True:
        start = time.perf_counter()
        await asyncio.sleep(TICK)
        lags.append(time.perf_counter() - start - TICK)


async def _all_codes(database: Database) -> list[str]:
    async with database.reading() as session:
        connection = await session.connection()
        found = await connection.exec_driver_sql(
            "SELECT code FROM unit WHERE level IN ('province', 'district', 'commune') ORDER BY path"
        )
        codes = [code for (code,) in found]
    await database.close()
    return codes


def _some(path: str, codes: list[str]) -> tuple[int, int, float]:
    """Make some summaries in a process of their own; tell how many, of how many bytes, in what CPU time."""

    async def make() -> int:
        size = 0
        database = Database(f"sqlite:///{path}")
        async with database.reading() as session:
            for code in codes:
                unit = await units.unit_by_code(session, code)
                assert unit is not None
                sheets = await weekly_workbook.gather(
                    session, unit, WEEK, kinds=KINDS, titles=Titles(), now=NOW
                )
                chart = weekly_chart.draw(sheets.figures)
                size += len(chart) + len(weekly_workbook.write(sheets, chart))
        await database.close()
        return size

    with use_locale("vi"):
        return len(codes), asyncio.run(make()), time.process_time()


if __name__ == "__main__":
    main()
