"""How a frightened person is helped: three actions instead of a lecture, and somebody to come along."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Goto, Reply, notice
from handlers.said import Said
from locales import gettext as _
from locales import pgettext
from services import scam_follow_up, scams
from services.access import Actor
from services.safety_notices import HelpUrgent, ScamFollowUp

router: Final = Router(name=__name__)

GUIDE: Final = "lua_dao"
MENU_WORDS: Final = frozenset({"co phai lua dao", "co phai lua dao khong"})
REPORT_WORDS: Final = frozenset({"bao so lua dao", "bao lua dao"})
# Where somebody is asked for a village, a scam is still a scam; what a team writes down is left to it.
OPEN_STATES: Final = frozenset({None, "Where:village", "Where:commune"})


@router.message(Said(MENU_WORDS))
async def type_scam(_message: Message) -> Goto:
    """Show what can be done, by the menu entry's own words."""
    return Goto("scam.open")


@router.message(Said(REPORT_WORDS))
async def type_report(_message: Message) -> Goto:
    """Say where scam numbers are reported."""
    return Goto("scam.report")


@router.message(F.text)
async def notice_scam(
    message: Message,
    raw_state: str | None,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    now: datetime,
) -> Reply | Goto:
    """Take first what smells of a scam, whatever else it asks."""
    text = message.text or ""
    if raw_state not in OPEN_STATES or text.startswith("/"):
        raise SkipHandler
    if scams.doubts_visitor(text):
        return Goto("check.ask")
    if scams.is_unknown_money(text):
        await _note(state, actor, "story", text, now)
        return _unknown_money()
    if not scams.smells_of_scam(text):
        raise SkipHandler
    done = scams.done_already(text)
    await state.set_state(None)
    await _note(state, actor, done or "story", text, now)
    if done:
        return Goto(f"scam.{done}")
    await scam_follow_up.ask_later(session, actor.person_id, now=now)
    return _scam()


async def _note(state: FSMContext, actor: Actor, done: str, text: str, now: datetime) -> None:
    """Remember what it is about for whoever comes to help; of a stranger not a word."""
    told = {"scam": [done, now.isoformat()]}
    if actor.person_id is not None and text:
        told["scam"].append(text[:300])
    await state.update_data(told)


@router.callback_query(F.data == "scam.open")
async def open_scam(_query: CallbackQuery) -> Reply:
    """Ask what it is about."""
    return Reply(
        _("What happened?"),
        choices=[
            Choice(pgettext("button", "A strange call"), "scam.somebody"),
            Choice(pgettext("button", "Check a code"), "check.ask"),
            Choice(pgettext("button", "I already did it"), "scam.done"),
            Choice(pgettext("button", "Report a number"), "scam.report"),
        ],
    )


@router.callback_query(F.data == "scam.somebody")
async def somebody_asked(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply:
    """Say what not to do, and ask what was done already."""
    await _note(state, actor, "story", "", now)
    await scam_follow_up.ask_later(session, actor.person_id, now=now)
    return _scam()


def _scam() -> Reply:
    return Reply(
        _(
            "This is very much like a scam, do nothing they say. Hang up, install nothing, read out no code;"
            " the police only do this in person. Was anything done already?"
        ),
        choices=[Choice(pgettext("button", "Nothing yet"), "scam.none"), *_done()],
    )


def _done() -> list[Choice]:
    return [
        Choice(pgettext("button", "Installed something"), "scam.installed"),
        Choice(pgettext("button", "Read out an OTP"), "scam.otp"),
        Choice(pgettext("button", "Sent money"), "scam.money"),
    ]


@router.callback_query(F.data == "scam.done")
async def ask_what(_query: CallbackQuery) -> Reply:
    """Ask what was done already."""
    return Reply(_("It happens to many, nobody is to blame. What was done?"), choices=_done())


@router.callback_query(F.data == "scam.none")
async def nothing_done(_query: CallbackQuery, actor: Actor, session: AsyncSession) -> Reply:
    """Praise, and offer to report the number."""
    await scam_follow_up.answered(session, actor.person_id)
    return Reply(
        _("How lucky. Just block that number. Report it as a scam?"), choices=[_report(), _whole_guide()]
    )


@router.callback_query(F.data == "scam.installed")
async def installed(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply:
    """Say what to do after installing a strange app."""
    await _settle(session, state, actor, "installed", now)
    return Reply(
        _(
            "Turn off the network, remove that app, then call the bank to lock the account."
            " Shall somebody from the village come and help?"
        ),
        choices=[_person(), _whole_guide()],
    )


@router.callback_query(F.data == "scam.otp")
async def read_out(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply:
    """Say what to do after reading out a code."""
    await _settle(session, state, actor, "otp", now)
    return Reply(
        _(
            "A bank's code: call the hotline on the back of the card at once to lock it;"
            " a VNeID code: change the password and call 1900 0368. Shall somebody from the village help?"
        ),
        choices=[_person(), _whole_guide()],
    )


@router.callback_query(F.data == "scam.money")
async def sent_money(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply:
    """Say what to do after sending money; asking a person is urgent then."""
    await _settle(session, state, actor, "money", now)
    return Reply(
        _(
            "Three things at once: call the hotline on the back of the bank card to lock it,"
            " keep pictures of the receipt and messages, go to the commune police."
            "\nIt happens to many, nobody is to blame. Shall somebody from the village come along?"
        ),
        choices=[_person(), _report(), _whole_guide()],
    )


async def _settle(session: AsyncSession, state: FSMContext, actor: Actor, done: str, now: datetime) -> None:
    """Keep what was done beside the story that was told, and leave the follow-up out."""
    await scam_follow_up.answered(session, actor.person_id)
    told = (await state.get_data()).get("scam") or []
    await _note(state, actor, done, told[2] if len(told) > 2 else "", now)


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


def _unknown_money() -> Reply:
    text = _("Do not send it back by yourself, tell the bank or the commune police.")
    return Reply(text, choices=[_person(), _report(), _whole_guide()])


def _report() -> Choice:
    return Choice(pgettext("button", "Report a number"), "scam.report")


def _whole_guide() -> Choice:
    return Choice(pgettext("button", "The whole guide"), "scam.guide")


def _person() -> Choice:
    return Choice(pgettext("button", "Ask a person"), "ask.person")


@notice(ScamFollowUp)
def follow_up(_notice: ScamFollowUp) -> Reply:
    """Say once that help is still there."""
    return Reply(_("If something was done after all, just write, Tổ Số helps at once."), choices=_done())


@notice(HelpUrgent)
def offer_urgent(notice_: HelpUrgent) -> Reply:
    """Offer what cannot wait for the morning."""
    text = _("Urgent: 1 person of {village} asks for help: {topic}. Whoever is free, please take it.")
    number = notice_.request_id
    return Reply(
        text.format(village=notice_.village, topic=notice_.topic),
        choices=[
            Choice(pgettext("button", "I can help"), f"help.take:{number}", f"NHẬN {number}"),
            Choice(pgettext("button", "Not free"), f"help.decline:{number}", f"BẬN {number}"),
        ],
    )
