"""How a written announcement goes out: now, at a time or in the morning, and how it is stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import folded
from locales import dates, ngettext, pgettext
from locales import gettext as _
from services import announcement_draft, announcements, broadcast, typed_moments
from services.access import Actor
from services.announcement_draft import Draft
from services.rules import Hours, Rules

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})


class Timing(StatesGroup):
    """When an announcement is to go out is being asked."""

    moment = State()


class AnnounceSend(CallbackData, prefix="announce.send"):
    """Send it; `morning` waits for the end of the quiet hours."""

    morning: bool


class AnnounceStop(CallbackData, prefix="announce.stop"):
    """Let it go to nobody else."""

    announcement: int


@router.callback_query(F.data == "announce.moment")
async def ask_moment(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Ask when it shall go out."""
    await state.set_state(Timing.moment)
    return Reply(_("When shall it go out? Send a time, for example 19h or 8h 27/11. Send THÔI to leave it."))


@router.message(StateFilter(Timing.moment), F.text)
async def type_moment(message: Message, state: FSMContext, rules: Rules, now: datetime) -> Reply | Goto:
    """Take the time, and show once more what will happen."""
    draft = await _draft(state, now)
    if draft is None or folded(message) in STOP_WORDS:
        await state.set_state(None)
        return Goto("announce.preview")
    at = typed_moments.read(message.text or "", now)
    if at is None:
        return Reply(_("Send a time to come, for example 19h or 8h 27/11. Send THÔI to leave it."))
    if rules.hours.is_quiet(at):
        text = _("People rest from {begin} to {end}. Which other time?")
        begin, end = _clock(rules.hours.quiet_from, now), _clock(rules.hours.quiet_to, now)
        return Reply(text.format(begin=begin, end=end))
    await state.set_state(None)
    await state.update_data(announce=replace(draft, send_at=at).plain())
    return Goto("announce.preview")


def _clock(at: time, now: datetime) -> str:
    return dates.clock(datetime.combine(now.date(), at))


@router.callback_query(F.data == "announce.leave")
async def leave(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Drop it."""
    await _forget(state)
    home = Choice(pgettext("button", "Main menu"), MAIN_MENU)
    return Reply(_("Dropped. Nobody was told."), choices=[home])


@router.callback_query(AnnounceSend.filter())
async def send(
    _query: CallbackQuery,
    callback_data: AnnounceSend,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Send it; the second of two quick taps does nothing."""
    draft = await _draft(state, now)
    if draft is None or draft.audience is None:
        just_now = await announcements.made_just_now(session, actor, now=now)
        return None if just_now else Goto("announce.new")
    if callback_data.morning:
        draft = replace(draft, send_at=_morning(rules.hours, now))
    elif draft.send_at is None and rules.hours.is_quiet(now):
        return _offer_morning(rules.hours, now)
    area = await announcements.area_of(session, actor)
    counted = await announcements.reach(session, actor, area, draft)
    row = await broadcast.announce(
        session, actor, area, draft, rules=rules.announcements, hours=rules.hours, now=now
    )
    await _forget(state)
    text = (
        _("It is going out to {people}. At {moment} Tổ Số tells how far it came.")
        if row.send_at <= now
        else _("At {begins} it goes out to {people}. At {moment} Tổ Số tells how far it came.")
    )
    begins, report = dates.moment(row.send_at, now), dates.moment(row.report_at, now)
    return Reply(
        text.format(people=_people(counted.people), begins=begins, moment=report),
        choices=[Choice(pgettext("button", "Stop sending"), AnnounceStop(announcement=row.id or 0))],
    )


def _offer_morning(hours: Hours, now: datetime) -> Reply:
    """Say that people rest, and offer the end of the quiet hours."""
    morning = _morning(hours, now)
    is_today = morning.date() == now.date()
    when = _("{clock} this morning") if is_today else _("{clock} tomorrow morning")
    moment = when.format(clock=dates.clock(morning))
    return Reply(
        _("People rest at this hour. Shall it go out at {moment}?").format(moment=moment),
        choices=[
            Choice(moment, AnnounceSend(morning=True)),
            Choice(pgettext("button", "Another time"), "announce.moment"),
            Choice(pgettext("button", "Leave it be"), "announce.leave"),
        ],
    )


def _morning(hours: Hours, now: datetime) -> datetime:
    day = now.date() if now.time() < hours.quiet_to else now.date() + timedelta(days=1)
    return datetime.combine(day, hours.quiet_to, now.tzinfo)


@router.callback_query(AnnounceStop.filter())
async def stop(
    _query: CallbackQuery, callback_data: AnnounceStop, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | None:
    """Let it go to nobody else; the second of two quick taps does nothing."""
    stopped = await announcements.stop(session, actor, callback_data.announcement, now=now)
    if stopped is None:
        return None
    text = _("Stopped: {sent} have it, {left} do not get it any more.")
    return Reply(
        text.format(sent=_people(stopped.sent), left=_people(stopped.left)),
        choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)],
    )


def _people(count: int) -> str:
    return ngettext("{n} person", "{n} people", count).format(n=dates.number(count))


async def _draft(state: FSMContext, now: datetime) -> Draft | None:
    """Give what was written in the last day."""
    return announcement_draft.read((await state.get_data()).get("announce"), now=now)


async def _forget(state: FSMContext) -> None:
    data = await state.get_data()
    data.pop("announce", None)
    await state.set_data(data)
    await state.set_state(None)
