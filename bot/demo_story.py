"""What happened in the sample area before the visitor came? The program itself is made to live it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import updates
from bot.app import Program
from bot.channels import Incoming
from bot.demo_clock import WEEK, DemoClock
from bot.jobs import remind_guides, send_weekly_summary
from bot.scheduler import Work
from models.people import Role
from models.training import TrainingTask
from models.units import Unit
from services import counts, invites, people, summary, team_week, training_reminders, units
from services.notices import tell
from services.sample import CAST, CHANNEL, Figure, person_of

DAY: Final = timedelta(days=1)
PAUSE: Final = timedelta(seconds=40)
SUNDAY_EVENING: Final = time(19)
AFTERNOON: Final = time(16, 20)
REMINDED_AT: Final = time(8)
JOINED: Final = timedelta(minutes=35)
ASKED: Final = timedelta(minutes=11)
JOINER: Final = "sample-joiner"
FIGURES: Final = {figure.key: figure for figure in CAST}


class Story:
    """Lets people of the sample say things at past moments, and delivers what the program answers."""

    def __init__(self, program: Program, clock: DemoClock, now: datetime) -> None:
        """Prepare to end at `now`; the clock stands still until then."""
        self.program = program
        self.clock = clock
        self.now = now
        self.sender = program.add_sender(program.webchat)
        self._said = 0

    async def tell(self) -> None:
        """Tell everything, each chat in the order of time, and let the clock run on."""
        await self._bring_lesson()
        await self._end_last_week(FIGURES["leader"])
        await self._bring_summaries()
        await self._leave_guide(FIGURES["citizen"])
        await self._ask_to_join(FIGURES["leader"])
        await self._ask_for_help(FIGURES["neighbour"])
        self.clock.run_from(self.now)

    async def _bring_lesson(self) -> None:
        """Bring the open lesson to whoever has not heard of it, on the evening it opened."""
        async with self.program.database.reading() as session:
            latest = select(TrainingTask.opens_at).order_by(col(TrainingTask.opens_at).desc())
            opens_at = (await session.exec(latest)).first()
        if opens_at is None:
            return
        now = self._stop_at(opens_at)
        async with self.program.database.writing() as session:
            await training_reminders.push(session, self.program.given["lessons"], now=now)
        await self.sender.drain()

    async def _end_last_week(self, leader: Figure) -> None:
        """Show the leader the team's last week, on the Sunday that ended it."""
        monday = counts.week_of(self.now.date()).monday
        now = self._stop_at(datetime.combine(monday - DAY, SUNDAY_EVENING, self.now.tzinfo))
        week = counts.week_of(now.date())
        async with self.program.database.writing() as session:
            person_id = await person_of(session, leader)
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

    async def _bring_summaries(self) -> None:
        """Send the supervisors of the cast the last finished week, on its Monday."""
        rules = self.program.rules.summary
        monday = counts.week_of(self.now.date()).monday + timedelta(days=rules.weekday)
        due_at = datetime.combine(monday, rules.at, self.now.tzinfo)
        now = self._stop_at(due_at if due_at <= self.now else due_at - WEEK)
        await send_summaries(self.program, due_at=now, now=now)
        await self.sender.drain()

    async def _leave_guide(self, citizen: Figure) -> None:
        """Walk a guide half through and be reminded of it in the morning."""
        self._stop_at(datetime.combine(self.now.date() - DAY, AFTERNOON, self.now.tzinfo))
        await self._say(citizen.chat, "lam sao cai vneid", "Bắt đầu", "Tiếp", "Tiếp", "de mai", "Nhắc tôi")
        now = self._stop_at(datetime.combine(self.now.date(), REMINDED_AT, self.now.tzinfo))
        program = self.program
        await remind_guides.run(Work(program.database, now, now, rules=program.rules, given=program.given))
        await self.sender.drain()

    async def _ask_to_join(self, leader: Figure) -> None:
        """Let somebody scan the leader's code."""
        now = self._stop_at(self.now - JOINED)
        async with self.program.database.writing() as session:
            person_id = await person_of(session, leader)
            village = await _unit_of(session, person_id)
            issued = await invites.issue(session, village, role=Role.MEMBER, invited_by=person_id, now=now)
        await self._say(JOINER, f"/start {issued.payload}", "Đồng ý", "Lê Thị Thu Hà", "Chị Hà")

    async def _ask_for_help(self, neighbour: Figure) -> None:
        """Get stuck in a guide and ask the team of the village."""
        self._stop_at(self.now - ASKED)
        stuck = ("quen mat khau vneid", "Bắt đầu", "Tiếp", "Chưa làm được", "Nhờ người giúp")
        await self._say(neighbour.chat, *stuck)

    async def _say(self, chat: str, *texts: str) -> None:
        """Let somebody type; a label typed is a choice made."""
        for text in texts:
            self._said += 1
            key, now = f"story-{self._said}", self.clock.now()
            update = updates.text_update(chat, text, key=key, at=now)
            await self.program.receive(Incoming(CHANNEL, CHANNEL, key, chat, chat, update))
            await self.sender.drain()
            self._stop_at(now + PAUSE)

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


async def _unit_of(session: AsyncSession, person_id: int) -> Unit:
    person = await people.person_of(session, person_id)
    return await units.unit_of(session, person.unit_id or 0)
