"""What is said beside a guide: a screen that looks different, a place to keep, a promise to remind."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from services import guide_visits
from services.access import Actor
from services.guide_visits import Visit
from services.guides import Library
from services.notices import GuideReminder

router: Final = Router(name=__name__)


class GuideScreen(CallbackData, prefix="guide.screen"):
    """The screen looks different at a step."""

    visit: int
    step: int


class GuideRemind(CallbackData, prefix="guide.remind"):
    """Ask to be reminded tomorrow, or not."""

    visit: int
    wanted: bool


@router.callback_query(GuideScreen.filter())
async def report_screen(
    _query: CallbackQuery, callback_data: GuideScreen, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Note that a screen looks different, and ask what it says."""
    visit = await _visit(session, actor, callback_data.visit, now)
    if visit is None:
        return Goto("menu.open")
    guide_visits.report_screen(session, visit.slug, callback_data.step, now=now)
    text = _("Thank you, Tổ Số tells the keeper of the guide to look at step {n}. What is on the screen?")
    return Reply(
        text.format(n=callback_data.step),
        choices=[
            Choice(pgettext("button", "Ask a person"), "ask.person"),
            Choice(pgettext("button", "Skip"), "guide.resume"),
        ],
    )


@router.callback_query(F.data == "guide.later")
async def keep_place(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, guides: Library, now: datetime
) -> Reply | Goto:
    """Keep the place, and offer to remind."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None:
        return Goto("menu.open")
    text = _(
        "Step {n}/{of} is remembered. Send anything to go on."
        " Shall Tổ Số remind at 8 o'clock tomorrow morning?"
    )
    return Reply(
        text.format(n=visit.step, of=len(guides.get(visit.slug, actor.locale).steps)),
        choices=[
            Choice(pgettext("button", "Remind me"), GuideRemind(visit=visit.id, wanted=True)),
            Choice(pgettext("button", "No need"), GuideRemind(visit=visit.id, wanted=False)),
        ],
    )


@router.callback_query(GuideRemind.filter())
async def remind(
    _query: CallbackQuery, callback_data: GuideRemind, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Promise the reminder, or let it be."""
    visit = await _visit(session, actor, callback_data.visit, now)
    if visit is None:
        return Goto("menu.open")
    if not callback_data.wanted:
        return Reply(_("All right. The step is kept for 30 days."))
    at = await guide_visits.remind(session, visit, now=now)
    return Reply(_("Tổ Số will remind at {clock} tomorrow morning.").format(clock=dates.clock(at)))


@notice(GuideReminder)
def say_reminder(notice_: GuideReminder) -> Reply:
    """Bring back the step that was reached."""
    text = _("Yesterday's place is step {n}/{of} of the guide {title}. Go on?")
    return Reply(
        text.format(n=notice_.step, of=notice_.of, title=notice_.title),
        choices=[
            Choice(pgettext("button", "Go on"), "guide.resume"),
            Choice(pgettext("button", "Start over"), "guide.restart"),
            Choice(pgettext("button", "Another question"), "question.another"),
        ],
    )


async def _visit(session: AsyncSession, actor: Actor, visit_id: int, now: datetime) -> Visit | None:
    """Find the visit a button belongs to, if it is still the one that is open."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    return visit if visit is not None and visit.id == visit_id else None
