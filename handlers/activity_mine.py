"""Somebody's own numbers: this week, this month, kind by kind, and what was done together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import dates, pgettext
from locales import gettext as _
from services import activity, amounts, certificates, counts
from services.access import Actor
from services.counts import Totals
from services.rules import Rules

router: Final = Router(name=__name__)

MOST_ENTRIES: Final = 5


class ActivityMineOf(CallbackData, prefix="activity.mineof"):
    """One's own numbers of this week or this month, kind by kind."""

    month: bool


@router.callback_query(F.data == "activity.mine")
async def show_mine(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply:
    """Show somebody's own numbers of this week and this month."""
    activity.villages_of(actor)
    today = now.date()
    week, month = counts.week_of(today), counts.month_of(today)
    lines = [
        _("This week ({days}): {amounts}.").format(
            days=dates.span(week.monday, week.sunday),
            amounts=await _mine(session, actor, week.monday, week.sunday, rules),
        ),
        _("This month ({month}): {amounts}.").format(
            month=f"{today.month}/{today.year}", amounts=await _mine(session, actor, *month, rules)
        ),
    ]
    choices = [
        Choice(pgettext("button", "This week"), ActivityMineOf(month=False)),
        Choice(pgettext("button", "This month"), ActivityMineOf(month=True)),
    ]
    if await activity.recent_entries(session, actor, limits=rules.activity, now=now, most=1):
        choices.append(Choice(pgettext("button", "Correct an entry"), "activity.fixmine"))
    choices.append(Choice(pgettext("button", "Catch up"), "activity.catchup"))
    if await certificates.own(session, actor):
        choices.append(Choice(pgettext("button", "Certificate"), "certificate.mine"))
    return Reply(
        "\n".join([_("{who}'s numbers").format(who=actor.who), *lines]), choices=[*choices, _main_menu()]
    )


def _main_menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), MAIN_MENU)


async def _mine(session: AsyncSession, actor: Actor, first: date, last: date, rules: Rules) -> str:
    """Say what somebody wrote, and apart from it what they took part in."""
    me, kinds = actor.person_id or 0, rules.activity.kinds
    own = (await counts.by_person(session, [me], first, last, kinds=kinds))[me]
    shared = (await counts.shared_by_person(session, [me], first, last, kinds=kinds))[me]
    said = _said(own) or _("nothing written yet")
    if not any(shared.values()):
        return said
    return _("{own}. Done together: {shared}").format(own=said, shared=_said(shared))


def _said(totals: Totals) -> str:
    return ", ".join(amounts.said(count, of) for of, count in totals.items() if count)


@router.callback_query(ActivityMineOf.filter())
async def show_kinds(
    _query: CallbackQuery,
    callback_data: ActivityMineOf,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Show one's own numbers of a week or month, kind by kind."""
    activity.villages_of(actor)
    today = now.date()
    week = counts.week_of(today)
    first, last = counts.month_of(today) if callback_data.month else (week.monday, week.sunday)
    found = await counts.kinds_of(session, actor.person_id or 0, first, last)
    lines = []
    for kind in rules.activity.kinds:
        own, shared = found.get(kind.name, (0, 0))
        if not own and not shared:
            continue
        line = _("• {kind}: {amount}").format(kind=amounts.label(kind), amount=amounts.said(own, kind.unit))
        if shared:
            line = _("{line}, done together {amount}").format(
                line=line, amount=amounts.said(shared, kind.unit)
            )
        lines.append(line)
    heading = _("{who}, {days}").format(who=actor.who, days=dates.span(first, last))
    text = "\n".join([heading[:1].upper() + heading[1:], *(lines or [_("Nothing written yet.")])])
    catch_up = Choice(pgettext("button", "Catch up"), "activity.catchup")
    return Reply(
        text, choices=[Choice(pgettext("button", "My numbers"), "activity.mine"), catch_up, _main_menu()]
    )


@router.callback_query(F.data == "activity.fixmine")
async def choose_entry(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply | Goto:
    """Ask which of one's own entries of the last day is to be put right."""
    entries = await activity.recent_entries(session, actor, limits=rules.activity, now=now, most=MOST_ENTRIES)
    if not entries:
        return Goto("activity.mine")
    if len(entries) == 1:
        return Goto(f"activity.edit:{entries[0].id}")
    choices = []
    for entry in entries:
        kind = activity.kind_of(entry, rules.activity)
        choices.append(Choice(f"{amounts.label(kind)[:15]}: {entry.count}"[:20], f"activity.edit:{entry.id}"))
    return Reply(_("Which of them shall be corrected?"), choices=choices)
