"""The invented commune every golden conversation lives in: xã An Lạc, twelve villages, their people."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Conversation
from models.people import Account, Assignment, Consent, FormOfAddress, Person, Role
from models.units import Level, Unit
from services import units
from services.rules import Privacy, Rules
from tests.talk import Talk

RULES = Rules(privacy=Privacy(controller="UBND xã An Lạc"))
LONG_AGO = datetime(2025, 10, 1, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LATELY = datetime(2026, 10, 1, 8, 0, tzinfo=LONG_AGO.tzinfo)
MERGED = date(2026, 6, 1)
JOINED = date(2025, 7, 1)

# name: former names of the village, and its former commune
VILLAGES: dict[str, tuple[tuple[str, ...], int]] = {
    "AL-01 Hòa Sơn": (("Hòa Đông", "Sơn Tây"), 310),
    "AL-02 Lộc Thuận": ((), 275),
    "AL-03 Phú Xuân": (("Phú Xuân, An Bình",), 205),
    "AL-04 Phú Xuân": (("Phú Xuân, Mỹ Lạc",), 190),
    "AL-05 Tân Hội": ((), 180),
    "AL-06 Vạn Thiện": ((), 165),
    "AL-07 Gò Muồng": ((), 150),
    "AL-08 Bến Đò": ((), 140),
    "AL-09 Tân An": ((), 125),
    "AL-10 Trà Lam": ((), 110),
    "AL-11 Gò Dài": ((), 90),
    "AL-12 Kon Rơ": ((), 60),
}

# who: form of address, role, unit code, full name
CAST: dict[str, tuple[FormOfAddress, Role, str, str]] = {
    "Sự": (FormOfAddress.BAC, Role.LEADER, "AL-01", "Trần Văn Sự"),
    "Bình": (FormOfAddress.ANH, Role.MEMBER, "AL-01", "Lê Văn Bình"),
    "Lan": (FormOfAddress.CHI, Role.MEMBER, "AL-01", "Nguyễn Thị Lan"),
    "Nam": (FormOfAddress.ANH, Role.MEMBER, "AL-01", "Phạm Nam"),
    "Tám": (FormOfAddress.CHU, Role.LEADER, "AL-10", "Đinh Tám"),
    "Dũng": (FormOfAddress.ANH, Role.MEMBER, "AL-10", "Đinh Dũng"),
    "Minh": (FormOfAddress.CHI, Role.SUPERVISOR, "AL", "Võ Thị Minh"),
    "Khoa": (FormOfAddress.ANH, Role.SUPERVISOR, "SC", "Hồ Khoa"),
    "Hà": (FormOfAddress.CHI, Role.SUPERVISOR, "52", "Bùi Thu Hà"),
    "Tuấn": (FormOfAddress.ANH, Role.OPERATOR, "52", "Đỗ Tuấn"),
}


async def build(talk: Talk) -> None:
    """Put the commune and its people into an empty database."""
    async with talk.database.writing() as session:
        await _build_units(session)
        for who, (form, role, code, name) in CAST.items():
            await add_person(session, talk, who, name=name, form=form, role=role, code=code)


async def _build_units(session: AsyncSession) -> None:
    province = await units.add_unit(session, level=Level.PROVINCE, kind="tỉnh", name="Gia Lai", code="52")
    cluster = await units.add_unit(
        session, level=Level.DISTRICT, kind="cụm", name="Sông Côn", code="SC", parent=province
    )
    commune = await units.add_unit(
        session, level=Level.COMMUNE, kind="xã", name="An Lạc", code="AL", parent=cluster
    )
    await units.add_aliases(session, commune, [("An Bình", JOINED), ("Mỹ Lạc", JOINED)])
    for key, (former, households) in VILLAGES.items():
        code, name = key.split(" ", 1)
        village = await units.add_unit(
            session,
            level=Level.VILLAGE,
            kind="thôn",
            name=name,
            code=code,
            parent=commune,
            households=households,
        )
        await units.add_aliases(
            session, village, [(old, MERGED if "," not in old else JOINED) for old in former]
        )


async def add_person(
    session: AsyncSession,
    talk: Talk,
    who: str,
    *,
    name: str,
    form: FormOfAddress | None = None,
    role: Role | None = None,
    code: str | None = None,
) -> int:
    """Let somebody be known already: consent, account, conversation, and a role if given; tell the id."""
    unit = await find_unit(session, code) if code else None
    person = Person(
        name=name,
        form_of_address=form,
        unit_id=unit.id if unit else None,
        created_at=LONG_AGO,
    )
    session.add(person)
    await session.flush()
    assert person.id is not None
    session.add(
        Consent(
            person_id=person.id,
            purpose="team" if role else "citizen",
            version="2026-11",
            channel=talk.channel.name,
            given_at=LONG_AGO,
        )
    )
    account = Account(
        channel=talk.channel.name,
        channel_account=talk.channel.account,
        external_id=talk._id(who),
        person_id=person.id,
        created_at=LONG_AGO,
        seen_at=LATELY,
    )
    session.add(account)
    await session.flush()
    session.add(
        Conversation(channel_account=talk.channel.account, chat=talk._id(who), account_id=account.id or 0)
    )
    if role and unit:
        session.add(Assignment(person_id=person.id, unit_id=unit.id or 0, role=role, since=LONG_AGO))
    await session.flush()
    return person.id


async def find_unit(session: AsyncSession, named: str) -> Unit:
    """Find a unit by code, or a village by its name alone."""
    found = await session.exec(
        select(Unit).where((col(Unit.code) == named) | (col(Unit.name) == named)).order_by(col(Unit.id))
    )
    unit = found.first()
    assert unit is not None, f"no unit {named!r}"
    return unit


async def person_id(session: AsyncSession, talk: Talk, who: str) -> int:
    """Find somebody's person id."""
    found = await session.exec(select(Account.person_id).where(Account.external_id == talk._id(who)))
    known = found.first()
    assert known is not None, f"{who} is not known"
    return known
