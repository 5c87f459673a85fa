"""What work is written down: a kind by a tap, for today or another day, in which village."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Reply
from locales import dates, pgettext
from locales import gettext as _
from services import activity, amounts, units
from services.access import Actor
from services.rules import Kind, Rules

router: Final = Router(name=__name__)

ON_FIRST_MENU: Final = 3
PAGE: Final = 5


class ActivityFor(CallbackData, prefix="activity.for"):
    """Write for a village and a day; "" is today, whenever it is tapped."""

    unit: int
    day: str = ""


class ActivityOther(CallbackData, prefix="activity.other"):
    """The kinds that are not on the first screen, a page at a time."""

    page: int = 0


@router.callback_query(F.data == "activity.log")
async def open_log(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    """Ask what was done today; first where, if somebody is in several teams."""
    return await _ask_kind(session, state, actor, rules, now, day="")


@router.callback_query(ActivityFor.filter())
async def open_day(
    _query: CallbackQuery,
    callback_data: ActivityFor,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Ask what was done in a village on a day."""
    return await _ask_kind(session, state, actor, rules, now, day=callback_data.day, unit=callback_data.unit)


async def _ask_kind(
    session: AsyncSession,
    state: FSMContext,
    actor: Actor,
    rules: Rules,
    now: datetime,
    *,
    day: str,
    unit: int = 0,
) -> Reply:
    villages = activity.villages_of(actor)
    await state.set_state(None)
    if unit not in villages:
        if len(villages) > 1:
            return await _ask_village(session, villages, day)
        unit = villages[0]
    await state.update_data(log={"unit": unit, "day": day})
    choices = [_kind_choice(kind) for kind in _first_kinds(rules)]
    if _other_kinds(rules):
        choices.append(Choice(pgettext("button", "Other work"), ActivityOther()))
    if day:
        spoken = dates.spoken(date.fromisoformat(day), now.date())
        return Reply(_("What was done on {day}?").format(day=spoken), choices=choices)
    catch_up = Choice(pgettext("button", "Catch up"), "activity.catchup")
    return Reply(_("What was helped with today?"), choices=[*choices, catch_up])


async def _ask_village(session: AsyncSession, villages: list[int], day: str) -> Reply:
    found = [await units.unit_of(session, unit_id) for unit_id in villages]
    choices = [
        Choice(units.display_name(each)[:20], ActivityFor(unit=each.id or 0, day=day)) for each in found
    ]
    return Reply(_("For which village is it?"), choices=choices)


def _first_kinds(rules: Rules) -> list[Kind]:
    return [kind for kind in rules.activity.kinds if kind.is_on_first_menu][:ON_FIRST_MENU]


def _other_kinds(rules: Rules) -> list[Kind]:
    """List the rest; what the program counts by itself is not offered, or it would be counted twice."""
    first = _first_kinds(rules)
    return [kind for kind in rules.activity.kinds if kind not in first and kind.name != activity.BOT_HELP]


def _kind_choice(kind: Kind) -> Choice:
    return Choice(amounts.label(kind), f"activity.kind:{kind.name}")


@router.callback_query(ActivityOther.filter())
async def list_others(
    _query: CallbackQuery, callback_data: ActivityOther, actor: Actor, rules: Rules
) -> Reply:
    """Show the other kinds of work."""
    activity.villages_of(actor)
    kinds = _other_kinds(rules)
    first = callback_data.page * PAGE
    choices = [_kind_choice(kind) for kind in kinds[first : first + PAGE]]
    if len(kinds) > first + PAGE:
        choices.append(Choice(pgettext("button", "Show more"), ActivityOther(page=callback_data.page + 1)))
    return Reply(_("Which work is it?"), choices=choices)
