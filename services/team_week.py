"""How did one team's week go: its sums, each member's part, who has not written anything since when?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import Activity
from models.nudge import NudgeKind
from models.people import Assignment, Role
from models.units import Level, Unit
from services import activity, audit, counts, nudges, people, reviews, targets, team, training, units
from services.access import Action, Actor, declares
from services.notices import TeamWeek
from services.rules import ActivityLimits, Kind, Rules, SummaryTime
from services.team import Member

SEVEN_DAYS: Final = timedelta(days=7)
QUARTER: Final = "tổ"

Title = Callable[[str], str]


@declares(Action.SEE_TEAM)
async def see_week(
    session: AsyncSession,
    actor: Actor,
    unit: Unit,
    *,
    rules: Rules,
    title: Title | None = None,
    now: datetime,
) -> TeamWeek:
    """Look at a team's week up to today. Raises OutsideArea."""
    actor.require(Action.SEE_TEAM, unit_id=units.unit_id(unit), path=unit.path)
    return await week_up_to(session, unit, now.date(), rules=rules, title=title, now=now)


async def week_up_to(
    session: AsyncSession,
    unit: Unit,
    day: date,
    *,
    rules: Rules,
    title: Title | None = None,
    now: datetime,
) -> TeamWeek:
    """Gather a team's week from Monday to a day, compared with the same days of the week before.

    `title` names a lesson by its slug; without it none is said.
    """
    kinds = rules.activity.kinds
    week = counts.week_of(day)
    totals = await counts.totals(session, unit, week.monday, day, kinds=kinds)
    more = await _changes(session, unit, totals, week.monday, day, kinds=kinds)
    members = await team.members_of(session, units.unit_id(unit))
    parts = await _parts(session, unit, members, week.monday, day, kinds=kinds)
    silent = await _silent(session, unit, members, week.monday, day)
    commune, summary_at = await _summary(session, unit, week.sunday, rules.summary, now=now)
    lesson = await _lesson(session, unit, title, now=now)
    unit_id = units.unit_id(unit)
    asked = await nudges.recent(session, NudgeKind.MEMBER, [unit_id], now=now)
    return TeamWeek(
        unit_id=units.unit_id(unit),
        unit=units.display_name(unit) if _is_quarter(unit) else unit.name,
        is_quarter=_is_quarter(unit),
        begins_on=week.monday.isoformat(),
        seen_at=now.isoformat(),
        entries=await counts.entries(session, unit, week.monday, day),
        persons=totals["persons"],
        turns=totals["turns"],
        sessions=totals["sessions"],
        more_persons=more["persons"],
        more_turns=more["turns"],
        more_sessions=more["sessions"],
        members=[who for who, _ in parts],
        did_persons=[done["persons"] for _, done in parts],
        did_turns=[done["turns"] for _, done in parts],
        did_sessions=[done["sessions"] for _, done in parts],
        silent=[member.who for member, _ in silent],
        silent_on=[last for _, last in silent],
        commune=commune,
        summary_at=summary_at,
        silent_ids=[0 if (member.id, unit_id) in asked else member.id for member, _ in silent],
        looks=await reviews.count_waiting(session, unit),
        **lesson,
        **await _goal(session, unit, day, limits=rules.activity),
    )


@declares(Action.LOG_ACTIVITY)
async def say_no_work(
    session: AsyncSession, actor: Actor, unit: Unit, day: date, *, limits: ActivityLimits, now: datetime
) -> tuple[Activity, bool] | None:
    """Write down that a team had nothing to do in the week of a day: a spoken zero, which is an answer too.

    Said before, it is the row of then, and False; None when the week has work.
    Raises OutsideArea, DayToCome, WeekLocked.
    """
    unit_id = units.unit_id(unit)
    actor.require(Action.LOG_ACTIVITY, unit_id=unit_id, path=unit.path)
    week = counts.week_of(day)
    last = min(now.date(), week.sunday)
    await activity.check_day(session, unit, week.monday, limits, now=now)
    if any((await counts.by_kind(session, unit, week.monday, week.sunday)).values()):
        return None
    said = select(Activity).where(
        Activity.unit_id == unit_id,
        Activity.kind == counts.SPOKEN_ZERO,
        col(Activity.corrected_at).is_(None),
        col(Activity.happened_on).between(week.monday, week.sunday),
    )
    before = (await session.exec(said)).first()
    if before is not None:
        return before, False
    entry_id = await activity.record(
        session,
        unit_id=unit_id,
        person_id=actor.person_id,
        kind=counts.SPOKEN_ZERO,
        count=0,
        happened_on=last,
        now=now,
    )
    audit.record(session, actor.person_id, "no_work_said", "activity", entry_id, now=now)
    await nudges.answer(session, NudgeKind.TEAM, actor.person_id, unit_id, "no_work", now=now)
    return (await session.exec(said)).one(), True


