"""Who gets a certificate, under which code, and what does anybody learn who checks it?"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import current, dates
from locales import gettext as _
from models.base import insert_into
from models.certificate import Certificate
from models.delivery import Media
from models.units import Level, Unit
from services import access, audit, erasure, errors, people, team, training, training_walk, units
from services.access import Action, Actor
from services.certificate_pdf import Paper
from services.folding import fold, normalise, tokens
from services.lessons import Lessons
from services.training_walk import Walk

# No letter or digit that is read as another one: 0 O, 1 I L.
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
AT_RANDOM: Final = 4
MOST_INITIALS: Final = 4
LONGEST_NAME: Final = 60
MIME: Final = "application/pdf"
# Part of every file's name: a certificate that is drawn in another way is another file.
LOOK: Final = "certificate 1"

_NAME: Final = re.compile(r"[^\W\d_]+(?:[ '.-]+[^\W\d_]+)+\.?")
table: Any = sa.inspect(Certificate).local_table


async def award(
    session: AsyncSession, walk: Walk, lessons: Lessons, *, public_url: str, now: datetime
) -> Certificate | None:
    """Certify that a set is passed; None while lessons are left, or if there is a certificate already.

    A set of one lesson has none, and whoever is in no team any longer gets none.
    """
    whole = lessons.in_set(walk.lesson.set)
    person_id = walk.row.person_id
    passed = await training.passed_lessons(session, person_id)
    if len(whole) < 2 or not all(lesson.slug in passed for lesson in whole):
        return None
    unit = await training_walk.team_of(session, walk)
    if unit is None:
        return None
    commune = await units.ancestor(session, unit, Level.COMMUNE) or unit
    person = await people.person_of(session, person_id)
    made = Certificate(
        person_id=person_id,
        lesson_set=walk.lesson.set,
        title=lessons.set_title(walk.lesson.set),
        lessons=len(whole),
        name=person.name,
        unit=units.display_name(unit),
        commune=units.display_name(commune),
        code="",
        issued_on=now.date(),
        sha256="",
    )
    return await _issue(session, made, initials(commune.name), public_url=public_url, now=now)


async def _issue(
    session: AsyncSession, made: Certificate, prefix: str, *, public_url: str, now: datetime
) -> Certificate | None:
    """Write it under a code nobody has; two last lessons at once make one certificate."""
    dialect = session.get_bind().dialect.name
    theirs = select(Certificate).where(
        Certificate.person_id == made.person_id, Certificate.lesson_set == made.lesson_set
    )
    while (await session.exec(theirs)).first() is None:
        made.code = new_code(prefix, now)
        made.sha256 = digest(made, public_url)
        values = made.model_dump(exclude={"id"})
        statement = insert_into(table, dialect).values(**values).on_conflict_do_nothing()
        if (await (await session.connection()).execute(statement)).rowcount:
            issued = (await session.exec(theirs)).one()
            audit.record(session, made.person_id, "certified", "certificate", issued.id, now=now)
            return issued
    return None


def initials(name: str) -> str:
    """Take the first letters of a commune's name: An Lạc gives AL."""
    found = "".join(word[0] for word in tokens(name) if word[0].isascii() and word[0].isalpha())
    return found[:MOST_INITIALS].upper() or "TS"


def new_code(prefix: str, now: datetime) -> str:
    """Make up a code: AL26-7K2M."""
    return f"{prefix}{now.year % 100:02d}-{''.join(secrets.choice(LETTERS) for _n in range(AT_RANDOM))}"


def read_code(typed: str) -> str:
    """Read a code as it may be copied from paper: small letters, spaces, without its stroke."""
    plain = re.sub(r"[\W_]+", "", fold(typed)).upper()
    return f"{plain[:-AT_RANDOM]}-{plain[-AT_RANDOM:]}"


async def find(session: AsyncSession, typed: str) -> Certificate | None:
    """Find a certificate by its code."""
    return (await session.exec(select(Certificate).where(Certificate.code == read_code(typed)))).first()


def said(found: Certificate | None) -> str:
    """Say what anybody learns who checks a code, and nothing more."""
    if found is None:
        return _("No certificate has this code.")
    text = _("Right: {name}, {team}, issued on {day}.")
    return text.format(name=found.name, team=team.name_of(found.unit), day=dates.long(found.issued_on))


