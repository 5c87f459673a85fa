"""Whom a visitor of the sample area can be, and how Monday morning comes at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.app import Program
from bot.channels.webchat import Tab
from bot.database import Database
from bot.demo_clock import DemoClock
from bot.demo_story import FIGURES, actor_in, send_summaries
from locales import N_, dates, pgettext, use_locale
from locales import gettext as _
from models.audit import Marker
from models.people import Role
from models.summary import Summary
from models.units import Unit
from services import menu, sample, units
from services.sample import CAST, CHANNEL

log = logging.getLogger(__name__)

CLOCK: Final = "demo_clock"
NEWCOMER: Final = "newcomer"
TICK: Final = 10.0

HINTS: Final = {
    "citizen": N_("Send: lam sao cai vneid. Or go on with the guide that was left half-way."),
    "neighbour": N_("Waits for the team. Be {member} and accept, then come back here to answer."),
    "member": N_("Accept the neighbour's request, learn the lesson, or write down what was done."),
    "leader": N_("Decide on who wants to join and on a number that waits, then see the team's week."),
    "commune": N_("See who has waited long and how far the goals are, then press Monday for the new week."),
    "district": N_("See the week commune by commune and go down to one village."),
    "province": N_("See a whole province, and the lesson everybody was given."),
    NEWCOMER: N_("Never wrote before. Send: chao, and see how Tổ Số asks before it keeps anything."),
}


@dataclass(frozen=True, slots=True)
class Places:
    """What the roles of the cast are said with."""

    village: str
    commune: str
    district: str
    province: str

    def role(self, key: str) -> str:
        """Say who somebody of the cast is."""
        said = {
            "citizen": _("Citizen, {unit}"),
            "neighbour": _("Citizen, waits for help"),
            "member": _("Member of the team"),
            "leader": _("Leader, {unit}"),
            NEWCOMER: _("Not known to Tổ Số yet"),
        }
        above = {"commune": self.commune, "district": self.district, "province": self.province}
        return said.get(key, _("In charge of {unit}")).format(unit=above.get(key, self.village))


class Demo:
    """The sample area behind the web chat; only the demo's command makes one, over a marked database."""

    def __init__(self, program: Program, clock: DemoClock, places: Places) -> None:
        """Prepare; nobody is spoken for before `running`."""
        self.program = program
        self.clock = clock
        self.places = places
        self.webchat = program.webchat
        self._keys: dict[Tab, str] = {}
        self._homes: dict[Tab, str] = {}
        self._last: dict[str, str] = {}
        self._is_jumping = False
        self._wake = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stand behind the web chat, and run what is due by the demo's own clock."""
        # The scheduler ticks by the machine's clock; here another holds, so its jobs are run from here.
        scheduler = self.program.scheduler
        jobs, scheduler.jobs = scheduler.jobs, []
        self.webchat.demo = self
        async with self.program.running():
            scheduler.jobs = jobs
            ticking = asyncio.create_task(self._tick())
            try:
                yield
            finally:
                ticking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await ticking

    async def _tick(self) -> None:
        while True:
            try:
                await self.program.scheduler.run_all()
                await self.refresh()
            except Exception:
                log.exception("the sample area could not go on")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._wake.wait()
            self._wake.clear()

    async def greet(self, tab: Tab) -> None:
        """Let a new tab be whom its browser was last, at first the citizen."""
        for gone in [one for one in self._keys if one.socket.closed]:
            del self._keys[gone], self._homes[gone]
        self._homes[tab] = tab.chat
        await self._become(tab, self._last.get(tab.chat, CAST[0].key))

    async def frame(self, tab: Tab, frame: dict[str, Any]) -> None:
        """Obey `become` and `monday`; anything unknown is let be."""
        key = frame.get("key")
        if frame.get("type") == "monday":
            await self._monday()
        elif isinstance(key, str) and key in HINTS and tab in self._homes:
            self._last[self._homes[tab]] = key
            await self._become(tab, key)
            await _send(tab, {"type": "reset"})
            await self.webchat.push(tab.chat)

    async def _become(self, tab: Tab, key: str) -> None:
        self._keys[tab] = key
        self.webchat.move(tab, FIGURES[key].chat if key in FIGURES else self._homes[tab])
        await self._introduce(tab)

    async def refresh(self) -> None:
        """Tell every tab how much waits for whom now."""
        for tab in self._open():
            await self._introduce(tab)

    def _open(self) -> list[Tab]:
        return [tab for tab in self._keys if not tab.socket.closed]

    async def _introduce(self, tab: Tab) -> None:
        with use_locale(self.program.config.language):
            people = await self._people()
        frame = {
            "type": "people",
            "people": people,
            "current": self._keys[tab],
            "monday": not self._is_jumping,
        }
        await _send(tab, frame)

    async def _people(self) -> list[dict[str, Any]]:
        found = []
        names = {figure.key: figure.name for figure in CAST} | {NEWCOMER: pgettext("person", "Newcomer")}
        async with self.program.database.reading() as session:
            for key, name in names.items():
                waiting = 0 if key == NEWCOMER else await self._waiting(session, key)
                role, hint = self.places.role(key), _(HINTS[key]).format(member=names["member"])
                found.append({"key": key, "name": name, "role": role, "waiting": waiting, "hint": hint})
        return found

    async def _waiting(self, session: AsyncSession, key: str) -> int:
        """Count what waits for somebody, as their own menu does."""
        actor = await actor_in(session, FIGURES[key].chat)
        if actor is None:
            return 0
        if not actor.roles:
            place = await menu.place_of(session, actor, now=self.clock.now())
            return int(place.step > 0 or place.has_request)
        waiting = await menu.waiting(session, actor, now=self.clock.now())
        unread = 0
        if actor.held(Role.SUPERVISOR):
            mine = select(sa.func.count()).where(
                Summary.person_id == actor.person_id, col(Summary.opened_at).is_(None)
            )
            unread = (await session.exec(mine)).one()
        to_decide = waiting.joins + waiting.counts if actor.held(Role.LEADER) else 0
        return waiting.requests + waiting.lessons + to_decide + unread

    async def _monday(self) -> None:
        """Go on to the next Monday's summary: the days between are lived, then the morning's work is done."""
        if self._is_jumping:
            return
        self._is_jumping = True
        try:
            due_at = self.clock.next_monday(self.program.rules.summary.at)
            await self._toast(N_("On the way to {moment} ..."), due_at)
            self.clock.run_from(due_at)
            await self.live_on()
            await send_summaries(self.program, due_at=due_at, now=self.clock.now())
            self.program.senders[CHANNEL].wake()
            await self._toast(N_("It is {moment} now. Those in charge have the week's summary."), due_at)
        finally:
            self._is_jumping = False
            self._wake.set()
        await self.refresh()

    async def _toast(self, sentence: str, moment: datetime) -> None:
        with use_locale(self.program.config.language):
            text = _(sentence).format(moment=said(moment))
        for tab in self._open():
            await _send(tab, {"type": "toast", "text": text})

    async def live_on(self) -> None:
        """Let the province go on up to now, and remember what the clock says."""
        async with self.program.database.writing() as session:
            given, rules = self.program.given, self.program.rules
            await sample.live_on(session, guides=given["guides"], rules=rules, now=self.clock.now())
            await remember_clock(session, self.clock)


