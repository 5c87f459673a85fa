"""What is said to everything nobody else understood: stickers, voices, pictures, old buttons."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from handlers.reply import Choice, Reply
from locales import gettext as _
from locales import pgettext

router: Final = Router(name=__name__)


@router.callback_query(F.data == "rest.type")
async def will_type(_query: CallbackQuery) -> Reply:
    """Wait for the words."""
    return Reply(_("Send a few words, for example: lam sao cai vneid."))


@router.callback_query()
async def old_button(_query: CallbackQuery) -> Reply:
    """Say that a button leads nowhere any more."""
    return Reply(_("This button is over. Choose from the main menu."), choices=[_main_menu()])


@router.message(F.sticker)
async def sticker(_message: Message) -> Reply:
    """Answer a sticker."""
    return Reply(_("The picture has arrived! If paperwork is to be done, send a few words."))


@router.message(F.voice | F.audio | F.video_note)
async def voice(message: Message, state: FSMContext) -> Reply:
    """Answer a voice message: a person can listen, who gets it once they take the request."""
    spoken = message.voice or message.audio
    await state.update_data(voice=spoken.file_id if spoken else "", question="")
    return Reply(
        _(
            "Tổ Số cannot hear speech yet. Type a few words without marks,"
            " or shall somebody of the team listen?"
        ),
        choices=[
            Choice(pgettext("button", "Let a person listen"), "ask.person"),
            Choice(pgettext("button", "I will type"), "rest.type"),
        ],
    )


@router.message(F.photo | F.document | F.video)
async def picture(_message: Message, state: FSMContext) -> Reply:
    """Answer a picture: it is not kept, whoever takes the request asks for it again."""
    await state.update_data(picture=True, question="")
    return Reply(
        _("Tổ Số cannot read pictures yet and does not keep them. Shall somebody of the team look?"),
        choices=[
            Choice(pgettext("button", "Let a person look"), "ask.person"),
            Choice(pgettext("button", "I will type"), "rest.type"),
        ],
    )


@router.message()
async def anything(_message: Message) -> Reply:
    """Answer what has no words: contacts, places, dice."""
    return Reply(_("Tổ Số understands typed words. What is to be done?"), choices=[_main_menu()])


def _main_menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), "menu.open")
