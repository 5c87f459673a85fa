"""Which doors lead into a team, for whom are they, and until when do they open?"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.people import Role
from models.team import Invite
from models.units import Unit
from services import access, audit, errors, units
from services.access import Action, Actor
from services.folding import tokens

USES: Final = 5
DAYS: Final = 7
PREFIX: Final = "m_"
MOST_INITIALS: Final = 4
# Four digits are guessed within a day, so they open only what a leader decides on.
SPOKEN_DIGITS: Final = 4
PERSONAL_DIGITS: Final = 8
TRIES: Final = 50

NEEDS: Final = {
    Role.MEMBER: Action.INVITE,
    Role.LEADER: Action.CHANGE_LEADER,
    Role.SUPERVISOR: Action.INVITE_SUPERVISOR,
    Role.OPERATOR: Action.INVITE_SUPERVISOR,
}


@dataclass(frozen=True, slots=True)
class Issued:
    """A new invite; the only place where its token and its spoken code can be read."""

    id: int
    token: str
    code: str
    uses: int
    last_day: date

    @property
    def payload(self) -> str:
        """Give what follows "/start " and "?start="."""
        return PREFIX + self.token


@access.declares(Action.INVITE, Action.CHANGE_LEADER, Action.INVITE_SUPERVISOR)
async def invite(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    *,
    role: Role = Role.MEMBER,
    uses: int = USES,
    now: datetime,
) -> Issued:
    """Open a door into a unit for a week; raises OutsideArea where the actor may not."""
    actor.require(NEEDS[role], unit_id=units.unit_id(unit), path=unit.path)
    return await issue(session, unit, role=role, uses=uses, invited_by=actor.person_id, now=now)


async def issue(
    session: AsyncSession,
    unit: Unit,
    *,
    role: Role,
    uses: int = USES,
    days: int = DAYS,
    invited_by: int | None = None,
    person_id: int | None = None,
    now: datetime,
) -> Issued:
    """Open a door without asking who may: for the command line, and for services that have asked."""
    token = secrets.token_urlsafe(16)  # 22 letters: with the prefix they fit Telegram's 64
    last_day = now.date() + timedelta(days=days)
    is_decided = role is Role.MEMBER and person_id is None
    code = await _free_code(session, unit, SPOKEN_DIGITS if is_decided else PERSONAL_DIGITS, now=now)
    row = Invite(
        token_hash=hash_secret(token),
        short_code_hash=hash_secret(_bare(code)),
        role=role,
        unit_id=units.unit_id(unit),
        person_id=person_id,
        invited_by=invited_by,
        uses_left=uses,
        created_at=now,
        expires_at=datetime.combine(last_day + timedelta(days=1), time(), now.tzinfo),
    )
    session.add(row)
    await session.flush()
    audit.record(session, invited_by, "invite_made", "invite", row.id, now=now, fields="role,unit_id")
    return Issued(invite_id(row), token, code, uses, last_day)


def hash_secret(secret: str) -> str:
    """Turn a token or a spoken code into what the database keeps of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def initials(unit: Unit) -> str:
    """Shorten a village for its spoken codes: "Hòa Sơn" is HS, "tổ dân phố 3" is TDP."""
    words = [word for word in tokens(unit.name) if word[0].isalpha()] or tokens(unit.kind)
    return "".join(word[0] for word in words)[:MOST_INITIALS].upper()


async def _free_code(session: AsyncSession, unit: Unit, digits: int, *, now: datetime) -> str:
    """Find a spoken code that no living invite carries; one of a dead invite is taken from it."""
    for _try in range(TRIES):
        number = "".join(secrets.choice("0123456789") for _ in range(digits))
        groups = [number[at : at + SPOKEN_DIGITS] for at in range(0, digits, SPOKEN_DIGITS)]
        code = "-".join([initials(unit), *groups])
        holder = await _by_hash(session, code=hash_secret(_bare(code)))
        if holder is None:
            return code
        if not is_open(holder, now=now):
            holder.short_code_hash = None
            session.add(holder)
            await session.flush()
            return code
    message = f"no free code left for unit {unit.id}"
    raise RuntimeError(message)


def _bare(code: str) -> str:
    """Write a spoken code as it is compared: "hs 4827" and "HS-4827" are HS4827."""
    return "".join(tokens(code)).upper()


