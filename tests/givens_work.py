"""What a script may take as given about work: what a team usually writes."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from models.people import Account
from models.units import Unit
from services import activity
from tests.givens import given
from tests.talk import Talk
from tests.world import find_unit, person_id

USUAL_DAYS = 12


@given(r"tổ (.+) mọi khi ghi (\d+) \S+ (.+) một ngày")
async def usual_days(talk: Talk, village: str, count: str, label: str) -> None:
    kind = next(kind for kind in talk.rules.activity.kinds if kind.label.lower() == label.lower())
    now = talk.clock.now()
    async with talk.database.writing() as session:
        unit: Unit = await find_unit(session, village)
        for back in range(USUAL_DAYS, 0, -1):
            await activity.record(
                session,
                unit_id=unit.id or 0,
                person_id=None,
                kind=kind.name,
                count=int(count),
                happened_on=now.date() - timedelta(days=2 * back),
                now=now - timedelta(days=2 * back),
            )


@given(r"(\S+) đã chặn Tổ Số")
async def shut_out(talk: Talk, who: str) -> None:
    async with talk.database.writing() as session:
        person = await person_id(session, talk, who)
        for account in (await session.exec(select(Account).where(Account.person_id == person))).all():
            account.is_reachable, account.unreachable_why = False, "blocked"
            session.add(account)
