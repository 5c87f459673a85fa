"""How a supervisor sets a goal: one sentence, or kind, month and number one after the other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import folded
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Unit
from services import amounts, errors, target_sharing, target_text, targets, typed_targets, units
from services.access import Actor, capitalised
from services.rules import Kind, Rules
from services.target_sharing import Way
from services.targets import Span

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})
FIRST: Final = 3
MOST_CHOICES: Final = 5


class Aiming(StatesGroup):
    """A goal is being typed."""

    goal = State()


class TargetKind(CallbackData, prefix="target.kind"):
    """A goal for this kind of work."""

    name: str


class TargetAnew(CallbackData, prefix="target.anew"):
    """Share the goal for this kind of work out anew."""

    name: str


@router.callback_query(F.data == "target.new")
async def begin(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    """Ask for what and for when."""
    await _area(session, actor)
    await state.set_state(Aiming.goal)
    await state.update_data(target={})
    kinds = [kind for kind in rules.activity.kinds if kind.is_on_first_menu][:FIRST]
    choices = [Choice(amounts.label(kind), TargetKind(name=kind.name)) for kind in kinds]
    text = _(
        "A goal for which work, in which month? A whole sentence will do,"
        " for example: tháng {month} cài vneid 400 người."
    )
    other = Choice(pgettext("button", "Other work"), "target.kinds")
    return Reply(text.format(month=now.month % 12 + 1), choices=[*choices, other])


@router.callback_query(F.data == "target.kinds")
async def show_kinds(_query: CallbackQuery, rules: Rules) -> Reply:
    """List the other kinds; six to a message."""
    kinds = [kind for kind in rules.activity.kinds if not kind.is_on_first_menu][:6]
    choices = [Choice(amounts.label(kind), TargetKind(name=kind.name)) for kind in kinds]
    return Reply(_("A goal for which work? Its name can be typed too."), choices=choices)


@router.callback_query(TargetKind.filter())
async def choose_kind(
    _query: CallbackQuery,
    callback_data: TargetKind,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Take the kind, and ask for month and number."""
    await _area(session, actor)
    kind = rules.activity.kind(callback_data.name)
    if kind is None:
        raise errors.NotYours
    await state.set_state(Aiming.goal)
    await state.update_data(target={"kind": kind.name})
    return _ask_number(kind, now)


def _ask_number(kind: Kind, now: datetime) -> Reply:
    text = _("{kind}: which month, how many? Send for example: tháng {month} 400. Send THÔI to leave it.")
    return Reply(text.format(kind=amounts.label(kind), month=now.month % 12 + 1))


