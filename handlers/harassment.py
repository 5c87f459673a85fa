"""How a helper ends a talk in which they are harassed, and who is told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Reply, notice
from locales import gettext as _
from locales import pgettext
from services import harassment
from services.access import Actor, capitalised
from services.safety_notices import HarassmentReported, TalkPaused

router: Final = Router(name=__name__)


class RelayAbuse(CallbackData, prefix="relay.abuse"):
    """End the talk because of how the citizen writes."""

    request: int


@router.callback_query(RelayAbuse.filter())
async def report_abuse(
    _query: CallbackQuery, callback_data: RelayAbuse, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """End the talk at once; the leader and the commune hear of it."""
    await harassment.report(session, actor, callback_data.request, now=now)
    text = _("The talk is over and {who} need not write there any more. The leader and the commune are told.")
    return Reply(text.format(who=actor.who), choices=[Choice(pgettext("button", "Main menu"), "menu.open")])


@notice(TalkPaused)
def say_paused(notice_: TalkPaused) -> Reply:
    """Tell the citizen that the talk is paused, without a sermon."""
    if not notice_.supervisor:
        return Reply(_("The talk is paused. The officer in charge of the commune looks at it tomorrow."))
    text = _("The talk is paused. {Who}, officer in charge of the commune, looks at it tomorrow.")
    return Reply(text.format(Who=capitalised(notice_.supervisor)))


@notice(HarassmentReported)
def say_harassed(notice_: HarassmentReported) -> Reply:
    """Tell the leader whom to ask after, and the commune what it has to look at."""
    if notice_.is_supervisor:
        text = _(
            "{Helper} reports harassment in request {number} of {village}, the talk has ended."
            " The neighbour was told that it is looked at tomorrow."
        )
    else:
        text = _(
            "{Helper} reports harassment in request {number} of {village}, the talk has ended."
            " Please ask how {helper} is."
        )
    return Reply(
        text.format(
            Helper=capitalised(notice_.helper),
            helper=notice_.helper,
            number=notice_.request_id,
            village=notice_.village,
        )
    )