async def leaders(session: AsyncSession) -> list[tuple[int, Unit]]:
    """List who leads which village now, by unit."""
    statement = (
        select(Assignment.person_id, Unit)
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(
            Assignment.role == Role.LEADER,
            col(Assignment.until).is_(None),
            Unit.level == Level.VILLAGE,
            col(Unit.valid_to).is_(None),
        )
        .order_by(col(Unit.id), col(Assignment.id))
    )
    return list((await session.exec(statement)).all())


def _is_quarter(unit: Unit) -> bool:
    """Tell whether a unit is itself called a tổ, as a tổ dân phố is: its team needs the long name."""
    return unit.kind.split(" ")[0] == QUARTER


async def _changes(
    session: AsyncSession,
    unit: Unit,
    totals: counts.Totals,
    monday: date,
    day: date,
    *,
    kinds: Sequence[Kind],
) -> counts.Totals:
    first, last = monday - SEVEN_DAYS, day - SEVEN_DAYS
    if not await counts.entries(session, unit, first, last):
        return dict.fromkeys(counts.UNITS, 0)
    before = await counts.totals(session, unit, first, last, kinds=kinds)
    return {of: totals[of] - before[of] for of in counts.UNITS}


async def _parts(
    session: AsyncSession,
    unit: Unit,
    members: Sequence[Member],
    monday: date,
    day: date,
    *,
    kinds: Sequence[Kind],
) -> list[tuple[str, counts.Totals]]:
    """List what each member did here, who helped most persons first; who did nothing is left out."""
    ids = [member.id for member in members]
    done = await counts.by_person(session, ids, monday, day, kinds=kinds, unit=unit)
    parts = [(member.who, done[member.id]) for member in members if any(done[member.id].values())]
    return sorted(parts, key=lambda part: tuple(part[1].values()), reverse=True)


async def _silent(
    session: AsyncSession, unit: Unit, members: Sequence[Member], monday: date, day: date
) -> list[tuple[Member, str]]:
    """List the members who wrote nothing this week and do not rest, with the last day they did something."""
    statement = (
        select(Activity.person_id, func.max(Activity.happened_on))
        .where(
            Activity.unit_id == units.unit_id(unit),
            col(Activity.corrected_at).is_(None),
            col(Activity.happened_on) <= day,
        )
        .group_by(col(Activity.person_id))
    )
    last = dict((await session.exec(statement)).all())
    return [
        (member, last[member.id].isoformat() if member.id in last else "")
        for member in members
        if _is_expected(member, monday, day) and last.get(member.id, date.min) < monday
    ]


async def _lesson(session: AsyncSession, unit: Unit, title: Title | None, *, now: datetime) -> dict[str, Any]:
    """Tell how far the team is with the lesson due first among those that are open."""
    if title is None:
        return {}
    found = [one for one in await training.progress(session, unit, now=now) if one.due_on >= now.date()]
    if not found:
        return {}
    first = min(found, key=lambda one: (one.due_on, one.task_id))
    return {
        "lesson": title(first.lesson),
        "lesson_passed": first.passed,
        "lesson_people": first.people,
        "lesson_due": first.due_on.isoformat(),
    }


async def _goal(session: AsyncSession, unit: Unit, day: date, *, limits: ActivityLimits) -> dict[str, Any]:
    """Tell how far the team is with its goal, the one furthest behind among several."""
    found = await targets.progress(session, unit, day, limits=limits)
    if not found:
        return {}
    one = min(found, key=lambda one: one.share_of_pace)
    kind = limits.kind(one.kind)
    return {
        "goal_kind": kind.label if kind else one.kind,
        "goal": one.goal,
        "goal_done": one.done,
        "goal_days_left": one.days_left,
        "goal_first": one.span.first.isoformat(),
        "goal_last": one.span.last.isoformat(),
    }


def _is_expected(member: Member, monday: date, day: date) -> bool:
    """Tell whether somebody could have written: not the leader who reads this, nor who rests or just came."""
    rests = member.person.paused_until is not None and member.person.paused_until >= day
    return member.role is Role.MEMBER and not rests and member.since.date() < monday


async def _summary(
    session: AsyncSession, unit: Unit, sunday: date, summary: SummaryTime, *, now: datetime
) -> tuple[str, str]:
    """Tell what the commune is called and when it receives this week's summary; nothing if nobody does."""
    commune = await units.ancestor(session, unit, Level.COMMUNE)
    if commune is None or not await people.holders(session, units.unit_id(commune), Role.SUPERVISOR):
        return "", ""
    first = sunday + timedelta(days=1)
    day = first + timedelta(days=(summary.weekday - first.weekday()) % 7)
    at = datetime.combine(day, summary.at, tzinfo=now.tzinfo)
    return (commune.kind, at.isoformat()) if at > now else ("", "")
