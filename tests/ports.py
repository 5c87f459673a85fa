"""Ports for the programs of tests, which several runs on one machine do not take from each other."""

from __future__ import annotations

import socket
from random import SystemRandom

# Below what systems give to clients: a port of those, found free, is a passing client's a moment later.
RANGE = range(15_000, 32_000)
# Not `random`: it is seeded alike in every worker.
_dice = SystemRandom()
_given: set[int] = set()


def free_port() -> int:
    """Find a port nobody listens on, another one each time."""
    while True:
        port = _dice.choice(RANGE)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
