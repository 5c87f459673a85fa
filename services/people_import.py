"""Which people does the operator's table bring into teams?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

import locales
from locales import dates, ngettext
from locales import gettext as _
from models.people import Assignment, Person, Role
from models.units import Level, Unit
from services import audit, units
from services.tables import Columns, Outcome, Row, Table
from services.units_import import MOST_CODE, MOST_NAME, portions, stored_units

COLUMNS = Columns(
    ("name", "phone", "role", "unit_code"),
    ("locale",),
    also={
        "ho_ten": "name", "ho_va_ten": "name", "ten": "name", "so_dien_thoai": "phone", "dien_thoai": "phone",
        "sdt": "phone", "vai_tro": "role", "ma_thon": "unit_code", "ma_don_vi": "unit_code",
        "ngon_ngu": "locale",
    },
)  # fmt: skip
ROLES = {role.value: role for role in (Role.MEMBER, Role.LEADER, Role.SUPERVISOR)}
REGION = "VN"
NATIONAL_DIGITS = 9
MOST_PHONE = 40
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)  # 9.12E+08


@dataclass(frozen=True, slots=True)
class Brought:
    """Somebody of the table, as stored."""

    person_id: int
    name: str
    role: Role
    unit: Unit


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that was understood; with problems in the table its parts may be missing."""

    row: Row
    name: str
    phone: str
    role: Role | None
    unit_code: str
    locale: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database already knows of the people and units of a table."""

    units: dict[str, Unit]
    people: dict[str, Person]
    held: dict[tuple[int, int], list[Assignment]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table asks for, once all of it is right: every row, and how many of them change something."""

    outcome: Outcome
    rows: tuple[Wanted, ...] = ()


async def plan(session: AsyncSession, table: Table, *, dry_run: bool) -> Plan:
    """Check every row and tell what would change, without writing; a dry run leaves nothing to write.

    People are added with their roles; those whose phone is known are changed.
    """
    rows = [_read(table, row) for row in table.rows]
    found = await stored_units(session, {each.unit_code for each in rows if each.unit_code})
    _check_units(table, rows, found)
    _check_phones(table, rows)
    if table.problems:
        return Plan(Outcome(table, dry_run))
    stored = await _load(session, rows, found)
    added = [each for each in rows if each.phone not in stored.people]
    changed = [each for each in rows if each.phone in stored.people and _differs(each, stored)]
    return Plan(Outcome(table, dry_run, len(added), len(changed)), () if dry_run else tuple(rows))


def describe(outcome: Outcome) -> str:
    """Say what a run did, or with --dry-run would do."""
    n = len(outcome.table.rows)
    if outcome.is_dry_run:
        sentence = ngettext(
            "{file}: {rows} row is right, would add {added} people and change {changed}. "
            "Nothing was written because of --dry-run.",
            "{file}: all {rows} rows are right, would add {added} people and change {changed}. "
            "Nothing was written because of --dry-run.",
            n,
        )
    else:
        sentence = ngettext(
            "{file}: {rows} row is right, added {added} people and changed {changed}.",
            "{file}: all {rows} rows are right, added {added} people and changed {changed}.",
            n,
        )
    return sentence.format(
        file=outcome.table.file,
        rows=dates.number(n),
        added=dates.number(outcome.added),
        changed=dates.number(outcome.changed),
    )


def _read(table: Table, row: Row) -> Wanted:
    return Wanted(
        row=row,
        name=table.required(row, "name", most=MOST_NAME),
        phone=_phone(table, row),
        role=_role(table, row),
        unit_code=table.required(row, "unit_code", most=MOST_CODE),
        locale=_locale(table, row),
    )


def _phone(table: Table, row: Row) -> str:
    """Read a phone number as people write it in Vietnam, into E.164; Excel may have eaten the first zero."""
    typed = table.required(row, "phone", most=MOST_PHONE)
    if not typed or not table.is_sound(row, "phone"):
        return ""
    if _SHORTENED.fullmatch(typed):
        sentence = _("Excel shortened the number to {phone}; set the column to Text and type it again.")
        table.complain(row, "phone", sentence.format(phone=typed))
        return ""
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = len(str(number.national_number)) if number else NATIONAL_DIGITS
    if digits < NATIONAL_DIGITS:
        sentence = _('"{phone}" lacks digits; enter all 10 digits.')
    elif digits > NATIONAL_DIGITS:
        sentence = _('"{phone}" has too many digits; enter exactly 10 digits.')
    else:
        sentence = _('"{phone}" is not a phone number in use; enter all 10 digits.')
    table.complain(row, "phone", sentence.format(phone=typed))
    return ""


