"""What receivers see of an announcement, what they answer, and what whoever sent it is told in the end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Reply, notice
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.announcement import ReadBack
from services import announcement_draft, announcements, broadcast
from services.access import Actor
from services.announcement_notices import Announced, AnnouncementResult

router: Final = Router(name=__name__)


class AnnouncementRead(CallbackData, prefix="announce.read"):
    """Answer an announcement."""

    announcement: int
    answer: str


class AnnouncementMissed(CallbackData, prefix="announce.missed"):
    """See whom it did not reach."""

    announcement: int


class AnnouncementRemind(CallbackData, prefix="announce.remind"):
    """Send it once more to whoever has not answered."""

    announcement: int


@notice(Announced)
def say_announced(word: Announced) -> Reply:
    """Bring an announcement: the name first, the words as they were typed."""
    place = word.announcement_id
    choices = [Choice(pgettext("button", "Read it"), AnnouncementRead(announcement=place, answer="read"))]
    if word.is_for_citizens:
        choices.append(Choice(pgettext("button", "No more such news"), "news.no"))
    else:
        absent = AnnouncementRead(announcement=place, answer="absent")
        choices.append(Choice(pgettext("button", "I cannot come"), absent))
    return Reply(announcement_draft.said(word.issuer, word.by, word.text), choices=choices)


@router.callback_query(AnnouncementRead.filter())
async def read(
    _query: CallbackQuery, callback_data: AnnouncementRead, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | None:
    """Note the answer; the second of two equal taps does nothing."""
    said = ReadBack(callback_data.answer)
    if not await announcements.answer(session, actor, callback_data.announcement, said, now=now):
        return None
    if said is ReadBack.ABSENT:
        return Reply(_("Noted as not coming. Whoever sent it is told."), choices=[_home()])
    return Reply(_("Noted, thank you."), choices=[_home()])


@notice(AnnouncementResult)
def say_result(word: AnnouncementResult) -> Reply:
    """Tell how far an announcement came, and whom it did not reach."""
    parts = [
        _("Announcement “{title}”: reached {reached}/{people}, read {read}, cannot come {absent}.").format(
            title=word.title,
            reached=dates.number(word.reached),
            people=dates.number(word.people),
            read=dates.number(word.read),
            absent=dates.number(word.absent),
        )
    ]
    missed = word.away + word.blocked
    if missed:
        parts.append(_("Not reached {n}: {why}.").format(n=dates.number(missed), why=", ".join(_whys(word))))
    if word.under_way:
        text = ngettext("{n} person is still to get it.", "{n} people are still to get it.", word.under_way)
        parts.append(text.format(n=dates.number(word.under_way)))
    choices = []
    if word.unread:
        remind = AnnouncementRemind(announcement=word.announcement_id)
        choices.append(Choice(pgettext("button", "Remind the unread"), remind))
    if missed:
        label = ngettext("See {n} person", "See {n} people", missed).format(n=missed)
        choices.append(Choice(label, AnnouncementMissed(announcement=word.announcement_id)))
    return Reply(" ".join(parts), choices=[*choices, Choice(pgettext("button", "Noted"), MAIN_MENU)])


def _whys(word: AnnouncementResult) -> list[str]:
    whys = []
    if word.away:
        text = ngettext(
            "{n} person has nowhere to be reached", "{n} people have nowhere to be reached", word.away
        )
        whys.append(text.format(n=dates.number(word.away)))
    if word.blocked:
        text = ngettext("{n} person has shut Tổ Số out", "{n} people have shut Tổ Số out", word.blocked)
        whys.append(text.format(n=dates.number(word.blocked)))
    return whys


@router.callback_query(AnnouncementMissed.filter())
async def see_missed(
    _query: CallbackQuery, callback_data: AnnouncementMissed, actor: Actor, session: AsyncSession
) -> Reply:
    """Name whom it did not reach: somebody has to call them."""
    found = await broadcast.missed(session, actor, callback_data.announcement)
    if not found:
        return Reply(_("It has reached everybody by now."), choices=[_home()])
    blocked, away = _("has shut Tổ Số out"), _("has nowhere to be reached")
    lines = [f"• {one.name}: {blocked if one.is_blocked else away}" for one in found[: broadcast.SHOWN]]
    rest = len(found) - len(lines)
    if rest:
        lines.append(ngettext("and {n} more", "and {n} more", rest).format(n=dates.number(rest)))
    text = ngettext("Not reached, {n} person:", "Not reached, {n} people:", len(found))
    closing = _("Better call them, or tell their leader.")
    return Reply("\n".join([text.format(n=dates.number(len(found))), *lines, closing]), choices=[_home()])


@router.callback_query(AnnouncementRemind.filter())
async def remind(
    _query: CallbackQuery,
    callback_data: AnnouncementRemind,
    actor: Actor,
    session: AsyncSession,
    now: datetime,
) -> Reply:
    """Send it once more to whoever it reached and who has not answered."""
    count = await broadcast.remind(session, actor, callback_data.announcement, now=now)
    text = ngettext("Sent once more to {n} person.", "Sent once more to {n} people.", count)
    return Reply(text.format(n=dates.number(count)), choices=[_home()])


def _home() -> Choice:
    return Choice(pgettext("button", "Main menu"), MAIN_MENU)
