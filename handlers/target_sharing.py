"""How a goal is shared out: what falls to each, one look, and what those it falls to answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU, refusal
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from handlers.said import folded
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Unit
from services import amounts, errors, target_sharing, target_text, targets, typed_targets, units, units_search
from services.access import Actor, capitalised
from services.rules import Rules
from services.target_notices import GoalAnswered, GoalDoubted, GoalGiven
from services.target_sharing import Share, Way
from services.targets import Span

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})


class Sharing(StatesGroup):
    """What is being typed about shares."""

    parts = State()
    wish = State()


class TargetShare(CallbackData, prefix="target.share"):
    """Share the goal this way."""

    way: str


class TargetRest(CallbackData, prefix="target.rest"):
    """Give a goal for this kind of work to the places that have none yet."""

    name: str


class TargetDoubt(CallbackData, prefix="target.doubt"):
    """The goal is thought too high."""

    target: int


class TargetDecide(CallbackData, prefix="target.decide"):
    """Put this goal in a doubted one's place."""

    target: int
    goal: int


@router.callback_query(TargetShare.filter())
async def propose(
    _query: CallbackQuery,
    callback_data: TargetShare,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
) -> Reply | Goto:
    """Show what would fall to each."""
    kept, area = await _kept(state), await _area(session, actor)
    if not kept.get("goal"):
        return Goto("target.new")
    found = await target_sharing.propose(session, area, kept["goal"], Way(callback_data.way))
    return await _show(state, kept, found)


async def _show(state: FSMContext, kept: dict[str, Any], found: list[Share]) -> Reply:
    shares = [[units.unit_id(share.unit), share.goal] for share in found]
    await state.update_data(target=kept | {"shares": shares})
    names = target_text.names([share.unit for share in found])
    text = target_text.shares(found, names, goal=kept["goal"])
    return Reply(
        _("{shares} Share it so?").format(shares=text),
        choices=[
            Choice(pgettext("button", "Share"), "target.give"),
            Choice(pgettext("button", "Change one"), "target.type"),
            Choice(pgettext("button", "Leave it be"), "target.unshared"),
        ],
    )


