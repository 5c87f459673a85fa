"""Whoever waits for a person always knows when the next word comes, and it comes: on random timelines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import col, select

from bot.dispatcher import make_dispatcher
from handlers.reply import render
from locales import dates, use_locale
from models.delivery import Delivery
from models.duty import DutyShift, DutySpan, Shift, Span
from models.help import HelpRequest, HelpState
from models.people import Account
from services import errors, help_outcome, help_promises, help_relay, team
from services import help as requests
from services.rules import Hours, Rules
from tests.help_stage import WISH, Stage, id_of, make_stage

RULES = Rules(hours=Hours(holidays=(date(2026, 11, 20),)))
MINUTE = timedelta(minutes=1)
HELPERS = ("Sự", "Bình", "Lan", "Thảo", "Nam", "Dũng", "Minh", "Khoa")
# What the citizen is told while nobody has the request, each with the clock time of the next word.
WAITING = {
    "HelpAtTeam",
    "HelpAtNeighbour",
    "HelpAtCommune",
    "HelpAbove",
    "HelpHandedBack",
    "HelpReoffered",
}


@dataclass
class Timeline:
    """One walk: what was promised to the citizen, and what was said since."""

    session: Any
    stage: Stage
    rng: Random
    now: datetime
    request_id: int = 0
    promised: datetime | None = None
    down_until: datetime | None = None
    seen: int = 0
    log: list[str] = field(default_factory=list)

    async def request(self) -> HelpRequest:
        await self.session.flush()
        return await requests.locked(self.session, self.request_id)

    async def words(self) -> list[Delivery]:
        """List what the citizen was told since the last look."""
        await self.session.flush()
        mine = (
            select(Delivery)
            .join(Account, col(Account.id) == col(Delivery.account_id))
            .where(Account.person_id == self.stage.id("Hạnh"), col(Delivery.id) > self.seen)
            .order_by(col(Delivery.id))
        )
        rows = (await self.session.exec(mine)).all()
        self.seen = max([self.seen, *(row.id or 0 for row in rows)])
        return list(rows)

    async def look(self) -> None:
        """Check what was said: every word of waiting names the time the request is kept to."""
        words = await self.words()
        if words:
            self.promised = None
        for row in words:
            self.log.append(f"{self.now:%a %H:%M:%S} {row.kind}")
        request = await self.request()
        if words and words[-1].kind in WAITING:
            self.promised = datetime.fromisoformat(words[-1].payload["vars"]["until"])
            assert request.next_word_at == self.promised, "the time that was said is the time that is kept"
            self._must_name(words[-1], self.promised)
        if request.state is HelpState.OPEN:
            assert request.next_word_at is not None, "an open request has a time of its own"
            assert request.next_word_at > self.now, "a promise lies ahead"
            assert request.next_word_at.second == 0, "a promise is said to the minute"

    def _must_name(self, row: Delivery, until: datetime) -> None:
        with use_locale("vi"):
            text = render(row.kind, row.payload["vars"]).text
            local = until.astimezone(self.now.tzinfo)
            assert dates.clock(local) in text, text
            if local.date() != self.now.date():
                day = dates.spoken(local.date(), self.now.date())
                assert day in text or dates.short(local.date()) in text, text

    async def ask(self) -> None:
        actor = await self.stage.actor(self.session, "Hạnh")
        asked = await requests.ask(self.session, actor, WISH, rules=RULES, now=self.now)
        self.request_id = id_of(asked.request)
        self.promised = asked.until
        assert asked.until == asked.request.next_word_at

    async def pass_time(self) -> None:
        """Let time go by; the job looks at each full minute, and while the machine is down nobody does."""
        minutes, seconds = self.rng.choice((1, 4, 9, 16, 31, 61, 240, 900)), self.rng.randrange(60)
        end = self.now + timedelta(minutes=minutes, seconds=seconds)
        while True:
            due = (await self.request()).next_word_at
            at = max(_next_minute(due or end, self.now.tzinfo), _next_minute(self.now, self.now.tzinfo))
            at = max(at, self.down_until or at)
            if due is None or at > end:
                break
            self.now, self.down_until = at, None
            await help_promises.keep_promises(self.session, rules=RULES, now=self.now)
            is_due = self.promised is not None and self.promised <= self.now
            was = self.promised
            await self.look()
            assert not is_due or self.promised != was, "the word that was promised did not come"
        # Whoever writes while the machine is down is heard when it is back.
        self.now = max(end, self.down_until or end)
        if self.down_until:
            self.now, self.down_until = _next_minute(self.down_until, self.now.tzinfo), None
            await help_promises.keep_promises(self.session, rules=RULES, now=self.now)
            await self.look()
            self.now += timedelta(seconds=seconds)

    async def act(self) -> None:
        """Let somebody do something, or the machine go down."""
        await getattr(self, self.rng.choice(("claim", "decline", "talk", "end", "rest", "break_down")))()
        await self.look()

    async def claim(self) -> None:
        who = await self.stage.actor(self.session, self.rng.choice(HELPERS))
        try:
            if await requests.claim(self.session, who, self.request_id, rules=RULES, now=self.now):
                self.log.append(f"{self.now:%a %H:%M:%S} {who.who} takes it")
        except errors.DomainError:
            return

    async def decline(self) -> None:
        for who in self.rng.sample(HELPERS, 4):
            actor = await self.stage.actor(self.session, who)
            await requests.decline(self.session, actor, self.request_id, rules=RULES, now=self.now)

    async def talk(self) -> None:
        request = await self.request()
        if request.state is not HelpState.CLAIMED:
            return
        me = self.rng.choice((request.person_id, request.helper_id))
        who = next(name for name, person in self.stage.people.items() if person.id == me)
        relay = await requests.relay_of(self.session, me or 0)
        assert relay is not None
        await help_relay.pass_words(
            self.session,
            await self.stage.actor(self.session, who),
            relay,
            "alo",
            message=self.rng.randrange(10**9),
            rules=RULES,
            now=self.now,
        )

    async def end(self) -> None:
        """Hand back, or finish and be asked again."""
        request = await self.request()
        if request.state is not HelpState.CLAIMED:
            return
        helper = next(name for name, person in self.stage.people.items() if person.id == request.helper_id)
        actor = await self.stage.actor(self.session, helper)
        if self.rng.random() < 0.5:
            why: help_outcome.Why = self.rng.choice(("busy", "unsure"))
            await help_outcome.hand_back(self.session, actor, self.request_id, why, rules=RULES, now=self.now)
            return
        await help_outcome.finish(self.session, actor, self.request_id, now=self.now)
        await self.look()
        citizen = await self.stage.actor(self.session, "Hạnh")
        _helper, until = await help_outcome.reopen(
            self.session,
            citizen,
            self.request_id,
            same=self.rng.random() < 0.5,
            rules=RULES,
            now=self.now,
        )
        self.promised = until

    async def rest(self) -> None:
        who = self.rng.choice(HELPERS)
        actor = await self.stage.actor(self.session, who)
        if self.stage.people[who].paused_until is None:
            await team.pause(self.session, actor, now=self.now)
        else:
            await team.resume(self.session, actor, now=self.now)

    async def break_down(self) -> None:
        self.down_until = self.now + timedelta(minutes=self.rng.choice((5, 45, 400)))


def _next_minute(at: datetime, zone: Any) -> datetime:
    """Find the first full minute at or after a moment, when the job looks next."""
    at = at.astimezone(zone)
    full = at.replace(second=0, microsecond=0)
    return full if full == at else full + MINUTE


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("seed", range(24))
async def test_the_next_word_comes_when_it_was_promised(seed, session, now):
    make_dispatcher()
    rng = Random(seed)
    stage = await make_stage(session)
    for who in ("Sự", "Bình", "Lan", "Thảo", "Nam"):
        if rng.random() < 0.3:
            session.add(DutySpan(person_id=stage.id(who), span=rng.choice(list(Span))))
        for weekday in range(7):
            if rng.random() < 0.15:
                shift = rng.choice(list(Shift))
                turn = DutyShift(
                    unit_id=stage.village.unit.id or 0,
                    weekday=weekday,
                    shift=shift,
                    person_id=stage.id(who),
                    given_at=now,
                )
                session.add(turn)
    await session.flush()
    begin = now + timedelta(minutes=rng.randrange(5 * 24 * 60), seconds=rng.randrange(60))
    line = Timeline(session, stage, rng, begin)
    await line.ask()
    for _turn in range(12):
        try:
            await line.pass_time()
            if (await line.request()).state not in {HelpState.OPEN, HelpState.CLAIMED}:
                break
            await line.act()
        except AssertionError as error:
            raise AssertionError("\n".join([*line.log[-12:], str(error)])) from error
    assert line.log or (line.promised and line.promised > line.now), "nothing was said, though it was due"


def test_every_word_of_waiting_is_looked_at() -> None:
    """A notice that names the next word's time must be in the list above."""
    from services import help_notices
    from services.notices import Notice

    timed = {
        name
        for name, kind in Notice.kinds.items()
        if kind.__module__ == help_notices.__name__ and "until" in kind.__dataclass_fields__
    }
    assert timed == WAITING


@pytest.mark.parametrize("minutes", [1, 30, 60])
def test_a_promise_is_kept_to_the_minute_whatever_the_second(minutes, now):
    from models.help import Rung
    from services import help_hours

    rules = replace(RULES, help=replace(RULES.help, team_minutes=minutes))
    for second in (0, 1, 59):
        at = now.replace(second=second, microsecond=second)
        until = help_hours.deadline(Rung.TEAM, at, rules=rules)
        assert at < until <= at + timedelta(minutes=minutes)
