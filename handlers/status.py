"""What an operator sees first: how the machine is."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import Choice, Reply
from locales import dates, ngettext, pgettext
from locales import gettext as _
from services import status
from services.access import Actor
from services.status import Machine

router: Final = Router(name=__name__)


@router.callback_query(F.data == "status.open")
async def show_status(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, machine: Machine, now: datetime
) -> Reply:
    """Say how the machine is, a line each."""
    found = await status.status(session, actor)
    rows = [
        _("Tổ Số version {version} has run since {since}.").format(
            version=machine.version, since=dates.moment(machine.started_at, now)
        ),
        *_channels(machine),
        ngettext("• {n} message waits to be sent", "• {n} messages wait to be sent", found.messages).format(
            n=found.messages
        ),
        ngettext(
            "• {n} message failed and was set aside",
            "• {n} messages failed and were set aside",
            found.failures,
        ).format(n=found.failures),
    ]
    if found.backed_up_at is None:
        rows.append(_("No backup is known yet; run toso backup."))
    else:
        when = dates.moment(found.backed_up_at, now)
        rows.append(_("The last backup was made at {when}.").format(when=when))
    return Reply("\n".join(rows), choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])


def _channels(machine: Machine) -> list[str]:
    names = {"webchat": _("web"), "telegram": "Telegram", "zalo_bot": "Zalo Bot", "zalo_oa": "Zalo OA"}
    states = {True: _("{channel} runs"), False: _("{channel} is away")}
    said = [states[is_up].format(channel=names.get(name, name)) for name, is_up in machine.channels().items()]
    return [_("• channels: {channels}").format(channels=", ".join(said))] if said else []