def _role(table: Table, row: Row) -> Role | None:
    typed = row["role"].lower()
    if typed in ROLES:
        return ROLES[typed]
    if not typed:
        table.complain(row, "role", _("is empty; fill it in."))
    sentence = _('"{typed}" is not a role; use member, leader or supervisor.')
    table.complain(row, "role", sentence.format(typed=row["role"]))
    return None


def _locale(table: Table, row: Row) -> str:
    typed = row["locale"].lower()
    if typed and typed not in locales.available():
        sentence = _('"{typed}" is not there yet; use {known}.')
        table.complain(row, "locale", sentence.format(typed=typed, known=", ".join(locales.available())))
    return typed


def _check_units(table: Table, rows: list[Wanted], found: dict[str, Unit]) -> None:
    for each in rows:
        unit = found.get(each.unit_code)
        if unit is None:
            sentence = _('"{code}" is not there; import this village first with toso units import.')
            table.complain(each.row, "unit_code", sentence.format(code=each.unit_code))
        elif each.role is Role.SUPERVISOR and unit.level is Level.VILLAGE:
            sentence = _(
                "a supervisor looks after a commune or more, {unit} is below that; use another code."
            )
            table.complain(each.row, "unit_code", sentence.format(unit=units.display_name(unit)))


def _check_phones(table: Table, rows: list[Wanted]) -> None:
    first: dict[str, int] = {}
    for each in rows:
        if each.phone in first:
            sentence = _("is the number of row {row} too; everybody has a number of their own.")
            table.complain(each.row, "phone", sentence.format(row=first[each.phone]))
        elif each.phone:
            first[each.phone] = each.row.number


async def _load(session: AsyncSession, rows: Sequence[Wanted], found: dict[str, Unit]) -> Stored:
    stored = Stored(found, {}, {})
    for some in portions([each.phone for each in rows]):
        query = select(Person).where(col(Person.phone).in_(some)).order_by(col(Person.id).desc())
        stored.people.update({person.phone or "": person for person in await session.exec(query)})
    for ids in portions([person_id(person) for person in stored.people.values()]):
        held = select(Assignment).where(col(Assignment.person_id).in_(ids), col(Assignment.until).is_(None))
        for each in await session.exec(held):
            stored.held.setdefault((each.person_id, each.unit_id), []).append(each)
    return stored


def person_id(person: Person) -> int:
    """Give the id of a stored person."""
    if person.id is None:
        message = "this person is not stored yet"
        raise ValueError(message)
    return person.id


def _brought(each: Wanted, stored: Stored) -> Brought:
    role = _needed(each.role)
    return Brought(person_id(stored.people[each.phone]), each.name, role, stored.units[each.unit_code])


def _needed(role: Role | None) -> Role:
    if role is None:
        message = "a row without a role is refused before anything is written"
        raise ValueError(message)
    return role


def _differs(each: Wanted, stored: Stored) -> bool:
    person = stored.people[each.phone]
    if person.name != each.name or (each.locale and person.locale != each.locale):
        return True
    return not _is_held(each, person, stored)


def _is_held(each: Wanted, person: Person, stored: Stored) -> bool:
    here = (person_id(person), units.unit_id(stored.units[each.unit_code]))
    return any(assignment.role is each.role for assignment in stored.held.get(here, []))


async def write(session: AsyncSession, some: Sequence[Wanted], *, now: datetime) -> list[Brought]:
    """Write a portion of a plan and give its people, in the order of the table.

    What is there already is looked up again: a portion written twice changes nothing.
    """
    stored = await _load(session, some, await stored_units(session, {each.unit_code for each in some}))
    asked = [each for each in some if each.phone not in stored.people or _differs(each, stored)]
    for each in asked:
        if each.phone not in stored.people:
            person = Person(name=each.name, locale=each.locale or "vi", phone=each.phone, created_at=now)
            stored.people[each.phone] = person
            session.add(person)
    await session.flush()
    for each in asked:
        person, unit = stored.people[each.phone], stored.units[each.unit_code]
        person.name, person.locale = each.name, each.locale or person.locale
        if person.unit_id is None or each.role is not Role.SUPERVISOR:
            person.unit_id = unit.id
        if not _is_held(each, person, stored):
            _assign(session, person, unit, _needed(each.role), stored, now=now)
        fields = "name,locale,phone,unit_id,role"
        audit.record(session, None, "people_imported", "person", person.id, now=now, fields=fields)
    await session.flush()
    return [_brought(each, stored) for each in some]


def _assign(
    session: AsyncSession, person: Person, unit: Unit, role: Role, stored: Stored, *, now: datetime
) -> None:
    """Give the role in this unit instead of another one held there; roles in other units stay."""
    for held in stored.held.get((person_id(person), units.unit_id(unit)), []):
        held.until = now
    session.add(Assignment(person_id=person_id(person), unit_id=units.unit_id(unit), role=role, since=now))
