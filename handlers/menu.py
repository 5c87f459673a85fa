"""What somebody can do from here: the main menus, each showing only what this person can do."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Goto, Reply
from handlers.said import Said, folded
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from services import freshness, menu, units
from services.access import Actor, Held
from services.guides import Library
from services.status import Machine

router: Final = Router(name=__name__)

MENU_WORDS: Final = frozenset({"0", "menu", "muc chinh", "ve muc chinh", "tro giup", "help"})
MEMBER_WORDS: Final = {
    "ghi": "activity.log",
    "hoc": "training.list",
    "to": "team.mine",
    "tuan": "summary.open",
}


@router.message(Said(MENU_WORDS))
async def type_menu(_message: Message, actor: Actor) -> Goto:
    """Go to the main menu from anywhere."""
    if actor.person_id is None:
        raise SkipHandler
    return Goto("menu.open")


@router.message(Said(MEMBER_WORDS))
async def type_member_word(message: Message, actor: Actor) -> Goto:
    """Go to a member's, leader's or supervisor's first screens by one word."""
    if not actor.roles:
        raise SkipHandler
    return Goto(MEMBER_WORDS[folded(message)])


@router.callback_query(F.data == "menu.open")
async def open_menu(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
    machine: Machine,
    now: datetime,
) -> Reply | Goto:
    """Show the menu of the highest role held; what was being asked is dropped."""
    await state.set_state(None)
    if actor.person_id is None:
        return Goto("hello.ask")
    held = actor.highest
    if held is None:
        return await _citizen(session, actor, guides, now)
    waiting = await menu.waiting(session, actor, now=now)
    if held.role is Role.MEMBER:
        return _member(actor, waiting)
    if held.role is Role.LEADER:
        return await _leader(session, actor, held, waiting)
    if held.role is Role.SUPERVISOR:
        return await _supervisor(session, held, waiting, now)
    return await _operator(session, waiting, guides, machine, now)


@router.callback_query(F.data == "menu.citizen")
async def open_citizen_menu(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, guides: Library, now: datetime
) -> Reply:
    """Show the citizens' menu to somebody with a role: Hỏi như bà con."""
    return await _citizen(session, actor, guides, now)


async def _citizen(session: AsyncSession, actor: Actor, guides: Library, now: datetime) -> Reply:
    place = await menu.place_of(session, actor, now=now)
    choices = [
        Choice(pgettext("button", "See the guides"), "guides.list"),
        Choice(pgettext("button", "Ask a person"), "ask.person"),
        Choice(pgettext("button", "Is it a scam?"), "scam.open"),
    ]
    if place.visit and place.step:
        label = pgettext("button", "Go on, step {n}/{of}")
        of = len(guides.get(place.visit.slug).steps)
        choices.append(Choice(label.format(n=place.step, of=of), "guide.resume"))
    if place.has_request:
        choices.append(Choice(pgettext("button", "My open request"), "ask.mine"))
    return Reply(
        _("Just send what is to be done, or choose:"),
        choices=[*choices, Choice(pgettext("button", "Settings"), "settings.open")],
    )


def _counted(label: str, count: int) -> str:
    return f"{label} ({count})" if count else label


def _work(waiting: menu.Waiting) -> list[Choice]:
    return [
        Choice(pgettext("button", "Log work"), "activity.log"),
        Choice(_counted(pgettext("button", "Neighbours waiting"), waiting.requests), "help.waiting"),
        Choice(pgettext("button", "Help one beside me"), "beside.ask"),
        Choice(_counted(pgettext("button", "Lessons"), waiting.lessons), "training.list"),
    ]


def _member(actor: Actor, waiting: menu.Waiting) -> Reply:
    code = Choice(pgettext("button", "Check code"), "check.make")
    choices = [*_work(waiting), code, Choice(pgettext("button", "More"), "menu.member")]
    return Reply(_("Hello {who}! What shall it be?").format(who=actor.who), choices=choices)


@router.callback_query(F.data == "menu.member")
async def open_member_more(_query: CallbackQuery) -> Reply:
    """Show the rest of a member's menu."""
    return Reply(
        _("What shall it be?"),
        choices=[
            Choice(pgettext("button", "My numbers"), "activity.mine"),
            Choice(pgettext("button", "Duty hours"), "duty.hours"),
            Choice(pgettext("button", "Ask as a citizen"), "menu.citizen"),
            Choice(pgettext("button", "Rest"), "duty.rest"),
            Choice(pgettext("button", "Leave the team"), "team.leave"),
            Choice(pgettext("button", "Settings"), "settings.open"),
        ],
    )


