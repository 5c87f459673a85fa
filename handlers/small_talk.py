"""What is said to everything that is no question: kind, short, and different from an error."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from handlers.reply import Choice, Reply
from locales import gettext as _
from locales import pgettext
from services import small_talk
from services.access import Actor
from services.matching import Matcher
from services.rules import Rules
from services.small_talk import Talk

router: Final = Router(name=__name__)

KNOWN: Final = frozenset({"answer", "choose"})


@router.message(StateFilter(None), F.text)
async def chat(message: Message, actor: Actor, state: FSMContext, matcher: Matcher, rules: Rules) -> Reply:
    """Answer what is no question; strangers are greeted first, unless they wanted quick answers."""
    text = message.text or ""
    if text.startswith("/") or not (actor.person_id or (await state.get_data()).get("quick")):
        raise SkipHandler
    if len(text) >= rules.limits.message_chars:
        return _too_long()
    kind = small_talk.kind_of(text)
    if kind is None:
        raise SkipHandler
    if kind not in small_talk.FIRM:
        match = matcher.match(text)
        is_known = match.outcome == "answer" if kind == "love" else match.outcome in KNOWN or match.stub
        if is_known:
            raise SkipHandler
    if kind == "foreign":
        await state.update_data(foreign=True)
    return _answer(kind)


def _too_long() -> Reply:
    text = _("The message is so long that Tổ Số reads only its first part. What is the main question?")
    return Reply(text, choices=[_person()])


def _answer(kind: Talk) -> Reply:
    guides, person = _guides(), _person()
    another = Choice(pgettext("button", "Another question"), "question.another")
    off = _("Tổ Số is a machine, so it only knows about paperwork. Is any paperwork to be done?")
    answers: dict[Talk, tuple[str, list[Choice]]] = {
        "thanks": (_("You are welcome. Just write if anything is needed."), []),
        "who": (
            _("Tổ Số is an automatic answering machine. To talk with a real person, choose Ask a person."),
            [person, guides],
        ),
        "health": (
            _(
                "For health ask the commune's clinic, if it is urgent call 115."
                " Tổ Số only helps with paperwork and services on the phone."
            ),
            [],
        ),
        "abuse": (
            _("Sorry that it was no help yet. Talk with somebody from the village in person?"),
            [person, another],
        ),
        "trick": (_("Tổ Số cannot do that. Is any paperwork to be done?"), [guides, person]),
        "foreign": (
            _("Tổ Số reads Vietnamese and English. Is somebody needed who speaks another language?"),
            [person],
        ),
        "emoji": (_("The picture has arrived! If paperwork is to be done, send a few words."), []),
        "love": (off, [guides, person]),
        "off": (off, [guides, person]),
    }
    text, choices = answers[kind]
    return Reply(text, choices=choices)


def _guides() -> Choice:
    return Choice(pgettext("button", "See the guides"), "guides.list")


def _person() -> Choice:
    return Choice(pgettext("button", "Ask a person"), "ask.person")
