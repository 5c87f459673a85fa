"""Some of the script book once more, on the real channels: what is proven there holds for all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.media import MediaStore
from tests import golden
from tests.live import OnTelegram, OnWeb
from tests.talk import BUTTONS, Clock, Recorder
from tests.world import RULES, build

FOLDER = Path(__file__).parent / "conversations"
# Each shows something else: consent, steps, stray words, villages, two who talk, pictures, files, notices.
ON_TELEGRAM = (
    "first_question_no_consent",
    "guide_vneid",
    "bad_days",
    "choose_village",
    "help_request",
    "join_team",
    "training_finish",
    "weekly_summary",
)
ON_WEB = ("first_question_no_consent", "guide_vneid", "help_request", "join_team", "training_finish")


def stage(sqlite_database, content, tmp_path) -> dict[str, Any]:
    return {
        "database": sqlite_database,
        "channel": Recorder(BUTTONS),
        "clock": Clock(datetime.now(golden.ZONE)),
        "rules": RULES,
        "given": {**content, "media": MediaStore(tmp_path / "media")},
        "media": tmp_path / "media",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ON_TELEGRAM)
async def test_the_script_holds_on_telegram(name, content, sqlite_database, tmp_path) -> None:
    talk = OnTelegram(**stage(sqlite_database, content, tmp_path))
    script = golden.read(FOLDER / f"{name}.txt")
    async with talk.open():
        await build(talk)
        await golden.play(script, talk)


@pytest.mark.slow
@pytest.mark.parametrize("name", ON_WEB)
async def test_the_script_holds_in_the_web_chat(
    name, content, sqlite_database, tmp_path, unused_tcp_port
) -> None:
    talk = OnWeb(**stage(sqlite_database, content, tmp_path))
    script = golden.read(FOLDER / f"{name}.txt")
    async with talk.open(unused_tcp_port):
        await build(talk)
        await golden.play(script, talk)
