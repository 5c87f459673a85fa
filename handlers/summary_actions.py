"""From the summary to the act: ask after the silent, thank who did well, and take the workbook along."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import dates, ngettext, pgettext
from locales import gettext as _
from services import summary, summary_actions, summary_lines, summary_text, weekly_workbook
from services.access import Actor, capitalised
from services.apart import Apart, making
from services.media import MediaStore
from services.reports.weekly import Weekly
from services.rules import Rules
from services.summary_actions import Draft, Plan
from services.titles import Titles

router: Final = Router(name=__name__)


class Do(StrEnum):
    """What to do with a nudge or thanks: begin, show what was changed, change it, send it."""

    BEGIN = "0"
    SEND = "1"
    SHOW = "show"
    WORDS = "words"
    DROP = "drop"


class SummaryNudge(CallbackData, prefix="summary.nudge"):
    """Ask after the silent teams of an area; shown first."""

    unit: int
    week: int
    do: Do = Do.BEGIN


class SummaryThank(CallbackData, prefix="summary.thank"):
    """Thank the teams of an area that rose most; shown first."""

    unit: int
    week: int
    do: Do = Do.BEGIN


class SummaryDrop(CallbackData, prefix="summary.drop"):
    """Leave one team out of the nudge."""

    unit: int
    week: int
    team: int


class SummarySheet(CallbackData, prefix="summary.sheet"):
    """The workbook of an area's week."""

    unit: int
    week: int


Tap = SummaryNudge | SummaryThank