async def _by_hash(session: AsyncSession, *, token: str = "", code: str = "") -> Invite | None:
    found = Invite.token_hash == token if token else Invite.short_code_hash == code
    return (await session.exec(select(Invite).where(found))).first()


async def by_token(session: AsyncSession, token: str, *, now: datetime) -> Invite:
    """Find the open invite of a link; raises InviteUnknown, InviteExpired."""
    found = await _by_hash(session, token=hash_secret(token.removeprefix(PREFIX)))
    return _opened(found, now=now)


async def by_code(session: AsyncSession, typed: str, *, now: datetime) -> Invite | None:
    """Find the open invite of a spoken code, None if no invite ever had it.

    Raises InviteUnknown for one used up or locked, InviteExpired.
    """
    found = await _by_hash(session, code=hash_secret(_bare(typed)))
    return None if found is None else _opened(found, now=now)


def is_open(row: Invite, *, now: datetime) -> bool:
    """Tell whether somebody can still come in."""
    return row.revoked_at is None and row.uses_left > 0 and row.expires_at > now


def last_day(row: Invite, *, now: datetime) -> date:
    """Tell the last day an invite holds, in the zone of `now`."""
    return (row.expires_at.astimezone(now.tzinfo) - timedelta(seconds=1)).date()


def _opened(row: Invite | None, *, now: datetime) -> Invite:
    if row is None or row.revoked_at is not None:
        raise errors.InviteUnknown
    if row.expires_at <= now:
        raise errors.InviteExpired(day=dates.short(last_day(row, now=now)))
    if row.uses_left < 1:
        raise errors.InviteUnknown
    return row


async def invite_of(session: AsyncSession, row_id: int) -> Invite | None:
    """Load an invite by its id."""
    return (await session.exec(select(Invite).where(Invite.id == row_id))).first()


async def use(session: AsyncSession, row_id: int, *, now: datetime) -> Invite:
    """Take one use of an invite; raises InviteUnknown, InviteExpired for whoever came too late."""
    found = await session.exec(select(Invite).where(Invite.id == row_id).with_for_update())
    row = _opened(found.first(), now=now)
    row.uses_left -= 1
    session.add(row)
    return row


@access.declares(Action.INVITE, Action.CHANGE_LEADER, Action.INVITE_SUPERVISOR)
async def limit_to_one(session: AsyncSession, actor: Actor, row_id: int, *, now: datetime) -> Invite:
    """Let an invite be used once more only."""
    row = await _managed(session, actor, row_id)
    _opened(row, now=now)
    row.uses_left = 1
    session.add(row)
    audit.record(session, actor.person_id, "invite_limited", "invite", row.id, now=now, fields="uses_left")
    return row


@access.declares(Action.INVITE, Action.CHANGE_LEADER, Action.INVITE_SUPERVISOR)
async def lock(session: AsyncSession, actor: Actor, row_id: int, *, now: datetime) -> None:
    """Close an invite for good."""
    row = await _managed(session, actor, row_id)
    if row.revoked_at is None:
        row.revoked_at = now
        session.add(row)
        audit.record(
            session, actor.person_id, "invite_locked", "invite", row.id, now=now, fields="revoked_at"
        )


@access.declares(Action.INVITE, Action.CHANGE_LEADER, Action.INVITE_SUPERVISOR)
async def managed(session: AsyncSession, actor: Actor, row_id: int, *, now: datetime) -> Invite:
    """Load an open invite the actor could have made; raises InviteUnknown, InviteExpired, OutsideArea."""
    return _opened(await _managed(session, actor, row_id), now=now)


async def _managed(session: AsyncSession, actor: Actor, row_id: int) -> Invite:
    found = await session.exec(select(Invite).where(Invite.id == row_id).with_for_update())
    row = found.first()
    if row is None:
        raise errors.InviteUnknown
    unit = await units.unit_of(session, row.unit_id)
    actor.require(NEEDS[row.role], unit_id=row.unit_id, path=unit.path)
    return row


def invite_id(row: Invite) -> int:
    """Give the id of a stored invite."""
    if row.id is None:
        message = "this invite is not stored yet"
        raise ValueError(message)
    return row.id
