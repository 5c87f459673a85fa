"""Taking numbers along: a week, a month or a quarter as a workbook or on paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply, notice
from locales import gettext as _
from locales import pgettext
from models.people import Role
from services import amounts, numbers, period_words, printing, summary, units, workbook
from services.access import Actor, capitalised
from services.apart import Apart, making
from services.counts import UNITS
from services.media import MediaStore
from services.rules import Rules
from services.summary_notices import MonthThanks
from services.titles import Titles

router: Final = Router(name=__name__)

MOST_AREAS: Final = 5


class Span(StrEnum):
    """Of how long the numbers are."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Form(StrEnum):
    """As what they come."""

    ASK = "ask"
    WORKBOOK = "xlsx"
    PAPER = "pdf"


class NumbersOf(CallbackData, prefix="numbers.of"):
    """The numbers of an area; which time comes next."""

    unit: int


class NumbersTake(CallbackData, prefix="numbers.take"):
    """The numbers of a span that begins on a day (ISO)."""

    unit: int
    span: Span
    day: str
    form: Form = Form.ASK


@router.callback_query(F.data == "numbers.open")
async def open_numbers(_query: CallbackQuery, actor: Actor, session: AsyncSession) -> Reply | Goto:
    """Ask of which area, if there are several."""
    areas = [held.unit_id for held in actor.roles if held.role in {Role.SUPERVISOR, Role.OPERATOR}]
    if not areas:
        return Goto(MAIN_MENU)
    if len(areas) == 1:
        return Goto(NumbersOf(unit=areas[0]))
    choices = []
    for unit_id in areas[:MOST_AREAS]:
        name = units.display_name(await units.unit_of(session, unit_id))
        choices.append(Choice(name[:LABEL_LENGTH], NumbersOf(unit=unit_id)))
    return Reply(_("Which area?"), choices=choices)


@router.callback_query(NumbersOf.filter())
async def choose_time(
    _query: CallbackQuery, callback_data: NumbersOf, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Ask of which week, month or quarter, or for the ledger of a month: six lines, as every menu has."""
    unit = await summary.place_of(session, actor, callback_data.unit)
    week = summary.finished_week(now.date())
    label = pgettext("button", "Week {n}").format(n=week.iso_week)
    choices = [Choice(label, _take(callback_data.unit, Span.WEEK, week.monday))]
    for span, days in (
        (Span.MONTH, numbers.months(now.date())),
        (Span.QUARTER, numbers.quarters(now.date())),
    ):
        for day, number in days:
            name = period_words.named(span.value, day.year, number)
            choices.append(Choice(capitalised(name)[:LABEL_LENGTH], _take(callback_data.unit, span, day)))
    choices.append(Choice(pgettext("button", "Contribution ledger"), f"ledger.of:{callback_data.unit}"))
    return Reply(
        _("Numbers of {unit}: of which time?").format(unit=units.display_name(unit)), choices=choices
    )


def _take(unit: int, span: Span, day: date, form: Form = Form.ASK) -> NumbersTake:
    return NumbersTake(unit=unit, span=span, day=day.isoformat(), form=form)


@router.callback_query(NumbersTake.filter())
async def take(
    _query: CallbackQuery,
    callback_data: NumbersTake,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    media: MediaStore,
    titles: Titles,
    apart: Apart,
    now: datetime,
) -> Reply:
    """Ask as what, then make it and send it."""
    unit, span, form = callback_data.unit, callback_data.span, callback_data.form
    day = date.fromisoformat(callback_data.day)
    if form is Form.ASK:
        choices = [
            Choice(pgettext("button", "Workbook"), _take(unit, span, day, Form.WORKBOOK)),
            Choice(pgettext("button", "Paper with signatures"), _take(unit, span, day, Form.PAPER)),
            Choice(pgettext("button", "Back"), NumbersOf(unit=unit)),
        ]
        return Reply(_("As a workbook for the computer, or on paper for the file?"), choices=choices)
    made = await apart(
        lambda reading: numbers.gather(
            reading, actor, unit, span.value, day, form.value, rules=rules, titles=titles, now=now
        )
    )
    data = await apart(making(made.write))
    keep_for = timedelta(days=rules.media_keep_days)
    mime = workbook.MIME if form is Form.WORKBOOK else printing.MIME
    media_id = await media.keep(session, data, mime=mime, filename=made.filename, now=now, keep_for=keep_for)
    text = _("{Period}, can be opened for {n} days.")
    return Reply(
        text.format(Period=capitalised(made.name), n=rules.media_keep_days),
        choices=[Choice(pgettext("button", "Other numbers"), NumbersOf(unit=unit))],
        document=media_id,
    )


@notice(MonthThanks)
def say_month(said: MonthThanks) -> Reply:
    """Thank a member for the month, with their own numbers."""
    totals = {"persons": said.persons, "turns": said.turns, "sessions": said.sessions}
    done = ", ".join(amounts.said(totals[of], of) for of in UNITS if totals[of])
    text = _("In month {month} {who} helped {done}.")
    if said.most:
        text = _("In month {month} {who} helped {done}, most of all {most} ({n}).")
    lines = [
        text.format(month=said.month, who=said.who, done=done, most=_small(said.most), n=said.most_count)
    ]
    if said.good:
        lines.append(_("{n} neighbours said that it worked.").format(n=said.good))
    lines.append(_("Thank you, {who}!").format(who=said.who))
    return Reply(" ".join(lines), choices=[Choice(pgettext("button", "My numbers"), "activity.mine")])


def _small(label: str) -> str:
    """Write a kind of work within a sentence; VNeID and BHYT keep their capitals."""
    return label[:1].lower() + label[1:]