@router.callback_query(SummaryNudge.filter())
async def nudge(
    _query: CallbackQuery,
    callback_data: SummaryNudge,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Show what the silent teams would be sent, let it be changed, then send it."""
    figures = await _figures(callback_data, actor, session, rules, now)
    draft = await _draft(state, callback_data)
    back = _details(callback_data.unit, callback_data.week)
    if callback_data.do is Do.WORDS:
        return Goto("wording.ask")
    if callback_data.do is Do.SEND:
        plan = await summary_actions.plan_nudge(session, actor, figures, draft=draft, now=now)
        sent = await summary_actions.nudge(session, actor, figures, draft=draft, now=now)
        await _forget(state)
        return Reply(_nudged(sent, plan, now), choices=[back])
    plan = await summary_actions.plan_nudge(session, actor, figures, draft=draft, now=now)
    if callback_data.do is Do.DROP and plan.people:
        return _ask_drop(callback_data, plan)
    return _nudge_preview(callback_data, figures, plan, draft, actor, now)


async def _figures(
    tap: Tap | SummaryDrop, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Weekly:
    week = summary.week_numbered(tap.week)
    return await summary.see(session, actor, tap.unit, week, rules=rules, now=now)


async def _draft(state: FSMContext, tap: Tap) -> Draft:
    """Read what was changed so far; beginning anew forgets it."""
    kept = (await state.get_data()).get("wording", {})
    place = _doing(tap, Do.SHOW).pack()
    if tap.do is Do.BEGIN or kept.get("tap") != place:
        kept = {"tap": place, "without": [], "words": ""}
        await state.update_data(wording=kept)
    return Draft(tuple(kept["without"]), kept["words"])


async def _forget(state: FSMContext) -> None:
    data = await state.get_data()
    await state.set_data({key: value for key, value in data.items() if key != "wording"})


def _nudge_preview(
    tap: SummaryNudge, figures: Weekly, plan: Plan, draft: Draft, actor: Actor, now: datetime
) -> Reply:
    back = _details(tap.unit, tap.week)
    if not plan.people:
        return Reply(_nobody_to_nudge(figures, plan, now), choices=[back])
    choices = _send_or_change(tap)
    if len(plan.rows) > 1:
        drop = Choice(pgettext("button", "Leave some out"), _doing(tap, Do.DROP))
        choices.insert(2, drop)
    return Reply(_nudge_words(plan, draft, actor), choices=choices)


def _nobody_to_nudge(figures: Weekly, plan: Plan, now: datetime) -> str:
    if plan.before is None:
        if not summary_lines.silent_rows(figures):
            return _("No team is silent any more.")
        return _("No silent team has a leader who can be reached now.")
    again = plan.before.again.astimezone(now.tzinfo).date()
    text = ngettext(
        "{Who} nudged this {n} team at {moment}. It can be nudged again from {day} on.",
        "{Who} nudged these {n} teams at {moment}. They can be nudged again from {day} on.",
        plan.asked,
    )
    return text.format(
        Who=capitalised(plan.before.by),
        n=plan.asked,
        moment=dates.moment(plan.before.at, now),
        day=dates.spoken(again, now.date()),
    )


def _nudge_words(plan: Plan, draft: Draft, actor: Actor) -> str:
    row = plan.rows[0]
    if draft.words:
        words = f"{capitalised(actor.who)}: {draft.words}"
    elif plan.is_area:
        words = summary_text.area_nudge(actor.who, row.full_name, row.silent)
    else:
        name = row.name if len(plan.rows) == 1 else summary_actions.team_placeholder()
        words = summary_text.nudge(actor.who, name)
    if plan.is_area:
        text = ngettext(
            '{n} supervisor gets: "{words}" Send it?', '{n} supervisors get: "{words}" Send it?', plan.people
        )
    else:
        text = ngettext(
            '{n} leader gets: "{words}" Send it?', '{n} leaders get: "{words}" Send it?', plan.people
        )
    return text.format(n=plan.people, words=words)


def _nudged(sent: int, plan: Plan, now: datetime) -> str:
    if not sent:
        return _("All of them have been asked this week already. Who answers is told here.")
    text = ngettext(
        "Sent to {n} leader. At {moment} Tổ Số sends the answers back.",
        "Sent to {n} leaders. At {moment} Tổ Số sends the answers back.",
        sent,
    )
    if plan.is_area:
        text = ngettext(
            "Sent to {n} supervisor. At {moment} Tổ Số sends the answers back.",
            "Sent to {n} supervisors. At {moment} Tổ Số sends the answers back.",
            sent,
        )
    back_at = now.replace(hour=summary_actions.ANSWERS_AT.hour, minute=0) + timedelta(days=1)
    return text.format(n=sent, moment=dates.moment(back_at, now))


def _ask_drop(tap: SummaryNudge, plan: Plan) -> Reply:
    """List the teams; a number leaves that one out."""
    rows = list(plan.rows)
    lines = [f"{n}. {row.name}" for n, row in enumerate(rows, 1)]
    return Reply(
        "\n".join([_("Which one stays out? Send its number."), *lines]),
        choices=[Choice(pgettext("button", "Back"), _doing(tap, Do.SHOW))],
        lines=[Choice(row.name, SummaryDrop(unit=tap.unit, week=tap.week, team=row.unit_id)) for row in rows],
    )


@router.callback_query(SummaryDrop.filter())
async def leave_out(_query: CallbackQuery, callback_data: SummaryDrop, state: FSMContext) -> Goto:
    """Leave a team out, and show what would be sent now."""
    tap = SummaryNudge(unit=callback_data.unit, week=callback_data.week, do=Do.SHOW)
    draft = await _draft(state, tap)
    kept = (await state.get_data())["wording"]
    without = sorted({*draft.without, callback_data.team})
    await state.update_data(wording={**kept, "without": without})
    return Goto(tap)


@router.callback_query(SummaryThank.filter())
async def thank(
    _query: CallbackQuery,
    callback_data: SummaryThank,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Show the thanks, let the words be changed, then send them."""
    figures = await _figures(callback_data, actor, session, rules, now)
    draft = await _draft(state, callback_data)
    back = _details(callback_data.unit, callback_data.week)
    if callback_data.do is Do.WORDS:
        return Goto("wording.ask")
    if callback_data.do is Do.SEND:
        sent = await summary_actions.thank(session, actor, figures, draft=draft, now=now)
        await _forget(state)
        text = ngettext("Thanked {n} person.", "Thanked {n} people.", sent) if sent else _thanked_before()
        return Reply(text.format(n=sent), choices=[back])
    plan = await summary_actions.plan_thanks(session, actor, figures, draft=draft, now=now)
    if not plan.people:
        return Reply(_("Nobody of them can be reached now."), choices=[back])
    if plan.before is not None and plan.before.at.astimezone(now.tzinfo).date() == now.date():
        text = _("{Who} thanked them at {moment} today. Tomorrow they can be thanked again.")
        moment = dates.moment(plan.before.at, now)
        return Reply(text.format(Who=capitalised(plan.before.by), moment=moment), choices=[back])
    return Reply(_thanks_preview(plan, draft, actor, now), choices=_send_or_change(callback_data))


def _thanked_before() -> str:
    return _("All of them have been thanked today already.")


def _thanks_preview(plan: Plan, draft: Draft, actor: Actor, now: datetime) -> str:
    if plan.before and not draft.words:
        text = _("{who} thanked them at {moment}. Thank them again?")
        moment = dates.moment(plan.before.at, now)
        return text.format(who=capitalised(plan.before.by), moment=moment)
    places = _(" and ").join(row.name for row in plan.rows)
    who = capitalised(actor.who)
    words = f"{who}: {draft.words}" if draft.words else summary_text.thanks(who, is_area=plan.is_area)
    if plan.is_area:
        text = _('{places} would get: "{words}" Send it?')
    else:
        text = _('The team of {places} would get: "{words}" Send it?')
    return text.format(places=places, words=words)


def _send_or_change(tap: Tap) -> list[Choice]:
    return [
        Choice(pgettext("button", "Send"), _doing(tap, Do.SEND)),
        Choice(pgettext("button", "Change the words"), _doing(tap, Do.WORDS)),
        Choice(pgettext("button", "Leave it be"), _details(tap.unit, tap.week).packed()),
    ]


def _doing(tap: Tap, do: Do) -> Tap:
    return type(tap)(unit=tap.unit, week=tap.week, do=do)


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
    titles: Titles,
    apart: Apart,
    now: datetime,
) -> Reply:
    """Make the workbook and send it."""
    week = summary.week_numbered(callback_data.week)
    sheets = await apart(
        lambda reading: weekly_workbook.read(
            reading, actor, callback_data.unit, week, rules=rules, titles=titles, now=now
        )
    )
    data = await apart(making(lambda: weekly_workbook.write(sheets)))
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
