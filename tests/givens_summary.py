"""What a script about the supervisor's week may take as given: teams, weeks of counts, requests, a lesson."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from models.help import HelpRequest, HelpState, Rating, Rung
from models.people import Assignment, FormOfAddress, Role
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Unit
from services import activity, units
from tests.givens import given
from tests.talk import Talk
from tests.world import LONG_AGO, add_person, find_unit

ZONE = LONG_AGO.tzinfo
CODES = [f"AL-{number:02d}" for number in range(1, 13)]
# Persons of each week by village, AL-01 first; AL-10 to AL-12 fall silent one after the other.
WEEKS = {
    40: [35, 26, 70, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    41: [37, 27, 81, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    42: [38, 28, 81, 0, 0, 0, 0, 0, 0, 5, 0, 0],
    43: [38, 28, 20, 16, 12, 11, 7, 8, 6, 0, 0, 3],
    44: [40, 30, 23, 17, 13, 12, 8, 9, 7, 0, 4, 0],
    45: [41, 31, 22, 17, 13, 11, 8, 10, 8, 5, 3, 2],
    46: [41, 33, 30, 22, 17, 15, 9, 11, 10, 0, 0, 0],
    47: [58, 41, 27, 24, 19, 15, 12, 10, 8, 0, 0, 0],
}
# The last that was heard of the silent teams did not come on the same day: days before the Wednesday.
DAYS_BEFORE = {"AL-10": 2, "AL-12": 1}
TURNS = [21, 15, 10, 10, 8, 8, 6, 5, 4, 0, 0, 0]
TURNS_BEFORE = [18, 20, 10, 10, 8, 8, 8, 6, 4, 0, 0, 0]
KINDS = {
    45: {"online_payment": 38, "vneid": 133},
    46: {"health_insurance": 169, "vneid": 19},
}
KINDS_47 = {
    "persons": {
        "vneid": 96,
        "health_insurance": 44,
        "social_account": 34,
        "online_payment": 31,
        "digital_signature": 9,
    },
    "turns": {"bot_help": 38, "online_filing": 31, "scam_prevention": 18},
}


@given(r"xã An Lạc có 12 tổ, 46 thành viên")
async def a_team_in_every_village(talk: Talk) -> None:
    async with talk.database.writing() as session:
        await add_person(
            session, talk, "Thảo", name="Võ Thảo", form=FormOfAddress.NAME, role=Role.MEMBER, code="AL-01"
        )
        for number, code in enumerate([*CODES[1:9], *CODES[10:]]):
            size = 3 if code == "AL-12" else 4
            for place in range(size):
                role = Role.MEMBER if place else Role.LEADER
                name = f"Người {number}{place}"
                await add_person(
                    session, talk, f"{code}-{place}", name=name, form=FormOfAddress.ANH, role=role, code=code
                )


@given(r"xã An Lạc đã ghi việc tuần (\d+) đến (\d+)")
async def weeks_of_work(talk: Talk, first: str, last: str) -> None:
    async with talk.database.writing() as session:
        for week in range(int(first), int(last) + 1):
            day = date.fromisocalendar(2026, week, 3)
            if week == 47:
                await _spread(session, day, WEEKS[47], KINDS_47["persons"])
                await _spread(session, day, TURNS, KINDS_47["turns"])
                await _spread(session, day, [1, 1, 1, 1, 0, 0], {"village_meeting": 4})
                await _spread(session, day, [0, 0, 0, 0, 1, 1], {"digital_class": 2})
                continue
            kinds = KINDS.get(week, {"vneid": sum(WEEKS[week])})
            await _spread(session, day, WEEKS[week], kinds)
            if week == 46:
                await _spread(session, day, TURNS_BEFORE, {"bot_help": sum(TURNS_BEFORE)})
                await _spread(session, day, [1, 1, 1, 1, 1], {"village_meeting": 5})


async def _spread(session, day: date, villages: list[int], kinds: dict[str, int]) -> None:
    """Give each village its number out of the kinds in turn, so that both margins are right."""
    left = dict(kinds)
    for code, wanted in zip(CODES, villages, strict=False):
        need = wanted
        for kind, rest in left.items():
            taken = min(need, rest)
            if taken:
                left[kind] -= taken
                need -= taken
                on = day - timedelta(days=DAYS_BEFORE.get(code, 0))
                await _record(session, code, kind, taken, on)
        assert not need, f"{code} has no kind left on {day}"


async def _record(session, code: str, kind: str, count: int, day: date) -> None:
    unit = await find_unit(session, code)
    await activity.record(
        session,
        unit_id=units.unit_id(unit),
        person_id=None,
        kind=kind,
        count=count,
        happened_on=day,
        now=datetime.combine(day, time(17), ZONE),
    )


@given(r"45 lượt nhờ tuần 47: xong 38, đang giúp 3, 4 bà con chờ quá 1 ngày")
async def requests_of_the_week(talk: Talk) -> None:
    async with talk.database.writing() as session:
        citizen = await add_person(session, talk, "bà con", name="Bà con", code="AL-02")
        monday = datetime.combine(date.fromisocalendar(2026, 47, 1), time(8), ZONE)
        for place, minutes in enumerate([12] * 9 + [30] * 9 + [18] * 20):
            unit = await find_unit(session, "AL-01" if place < 9 else "AL-02")
            asked = monday + timedelta(hours=place)
            session.add(_request(citizen, unit.id, asked, topic="thẻ BHYT", minutes=minutes))
        waiting = [("AL-08", 4), ("AL-08", 5), ("AL-08", 6), ("AL-10", 6)]
        for number, (code, weekday) in enumerate([*waiting, ("AL-02", 7), ("AL-03", 7), ("AL-05", 7)]):
            person = await add_person(session, talk, f"bà con {number}", name="Bà con", code=code)
            unit = await find_unit(session, code)
            asked = datetime.combine(date.fromisocalendar(2026, 47, weekday), time(7), ZONE)
            request = _request(person, unit.id, asked, topic="mã OTP")
            if number >= len(waiting):
                request.state = HelpState.CLAIMED
                request.helper_id = await _a_member(session, code)
                request.claimed_at = request.answered_at = asked + timedelta(minutes=18)
            session.add(request)


def _request(
    person_id: int, unit_id: int | None, asked: datetime, *, topic: str, minutes: int | None = None
) -> HelpRequest:
    done = None if minutes is None else asked + timedelta(minutes=minutes)
    return HelpRequest(
        person_id=person_id,
        unit_id=unit_id or 0,
        topic=topic,
        state=HelpState.OPEN if done is None else HelpState.CLOSED,
        rung=Rung.TEAM,
        asked_at=asked,
        answered_at=done,
        closed_at=done,
        rating=None if done is None else Rating.GOOD,
    )


async def _a_member(session, code: str) -> int:
    unit = await find_unit(session, code)
    held = select(Assignment.person_id).where(
        Assignment.unit_id == unit.id, Assignment.role == Role.MEMBER, col(Assignment.until).is_(None)
    )
    found: int = (await session.exec(held)).first()
    return found


@given(r"bài Nhận ra lừa đảo: 31/46 đạt, 6 đang học, hạn 27/11")
async def a_lesson_under_way(talk: Talk) -> None:
    await _lesson(talk, "AL", passed=31, learning=6)


@given(r"thôn (.+), bài Nhận ra lừa đảo: (\d+) người đạt, hạn 27/11")
async def a_lesson_of_a_team(talk: Talk, village: str, passed: str) -> None:
    await _lesson(talk, village, passed=int(passed))


async def _lesson(talk: Talk, place: str, *, passed: int, learning: int = 0) -> None:
    """Give a lesson to everybody in the teams of a place: the first have passed it, the next are learning."""
    async with talk.database.writing() as session:
        area = await find_unit(session, place)
        opened = datetime(2026, 11, 13, 19, 0, tzinfo=ZONE)
        task = TrainingTask(
            lesson="nhan_ra_lua_dao",
            unit_id=units.unit_id(area),
            roles=["member", "leader"],
            opens_at=opened,
            due_on=date(2026, 11, 27),
            assigned_at=opened,
        )
        session.add(task)
        await session.flush()
        held = (
            select(Assignment.person_id)
            .join(Unit, col(Unit.id) == col(Assignment.unit_id))
            .where(units.within(area), col(Assignment.role).in_((Role.MEMBER, Role.LEADER)))
        )
        for number, learner in enumerate(sorted((await session.exec(held)).all())):
            is_passed, is_opened = number < passed, number < passed + learning
            state = TaskState.PASSED if is_passed else TaskState.OPENED if is_opened else TaskState.ASSIGNED
            session.add(
                TaskAssignment(
                    task_id=task.id or 0,
                    person_id=learner,
                    state=state,
                    assigned_at=opened,
                    opened_at=opened if is_opened else None,
                    finished_at=opened if is_passed else None,
                )
            )


@given(r"(\S+) cũng là cán bộ phụ trách xã An Lạc")
async def another_supervisor(talk: Talk, who: str) -> None:
    async with talk.database.writing() as session:
        await add_person(
            session, talk, who, name=f"Lê {who}", form=FormOfAddress.ANH, role=Role.SUPERVISOR, code="AL"
        )
