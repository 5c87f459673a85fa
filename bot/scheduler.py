"""When jobs run: APScheduler ticks, and `job_run` rows say what is due, who has it and what it did."""

from __future__ import annotations

import asyncio
import logging
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from itertools import islice
from typing import Any, Literal

import sqlalchemy as sa
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.database import Database
from bot.failures import failure_shape
from models.base import insert_into
from models.jobs import JobRun
from services.rules import Rules

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
MOST_ATTEMPTS = 3
MOST_CAUGHT_UP = 60
SKIPPED_AFTER = timedelta(minutes=2)
_SPANS = (timedelta(hours=2), timedelta(days=2), timedelta(days=60))

CatchUp = Literal["all", "latest", "skip"]
Counts = dict[str, int]
job_run: Any = sa.inspect(JobRun).local_table


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is given: when it was due, when it runs, and the doors it needs.

    `given` holds what handlers are given by name too: the guides, the lessons, the matcher.
    """

    database: Database
    due_at: datetime
    now: datetime
    rules: Rules
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A job's file: its schedule, what to do about missed runs, and the work."""

    name: str
    schedule: Callable[[Rules], BaseTrigger]
    catch_up: CatchUp
    run: Callable[[Work], Awaitable[Counts]]


def find_jobs() -> list[Job]:
    """Find every job: one file each under bot/jobs, schedule and catch-up at its top."""
    import bot.jobs  # noqa: PLC0415 - the folder is looked at when asked, so a new file needs nothing more

    modules = [import_module(f"bot.jobs.{found.name}") for found in pkgutil.iter_modules(bot.jobs.__path__)]
    return [Job(m.__name__.rsplit(".", 1)[-1], m.schedule, m.CATCH_UP, m.run) for m in modules]


