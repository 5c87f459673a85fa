"""Facts for tests in one line each: places, people with accounts and roles, a village with its team."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Account, Assignment, Consent, FormOfAddress, Person, Role
from models.units import Level, Unit
from services import units
from services.access import Actor, Held

LONG_AGO = datetime(2025, 10, 1, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
CHANNEL = "webchat"
KINDS = {Level.PROVINCE: "tỉnh", Level.DISTRICT: "cụm", Level.COMMUNE: "xã", Level.VILLAGE: "thôn"}
_numbers = count(1)


@dataclass(slots=True)
class Village:
    """Thôn Hòa Sơn of xã An Lạc: the places around it, its leader, and its members by given name."""

    province: Unit
    district: Unit
    commune: Unit
    unit: Unit
    leader: Person
    members: dict[str, Person] = field(default_factory=dict)


async def make_unit(
    session: AsyncSession,
    name: str = "Hòa Sơn",
    *,
    level: Level = Level.VILLAGE,
    parent: Unit | None = None,
    code: str | None = None,
    households: int | None = None,
) -> Unit:
    """Store a unit; without a code it gets one of its own."""
    return await units.add_unit(
        session,
        level=level,
        kind=KINDS[level],
        name=name,
        code=code or f"U{next(_numbers)}",
        parent=parent,
        households=households,
    )


async def make_person(
    session: AsyncSession,
    name: str = "Hạnh",
    *,
    form: FormOfAddress | None = None,
    unit: Unit | None = None,
    role: Role | None = None,
    channel: str = CHANNEL,
) -> Person:
    """Store somebody who said yes, with one account and, if given, a role in the unit."""
    person = Person(name=name, form_of_address=form, unit_id=unit.id if unit else None, created_at=LONG_AGO)
    session.add(person)
    await session.flush()
    assert person.id is not None
    purpose = "team" if role else "citizen"
    session.add(
        Consent(person_id=person.id, purpose=purpose, version="2026-11", channel=channel, given_at=LONG_AGO)
    )
    await make_account(session, person, channel=channel)
    if role is not None:
        assert unit is not None, "a role is held in a unit"
        session.add(Assignment(person_id=person.id, unit_id=units.unit_id(unit), role=role, since=LONG_AGO))
        await session.flush()
    return person


async def make_account(
    session: AsyncSession, person: Person | None = None, *, channel: str = CHANNEL
) -> Account:
    """Store an account; without a person it belongs to a stranger."""
    account = Account(
        channel=channel,
        channel_account=f"{channel}:1",
        external_id=f"chat-{next(_numbers)}",
        person_id=person.id if person else None,
        created_at=LONG_AGO,
        seen_at=LONG_AGO,
    )
    session.add(account)
    await session.flush()
    return account


async def actor_for(session: AsyncSession, person: Person) -> Actor:
    """Let a person act, from the first of their accounts and with every role they hold."""
    accounts = select(Account).where(col(Account.person_id) == person.id).order_by(col(Account.id))
    account = (await session.exec(accounts)).first()
    assert account is not None
    assert account.id is not None
    held = select(Assignment, Unit).where(
        col(Assignment.person_id) == person.id,
        col(Assignment.until).is_(None),
        col(Unit.id) == col(Assignment.unit_id),
    )
    rows = (await session.exec(held)).all()
    return Actor(
        account_id=account.id,
        channel=account.channel,
        person_id=person.id,
        name=person.name,
        form_of_address=person.form_of_address,
        locale=person.locale,
        unit_id=person.unit_id,
        roles=tuple(Held(each.role, each.unit_id, unit.path) for each, unit in rows),
        has_large_text=person.has_large_text,
        paused_until=person.paused_until,
    )


async def make_village_with_team(session: AsyncSession) -> Village:
    """Store thôn Hòa Sơn with bác Sự, anh Bình, chị Lan, Thảo and anh Nam, and the places above it."""
    province = await make_unit(session, "Gia Lai", level=Level.PROVINCE)
    district = await make_unit(session, "Sông Côn", level=Level.DISTRICT, parent=province)
    commune = await make_unit(session, "An Lạc", level=Level.COMMUNE, parent=district)
    unit = await make_unit(session, "Hòa Sơn", parent=commune, households=310)
    leader = await make_person(session, "Trần Văn Sự", form=FormOfAddress.BAC, unit=unit, role=Role.LEADER)
    village = Village(province, district, commune, unit, leader)
    for name, form in (
        ("Lê Văn Bình", FormOfAddress.ANH),
        ("Nguyễn Thị Lan", FormOfAddress.CHI),
        ("Võ Thảo", FormOfAddress.NAME),
        ("Phạm Nam", FormOfAddress.ANH),
    ):
        member = await make_person(session, name, form=form, unit=unit, role=Role.MEMBER)
        village.members[name.split()[-1]] = member
    return village
