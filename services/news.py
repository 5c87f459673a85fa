"""Who wants the news of their commune? A second purpose, so a second yes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.guides import GuideVisit, VisitOutcome
from models.help import HelpRequest, HelpState, Rating
from models.people import Assignment, Consent, Person
from models.units import Level
from services import access, audit, people, units
from services.access import Action, Actor
from services.announcement_notices import NewsAsked
from services.announcements import NEWS
from services.notices import tell
from services.rules import Privacy

SOLVED_WITHIN: Final = timedelta(days=3)
AT_ONCE: Final = 100


@access.declares(Action.ASK)
async def is_wanted(session: AsyncSession, actor: Actor) -> bool:
    """Tell whether somebody said yes to news."""
    return await _yes(session, actor) is not None


async def _yes(session: AsyncSession, actor: Actor) -> Consent | None:
    statement = select(Consent).where(
        Consent.person_id == actor.person_id, Consent.purpose == NEWS, col(Consent.withdrawn_at).is_(None)
    )
    return (await session.exec(statement)).first()


@access.declares(Action.ASK)
async def want(
    session: AsyncSession, actor: Actor, *, is_wanted: bool, privacy: Privacy, now: datetime
) -> None:
    """Remember a yes with its text and time, or take it back."""
    given = await _yes(session, actor)
    if is_wanted and given is None:
        await people.remember(session, actor, name=actor.name, purpose=NEWS, privacy=privacy, now=now)
    elif not is_wanted and given is not None:
        given.withdrawn_at = now
        session.add(given)
        audit.record(
            session, actor.person_id, "consent_withdrawn", "person", actor.person_id, now=now, fields=NEWS
        )


async def ask_helped(session: AsyncSession, *, now: datetime) -> int:
    """Ask, once ever, citizens whose first question was solved lately; tell how many were asked."""
    since = now - SOLVED_WITHIN
    by_guide = sa.exists().where(
        col(GuideVisit.person_id) == col(Person.id),
        col(GuideVisit.outcome) == VisitOutcome.DONE,
        col(GuideVisit.ended_at) > since,
    )
    by_person = sa.exists().where(
        col(HelpRequest.person_id) == col(Person.id),
        col(HelpRequest.state) == HelpState.CLOSED,
        col(HelpRequest.rating) == Rating.GOOD,
        col(HelpRequest.closed_at) > since,
    )
    has_role = sa.exists().where(col(Assignment.person_id) == col(Person.id), col(Assignment.until).is_(None))
    statement = (
        select(Person)
        .where(col(Person.news_asked_at).is_(None), col(Person.unit_id).is_not(None), ~has_role)
        .where(sa.or_(by_guide, by_person))
        .order_by(col(Person.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    asked = 0
    for person in (await session.exec(statement)).all():
        person.news_asked_at = now
        session.add(person)
        place = await units.unit_of(session, person.unit_id or 0)
        commune = await units.ancestor(session, place, Level.COMMUNE) or place
        word = NewsAsked(unit=units.display_name(commune))
        asked += await tell(session, person.id or 0, word, subject=f"news:{person.id}", now=now)
    return asked