@router.callback_query(F.data == "target.type")
async def ask_parts(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Ask for names with their numbers."""
    await state.set_state(Sharing.parts)
    text = _("Send each name with its number, for example: Hòa Sơn 60, Lộc Thuận 55. Send THÔI to leave it.")
    return Reply(text)


@router.callback_query(TargetRest.filter())
async def ask_rest(
    _query: CallbackQuery,
    callback_data: TargetRest,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Name the places that have no part of the running goal, and ask for their numbers; the others stay."""
    area = await _area(session, actor)
    goal = await targets.progress_of(session, area, callback_data.name, now.date(), limits=rules.activity)
    kind = rules.activity.kind(callback_data.name)
    if goal is None or kind is None:
        return Goto("target.new")
    standing = await targets.goals_below(session, area, kind.name, goal.span)
    rest = [place for place in await target_sharing.below(session, area) if place.id not in standing]
    if not rest:
        return Goto(f"target.anew:{kind.name}")
    days = {"first": goal.span.first.isoformat(), "last": goal.span.last.isoformat()}
    kept = {"kind": kind.name, "goal": goal.goal, "shares": [list(one) for one in standing.items()], **days}
    await state.set_state(Sharing.parts)
    await state.update_data(target=kept)
    return Reply(target_text.without(rest, kind, goal.span))


@router.message(StateFilter(Sharing.parts), F.text)
async def type_parts(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext
) -> Reply | Goto:
    """Put typed numbers in place of what was proposed; a name that is not found changes nothing."""
    if folded(message) in STOP_WORDS:
        await state.set_state(None)
        return Goto(MAIN_MENU)
    kept, area = await _kept(state), await _area(session, actor)
    if not kept.get("goal"):
        await state.set_state(None)
        return Goto("target.new")
    places = await target_sharing.below(session, area)
    shares: dict[int, int] = dict(kept.get("shares", []))
    parts = typed_targets.read_parts(message.text or "")
    if not parts:
        text = _("In {area}: a name, then its number, for example: Hòa Sơn 60. Send THÔI to leave it.")
        return Reply(text.format(area=units.display_name(area)))
    for name, goal in parts:
        place = await _place(session, area, places, name)
        if place is None:
            text = _("“{name}” is not found in {area}, or is not the only one. Send it once more.")
            return Reply(text.format(name=name[:40], area=units.display_name(area)))
        shares[units.unit_id(place)] = goal
    await state.set_state(None)
    found = [Share(place, shares.get(units.unit_id(place), 0)) for place in places]
    return await _show(state, kept, sorted(found, key=lambda share: -share.goal))


async def _place(session: AsyncSession, area: Unit, places: list[Unit], name: str) -> Unit | None:
    by_code = [place for place in places if place.code.lower() == name.strip().lower()]
    by_name = by_code or [place for place in places if place.folded == units.fold_name(name)]
    if len(by_name) == 1:
        return by_name[0]
    ids = {units.unit_id(place) for place in places}
    hits = [hit.unit for hit in await units_search.find_villages(session, name, within=area)]
    inside = [unit for unit in hits if units.unit_id(unit) in ids]
    return inside[0] if len(inside) == 1 else None


@router.callback_query(F.data == "target.give")
async def give(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Give each its share; the second of two quick taps does nothing."""
    kept = await _kept(state)
    kind = rules.activity.kind(kept.get("kind", ""))
    if kind is None or not kept.get("shares"):
        return Goto("target.new")
    span = Span(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]))
    area = await _area(session, actor)
    shares = dict(kept["shares"])
    told = await target_sharing.share(session, actor, area, kind, span, shares, now=now)
    if not told:
        return None
    text = ngettext(
        "Shared out: {n} place has its goal and is told.",
        "Shared out: {n} places have their goal and are told.",
        told,
    )
    home = Choice(pgettext("button", "Main menu"), MAIN_MENU)
    return Reply(text.format(n=dates.number(told)), choices=[home])


@notice(GoalGiven)
def say_given(word: GoalGiven) -> Reply:
    """Bring a goal to whoever leads the unit it is for."""
    kind = target_text.kind_of(word.kind, word.of)
    first = date.fromisoformat(word.first_on)
    a_day = max(1, round(word.goal / word.days))
    text = _("Goal for {span} of {place}: {work}, from {day} on. About {amount} a day.")
    return Reply(
        text.format(
            span=target_text.span_of(word.first_on, word.last_on),
            place=word.place,
            work=target_text.work(word.goal, kind),
            day=f"{dates.weekday(first)} {dates.short(first)}",
            amount=amounts.said(a_day, kind.unit),
        ),
        choices=[
            Choice(pgettext("button", "Read it"), MAIN_MENU),
            Choice(pgettext("button", "It seems high"), TargetDoubt(target=word.target_id)),
        ],
    )


@router.callback_query(TargetDoubt.filter())
async def doubt(_query: CallbackQuery, callback_data: TargetDoubt, state: FSMContext) -> Reply:
    """Ask which number would do."""
    await state.set_state(Sharing.wish)
    await state.update_data(doubted=callback_data.target)
    return Reply(_("Which number would do? Send a number. Send THÔI to leave it."))


@router.message(StateFilter(Sharing.wish), F.text)
async def type_wish(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply | Goto:
    """Send the number on; nothing changes by itself."""
    if folded(message) in STOP_WORDS:
        await state.set_state(None)
        return Goto(MAIN_MENU)
    wish = amounts.read(message.text or "") or 0
    doubted = int((await state.get_data()).get("doubted", 0))
    who = await target_sharing.doubt(session, actor, doubted, wish, limits=rules.activity, now=now)
    await state.set_state(None)
    text = _("Sent on to {who}. Until there is an answer the goal stays as it is.")
    return Reply(text.format(who=who), choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])


@refusal(errors.GoalNotLower)
def say_not_lower(error: errors.GoalNotLower) -> Reply:
    """Ask again; no choices, so that the next number means a number."""
    return Reply(str(error))


@notice(GoalDoubted)
def say_doubted(word: GoalDoubted) -> Reply:
    """Tell whoever set a goal that it is thought too high."""
    kind = target_text.kind_of(word.kind, word.of)
    text = _("{who} ({place}) thinks {work} in {span} too high, and proposes {wish}. Change it?")
    return Reply(
        text.format(
            who=capitalised(word.who),
            place=word.place,
            work=target_text.work(word.goal, kind),
            span=target_text.span_of(word.first_on, word.last_on),
            wish=dates.number(word.wish),
        ),
        choices=[
            Choice(
                pgettext("button", "Change to {n}").format(n=dates.number(word.wish)),
                TargetDecide(target=word.target_id, goal=word.wish),
            ),
            Choice(
                pgettext("button", "Keep {n}").format(n=dates.number(word.goal)),
                TargetDecide(target=word.target_id, goal=word.goal),
            ),
        ],
    )


@router.callback_query(TargetDecide.filter())
async def decide(
    _query: CallbackQuery,
    callback_data: TargetDecide,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Put the other goal in place, or keep it; the leader is told."""
    new, place = await target_sharing.decide(
        session, actor, callback_data.target, callback_data.goal, limits=rules.activity, now=now
    )
    text = _("The goal of {place} is {work} now. The leader has been told.")
    kind = rules.activity.kind(new.kind)
    work = target_text.work(new.goal, kind) if kind else dates.number(new.goal)
    home = Choice(pgettext("button", "Main menu"), MAIN_MENU)
    return Reply(text.format(place=units.display_name(place), work=work), choices=[home])


@notice(GoalAnswered)
def say_answered(word: GoalAnswered) -> Reply:
    """Tell what came of a doubt."""
    kind = target_text.kind_of(word.kind, word.of)
    span = target_text.span_of(word.first_on, word.last_on)
    text = (
        _("{by} keeps the goal for {span} of {place}: {work}.")
        if word.goal == word.before
        else _("{by} changed the goal for {span} of {place}: {work} (before: {before}).")
    )
    return Reply(
        text.format(
            by=capitalised(word.by),
            span=span,
            place=word.place,
            work=target_text.work(word.goal, kind),
            before=dates.number(word.before),
        ),
        choices=[Choice(pgettext("button", "Read it"), MAIN_MENU)],
    )


async def _kept(state: FSMContext) -> dict[str, Any]:
    found: dict[str, Any] = (await state.get_data()).get("target") or {}
    return found


async def _area(session: AsyncSession, actor: Actor) -> Unit:
    """Load the area somebody sets goals for; raises OutsideArea for whoever looks after none."""
    held = actor.held(Role.SUPERVISOR)
    if held is None:
        raise errors.OutsideArea(who=capitalised(actor.who))
    return await units.unit_of(session, held.unit_id)