async def _leader(session: AsyncSession, actor: Actor, held: Held, waiting: menu.Waiting) -> Reply:
    village = await units.unit_of(session, held.unit_id)
    text = _("Hello {who}! The team of {village} today:").format(
        who=actor.who, village=units.display_name(village)
    )
    choices = [
        *_work(waiting),
        Choice(_counted(pgettext("button", "My team"), waiting.joins + waiting.counts), "team.mine"),
        Choice(pgettext("button", "More"), "menu.leader"),
    ]
    return Reply(text, choices=choices)


@router.callback_query(F.data == "menu.leader")
async def open_leader_more(_query: CallbackQuery) -> Reply:
    """Show the rest of a leader's menu."""
    return Reply(
        _("What shall it be?"),
        choices=[
            Choice(pgettext("button", "Check code"), "check.make"),
            Choice(pgettext("button", "My numbers"), "activity.mine"),
            Choice(pgettext("button", "Ask as a citizen"), "menu.citizen"),
            Choice(pgettext("button", "Stop leading"), "team.leave"),
            Choice(pgettext("button", "Settings"), "settings.open"),
        ],
    )


async def _supervisor(session: AsyncSession, held: Held, waiting: menu.Waiting, now: datetime) -> Reply:
    unit = units.display_name(await units.unit_of(session, held.unit_id))
    text = _("{unit}, {day}. What shall it be?").format(
        unit=unit[:1].upper() + unit[1:], day=f"{dates.weekday(now.date())} {dates.short(now.date())}"
    )
    return Reply(
        text,
        choices=[
            Choice(pgettext("button", "Weekly summary"), "summary.open"),
            Choice(_counted(pgettext("button", "Neighbours waiting"), waiting.requests), "help.waiting"),
            Choice(pgettext("button", "Villages and teams"), "team.area"),
            Choice(pgettext("button", "Send an announcement"), "announce.new"),
            Choice(pgettext("button", "Assign a lesson"), "training.assign"),
            Choice(pgettext("button", "More"), "menu.supervisor"),
        ],
    )


@router.callback_query(F.data == "menu.supervisor")
async def open_supervisor_more(_query: CallbackQuery) -> Reply:
    """Show the rest of a supervisor's menu."""
    return Reply(
        _("What shall it be?"),
        choices=[
            Choice(pgettext("button", "Set a goal"), "target.new"),
            Choice(pgettext("button", "Take numbers along"), "numbers.open"),
            Choice(pgettext("button", "Open a week again"), "reopen.weeks"),
            Choice(pgettext("button", "Ask as a citizen"), "menu.citizen"),
            Choice(pgettext("button", "Settings"), "settings.open"),
        ],
    )


async def _operator(
    session: AsyncSession, waiting: menu.Waiting, guides: Library, machine: Machine, now: datetime
) -> Reply:
    text = (
        _("There are {n} matters to look at. What shall it be?")
        if waiting.troubles
        else _("The machine has run well since {since}. What shall it be?")
    )
    stale = len(await freshness.stale(session, guides, now=now))
    return Reply(
        text.format(n=waiting.troubles, since=dates.moment(machine.started_at, now)),
        choices=[
            Choice(pgettext("button", "Status"), "status.open"),
            Choice(_counted(pgettext("button", "New ways to ask"), waiting.proposals), "learning.open"),
            Choice(_counted(pgettext("button", "Guides to check"), stale), "freshness.list"),
            Choice(pgettext("button", "Invite people"), "team.invite_people"),
            Choice(pgettext("button", "More"), "menu.operator"),
        ],
    )


@router.callback_query(F.data == "menu.operator")
async def open_operator_more(_query: CallbackQuery) -> Reply:
    """Show the rest of an operator's menu."""
    return Reply(
        _("What shall it be?"),
        choices=[
            Choice(pgettext("button", "Villages and teams"), "team.area"),
            Choice(pgettext("button", "Ask as a citizen"), "menu.citizen"),
            Choice(pgettext("button", "Settings"), "settings.open"),
        ],
    )
