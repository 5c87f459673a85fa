"""What a script may take as given: each phrase after "=" sets the stage in one way."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from models.activity import Rollup
from models.guides import GuideVisit, VisitOutcome
from models.help import HelpRequest, HelpState
from models.people import Account, Assignment, FormOfAddress, Person, Role
from models.team import Invite
from models.training import TaskAssignment, TaskState, TrainingTask
from models.units import Level, Unit
from services import activity, guide_recordings, invites, training_assign, units
from services.guides import Library
from tests.factories import actor_for
from tests.talk import Talk
from tests.world import LONG_AGO, add_person, find_unit, person_id

Given = Callable[..., Awaitable[None]]
_phrases: list[tuple[re.Pattern[str], Given]] = []


def given(pattern: str) -> Callable[[Given], Given]:
    """Register a phrase; its groups become the function's arguments after the talk."""

    def register(function: Given) -> Given:
        _phrases.append((re.compile(pattern), function))
        return function

    return register


async def apply(phrase: str, talk: Talk) -> None:
    """Set the stage by one phrase; raises AssertionError for one nobody wrote."""
    for pattern, function in _phrases:
        found = pattern.fullmatch(phrase)
        if found:
            await function(talk, *found.groups())
            return
    raise AssertionError(f"nobody knows how to give: {phrase!r}")


@given(r"(\S+) đã đồng ý(?:, thôn (.+))?")
async def a_citizen_who_said_yes(talk: Talk, who: str, village: str | None) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village) if village else None
        await add_person(session, talk, who, name=who, code=unit.code if unit else None)


