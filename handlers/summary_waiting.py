"""Who has waited over a day, and to whom the supervisor gives all of them with one tap."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Reply, notice
from locales import dates, ngettext, npgettext, pgettext
from locales import gettext as _
from services import summary, summary_waiting
from services.access import Actor
from services.help_list import Waiting
from services.rules import Rules
from services.summary_notices import HelpGivenOn

router: Final = Router(name=__name__)

MOST_SHOWN: Final = 6


class Way(StrEnum):
    """To whom they go."""

    LEADERS = "leaders"
    BESIDE = "beside"


class SummaryWaiting(CallbackData, prefix="summary.waiting"):
    """Who has waited over a day in this area."""

    unit: int
    week: int


class SummaryGive(CallbackData, prefix="summary.give"):
    """Give all of them to the villages' leaders, or to the teams beside."""

    unit: int
    week: int
    way: Way


@router.callback_query(SummaryWaiting.filter())
async def show_waiting(
    _query: CallbackQuery,
    callback_data: SummaryWaiting,
    actor: Actor,
    session: AsyncSession,
    now: datetime,
) -> Reply:
    """List who waits, and ask to whom they go."""
    unit, week = callback_data.unit, callback_data.week
    await summary.mark_opened(session, actor, summary.week_numbered(week), now=now)
    found = await summary_waiting.waiting(session, actor, unit, now=now)
    back = Choice(pgettext("button", "Back"), f"summary.week:{unit}:{week}")
    if not found:
        return Reply(_("Nobody has waited over a day any more."), choices=[back])
    text = ngettext(
        "{n} neighbour has waited over a day:", "{n} neighbours have waited over a day:", len(found)
    )
    lines = [text.format(n=dates.number(len(found))), *(_line(one, now) for one in found[:MOST_SHOWN])]
    if len(found) > MOST_SHOWN:
        lines.append(_("and {n} more").format(n=len(found) - MOST_SHOWN))
    lines.append(_("To whom shall they go?"))
    n = await summary_waiting.leaders_of(session, found)
    choices = [
        Choice(pgettext("button", "Ask the teams beside"), SummaryGive(unit=unit, week=week, way=Way.BESIDE)),
        Choice(
            pgettext("button", "I help"),
            f"help.take:{found[0].request.id}" if len(found) == 1 else "help.waiting",
        ),
        back,
    ]
    if n:
        label = npgettext("button", "Give to {n} leader", "Give to {n} leaders", n)
        leaders = SummaryGive(unit=unit, week=week, way=Way.LEADERS)
        choices.insert(0, Choice(label.format(n=n), leaders))
    return Reply("\n".join(lines), choices=choices)


def _line(one: Waiting, now: datetime) -> str:
    day = one.request.asked_at.astimezone(now.tzinfo).date()
    text = _("• {place}: {topic}, since {day}")
    return text.format(
        place=one.place.name, topic=one.request.topic, day=f"{dates.weekday(day)} {dates.short(day)}"
    )


@router.callback_query(SummaryGive.filter())
async def give_all(
    _query: CallbackQuery,
    callback_data: SummaryGive,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Give them on, and say by when there is word."""
    unit, week, way = callback_data.unit, callback_data.week, callback_data.way
    given = await summary_waiting.give_all(session, actor, unit, way.value, rules=rules, now=now)
    back = Choice(pgettext("button", "Back"), f"summary.waiting:{unit}:{week}")
    if not given.names:
        return Reply(_("Nobody there is free now. Helping oneself is the fastest."), choices=[back])
    until = dates.moment(given.until, now)
    names = _(" and ").join(
        [", ".join(given.names[:-1]), given.names[-1]] if given.names[1:] else given.names
    )
    asked = _("The team of {names} is asked.") if way is Way.BESIDE else _("It is given to {names}.")
    told = ngettext(
        "{n} neighbour is told: word by {until} at the latest.",
        "{n} neighbours are told: word by {until} at the latest.",
        given.citizens,
    )
    rest = _("Of whoever is not taken by then, Tổ Số tells {who} at {until}.")
    parts = [asked.format(names=names), told.format(n=given.citizens, until=until)]
    parts.append(rest.format(who=given.above, until=until))
    return Reply(" ".join(parts), choices=[back])


@notice(HelpGivenOn)
def say_given_on(said: HelpGivenOn) -> Reply:
    """Tell a citizen who waited long who is asked now."""
    until, now = datetime.fromisoformat(said.until), datetime.fromisoformat(said.at)
    text = _("Tổ Số has asked {who} just now. There is word by {until} at the latest.")
    return Reply(
        text.format(who=said.team, until=dates.moment(until, now)),
        choices=[
            Choice(pgettext("button", "Keep waiting"), f"help.wait:{said.request_id}"),
            Choice(pgettext("button", "Never mind"), f"help.stop:{said.request_id}"),
        ],
    )
