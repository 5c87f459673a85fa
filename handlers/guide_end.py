"""How a guide ends: did it work, what comes next, and the same on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import Said
from locales import gettext as _
from locales import ngettext, pgettext
from models.guides import VisitOutcome
from services import guide_files, guide_visits
from services.access import Actor
from services.guide_visits import Visit
from services.guides import Library
from services.rules import Rules

router: Final = Router(name=__name__)

PRINT_WORDS: Final = frozenset({"ban in", "in bai", "in ra", "in bai nay"})


class GuideEnd(CallbackData, prefix="guide.end"):
    """Say at the end whether it worked."""

    visit: int
    worked: bool


class GuidePrint(CallbackData, prefix="guide.print"):
    """Have a guide on paper."""

    slug: str


@router.callback_query(F.data == "guide.done")
async def reach_end(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, guides: Library, now: datetime
) -> Reply | Goto:
    """Congratulate, and ask whether it worked; whoever helped a neighbour is asked to write it down."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None:
        return Goto("menu.open")
    if visit.helped:
        return Goto("beside.done")
    guide = guides.get(visit.slug, actor.locale)
    count = len(guide.steps)
    done = ngettext(
        "That is the one step, well done! {seen}Did this guide work?",
        "That is all {n} steps, well done! {seen}Did this guide work?",
        count,
    )
    seen = f"{guide.worked}. " if guide.worked else ""
    to_print = Choice(pgettext("button", "To print"), GuidePrint(slug=visit.slug))
    return Reply(done.format(n=count, seen=seen), choices=[*_worked(visit), to_print])


def _worked(visit: Visit) -> list[Choice]:
    return [
        Choice(pgettext("button", "It worked"), GuideEnd(visit=visit.id, worked=True)),
        Choice(pgettext("button", "Not yet"), GuideEnd(visit=visit.id, worked=False)),
    ]


@router.callback_query(GuideEnd.filter())
async def end(
    _query: CallbackQuery,
    callback_data: GuideEnd,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Close the visit, and say what people often do next, or offer a person."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or visit.id != callback_data.visit:
        return Goto("menu.open")
    if not callback_data.worked:
        return Goto("ask.person")
    await guide_visits.finish(session, visit, VisitOutcome.DONE, now=now)
    following = [guides.get(slug, actor.locale) for slug in guides.get(visit.slug).next if slug in guides]
    choices = [Choice(one.label, f"guide.start:{one.slug}") for one in following]
    if len(choices) > 1:
        text = _("Thank you. Many go on with these two guides, or send another question.")
    elif choices:
        text = _("Thank you. Many go on with this guide, or send another question.")
    else:
        text = _("Thank you. Send another question at any time.")
    return Reply(text, choices=choices)


@router.callback_query(GuidePrint.filter())
async def print_guide(
    _query: CallbackQuery,
    callback_data: GuidePrint,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Send a guide as a page to print, and go on from where one was."""
    if callback_data.slug not in guides or guides.get(callback_data.slug).is_stub:
        return Goto("menu.open")
    guide = guides.get(callback_data.slug, actor.locale)
    page = await guide_files.keep(session, guide_files.page(guide, rules.public_url), now=now)
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    choices = [Choice(pgettext("button", "Another question"), "question.another")]
    if visit is not None and visit.slug == guide.slug:
        is_at_end = visit.step >= len(guide.steps) and not visit.helped
        on = pgettext("button", "Go on") if visit.step else pgettext("button", "Begin")
        choices = _worked(visit) if is_at_end else [Choice(on, "guide.resume")]
    text = _(
        "The guide {title} on one page, with a QR code that opens it again."
        " Print it, or let somebody of the team print it."
    )
    return Reply(text.format(title=guide.title), choices=choices, document=page)


@router.message(Said(PRINT_WORDS))
async def type_print(_message: Message, actor: Actor, session: AsyncSession, now: datetime) -> Goto:
    """Understand "bản in" in a guide, and after it."""
    slug = await guide_visits.last_slug(session, actor.person_id, now=now) if actor.person_id else None
    if slug is None:
        raise SkipHandler
    return Goto(GuidePrint(slug=slug))
