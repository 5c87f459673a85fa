"""A few words from whoever is in charge to a leader, and the answer back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.asked_numbers import asks_for
from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Reply, notice
from handlers.said import folded
from locales import dates, pgettext
from locales import gettext as _
from services import people, person_words, safety
from services.access import Actor, capitalised
from services.summary_notices import PersonWords

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})


class PersonWriting(StatesGroup):
    """What is being written to somebody."""

    words = State()


# Masked below, where it is passed on: the words around the number still arrive.
asks_for(PersonWriting.words, "phone")


class WordsBegin(CallbackData, prefix="words.begin"):
    """Write to this person."""

    person: int


@router.callback_query(WordsBegin.filter())
async def begin(
    _query: CallbackQuery, callback_data: WordsBegin, actor: Actor, session: AsyncSession, state: FSMContext
) -> Reply:
    """Wait for the words."""
    person = await person_words.receiver_of(session, actor, callback_data.person)
    await state.set_state(PersonWriting.words)
    await state.update_data(words_to=callback_data.person)
    text = _("Send the words to {who}; Tổ Số passes them on word for word. To stop, send THÔI.")
    return Reply(text.format(who=people.called(person)))


@router.message(StateFilter(PersonWriting.words), F.text)
async def send(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply:
    """Pass the words on, without secrets."""
    words = safety.redact((message.text or "").strip()).text
    if len(words) > person_words.MOST_LETTERS:
        text = _("These are {n} letters, at most {most} fit. Send shorter words.")
        return Reply(text.format(n=dates.number(len(words)), most=person_words.MOST_LETTERS))
    to = (await state.get_data()).get("words_to", 0)
    await state.set_state(None)
    menu = Choice(pgettext("button", "Main menu"), MAIN_MENU)
    if folded(message) in STOP_WORDS:
        return Reply(_("Stopped, nothing was sent."), choices=[menu])
    key = f"{message.chat.id}:{message.message_id}:{int(now.timestamp())}"
    person = await person_words.send(session, actor, to, words, key=key, now=now)
    text = _("Passed on to {who}. The answer comes here at once.")
    return Reply(text.format(who=people.called(person)), choices=[menu])


@notice(PersonWords)
def say_words(said: PersonWords) -> Reply:
    """Pass words on, with the way to answer."""
    text = _('{Who} writes: "{words}"').format(Who=capitalised(said.by), words=said.words)
    word = _("REPLY {n}").format(n=said.by_id)
    answer = Choice(pgettext("button", "Answer"), WordsBegin(person=said.by_id), word=word)
    return Reply(text, choices=[answer])


@router.callback_query(F.data == "words.noted")
async def note(_query: CallbackQuery) -> Reply:
    """Take note, nothing more."""
    return Reply(_("Noted."), choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])
