"""Who is asked about an event? aiogram's routers in their order, without those who cannot want it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters import StateFilter
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, TelegramObject
from aiogram.utils.magic_filter import AsFilterResultOperation
from magic_filter.operations import ComparatorOperation, GetAttributeOperation

SEPARATOR = ":"
# Stands for whatever a tap begins with that no handler waits for: forged taps fill no memory.
NOBODYS = ""


class Switchboard(Dispatcher):
    """A dispatcher whose price does not grow with the number of features.

    aiogram asks every filter of every router in turn, filters that are no coroutines each in a thread of its
    own: with thirty features that took ten times as long as handling. Here handlers are looked up by the
    state they want and by what the data of a tap begins with, and filters that need nothing but the event are
    asked first, in the loop. Routers with middlewares are refused: they are not needed, and would be passed
    over in silence; so are aiogram's own, by those who call `propagate_event` with all that is known already.
    """

    def __init__(self, **options: Any) -> None:
        """Take aiogram's options."""
        super().__init__(**options)
        self._parts: dict[str, tuple[_Part, ...]] = {}

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        """Ask the handlers in the order of their routers; the first that fits answers."""
        parts = self._parts.get(update_type)
        if parts is None:
            parts = self._parts[update_type] = tuple(_divide(self.chain_tail, update_type))
        for part in parts:
            given = await _asked(part.root, event, kwargs)
            if given is None:
                continue
            for line in part.lines(event, given.get("raw_state")):
                if not line.may_fit(event):
                    continue
                known = await _asked(line.filters, event, given)
                if known is None:
                    continue
                try:
                    return await line.handler.call(event, **known)
                except SkipHandler:
                    continue
        return UNHANDLED


class _Line:
    """One handler, and what can be told of it without asking its filters."""

    def __init__(self, handler: HandlerObject) -> None:
        filters = handler.filters or ()
        self.handler = handler
        self.head = next(filter(None, map(_head, filters)), None)
        self._quick = tuple(filter(None, map(_quick, filters)))
        self._states = next(filter(None, map(_states, filters)), None)
        # The others, which need more than the event and the state, or have something to tell the handler.
        self.filters = tuple(one for one in filters if _quick(one) is None and _states(one) is None)

    def wants(self, head: str | None, state: str | None) -> bool:
        """Tell whether what a tap begins with, if it is one, and the state leave the handler possible."""
        is_possible = self._states is None or state in self._states
        return is_possible and (self.head is None or head is None or head == self.head)

    def may_fit(self, event: TelegramObject) -> bool:
        """Tell whether the handler is worth asking."""
        for ask in self._quick:  # noqa: SIM110 - all() over a generator takes twice as long
            if not ask(event):
                return False
        return True


class _Part:
    """Neighbouring handlers under the same conditions of their router."""

    def __init__(self, root: Sequence[FilterObject], lines: Iterable[_Line]) -> None:
        self.root = root
        self._every = tuple(lines)
        self._heads = {line.head for line in self._every}
        self._wanted: dict[tuple[str | None, str | None], tuple[_Line, ...]] = {}

    def lines(self, event: TelegramObject, state: str | None) -> tuple[_Line, ...]:
        """List the handlers that neither the state nor a tap's data rules out."""
        head = None
        if isinstance(event, CallbackQuery) and event.data is not None:
            head = event.data.partition(SEPARATOR)[0]
            head = head if head in self._heads else NOBODYS
        found = self._wanted.get((head, state))
        if found is None:
            found = self._wanted[head, state] = tuple(line for line in self._every if line.wants(head, state))
        return found


def _divide(routers: Iterable[Router], update_type: str) -> Iterable[_Part]:
    together: list[_Line] = []
    for router in routers:
        observer = router.observers.get(update_type)
        if observer is None:
            continue
        if len(observer.middleware) or len(observer.outer_middleware):
            message = f"the router {router.name} has middlewares, which the switchboard does not run"
            raise TypeError(message)
        lines = [_Line(handler) for handler in observer.handlers]
        root = observer._handler.filters  # noqa: SLF001 - what Router.message.filter() fills has no other name
        if not root:
            together += lines
            continue
        yield _Part((), together)
        yield _Part(root, lines)
        together = []
    yield _Part((), together)


async def _asked(
    filters: Sequence[FilterObject], event: TelegramObject, given: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Ask each filter what the next ones and the handler may know; None if one says no."""
    known = given
    for asked in filters:
        wanted = known if asked.varkw else {name: known[name] for name in asked.params if name in known}
        answer = asked.callback(event, **wanted)
        if asked.awaitable:
            answer = await answer
        if not answer:
            return None
        if isinstance(answer, dict):
            known = {**known, **answer}
    return known


def _head(asked: FilterObject) -> str | None:
    """Tell what the data of a tap must begin with, where a filter says so."""
    if isinstance(asked.callback, CallbackQueryFilter):
        kind = asked.callback.callback_data
        return kind.__prefix__ if kind.__separator__ == SEPARATOR else None
    match getattr(asked.magic, "_operations", ()):
        case (
            GetAttributeOperation(name="data"),
            ComparatorOperation(right=str(data), comparator=operator.eq),
        ):
            return data.partition(SEPARATOR)[0]
    return None


def _quick(asked: FilterObject) -> Callable[[TelegramObject], Any] | None:
    """Find a filter's question to the event alone, if the answer is only yes or no."""
    if asked.magic is not None:
        *_before, last = getattr(asked.magic, "_operations", ()) or (None,)
        return None if isinstance(last, AsFilterResultOperation) else asked.magic.resolve
    fits: Callable[[TelegramObject], Any] | None = getattr(asked.callback, "fits", None)
    return fits


def _states(asked: FilterObject) -> frozenset[str | None] | None:
    """List the states a filter lets pass, where it names them one by one."""
    if not isinstance(asked.callback, StateFilter):
        return None
    states = asked.callback.states
    if all(state is None or isinstance(state, State) for state in states):
        return frozenset(state.state if isinstance(state, State) else None for state in states)
    return None