@access.declares(Action.LEARN)
async def own(session: AsyncSession, actor: Actor) -> list[Certificate]:
    """List one's own certificates, the newest first."""
    if actor.person_id is None:
        return []
    mine = select(Certificate).where(Certificate.person_id == actor.person_id)
    return list((await session.exec(mine.order_by(col(Certificate.id).desc()))).all())


@access.declares(Action.LEARN)
async def own_one(session: AsyncSession, actor: Actor, certificate_id: int) -> Certificate:
    """Load a certificate of one's own; raises NotYours."""
    mine = select(Certificate).where(
        Certificate.id == certificate_id, Certificate.person_id == actor.person_id
    )
    found = (await session.exec(mine)).first()
    if found is None:
        raise errors.NotYours
    return found


def read_name(typed: str) -> str | None:
    """Read a full name as it shall be printed; None for what cannot be one."""
    name = " ".join(normalise(typed).split())
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        return None
    return name.title() if name in {name.lower(), name.upper()} else name


@access.declares(Action.LEARN)
async def rename(
    session: AsyncSession, actor: Actor, certificate_id: int, name: str, *, public_url: str, now: datetime
) -> Certificate:
    """Print another name under the same code; the paper before it is gone. Raises NotYours."""
    found = await own_one(session, actor, certificate_id)
    if name == found.name:
        return found
    await erasure.delete_files(session, [found.sha256])
    found.name = name
    found.sha256 = digest(found, public_url)
    session.add(found)
    await session.flush()
    audit.record(session, actor.person_id, "renamed", "certificate", found.id, now=now, fields="name")
    return found


def address(found: Certificate, public_url: str) -> str:
    """Give the address at which anybody can check it."""
    return f"{public_url}/verify/{found.code}"


def paper_of(found: Certificate, public_url: str) -> Paper:
    """Write what stands on it, in the current language."""
    team_name = team.name_of(found.unit)
    place = team_name if found.commune == found.unit else f"{team_name}, {found.commune}"
    return Paper(
        heading=_("CERTIFICATE"),
        title=_("of finishing the set of lessons {title}").format(title=found.title),
        name=found.name,
        team=access.capitalised(place),
        done=_("has learnt and passed all {n} lessons.").format(n=found.lessons),
        issued=_("Issued on {day}").format(day=dates.long(found.issued_on)),
        code=_("Code {code}").format(code=found.code),
        check=_("To check: scan the square, or open"),
        address=address(found, public_url),
        locale=current(),
    )


def digest(found: Certificate, public_url: str) -> str:
    """Name the file a certificate is drawn into: by all that is drawn."""
    # No part holds a zero byte, so no two lists of parts are written alike.
    return hashlib.sha256("\0".join([LOOK, *astuple(paper_of(found, public_url))]).encode()).hexdigest()


async def keep(session: AsyncSession, found: Certificate, *, keep_for: timedelta, now: datetime) -> int:
    """Give the media id of a certificate's file; it is drawn when somebody fetches it."""
    same = select(Media.id).where(Media.sha256 == found.sha256, col(Media.expires_at) > now + keep_for / 2)
    known = (await session.exec(same.order_by(col(Media.id).desc()))).first()
    if known is not None:
        return known
    given = fold(access.given_name(found.name)).title()
    row = Media(
        token=secrets.token_urlsafe(24),
        sha256=found.sha256,
        mime=MIME,
        filename=f"giay_chung_nhan_{re.sub(r'[^A-Za-z]', '', given) or found.code}.pdf",
        size=0,
        created_at=now,
        expires_at=now + keep_for,
    )
    session.add(row)
    await session.flush()
    assert row.id is not None  # noqa: S101 - flushed
    return row.id


@dataclass(frozen=True, slots=True)
class SetDone:
    """How many people of an area have passed a whole set, and who they are."""

    name: str
    people: int
    person_ids: tuple[int, ...]


async def sets_done(session: AsyncSession, unit: Unit) -> list[SetDone]:
    """Tell which sets the teams of an area have passed whole, and by whom; of who is in a team today."""
    members = training.people_of([unit], [role.value for role in training.TEAM]).subquery()
    statement = (
        select(Certificate.lesson_set, Certificate.person_id)
        .where(col(Certificate.person_id).in_(sa.select(members.c.person_id)))
        .order_by(func.lower(Certificate.lesson_set), col(Certificate.person_id))
    )
    found: dict[str, list[int]] = {}
    for name, person_id in (await session.exec(statement)).all():
        found.setdefault(name, []).append(person_id)
    return [SetDone(name, len(ids), tuple(ids)) for name, ids in found.items()]
