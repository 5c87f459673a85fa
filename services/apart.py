"""How is something long read without holding up everybody else? Through a door that is handed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

T = TypeVar("T")


class Apart(Protocol):
    """Runs a read in a thread, with a session of its own that sees what was committed before this update.

    A refusal raised in it is raised here. What it gives must need no session any more.
    """

    async def __call__(self, read: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Give what the read found."""