@router.message(StateFilter(Aiming.goal), F.text)
async def type_goal(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply | Goto:
    """Read what was typed, ask for what is missing, then set the goal."""
    if folded(message) in STOP_WORDS:
        await state.set_state(None)
        return Goto(MAIN_MENU)
    area = await _area(session, actor)
    kept: dict[str, Any] = (await state.get_data()).get("target") or {}
    wish = typed_targets.read(message.text or "", rules.activity.kinds, now.date())
    kind = wish.kind or rules.activity.kind(kept.get("kind", ""))
    when = wish.span or _span(kept)
    goal = wish.goal or kept.get("goal")
    kept = {"kind": kind.name if kind else "", "goal": goal, **_days(when)}
    await state.update_data(target=kept)
    if kind is None:
        return Reply(_("For which work is that? Send its name, for example: cài vneid."))
    if goal is None:
        return _ask_number(kind, now)
    when = when or targets.month_of(now.date())
    await state.set_state(None)
    await state.update_data(target=kept | _days(when))
    shared = sum((await targets.goals_below(session, area, kind.name, when)).values())
    await targets.set_goal(session, actor, area, kind, when, goal, now=now)
    if shared > goal:
        return _shared_more(shared, goal)
    return await _ask_way(session, area, kind, when, goal)


def _shared_more(shared: int, goal: int) -> Reply:
    text = _("{shared} are shared out already, more than {goal}. Share {goal} out anew?")
    return Reply(
        text.format(shared=dates.number(shared), goal=dates.number(goal)),
        choices=[
            Choice(pgettext("button", "Share anew"), "target.ways"),
            Choice(pgettext("button", "Leave it be"), MAIN_MENU),
        ],
    )


@router.callback_query(F.data == "target.ways")
async def ask_way(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules
) -> Reply | Goto:
    """Ask how the goal is to be shared."""
    kept: dict[str, Any] = (await state.get_data()).get("target") or {}
    kind, when = rules.activity.kind(kept.get("kind", "")), _span(kept)
    if kind is None or when is None or not kept.get("goal"):
        return Goto("target.new")
    return await _ask_way(session, await _area(session, actor), kind, when, kept["goal"])


@router.callback_query(TargetAnew.filter())
async def share_anew(
    _query: CallbackQuery,
    callback_data: TargetAnew,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Ask how the goal that runs today is to be shared now; where none runs, ask for one."""
    area = await _area(session, actor)
    goal = await targets.progress_of(session, area, callback_data.name, now.date(), limits=rules.activity)
    kind = rules.activity.kind(callback_data.name)
    if goal is None or kind is None:
        return Goto("target.new")
    await state.set_state(None)
    await state.update_data(target={"kind": kind.name, "goal": goal.goal, **_days(goal.span)})
    return await _ask_way(session, area, kind, goal.span, goal.goal)


@router.callback_query(F.data == "target.running")
async def choose_running(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply | Goto:
    """Ask which of the goals that run today is to be shared anew."""
    running = await targets.progress(session, await _area(session, actor), now.date(), limits=rules.activity)
    names = {one.kind for one in running}
    kinds = [kind for kind in rules.activity.kinds if kind.name in names]
    if not kinds:
        return Goto("target.new")
    choices = [Choice(amounts.label(kind), TargetAnew(name=kind.name)) for kind in kinds[:MOST_CHOICES]]
    return Reply(_("Which goal shall be shared anew?"), choices=choices)


async def _ask_way(session: AsyncSession, area: Unit, kind: Kind, when: Span, goal: int) -> Reply:
    places = await target_sharing.below(session, area)
    head = _("Goal for {span}: {work}, {unit}.").format(
        span=target_text.span(when), work=target_text.work(goal, kind), unit=units.display_name(area)
    )
    if not places:
        return Reply(head, choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])
    text = _("How shall it be shared among {n} {places}?").format(
        n=len(places), places=target_text.kinds_of_place(places)
    )
    return Reply(
        f"{head} {text}",
        choices=[
            Choice(pgettext("button", "By households"), f"target.share:{Way.HOUSEHOLDS.value}"),
            Choice(pgettext("button", "By members"), f"target.share:{Way.MEMBERS.value}"),
            Choice(pgettext("button", "Type each one"), "target.type"),
            Choice(pgettext("button", "Not shared yet"), "target.unshared"),
        ],
    )


@router.callback_query(F.data == "target.unshared")
async def leave_unshared(_query: CallbackQuery) -> Reply:
    """Keep the goal for the area alone."""
    home = Choice(pgettext("button", "Main menu"), MAIN_MENU)
    return Reply(_("The goal is set, and shared out with nobody yet."), choices=[home])


def _days(when: Span | None) -> dict[str, str]:
    return {"first": when.first.isoformat(), "last": when.last.isoformat()} if when else {}


def _span(kept: dict[str, Any]) -> Span | None:
    if not kept.get("first"):
        return None
    return Span(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]))


async def _area(session: AsyncSession, actor: Actor) -> Unit:
    """Load the area somebody sets goals for; raises OutsideArea for whoever looks after none."""
    held = actor.held(Role.SUPERVISOR)
    if held is None:
        raise errors.OutsideArea(who=capitalised(actor.who))
    return await units.unit_of(session, held.unit_id)
