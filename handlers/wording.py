"""How are the words of a nudge or thanks changed before they are sent? Asked for once, for all who show them.

Who shows them keeps {"tap": where to go on, "words": ""} as "wording" in the conversation, and points here.
"""

from __future__ import annotations

from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.reply import Goto, Reply
from handlers.said import folded
from locales import dates
from locales import gettext as _
from services import safety

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})
MOST_LETTERS: Final = 300


class Wording(StatesGroup):
    """What is being asked before something is sent."""

    words = State()


@router.callback_query(F.data == "wording.ask")
async def ask(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Ask for the words; no choices, so that whatever comes is taken as it is typed."""
    await state.set_state(Wording.words)
    text = _("Send the words, at most {n} letters. To keep the words as they are, send THÔI.")
    return Reply(text.format(n=MOST_LETTERS))


@router.message(StateFilter(Wording.words), F.text)
async def take(message: Message, state: FSMContext) -> Goto | Reply:
    """Take somebody's own words, without secrets, and show what would be sent now."""
    kept: dict[str, Any] = (await state.get_data()).get("wording", {})
    words = safety.redact((message.text or "").strip()).text
    if len(words) > MOST_LETTERS:
        text = _("These are {n} letters, at most {most} fit. Send shorter words.")
        return Reply(text.format(n=dates.number(len(words)), most=MOST_LETTERS))
    await state.set_state(None)
    if not kept:
        return Goto("menu.open")
    if folded(message) not in STOP_WORDS:
        await state.update_data(wording={**kept, "words": words})
    return Goto(kept["tap"])
