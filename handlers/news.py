"""How somebody says yes or no to the news of their commune."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import Choice, Goto, Reply, notice
from locales import gettext as _
from locales import pgettext
from services import news
from services.access import Actor
from services.announcement_notices import NewsAsked
from services.rules import Rules

router: Final = Router(name=__name__)


@notice(NewsAsked)
def ask(word: NewsAsked) -> Reply:
    """Ask once whether somebody wants the news of their commune."""
    text = _("Shall Tổ Số also bring the news of {unit}? It can be stopped at any time under Settings.")
    return Reply(text.format(unit=word.unit), choices=_yes_or_no())


def _yes_or_no() -> list[Choice]:
    return [
        Choice(pgettext("button", "Yes, bring it"), "news.yes"),
        Choice(pgettext("button", "No"), "news.no"),
    ]


@router.callback_query(F.data == "news.open")
async def open_news(_query: CallbackQuery, actor: Actor, session: AsyncSession) -> Reply | Goto:
    """Say how it stands, and let it be changed."""
    if actor.person_id is None:
        return Goto("hello.ask")
    if await news.is_wanted(session, actor):
        stop = Choice(pgettext("button", "No more such news"), "news.no")
        return Reply(
            _("The news of the commune is brought here. Shall it go on?"),
            choices=[stop, Choice(pgettext("button", "Main menu"), MAIN_MENU)],
        )
    return Reply(_("The news of the commune is not brought here. Shall it be?"), choices=_yes_or_no())


@router.callback_query(F.data == "news.yes")
@router.callback_query(F.data == "news.no")
async def decide(
    query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply | Goto:
    """Remember the answer."""
    if actor.person_id is None:
        return Goto("hello.ask")
    is_yes = query.data == "news.yes"
    await news.want(session, actor, is_wanted=is_yes, privacy=rules.privacy, now=now)
    text = (
        _("Noted. The news of the commune will come here.")
        if is_yes
        else _("Noted. No news comes here; questions are answered as ever.")
    )
    return Reply(text, choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])
