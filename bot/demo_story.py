"""What happened in the sample area before the visitor came? The program itself is made to live it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import statements, updates
from bot.app import Program
from bot.channels import Incoming
from bot.conversation import actor_of
from bot.demo_clock import WEEK, DemoClock
from bot.jobs import remind_guides, report_announcements, send_weekly_summary
from bot.scheduler import Work
from locales import dates
from models.announcement import Audience
from models.people import Account, Assignment, Role
from models.training import TrainingTask
from models.units import Unit
from services import (
    announcements,
    broadcast,
    counts,
    invites,
    people,
    summary,
    team_week,
    training_reminders,
    units,
)
from services.access import Actor
from services.announcement_draft import Draft
from services.notices import tell
from services.sample import CAST, CHANNEL, person_of

DAY: Final = timedelta(days=1)
PAUSE: Final = timedelta(seconds=40)
# Days beside the Monday of this week.
LAST_THURSDAY: Final = -4 * DAY
SATURDAY: Final = 5 * DAY
ANNOUNCED_AT: Final = time(8, 10)
MEETING_AT: Final = time(8)
TOLD_AT: Final = time(12)
EVENING: Final = time(17, 40)
SUNDAY_EVENING: Final = time(19)
AFTERNOON: Final = time(16, 20)
REMINDED_AT: Final = time(8)
JOINED: Final = timedelta(minutes=35)
ASKED: Final = timedelta(minutes=11)
JOINER: Final = "sample-joiner"
FIGURES: Final = {figure.key: figure for figure in CAST}
CAST_CHATS: Final = frozenset(figure.chat for figure in CAST)
# Of those the announcement goes to: who shut the program out; every how many-th has not read it, cannot come.
SHUT_OUT: Final = frozenset({11, 37})
UNREAD: Final = 4
ABSENT: Final = 9

Scene = Callable[[datetime], Awaitable[None]]


class Story:
    """Lets people of the sample say things at past moments, and delivers what the program answers."""

    def __init__(self, program: Program, clock: DemoClock, now: datetime) -> None:
        """Prepare to end at `now`; the clock stands still until then."""
        self.program = program
        self.clock = clock
        self.now = now
        self.sender = program.add_sender(program.webchat)
        self._monday = counts.week_of(now.date()).monday
        self._said = 0

    async def tell(self) -> None:
        """Tell everything in the order of time, and let the clock run on."""
        for at, scene in sorted(await self._scenes(), key=lambda one: one[0]):
            await scene(self._stop_at(at))
        self.clock.run_from(self.now)

    async def _scenes(self) -> list[tuple[datetime, Scene]]:
        today, rules = self.now.date(), self.program.rules.summary
        thursday = self._monday + LAST_THURSDAY
        summed_up = self._at(self._monday + timedelta(days=rules.weekday), rules.at)
        scenes: list[tuple[datetime, Scene]] = [
            (self._at(thursday, ANNOUNCED_AT), self._announce),
            (self._at(thursday, TOLD_AT), self._tell_how_far),
            (self._at(self._monday - DAY, SUNDAY_EVENING), self._end_last_week),
            (summed_up if summed_up <= self.now else summed_up - WEEK, self._bring_summaries),
            (self._at(today - DAY, AFTERNOON), self._leave_guide),
            (self._at(today - DAY, EVENING), self._write_much),
            (self._at(today, REMINDED_AT), self._remind_of_guide),
            (self.now - JOINED, self._ask_to_join),
            (self.now - ASKED, self._ask_for_help),
        ]
        async with self.program.database.reading() as session:
            latest = select(TrainingTask.opens_at).order_by(col(TrainingTask.opens_at).desc())
            opens_at = (await session.exec(latest)).first()
        return [*scenes, (opens_at, self._bring_lesson)] if opens_at else scenes

    async def _bring_lesson(self, now: datetime) -> None:
        """Bring the open lesson to whoever has not heard of it, on the evening it opened."""
        async with self.program.database.writing() as session:
            await training_reminders.push(session, self.program.given["lessons"], now=now)
        await self.sender.drain()

    async def _announce(self, now: datetime) -> None:
        """Announce a meeting to the teams of the commune; the two of the cast have yet to answer."""
        chats = [chat for team in await self._teams() for chat in team]
        await self._shut_out([chat for place, chat in enumerate(chats) if place in SHUT_OUT])
        is_over = self.now >= self._at(self._monday + SATURDAY, MEETING_AT)
        meeting = dates.short(self._monday + SATURDAY + is_over * WEEK)
        words = f"8h sáng thứ Bảy {meeting} họp tổ tại hội trường xã, mang theo sổ ghi."
        draft, rules = Draft(words, now, audience=Audience.MEMBERS), self.program.rules
        async with self.program.database.writing() as session:
            actor = await actor_in(session, FIGURES["commune"].chat)
            assert actor is not None  # noqa: S101 - the sample made them
            commune = await announcements.area_of(session, actor)
            send: dict[str, Any] = {"rules": rules.announcements, "hours": rules.hours, "now": now}
            await broadcast.announce(session, actor, commune, draft, **send)
        await self.sender.drain()
        for place, chat in enumerate(chats):
            if place % UNREAD and place not in SHUT_OUT and chat not in CAST_CHATS:
                await self._say(chat, "Đã nắm" if place % ABSENT else "Tôi vắng")

    async def _shut_out(self, chats: list[str]) -> None:
        blocked = sa.update(Account).where(col(Account.external_id).in_(chats))
        async with self.program.database.writing() as session:
            await session.exec(blocked.values(is_reachable=False, unreachable_why="blocked"))

    async def _tell_how_far(self, now: datetime) -> None:
        """Tell whoever announced how far it came."""
        await report_announcements.run(self._work(now))
        await self.sender.drain()

    async def _write_much(self, _now: datetime) -> None:
        """Let somebody of another village, then of the leader's team, write down far more than usual."""
        mine, _next, other, *_rest = await self._teams()
        await self._say(other[1], "ghi", "Cài VNeID", "38", "Đúng 38")
        await self._say(mine[2], "ghi", "Cài VNeID", "45", "Đúng 45")

    async def _end_last_week(self, now: datetime) -> None:
        """Show the leader the team's last week, on the Sunday that ended it."""
        week = counts.week_of(now.date())
        async with self.program.database.writing() as session:
            person_id = await person_of(session, FIGURES["leader"])
            village = await _unit_of(session, person_id)
            rules = self.program.rules
            lessons = self.program.given["lessons"]
            seen = await team_week.week_up_to(
                session,
                village,
                now.date(),
                rules=rules,
                title=lambda slug: lessons.get(slug).title if slug in lessons else slug,
                now=now,
            )
            subject = f"team_week:{village.id}:{week.iso_year}-W{week.iso_week:02d}"
            await tell(session, person_id, seen, subject=subject, now=now)
        await self.sender.drain()

    async def _bring_summaries(self, now: datetime) -> None:
        """Send the supervisors of the cast the last finished week, on its Monday."""
        await send_summaries(self.program, due_at=now, now=now)
        await self.sender.drain()

    async def _leave_guide(self, _now: datetime) -> None:
        """Walk a guide half through, to be reminded of it in the morning."""
        citizen = FIGURES["citizen"]
        await self._say(citizen.chat, "lam sao cai vneid", "Bắt đầu", "Tiếp", "Tiếp", "de mai", "Nhắc tôi")

    async def _remind_of_guide(self, now: datetime) -> None:
        await remind_guides.run(self._work(now))
        await self.sender.drain()

    async def _ask_to_join(self, now: datetime) -> None:
        """Let somebody scan the leader's code."""
        async with self.program.database.writing() as session:
            person_id = await person_of(session, FIGURES["leader"])
            village = await _unit_of(session, person_id)
            issued = await invites.issue(session, village, role=Role.MEMBER, invited_by=person_id, now=now)
        await self._say(JOINER, f"/start {issued.payload}", "Đồng ý", "Lê Thị Thu Hà", "Chị Hà")

    async def _ask_for_help(self, _now: datetime) -> None:
        """Get stuck in a guide and ask the team of the village."""
        stuck = ("quen mat khau vneid", "Bắt đầu", "Tiếp", "Chưa làm được", "Nhờ người giúp")
        await self._say(FIGURES["neighbour"].chat, *stuck)

    async def _teams(self) -> list[list[str]]:
        """List the chats of the commune's teams, that of the cast first and each with its leader first."""
        async with self.program.database.reading() as session:
            village = await _unit_of(session, await person_of(session, FIGURES["leader"]))
            held = (
                select(Unit.code, Account.external_id)
                .join(Assignment, col(Assignment.unit_id) == col(Unit.id))
                .join(Account, col(Account.person_id) == col(Assignment.person_id))
                .where(Unit.parent_id == village.parent_id, Account.channel == CHANNEL)
                .order_by(col(Unit.code), col(Assignment.id))
            )
            found: dict[str, list[str]] = {}
            for code, chat in (await session.exec(held)).all():
                found.setdefault(code, []).append(chat)
        return list(found.values())

    async def _say(self, chat: str, *texts: str) -> None:
        """Let somebody type; a label typed is a choice made."""
        for text in texts:
            self._said += 1
            key, now = f"story-{self._said}", self.clock.now()
            update = updates.text_update(chat, text, key=key, at=now)
            await self.program.receive(Incoming(CHANNEL, CHANNEL, key, chat, chat, update))
            await self.sender.drain()
            self._stop_at(now + PAUSE)

    def _work(self, now: datetime) -> Work:
        program = self.program
        return Work(program.database, now, now, rules=program.rules, given=program.given)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.now.tzinfo)

    def _stop_at(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.now.tzinfo)
        self.clock.stop_at(local)
        return local


async def send_summaries(program: Program, *, due_at: datetime, now: datetime) -> None:
    """Send the supervisors of the cast their week; the rest of the province comes with the job itself."""
    work = Work(program.database, due_at, now, rules=program.rules, given=program.given)
    week = summary.finished_week(due_at.date())
    async with program.database.reading() as session:
        shown = {await person_of(session, figure) for figure in CAST if figure.role is Role.SUPERVISOR}
        readers = await summary.readers(session)
    for unit_id, person_ids in readers.items():
        if shown.intersection(person_ids):
            await send_weekly_summary.send(work, unit_id, person_ids, week)


async def actor_in(session: AsyncSession, chat: str) -> Actor | None:
    """Find who speaks in a chat, with their roles; None for a chat nobody has."""
    connection = await session.connection()
    found = await connection.execute(statements.FIND_ACCOUNT, {"b_account": CHANNEL, "b_sender": chat})
    account_id = found.scalar()
    if account_id is None:
        return None
    return actor_of((await connection.execute(statements.ACTOR, {"b_id": account_id})).all())


async def _unit_of(session: AsyncSession, person_id: int) -> Unit:
    person = await people.person_of(session, person_id)
    return await units.unit_of(session, person.unit_id or 0)
