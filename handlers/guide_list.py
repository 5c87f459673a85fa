"""Which guides there are: six groups, and the guides of each a page at a time."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery

from handlers.reply import CallbackData, Choice, Reply
from locales import gettext as _
from locales import pgettext
from services.access import Actor
from services.guides import Library

router: Final = Router(name=__name__)

GROUPS: Final = ("vneid", "cu_tru", "ho_tich", "bhyt_tien", "xe_dat", "nop_ho_so")
PAGE: Final = 5


class GuideGroup(CallbackData, prefix="guide.group"):
    """List the guides of a menu group, a page at a time."""

    group: str
    page: int = 0


@router.callback_query(F.data == "guides.list")
async def list_groups(_query: CallbackQuery) -> Reply:
    """Show the groups of guides."""
    labels = {
        "vneid": pgettext("button", "VNeID"),
        "cu_tru": pgettext("button", "ID card, residence"),
        "ho_tich": pgettext("button", "Civil status, record"),
        "bhyt_tien": pgettext("button", "Insurance, money"),
        "xe_dat": pgettext("button", "Vehicle, land, trade"),
        "nop_ho_so": pgettext("button", "Filing, safety"),
    }
    choices = [Choice(labels[group], GuideGroup(group=group)) for group in GROUPS]
    return Reply(_("Which kind of guide?"), choices=choices)


@router.callback_query(GuideGroup.filter())
async def list_guides(
    _query: CallbackQuery, callback_data: GuideGroup, actor: Actor, guides: Library
) -> Reply:
    """Show the guides of a group."""
    found = guides.in_group(callback_data.group)
    first = callback_data.page * PAGE
    choices = [
        Choice(one.short_title or one.title, f"guide.start:{one.slug}")
        for one in (guides.get(guide.slug, actor.locale) for guide in found[first : first + PAGE])
    ]
    if len(found) > first + PAGE:
        more = GuideGroup(group=callback_data.group, page=callback_data.page + 1)
        choices.append(Choice(pgettext("button", "Show more"), more))
    return Reply(_("Which guide?"), choices=choices)
