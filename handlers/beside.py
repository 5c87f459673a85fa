"""How a volunteer walks a guide with somebody beside them, and writes down at the end that they helped."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.guides import VisitOutcome
from services import activity, amounts, beside, guide_visits, units
from services.access import Actor
from services.guide_visits import Visit
from services.guides import Guide, Library
from services.matching import Matcher
from services.rules import Kind, Rules

router: Final = Router(name=__name__)

MOST_VILLAGES: Final = 4


class Beside(StatesGroup):
    """What the volunteer is asked."""

    matter = State()


class BesideStart(CallbackData, prefix="beside.start"):
    """Open a guide for somebody beside the volunteer."""

    slug: str


class BesideLog(CallbackData, prefix="beside.log"):
    """Write one person down for a village."""

    visit: int
    unit: int


class BesideOther(CallbackData, prefix="beside.other"):
    """Write another number down."""

    visit: int


class BesideNone(CallbackData, prefix="beside.none"):
    """Write nothing down."""

    visit: int


@router.callback_query(F.data == "beside.ask")
async def ask_matter(_query: CallbackQuery, actor: Actor, state: FSMContext) -> Reply:
    """Ask what the neighbour needs; only who can write work down is asked."""
    activity.villages_of(actor)
    await state.set_state(Beside.matter)
    return Reply(_("What does the neighbour need? Send it in their own words."))


@router.message(StateFilter(Beside.matter), F.text)
async def type_matter(
    message: Message,
    actor: Actor,
    state: FSMContext,
    guides: Library,
    matcher: Matcher,
    rules: Rules,
    open_list: list[Any],
) -> Reply | Goto:
    """Find the guide; of several, let the volunteer choose."""
    await state.set_state(None)
    if open_list:
        raise SkipHandler  # the question had no choices, so the talk has gone on to something else
    match = matcher.match((message.text or "")[: rules.limits.message_chars])
    if match.outcome == "answer" and match.guide:
        return Goto(BesideStart(slug=match.guide))
    if match.outcome == "choose":
        found = [guides.get(candidate.guide, actor.locale) for candidate in match.candidates]
        choices = [Choice(one.short_title or one.title, BesideStart(slug=one.slug)) for one in found]
        return Reply(
            _("Tổ Số is not sure it understood. Which of these is to be done?"), choices=[*choices, _again()]
        )
    title = guides.get(match.stub, actor.locale).title if match.stub else _("this")
    return _no_guide(title)


def _again() -> Choice:
    return Choice(pgettext("button", "Another question"), "beside.ask")


def _no_guide(title: str) -> Reply:
    text = _(
        "{title}: Tổ Số has no guide yet and will not guess. Ask in other words, or choose from the list."
    )
    return Reply(
        text.format(title=title[:1].upper() + title[1:]),
        choices=[_again(), Choice(pgettext("button", "See the guides"), "guides.list")],
    )


@router.callback_query(BesideStart.filter())
async def open_guide(
    _query: CallbackQuery,
    callback_data: BesideStart,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Show the helper's front page: how many steps, and whose hands type the secrets."""
    activity.villages_of(actor)
    if actor.person_id is None or callback_data.slug not in guides:
        return Goto("menu.open")
    guide = guides.get(callback_data.slug, actor.locale)
    if not guide.steps:
        return _no_guide(guide.title)
    visit = await guide_visits.begin(session, actor.person_id, guide.slug, now=now, helped=True)
    begin = Choice(pgettext("button", "Begin"), f"guide.go:{visit.id}:0")
    return Reply(_front_page(guide, now), choices=[begin, _again()])


def _front_page(guide: Guide, now: datetime) -> str:
    count = len(guide.steps)
    steps = ngettext("{n} step", "{n} steps", count).format(n=count)
    text = _("{title}: {steps}. Let them type passwords and OTP codes with their own hands. Shall it begin?")
    said = text.format(title=guide.title, steps=steps)
    if not guide.is_expired(now.date()) or guide.expires_on is None:
        return said
    old = _("This guide is past its check date ({day}) and may have changed. Ask the commune before going.")
    return f"{old.format(day=dates.long(guide.expires_on))}\n{said}"


@router.callback_query(F.data == "beside.done")
async def reach_end(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Ask whether one person is to be written down, and for which village."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or not visit.helped:
        return Goto("menu.open")
    guide = guides.get(visit.slug, actor.locale)
    kind = beside.kind_of(guides.get(visit.slug), rules.activity)
    if kind is None:
        return Goto("activity.log")
    count = len(guide.steps)
    done = ngettext("The one step is done.", "All {n} steps are done.", count).format(n=count)
    villages = [await units.unit_of(session, unit_id) for unit_id in activity.villages_of(actor)]
    return Reply(f"{done} {_asked(kind, villages)}", choices=_entries(visit, kind, villages))


def _asked(kind: Kind, villages: list[Any]) -> str:
    one = amounts.said(1, kind.unit)
    if len(villages) > 1:
        return _("For which village shall {amount} be written down?").format(amount=one)
    village = units.display_name(villages[0])
    return _("Shall {amount} be written down for {village}?").format(amount=one, village=village)


def _entries(visit: Visit, kind: Kind, villages: list[Any]) -> list[Choice]:
    one = pgettext("button", "Write {amount}").format(amount=amounts.said(1, kind.unit))
    is_one = len(villages) == 1
    found = [
        Choice(one if is_one else units.display_name(each)[:20], BesideLog(visit=visit.id, unit=each.id or 0))
        for each in villages[:MOST_VILLAGES]
    ]
    other = Choice(pgettext("button", "Another number"), BesideOther(visit=visit.id))
    return [*found, other, Choice(pgettext("button", "Do not write"), BesideNone(visit=visit.id))]


@router.callback_query(BesideLog.filter())
async def log_one(
    _query: CallbackQuery,
    callback_data: BesideLog,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> Goto | None:
    """Write one person down, once: the second of two quick taps does nothing."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or visit.id != callback_data.visit:
        ended_at = await guide_visits.ended_at(session, actor.person_id or 0, callback_data.visit)
        is_twice = ended_at is not None and now - ended_at < activity.DOUBLE_TAP
        return None if is_twice else Goto("menu.open")
    kind = beside.kind_of(guides.get(visit.slug), rules.activity)
    if kind is None:
        return Goto("activity.log")
    unit = await units.unit_of(session, callback_data.unit)
    entry = await beside.log_helped(session, actor, visit, unit, kind, limits=rules.activity, now=now)
    return Goto(f"activity.said:{entry.id}")


@router.callback_query(BesideOther.filter())
async def log_other(
    _query: CallbackQuery,
    callback_data: BesideOther,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> Goto:
    """Ask how many it were, as for any other work."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or visit.id != callback_data.visit:
        return Goto("menu.open")
    kind = beside.kind_of(guides.get(visit.slug), rules.activity)
    villages = activity.villages_of(actor)
    await guide_visits.finish(session, visit, VisitOutcome.DONE, now=now)
    if kind is None or len(villages) > 1:
        return Goto("activity.log")
    await state.update_data(log={"unit": villages[0], "day": ""})
    return Goto(f"activity.kind:{kind.name}")


@router.callback_query(BesideNone.filter())
async def log_nothing(
    _query: CallbackQuery, callback_data: BesideNone, actor: Actor, session: AsyncSession, now: datetime
) -> Goto:
    """Close the visit without counting it."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or visit.id != callback_data.visit:
        return Goto("menu.open")
    await guide_visits.finish(session, visit, VisitOutcome.DONE, now=now)
    return Goto("activity.not_again")
