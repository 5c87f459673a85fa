"""Somebody who writes down work and asks for help as fast as they can: alone, or as a process of its own."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import Database
from models.activity import Activity
from models.conversation import Conversation
from models.help import HelpRequest, HelpState
from models.people import Account, Assignment, Person, Role
from models.units import Level, Unit
from services import activity, help  # noqa: A004 - the feature's name
from services.access import Actor
from services.errors import DomainError
from services.rules import Rules
from tests.factories import actor_for

NOW = datetime(2026, 11, 17, 8, 10, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
RULES = Rules()
KINDS = [kind.name for kind in RULES.activity.kinds[:4]]


class Writer:
    """Does one random thing after the other, each in a unit of work of its own; nothing is tried twice."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.dice = random.Random(seed)
        self.did: Counter[str] = Counter()

    async def work(self, rounds: int) -> Counter[str]:
        """Do so many things; raises whatever is no refusal."""
        things = [self.record, self.record, self.correct, self.ask, self.claim]
        for number in range(rounds):
            thing = self.dice.choice(things)
            try:
                async with self.database.writing() as session:
                    await thing(session, NOW + timedelta(seconds=number))
                self.did[thing.__name__] += 1
            except DomainError as refusal:
                self.did[type(refusal).__name__] += 1
        return self.did

    async def record(self, session: AsyncSession, now: datetime) -> None:
        """Write several entries of several villages, in the order that is asked for."""
        villages = (await session.exec(select(Unit.id).where(Unit.level == Level.VILLAGE))).all()
        days = [now.date() - timedelta(days=back) for back in range(3)]
        places = {
            (unit_id or 0, self.dice.choice(days), self.dice.choice(KINDS))
            for unit_id in self.dice.sample(villages, 3)
        }
        for unit_id, day, kind in sorted(places):
            await activity.record(
                session,
                unit_id=unit_id,
                person_id=await self._somebody(session, Role.MEMBER),
                kind=kind,
                count=self.dice.randint(1, 9),
                happened_on=day,
                now=now,
            )

    async def correct(self, session: AsyncSession, now: datetime) -> None:
        """Put another count in place of any entry, as its village's leader may."""
        query = select(Activity.id, Activity.unit_id).where(col(Activity.corrected_at).is_(None))
        entries = (await session.exec(query.order_by(col(Activity.id)).limit(20))).all()
        if entries:
            entry, unit_id = self.dice.choice(entries)
            leads = select(Assignment.person_id).where(Assignment.unit_id == unit_id)
            leader = (await session.exec(leads.where(Assignment.role == Role.LEADER))).one()
            count, limits = self.dice.randint(1, 9), RULES.activity
            await activity.correct(
                session, await self._actor(session, leader), entry or 0, count, limits=limits, now=now
            )

    async def ask(self, session: AsyncSession, now: datetime) -> None:
        """Ask for a person."""
        citizens = (await session.exec(select(Person.id).where(Person.name == "Hạnh"))).all()
        actor = await self._actor(session, self.dice.choice(citizens) or 0)
        if await help.live_request(session, actor.person_id or 0) is None:
            await help.ask(
                session, actor, help.Wish(topic="mã OTP", question="mã OTP không đến"), rules=RULES, now=now
            )

    async def claim(self, session: AsyncSession, now: datetime) -> None:
        """Take a request that waits, as others do at the same moment."""
        query = select(HelpRequest.id).where(HelpRequest.state != HelpState.CLOSED)
        requests = (await session.exec(query.order_by(col(HelpRequest.id)).limit(5))).all()
        if requests:
            actor = await self._actor(session, await self._somebody(session, Role.MEMBER))
            await help.claim(session, actor, self.dice.choice(requests) or 0, rules=RULES, now=now)

    async def _somebody(self, session: AsyncSession, role: Role) -> int:
        holders = select(Assignment.person_id).where(Assignment.role == role).order_by(col(Assignment.id))
        return self.dice.choice((await session.exec(holders)).all())

    async def _actor(self, session: AsyncSession, person_id: int) -> Actor:
        """Let somebody act, who has spoken: their conversation is locked first, as for every update."""
        accounts = select(Account.id).where(Account.person_id == person_id)
        spoke = select(Conversation).where(col(Conversation.account_id).in_(accounts)).with_for_update()
        (await session.exec(spoke)).one()
        person = await session.get(Person, person_id)
        assert person is not None
        return await actor_for(session, person)


async def write(url: str, seeds: range, rounds: int) -> Counter[str]:
    """Let several write side by side over one pool."""
    database = Database(url)
    try:
        async with asyncio.TaskGroup() as group:
            writers = [group.create_task(Writer(database, seed).work(rounds)) for seed in seeds]
    finally:
        await database.close()
    return sum((writer.result() for writer in writers), Counter())


if __name__ == "__main__":
    first, last, rounds = (int(word) for word in sys.argv[2:5])
    sys.stdout.write(json.dumps(asyncio.run(write(sys.argv[1], range(first, last), rounds))))
