"""What the program serves over HTTP: the web chat, files, invites, health and metrics."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from aiohttp import web

from bot import updates
from bot.channels import Incoming, Receive
from bot.channels.webchat import WebChat
from bot.database import Database
from bot.web import join, photos, verify
from bot.web.identity import Visitors
from locales import gettext as _
from services import certificates
from services.media import MediaStore

STATIC: Final = Path(__file__).parent / "static"
LARGEST_BODY: Final = 1024 * 1024
PHOTO_KEPT: Final = timedelta(hours=24)
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:;"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def _nothing_far(_media_id: int) -> bool:
    return False


@dataclass(slots=True)
class Site:
    """Everything the handlers below need; `webhooks` are added by the channels that have one."""

    database: Database
    webchat: WebChat
    receive: Receive
    visitors: Visitors
    media: MediaStore
    now: Callable[[], datetime]
    metrics_token: str = ""
    channels_up: Callable[[], dict[str, bool]] = dict
    webhooks: dict[str, Handler] = field(default_factory=dict)
    fetch: Callable[[int], Awaitable[bool]] = field(default=_nothing_far)
    guesses: verify.Guesses = field(default_factory=verify.Guesses)

    def app(self) -> web.Application:
        """Make the web application."""
        app = web.Application(middlewares=[_with_headers], client_max_size=photos.LARGEST + LARGEST_BODY)
        app.add_routes(
            [
                web.get("/", self.page),
                web.get("/chat/ws", self.socket),
                web.post("/chat/photo", self.photo),
                web.get("/media/{token}", self.file),
                web.get("/join/{token}", self.invite),
                web.post("/join/{token}", self.accept_invite),
                web.get("/verify/{code}", self.verify),
                web.get("/healthz", self.healthz),
                web.get("/readyz", self.readyz),
                web.get("/metrics", self.metrics),
                web.static("/static", STATIC),
            ]
        )
        for path, handler in self.webhooks.items():
            app.router.add_post(path, handler)
        return app

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Serve the web chat; a browser without our cookie gets one."""
        response = web.FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})
        is_known = self.visitors.chat_of(request) is not None
        if not is_known and self.visitors.make(request, response) is None:
            return _too_many_new()
        return response

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Open the web chat's socket for our own page."""
        chat = self.visitors.chat_of(request)
        if chat is None:
            raise web.HTTPUnauthorized(text=_("Please load the page again."))
        if not self.visitors.is_same_origin(request):
            raise web.HTTPForbidden(text=_("This address may not open a chat here."))
        return await self.webchat.serve(request, chat)

    async def photo(self, request: web.Request) -> web.StreamResponse:
        """Take an uploaded photo for a day."""
        if self.visitors.chat_of(request) is None or not self.visitors.is_same_origin(request):
            raise web.HTTPUnauthorized(text=_("Please load the page again."))
        data = await _uploaded(request)
        try:
            clean = photos.cleaned(data)
        except photos.NotAPicture:
            raise web.HTTPUnsupportedMediaType(text=_("This file is not a picture.")) from None
        async with self.database.writing() as session:
            media_id = await self.media.keep(
                session, clean, mime="image/jpeg", now=self.now(), keep_for=PHOTO_KEPT
            )
            token = await self.media.token_of(session, media_id)
        return web.json_response({"media": token})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Serve a picture or document by its unguessable name."""
        async with self.database.reading() as session:
            found = await self.media.find(session, request.match_info["token"], now=self.now())
        if found is not None and not found[1].exists() and not found[0].size:
            await self.fetch(found[0].id or 0)
        if found is None or not found[1].exists():
            raise web.HTTPNotFound(text=_("This file is no longer here."))
        media, path = found
        headers = {"Content-Type": media.mime, "Cache-Control": "private, max-age=86400"}
        if media.filename:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(media.filename)}"
        return web.FileResponse(path, headers=headers)

    async def invite(self, request: web.Request) -> web.StreamResponse:
        """Show an invite's button only: previews fetch links, and must not use them up."""
        response = web.Response(text=join.page(request.match_info["token"]), content_type="text/html")
        if self.visitors.chat_of(request) is None and self.visitors.make(request, response) is None:
            return _too_many_new()
        return response

    async def accept_invite(self, request: web.Request) -> web.StreamResponse:
        """Use an invite in this browser's chat, then show the chat."""
        chat = self.visitors.chat_of(request)
        if chat is None or not self.visitors.is_own_form(request):
            raise web.HTTPForbidden(text=_("Please load the page again."))
        token = request.match_info["token"]
        now = self.now()
        key = f"join:{updates.number_of(token)}:{int(now.timestamp())}"
        update = updates.text_update(chat, f"/start m_{token}", key=key, at=now)
        await self.receive(Incoming(self.webchat.account, self.webchat.name, key, chat, chat, update))
        raise web.HTTPSeeOther("/")

    async def verify(self, request: web.Request) -> web.StreamResponse:
        """Say whether a certificate's code is right; whoever tries codes out is asked to wait."""
        address = self.visitors.address_of(request)
        if self.guesses.is_too_many(address):
            sentence = _("Too many codes from this network were not right. Please come back in an hour.")
            return _sentence(sentence, status=429)
        async with self.database.reading() as session:
            found = await certificates.find(session, request.match_info["code"])
        if found is None:
            self.guesses.count(address)
        return _sentence(certificates.said(found), status=404 if found is None else 200)

    async def healthz(self, _request: web.Request) -> web.StreamResponse:
        """Tell that the process lives."""
        return web.json_response({"ok": True})

    async def readyz(self, request: web.Request) -> web.StreamResponse:
        """Tell whether the database answers and the channels are up; details only to this machine."""
        up = dict(self.channels_up())
        try:
            async with self.database.reading() as session:
                await (await session.connection()).execute(sa.select(1))
            up["database"] = True
        except Exception:  # noqa: BLE001 - whatever is wrong with the database, the answer is no
            up["database"] = False
        body: dict[str, Any] = {"ok": all(up.values())}
        if self._may_look(request):
            body["parts"] = up
        return web.json_response(body, status=200 if body["ok"] else 503)

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        """Tell what waits, for Prometheus."""
        if not self._may_look(request):
            raise web.HTTPForbidden(text=_("Metrics are for this machine or a bearer token."))
        from bot.web import metrics  # noqa: PLC0415 - few ask, and it loads a web server of its own

        body = await metrics.measured(self.database, self.channels_up())
        return web.Response(body=body, headers={"Content-Type": metrics.CONTENT_TYPE})

    def _may_look(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        has_token = bool(self.metrics_token) and hmac.compare_digest(
            given.encode(), self.metrics_token.encode()
        )
        return has_token or self.visitors.is_local(request)


async def _uploaded(request: web.Request) -> bytes:
    """Read the one file of a form; raises the HTTP refusals of docs/webchat.md."""
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPBadRequest(text=_("Send the picture as a form with one field, file."))
    async for part in await request.multipart():
        if getattr(part, "name", None) == "file":
            data = bytearray()
            while chunk := await part.read_chunk(64 * 1024):  # type: ignore[union-attr]
                data += chunk
                if len(data) > photos.LARGEST:
                    raise web.HTTPRequestEntityTooLarge(photos.LARGEST, len(data))
            return bytes(data)
    raise web.HTTPBadRequest(text=_("Send the picture as a form with one field, file."))


def _sentence(sentence: str, *, status: int) -> web.Response:
    """Answer with a page of one sentence that nothing on the way keeps: a name may be gone tomorrow."""
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=verify.page(sentence), content_type="text/html", status=status, headers=headers)


def _too_many_new() -> web.Response:
    sentence = _("Too many new visitors from this network. Please come back in an hour.")
    return web.Response(status=429, text=sentence)


def _quoted(filename: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - only for downloads

    return quote(filename, safe="")


@web.middleware
async def _with_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(HEADERS)
        raise
    if not response.prepared:
        response.headers.update(HEADERS)
    return response
