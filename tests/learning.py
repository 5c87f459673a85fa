"""How a test gives lessons, and lets people learn them and hear of them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from sqlmodel import col, select

from models.conversation import Conversation
from models.delivery import Delivery
from models.people import Account
from models.training import TaskAssignment
from services import training_assign, training_reminders, training_walk
from tests.factories import actor_for

LESSON = "nhan_ra_lua_dao"
EVENING = time(19)


async def give(session, actor, unit, now, *, lesson=LESSON, days=14, roles=training_assign.TEAM):
    due_on = now.date() + timedelta(days=days)
    return await training_assign.give(
        session, actor, unit, lesson, roles=roles, due_on=due_on, push_at=EVENING, now=now
    )


async def copy_of(session, person) -> Any:
    """Find the last copy somebody was given."""
    query = select(TaskAssignment).where(TaskAssignment.person_id == person.id)
    return (await session.exec(query.order_by(col(TaskAssignment.id).desc()))).first()


async def walk(session, person, lessons):
    row = await copy_of(session, person)
    return await training_walk.walk_of(session, await actor_for(session, person), row.id, lessons)


async def learn(session, person, lessons, *, wrong=(), now):
    """Read every page and answer every question, the ones in `wrong` wrongly."""
    one = await walk(session, person, lessons)
    training_walk.begin(session, one, now=now)
    while one.page:
        training_walk.turn(session, one, one.page, now=now)
    while number := one.question:
        right = one.lesson.questions[number - 1].right
        choice = (right + 1) % len(one.lesson.questions[number - 1].answers) if number in wrong else right
        await training_walk.answer(session, one, number, choice, now=now)
    return one


async def close(session, *, now) -> int:
    """Close what is over, and see it in this session too."""
    closed = await training_reminders.close(session, now=now)
    await session.exec(select(TaskAssignment).execution_options(populate_existing=True))
    return closed


async def reachable(session, *persons) -> None:
    """Give everybody a chat, as whoever has written once has one."""
    for person in persons:
        account = (await session.exec(select(Account).where(Account.person_id == person.id))).first()
        session.add(
            Conversation(
                channel_account=account.channel_account, chat=account.external_id, account_id=account.id
            )
        )
    await session.flush()


async def told(session, kind) -> list[Delivery]:
    return list((await session.exec(select(Delivery).where(Delivery.kind == kind))).all())
