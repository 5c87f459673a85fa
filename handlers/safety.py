"""How secrets are kept out and a frightened person is helped: three actions instead of a lecture."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from handlers.reply import Choice, Goto, Reply
from locales import gettext as _
from locales import pgettext
from services.guides import Library
from services.matching import Matcher
from services.safety import redact, smells_of_scam

router: Final = Router(name=__name__)

GUIDE: Final = "lua_dao"


@router.message(F.text, lambda _event, actor: actor.person_id is not None)
async def guard(message: Message, state: FSMContext, guides: Library, matcher: Matcher) -> Reply:
    """Warn whoever sent a secret, and take what smells of a scam first, whatever else it asks."""
    found = redact(message.text or "")
    if "otp" in found.kinds or "password" in found.kinds:
        return _warn_of_code()
    if found.kinds:
        match = matcher.match(found.text)
        first = match.candidates[0].guide if match.candidates else None
        slug = None if first in guides.stubs else first
        return _warn_of_number(found.kinds[0], guides.get(slug).title if slug else None, slug)
    if smells_of_scam(found.text):
        await state.update_data(question=found.text[:300], stub=None)
        return _scam()
    raise SkipHandler


def _warn_of_code() -> Reply:
    return Reply(
        _(
            "One moment: the message held a code, Tổ Số has hidden it and keeps nothing."
            " Such a code is only typed into the app itself, never sent to anybody. Did somebody ask for it?"
        ),
        choices=[
            Choice(pgettext("button", "Nobody did"), "scam.nobody"),
            Choice(pgettext("button", "Somebody did"), "scam.somebody"),
        ],
    )


def _warn_of_number(kind: str, title: str | None, slug: str | None) -> Reply:
    names = {
        "citizen_id": _("the ID number"),
        "phone": _("the phone number"),
        "card": _("the card number"),
        "account": _("the account number"),
    }
    hidden = _("Tổ Số has hidden {what} and keeps nothing; it is not needed here.").format(what=names[kind])
    if title is None:
        return Reply(_("{hidden} What is to be done?").format(hidden=hidden), choices=[_another()])
    return Reply(
        _("{hidden} See the guide {title}?").format(hidden=hidden, title=title),
        choices=[Choice(pgettext("button", "See the guide"), f"guide.start:{slug}"), _another()],
    )


@router.callback_query(F.data == "scam.nobody")
async def nobody_asked(_query: CallbackQuery) -> Reply:
    """Calm down whoever sent a code by mistake."""
    return Reply(
        _(
            "Then all is well. Better take the message back (press and hold it),"
            " then type the code into the app."
        ),
        choices=[Choice(pgettext("button", "Main menu"), "menu.open"), _person()],
    )


@router.callback_query(F.data == "scam.open")
async def open_scam(_query: CallbackQuery) -> Reply:
    """Ask what happened."""
    return Reply(
        _("What happened?"),
        choices=[
            Choice(pgettext("button", "A strange call"), "scam.somebody"),
            Choice(pgettext("button", "I already did it"), "scam.somebody"),
            Choice(pgettext("button", "Report a number"), "scam.report"),
        ],
    )


@router.callback_query(F.data == "scam.somebody")
async def somebody_asked(_query: CallbackQuery) -> Reply:
    """Say what not to do, and ask what was done already."""
    return _scam()


def _scam() -> Reply:
    return Reply(
        _(
            "This is very much like a scam, do nothing they say. Hang up, install nothing, read out no code;"
            " the police only do this in person. Was anything done already?"
        ),
        choices=[
            Choice(pgettext("button", "Nothing yet"), "scam.none"),
            Choice(pgettext("button", "Installed something"), "scam.installed"),
            Choice(pgettext("button", "Read out an OTP"), "scam.otp"),
            Choice(pgettext("button", "Sent money"), "scam.money"),
        ],
    )


@router.callback_query(F.data == "scam.none")
async def nothing_done(_query: CallbackQuery) -> Reply:
    """Praise, and offer to report the number."""
    return Reply(
        _("How lucky. Just block that number. Report it as a scam?"),
        choices=[Choice(pgettext("button", "Report a number"), "scam.report"), _whole_guide()],
    )


@router.callback_query(F.data == "scam.installed")
async def installed(_query: CallbackQuery) -> Reply:
    """Say what to do after installing a strange app."""
    return Reply(
        _(
            "Turn off the network, remove that app, then call the bank to lock the account."
            " Shall somebody from the village come and help?"
        ),
        choices=[_person(), _whole_guide()],
    )


@router.callback_query(F.data == "scam.otp")
async def read_out(_query: CallbackQuery) -> Reply:
    """Say what to do after reading out a code."""
    return Reply(
        _(
            "A bank's code: call the hotline on the back of the card at once to lock it;"
            " a VNeID code: change the password and call 1900 0368. Shall somebody from the village help?"
        ),
        choices=[_person(), _whole_guide()],
    )


@router.callback_query(F.data == "scam.money")
async def sent_money(_query: CallbackQuery) -> Reply:
    """Say what to do after sending money."""
    return Reply(
        _(
            "Three things at once: call the hotline on the back of the bank card to lock it,"
            " keep pictures of the receipt and messages, go to the commune police."
            "\nIt happens to many, nobody is to blame. Shall somebody from the village come along?"
        ),
        choices=[_person(), Choice(pgettext("button", "Report a number"), "scam.report"), _whole_guide()],
    )


@router.callback_query(F.data == "scam.report")
async def report_number(_query: CallbackQuery) -> Reply:
    """Say where scam numbers are reported."""
    return Reply(
        _("Call 156, or text LD (the number) (what happened) to 156 or 5656, free of charge."),
        choices=[_person(), _whole_guide()],
    )


@router.callback_query(F.data == "scam.guide")
async def whole_guide(_query: CallbackQuery) -> Goto:
    """Open the guide about scams."""
    return Goto(f"guide.start:{GUIDE}")


def _whole_guide() -> Choice:
    return Choice(pgettext("button", "The whole guide"), "scam.guide")


def _person() -> Choice:
    return Choice(pgettext("button", "Ask a person"), "ask.person")


def _another() -> Choice:
    return Choice(pgettext("button", "Another question"), "question.another")
