"""Whose browser this is: a random cookie, hashed at rest, few new ones per address."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

COOKIE: Final = "toso"
YEAR: Final = 365 * 24 * 3600
HOUR: Final = 3600.0


@dataclass(slots=True)
class Visitors:
    """Knows browsers by their cookie and limits how many new ones an address may bring in an hour."""

    new_per_hour: int
    trusted_proxies: tuple[str, ...] = ()
    public_url: str = ""
    _new: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def chat_of(self, request: web.Request) -> str | None:
        """Tell the chat of a browser; None without a cookie of ours."""
        token = request.cookies.get(COOKIE, "")
        return hashlib.sha256(token.encode()).hexdigest()[:40] if len(token) >= 40 else None

    def make(self, request: web.Request, response: web.StreamResponse) -> str | None:
        """Give a new browser its cookie and tell its chat; None if its address brought too many."""
        address = self.address_of(request)
        moments = self._new[address]
        while moments and moments[0] < time.monotonic() - HOUR:
            moments.popleft()
        if len(moments) >= self.new_per_hour:
            return None
        moments.append(time.monotonic())
        token = secrets.token_urlsafe(32)
        response.set_cookie(
            COOKIE,
            token,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=self._is_secure(request),
            path="/",
        )
        return hashlib.sha256(token.encode()).hexdigest()[:40]

    def address_of(self, request: web.Request) -> str:
        """Tell where a request comes from; a forwarded address counts only from a trusted proxy."""
        peer = request.remote or ""
        if not self._is_trusted(peer):
            return peer
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        hops = [hop.strip() for hop in forwarded if hop.strip()]
        return next((hop for hop in reversed(hops) if not self._is_trusted(hop)), peer)

    def is_same_origin(self, request: web.Request) -> bool:
        """Tell whether a socket or a form comes from our own page."""
        origin = urlsplit(request.headers.get("Origin", "")).netloc
        ours = {request.host, urlsplit(self.public_url).netloc} - {""}
        return origin in ours

    def is_own_form(self, request: web.Request) -> bool:
        """Tell whether a form comes from our own page, which names no origin if it has no referrer.

        The cookie speaks for such a page: forms of other sites do not carry it (SameSite=Lax).
        """
        if request.headers.get("Origin", "null") == "null":
            return self.chat_of(request) is not None
        return self.is_same_origin(request)

    def is_local(self, request: web.Request) -> bool:
        """Tell whether a request comes from this machine itself."""
        try:
            return ipaddress.ip_address(self.address_of(request)).is_loopback
        except ValueError:
            return False

    def _is_trusted(self, address: str) -> bool:
        try:
            place = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(place in ipaddress.ip_network(proxy, strict=False) for proxy in self.trusted_proxies)

    def _is_secure(self, request: web.Request) -> bool:
        return urlsplit(self.public_url).scheme == "https" or request.secure
