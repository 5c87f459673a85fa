"""A commune's week, and what a test of its summary writes into it."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import select

from models.conversation import Conversation
from models.help import HelpRequest, HelpState
from models.people import Account, Role
from services import activity, counts, summary_lines, units
from services.reports import weekly
from services.rules import Rules
from tests.conftest import ZONE
from tests.factories import make_person

RULES = Rules()
KINDS = RULES.activity.kinds
WEEK = counts.week_of(date(2026, 11, 16))
MONDAY_MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)


async def write(session, unit, count, *, kind="vneid", day=WEEK.monday, person=None):
    return await activity.record(
        session,
        unit_id=units.unit_id(unit),
        person_id=person.id if person else None,
        kind=kind,
        count=count,
        happened_on=day,
        now=datetime.combine(day, datetime.min.time(), ZONE),
    )


async def read(session, unit, *, week=WEEK, now=MONDAY_MORNING):
    return await weekly.make(session, unit, week, kinds=KINDS, now=now)


def brief(figures):
    return summary_lines.brief(figures, title=lambda slug: slug)


async def ask(session, unit, asked_at, *, state=HelpState.OPEN, **facts):
    person = await make_person(session, unit=unit)
    request = HelpRequest(person_id=person.id or 0, unit_id=unit.id, asked_at=asked_at, state=state, **facts)
    session.add(request)
    await session.flush()
    return request


async def supervisor_of(session, unit, name="Võ Thị Minh"):
    person = await make_person(session, name, unit=unit, role=Role.SUPERVISOR)
    account = (await session.exec(select(Account).where(Account.person_id == person.id))).one()
    chat = Conversation(channel_account=account.channel_account, chat=f"c{account.id}", account_id=account.id)
    session.add(chat)
    await session.flush()
    return person
