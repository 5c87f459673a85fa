"""From the summary to the act: ask after the silent, thank who did well, and take the workbook along."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Reply
from locales import dates, ngettext, pgettext
from locales import gettext as _
from services import summary, summary_actions, summary_text, weekly_workbook
from services.access import Actor, capitalised
from services.media import MediaStore
from services.rules import Rules
from services.summary_actions import Plan

router: Final = Router(name=__name__)


class SummaryNudge(CallbackData, prefix="summary.nudge"):
    """Ask after the silent teams of an area; shown first, sent when `is_sure`."""

    unit: int
    week: int
    is_sure: bool = False


class SummaryThank(CallbackData, prefix="summary.thank"):
    """Thank the teams of an area that rose most; shown first, sent when `is_sure`."""

    unit: int
    week: int
    is_sure: bool = False


class SummarySheet(CallbackData, prefix="summary.sheet"):
    """The workbook of an area's week."""

    unit: int
    week: int


@router.callback_query(SummaryNudge.filter())
async def nudge(
    _query: CallbackQuery,
    callback_data: SummaryNudge,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Show what the silent teams would be sent, then send it."""
    week = summary.week_numbered(callback_data.week)
    figures = await summary.see(session, actor, callback_data.unit, week, rules=rules, now=now)
    back = [_details(callback_data.unit, callback_data.week)]
    if callback_data.is_sure:
        sent = await summary_actions.nudge(session, actor, figures, now=now)
        return Reply(_nudged(sent), choices=back)
    plan = await summary_actions.plan_nudge(session, actor, figures, now=now)
    if not plan.rows:
        return Reply(_("No team is silent any more."), choices=back)
    if not plan.people:
        return Reply(_("No silent team has a leader who can be reached now."), choices=back)
    sure = SummaryNudge(unit=callback_data.unit, week=callback_data.week, is_sure=True)
    return Reply(_nudge_preview(plan, actor, now), choices=_send_or_leave(sure, back[0]))


def _nudge_preview(plan: Plan, actor: Actor, now: datetime) -> str:
    if plan.before:
        by, at = plan.before
        text = _("{who} nudged them at {moment}. Nudge them again?")
        return text.format(who=capitalised(by), moment=dates.moment(at, now))
    if plan.is_area:
        words = summary_text.area_nudge(actor.who, plan.rows[0].full_name, plan.rows[0].silent)
        text = ngettext(
            '{n} supervisor gets: "{words}" Send it?', '{n} supervisors get: "{words}" Send it?', plan.people
        )
    else:
        words = summary_text.nudge(actor.who, plan.rows[0].name if len(plan.rows) == 1 else _("(its name)"))
        text = ngettext(
            '{n} leader gets: "{words}" Send it?', '{n} leaders get: "{words}" Send it?', plan.people
        )
    return text.format(n=plan.people, words=words)


def _nudged(sent: int) -> str:
    if not sent:
        return _("All of them have been asked today already. Who answers is told here at once.")
    text = ngettext(
        "Sent to {n} person. Who answers is told here at once.",
        "Sent to {n} people. Who answers is told here at once.",
        sent,
    )
    return text.format(n=sent)


@router.callback_query(SummaryThank.filter())
async def thank(
    _query: CallbackQuery,
    callback_data: SummaryThank,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Show the thanks, then send them."""
    week = summary.week_numbered(callback_data.week)
    figures = await summary.see(session, actor, callback_data.unit, week, rules=rules, now=now)
    back = _details(callback_data.unit, callback_data.week)
    if callback_data.is_sure:
        sent = await summary_actions.thank(session, actor, figures, now=now)
        text = ngettext("Thanked {n} person.", "Thanked {n} people.", sent) if sent else _thanked_before()
        return Reply(text.format(n=sent), choices=[back])
    plan = await summary_actions.plan_thanks(session, actor, figures, now=now)
    if not plan.people:
        return Reply(_("Nobody of them can be reached now."), choices=[back])
    sure = SummaryThank(unit=callback_data.unit, week=callback_data.week, is_sure=True)
    return Reply(_thanks_preview(plan, actor, now), choices=_send_or_leave(sure, back))


def _thanked_before() -> str:
    return _("All of them have been thanked today already.")


def _thanks_preview(plan: Plan, actor: Actor, now: datetime) -> str:
    if plan.before:
        by, at = plan.before
        text = _("{who} thanked them at {moment}. Thank them again?")
        return text.format(who=capitalised(by), moment=dates.moment(at, now))
    text = ngettext(
        '{n} person of {places} would get: "Last week the team helped many more neighbours. {who} thanks the'
        ' whole team!" Send it?',
        '{n} people of {places} would get: "Last week the team helped many more neighbours. {who} thanks the'
        ' whole team!" Send it?',
        plan.people,
    )
    places = _(" and ").join(row.name for row in plan.rows)
    return text.format(n=plan.people, places=places, who=capitalised(actor.who))


def _send_or_leave(sure: CallbackData, leave: Choice) -> list[Choice]:
    return [
        Choice(pgettext("button", "Send"), sure),
        Choice(pgettext("button", "Leave it be"), leave.packed()),
    ]


def _details(unit_id: int, week: int) -> Choice:
    return Choice(pgettext("button", "Details"), f"summary.part:{unit_id}:{week}:menu")


@router.callback_query(SummarySheet.filter())
async def send_sheet(
    _query: CallbackQuery,
    callback_data: SummarySheet,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Make the workbook and send it."""
    week = summary.week_numbered(callback_data.week)
    sheets = await weekly_workbook.read(session, actor, callback_data.unit, week, rules=rules, now=now)
    data = await asyncio.to_thread(weekly_workbook.write, sheets)
    media_id = await media.keep(
        session,
        data,
        mime=weekly_workbook.MIME,
        filename=weekly_workbook.filename(sheets.figures),
        now=now,
        keep_for=timedelta(days=rules.media_keep_days),
    )
    text = _("Workbook of week {week}, can be opened for {n} days.")
    return Reply(
        text.format(week=week.iso_week, n=rules.media_keep_days),
        choices=[_details(callback_data.unit, callback_data.week)],
        document=media_id,
    )
