"""What does the web chat page need from a server? As little of docs/webchat.md as it takes.

A double, not the real server: it can be killed between the commit and the acknowledgement.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web

STATIC = Path(__file__).parents[1] / "bot" / "web" / "static"
POLICY = "default-src 'self'; connect-src 'self' ws: wss:"

Frame = dict[str, Any]


class ProtocolDouble:
    """The server's side of the protocol; its facts survive stop() and start()."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[Frame] = []
        self.done: set[str] = set()
        self.replies: dict[str, list[Frame]] = {"me": []}
        self.current = "me"
        self.people: list[Frame] = []
        self.acknowledges = True
        self.refuses = False
        self.sockets: set[web.WebSocketResponse] = set()
        self.runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def texts(self) -> list[str]:
        return [reply["text"] for reply in self.replies[self.current]]

    async def start(self) -> None:
        app = web.Application()
        app.on_response_prepare.append(self._protect)
        app.router.add_get("/", self._index)
        app.router.add_get("/chat/ws", self._talk)
        app.router.add_post("/chat/photo", self._photo)
        app.router.add_static("/static", STATIC)
        self.runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        if self.runner is None:
            return
        for socket in list(self.sockets):
            await socket.close()
        await self.runner.cleanup()
        self.runner = None

    async def say(self, text: str, *labels: str, **more: Any) -> None:
        """Commit a reply and push it to every tab."""
        await self._push(self.keep(text, *labels, **more))

    async def _push(self, reply: Frame) -> None:
        for socket in list(self.sockets):
            await socket.send_json(reply)

    def keep(self, text: str, *labels: str, **more: Any) -> Frame:
        """Commit a reply without a push."""
        talk = self.replies[self.current]
        choices = [{"label": label, "data": f"pick:{label}"} for label in labels]
        reply = {"type": "reply", "id": len(talk) + 1, "text": text, "choices": choices, **more}
        talk.append(reply)
        return reply

    async def _protect(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = POLICY

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _photo(self, request: web.Request) -> web.Response:
        assert "file" in await request.post()
        return web.json_response({"media": "m1"})

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.add(socket)
        if self.people:
            await self._introduce(socket)
        async for message in socket:
            await self._answer(socket, message.json())
        self.sockets.discard(socket)
        return socket

    async def _introduce(self, socket: web.WebSocketResponse) -> None:
        await socket.send_json(
            {"type": "people", "people": self.people, "current": self.current, "monday": True},
        )

    async def _answer(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        if frame["type"] == "hello":
            for reply in [r for r in self.replies[self.current] if r["id"] > frame["after"]][-50:]:
                await socket.send_json(reply)
        elif frame["type"] == "become":
            self.current = frame["key"]
            await self._introduce(socket)
            await socket.send_json({"type": "reset"})
            for reply in self.replies[self.current]:
                await socket.send_json(reply)
        else:
            await self._work(socket, frame)

    async def _work(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        self.received.append(frame)
        if self.refuses:
            refusal = "Chờ 1 phút rồi nhắn lại giúp ạ."
            await socket.send_json({"type": "error", "id": frame["id"], "text": refusal})
            return
        fresh = frame["id"] not in self.done
        self.done.add(frame["id"])
        heard = frame.get("text", frame.get("data", frame.get("media")))
        reply = self.keep(f"Nghe: {heard}") if fresh else None
        if not self.acknowledges:  # committed, then the line breaks before a word gets out
            await socket.close()
            return
        await socket.send_json({"type": "ack", "id": frame["id"]})
        if reply is not None:
            await self._push(reply)