def said(moment: datetime) -> str:
    """Say a moment with its day: "thứ Hai 23/11, 7h30"."""
    day = moment.date()
    return f"{dates.weekday(day)} {dates.short(day)}, {dates.clock(moment)}"


async def places_of(database: Database) -> Places:
    """Name the places of the cast."""
    async with database.reading() as session:
        person_id = await sample.person_of(session, FIGURES["leader"])
        actor = await actor_in(session, FIGURES["leader"].chat)
        assert actor is not None, person_id  # noqa: S101 - the sample made it
        village = await units.unit_of(session, actor.roles[0].unit_id)
        above = select(Unit).where(col(Unit.id).in_(units.path_ids(village))).order_by(col(Unit.path))
        province, district, commune, _village = (await session.exec(above)).all()
    named = [units.display_name(unit) for unit in (village, commune, district, province)]
    return Places(*named)


async def clock_of(database: Database, zone: str) -> DemoClock:
    """Take up the clock of a sample area where it was left; it never goes back."""
    async with database.reading() as session:
        kept = await session.get(Marker, CLOCK)
    return DemoClock(zone, timedelta(seconds=float(kept.value)) if kept else timedelta())


async def remember_clock(session: AsyncSession, clock: DemoClock) -> None:
    """Keep by how much the clock runs ahead."""
    await session.merge(Marker(name=CLOCK, value=str(clock.offset.total_seconds())))


async def _send(tab: Tab, frame: dict[str, Any]) -> None:
    with contextlib.suppress(ConnectionError, RuntimeError):
        await tab.socket.send_str(json.dumps(frame, ensure_ascii=False))
