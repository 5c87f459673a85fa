"""When jobs run: APScheduler ticks, and `job_run` rows say what is due, who has it and what it did."""

from __future__ import annotations

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
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.database import Database
from models.jobs import JobRun
from services.rules import Rules

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
MOST_ATTEMPTS = 3
MOST_CAUGHT_UP = 60

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

    async def start(self) -> None:
        """Catch up on what was missed, then tick."""
        for job in self.jobs:
            trigger = job.schedule(self.rules)
            self._ticker.add_job(self.run_due, trigger, args=[job], misfire_grace_time=None, coalesce=True)
        self._ticker.start()
        for job in self.jobs:
            await self.run_due(job)

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
            except Exception:
                log.exception("job failed", extra={"job": job.name, "due_at": due_at.isoformat()})
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
        times = list(fire_times(job.schedule(self.rules), last.astimezone(now.tzinfo), now))
        if job.catch_up == "latest":
            times = times[-1:]
        if job.catch_up == "skip":
            times = [at for at in times[-1:] if now - at < timedelta(minutes=2)]
        return [*(at.astimezone(now.tzinfo) for at in unfinished), *times[-MOST_CAUGHT_UP:]]

    async def _mark(self, job: Job, now: datetime) -> None:
        row = {"job": job.name, "due_at": now, "attempts": 0, "finished_at": now, "counts": {}}
        async with self.database.transaction() as connection:
            await connection.execute(self._insert().values(**row).on_conflict_do_nothing())

    def _insert(self) -> Any:
        return (sqlite_insert if self.database.is_sqlite else pg_insert)(job_run)

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
