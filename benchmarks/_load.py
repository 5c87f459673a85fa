"""What everybody in a measurement is sent: the same people, the same questions, in the same order."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
PEOPLE: Final = 500
FIRST_ID: Final = 1_000_001
BATCH: Final = 100
SPOKEN_AT: Final = 1_795_000_000


class Pace(NamedTuple):
    """Updates a second of the clock, and a second of this process's own computing."""

    clock: float
    computing: float


class Watch:
    """Started when it is made."""

    def __init__(self) -> None:
        self._clock = time.perf_counter()
        self._computing = time.process_time()

    def pace(self, count: int) -> Pace:
        """Tell the pace of so many updates since the start."""
        return Pace(
            count / (time.perf_counter() - self._clock), count / (time.process_time() - self._computing)
        )


def questions() -> list[str]:
    """Read the questions in people's own words that the tests bring; every label takes part."""
    lines = (ROOT / "tests" / "data" / "questions_dev.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def messages(count: int) -> list[dict[str, Any]]:
    """Write typed questions as Telegram does: person after person, each time another question."""
    asked = questions()
    return [
        {
            "update_id": number,
            "message": _message(number) | {"text": asked[(number * 7 + number // PEOPLE) % len(asked)]},
        }
        for number in range(count)
    ]


def taps(count: int, steps: int) -> list[dict[str, Any]]:
    """Write taps on "Next": person after person, each a step further in the visit that bears their number."""
    return [
        {
            "update_id": number,
            "callback_query": {
                "id": str(number),
                "from": _sender(number),
                "chat_instance": str(number % PEOPLE),
                "message": _message(number) | {"text": "Bước"},
                "data": f"guide.go:{number % PEOPLE + 1}:{number // PEOPLE % steps}",
            },
        }
        for number in range(count)
    ]


def batches(updates: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Hand updates out as getUpdates does."""
    for at in range(0, len(updates), BATCH):
        yield updates[at : at + BATCH]


def _sender(number: int) -> dict[str, Any]:
    return {
        "id": FIRST_ID + number % PEOPLE,
        "is_bot": False,
        "first_name": "Hạnh",
        "language_code": "vi",
    }


def _message(number: int) -> dict[str, Any]:
    sender = _sender(number)
    return {
        "message_id": number + 1,
        "date": SPOKEN_AT + number,
        "chat": {"id": sender["id"], "type": "private", "first_name": sender["first_name"]},
        "from": sender,
    }