@given(r"(\S+) là thành viên thôn (.+)")
async def a_member(talk: Talk, who: str, village: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        await add_person(
            session,
            talk,
            who,
            name=f"Nguyễn Thị {who}",
            form=FormOfAddress.NAME,
            role=Role.MEMBER,
            code=unit.code,
        )


@given(r"(\S+) đã ghi (\d+) \S+ (.+), (\d+/\d+/\d+ \d+:\d+)")
async def work_was_written(talk: Talk, who: str, count: str, label: str, when: str) -> None:
    kind = next(kind for kind in talk.rules.activity.kinds if kind.label.lower() == label.lower())
    at = datetime.strptime(when, "%d/%m/%Y %H:%M").replace(tzinfo=LONG_AGO.tzinfo)
    async with talk.database.writing() as session:
        writer = await person_id(session, talk, who)
        held = select(Assignment.unit_id).where(Assignment.person_id == writer)
        await activity.record(
            session,
            unit_id=(await session.exec(held)).one(),
            person_id=writer,
            kind=kind.name,
            count=int(count),
            happened_on=at.date(),
            now=at,
        )


@given(r"kênh chỉ còn (\d+) tin trong tháng")
async def few_messages_left(talk: Talk, left: str) -> None:
    talk.channel.quota_left = int(left)


@given(r"bước (\d+) bài (\S+) có ghi âm (\S+)")
async def recordings(talk: Talk, step: str, slug: str, names: str) -> None:
    """Lay recordings beside a step: "bdq.mp3,vi.ogg"; what is in them does not matter here."""
    library: Library = talk.conversations.given["guides"]
    folder = talk.media.parent / "recorded" / slug
    folder.mkdir(parents=True, exist_ok=True)
    for name in names.split(","):
        (folder / f"{step}.{name}").write_bytes(f"sound of {name}".encode())
    guides = tuple(guide for each in library.slugs for guide in library.versions(each))
    spoken = Library(guides, recordings=guide_recordings.find(folder))
    talk.conversations.given["guides"] = talk.drawings.library = spoken


def _end_of(day: str, talk: Talk) -> datetime:
    """Read a last day, 24/11/2026, as the midnight after it."""
    last = date(*(int(part) for part in reversed(day.split("/"))))
    return datetime.combine(last + timedelta(days=1), time(), talk.clock.now().tzinfo)


@given(r"mã mời m_(\S+), nhắn (\S+), vào tổ thôn (.+), của (\S+), tới hết (\S+)")
async def an_invite(talk: Talk, token: str, code: str, village: str, leader: str, day: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        invited_by = await person_id(session, talk, leader)
        issued = await invites.issue(
            session, unit, role=Role.MEMBER, invited_by=invited_by, now=talk.clock.now()
        )
        row = await invites.invite_of(session, issued.id)
        assert row is not None
        row.token_hash = invites.hash_secret(token)
        row.short_code_hash = invites.hash_secret(code.replace("-", ""))
        row.expires_at = _end_of(day, talk)
        session.add(row)


@given(r"(\S+) mất máy, (\S+) đưa mã (\S+), tới hết (\S+)")
async def a_lost_phone(talk: Talk, who: str, leader: str, code: str, day: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, "Hòa Sơn")
        person = await person_id(session, talk, who)
        lost = update(Account).where(col(Account.person_id) == person)
        await (await session.connection()).execute(lost.values(person_id=None))
        session.add(
            Invite(
                token_hash=invites.hash_secret(f"link of {code}"),
                short_code_hash=invites.hash_secret(code.replace("-", "")),
                role=Role.MEMBER,
                unit_id=unit.id or 0,
                person_id=person,
                invited_by=await person_id(session, talk, leader),
                created_at=talk.clock.now(),
                expires_at=_end_of(day, talk),
            )
        )


@given(r"thôn (.+) có 2 bài học đang mở")
async def two_open_lessons(talk: Talk, village: str) -> None:
    now = talk.clock.now()
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        for days, lesson in ((7, "viec_cua_to"), (10, "nhan_ra_lua_dao")):
            session.add(
                TrainingTask(
                    lesson=lesson,
                    unit_id=unit.id or 0,
                    roles=[Role.MEMBER, Role.LEADER],
                    opens_at=now - timedelta(days=1),
                    due_on=now.date() + timedelta(days=days),
                    assigned_at=now - timedelta(days=1),
                )
            )


@given(r"thôn (.+) đã ghi (\d+) người từ 10/2025")
async def a_history(talk: Talk, village: str, persons: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        rollup = Rollup(
            unit_id=unit.id or 0, day=LONG_AGO.date(), kind="vneid", total=int(persons), entries=1
        )
        session.add(rollup)


@given(r"(\S+) đang giúp (\S+)")
async def a_request_being_answered(talk: Talk, helper: str, citizen: str) -> None:
    now = talk.clock.now()
    async with talk.database.writing() as session:
        unit = await find_unit(session, "Hòa Sơn")
        session.add(
            HelpRequest(
                person_id=await person_id(session, talk, citizen),
                unit_id=unit.id or 0,
                topic="mã OTP",
                state=HelpState.CLAIMED,
                asked_at=now,
                helper_id=await person_id(session, talk, helper),
                claimed_at=now,
            )
        )


@given(r"(\S+) đang ở bước (\d+)/\d+ bài (\S+)")
async def a_step_reached(talk: Talk, who: str, step: str, slug: str) -> None:
    now = talk.clock.now()
    async with talk.database.writing() as session:
        mine = await person_id(session, talk, who)
        session.add(GuideVisit(person_id=mine, slug=slug, step=int(step), started_at=now, moved_at=now))


@given(r"tổ thôn (.+) thường đáp sau (\d+) phút")
async def a_team_that_answers(talk: Talk, village: str, minutes: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        helper = await person_id(session, talk, "Bình")
        for days in range(1, 6):
            asked = talk.clock.now() - timedelta(days=days)
            answered = asked + timedelta(minutes=int(minutes))
            session.add(
                HelpRequest(
                    person_id=await person_id(session, talk, "Dũng"),
                    unit_id=unit.id or 0,
                    state=HelpState.CLOSED,
                    asked_at=asked,
                    helper_id=helper,
                    answered_at=answered,
                    closed_at=answered,
                )
            )


@given(r"(.+) đang tạm nghỉ")
async def people_who_pause(talk: Talk, names: str) -> None:
    async with talk.database.writing() as session:
        for who in names.split(", "):
            person = await session.get_one(Person, await person_id(session, talk, who))
            person.paused_until = talk.clock.now().date() + timedelta(days=7)
            session.add(person)


@given(r"(\S+) cũng là thành viên thôn (.+)")
async def a_member_of_another_team_too(talk: Talk, who: str, village: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        member = await person_id(session, talk, who)
        session.add(Assignment(person_id=member, unit_id=unit.id or 0, role=Role.MEMBER, since=LONG_AGO))


@given(r"(\S+) giao bài (.+), mở (\d+)/(\d+), hạn (\d+)/(\d+)")
async def a_lesson_given(
    talk: Talk, who: str, title: str, day: str, month: str, due_day: str, due_month: str
) -> None:
    """A supervisor gave the lesson to the whole area on the morning of the day it opens."""
    lesson = next(one for one in talk.given["lessons"] if one.title == title)
    morning = talk.clock.now().replace(day=int(day), month=int(month), hour=10, minute=0)
    async with talk.database.writing() as session:
        giver = await session.get_one(Person, await person_id(session, talk, who))
        actor = await actor_for(session, giver)
        unit = await session.get_one(Unit, actor.roles[0].unit_id)
        due_on = morning.date().replace(day=int(due_day), month=int(due_month))
        push_at = talk.rules.training.push_at
        await training_assign.give(
            session, actor, unit, lesson.slug, due_on=due_on, push_at=push_at, now=morning
        )


@given(r"(\S+) đã đạt bài (.+)")
async def a_lesson_passed(talk: Talk, who: str, title: str) -> None:
    lesson = next(one for one in talk.given["lessons"] if one.title == title)
    async with talk.database.writing() as session:
        learner = await person_id(session, talk, who)
        person = await session.get_one(Person, learner)
        task = TrainingTask(
            lesson=lesson.slug,
            unit_id=person.unit_id or 0,
            roles=[Role.MEMBER],
            opens_at=LONG_AGO,
            due_on=LONG_AGO.date() + timedelta(days=14),
            assigned_at=LONG_AGO,
        )
        session.add(task)
        await session.flush()
        session.add(
            TaskAssignment(
                task_id=task.id or 0,
                person_id=learner,
                state=TaskState.PASSED,
                score=len(lesson.questions),
                assigned_at=LONG_AGO,
                opened_at=LONG_AGO,
                finished_at=LONG_AGO,
            )
        )


@given(r"(\S+) học tới trang (\d+) lúc (\d+)/(\d+)")
async def a_page_reached(talk: Talk, who: str, page: str, day: str, month: str) -> None:
    """Somebody opened their only lesson and read on to a page; they were told of it when it opened."""
    at = talk.clock.now().replace(day=int(day), month=int(month))
    async with talk.database.writing() as session:
        learner = await person_id(session, talk, who)
        query = select(TaskAssignment).where(TaskAssignment.person_id == learner)
        row = (await session.exec(query)).one()
        row.state, row.page, row.opened_at, row.remind_at = TaskState.OPENED, int(page), at, None
        session.add(row)


@given(r"mã mời làm (tổ trưởng|cán bộ phụ trách|người quản trị) m_(\S+) vào (\S+)")
async def an_invite_from_the_command_line(talk: Talk, role: str, token: str, code: str) -> None:
    roles = {
        "tổ trưởng": Role.LEADER,
        "cán bộ phụ trách": Role.SUPERVISOR,
        "người quản trị": Role.OPERATOR,
    }
    async with talk.database.writing() as session:
        unit = await find_unit(session, code)
        issued = await invites.issue(session, unit, role=roles[role], uses=1, now=talk.clock.now())
        row = await invites.invite_of(session, issued.id)
        assert row is not None
        row.token_hash = invites.hash_secret(token)
        session.add(row)


from tests import (  # noqa: E402 - their phrases register themselves, after `given` is there
    givens_help,  # noqa: F401
    givens_learning,  # noqa: F401
    givens_summary,  # noqa: F401
    givens_targets,  # noqa: F401
    givens_work,  # noqa: F401
)


@given(r"có thêm xã (.+)")
async def another_commune(talk: Talk, name: str) -> None:
    async with talk.database.writing() as session:
        parent = await find_unit(session, "SC")
        await units.add_unit(session, level=Level.COMMUNE, kind="xã", name=name, code="VH", parent=parent)


@given(r"(\S+) đã làm xong bài (\S+)")
async def a_guide_was_finished(talk: Talk, who: str, slug: str) -> None:
    at = talk.clock.now() - timedelta(hours=3)
    async with talk.database.writing() as session:
        citizen = await person_id(session, talk, who)
        visit = GuideVisit(
            person_id=citizen,
            slug=slug,
            step=5,
            started_at=at,
            moved_at=at,
            ended_at=at,
            outcome=VisitOutcome.DONE,
        )
        session.add(visit)


@given(r"(\S+) trả lời đúng tới câu (\d+) bài (.+)")
async def a_question_reached(talk: Talk, who: str, number: str, title: str) -> None:
    """Somebody read the lesson and answered rightly all questions before this one."""
    lesson = next(one for one in talk.given["lessons"] if one.title == title)
    async with talk.database.writing() as session:
        learner = await person_id(session, talk, who)
        query = (
            select(TaskAssignment)
            .join(TrainingTask, col(TrainingTask.id) == col(TaskAssignment.task_id))
            .where(TaskAssignment.person_id == learner, TrainingTask.lesson == lesson.slug)
        )
        row = (await session.exec(query)).one()
        row.state, row.page = TaskState.OPENED, len(lesson.pages) + int(number)
        row.opened_at, row.remind_at = row.assigned_at, None
        row.answers = {str(n): lesson.questions[n - 1].right for n in range(1, int(number))}
        session.add(row)


@given(r"(\S+) đang mở bài (.+), hạn (\d+)/(\d+)")
async def a_lesson_begun(talk: Talk, who: str, title: str, due_day: str, due_month: str) -> None:
    """Somebody alone was given a lesson yesterday, and opened it."""
    lesson = next(one for one in talk.given["lessons"] if one.title == title)
    yesterday = talk.clock.now() - timedelta(days=1)
    async with talk.database.writing() as session:
        person = await session.get_one(Person, await person_id(session, talk, who))
        task = TrainingTask(
            lesson=lesson.slug,
            unit_id=person.unit_id or 0,
            roles=[Role.MEMBER],
            opens_at=yesterday,
            due_on=yesterday.date().replace(day=int(due_day), month=int(due_month)),
            assigned_at=yesterday,
        )
        session.add(task)
        await session.flush()
        session.add(
            TaskAssignment(
                task_id=task.id or 0,
                person_id=person.id or 0,
                state=TaskState.OPENED,
                page=1,
                assigned_at=yesterday,
                opened_at=yesterday,
            )
        )
