"""Who is in which team of the sample, who looks after which area, and who lives there?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Conversation
from models.people import Account, Assignment, Consent, FormOfAddress, Person, Role
from models.units import Level, Unit
from services import units
from services.rules import Privacy
from services.sample import names
from services.sample.cast import CAST, CHANNEL, Figure
from services.sample.shape import SEED, Shape, Size, shares

LEAST: Final = 3
CITIZENS: Final = 3
FOUNDED: Final = timedelta(days=400)
NEW_AFTER: Final = 0.9
YES_SAID: Final = timedelta(days=100)
BATCH: Final = 4000

Row = dict[str, Any]
_TABLES: Final[dict[type, Any]] = {
    kind: sa.inspect(kind).local_table for kind in (Account, Assignment, Consent, Conversation, Person)
}


@dataclass(frozen=True, slots=True)
class Team:
    """A village with whoever works and lives there; the leader comes first."""

    unit: Unit
    members: tuple[int, ...]
    citizens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Someone:
    """A person to be stored, with their role and, if they can be reached here, their chat."""

    name: str
    form: FormOfAddress | None
    place: Unit
    role: Role | None
    since: datetime
    chat: str = ""


async def add_people(
    session: AsyncSession, shape: Shape, size: Size, *, privacy: Privacy, now: datetime
) -> None:
    """Store everybody: teams, supervisors of every area, and some citizens of every village."""
    rng = Random(f"{SEED}:people")  # noqa: S311 - invented figures, no secrets
    everybody = [*_supervisors(rng, shape, now), *_teams(rng, shape, size, now)]
    rows = [
        {
            "name": one.name,
            "form_of_address": one.form,
            "locale": "vi",
            "unit_id": one.place.id if one.place.level is Level.VILLAGE else None,
            "has_large_text": False,
            "created_at": one.since,
        }
        for one in everybody
    ]
    ids = await _insert_people(session, rows)
    consents, assignments = [], []
    for person_id, one in zip(ids, everybody, strict=True):
        consents.append(_consent(person_id, one, privacy))
        if one.role:
            assignments.append(
                {"person_id": person_id, "unit_id": one.place.id, "role": one.role, "since": one.since}
            )
    await insert(session, _TABLES[Consent], consents)
    await insert(session, _TABLES[Assignment], assignments)
    reached = [(person_id, one) for person_id, one in zip(ids, everybody, strict=True) if one.chat]
    await _add_chats(session, reached)


def _consent(person_id: int, one: _Someone, privacy: Privacy) -> Row:
    return {
        "person_id": person_id,
        "purpose": "team" if one.role else "citizen",
        "version": privacy.consent_version,
        "channel": CHANNEL,
        "given_at": one.since,
    }


async def _insert_people(session: AsyncSession, rows: Sequence[Row]) -> list[int]:
    person = _TABLES[Person]
    statement = sa.insert(person).returning(person.c.id, sort_by_parameter_order=True)
    connection = await session.connection()
    ids: list[int] = []
    for first in range(0, len(rows), BATCH):
        found = await connection.execute(statement, rows[first : first + BATCH])
        ids += found.scalars()
    return ids


async def _add_chats(session: AsyncSession, reached: Sequence[tuple[int, _Someone]]) -> None:
    """Give people a chat on the web chat, so that they can be told something and spoken for."""
    account = _TABLES[Account]
    rows = [
        {
            "channel": CHANNEL,
            "channel_account": CHANNEL,
            "external_id": one.chat,
            "person_id": person_id,
            "is_reachable": True,
            "created_at": one.since,
            "seen_at": one.since,
        }
        for person_id, one in reached
    ]
    await insert(session, account, rows)
    found = sa.select(account.c.id, account.c.external_id).where(account.c.channel == CHANNEL)
    stored = (await (await session.connection()).execute(found)).all()
    chats = [
        {
            "channel_account": CHANNEL,
            "chat": row.external_id,
            "account_id": row.id,
            "states": {},
            "choices": [],
            "offers": [],
            "counter": 0,
        }
        for row in stored
    ]
    await insert(session, _TABLES[Conversation], chats)


async def insert(session: AsyncSession, table: Any, rows: Sequence[Row]) -> None:
    """Write many rows of one table, some thousands at a time."""
    connection = await session.connection()
    for first in range(0, len(rows), BATCH):
        await connection.execute(sa.insert(table), rows[first : first + BATCH])


def _supervisors(rng: Random, shape: Shape, now: datetime) -> Iterator[_Someone]:
    """Give every area that has villages somebody who looks after it; those of the cast where one can be."""
    figures = {figure.level: figure for figure in CAST if figure.role is Role.SUPERVISOR}
    inside = {one for unit in shape.villages for one in units.path_ids(unit)}
    for unit in (shape.province, *shape.districts, *shape.communes):
        if unit.id not in inside:
            continue
        since = now - FOUNDED + timedelta(days=rng.randrange(60))
        name, form = names.person(rng, is_hill=unit.id in shape.hills)
        if unit.id in shape.above:
            figure = figures[unit.level]
            yield _Someone(figure.name, figure.form, unit, Role.SUPERVISOR, since, figure.chat)
        else:
            yield _Someone(name, form, unit, Role.SUPERVISOR, since, f"sample-s{unit.code}")


def _teams(rng: Random, shape: Shape, size: Size, now: datetime) -> Iterator[_Someone]:
    shown = {unit.id for unit in shape.shown}
    weights = [2.0 if unit.id in shown else rng.choice((0.1, 0.5, 1.0, 2.0)) for unit in shape.villages]
    counts = shares(rng, weights, size.members, least=LEAST)
    for unit, count in zip(shape.villages, counts, strict=True):
        figures = [one for one in CAST if one.role is not Role.SUPERVISOR] if unit is shape.shown[0] else []
        yield from _team(rng, shape, unit, count, figures, now)


def _team(
    rng: Random, shape: Shape, unit: Unit, count: int, figures: Sequence[Figure], now: datetime
) -> Iterator[_Someone]:
    """Give a village its leader, its members and a few citizens who ask now and then."""
    is_reached = unit.parent_id == shape.commune.id
    founded = now - FOUNDED + timedelta(days=rng.randrange(120))
    wanted = [Role.LEADER, *[Role.MEMBER] * (count - 1), *[None] * CITIZENS]
    for place, role in enumerate(wanted):
        figure = next((one for one in figures if one.role is role), None)
        name, form = names.person(rng, is_hill=unit.id in shape.hills, is_leader=role is Role.LEADER)
        is_new = role is Role.MEMBER and rng.random() > NEW_AFTER
        since = now - timedelta(days=rng.randrange(20, 90)) if is_new else founded
        if role is None:
            since = now - YES_SAID  # silent for a year, citizens would be forgotten
        if figure is not None:
            figures = [one for one in figures if one is not figure]
            yield _Someone(figure.name, figure.form, unit, role, founded, figure.chat)
        else:
            chat = f"sample-{unit.code}-{place}" if is_reached and role else ""
            yield _Someone(name, form if role else None, unit, role, since, chat)


async def read(session: AsyncSession, shape: Shape) -> list[Team]:
    """Read the teams as they are now, by the village's code; leaders first, then in the order they came."""
    members: dict[int, list[int]] = {}
    held = (
        select(Assignment.unit_id, Assignment.person_id, Assignment.role)
        .where(col(Assignment.role).in_((Role.LEADER, Role.MEMBER)), col(Assignment.until).is_(None))
        .order_by(col(Assignment.id))
    )
    leading: set[int] = set()
    for unit_id, person_id, role in (await session.exec(held)).all():
        members.setdefault(unit_id, []).append(person_id)
        if role is Role.LEADER:
            leading.add(person_id)
    working = {person_id for team in members.values() for person_id in team}
    reached = select(Account.person_id).where(col(Account.person_id).is_not(None))
    busy = working | {one for one in (await session.exec(reached)).all() if one is not None}
    citizens: dict[int, list[int]] = {}
    living = (
        select(Person.unit_id, Person.id).where(col(Person.unit_id).is_not(None)).order_by(col(Person.id))
    )
    for home, citizen in (await session.exec(living)).all():
        if home and citizen and citizen not in busy:
            citizens.setdefault(home, []).append(citizen)
    found = []
    for unit in shape.villages:
        place_id = units.unit_id(unit)
        team = sorted(members.get(place_id, []), key=lambda one: one not in leading)
        found.append(Team(unit, tuple(team), tuple(citizens.get(place_id, []))))
    return found
