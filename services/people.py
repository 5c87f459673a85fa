"""Who is remembered, with whose yes, where they live and how they are reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Account, Assignment, Consent, FormOfAddress, Person, Role
from services import access, audit
from services.access import Actor, address
from services.rules import Privacy
from services.safety import redact

UNNAMED = access.UNNAMED


@access.declares(access.Action.ASK)
async def remember(
    session: AsyncSession, actor: Actor, *, name: str, purpose: str, privacy: Privacy, now: datetime
) -> int:
    """Record somebody's yes, and remember them if they were a stranger; tell the person's id."""
    person_id = actor.person_id or await _come_back(session, actor)
    person_id = person_id or await _make_person(session, actor, name, now)
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


async def _come_back(session: AsyncSession, actor: Actor) -> int | None:
    """Find again whoever took back their yes on this account."""
    found = (
        select(Person)
        .join(Account, col(Account.person_id) == col(Person.id))
        .where(Account.id == actor.account_id, col(Person.withdrawn_at).is_not(None))
    )
    person = (await session.exec(found)).first()
    if person is None:
        return None
    person.withdrawn_at = None
    session.add(person)
    await session.flush()
    return person.id


async def _make_person(session: AsyncSession, actor: Actor, name: str, now: datetime) -> int:
    shown = UNNAMED if redact(name).kinds else name.strip()[:120] or UNNAMED
    person = Person(name=shown, locale=actor.locale, created_at=now)
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


async def set_large_text(session: AsyncSession, person_id: int, *, is_on: bool, now: datetime) -> None:
    """Remember whether somebody wants steps in large letters."""
    person = await person_of(session, person_id)
    person.has_large_text = is_on
    session.add(person)
    audit.record(session, person_id, "text_set", "person", person_id, now=now, fields="has_large_text")


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


async def operators(session: AsyncSession) -> list[Person]:
    """List who runs the machine now, each once."""
    holding = select(Assignment.person_id).where(
        Assignment.role == Role.OPERATOR, col(Assignment.until).is_(None)
    )
    return list(
        (await session.exec(select(Person).where(col(Person.id).in_(holding)).order_by(col(Person.id)))).all()
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
