"""How does a leader ask after a member, what does the member answer, and how is the own team thanked?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from models.activity import Activity
from models.audit import Audit
from models.nudge import NudgeKind
from models.people import Role
from models.units import Unit
from services import access, audit, counts, errors, nudges, people, team, units
from services.access import Action, Actor
from services.notices import tell
from services.rules import Kind
from services.summary_notices import MemberBusy, MemberNudged, MemberStuck, OwnTeamThanked
from services.team import Member

LONG: Final = timedelta(days=13)
REST: Final = {"1w": timedelta(days=7), "1m": timedelta(days=30), "": timedelta(0)}

Rest = Literal["1w", "1m", ""]


@access.declares(Action.SEE_TEAM)
async def member_of(
    session: AsyncSession, actor: Actor, unit_id: int, person_id: int, *, now: datetime
) -> tuple[Member, bool]:
    """Load a member to ask after, and whether they have been quiet for two weeks.

    Raises OutsideArea, NotInTeam.
    """
    unit = await units.unit_of(session, unit_id)
    member = await team.member_of(session, actor, unit, person_id)
    last = select(func.max(Activity.happened_on)).where(
        Activity.unit_id == unit_id,
        Activity.person_id == person_id,
        col(Activity.corrected_at).is_(None),
    )
    day: date | None = (await session.exec(last)).first()
    return member, day is None or now.date() - day >= LONG


@access.declares(Action.SEE_TEAM)
async def nudge(
    session: AsyncSession, actor: Actor, unit_id: int, person_id: int, words: str, *, now: datetime
) -> Member:
    """Ask after a member, once a week at most.

    Raises OutsideArea, NotInTeam, AskedThisWeek, NotReached.
    """
    member, is_long = await member_of(session, actor, unit_id, person_id, now=now)
    word = MemberNudged(by=actor.who, who=member.who, unit_id=unit_id, is_long=is_long, words=words)
    asked = (await nudges.recent(session, NudgeKind.MEMBER, [unit_id], now=now)).get((person_id, unit_id))
    who = access.capitalised(member.who)
    if asked is not None:
        again = asked.again.astimezone(now.tzinfo).date()
        raise errors.AskedThisWeek(who=member.who, Who=who, day=dates.spoken(again, now.date()))
    by_id = actor.person_id
    if not await nudges.ask(session, NudgeKind.MEMBER, person_id, unit_id, by_id, word, now=now):
        raise errors.NotReached(who=member.who, Who=who)
    audit.record(session, actor.person_id, "member_nudged", "person", person_id, now=now)
    return member


async def _asker(session: AsyncSession, actor: Actor, unit_id: int, *, now: datetime) -> tuple[int, str]:
    """Find who asked after the actor, else the team's leader; raises NotYours."""
    if not any(held.unit_id == unit_id for held in actor.roles):
        raise errors.NotYours
    asker = await nudges.asker_of(session, NudgeKind.MEMBER, actor.person_id or 0, unit_id, now=now)
    if asker is not None:
        return asker, people.called(await people.person_of(session, asker))
    leaders = await people.holders(session, unit_id, Role.LEADER)
    if not leaders:
        raise errors.NotYours
    return leaders[0].id or 0, people.called(leaders[0])


async def asker_name(session: AsyncSession, actor: Actor, unit_id: int, *, now: datetime) -> str:
    """Say who asked after oneself; one's own fact. Raises NotYours."""
    return (await _asker(session, actor, unit_id, now=now))[1]


async def say_busy(session: AsyncSession, actor: Actor, unit_id: int, rest: Rest, *, now: datetime) -> str:
    """Tell whoever asked that one is busy, and rest if wished; one's own wish. Raises NotYours."""
    asker, who = await _asker(session, actor, unit_id, now=now)
    if rest:
        person = await people.person_of(session, actor.person_id or 0)
        person.paused_until = now.date() + REST[rest]
        session.add(person)
        audit.record(
            session, actor.person_id, "paused", "person", actor.person_id, now=now, fields="paused_until"
        )
    await nudges.answer(session, NudgeKind.MEMBER, actor.person_id, unit_id, f"busy:{rest}", now=now)
    word = MemberBusy(who=actor.who, rest=rest)
    subject, revision = f"busy:{actor.person_id}:{rest}", now.date().toordinal()
    await tell(session, asker, word, subject=subject, revision=revision, now=now)
    return who


async def say_stuck(session: AsyncSession, actor: Actor, unit_id: int, why: str, *, now: datetime) -> str:
    """Tell whoever asked what keeps one from writing; one's own fact. Raises NotYours."""
    asker, who = await _asker(session, actor, unit_id, now=now)
    await nudges.answer(session, NudgeKind.MEMBER, actor.person_id, unit_id, why, now=now)
    word = MemberStuck(who=actor.who, who_id=actor.person_id or 0, why=why)
    subject, revision = f"stuck:{actor.person_id}:{why}", now.date().toordinal()
    await tell(session, asker, word, subject=subject, revision=revision, now=now)
    return who


@access.declares(Action.SEE_TEAM)
async def thanks_for(
    session: AsyncSession, actor: Actor, unit_id: int, *, kinds: tuple[Kind, ...], now: datetime
) -> tuple[Unit, counts.Totals, list[Member]]:
    """Tell what a team did this week, and whom its leader would thank; raises OutsideArea."""
    unit = await units.unit_of(session, unit_id)
    actor.require(Action.SEE_TEAM, unit_id=unit_id, path=unit.path)
    week = counts.week_of(now.date())
    totals = await counts.totals(session, unit, week.monday, week.sunday, kinds=kinds)
    members = [one for one in await team.members_of(session, unit_id) if one.id != actor.person_id]
    return unit, totals, members


def _named(totals: counts.Totals) -> dict[str, Any]:
    return {str(of): n for of, n in totals.items()}


async def was_thanked(session: AsyncSession, unit_id: int, *, now: datetime) -> bool:
    """Tell whether a team was thanked by its leader this week."""
    week = datetime.combine(counts.week_of(now.date()).monday, datetime.min.time(), now.tzinfo)
    thanked = select(func.count()).where(
        Audit.subject == "unit",
        Audit.subject_id == unit_id,
        Audit.action == "team_thanked",
        Audit.at >= week,
    )
    return (await session.exec(thanked)).one() > 0


@access.declares(Action.SEE_TEAM)
async def thank(
    session: AsyncSession,
    actor: Actor,
    unit_id: int,
    words: str,
    *,
    kinds: tuple[Kind, ...],
    now: datetime,
) -> int:
    """Thank the own team, once a week; tell how many were thanked now. Raises OutsideArea."""
    _unit, totals, members = await thanks_for(session, actor, unit_id, kinds=kinds, now=now)
    week = counts.week_of(now.date())
    notice = OwnTeamThanked(by=actor.who, **_named(totals), words=words)
    sent = 0
    for member in members:
        subject = f"team_thanks:{unit_id}:{week.iso_year}-W{week.iso_week:02d}"
        sent += await tell(session, member.id, notice, subject=subject, now=now)
    if sent:
        audit.record(session, actor.person_id, "team_thanked", "unit", unit_id, now=now)
    return sent
