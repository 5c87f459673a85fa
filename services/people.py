"""Who is remembered, with whose yes, where they live and how they are reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.guides import GuideVisit
from models.help import HelpRequest
from models.people import Account, Assignment, Consent, FormOfAddress, Person, Role
from services import access, audit
from services.access import Actor, address
from services.rules import Privacy

UNNAMED = access.UNNAMED


@access.declares(access.Action.ASK)
async def remember(
    session: AsyncSession, actor: Actor, *, name: str, purpose: str, privacy: Privacy, now: datetime
) -> int:
    """Record somebody's yes, and remember them if they were a stranger; tell the person's id."""
    person_id = actor.person_id or await _make_person(session, actor, name, now)
    session.add(
        Consent(
            person_id=person_id,
            purpose=purpose,
            version=privacy.consent_version,
            channel=actor.channel,
            given_at=now,
        )
    )
    audit.record(session, person_id, "consent_given", "person", person_id, now=now, fields=purpose)
    return person_id


async def _make_person(session: AsyncSession, actor: Actor, name: str, now: datetime) -> int:
    person = Person(name=name.strip()[:120] or UNNAMED, locale=actor.locale, created_at=now, seen_at=now)
    session.add(person)
    await session.flush()
    assert person.id is not None  # noqa: S101 - flushed
    account = update(Account).where(col(Account.id) == actor.account_id).values(person_id=person.id)
    await (await session.connection()).execute(account)
    return person.id


async def person_of(session: AsyncSession, person_id: int) -> Person:
    """Load a person; raises NoResultFound for an id that was erased."""
    return (await session.exec(select(Person).where(Person.id == person_id))).one()


async def set_village(session: AsyncSession, person_id: int, unit_id: int | None, *, now: datetime) -> None:
    """Remember where somebody lives."""
    person = await person_of(session, person_id)
    person.unit_id = unit_id
    session.add(person)
    audit.record(session, person_id, "village_set", "person", person_id, now=now, fields="unit_id")


async def set_form_of_address(
    session: AsyncSession, person_id: int, form: FormOfAddress, *, now: datetime
) -> None:
    """Remember how somebody wishes to be called."""
    person = await person_of(session, person_id)
    person.form_of_address = form
    session.add(person)
    audit.record(session, person_id, "address_set", "person", person_id, now=now, fields="form_of_address")


async def set_large_text(session: AsyncSession, person_id: int, *, is_on: bool) -> None:
    """Remember whether somebody wants steps in large letters."""
    person = await person_of(session, person_id)
    person.has_large_text = is_on
    session.add(person)


@access.declares(access.Action.ASK)
async def set_locale(session: AsyncSession, actor: Actor, locale: str) -> None:
    """Speak another language on this account from the next message on."""
    account = update(Account).where(col(Account.id) == actor.account_id).values(locale=locale)
    await (await session.connection()).execute(account)


@access.declares(access.Action.ASK)
async def set_reachable(session: AsyncSession, actor: Actor, *, is_reachable: bool) -> None:
    """Note that somebody blocked the program, or came back."""
    account = update(Account).where(col(Account.id) == actor.account_id)
    why = None if is_reachable else "blocked"
    changed = account.values(is_reachable=is_reachable, unreachable_why=why)
    await (await session.connection()).execute(changed)


async def holders(session: AsyncSession, unit_id: int, *roles: Role) -> list[Person]:
    """List who holds one of the roles in exactly this unit now, the longest-serving first."""
    statement = (
        select(Person)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .where(
            Assignment.unit_id == unit_id, col(Assignment.role).in_(roles), col(Assignment.until).is_(None)
        )
        .order_by(col(Assignment.since), col(Person.id))
    )
    return list((await session.exec(statement)).all())


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of somebody, as they are told."""

    name: str
    requests: int
    guides: int
    consented_at: datetime


async def kept(session: AsyncSession, person_id: int) -> Kept:
    """Count what is kept of somebody."""
    person = await person_of(session, person_id)
    requests = select(func.count()).where(HelpRequest.person_id == person_id)
    visits = select(func.count()).where(GuideVisit.person_id == person_id)
    given = select(func.max(Consent.given_at)).where(Consent.person_id == person_id)
    return Kept(
        name=person.name,
        requests=(await session.exec(requests)).one(),
        guides=(await session.exec(visits)).one(),
        consented_at=(await session.exec(given)).first() or person.created_at,
    )


async def detach_account(session: AsyncSession, account_id: int) -> None:
    """Let an account stand for nobody, so that whoever was forgotten can still be answered."""
    account = update(Account).where(col(Account.id) == account_id).values(person_id=None, locale=None)
    await (await session.connection()).execute(account)


def called(person: Person) -> str:
    """Say somebody as others are told of them: "anh Bình", or the given name alone."""
    return address(person.name, person.form_of_address)


async def set_name(session: AsyncSession, person_id: int, name: str, *, now: datetime) -> None:
    """Remember somebody's full name, as certificates and others will say it."""
    person = await person_of(session, person_id)
    person.name = name
    session.add(person)
    audit.record(session, person_id, "name_set", "person", person_id, now=now, fields="name")
