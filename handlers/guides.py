"""How a guide is opened: by its name, a link or a paper, at the page that says what it needs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import gettext as _
from locales import ngettext, pgettext
from services import freshness, guide_visits
from services.access import Actor
from services.guide_visits import Visit
from services.guides import Guide, Library

router: Final = Router(name=__name__)


class GuideStart(CallbackData, prefix="guide.start"):
    """Open a guide at its front page."""

    slug: str


@router.callback_query(GuideStart.filter())
async def open_guide(
    _query: CallbackQuery,
    callback_data: GuideStart,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Show what a guide needs before it begins."""
    if actor.person_id is None:
        return Goto(f"hello.show:{callback_data.slug}")
    guide = guides.get(callback_data.slug, actor.locale)
    if not guide.steps:
        return Goto(f"question.stub:{guide.slug}")
    visit = await guide_visits.begin(session, actor.person_id, guide.slug, now=now)
    return front_page(guide, visit, now)


def front_page(guide: Guide, visit: Visit, now: datetime) -> Reply:
    """Say how long a guide is, what it costs and needs, and how fresh it is."""
    count = len(guide.steps)
    steps = ngettext("{n} step", "{n} steps", count).format(n=count)
    parts = [f"{guide.title}: {steps}, {guide.fee}." if guide.fee else f"{guide.title}: {steps}."]
    if guide.needs:
        parts.append(_("Needed: {needs}.").format(needs=guide.needs))
    caution = freshness.caution(guide, now.date())
    ready = _("Is everything there, shall it begin?")
    text = " ".join(parts) + "\n" + " ".join(filter(None, [caution, ready]))
    choices = [Choice(pgettext("button", "Begin"), f"guide.go:{visit.id}:0")]
    if guide.unless:
        choices.append(Choice(guide.unless.label, GuideStart(slug=guide.unless.guide)))
    return Reply(text, choices=[*choices, Choice(pgettext("button", "Another question"), "question.another")])
