"""The house keeps its own rules: nothing is half-registered, unsaid, too long or unguarded."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import shutil
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiogram import Router
from aiogram.dispatcher.event.handler import HandlerObject

import handlers
import services
from bot.database import Database
from bot.dispatcher import ROUTERS, make_dispatcher
from bot.library import load_content
from bot.scheduler import find_jobs
from handlers.reply import LABEL_LENGTH, CallbackData, Reply, render, rendered_kinds
from locales import available, use_locale
from services.access import Actor
from services.media import MediaStore
from services.notices import Notice
from services.rules import Rules
from tests import golden
from tests.codes import known_codes
from tests.examples import NOTICES as EXAMPLES
from tests.talk import BUTTONS, Clock, Recorder, Talk
from tests.test_conversations import SCRIPTS
from tests.world import RULES, build

LARGEST_ID = 2**53
LARGEST_COUNT = 209_953
# Fields that count within one thing or name a week, rather than a row.
COUNTS = frozenset({"week", "page", "step", "q", "c", "n", "day", "days", "count", "place"})
MOST_BYTES = 64
# What no words in a script can do: block the program, or tap a button that does not exist.
PROVED_ELSEWHERE = {
    "handlers.hello.block_or_return": "test_telegram.py",
    "handlers.rest.old_button": "test_bad_input.py",
}
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def our_notices() -> list[str]:
    """List the product's notices; other tests may have made some of their own."""
    return sorted(name for name, kind in Notice.kinds.items() if kind.__module__.startswith("services."))


