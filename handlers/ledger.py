"""Taking the contribution ledger of a month along: who did what, and what it is paid with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Reply
from locales import gettext as _
from locales import pgettext
from services import ledger, ledger_workbook, numbers, period_words, summary, units, workbook
from services.access import Actor, capitalised
from services.apart import Apart, making
from services.media import MediaStore
from services.rules import Rules

router: Final = Router(name=__name__)


class LedgerOf(CallbackData, prefix="ledger.of"):
    """The ledger of an area; which month comes next."""

    unit: int


class LedgerTake(CallbackData, prefix="ledger.take"):
    """The ledger of the month that begins on a day (ISO)."""

    unit: int
    day: str


@router.callback_query(LedgerOf.filter())
async def choose_month(
    _query: CallbackQuery, callback_data: LedgerOf, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Ask of which month: the one before or the one that runs."""
    unit = await summary.place_of(session, actor, callback_data.unit)
    choices = [
        Choice(capitalised(_named(day)), LedgerTake(unit=callback_data.unit, day=day.isoformat()))
        for day, _number in numbers.months(now.date())
    ]
    back = Choice(pgettext("button", "Back"), f"numbers.of:{callback_data.unit}")
    text = _("Contribution ledger of {unit}: of which month?")
    return Reply(text.format(unit=units.display_name(unit)), choices=[*choices, back])


@router.callback_query(LedgerTake.filter())
async def take_ledger(
    _query: CallbackQuery,
    callback_data: LedgerTake,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    media: MediaStore,
    apart: Apart,
    now: datetime,
) -> Reply:
    """Make the workbook and send it; say what does not count yet."""
    month = date.fromisoformat(callback_data.day)
    made = await ledger.take(session, actor, callback_data.unit, month, apart=apart, rules=rules, now=now)
    data = await apart(making(lambda: ledger_workbook.write(made)))
    media_id = await media.keep(
        session,
        data,
        mime=workbook.MIME,
        filename=ledger_workbook.filename(made),
        now=now,
        keep_for=timedelta(days=rules.media_keep_days),
    )
    text = _("Contribution ledger, {month}, can be opened for {n} days.")
    said = [text.format(month=_named(made.first), n=rules.media_keep_days), ledger_workbook.note(made)]
    return Reply(
        "\n".join(said),
        choices=[
            Choice(pgettext("button", "Another month"), LedgerOf(unit=callback_data.unit)),
            Choice(pgettext("button", "Other numbers"), f"numbers.of:{callback_data.unit}"),
        ],
        document=media_id,
    )


def _named(day: date) -> str:
    return period_words.named("month", day.year, day.month)