class Scheduler:
    """Runs each due run once, however many processes try."""

    def __init__(
        self,
        database: Database,
        *,
        rules: Rules,
        now: Callable[[], datetime],
        given: dict[str, Any],
        woken: Callable[[], None] = lambda: None,
        jobs: list[Job] | None = None,
    ) -> None:
        """Prepare; nothing ticks before `start`."""
        self.database = database
        self.rules = rules
        self.now = now
        self.given = given
        self.woken = woken
        self.jobs = find_jobs() if jobs is None else jobs
        self._ticker = AsyncIOScheduler()

    async def run(self) -> None:
        """Keep the clock until cancelled."""
        try:
            await self.start()
            await asyncio.Event().wait()
        finally:
            self.stop()

    async def start(self) -> None:
        """Catch up on what was missed, then tick."""
        self._ticker = AsyncIOScheduler()
        for job in self.jobs:
            trigger = job.schedule(self.rules)
            self._ticker.add_job(self._tick, trigger, args=[job], misfire_grace_time=None, coalesce=True)
        self._ticker.start()
        for job in self.jobs:
            await self._tick(job)

    async def _tick(self, job: Job) -> None:
        """Run what is due; a database that is away is asked again at the next tick."""
        try:
            await self.run_due(job)
        except Exception as error:  # noqa: BLE001 - one job must not stop the clock
            log.error("tick failed", extra={"job": job.name, "failure": failure_shape(error)})  # noqa: TRY400

    def stop(self) -> None:
        """Stop ticking."""
        if self._ticker.running:
            self._ticker.shutdown(wait=False)

    async def run_all(self) -> dict[str, Counts]:
        """Run whatever is due of every job now; tell the counts by job."""
        return {job.name: counts for job in self.jobs if (counts := await self.run_due(job))}

    async def run_due(self, job: Job) -> Counts:
        """Run what is due of one job, by its own policy; tell the summed counts."""
        now = self.now()
        total: Counts = {}
        for due_at in await self._due(job, now):
            if not await self._claim(job, due_at, now):
                continue
            work = Work(self.database, due_at=due_at, now=now, rules=self.rules, given=self.given)
            try:
                counts = await job.run(work)
            except Exception as error:  # noqa: BLE001 - it is run again when its lease is over
                told = {"job": job.name, "due_at": due_at.isoformat(), "failure": failure_shape(error)}
                log.error("job failed", extra=told)  # noqa: TRY400
                continue
            await self._finish(job, due_at, counts)
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
        if any(total.values()):
            log.info("job ran", extra={"job": job.name, "counts": total})
            self.woken()
        return total

    async def _due(self, job: Job, now: datetime) -> list[datetime]:
        """List the due times since the last run; the very first look only sets the mark."""
        mine = job_run.c.job == job.name
        async with self.database.reading() as session:
            connection = await session.connection()
            last = (await connection.execute(sa.select(sa.func.max(job_run.c.due_at)).where(mine))).scalar()
            stale = mine & job_run.c.finished_at.is_(None) & (job_run.c.lease_until < now)
            again = stale & (job_run.c.attempts < MOST_ATTEMPTS)
            unfinished = (await connection.execute(sa.select(job_run.c.due_at).where(again))).scalars().all()
        if last is None:
            await self._mark(job, now)
            return []
        times = missed(job.schedule(self.rules), job.catch_up, last.astimezone(now.tzinfo), now)
        return [*(at.astimezone(now.tzinfo) for at in unfinished), *times]

    async def _mark(self, job: Job, now: datetime) -> None:
        row = {"job": job.name, "due_at": now, "attempts": 0, "finished_at": now, "counts": {}}
        async with self.database.transaction() as connection:
            await connection.execute(self._insert().values(**row).on_conflict_do_nothing())

    def _insert(self) -> Any:
        return insert_into(job_run, self.database.engine.dialect.name)

    async def _claim(self, job: Job, due_at: datetime, now: datetime) -> bool:
        """Take a due run: a new row, or one whose holder vanished."""
        row = {"job": job.name, "due_at": due_at, "attempts": 1, "lease_until": now + LEASE, "counts": {}}
        async with self.database.transaction() as connection:
            made = await connection.execute(self._insert().values(**row).on_conflict_do_nothing())
            if made.rowcount == 1:
                return True
            again = (
                sa.update(job_run)
                .where(job_run.c.job == job.name, job_run.c.due_at == due_at)
                .where(job_run.c.finished_at.is_(None), job_run.c.lease_until < now)
                .values(lease_until=now + LEASE, attempts=job_run.c.attempts + 1)
            )
            taken = await connection.execute(again)
            return bool(taken.rowcount == 1)

    async def _finish(self, job: Job, due_at: datetime, counts: Counts) -> None:
        done = sa.update(job_run).where(job_run.c.job == job.name, job_run.c.due_at == due_at)
        async with self.database.transaction() as connection:
            await connection.execute(done.values(finished_at=self.now(), lease_until=None, counts=counts))


def missed(trigger: BaseTrigger, catch_up: CatchUp, last: datetime, now: datetime) -> list[datetime]:
    """List the due times since the last run that a policy wants made up for, oldest first."""
    if catch_up == "all":
        return list(fire_times(trigger, last, now))[-MOST_CAUGHT_UP:]
    # The newest is sought in spans that grow: a job of every minute missed 43,000 runs in a month.
    for span in _SPANS:
        newest = list(fire_times(trigger, max(last, now - span), now))[-1:]
        if newest or now - span <= last:
            break
    else:
        newest = list(fire_times(trigger, last, now))[-1:]
    return [at for at in newest if catch_up == "latest" or now - at < SKIPPED_AFTER]


def fire_times(trigger: BaseTrigger, after: datetime, until: datetime) -> Iterator[datetime]:
    """List when a trigger fired after one moment up to another, at most a few thousand times."""

    def endless() -> Iterator[datetime]:
        previous = after
        while True:
            found = trigger.get_next_fire_time(previous, previous + timedelta(microseconds=1))
            if found is None or found > until:
                return
            if found > after:
                yield found
            previous = found

    return islice(endless(), 5000)
