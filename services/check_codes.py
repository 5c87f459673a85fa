"""Is whoever stands at the door really one of the team? A fruit and two digits, read out by the volunteer."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.check_code import CheckCode
from models.people import Assignment, Person, Role
from services import access, audit, errors, people, units
from services.access import Action, Actor
from services.folding import fold, tokens
from services.notices import tell
from services.safety_notices import CodeChecked, CodesWrong

VALID_FOR: Final = timedelta(minutes=10)
MOST_WRONG: Final = 3
WRONG_WITHIN: Final = timedelta(hours=1)

# Fruits everybody knows by one name, told apart by ear and without marks; a six-digit code would teach people
# to read codes aloud.
FRUITS: Final = (
    "MÍT", "XOÀI", "CHUỐI", "BƯỞI", "CAM", "QUÝT", "ỔI", "TÁO", "MẬN", "KHẾ", "LỰU", "NHO",
    "DỪA", "THƠM", "SUNG", "CÓC", "CHANH", "THANH LONG", "CHÔM CHÔM", "MĂNG CỤT", "SẦU RIÊNG", "ĐU ĐỦ",
    "MÃNG CẦU", "VÚ SỮA",
)  # fmt: skip
_NAMES: Final = {fold(fruit): fruit for fruit in FRUITS}
_CODE: Final = re.compile(
    rf"(?:ma (?:nhan nguoi )?(?:la )?)?({'|'.join(sorted(_NAMES, key=len, reverse=True))}) ?(\d\d)"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A code to read out, and until when it holds."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Who read a right code out: how they are called, as what and where they serve."""

    who: str
    role: str
    place: str


def read(text: str) -> str | None:
    """Read a typed code as it is shown, "MÍT 47"; None for anything else."""
    found = _CODE.fullmatch(" ".join(tokens(text)))
    return f"{_NAMES[found[1]]} {found[2]}" if found else None


def _hashed(code: str) -> str:
    return hashlib.sha256(f"check:{fold(code)}".encode()).hexdigest()


@access.declares(Action.ANSWER_HELP)
async def make(session: AsyncSession, actor: Actor, *, now: datetime) -> Made:
    """Make a volunteer's next code; the one before is over. Raises VolunteersOnly for anybody else."""
    if actor.held(Role.LEADER, Role.MEMBER) is None or actor.person_id is None:
        raise errors.VolunteersOnly
    mine = sa.update(CheckCode).where(col(CheckCode.person_id) == actor.person_id, _is_live(now))
    await session.exec(mine.values(expires_at=now))
    while True:
        code = drawn()
        taken = select(CheckCode.id).where(CheckCode.code_hash == _hashed(code), _is_live(now))
        if (await session.exec(taken)).first() is None:
            break
    row = CheckCode(
        person_id=actor.person_id, code_hash=_hashed(code), made_at=now, expires_at=now + VALID_FOR
    )
    session.add(row)
    await session.flush()
    audit.record(session, actor.person_id, "check_code_made", "check_code", row.id, now=now)
    return Made(code, row.expires_at)


def drawn() -> str:
    """Draw a code nobody can guess."""
    return f"{secrets.choice(FRUITS)} {secrets.randbelow(90) + 10}"


def _is_live(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(col(CheckCode.used_at).is_(None), col(CheckCode.expires_at) > now)


async def check(session: AsyncSession, code: str, *, now: datetime) -> Holder | None:
    """Use a code up and tell whose it is, and them that it was checked; None for a wrong, old or used one.

    Whoever left the team since it was made is nobody any more.
    """
    used = (
        sa.update(CheckCode)
        .where(col(CheckCode.code_hash) == _hashed(code), _is_live(now))
        .values(used_at=now)
        .returning(col(CheckCode.id), col(CheckCode.person_id))
    )
    row: Any = (await (await session.connection()).execute(used)).first()
    if row is None:
        return None
    role = await _role_of(session, row.person_id)
    if role is None:
        return None
    person = await session.get_one(Person, row.person_id)
    audit.record(session, None, "check_code_used", "check_code", row.id, now=now, fields="used_at")
    who = people.called(person)
    await tell(session, row.person_id, CodeChecked(who), subject=f"check:{row.id}", now=now)
    place = await units.unit_of(session, role.unit_id)
    return Holder(who, role.role.value, units.display_name(place))


async def is_right(session: AsyncSession, code: str, *, now: datetime) -> bool:
    """Tell whether a code holds now, without using it up."""
    found = select(CheckCode.id).where(CheckCode.code_hash == _hashed(code), _is_live(now))
    return (await session.exec(found)).first() is not None


async def _role_of(session: AsyncSession, person_id: int) -> Assignment | None:
    held = select(Assignment).where(
        Assignment.person_id == person_id,
        col(Assignment.role).in_((Role.LEADER, Role.MEMBER)),
        col(Assignment.until).is_(None),
    )
    return (await session.exec(held.order_by(col(Assignment.since)))).first()


async def tell_leader(session: AsyncSession, unit_id: int | None, *, now: datetime) -> None:
    """Tell the village's leader of three wrong codes, without saying whose; nobody if no village is known."""
    if unit_id is None:
        return
    place = await units.unit_of(session, unit_id)
    word = CodesWrong(units.display_name(place))
    for leader in await people.holders(session, unit_id, Role.LEADER):
        subject = f"check:{unit_id}:{int(now.timestamp())}"
        await tell(session, leader.id or 0, word, subject=subject, now=now)
