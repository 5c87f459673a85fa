"""A Telegram for tests: the Bot API on a free port of this machine, with people a test can move.

    async with TelegramServer() as server:
        lan = server.person("Lan")
        server.start(lan, "v_00123")            # she opens a link; the bot under test polls server.url
        reply = await server.hear(lan)          # and answers
        server.tap(lan, reply.labels[0])

It knows no client library: `test_telegram_server.py` lets two of them judge it.
"""

from __future__ import annotations

from .objects import Button, Message, Person, Tap
from .server import TelegramServer
from .world import TOKEN

__all__ = ["TOKEN", "Button", "Message", "Person", "Tap", "TelegramServer"]
