"""Who may write a few words to whom through the program, and back?"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Assignment, Person, Role
from models.units import Unit
from services import access, audit, errors, people, units
from services.access import Action, Actor
from services.notices import tell
from services.summary_notices import PersonWords

MOST_LETTERS: Final = 500


@access.declares(Action.SEE_TEAM, Action.LOG_ACTIVITY)
async def receiver_of(session: AsyncSession, actor: Actor, person_id: int) -> Person:
    """Load whom somebody may write to: a person of the area they look after, or who looks after theirs.

    Raises NotYours.
    """
    statement = (
        select(Person, Assignment.role, Unit)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(Person.id == person_id, col(Assignment.until).is_(None))
    )
    for person, role, unit in (await session.exec(statement)).all():
        is_below = actor.may(Action.SEE_TEAM, unit_id=units.unit_id(unit), path=unit.path)
        is_above = role in {Role.SUPERVISOR, Role.LEADER} and any(
            held.path.startswith(unit.path) for held in actor.roles
        )
        if is_below or is_above:
            return person
    raise errors.NotYours


@access.declares(Action.SEE_TEAM, Action.LOG_ACTIVITY)
async def send(
    session: AsyncSession, actor: Actor, person_id: int, words: str, *, key: str, now: datetime
) -> Person:
    """Pass words on, secrets masked before; raises NotYours, NotReached."""
    person = await receiver_of(session, actor, person_id)
    notice = PersonWords(by=actor.who, by_id=actor.person_id or 0, words=words)
    subject = f"words:{actor.person_id}:{key}"
    if not await tell(session, person_id, notice, subject=subject, now=now):
        who = people.called(person)
        raise errors.NotReached(who=who, Who=access.capitalised(who))
    audit.record(session, actor.person_id, "words_sent", "person", person_id, now=now)
    return person
