"""Which typed words ask for a person, open a request again or take one, from anywhere and for anybody."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import Message

from handlers.reply import Goto
from handlers.said import Said, folded
from services.access import Actor
from services.folding import tokens

router: Final = Router(name=__name__)

WORDS: Final = {
    "nho giup": "ask.person",
    "gap nguoi": "ask.person",
    "nho nguoi": "ask.person",
    "nho nguoi giup": "ask.person",
    "can nguoi giup": "ask.person",
    "mo lai": "help.last",
}


@router.message(Said(WORDS))
async def type_word(message: Message) -> Goto:
    """Ask for a person, or open the last request again."""
    return Goto(WORDS[folded(message)])


@router.message(Said({"ba con dang cho", "dang cho"}))
async def type_waiting(_message: Message, actor: Actor) -> Goto:
    """Show those who wait to whoever may help them."""
    if not actor.roles:
        raise SkipHandler
    return Goto("help.waiting")


@router.message(F.text.regexp(r"(?i)^\s*nh[aậ]n\s+\d{1,9}\s*$"))
async def type_take(message: Message, actor: Actor) -> Goto:
    """Take a request long after its notice scrolled away: NHẬN 128."""
    if not actor.roles:
        raise SkipHandler
    return Goto(f"help.take:{tokens(message.text or '')[-1]}")
