"""The door of the pretended Telegram: HTTP in, envelopes out, and the failures a test orders."""

from __future__ import annotations

import asyncio
import inspect
from collections import defaultdict, deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from .call import Call, read_call
from .methods import METHODS
from .objects import Json, Refusal, Tap
from .people import People

BODY_LIMIT = 60_000_000
GATEWAY_PAGE = "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>nginx</body></html>"
POOR_METHODS = frozenset(
    [
        "getme",
        "getupdates",
        "sendmessage",
        "editmessagetext",
        "editmessagereplymarkup",
        "deletemessage",
        "answercallbackquery",
        "setwebhook",
        "deletewebhook",
    ]
)
SILENT_WHEN_POOR = POOR_METHODS - {"getme", "getupdates", "sendmessage"}


@dataclass(frozen=True)
class Fault:
    """One failure ordered for one call."""

    status: int = 0
    description: str | None = None
    retry_after: int | None = None
    is_dropped: bool = False
    is_done: bool = False
    seconds: float = 0


class TelegramServer(People):
    """The Bot API of one bot, at `url`, while open.

    A `poor` one is what lesser servers are: no `is_bot` in getMe, no `chat_instance` in taps, `null` as the
    result of what is not a message, no long poll, and of the optional methods only an error without `ok`.
    """

    def __init__(self, *, poor: bool = False, **world: Any) -> None:
        super().__init__(**world)
        self.url = ""
        self.is_poor = poor
        self._port = 0
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if webhook := self.updates.webhook:
            await webhook.stop()

    async def open(self) -> None:
        """Listen: the first time on a free port, after `close` on the same one."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        app.router.add_route("*", "/{path:.*}", self._serve_nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def close(self) -> None:
        """Stop listening, as in an outage; nothing is forgotten."""
        self.updates.interrupt()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def fail_next(
        self,
        method: str,
        status: int = 400,
        description: str | None = None,
        *,
        retry_after: int | None = None,
        times: int = 1,
    ) -> None:
        """Refuse the next calls of a method without doing anything.

        With `retry_after` it is 429; without a description the answer is a gateway's HTML page, not JSON.
        """
        if retry_after is not None:
            status, description = 429, f"Too Many Requests: retry after {retry_after}"
        self._order(method, Fault(status, description, retry_after), times)

    def drop_next(self, method: str, *, done: bool = True, times: int = 1) -> None:
        """Cut the connection instead of answering: after doing what was asked (in doubt), or before it."""
        self._order(method, Fault(is_dropped=True, is_done=done), times)

    def slow_next(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Do what was asked at once but answer late."""
        self._order(method, Fault(is_done=True, seconds=seconds), times)

    def duplicate_next_update(self) -> None:
        """Deliver the next update twice, under one update id."""
        self.updates.is_next_doubled = True

    def calls_of(self, method: str) -> list[Call]:
        """List the calls of a method, failed ones too, oldest first."""
        return [call for call in self.calls if call.method == method.lower()]

    def callback_json(self, tap: Tap) -> Json:
        """Write the callback query of an update; a poor server leaves a field out."""
        written = super().callback_json(tap)
        return {key: value for key, value in written.items() if key != "chat_instance" or not self.is_poor}

    def _order(self, method: str, fault: Fault, times: int) -> None:
        assert method.lower() in METHODS, f"there is no method {method}"
        self._faults[method.lower()].extend([fault] * times)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            call = await read_call(request)
        except Refusal as refusal:
            return _refuse(refusal)
        self.calls.append(call)
        self.has_changed()
        ordered = self._faults[call.method]
        fault = ordered.popleft() if ordered else Fault(is_done=True)
        answer = await self._perform(call) if fault.is_done else _fail(fault)
        await asyncio.sleep(fault.seconds)
        if fault.is_dropped and request.transport:
            request.transport.abort()
        return answer

    async def _perform(self, call: Call) -> web.Response:
        if self.is_poor and call.method not in POOR_METHODS:
            return web.json_response({"message": f"API method '{call.method}' is not supported."}, status=500)
        try:
            method = METHODS.get(call.method)
            if method is None:
                raise Refusal(404, "Not Found: method not found")
            result = method(self, self._impoverished(call))
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            return _refuse(refusal)
        return web.json_response({"ok": True, "result": self._impoverished_result(call, result)})

    def _impoverished(self, call: Call) -> Call:
        if not self.is_poor or call.method != "getupdates":
            return call
        return Call(call.method, {**call.params, "timeout": 0}, call.files)

    def _impoverished_result(self, call: Call, result: Any) -> Any:
        if not self.is_poor:
            return result
        if call.method == "getme":
            return {key: result[key] for key in ("id", "first_name", "username")}
        return None if call.method in SILENT_WHEN_POOR else result

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _refuse(Refusal(401, "Unauthorized"))
        path = request.match_info["path"]
        file = next((file for file in self.files.values() if file.path == path), None)
        if file is None:
            return _refuse(Refusal(404, "Not Found"))
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _serve_nothing(self, _: web.Request) -> web.StreamResponse:
        return _refuse(Refusal(404, "Not Found"))


def _refuse(refusal: Refusal) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.status)


def _fail(fault: Fault) -> web.Response:
    if fault.is_dropped:
        return web.Response()
    if fault.description is None:
        page = GATEWAY_PAGE.format(status=fault.status)
        return web.Response(text=page, status=fault.status, content_type="text/html")
    waits = {} if fault.retry_after is None else {"retry_after": fault.retry_after}
    return _refuse(Refusal(fault.status, fault.description, **waits))