def modules_of(package: types.ModuleType) -> Iterator[types.ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def callback_classes() -> list[type[CallbackData]]:
    make_dispatcher()
    return sorted(CallbackData.__subclasses__(), key=lambda kind: kind.__prefix__)


def longest(kind: type[CallbackData]) -> CallbackData:
    """Fill a callback with the largest ids and the longest names there can be."""
    slugs = [*load_content()["guides"].slugs, *_lessons()]
    values: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        is_text = field.annotation in {str, str | None}
        number = LARGEST_COUNT if name in COUNTS else LARGEST_ID
        values[name] = max(slugs, key=len) if is_text else number
        if field.annotation is bool:
            values[name] = True
    return kind(**values) if not _enums(kind) else kind(**(values | _enums(kind)))


def _lessons() -> list[str]:
    return [path.name for path in (Path(__file__).parent.parent / "lessons").glob("*") if path.is_dir()]


def _enums(kind: type[CallbackData]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and hasattr(field.annotation, "__members__"):
            members: list[Any] = list(field.annotation.__members__.values())
            found[name] = max(members, key=lambda member: len(str(member.value)))
    return found


def test_every_handler_file_with_a_router_is_asked() -> None:
    with_router = {
        module.__name__.removeprefix("handlers.")
        for module in modules_of(handlers)
        if isinstance(getattr(module, "router", None), Router)
    }
    assert with_router == set(ROUTERS), "add the feature's name to ROUTERS in bot/dispatcher.py"


@pytest.mark.parametrize("kind", callback_classes(), ids=lambda kind: kind.__prefix__)
def test_callback_fits_in_64_bytes_at_its_largest(kind: type[CallbackData]) -> None:
    packed = longest(kind).pack().encode()
    assert len(packed) <= MOST_BYTES, f"{packed!r} is too long: carry an id instead of words"


def test_callback_prefixes_are_unique_and_named_feature_dot_verb() -> None:
    prefixes = [kind.__prefix__ for kind in callback_classes()]
    assert len(prefixes) == len(set(prefixes))
    assert all(prefix.count(".") == 1 for prefix in prefixes)


def test_every_notice_has_a_renderer() -> None:
    make_dispatcher()
    missing = set(our_notices()) - rendered_kinds()
    assert not missing, f"write @notice(...) in the feature's handler for {sorted(missing)}"


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize("kind", our_notices())
def test_every_notice_can_be_said_in_every_language(kind: str, locale: str) -> None:
    make_dispatcher()
    with use_locale(locale):
        reply = render(kind, _sample(Notice.kinds[kind]))
    assert isinstance(reply, Reply)
    assert reply.text.strip() or reply.picture or reply.document
    if locale == "vi":
        assert all(len(choice.label) <= LABEL_LENGTH for choice in reply.choices), kind


def _sample(kind: type[Notice]) -> dict[str, Any]:
    if kind.__name__ in EXAMPLES:
        return EXAMPLES[kind.__name__]
    hints = typing.get_type_hints(kind)
    return {field.name: _value(field.name, hints[field.name]) for field in dataclasses.fields(kind)}


def _value(name: str, hint: Any) -> Any:
    known = {
        "state": "assigned",
        "role": "member",
        "rating": "good",
        "reason": "time",
        "closes": "17:00",
        "shift": "night",
        "lesson": "nhan_ra_lua_dao",
    }
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        hint = typing.get_args(hint)[0]
    origin = typing.get_origin(hint) or hint
    if origin is str:
        return _text(name, known)
    if origin in {int, float}:
        return 3
    if origin is bool:
        return True
    if origin in {list, tuple}:
        inner = [arg for arg in typing.get_args(hint) if arg is not Ellipsis]
        return [_value(name, inner[0])] if inner else []
    if origin is dict:
        return {}
    return None


def _text(name: str, known: dict[str, str]) -> str:
    if name.endswith("_at") or name in {"at", "until", "since", "asked", "begins"}:
        return NOON.isoformat()
    if name.endswith("_on") or name in {"day", "due"}:
        return date(2026, 11, 27).isoformat()
    return known.get(name, "Bình")


def test_every_job_is_found_with_its_schedule_and_policy() -> None:
    jobs = find_jobs()
    folder = Path(__file__).parent.parent / "bot" / "jobs"
    assert {job.name for job in jobs} == {path.stem for path in folder.glob("[!_]*.py")}
    for job in jobs:
        assert job.catch_up in {"all", "latest", "skip"}
        assert job.schedule(Rules()).get_next_fire_time(None, NOON) is not None


def test_every_service_that_takes_an_actor_declares_what_it_checks() -> None:
    unmarked = []
    for module in modules_of(services):
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            parameters = inspect.signature(function, eval_str=False).parameters
            takes_actor = any(
                str(p.annotation).removeprefix("access.") == Actor.__name__ for p in parameters.values()
            )
            if takes_actor and not (hasattr(function, "actions") or "own" in (function.__doc__ or "")):
                unmarked.append(f"{module.__name__}.{name}")
    assert not unmarked, f"decorate with @access.declares(...) or say whose own facts they are: {unmarked}"


@pytest.mark.timeout(300)
async def test_every_handler_has_a_conversation(sqlite_template, tmp_path, monkeypatch) -> None:
    """Play the whole book once and look which handlers never ran."""
    ran: set[str] = set()
    call = HandlerObject.call

    async def watched(self: HandlerObject, *args: Any, **options: Any) -> Any:
        ran.add(f"{self.callback.__module__}.{self.callback.__name__}")
        return await call(self, *args, **options)

    monkeypatch.setattr(HandlerObject, "call", watched)
    known_codes(monkeypatch)
    content = load_content()
    for path in SCRIPTS:
        file = tmp_path / f"{path.stem}.db"
        shutil.copy(sqlite_template, file)
        database = Database(f"sqlite:///{file}")
        media = tmp_path / path.stem
        given = {**content, "media": MediaStore(media)}
        talk = Talk(database, Recorder(BUTTONS), Clock(NOON), RULES, given, media)
        try:
            await build(talk)
            await golden.play(golden.read(path), talk)
        finally:
            await database.close()
    dispatcher = make_dispatcher()
    known = {
        f"{handler.callback.__module__}.{handler.callback.__name__}"
        for router in dispatcher.sub_routers
        for observer in router.observers.values()
        for handler in observer.handlers
    }
    for name, file in PROVED_ELSEWHERE.items():
        assert (Path(__file__).parent / file).exists(), f"{name} is said to be proved in {file}"
    silent = sorted(name for name in known - ran - set(PROVED_ELSEWHERE) if name.startswith("handlers."))
    assert not silent, f"no conversation under tests/conversations reaches {silent}"
