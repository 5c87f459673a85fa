"""Which words a message is, alone: folded, without marks or punctuation."""

from __future__ import annotations

from collections.abc import Collection

from aiogram.filters import Filter
from aiogram.types import Message

from services.folding import phrase


def folded(message: Message) -> str:
    """Write a message's words as they are compared; "" for one without words."""
    return phrase(message.text or "")


class Said(Filter):
    """Let a message pass that is one of these folded phrases and nothing else."""

    def __init__(self, phrases: Collection[str]) -> None:
        """Keep the phrases."""
        self.phrases = phrases

    async def __call__(self, message: Message) -> bool:
        """Tell whether the message is one of them."""
        return self.fits(message)

    def fits(self, message: Message) -> bool:
        """Tell the same without waiting, for the switchboard to ask first."""
        return folded(message) in self.phrases
