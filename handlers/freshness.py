"""How whoever keeps the guides hears which of them to look at again, and says that it was done."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from locales import dates, ngettext, pgettext
from locales import gettext as _
from services import freshness
from services.access import Actor
from services.freshness import Stale
from services.guides import Library
from services.learning_notices import ScreensDiffer

router: Final = Router(name=__name__)

SHOWN: Final = 4
ROWS: Final = 6


class StaleGuide(CallbackData, prefix="freshness.look"):
    """Look at one guide."""

    slug: str


class StaleSettled(CallbackData, prefix="freshness.done"):
    """The reported screens were looked at."""

    slug: str


class StaleMore(CallbackData, prefix="freshness.more"):
    """Show the next guides of the list."""

    page: int


@router.callback_query(F.data == "freshness.list")
async def list_stale(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, guides: Library, now: datetime
) -> Reply:
    """List the guides to look at again, the most urgent first."""
    return _list(await freshness.to_look_at(session, actor, guides, now=now), 0, now)


@router.callback_query(StaleMore.filter())
async def list_more(
    _query: CallbackQuery,
    callback_data: StaleMore,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply:
    """List the next ones."""
    return _list(await freshness.to_look_at(session, actor, guides, now=now), callback_data.page, now)


def _list(found: list[Stale], page: int, now: datetime) -> Reply:
    main_menu = Choice(pgettext("button", "Main menu"), MAIN_MENU)
    shown = found[page * SHOWN : (page + 1) * SHOWN]
    if not shown:
        return Reply(_("Every guide is within its date, and no screen was reported."), choices=[main_menu])
    head = ngettext("{n} guide to look at again:", "{n} guides to look at again:", len(found))
    rows = [f"• {one.guide.title}: {', '.join(_why(one, now))}" for one in shown]
    choices = [
        Choice(one.guide.short_title or one.guide.title, StaleGuide(slug=one.guide.slug)) for one in shown
    ]
    more = Choice(pgettext("button", "Show more"), StaleMore(page=page + 1))
    choices.append(more if len(found) > (page + 1) * SHOWN else main_menu)
    return Reply("\n".join([head.format(n=len(found)), *rows, _("Which one is looked at?")]), choices=choices)


def _why(one: Stale, now: datetime) -> list[str]:
    """Say what is the matter with a guide, most urgent first."""
    why = []
    if one.last_day:
        is_past = one.last_day < now.date()
        text = _("past its check date {day}") if is_past else _("good until {day}")
        why.append(text.format(day=dates.long(one.last_day)))
    if one.reports:
        text = ngettext("{n} report of another screen", "{n} reports of another screen", one.reports)
        why.append(text.format(n=one.reports))
    return why


@router.callback_query(StaleGuide.filter())
async def look_at(
    _query: CallbackQuery,
    callback_data: StaleGuide,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Say what is to be looked at, who keeps the guide and where it is written."""
    found = await freshness.to_look_at(session, actor, guides, now=now)
    one = next((one for one in found if one.guide.slug == callback_data.slug), None)
    if one is None:
        return Goto("freshness.list")
    guide = one.guide
    rows = [guide.title, *(f"• {why}" for why in _why(one, now))]
    if one.steps:
        rows.append(_("• steps that look different: {steps}").format(steps=", ".join(map(str, one.steps))))
    rows.append(_("• keeper: {owner}").format(owner=guide.owner or "?"))
    rows.append(
        _("Steps and dates are written in the file {file}.").format(file=f"guides/{guide.slug}/vi.md")
    )
    choices = [Choice(pgettext("button", "All guides to check"), "freshness.list")]
    if one.reports:
        choices.insert(0, Choice(pgettext("button", "Looked at it"), StaleSettled(slug=guide.slug)))
    return Reply("\n".join(rows), choices=choices)


@router.callback_query(StaleSettled.filter())
async def settle(
    _query: CallbackQuery,
    callback_data: StaleSettled,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Note that the reported screens were looked at."""
    count = await freshness.settle(session, actor, callback_data.slug, now=now)
    if not count or callback_data.slug not in guides:
        return Goto("freshness.list")
    text = ngettext(
        "Noted: {n} report about the guide {title} is settled.",
        "Noted: {n} reports about the guide {title} are settled.",
        count,
    )
    title = guides.get(callback_data.slug, actor.locale).title
    return Reply(
        text.format(n=count, title=title),
        choices=[
            Choice(pgettext("button", "All guides to check"), "freshness.list"),
            Choice(pgettext("button", "Main menu"), MAIN_MENU),
        ],
    )


@notice(ScreensDiffer)
def say_screens(notice_: ScreensDiffer) -> Reply:
    """Tell which steps look different on people's phones, and who keeps the guides."""
    row = _("• {title}, step {steps} (keeper: {owner})")
    named = list(zip(notice_.titles, notice_.steps, notice_.owners, strict=True))
    rows = [row.format(title=title, steps=steps, owner=owner or "?") for title, steps, owner in named]
    head = ngettext(
        "Citizens see another screen in {n} guide:", "Citizens see another screen in {n} guides:", len(rows)
    )
    left = len(rows) - ROWS
    if left > 0:
        rows = [*rows[:ROWS], _("and {n} more.").format(n=left)]
    return Reply(
        "\n".join([head.format(n=len(named)), *rows]),
        choices=[Choice(pgettext("button", "See these guides"), "freshness.list")],
    )
