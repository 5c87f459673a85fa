"""How somebody changes language, village and form of address."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import Said
from locales import available, pgettext, use_locale
from locales import gettext as _
from models.people import FormOfAddress
from services import people
from services.access import Actor, address, capitalised

router: Final = Router(name=__name__)

LANGUAGE_WORDS: Final = {"english": "en", "tieng anh": "en", "tieng viet": "vi", "vietnamese": "vi"}
NAMES: Final = {"vi": "Tiếng Việt", "en": "English"}


class SettingsLanguage(CallbackData, prefix="settings.lang"):
    """Speak this language."""

    locale: str


class SettingsAddress(CallbackData, prefix="settings.call"):
    """Be called so."""

    form: str


@router.callback_query(F.data == "settings.open")
async def open_settings(_query: CallbackQuery, actor: Actor) -> Reply | Goto:
    """Show what can be changed."""
    if actor.person_id is None:
        return Goto("hello.ask")
    return Reply(
        _("What shall be changed?"),
        choices=[
            _size(actor),
            Choice(pgettext("button", "Change village"), "village.ask:settings.open"),
            Choice(pgettext("button", "How to be called"), "settings.address"),
            Choice(pgettext("button", "Tiếng Việt, English"), "settings.language"),
            Choice(pgettext("button", "News of the commune"), "news.open"),
            Choice(pgettext("button", "My data"), "settings.data"),
        ],
    )


def _size(actor: Actor) -> Choice:
    """Offer the other size of letters."""
    if actor.has_large_text:
        return Choice(pgettext("button", "Usual text"), "guide.large:0")
    return Choice(pgettext("button", "Large text"), "guide.large:1")


@router.message(Said(LANGUAGE_WORDS))
@router.callback_query(F.data == "settings.language")
async def ask_language(_event: Message | CallbackQuery) -> Reply:
    """Ask which language, in both."""
    choices = [Choice(NAMES.get(code, code), SettingsLanguage(locale=code)) for code in available()]
    return Reply("Ngôn ngữ nào ạ? / Which language?", choices=choices)


@router.callback_query(SettingsLanguage.filter())
async def set_language(
    _query: CallbackQuery, callback_data: SettingsLanguage, actor: Actor, session: AsyncSession
) -> Reply:
    """Speak another language from now on."""
    if callback_data.locale not in available():
        raise SkipHandler
    await people.set_locale(session, actor, callback_data.locale)
    with use_locale(callback_data.locale):
        return Reply(
            _(
                "Tổ Số now answers in English. Guides without an English text stay in Vietnamese."
                " To go back, send: tiếng Việt."
            )
        )


@router.callback_query(F.data == "settings.address")
async def ask_address(_query: CallbackQuery, actor: Actor) -> Reply:
    """Ask how somebody wishes to be called."""
    forms = [form for form in FormOfAddress if form is not FormOfAddress.NAME]
    choices = [
        Choice(capitalised(address(actor.name, form))[:20], SettingsAddress(form=form.name)) for form in forms
    ]
    name_only = Choice(pgettext("button", "The name alone"), SettingsAddress(form=FormOfAddress.NAME.name))
    return Reply(_("How shall Tổ Số say the name?"), choices=[*choices, name_only])


@router.callback_query(SettingsAddress.filter())
async def set_address(
    _query: CallbackQuery, callback_data: SettingsAddress, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Be called so from now on."""
    if actor.person_id is None:
        return Goto("hello.ask")
    form = FormOfAddress[callback_data.form]
    await people.set_form_of_address(session, actor.person_id, form, now=now)
    return Reply(_("Noted."), choices=[Choice(pgettext("button", "Main menu"), "menu.open")])
