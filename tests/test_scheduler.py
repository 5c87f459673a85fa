"""When jobs run: each due run once, however many try, and what was missed is made up for as the job says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.database import Database
from bot.scheduler import MOST_ATTEMPTS, CatchUp, Counts, Job, Scheduler, Work, find_jobs, job_run
from services.rules import Rules
from tests.way import Clock, until

HOUR = timedelta(hours=1)
LEASE_OVER = timedelta(minutes=16)


def every_hour(rules: Rules) -> BaseTrigger:
    return CronTrigger(minute=0, timezone=rules.timezone)


class Ran:
    """A job that notes when it was due."""

    def __init__(
        self, catch_up: CatchUp = "all", schedule: Callable[[Rules], BaseTrigger] = every_hour
    ) -> None:
        self.due: list[datetime] = []
        self.fails = 0
        self.pause = 0.0
        self.job = Job("count_hours", schedule, catch_up, self.run)

    async def run(self, work: Work) -> Counts:
        self.due.append(work.due_at)
        await asyncio.sleep(self.pause)
        if self.fails:
            self.fails -= 1
            raise ValueError("bà Hạnh, 0905 123 456")
        return {"done": 1}

    @property
    def hours(self) -> list[int]:
        return [at.hour for at in self.due]


@pytest.fixture
def clock(now) -> Clock:
    return Clock(now)  # 8:10


@pytest.fixture
def make(database, clock) -> Callable[..., Scheduler]:
    def scheduler(ran: Ran, over: Database = database) -> Scheduler:
        return Scheduler(over, rules=Rules(), now=clock.now, given={}, jobs=[ran.job])

    return scheduler


async def rows(database: Database) -> list[Any]:
    async with database.reading() as session:
        query = sa.select(job_run).order_by(job_run.c.due_at)
        return list((await (await session.connection()).execute(query)).all())


async def test_the_first_look_only_marks_the_moment(make, clock, database):
    ran = Ran()
    assert await make(ran).run_all() == {}
    assert ran.due == []
    (mark,) = await rows(database)
    assert mark.due_at == mark.finished_at == clock.moment


@pytest.mark.parametrize(
    ("catch_up", "hours"), [("all", [9, 10, 11, 12]), ("latest", [12]), ("skip", [])], ids=str
)
async def test_after_downtime_a_job_makes_up_for_what_its_policy_says(make, clock, catch_up, hours):
    ran = Ran(catch_up)
    await make(ran).run_all()
    clock.moment += 4 * HOUR  # 12:10, and the machine was off
    await make(ran).run_all()
    assert ran.hours == hours


@pytest.mark.parametrize("catch_up", ["all", "latest", "skip"])
async def test_on_time_every_policy_runs_once(make, clock, catch_up):
    ran = Ran(catch_up)
    scheduler = make(ran)
    await scheduler.run_all()
    clock.moment = clock.moment.replace(hour=9, minute=0)
    assert await scheduler.run_all() == {"count_hours": {"done": 1}}
    assert await scheduler.run_all() == {}
    assert ran.hours == [9]


async def test_the_latest_of_a_month_of_minutes_is_the_latest(make, clock):
    ran = Ran("latest", lambda rules: CronTrigger(minute="*", timezone=rules.timezone))
    await make(ran).run_all()
    clock.moment += timedelta(days=31)
    await make(ran).run_all()
    assert ran.due == [clock.moment]


async def test_a_weekly_job_is_found_after_weeks(make, clock):
    ran = Ran("latest", lambda rules: CronTrigger(day_of_week="mon", hour=7, timezone=rules.timezone))
    await make(ran).run_all()
    clock.moment += timedelta(days=20)
    await make(ran).run_all()
    assert [at.strftime("%a %d/%m %H:%M") for at in ran.due] == ["Mon 07/12 07:00"]


async def test_a_due_time_is_kept_in_the_configured_zone(make, clock):
    ran = Ran()
    await make(ran).run_all()
    clock.moment += HOUR
    await make(ran).run_all()
    assert ran.due[0].utcoffset() == timedelta(hours=7)


async def test_two_schedulers_run_what_is_due_once(make, clock, database_url):
    ran = Ran()
    ran.pause = 0.01
    other = Database(database_url)
    both = make(ran), make(ran, other)
    await both[0].run_all()
    clock.moment += 4 * HOUR
    await asyncio.gather(*(scheduler.run_all() for scheduler in both))
    await other.close()
    assert sorted(ran.hours) == [9, 10, 11, 12]


async def test_a_run_whose_holder_vanished_is_taken_over_after_its_lease(make, clock, database):
    ran = Ran()
    await make(ran).run_all()
    clock.moment += HOUR
    at = clock.moment.replace(minute=0)
    held = {"job": "count_hours", "due_at": at, "attempts": 1, "counts": {}}
    async with database.transaction() as connection:
        lease = clock.moment + timedelta(minutes=15)
        await connection.execute(sa.insert(job_run).values(**held, lease_until=lease))
    await make(ran).run_all()
    assert ran.due == []
    clock.moment += LEASE_OVER
    await make(ran).run_all()
    assert ran.due == [at]
    assert all(row.finished_at for row in await rows(database))


async def test_a_run_that_failed_is_run_again_and_given_up_after_the_third_time(
    make, clock, database, caplog
):
    ran = Ran()
    ran.fails = 10
    await make(ran).run_all()
    clock.moment = clock.moment.replace(hour=9, minute=1)
    for _look in range(6):
        await make(ran).run_all()
        clock.moment += timedelta(minutes=8)  # before the next hour, and every second time after the lease
        clock.moment = min(clock.moment, clock.moment.replace(hour=9, minute=59))
    assert ran.hours == [9] * MOST_ATTEMPTS
    assert (await rows(database))[-1].finished_at is None
    assert "Hạnh" not in "".join(str(vars(record)) for record in caplog.records)


async def test_a_job_that_fails_stops_no_other(clock, database):
    bad, good = Ran(), Ran()
    bad.fails = 1
    jobs = [bad.job, Job("other", every_hour, "all", good.run)]
    scheduler = Scheduler(database, rules=Rules(), now=clock.now, given={}, jobs=jobs)
    await scheduler.run_all()
    clock.moment += HOUR
    assert await scheduler.run_all() == {"other": {"done": 1}}


async def test_whoever_did_something_wakes_the_senders(database, clock):
    woken: list[bool] = []
    ran = Ran()
    scheduler = Scheduler(
        database, rules=Rules(), now=clock.now, given={}, jobs=[ran.job], woken=lambda: woken.append(True)
    )
    await scheduler.run_all()
    assert woken == []
    clock.moment += HOUR
    await scheduler.run_all()
    assert woken == [True]


async def test_the_clock_ticks_catches_up_and_starts_again_after_it_stopped(database, clock):
    ran = Ran("latest", lambda rules: CronTrigger(second="*", timezone=rules.timezone))
    scheduler = Scheduler(database, rules=Rules(), now=clock.now, given={}, jobs=[ran.job])
    for times in (1, 2):
        running = asyncio.create_task(scheduler.run())
        await asyncio.sleep(0.1)
        clock.moment += timedelta(seconds=1)
        await until(partial(_ran, ran, times))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


def _ran(ran: Ran, times: int) -> bool:
    return len(ran.due) >= times


@pytest.mark.parametrize("job", find_jobs(), ids=lambda job: job.name)
def test_every_job_says_when_and_what_to_do_about_missed_runs(job, now):
    assert job.catch_up in {"all", "latest", "skip"}
    assert job.schedule(Rules()).get_next_fire_time(None, now) is not None
