"""How is something long read or made without holding up everybody else? Through a door that is handed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

T = TypeVar("T")


class Apart(Protocol):
    """Runs a read in a thread, with a session of its own that sees what was committed before this update.

    A refusal raised in it is raised here. What it gives must need no session any more. Whoever asks is begun
    anew when it is there: ask before anything is written that may not be written twice.
    """

    async def __call__(self, read: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Give what the read found."""


def making(make: Callable[[], T]) -> Callable[[AsyncSession], Awaitable[T]]:
    """Write down, as a read, something long that needs no database: a workbook of figures already read."""

    async def made(_session: AsyncSession) -> T:
        return make()

    return made
