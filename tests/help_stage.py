"""A village, its neighbours and everybody above them, for tests of asking a person for help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.conversation import Conversation
from models.delivery import Delivery
from models.help import HelpRequest, Rating
from models.people import Account, FormOfAddress, Person, Role
from models.units import Level, Unit
from services import help as requests
from services import help_outcome, help_promises, help_relay
from services.access import Actor
from services.rules import Rules
from tests.factories import Village, actor_for, make_person, make_unit, make_village_with_team

RULES = Rules()
WISH = requests.Wish("mã OTP, bước 4/8 bài Cài và kích hoạt VNeID", guide="vneid_kich_hoat", step=4)


@dataclass
class Stage:
    """Thôn Hòa Sơn with its team, thôn Trà Lam beside it, the supervisors above, and Hạnh."""

    village: Village
    people: dict[str, Person]

    async def actor(self, session: AsyncSession, who: str) -> Actor:
        return await actor_for(session, self.people[who])

    def id(self, who: str) -> int:
        return id_of(self.people[who])


async def reach(session: AsyncSession, *people: Person) -> None:
    """Let everybody have a chat that messages can go to."""
    for person in people:
        accounts = select(Account).where(col(Account.person_id) == person.id)
        account = (await session.exec(accounts)).one()
        assert account.id is not None
        known = select(Conversation).where(col(Conversation.account_id) == account.id)
        if (await session.exec(known)).first() is None:
            session.add(
                Conversation(
                    channel_account=account.channel_account, chat=account.external_id, account_id=account.id
                )
            )
    await session.flush()


async def make_stage(session: AsyncSession) -> Stage:
    village = await make_village_with_team(session)
    commune, district = village.commune, village.district
    beside = await make_unit(session, "Trà Lam", parent=commune, code="ZZ-1")
    away = await make_unit(session, "An Hảo", level=Level.COMMUNE, parent=district)
    far = await make_unit(session, "Xa Lắc", parent=away)
    anh, chi = FormOfAddress.ANH, FormOfAddress.CHI
    people = {
        "Hạnh": await make_person(session, "Hạnh", unit=village.unit),
        "Vy": await make_person(session, "Vy", unit=village.unit),
        "Sự": village.leader,
        **village.members,
        "Dũng": await make_person(session, "Đinh Dũng", form=anh, unit=beside, role=Role.MEMBER),
        "Xa": await make_person(session, "Xa", unit=far, role=Role.MEMBER),
        "Minh": await make_person(session, "Võ Minh", form=chi, unit=commune, role=Role.SUPERVISOR),
        "Khoa": await make_person(session, "Hồ Khoa", form=anh, unit=district, role=Role.SUPERVISOR),
        "Tư": await make_person(session, "Tư", unit=away, role=Role.SUPERVISOR),
        "Tuấn": await make_person(session, "Đỗ Tuấn", unit=village.province, role=Role.OPERATOR),
    }
    await reach(session, *people.values())
    return Stage(village, people)


async def ask(
    session: AsyncSession, stage: Stage, now: datetime, who: str = "Hạnh", wish: requests.Wish = WISH
) -> HelpRequest:
    actor = await actor_for(session, stage.people[who])
    return (await requests.ask(session, actor, wish, rules=RULES, now=now)).request


async def claim(
    session: AsyncSession, stage: Stage, request: HelpRequest, who: str, now: datetime
) -> HelpRequest | None:
    actor = await actor_for(session, stage.people[who])
    return await requests.claim(session, actor, id_of(request), rules=RULES, now=now)


async def talking(session: AsyncSession, stage: Stage, now: datetime, who: str = "Bình") -> HelpRequest:
    request = await ask(session, stage, now)
    await claim(session, stage, request, who, now)
    return request


async def say(
    session: AsyncSession,
    stage: Stage,
    who: str,
    words: str,
    now: datetime,
    *,
    number: int = 1,
    has_number: bool = False,
) -> help_relay.Passed | None:
    actor = await actor_for(session, stage.people[who])
    relay = await relay_of(session, stage, who)
    return await help_relay.pass_words(
        session, actor, relay, words, message=number, rules=RULES, now=now, has_number=has_number
    )


async def told(session: AsyncSession, person: Person, *kinds: str) -> list[Delivery]:
    """List what was queued for somebody, oldest first."""
    await session.flush()
    mine = select(Delivery).join(Account, col(Account.id) == col(Delivery.account_id))
    mine = mine.where(Account.person_id == person.id).order_by(col(Delivery.id))
    rows = (await session.exec(mine, execution_options={"populate_existing": True})).all()
    return [row for row in rows if not kinds or row.kind in kinds]


async def keep(session: AsyncSession, now: datetime) -> dict[str, int]:
    await session.flush()
    return await help_promises.keep_promises(session, rules=RULES, now=now)


async def relay_of(session: AsyncSession, stage: Stage, who: str) -> requests.Relay:
    """Find the talk somebody is in; they must be in one."""
    relay = await requests.relay_of(session, stage.id(who))
    assert relay is not None, f"{who} talks with nobody"
    return relay


async def finish(
    session: AsyncSession, stage: Stage, request: HelpRequest, who: str, now: datetime
) -> Unit | None:
    """Let somebody say that it is done; tell the village it counts for."""
    actor = await stage.actor(session, who)
    counted = await help_outcome.finish(session, actor, id_of(request), now=now)
    return counted.village if counted else None


async def rate(
    session: AsyncSession, stage: Stage, request: HelpRequest, who: str, rating: Rating, now: datetime
) -> Person | None:
    """Let somebody say whether it helped."""
    actor = await stage.actor(session, who)
    return await help_outcome.rate(session, actor, id_of(request), rating, now=now)


def id_of(row: HelpRequest | Person) -> int:
    """Tell the id of a stored row."""
    assert row.id is not None
    return row.id
