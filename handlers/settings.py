"""How somebody changes language, village, form of address, and leaves without a trace."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Goto, Reply
from handlers.said import Said
from locales import available, dates, pgettext, use_locale
from locales import gettext as _
from models.people import FormOfAddress
from services import erasure, people, units
from services.access import Actor, address, capitalised
from services.rules import Rules

router: Final = Router(name=__name__)

LANGUAGE_WORDS: Final = {"english": "en", "tieng anh": "en", "tieng viet": "vi", "vietnamese": "vi"}
ERASE_WORDS: Final = frozenset({"xoa", "xoa het", "xoa du lieu"})
DATA_WORDS: Final = frozenset({"du lieu", "du lieu cua toi"})
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
            Choice(pgettext("button", "Change village"), "village.ask:settings.open"),
            Choice(pgettext("button", "How to be called"), "settings.address"),
            Choice(pgettext("button", "Tiếng Việt, English"), "settings.language"),
            Choice(pgettext("button", "My data"), "settings.data"),
        ],
    )


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


@router.message(Said(DATA_WORDS))
@router.callback_query(F.data == "settings.data")
async def show_data(
    _event: Message | CallbackQuery, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Tell what is kept."""
    if actor.person_id is None:
        return Goto("hello.ask")
    kept = await people.kept(session, actor.person_id)
    village = (
        units.display_name(await units.unit_of(session, actor.unit_id)) if actor.unit_id else _("no village")
    )
    given_at = kept.consented_at.astimezone(now.tzinfo)
    text = _(
        "Tổ Số keeps: the name {name}, {village}, {requests} requests, {guides} guides;"
        " consent of {clock} on {day}."
        "\nNo ID number and no picture. What shall be done?"
    ).format(
        name=kept.name,
        village=village,
        requests=kept.requests,
        guides=kept.guides,
        clock=dates.clock(given_at),
        day=dates.long(given_at.date()),
    )
    return Reply(
        text,
        choices=[
            Choice(pgettext("button", "Erase everything"), "settings.erase"),
            Choice(pgettext("button", "Leave it"), "menu.open"),
        ],
    )


@router.message(Said(ERASE_WORDS))
async def ask_erase(_message: Message, actor: Actor) -> Reply | Goto:
    """Say what will be erased, and ask once."""
    if actor.person_id is None:
        return Reply(_("Tổ Số keeps nothing of this account."))
    text = _(
        "The name, village, questions and place of this account are erased."
        " Counts without names stay with the village. Erase everything?"
    )
    if actor.roles:
        text = _(
            "Erasing also leaves the team; what was logged stays with the village, without the name."
            " Erase everything?"
        )
    return Reply(
        text,
        choices=[
            Choice(pgettext("button", "Erase everything"), "settings.erase"),
            Choice(pgettext("button", "Leave it"), "menu.open"),
        ],
    )


@router.callback_query(F.data == "settings.erase")
async def erase(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Erase at once."""
    if actor.person_id is None:
        return Goto("hello.ask")
    await people.detach_account(session, actor.account_id)
    await state.clear()
    await erasure.erase_person(session, actor.person_id, now=now)
    return Reply(
        _(
            "Erased at {clock}. Old backups are gone within {days} days."
            " Ask again at any time: Tổ Số will meet as if for the first time."
        ).format(clock=dates.clock(now), days=rules.privacy.backup_days)
    )
