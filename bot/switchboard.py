"""Who is asked about an event? aiogram's routers in their order, without those who cannot want it."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters import StateFilter
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, TelegramObject
from magic_filter.operations import ComparatorOperation, GetAttributeOperation

SEPARATOR = ":"


class Switchboard(Dispatcher):
    """A dispatcher whose price does not grow with the number of features.

    aiogram asks every filter of every router in turn, filters that are no coroutines each in a thread of its
    own: with thirty features that took ten times as long as handling. Here taps are looked up by what their
    data begins with, and filters that need nothing but the event are asked first, in the loop. Routers with
    middlewares are refused: they are not needed, and would be passed over in silence.
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
            for line in part.lines(event):
                if not line.may_fit(event, given):
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
        self.handler = handler
        self.filters: Sequence[FilterObject] = handler.filters or ()
        self.head = next(filter(None, map(_head, self.filters)), None)
        self._quick = tuple(filter(None, map(_quick, self.filters)))
        self._states = next(filter(None, map(_states, self.filters)), None)

    def may_fit(self, event: TelegramObject, given: Mapping[str, Any]) -> bool:
        """Tell whether the handler is worth asking."""
        if self._states is not None and given.get("raw_state") not in self._states:
            return False
        return all(ask(event) for ask in self._quick)


@dataclass(slots=True)
class _Part:
    """Neighbouring handlers under the same conditions of their router."""

    root: Sequence[FilterObject]
    every: tuple[_Line, ...]
    headless: tuple[_Line, ...]
    by_head: dict[str, tuple[_Line, ...]]

    def lines(self, event: TelegramObject) -> tuple[_Line, ...]:
        """List the handlers that a tap's data does not rule out."""
        if not isinstance(event, CallbackQuery) or event.data is None:
            return self.every
        return self.by_head.get(event.data.partition(SEPARATOR)[0], self.headless)


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
        yield _part((), together)
        yield _part(root, lines)
        together = []
    yield _part((), together)


def _part(root: Sequence[FilterObject], lines: Sequence[_Line]) -> _Part:
    by_head: defaultdict[str, tuple[_Line, ...]] = defaultdict(tuple)
    for head in {line.head for line in lines if line.head}:
        by_head[head] = tuple(line for line in lines if line.head in {None, head})
    headless = tuple(line for line in lines if line.head is None)
    return _Part(root, tuple(lines), headless, dict(by_head))


async def _asked(
    filters: Sequence[FilterObject], event: TelegramObject, given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Ask each filter what the next ones and the handler may know; None if one says no."""
    known = dict(given)
    for asked in filters:
        wanted = known if asked.varkw else {name: known[name] for name in asked.params if name in known}
        answer = asked.callback(event, **wanted)
        if asked.awaitable:
            answer = await answer
        if not answer:
            return None
        if isinstance(answer, dict):
            known |= answer
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
    """Find a filter's question to the event alone."""
    if asked.magic is not None:
        return asked.magic.resolve
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
